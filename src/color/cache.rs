//! Baked links, kept: pages with the same profiles bake once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::ProfileError;
use super::link::DeviceLink;
use super::tone::Tone;
use crate::model::RenderingIntent;

/// What a link was baked from. The caller computes the digests (SHA-256 of the profiles' bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkKey {
    /// Digest of the source's bytes.
    pub source: [u8; 32],
    /// Digest of the destination's bytes.
    pub destination: [u8; 32],
    /// Intent and black point compensation.
    pub intent: RenderingIntent,
    /// Of a monochrome link its tone, else nothing.
    pub tone: Option<Tone>,
}

/// A link that is there, or is being baked by whoever holds the lock.
type Slot = Arc<Mutex<Option<Arc<DeviceLink>>>>;

/// Links by their keys; when there are too many, the one that was not asked for the longest goes. A link holds half
/// to one MiB. Threads may share it: who asks for a link that another is baking waits for that one.
#[derive(Debug)]
pub struct LinkCache {
    most: usize,
    /// The last used is the last.
    slots: Mutex<VecDeque<(LinkKey, Slot)>>,
}

impl LinkCache {
    /// A cache of at most so many links, at least one.
    pub fn new(most: usize) -> LinkCache {
        LinkCache {
            most: most.max(1),
            slots: Mutex::default(),
        }
    }

    /// The link of a key, baked by `bake` if it is not there.
    ///
    /// # Errors
    /// What `bake` says; nothing is kept then.
    pub fn get(
        &self,
        key: LinkKey,
        bake: impl FnOnce() -> Result<DeviceLink, ProfileError>,
    ) -> Result<Arc<DeviceLink>, ProfileError> {
        let slot = self.slot(key);
        let mut place = lock(&slot);
        if let Some(link) = place.as_ref() {
            return Ok(Arc::clone(link));
        }
        match bake() {
            Ok(link) => Ok(Arc::clone(place.insert(Arc::new(link)))),
            Err(error) => {
                lock(&self.slots).retain(|(k, s)| *k != key || !Arc::ptr_eq(s, &slot));
                Err(error)
            }
        }
    }

    /// Links that are kept or being baked.
    pub fn len(&self) -> usize {
        lock(&self.slots).len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place of a key, made if need be, as the last used. This lock is never held while baking.
    fn slot(&self, key: LinkKey) -> Slot {
        let mut slots = lock(&self.slots);
        let known = slots.iter().position(|(k, _)| *k == key).and_then(|i| slots.remove(i));
        let (_, slot) = known.unwrap_or((key, Slot::default()));
        while slots.len() >= self.most {
            slots.pop_front();
        }
        slots.push_back((key, Arc::clone(&slot)));
        slot
    }
}

/// A thread that panicked while it baked has left the place empty, which is a state like any other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
