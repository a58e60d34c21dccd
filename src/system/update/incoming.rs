//! A bundle that somebody sends, on its way to the data partition. It lies there once, and RAUC reads it where it lies.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::OwnedMutexGuard;

use super::channel::MOST_BUNDLE;
use super::ledger::Folder;
use super::{Inner, UpdateError, Updates};
use crate::crypto::Sha256;
use crate::model::Digest;

/// Bytes that are gathered before they are written.
const BATCH: usize = 256 << 10;
/// Bytes that stay free beside it, so that jobs that come meanwhile are taken as long as can be.
const FLOOR: u64 = 16 << 20;

/// A bundle that arrives. Dropped unfinished, it leaves nothing behind.
pub struct Receiving {
    folder: Folder,
    file: Option<File>,
    digest: Option<Sha256>,
    batch: BytesMut,
    bytes: u64,
    is_kept: bool,
    /// Nobody else brings one meanwhile.
    _turn: OwnedMutexGuard<()>,
}

impl Updates {
    /// Begins to take a bundle, of so many bytes where that is known.
    ///
    /// # Errors
    /// [`UpdateError::Absent`], [`UpdateError::Busy`], [`UpdateError::TooLarge`], [`UpdateError::NoRoom`],
    /// [`UpdateError::Disk`].
    pub async fn receive(&self, announced: Option<u64>) -> Result<Receiving, UpdateError> {
        let inner = self.inner()?;
        let turn = inner.turn().await?;
        inner.receive(announced, turn).await
    }
}

impl Inner {
    pub(super) async fn receive(
        self: &Arc<Self>,
        announced: Option<u64>,
        turn: OwnedMutexGuard<()>,
    ) -> Result<Receiving, UpdateError> {
        let folder = self.folder.clone();
        if announced.is_some_and(|bytes| bytes > MOST_BUNDLE) {
            return Err(UpdateError::TooLarge);
        }
        off(move || {
            folder.forget_bundle();
            check_room(&folder, announced.unwrap_or(0))?;
            let path = folder.incoming();
            // RAUC reads it as another user, who may read everything.
            let file = File::options().create_new(true).write(true).mode(0o600).open(path)?;
            Ok(Receiving {
                folder,
                file: Some(file),
                digest: Some(Sha256::new()),
                batch: BytesMut::new(),
                bytes: 0,
                is_kept: false,
                _turn: turn,
            })
        })
        .await
    }
}

impl Receiving {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`UpdateError::TooLarge`], [`UpdateError::NoRoom`], [`UpdateError::Disk`].
    pub async fn write(mut self, bytes: Bytes) -> Result<Receiving, UpdateError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BUNDLE {
            return Err(UpdateError::TooLarge);
        }
        self.batch.extend_from_slice(&bytes);
        match self.batch.len() >= BATCH {
            true => off(move || self.flush()).await,
            false => Ok(self),
        }
    }

    fn flush(mut self) -> Result<Receiving, UpdateError> {
        check_room(&self.folder, 0)?;
        let batch = self.batch.split();
        if let Some(digest) = &mut self.digest {
            digest.update(&batch);
        }
        if let Some(file) = &mut self.file {
            file.write_all(&batch)?;
        }
        Ok(self)
    }

    /// Ends it: it is on the disk, under the name that RAUC is told. Gives its digest.
    ///
    /// # Errors
    /// [`UpdateError::Wrong`] when nothing came; [`UpdateError::NoRoom`], [`UpdateError::Disk`].
    pub(super) async fn finish(self) -> Result<(Receiving, Digest), UpdateError> {
        if self.bytes == 0 {
            return Err(UpdateError::Wrong(
                "the bundle is empty: choose the file of an update".into(),
            ));
        }
        off(move || {
            let mut done = self.flush()?;
            if let Some(file) = done.file.take() {
                file.sync_all()?;
            }
            std::fs::rename(done.folder.incoming(), done.folder.bundle())?;
            let digest = done.digest.take().unwrap_or_default().finish();
            Ok((done, digest))
        })
        .await
    }

    /// It stays: an update has it.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if !self.is_kept {
            self.folder.forget_bundle();
        }
    }
}

/// Refuses when the disk has no room for these bytes more.
fn check_room(folder: &Folder, bytes: u64) -> Result<(), UpdateError> {
    let told = rustix::fs::statvfs(folder.path()).map_err(std::io::Error::from)?;
    let free = told.f_bavail.saturating_mul(told.f_frsize).saturating_sub(FLOOR);
    let needs = bytes.max(BATCH as u64);
    match free < needs {
        true => Err(UpdateError::NoRoom { needs, free }),
        false => Ok(()),
    }
}

async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UpdateError> + Send + 'static,
) -> Result<T, UpdateError> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}
