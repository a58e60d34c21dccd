//! How many streams of events one listener holds open: each takes one of the door's connections for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smol_str::SmolStr;

use super::Caller;

/// Most of one listener: more than the six connections that a browser opens to a host (HTTP/1.1), so that nobody meets
/// it whose pages are open in one browser; sixty such listeners still find room among the door's 512 connections.
pub const MOST: usize = 8;

/// Who listens: a program, for itself or for a person, or a person in browsers.
type Listener = (Option<SmolStr>, SmolStr);

/// The streams that are open. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<Listener, usize>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Open {
    all: Streams,
    listener: Listener,
}

impl Streams {
    /// Opens one, unless the listener has as many as one may.
    pub fn open(&self, caller: &Caller) -> Option<Open> {
        let listener = (caller.client.clone(), caller.name.clone());
        let mut all = self.all();
        let many = all.entry(listener.clone()).or_default();
        if *many >= MOST {
            return None;
        }
        *many += 1;
        drop(all);
        Some(Open {
            all: self.clone(),
            listener,
        })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Listener, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut all = self.all.all();
        if let Some(many) = all.get_mut(&self.listener) {
            *many = many.saturating_sub(1);
            if *many == 0 {
                all.remove(&self.listener);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_listener_has_so_many_and_what_is_closed_is_free_again() {
        let streams = Streams::default();
        let olga = Caller::owner("olga");
        let shop = Caller {
            client: Some("plc_1".into()),
            ..olga.clone()
        };
        let mut open: Vec<Open> = (0..MOST).map(|_| streams.open(&olga).unwrap()).collect();
        assert!(streams.open(&olga).is_none());
        let other = streams.open(&shop).unwrap();
        open.pop();
        open.push(streams.open(&olga).unwrap());
        assert!(streams.open(&olga).is_none());
        drop((open, other));
        assert!(streams.all().is_empty(), "nothing is kept of whoever has gone");
    }
}
