//! The store: SQLite with its schema, its migrations and every statement. Nobody outside sees SQL.
//!
//! ```text
//!   doors, queue ──► Store ──► bounded channel ──► writer thread ──► one transaction for all that waits
//!                      │                            (WAL, synchronous=FULL)       │
//!                      └──► reader threads                                        └──► answers, then the
//!                           (a connection each)                                        newest EventSeq to
//!                                                                                      every subscriber
//! ```
//!
//! The store has no policy: what becomes of a job is decided by a function that it is given and that runs inside the
//! transaction, on the job as it stands at that moment.

mod added;
mod attempts;
mod bookings;
mod callbacks;
mod clients;
mod controls;
mod copies;
mod error;
mod events;
mod forget;
mod house;
mod inks;
mod jobs;
mod lists;
mod loaded;
mod migrate;
mod orders;
mod outbox;
mod overrides;
mod pools;
mod presets;
mod printers;
mod profiles;
mod readers;
mod retention;
mod routines;
mod rows;
mod search;
mod sessions;
mod stock;
mod subscriptions;
mod tokens;
mod uploads;
mod users;
mod waiting;
mod webhooks;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use smol_str::SmolStr;
use tokio::sync::watch;

use crate::model::{EventSeq, JobId, JobState, PrinterId};

pub use added::{AddedPrinter, RemovePrinterError};
pub use attempts::OpeningControls;
pub use copies::Opening;
pub use error::StoreError;
pub use events::Followed;
pub use house::House;
pub use jobs::Due;
pub use orders::Made;
pub use profiles::{KeptProfile, ProfileUse};
use readers::Readers;
pub use retention::EndedJob;
pub use search::{FoundJob, JobSearch};
pub use subscriptions::SubscriptionQuery;
pub use tokens::{GrantQuery, Taken};
pub use uploads::{NewUpload, Upload};
pub use waiting::{PendingNews, WhichOpen};
pub use webhooks::NewWebhook;
use writer::Writer;

/// Which jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichJobs {
    /// Ended, the newest end first.
    Completed,
    /// Not ended, in the order in which they will be printed: by priority, then by number.
    NotCompleted,
    /// Both, the newest first.
    All,
    /// Those in one state, the newest first.
    State(JobState),
}

impl JobQuery {
    /// Every job that has not ended.
    pub fn open() -> Self {
        JobQuery {
            which: WhichJobs::NotCompleted,
            user: None,
            printer: None,
            from: None,
            ids: None,
            offset: 0,
            limit: u32::MAX,
        }
    }
}

/// A question for jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobQuery {
    /// Which.
    pub which: WhichJobs,
    /// Of this user only.
    pub user: Option<SmolStr>,
    /// Sent to this printer, or printed on it, only.
    pub printer: Option<PrinterId>,
    /// None with a lower number.
    pub from: Option<JobId>,
    /// Of these numbers only.
    pub ids: Option<Vec<JobId>>,
    /// How many to pass over.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// The store; clones share one writer thread and a few that read.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Writer,
    readers: Readers,
    shared: Arc<Shared>,
    seq: watch::Receiver<EventSeq>,
}

#[derive(Debug)]
struct Shared {
    changes: Arc<house::Changes>,
    house: house::Kept,
    /// Held while the store lives: one Platen for a state folder.
    _lock: File,
}

impl Store {
    /// Opens or makes the database, brings it up to date and checks it. Blocking.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Newer`], [`StoreError::Damaged`], or what SQLite says.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        Self::open_as(path, Opening::Ordinary)
    }

    /// The same at a start that may be taken back, or has been. Blocking.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_as(path: &Path, opening: Opening) -> Result<Store, StoreError> {
        let lock = lock(path)?;
        if opening == Opening::WentBack {
            copies::take_back(path)?;
        }
        let mut connection = migrate::open_writer(path, opening == Opening::Trial)?;
        let changes: Arc<house::Changes> = Arc::default();
        changes.watch(&mut connection)?;
        let newest = connection.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        let (sender, seq) = watch::channel(EventSeq(newest));
        let io = |source| StoreError::Io {
            path: path.to_owned(),
            source,
        };
        let shared = Shared {
            changes: changes.clone(),
            house: house::Kept::default(),
            _lock: lock,
        };
        Ok(Store {
            writer: Writer::start(connection, sender, changes).map_err(io)?,
            readers: Readers::start(path).map_err(io)?,
            shared: Arc::new(shared),
            seq,
        })
    }

    /// Tells the newest event's number after every commit that made one.
    pub fn subscribe(&self) -> watch::Receiver<EventSeq> {
        self.seq.clone()
    }

    /// Returns once the writer has come to it, and has committed what came before. Nothing is written for it.
    ///
    /// # Errors
    /// [`StoreError`] when the writer is gone or the disk refuses.
    pub async fn comes_round(&self) -> Result<(), StoreError> {
        self.writer.run(|_| Ok(())).await
    }

    /// Commits what waits, folds the log in, and ends the threads.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Reads off the runtime, in a snapshot of its own.
    async fn read<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.ask(question).await
    }
}

/// Takes the lock file beside the database, which the system lets go of when the process ends, however it ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = path.with_extension("lock");
    let io = |source| StoreError::Io {
        path: beside.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(io(source)),
    }
}

#[cfg(test)]
mod tests;
