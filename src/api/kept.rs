//! What is worked out once and told often: the accounts of inks, and what profiles are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::{Digest, PrinterId, Timestamp};

use super::previews::Previews;
use super::streams::Streams;
use super::view::{InkView, ProfileFactsView};

/// How long inks are told as they were when nothing was booked: forecasts grow old. In milliseconds.
const INKS_MS: i64 = 60_000;
/// Most profiles that are kept in mind.
const PROFILES: usize = 200;

/// Inks with the number of the last entry that they take into account, and when.
type Inks = (i64, Timestamp, Arc<[InkView]>);

/// See the head of the file.
#[derive(Debug, Default)]
pub struct Kept {
    inks: Mutex<HashMap<PrinterId, Inks>>,
    profiles: Mutex<HashMap<Digest, Arc<ProfileFactsView>>>,
    /// Streams of events that are open.
    pub streams: Streams,
    /// Pictures of templates.
    pub previews: Previews,
    looking: tokio::sync::Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// The inks of a printer, if nothing was booked since.
    pub fn inks(&self, printer: &PrinterId, newest: i64, now: Timestamp) -> Option<Arc<[InkView]>> {
        let inks = lock(&self.inks);
        let (seq, at, known) = inks.get(printer)?;
        (*seq == newest && *at <= now && now < at.plus_ms(INKS_MS)).then(|| known.clone())
    }

    /// Keeps them.
    pub fn keep_inks(&self, printer: &PrinterId, newest: i64, now: Timestamp, inks: &Arc<[InkView]>) {
        lock(&self.inks).insert(printer.clone(), (newest, now, inks.clone()));
    }

    /// Waits for one's turn to look around on the LAN, which takes a socket and a thread.
    pub async fn looking(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.looking.lock().await
    }

    /// What a profile is.
    pub fn profile(&self, digest: &Digest) -> Option<Arc<ProfileFactsView>> {
        lock(&self.profiles).get(digest).cloned()
    }

    /// Keeps it.
    pub fn keep_profile(&self, digest: Digest, facts: &Arc<ProfileFactsView>) {
        let mut profiles = lock(&self.profiles);
        if profiles.len() >= PROFILES {
            profiles.clear();
        }
        profiles.insert(digest, facts.clone());
    }
}
