//! SQLite: schema, migrations, every statement. STUB INTERFACE
use crate::model::*;
use smol_str::SmolStr;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use tokio::sync::watch;
/// Why the store can't.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// made by a newer version
    #[error(
        "{path} was written by a newer Platen (schema {found}, this one knows {known}): install that version again, or restore a backup"
    )]
    Newer {
        /// file
        path: PathBuf,
        /// found
        found: i64,
        /// known
        known: i64,
    },
    /// damaged
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// file
        path: PathBuf,
        /// what
        what: String,
    },
    /// SQLite said no
    #[error("{action}: {source}")]
    Sqlite {
        /// what was tried
        action: &'static str,
        /// why
        source: rusqlite::Error,
    },
    /// no such row
    #[error("there is no {0}")]
    NotFound(String),
    /// The printer or the job already has an open attempt.
    #[error("{0} already has an open attempt")]
    AttemptOpen(String),
    /// writer gone
    #[error("the store is closed")]
    Closed,
}
/// Which jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichJobs {
    /// ended, newest end first
    Completed,
    /// not ended, in the order in which they will be printed (priority, then id)
    NotCompleted,
    /// both, newest first
    All,
}
/// A question for jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobQuery {
    /// which
    pub which: WhichJobs,
    /// of this user only
    pub user: Option<SmolStr>,
    /// sent to or printed on this printer only
    pub printer: Option<PrinterId>,
    /// how many to pass over
    pub offset: u32,
    /// at most
    pub limit: u32,
}
/// The store; clones share one writer thread and a few read connections.
#[derive(Debug, Clone)]
pub struct Store;
impl Store {
    /// Opens (WAL, synchronous=FULL), migrates, checks. Blocking.
    /// # Errors
    /// as said
    pub fn open(_path: &Path) -> Result<Store, StoreError> {
        Ok(Store)
    }
    /// A number that grows with each commit of events.
    pub fn subscribe(&self) -> watch::Receiver<EventSeq> {
        watch::channel(EventSeq(0)).1
    }
    /// Commits a new job, its documents and its JobCreated event. state Pending / job-queued, or PendingHeld / job-incoming when incoming_until is set.
    /// # Errors
    /// as said
    pub async fn create_job(&self, _job: NewJob, _at: Timestamp) -> Result<Job, StoreError> {
        Err(StoreError::Closed)
    }
    /// Reads the job, lets `decide` change it, writes it with a JobChanged event, all in one transaction. A change of nothing writes nothing.
    /// # Errors
    /// as said; the inner result is `decide`'s refusal, with nothing written
    pub async fn change_job<E, F>(&self, _id: JobId, _at: Timestamp, _decide: F) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        Err(StoreError::Closed)
    }
    /// Adds a document to a job and changes the job, in one transaction (events DocumentAdded, JobChanged).
    /// # Errors
    /// as above
    pub async fn add_document<E, F>(
        &self,
        _id: JobId,
        _document: Document,
        _at: Timestamp,
        _decide: F,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        Err(StoreError::Closed)
    }
    /// Opens an attempt and changes the job, in one transaction. At most one open attempt for a job and for a printer: the schema enforces it.
    /// # Errors
    /// AttemptOpen; as above
    pub async fn open_attempt<E, F>(
        &self,
        _id: JobId,
        _printer: PrinterId,
        _token: SmolStr,
        _at: Timestamp,
        _decide: F,
    ) -> Result<Result<(Job, Attempt), E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        Err(StoreError::Closed)
    }
    /// Moves an open attempt on; `remote` is kept when `None`.
    /// # Errors
    /// as said
    pub async fn advance_attempt(
        &self,
        _id: AttemptId,
        _phase: AttemptPhase,
        _remote: Option<RemoteJob>,
        _at: Timestamp,
    ) -> Result<Attempt, StoreError> {
        Err(StoreError::Closed)
    }
    /// Closes an attempt with its outcome and changes its job, in one transaction.
    /// # Errors
    /// as above
    pub async fn close_attempt<E, F>(
        &self,
        _id: AttemptId,
        _outcome: AttemptOutcome,
        _at: Timestamp,
        _decide: F,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        Err(StoreError::Closed)
    }
    /// Makes the printers known to be exactly these (id, name, uri); last status and capabilities of those that stay are kept.
    /// # Errors
    /// as said
    pub async fn set_printers(
        &self,
        _printers: Vec<(PrinterId, SmolStr, SmolStr)>,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    /// Saves a status; an event only when state, reasons or reachability changed.
    /// # Errors
    /// as said
    pub async fn save_status(&self, _id: PrinterId, _status: PrinterStatus) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    /// Saves capabilities.
    /// # Errors
    /// as said
    pub async fn save_capabilities(&self, _id: PrinterId, _capabilities: Capabilities) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    /// One job.
    /// # Errors
    /// as said
    pub async fn job(&self, _id: JobId) -> Result<Option<Job>, StoreError> {
        Err(StoreError::Closed)
    }
    /// Jobs by a query.
    /// # Errors
    /// as said
    pub async fn jobs(&self, _query: JobQuery) -> Result<Vec<Job>, StoreError> {
        Err(StoreError::Closed)
    }
    /// How many jobs are not ended, in all or for one printer.
    /// # Errors
    /// as said
    pub async fn queued_count(&self) -> Result<u32, StoreError> {
        Err(StoreError::Closed)
    }
    /// Every open attempt.
    /// # Errors
    /// as said
    pub async fn open_attempts(&self) -> Result<Vec<Attempt>, StoreError> {
        Err(StoreError::Closed)
    }
    /// Every attempt of a job, oldest first.
    /// # Errors
    /// as said
    pub async fn attempts(&self, _job: JobId) -> Result<Vec<Attempt>, StoreError> {
        Err(StoreError::Closed)
    }
    /// The printers in the order in which they were set.
    /// # Errors
    /// as said
    pub async fn printers(&self) -> Result<Vec<PrinterRecord>, StoreError> {
        Err(StoreError::Closed)
    }
    /// Events after `seq`, oldest first, at most `limit`.
    /// # Errors
    /// as said
    pub async fn events_after(&self, _seq: EventSeq, _limit: u32) -> Result<Vec<Event>, StoreError> {
        Err(StoreError::Closed)
    }
    /// Every digest that a document refers to.
    /// # Errors
    /// as said
    pub async fn digests(&self) -> Result<HashSet<Digest>, StoreError> {
        Err(StoreError::Closed)
    }
    /// The value under `key`, made by `make` and committed when there is none yet (for identities such as the printer's UUID).
    /// # Errors
    /// as said
    pub async fn setting_or(&self, _key: &'static str, _make: fn() -> String) -> Result<String, StoreError> {
        Err(StoreError::Closed)
    }
    /// Commits what is queued, checkpoints, ends the writer thread.
    pub async fn close(&self) {}
}
