//! Documents on disk, durable and content-addressed. STUB INTERFACE
use crate::model::Digest;
use bytes::Bytes;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
/// Limits of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Free space, in bytes, below which nothing new is taken.
    pub free_floor: u64,
}
/// Why the spool refuses.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// too large
    #[error("the document is larger than the limit of {limit} bytes")]
    TooLarge {
        /// limit
        limit: u64,
    },
    /// no room
    #[error("the disk is nearly full: {free} bytes free, {floor} are kept free")]
    NoRoom {
        /// free
        free: u64,
        /// floor
        floor: u64,
    },
    /// I/O
    #[error("{action} {path}: {source}")]
    Io {
        /// what
        action: &'static str,
        /// where
        path: PathBuf,
        /// why
        source: std::io::Error,
    },
}
/// The spool.
#[derive(Debug, Clone)]
pub struct Spool;
/// A document that is arriving. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming;
/// A durable document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// address
    pub digest: Digest,
    /// length
    pub bytes: u64,
}
impl Spool {
    /// Opens or makes the folder; removes temporary files of an earlier life.
    /// # Errors
    /// I/O
    pub fn open(_folder: &Path, _limits: SpoolLimits) -> Result<Spool, SpoolError> {
        Ok(Spool)
    }
    /// Begins a document.
    /// # Errors
    /// NoRoom, Io
    pub async fn begin(&self) -> Result<Incoming, SpoolError> {
        Ok(Incoming)
    }
    /// Where a document lies.
    pub fn path(&self, _digest: &Digest) -> PathBuf {
        PathBuf::new()
    }
    /// Removes every document that is not in `keep`; how many.
    /// # Errors
    /// I/O
    pub fn sweep(&self, _keep: &HashSet<Digest>) -> Result<usize, SpoolError> {
        Ok(0)
    }
    /// Refuses with NoRoom when the disk is below the floor.
    /// # Errors
    /// NoRoom, Io
    pub fn check_room(&self) -> Result<(), SpoolError> {
        Ok(())
    }
}
impl Incoming {
    /// Adds bytes.
    /// # Errors
    /// TooLarge, NoRoom, Io
    pub async fn write(&mut self, _chunk: Bytes) -> Result<(), SpoolError> {
        Ok(())
    }
    /// Syncs, names, syncs the folder; only then is it durable.
    /// # Errors
    /// Io
    pub async fn finish(self) -> Result<Stored, SpoolError> {
        Ok(Stored {
            digest: Digest([0; 32]),
            bytes: 0,
        })
    }
}
