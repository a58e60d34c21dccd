//! A document on its way into the spool.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};

use super::{Hold, Spool, SpoolError, sync_folder};
use crate::crypto::{self, Sha256};
use crate::model::Digest;

/// Bytes that are gathered before they are written.
pub(super) const BATCH: usize = 256 << 10;
/// Bytes after which the free space is looked at again.
pub(super) const ROOM_EVERY: u64 = 8 << 20;

/// A durable document.
#[derive(Debug)]
pub struct Stored {
    /// Its address.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
    /// Keeps it in the spool until its job has it.
    pub hold: Hold,
}

/// A document that is arriving. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    spool: Spool,
    batch: BytesMut,
    total: u64,
    room_checked: u64,
    part: State,
}

/// The file of a document that is arriving.
#[derive(Debug)]
enum State {
    /// Not made yet.
    None,
    /// Some batches are written.
    Open(Box<Part>),
    /// A write failed: the document is lost.
    Lost,
}

/// The file, and what was written to it.
struct Part {
    file: File,
    path: PathBuf,
    digest: Sha256,
    finished: bool,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Part {
    fn make(spool: &Spool) -> Result<Part, SpoolError> {
        let folder = spool.incoming();
        let mut random = [0u8; 16];
        crypto::random(&mut random).map_err(|e| SpoolError::io("naming", &folder, io::Error::other(e)))?;
        let name: String = random.iter().map(|b| format!("{b:02x}")).collect();
        let path = folder.join(format!("{name}.part"));
        let file = File::options()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|e| SpoolError::io("making", &path, e))?;
        Ok(Part {
            file,
            path,
            digest: Sha256::new(),
            finished: false,
        })
    }

    fn write(&mut self, spool: &Spool, batch: &[u8]) -> Result<(), SpoolError> {
        self.digest.update(batch);
        self.file.write_all(batch).map_err(|e| full(spool, &self.path, e))
    }

    /// Syncs the file, gives it its name, syncs the folder.
    fn place(mut self, spool: &Spool, bytes: u64) -> Result<Stored, SpoolError> {
        self.file.sync_all().map_err(|e| full(spool, &self.path, e))?;
        let digest = std::mem::take(&mut self.digest).finish();
        let path = spool.path(&digest);
        let shard = path.parent().map(Path::to_owned).unwrap_or_default();
        let placed = Hold::place(spool, digest, &self.path, &path);
        let hold = placed.map_err(|e| SpoolError::io("naming", &path, e))?;
        self.finished = true;
        sync_folder(&shard)?;
        Ok(Stored { digest, bytes, hold })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            log::warn!("an unfinished document could not be removed: {error}");
        }
    }
}

/// Runs blocking work off the runtime.
pub(super) async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    let broken = |_| SpoolError::Io {
        action: "working in",
        path: PathBuf::from("the spool"),
        source: io::Error::other("the work broke down"),
    };
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

impl Incoming {
    /// Begins; a document that fits into one batch makes its file only when it is whole.
    pub(super) fn begin(spool: Spool, announced: u64) -> Result<Incoming, SpoolError> {
        spool.check_room_for(announced)?;
        Ok(Incoming {
            spool,
            batch: BytesMut::new(),
            total: 0,
            room_checked: 0,
            part: State::None,
        })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`], [`SpoolError::NoRoom`], [`SpoolError::Io`]. After an error the document is lost.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), SpoolError> {
        self.total = self.total.saturating_add(chunk.len() as u64);
        let limit = self.spool.limits.document_bytes;
        if self.total > limit {
            self.part = State::Lost;
            return Err(SpoolError::TooLarge { limit });
        }
        self.batch.extend_from_slice(&chunk);
        if self.batch.len() >= BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), SpoolError> {
        let batch = self.batch.split().freeze();
        let check_room = self.total.saturating_sub(self.room_checked) >= ROOM_EVERY;
        if check_room {
            self.room_checked = self.total;
        }
        let part = self.take()?;
        let spool = self.spool.clone();
        let part = off(move || {
            if check_room {
                spool.check_room()?;
            }
            let mut part = part.map_or_else(|| Part::make(&spool), Ok)?;
            part.write(&spool, &batch)?;
            Ok(part)
        })
        .await?;
        self.part = State::Open(Box::new(part));
        Ok(())
    }

    /// The file, if it is made; lost unless it is put back.
    fn take(&mut self) -> Result<Option<Part>, SpoolError> {
        match std::mem::replace(&mut self.part, State::Lost) {
            State::None => Ok(None),
            State::Open(part) => Ok(Some(*part)),
            State::Lost => Err(gone()),
        }
    }

    /// Syncs the document, gives it its name, syncs the folder: then it survives a power cut. `look` sees it, off the
    /// runtime, before this returns; a panic of it is an error, and leaves nothing.
    ///
    /// # Errors
    /// [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub async fn finish<T: Send + 'static>(
        mut self,
        look: impl FnOnce(&Path) -> T + Send + 'static,
    ) -> Result<(Stored, T), SpoolError> {
        let batch = self.batch.split().freeze();
        let part = self.take()?;
        let (spool, bytes) = (self.spool, self.total);
        off(move || {
            let mut part = part.map_or_else(|| Part::make(&spool), Ok)?;
            part.write(&spool, &batch)?;
            let stored = part.place(&spool, bytes)?;
            let seen = look(&spool.path(&stored.digest));
            Ok((stored, seen))
        })
        .await
    }
}

fn gone() -> SpoolError {
    SpoolError::io(
        "writing",
        Path::new("a document"),
        io::Error::other("an earlier write failed"),
    )
}

/// A write that failed: for want of room, or otherwise.
pub(super) fn full(spool: &Spool, path: &Path, error: io::Error) -> SpoolError {
    if error.kind() == io::ErrorKind::StorageFull {
        SpoolError::NoRoom {
            free: 0,
            floor: spool.limits.free_floor,
        }
    } else {
        SpoolError::io("writing", path, error)
    }
}
