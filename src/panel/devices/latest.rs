//! A place with the newest value, for a thread that waits for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Debug)]
struct State<T> {
    value: T,
    is_new: bool,
    closed: bool,
}

/// The newest value. What is not taken in time is replaced: nobody waits for whoever takes it.
#[derive(Debug)]
pub struct Latest<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// What a wait ended with.
#[derive(Debug, PartialEq, Eq)]
pub enum News<T> {
    /// Another value.
    New(T),
    /// None in that time.
    Same,
    /// There won't be any more.
    Closed,
}

impl<T: Clone + PartialEq> Latest<T> {
    /// With a value that is not news.
    pub fn new(value: T) -> Self {
        Latest {
            state: Mutex::new(State {
                value,
                is_new: false,
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a value there, if it is another one.
    pub fn set(&self, value: T) {
        let mut state = self.lock();
        if state.value != value {
            state.value = value;
            state.is_new = true;
            self.changed.notify_one();
        }
    }

    /// No more values come.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits for another value.
    pub fn wait(&self, most: Duration) -> News<T> {
        let state = self.lock();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, most, |state| !state.is_new && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return News::Closed;
        }
        match std::mem::take(&mut state.is_new) {
            true => News::New(state.value.clone()),
            false => News::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_taken_once() {
        let latest = Latest::new(0);
        assert_eq!(latest.wait(Duration::ZERO), News::Same);
        latest.set(1);
        latest.set(2);
        assert_eq!(latest.wait(Duration::from_secs(9)), News::New(2));
        latest.set(2);
        assert_eq!(latest.wait(Duration::ZERO), News::Same);
        latest.close();
        assert_eq!(latest.wait(Duration::from_secs(9)), News::Closed);
    }
}
