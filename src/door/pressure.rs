//! Room for new clients when every connection is taken: those on which nothing happens are closed early.
//!
//! Below the limit a connection may rest for the whole of [`super::Sockets::head`]. At the limit one that has had no
//! request under way for [`PATIENCE`] is closed, so that a crowd of silent connections holds nobody up for long. A
//! request that has begun and its document are never cut short by this; its answer has that long to be taken.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long a connection may rest while others wait. Headers that drip in count as rest.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one connection does.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<State>>);

#[derive(Debug, Clone, Copy)]
enum State {
    /// Requests are under way: so many.
    Busy(usize),
    /// None has been since then.
    Resting(Instant),
}

/// A request under way, to its end.
#[derive(Debug)]
pub struct Exchange(Activity);

impl Activity {
    /// A connection that was just accepted.
    pub fn new() -> Self {
        Activity(Arc::new(Mutex::new(State::Resting(Instant::now()))))
    }

    /// A request begins.
    pub fn begin(&self) -> Exchange {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            State::Busy(n) => State::Busy(n + 1),
            State::Resting(_) => State::Busy(1),
        };
        Exchange(self.clone())
    }

    /// How much of its patience is left; `None` while a request is under way.
    fn left(&self) -> Option<Duration> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Busy(_) => None,
            State::Resting(since) => Some(PATIENCE.saturating_sub(since.elapsed())),
        }
    }

    /// Returns when this connection has rested too long while its place is `wanted` by others.
    pub async fn squeezed_out(&self, mut wanted: watch::Receiver<usize>) {
        loop {
            if wanted.wait_for(|n| *n > 0).await.is_err() {
                // Nobody accepts any more: the door is closing, which has its own rules.
                std::future::pending::<()>().await;
            }
            match self.left() {
                Some(Duration::ZERO) => return,
                left => tokio::time::sleep(left.unwrap_or(PATIENCE)).await,
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            State::Busy(n) if n > 1 => State::Busy(n - 1),
            _ => State::Resting(Instant::now()),
        };
    }
}
