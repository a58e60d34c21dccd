//! Pictures of templates, drawn once: each takes seconds of a small machine, and anybody who may look may ask again.
//!
//! In memory: templates are read at the start, so that none is older than the daemon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::estate::Drawing;

/// Most bytes of them that are kept: about a hundred of the size that pages show.
const MOST_BYTES: usize = 8 << 20;
/// Most of them.
const MOST: usize = 500;
/// Most who wait for one to be drawn.
const WAITING: usize = 16;

/// See the head of the file. Clones are the same.
#[derive(Debug, Clone)]
pub struct Previews {
    kept: Arc<Mutex<Kept>>,
    /// Taken by whoever draws.
    pub(super) easel: Arc<Semaphore>,
    /// Taken by whoever waits for that.
    pub(super) waiting: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Kept {
    /// With the number of its last use.
    pictures: HashMap<Drawing, (u64, Bytes)>,
    bytes: usize,
    uses: u64,
}

impl Default for Previews {
    fn default() -> Self {
        Previews {
            kept: Arc::default(),
            easel: Arc::new(Semaphore::new(1)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Previews {
    /// One that was drawn before.
    pub fn get(&self, of: &Drawing) -> Option<Bytes> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(of)
    }

    /// Keeps one.
    pub fn put(&self, of: Drawing, picture: &Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(of, picture, (MOST, MOST_BYTES));
    }
}

impl Kept {
    fn get(&mut self, of: &Drawing) -> Option<Bytes> {
        self.uses += 1;
        let (used, picture) = self.pictures.get_mut(of)?;
        *used = self.uses;
        Some(picture.clone())
    }

    /// Keeps one, and lets go of those that nobody has looked at for longest.
    fn put(&mut self, of: Drawing, picture: &Bytes, (most, most_bytes): (usize, usize)) {
        if picture.len() > most_bytes {
            return;
        }
        self.uses += 1;
        self.bytes += picture.len();
        if let Some((_, before)) = self.pictures.insert(of, (self.uses, picture.clone())) {
            self.bytes -= before.len();
        }
        while self.pictures.len() > most || self.bytes > most_bytes {
            let oldest = self.pictures.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(of, _)| of.clone()) else {
                return;
            };
            if let Some((_, gone)) = self.pictures.remove(&oldest) {
                self.bytes -= gone.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looks_at_goes_first_and_it_stays_small() {
        let of = |side| Drawing {
            template: "white-border".into(),
            paper: None,
            set: Vec::new(),
            side,
        };
        let mut kept = Kept::default();
        let picture = Bytes::from_static(&[7; 40]);
        let most = (10, 100);
        kept.put(of(1), &picture, most);
        kept.put(of(2), &picture, most);
        assert_eq!(kept.get(&of(1)), Some(picture.clone()));
        kept.put(of(3), &picture, most);
        assert_eq!((kept.get(&of(2)), kept.bytes), (None, 80), "the oldest is gone");
        kept.put(of(3), &Bytes::from_static(&[1; 60]), most);
        assert_eq!((kept.pictures.len(), kept.bytes), (2, 100), "in place of itself");
        kept.put(of(4), &Bytes::from_static(&[1; 101]), most);
        assert_eq!(kept.get(&of(4)), None, "too large to be kept");
        for side in 10..40 {
            kept.put(of(side), &Bytes::from_static(b"x"), most);
        }
        assert_eq!((kept.pictures.len(), kept.bytes), (10, 10));
    }
}
