//! The breakers of all printers, kept over a restart.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{PrinterId, Timestamp};
use crate::store::{Store, StoreError};

use super::{Admission, Breaker, Outcome};

/// Under what they are kept.
const KEY: &str = "breakers";

/// See the head of the file.
pub(in crate::queue) struct Board {
    breakers: Mutex<BTreeMap<PrinterId, Breaker>>,
}

impl Board {
    /// As they were left. What can't be read is begun anew: it is no more than a short memory.
    pub async fn load(store: &Store, now: Timestamp) -> Result<Board, StoreError> {
        let text = store.setting_or(KEY, || "{}".to_owned()).await?;
        let kept: BTreeMap<PrinterId, Breaker> = serde_json::from_str(&text).unwrap_or_else(|error| {
            log::warn!("which printers had failed is forgotten: {error}");
            BTreeMap::new()
        });
        let breakers = kept.into_iter().map(|(id, breaker)| (id, breaker.restored(now)));
        Ok(Board {
            breakers: Mutex::new(breakers.collect()),
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PrinterId, Breaker>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a printer may be given a job now.
    pub fn admits(&self, printer: &PrinterId, now: Timestamp) -> Admission {
        self.lock().get(printer).map_or(Admission::Yes, |b| b.admits(now))
    }

    /// A printer was given a job.
    pub fn begun(&self, printer: &PrinterId, now: Timestamp) {
        if let Some(breaker) = self.lock().get_mut(printer) {
            *breaker = std::mem::take(breaker).begun(now);
        }
    }

    /// Takes note of what a printer has done; says so when it leaves the pool or comes back.
    pub async fn tell(&self, store: &Store, printer: &PrinterId, outcome: &Outcome, now: Timestamp) {
        let text = {
            let mut breakers = self.lock();
            let before = breakers.get(printer).cloned().unwrap_or_default();
            let after = before.clone().after(outcome, now);
            if after == before {
                return;
            }
            match (before.is_open(), after.admits(now)) {
                (false, Admission::No { until, why }) if after.is_open() => {
                    let seconds = (until.0 - now.0) / 1_000;
                    log::warn!("{printer}: leaves the pool for {seconds} s: {why}");
                }
                (true, Admission::Yes) => log::info!("{printer}: is back in the pool"),
                _ => {}
            }
            let worth_keeping = before.is_open() || after.is_open();
            breakers.insert(printer.clone(), after);
            worth_keeping.then(|| serde_json::to_string(&*breakers))
        };
        // It is kept on the side: should that fail, a restart forgets it.
        if let Some(Ok(text)) = text
            && let Err(error) = store.replace_setting(KEY, text).await
        {
            log::debug!("{printer}: its failures could not be kept: {error}");
        }
    }
}
