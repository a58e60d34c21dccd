//! The spool: documents on disk, durable and content-addressed.
//!
//! ```text
//!   <folder>/incoming/<random>.part      while a document arrives
//!   <folder>/uploads/<id>.part           while one arrives in parts, over restarts
//!   <folder>/documents/ab/abcdef….bin    under its SHA-256, once it is whole and synced
//! ```
//!
//! A document is synced before it gets its name, and its folder is synced before anybody hears of it. The same bytes
//! are kept once. A document that becomes no job goes when its [`Hold`] does; what a power cut left behind is removed by
//! [`Spool::sweep`], which runs only while no door is open.

mod hold;
mod incoming;
mod partial;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::model::Digest;

pub use hold::Hold;
use hold::Holds;
pub use incoming::{Incoming, Stored};
pub use partial::Partial;

/// Limits of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Free space of the disk, in bytes, below which nothing new is taken.
    pub free_floor: u64,
}

/// Why the spool refuses.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The document is over the limit.
    #[error("the document is larger than the limit of {} MiB", limit >> 20)]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The disk is nearly full.
    #[error("the disk is nearly full: {} MiB are free and {} MiB are kept free; make room, then send it again", free >> 20, floor >> 20)]
    NoRoom {
        /// Free bytes.
        free: u64,
        /// Bytes that are kept free.
        floor: u64,
    },
    /// The disk failed.
    #[error("{action} {path} failed: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl SpoolError {
    fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        SpoolError::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// The spool. Clones are the same spool.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
    limits: SpoolLimits,
    holds: Arc<Holds>,
    partials: partial::Busy,
}

impl Spool {
    /// Opens or makes the folder, and removes what an earlier life left unfinished. Blocking.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn open(folder: &Path, limits: SpoolLimits) -> Result<Spool, SpoolError> {
        let spool = Spool {
            folder: folder.to_owned(),
            limits,
            holds: Arc::default(),
            partials: Arc::default(),
        };
        for part in [spool.incoming(), spool.documents(), folder.join("uploads")] {
            make_private(&part)?;
        }
        // All at once, so that no document waits for its folder.
        let shards: Vec<PathBuf> = (0..=u8::MAX)
            .map(|n| spool.documents().join(format!("{n:02x}")))
            .collect();
        for shard in shards.iter().filter(|shard| !shard.is_dir()) {
            make_private(shard)?;
        }
        sync_folder(&spool.documents())?;
        let incoming = spool.incoming();
        for entry in std::fs::read_dir(&incoming).map_err(|e| SpoolError::io("reading", &incoming, e))? {
            let path = entry.map_err(|e| SpoolError::io("reading", &incoming, e))?.path();
            std::fs::remove_file(&path).map_err(|e| SpoolError::io("removing", &path, e))?;
        }
        sync_folder(&spool.folder)?;
        Ok(spool)
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    fn documents(&self) -> PathBuf {
        self.folder.join("documents")
    }

    /// Where the document of this digest lies.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.documents().join(&name[..2]).join(format!("{name}.bin"))
    }

    /// Refuses when the disk is below the floor. Blocking, and short.
    ///
    /// # Errors
    /// [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub fn check_room(&self) -> Result<(), SpoolError> {
        self.check_room_for(0)
    }

    /// Refuses when these bytes would bring the disk below the floor.
    fn check_room_for(&self, bytes: u64) -> Result<(), SpoolError> {
        let stat =
            rustix::fs::statvfs(&self.folder).map_err(|e| SpoolError::io("measuring", &self.folder, e.into()))?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        let floor = self.limits.free_floor;
        if free < floor.saturating_add(bytes) {
            Err(SpoolError::NoRoom { free, floor })
        } else {
            Ok(())
        }
    }

    /// Begins a document. `announced` is its length in bytes where the sender has told it: what can't be taken is
    /// refused before it is sent.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`], [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub fn begin(&self, announced: Option<u64>) -> Result<Incoming, SpoolError> {
        self.check_size(announced.unwrap_or(0))?;
        Incoming::begin(self.clone(), announced.unwrap_or(0))
    }

    /// Refuses a document of so many bytes when no document may have as many.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`].
    pub fn check_size(&self, bytes: u64) -> Result<(), SpoolError> {
        let limit = self.limits.document_bytes;
        match bytes > limit {
            true => Err(SpoolError::TooLarge { limit }),
            false => Ok(()),
        }
    }

    /// Removes a document that no job has. It stays while somebody holds it, and when it came within the time `young`: a
    /// job of it may be on its way to the books. Says whether it is gone. Blocking, and short.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn remove(&self, digest: &Digest, young: Duration) -> Result<bool, SpoolError> {
        let path = self.path(digest);
        // Under the lock by which documents get their names: none comes between the look and the end.
        let is_free = self.holds.while_free(digest, || {
            let modified = match std::fs::metadata(&path).and_then(|m| m.modified()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
                other => other?,
            };
            // A time that is still to come has no age: the clock was put back.
            if modified.elapsed().unwrap_or(Duration::ZERO) < young {
                return Ok(false);
            }
            std::fs::remove_file(&path).map(|()| true)
        });
        match is_free {
            None => Ok(false),
            Some(removed) => removed.map_err(|e| SpoolError::io("removing", &path, e)),
        }
    }

    /// Removes every document that is not in `keep`, and says how many. Only while no document is arriving.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn sweep(&self, keep: &HashSet<Digest>) -> Result<usize, SpoolError> {
        let mut removed = 0;
        let read = |path: &Path| {
            let entries = std::fs::read_dir(path).map_err(|e| SpoolError::io("reading", path, e))?;
            let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| entry.map(|e| e.path())).collect();
            paths.map_err(|e| SpoolError::io("reading", path, e))
        };
        for shard in read(&self.documents())? {
            for path in read(&shard)? {
                let digest = path
                    .file_stem()
                    .and_then(|s| s.to_str())
                    .and_then(|s| s.parse::<Digest>().ok());
                if !digest.is_some_and(|d| keep.contains(&d)) {
                    std::fs::remove_file(&path).map_err(|e| SpoolError::io("removing", &path, e))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

/// Makes a folder that only its owner may enter.
fn make_private(path: &Path) -> Result<(), SpoolError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|e| SpoolError::io("making", path, e))
}

/// Syncs a folder, so that the names in it survive a power cut.
fn sync_folder(path: &Path) -> Result<(), SpoolError> {
    let synced = std::fs::File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|e| SpoolError::io("syncing", path, e))
}

#[cfg(test)]
mod tests;
