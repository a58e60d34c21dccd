//! A part that may be missing, taken by somebody else, or vanish while it is used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The pause after the first failure, in milliseconds; it doubles up to [`LONGEST`].
const SHORTEST: u64 = 1_000;
/// The longest pause between two tries, in milliseconds: whoever plugs a display in sees it work within a minute.
const LONGEST: u64 = 60_000;

/// What is wrong with which part, for whoever looks at the panel's page.
#[derive(Debug, Clone, Default)]
pub struct Troubles(Arc<Mutex<BTreeMap<String, String>>>);

impl Troubles {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All, in words.
    pub fn all(&self) -> Vec<String> {
        self.lock()
            .iter()
            .map(|(part, what)| format!("{part}: {what}"))
            .collect()
    }
}

type Open<T> = Box<dyn FnMut() -> Result<T, String> + Send>;

/// The part.
pub struct Part<T> {
    name: String,
    open: Open<T>,
    device: Option<T>,
    failures: u32,
    again_at: u64,
}

impl<T> Part<T> {
    /// A part that is opened when it is first used.
    pub fn new(name: impl Into<String>, open: impl FnMut() -> Result<T, String> + Send + 'static) -> Self {
        Part {
            name: name.into(),
            open: Box::new(open),
            device: None,
            failures: 0,
            again_at: 0,
        }
    }

    /// Uses it, opened if need be. `None` when it is not there, or has failed with this use.
    pub fn with<R>(
        &mut self,
        now: u64,
        troubles: &Troubles,
        work: impl FnOnce(&mut T) -> Result<R, String>,
    ) -> Option<R> {
        if self.device.is_none() {
            if now < self.again_at {
                return None;
            }
            match (self.open)() {
                Ok(device) => self.device = Some(device),
                Err(what) => {
                    self.failed(now, troubles, what);
                    return None;
                }
            }
        }
        match work(self.device.as_mut()?) {
            Ok(result) => {
                if std::mem::take(&mut self.failures) > 0 {
                    log::info!("the panel's {}: works again", self.name);
                    troubles.lock().remove(&self.name);
                }
                Some(result)
            }
            Err(what) => {
                self.device = None;
                self.failed(now, troubles, what);
                None
            }
        }
    }

    fn failed(&mut self, now: u64, troubles: &Troubles, what: String) {
        if self.failures == 0 {
            log::warn!(
                "the panel's {}: {what}; it is tried again, and the rest goes on",
                self.name
            );
        }
        let pause = SHORTEST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.again_at = now + pause;
        troubles.lock().insert(self.name.clone(), what);
    }

    /// Lets go of it: it is opened again at the next use.
    pub fn close(&mut self) {
        self.device = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.device.is_some()
    }

    /// When it may be tried again; 0 while nothing is wrong.
    pub fn again_at(&self) -> u64 {
        if self.failures > 0 { self.again_at } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_part_that_is_missing_is_tried_again_later_and_later() {
        let tries = Arc::new(AtomicU32::new(0));
        let count = tries.clone();
        let mut part = Part::new("display", move || match count.fetch_add(1, Ordering::Relaxed) {
            0..8 => Err("is not there".to_owned()),
            _ => Ok(()),
        });
        let troubles = Troubles::default();
        let mut tried_at = Vec::new();
        for now in 0..400_000 {
            let before = tries.load(Ordering::Relaxed);
            part.with(now, &troubles, |()| Ok(()));
            if tries.load(Ordering::Relaxed) > before {
                tried_at.push(now);
                assert_eq!(troubles.all().len(), usize::from(tried_at.len() < 9));
            }
        }
        let pauses: Vec<u64> = tried_at.windows(2).map(|w| w[1] - w[0]).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    }

    #[test]
    fn one_that_fails_is_closed_and_opened_again() {
        let mut opened = 0;
        let mut part = Part::new("light", move || {
            opened += 1;
            Ok(opened)
        });
        let troubles = Troubles::default();
        assert_eq!(part.with(0, &troubles, |n| Ok(*n)), Some(1));
        assert_eq!(part.with::<()>(1, &troubles, |_| Err("has gone".into())), None);
        assert_eq!(troubles.all(), ["light: has gone"]);
        assert_eq!(part.with(2, &troubles, |n| Ok(*n)), None);
        assert_eq!(part.with(2_000, &troubles, |n| Ok(*n)), Some(2));
        assert_eq!(troubles.all(), [""; 0]);
    }
}
