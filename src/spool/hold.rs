//! Who holds a document, so that a refused one goes at once and one that a job prints stays.
//!
//! Between its arrival and its job a document is held by a [`Hold`]. When the last hold of the same bytes is let go,
//! the file is removed unless one of them was kept for a job, or the file was there before the first of them came: a
//! file that nobody holds belongs to a job, since the sweep at the start has removed all others.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Spool;
use crate::model::Digest;

/// The documents that are held now, by their digest.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<HashMap<Digest, Held>>);

#[derive(Debug, Default)]
struct Held {
    holders: usize,
    /// A job has it, or may have it.
    kept: bool,
}

impl Holds {
    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a document that nobody holds, while nobody can begin to; nothing when somebody does.
    pub(super) fn while_free<T>(&self, digest: &Digest, act: impl FnOnce() -> T) -> Option<T> {
        let holds = self.lock();
        (!holds.contains_key(digest)).then(act)
    }
}

/// A document's stay in the spool until its fate is known. Dropped, it takes the document with it unless
/// [`Hold::keep`] was called.
#[derive(Debug)]
#[must_use = "a document that nobody holds is removed"]
pub struct Hold {
    spool: Spool,
    digest: Digest,
    keep: bool,
}

impl Hold {
    /// Gives a whole file its name, and holds it from this moment on. Blocking.
    pub(super) fn place(spool: &Spool, digest: Digest, part: &Path, path: &Path) -> std::io::Result<Hold> {
        // One lock over the look, the new name and the count: nobody removes the file in between.
        let mut holds = spool.holds.lock();
        // What can't be looked at is taken for a job's: a file too many does less harm than a lost one.
        let was_there = path.try_exists().unwrap_or(true);
        // The same name means the same bytes, so taking the older one's place changes nothing.
        std::fs::rename(part, path)?;
        let held = holds.entry(digest).or_insert_with(|| Held {
            holders: 0,
            kept: was_there,
        });
        held.holders += 1;
        Ok(Hold {
            spool: spool.clone(),
            digest,
            keep: false,
        })
    }

    /// A job has the document, or is about to: it stays. Called before the job is written, since whoever waits for
    /// the store's answer may be gone before it comes.
    pub fn keep(&mut self) {
        self.keep = true;
    }

    /// The job was refused after all: for certain it does not have the document.
    pub fn release(&mut self) {
        self.keep = false;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holds = self.spool.holds.lock();
        let Some(held) = holds.get_mut(&self.digest) else {
            return;
        };
        held.kept |= self.keep;
        held.holders = held.holders.saturating_sub(1);
        if held.holders > 0 {
            return;
        }
        let kept = held.kept;
        holds.remove(&self.digest);
        if !kept && let Err(error) = std::fs::remove_file(self.spool.path(&self.digest)) {
            log::warn!("a refused document could not be removed from the spool: {error}");
        }
    }
}
