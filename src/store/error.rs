//! Why the store can't.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why the store can't.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer version.
    #[error(
        "{path} was written by a newer Platen (schema {found}, this one knows {known}): install that version again, or restore a backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The file, or a row of it, is not what was written.
    #[error("the database is damaged ({what}): restore a backup, or move it away to begin anew")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// Another process works on the same folder.
    #[error("{path} is in use by another Platen: stop that one, or choose another state folder")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A file beside the database can't be made.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite said no.
    #[error("the database refused: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// A group of changes could not be committed; none of them happened.
    #[error("the changes could not be committed: {0}")]
    Commit(String),
    /// The disk has no room for a change; it did not happen.
    #[error("the disk is full, so that the database can't be written: make room on it")]
    Full,
    /// The disk did not take a change; it did not happen.
    #[error("the disk does not take what is written to the database ({0}): look at it, and at the system's log")]
    Disk(String),
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(String),
    /// A person or a program has this name already, or one that looks like it.
    #[error("\"{0}\" is a person or a program here already, and nobody may pass for another: choose another name")]
    NameTaken(smol_str::SmolStr),
    /// A job is to be printed again, and its documents were let go.
    #[error("the documents of job {0} are not kept any more: send them again")]
    DocumentsGone(crate::model::JobId),
    /// Somebody has as many jobs waiting as one may.
    #[error(
        "{user} has {most} jobs that are not finished, which is the most that one person may have: wait for some to be \
         printed, or cancel some"
    )]
    TooManyJobs {
        /// Whose.
        user: smol_str::SmolStr,
        /// How many one may have.
        most: u32,
    },
    /// A key that stands for another request.
    #[error(
        "the key \"{0}\" came with another request within the last day, which made job {1}: choose a new key for every \
         job, and send a request again exactly as it was"
    )]
    KeyUsed(smol_str::SmolStr, crate::model::JobId),
    /// Somebody has as many documents waiting for a job as one may.
    #[error("{0}: make jobs of some of them, remove some, or wait until they expire after a day")]
    TooManyUploads(String),
    /// The printer or the job has an open attempt already.
    #[error("{0} already has an open attempt")]
    AttemptOpen(String),
    /// A fault of ours in the middle of a change; it was rolled back.
    #[error("a change broke down and was rolled back; please report this")]
    Broken,
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Why a group could not be committed.
    pub(super) fn commit(error: &rusqlite::Error) -> Self {
        Self::of_disk(error).unwrap_or_else(|| StoreError::Commit(error.to_string()))
    }

    /// What the disk is to blame for.
    fn of_disk(error: &rusqlite::Error) -> Option<Self> {
        match error.sqlite_error_code()? {
            ErrorCode::DiskFull => Some(StoreError::Full),
            ErrorCode::SystemIoFailure => Some(StoreError::Disk(error.to_string())),
            _ => None,
        }
    }

    /// A row that can't be read.
    pub(super) fn row(table: &str, id: impl std::fmt::Display, what: impl std::fmt::Display) -> Self {
        StoreError::Damaged {
            what: format!("row {id} of {table}: {what}"),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::of_disk(&error).unwrap_or(StoreError::Sqlite(error))
    }
}
