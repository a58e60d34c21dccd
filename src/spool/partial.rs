//! A document that arrives in parts, over hours and restarts, before it has a job.
//!
//! How far it has come is the length of its file, `<folder>/uploads/<id>.part`: a part is told of only after it was
//! synced, and what a broken connection or a power cut left behind it is what the sender goes on after.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use smol_str::SmolStr;

use super::incoming::{BATCH, ROOM_EVERY, full, off};
use super::{Hold, Spool, SpoolError, Stored, sync_folder};
use crate::crypto::Sha256;

/// Those to which somebody sends at this moment.
pub(super) type Busy = Arc<Mutex<HashSet<SmolStr>>>;

/// One that is open for its next part.
#[derive(Debug)]
pub struct Partial {
    spool: Spool,
    /// Until what was begun is written, nobody else writes there.
    _taken: Taken,
    /// None after a write that failed.
    file: Option<File>,
    path: PathBuf,
    batch: BytesMut,
    offset: u64,
    room_checked: u64,
    bytes: u64,
}

#[derive(Debug)]
struct Taken(Busy, SmolStr);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Spool {
    fn upload(&self, id: &str) -> PathBuf {
        self.folder.join("uploads").join(format!("{id}.part"))
    }

    /// Begins one that will have so many bytes. Blocking, and short.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`], [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub fn begin_partial(&self, id: &str, bytes: u64) -> Result<(), SpoolError> {
        self.check_size(bytes)?;
        self.check_room_for(bytes)?;
        let path = self.upload(id);
        let made = File::options().create_new(true).write(true).mode(0o600).open(&path);
        made.map_err(|e| SpoolError::io("making", &path, e))?;
        sync_folder(&self.folder.join("uploads"))
    }

    /// How many bytes of it are here; none: there is no such file. Blocking, and short.
    pub fn partial_bytes(&self, id: &str) -> Option<u64> {
        std::fs::metadata(self.upload(id)).ok().map(|m| m.len())
    }

    /// Opens one for its next part. `None` while somebody else sends to it, or when it is not there. Blocking, and short.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn open_partial(&self, id: &str, bytes: u64) -> Result<Option<Partial>, SpoolError> {
        let is_free = self
            .partials
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.into());
        if !is_free {
            return Ok(None);
        }
        let taken = Taken(self.partials.clone(), id.into());
        let path = self.upload(id);
        let mut file = match File::options().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SpoolError::io("opening", &path, error)),
        };
        let offset = file
            .seek(SeekFrom::End(0))
            .map_err(|e| SpoolError::io("reading", &path, e))?;
        Ok(Some(Partial {
            spool: self.clone(),
            _taken: taken,
            file: Some(file),
            path,
            batch: BytesMut::new(),
            offset,
            room_checked: offset,
            bytes,
        }))
    }

    /// Removes one. Blocking, and short.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn remove_partial(&self, id: &str) -> Result<(), SpoolError> {
        let path = self.upload(id);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SpoolError::io("removing", &path, error)),
            _ => Ok(()),
        }
    }

    /// Removes all that are not known any more, and says how many. Only while no door is open.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn sweep_partials(&self, known: &HashSet<SmolStr>) -> Result<usize, SpoolError> {
        let folder = self.folder.join("uploads");
        let wrong = |e| SpoolError::io("reading", &folder, e);
        let mut removed = 0;
        for entry in std::fs::read_dir(&folder).map_err(wrong)? {
            let path = entry.map_err(wrong)?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str());
            if !id.is_some_and(|id| known.contains(id)) {
                std::fs::remove_file(&path).map_err(|e| SpoolError::io("removing", &path, e))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

impl Partial {
    /// How many bytes of it are here.
    pub fn offset(&self) -> u64 {
        self.offset + self.batch.len() as u64
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`] when they are more than was announced; [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub async fn write(self, chunk: Bytes) -> Result<Partial, SpoolError> {
        let mut partial = self;
        if partial.offset() + chunk.len() as u64 > partial.bytes {
            return Err(SpoolError::TooLarge { limit: partial.bytes });
        }
        partial.batch.extend_from_slice(&chunk);
        if partial.batch.len() >= BATCH {
            return off(move || partial.flush()).await;
        }
        Ok(partial)
    }

    /// Blocking. Given up on the way, it still holds its place until it is written.
    fn flush(mut self) -> Result<Partial, SpoolError> {
        if self.offset.saturating_sub(self.room_checked) >= ROOM_EVERY {
            self.room_checked = self.offset;
            self.spool.check_room()?;
        }
        let batch = self.batch.split();
        if let Some(mut file) = self.file.take() {
            if let Err(error) = file.write_all(&batch) {
                // Half a batch is as good as what came before it.
                return Err(full(&self.spool, &self.path, error));
            }
            self.file = Some(file);
        }
        self.offset += batch.len() as u64;
        Ok(self)
    }

    /// Ends a part: what has come of it survives a power cut.
    ///
    /// # Errors
    /// [`SpoolError::NoRoom`], [`SpoolError::Io`].
    pub async fn sync(self) -> Result<Partial, SpoolError> {
        off(move || {
            let partial = self.flush()?;
            if let Some(file) = &partial.file {
                file.sync_all().map_err(|e| full(&partial.spool, &partial.path, e))?;
            }
            Ok(partial)
        })
        .await
    }

    /// Ends the document, once all its parts are synced: it gets its name. `look` sees it, off the runtime, before this
    /// returns; it is then known by which digest.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub async fn finish<T: Send + 'static>(
        self,
        look: impl FnOnce(&Path) -> T + Send + 'static,
    ) -> Result<(Stored, T), SpoolError> {
        off(move || {
            let wrong = |e| SpoolError::io("reading", &self.path, e);
            let mut file = File::open(&self.path).map_err(wrong)?;
            let mut digest = Sha256::new();
            let mut buffer = vec![0; BATCH];
            loop {
                match file.read(&mut buffer).map_err(wrong)? {
                    0 => break,
                    n => digest.update(&buffer[..n]),
                }
            }
            let digest = digest.finish();
            let path = self.spool.path(&digest);
            let shard = path.parent().map(Path::to_owned).unwrap_or_default();
            let hold =
                Hold::place(&self.spool, digest, &self.path, &path).map_err(|e| SpoolError::io("naming", &path, e))?;
            sync_folder(&shard)?;
            let seen = look(&path);
            let stored = Stored {
                digest,
                bytes: self.offset,
                hold,
            };
            Ok((stored, seen))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::super::SpoolLimits;
    use super::*;

    fn spool(folder: &Path) -> Spool {
        let limits = SpoolLimits {
            document_bytes: 1 << 20,
            free_floor: 0,
        };
        Spool::open(folder, limits).unwrap()
    }

    #[tokio::test]
    async fn a_document_in_parts_goes_on_after_a_restart_and_ends_by_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let first = spool(folder.path());
        first.begin_partial("a", 10).unwrap();
        assert!(first.begin_partial("b", 2 << 20).is_err());
        let part = first.open_partial("a", 10).unwrap().unwrap();
        assert!(first.open_partial("a", 10).unwrap().is_none(), "somebody sends to it");
        let part = part.write(Bytes::from_static(b"hello ")).await.unwrap();
        assert_eq!(part.sync().await.unwrap().offset(), 6);
        drop(first);

        let second = spool(folder.path());
        assert_eq!(second.partial_bytes("a"), Some(6));
        let part = second.open_partial("a", 10).unwrap().unwrap();
        let part = part
            .write(Bytes::from_static(b"you!"))
            .await
            .unwrap()
            .sync()
            .await
            .unwrap();
        let (mut stored, seen) = part.finish(|path| std::fs::read(path).unwrap()).await.unwrap();
        stored.hold.keep();
        assert_eq!((seen.as_slice(), stored.bytes), (&b"hello you!"[..], 10));
        assert_eq!(stored.digest, Sha256::of(b"hello you!"));
        assert_eq!(second.partial_bytes("a"), None);
        assert!(second.open_partial("a", 10).unwrap().is_none());
    }

    #[tokio::test]
    async fn more_than_was_announced_is_refused_and_what_nobody_knows_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let spool = spool(folder.path());
        for id in ["a", "b"] {
            spool.begin_partial(id, 3).unwrap();
        }
        let part = spool.open_partial("a", 3).unwrap().unwrap();
        let more = part.write(Bytes::from_static(b"four")).await;
        assert!(matches!(more, Err(SpoolError::TooLarge { limit: 3 })), "{more:?}");
        assert_eq!(spool.sweep_partials(&["a".into()].into()).unwrap(), 1);
        assert_eq!((spool.partial_bytes("a"), spool.partial_bytes("b")), (Some(0), None));
    }
}
