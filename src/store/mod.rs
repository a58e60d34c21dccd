//! The store: SQLite with its schema, its migrations and every statement. Nobody outside sees SQL.
//!
//! ```text
//!   doors, queue ──► Store ──► bounded channel ──► writer thread ──► one transaction for all that waits
//!                      │                            (WAL, synchronous=FULL)       │
//!                      └──► read connections                                      └──► answers, then the
//!                           (on the blocking pool)                                     newest EventSeq to
//!                                                                                      every subscriber
//! ```
//!
//! The store has no policy: what becomes of a job is decided by a function that it is given and that runs inside the
//! transaction, on the job as it stands at that moment.

mod attempts;
mod bookings;
mod controls;
mod error;
mod house;
mod inks;
mod jobs;
mod lists;
mod loaded;
mod migrate;
mod printers;
mod retention;
mod routines;
mod rows;
mod stock;
mod subscriptions;
mod waiting;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use smol_str::SmolStr;
use tokio::sync::watch;

use crate::model::{EventSeq, JobId, JobState, PrinterId};

pub use attempts::OpeningControls;
pub use error::StoreError;
pub use house::House;
pub use jobs::Due;
pub use retention::EndedJob;
pub use subscriptions::SubscriptionQuery;
pub use waiting::PendingNews;
use writer::Writer;

/// Read connections that are kept.
const READERS: usize = 3;

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

/// The store; clones share one writer thread and a few read connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Writer,
    readers: Arc<Readers>,
    seq: watch::Receiver<EventSeq>,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
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
        let lock = lock(path)?;
        let mut connection = migrate::open_writer(path)?;
        let changes: Arc<house::Changes> = Arc::default();
        changes.watch(&mut connection)?;
        let newest = connection.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        let (sender, seq) = watch::channel(EventSeq(newest));
        let writer = Writer::start(connection, sender, changes.clone()).map_err(|source| StoreError::Io {
            path: path.to_owned(),
            source,
        })?;
        let readers = Readers {
            path: path.to_owned(),
            idle: Mutex::default(),
            changes,
            house: house::Kept::default(),
            _lock: lock,
        };
        Ok(Store {
            writer,
            readers: Arc::new(readers),
            seq,
        })
    }

    /// Tells the newest event's number after every commit that made one.
    pub fn subscribe(&self) -> watch::Receiver<EventSeq> {
        self.seq.clone()
    }

    /// Commits what waits, folds the log in, and ends the writer thread.
    pub async fn close(&self) {
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.writer.close().await;
    }

    /// Reads off the runtime, in a snapshot of its own.
    async fn read<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let readers = self.readers.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match idle {
                Some(connection) => connection,
                None => migrate::open_reader(&readers.path)?,
            };
            let answer = {
                let snapshot = connection.transaction()?;
                question(&snapshot)
            };
            let mut idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < READERS {
                idle.push(connection);
            }
            answer
        });
        asked.await.map_err(|_| StoreError::Broken)?
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
