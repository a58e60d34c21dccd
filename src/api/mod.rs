//! The door for programs: REST under `/api/v1`, by HTTPS.
//!
//! ```text
//!   door ─► exchange ─► who ─► router ─► routes/* ─► ops/* ─► intake, queue, store
//!           (host,      (token,  (path,    (JSON in,   (may he? do it,
//!            TLS)        session) method)   JSON out)   tell it as view/*)
//! ```
//!
//! [`ops`] are the operations themselves: typed, checked for who may, without a word of HTTP. The web pages call the same
//! ones, so that nothing can be done in one door that can't in the other. What is wrong is a [`Problem`] (RFC 9457).

mod call;
mod exchange;
pub mod field;
pub mod http;
pub mod multipart;
pub mod ops;
mod problem;
mod reply;
mod router;
mod routes;
pub mod studio;
pub mod view;
mod who;

#[cfg(test)]
pub mod house;

use std::sync::Arc;
use std::time::Duration;

use crate::intake::Intake;
use crate::queue::Queue;
use crate::store::Store;

pub use call::Call;
pub use exchange::Exchange;
pub use problem::Problem;
pub use reply::Reply;
pub use who::Caller;

/// Limits of the door.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a body may pause.
    pub idle: Duration,
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Most documents of one job.
    pub documents_per_job: usize,
    /// What the studio reckons with when it tells a price.
    pub prices: crate::care::price::Prices,
}

/// The rooms that the operations use. Clones share all.
#[derive(Clone)]
pub struct Api(Arc<Rooms>);

/// What every operation may use.
pub struct Rooms {
    /// Limits.
    pub settings: Settings,
    /// The store.
    pub store: Store,
    /// The intake.
    pub intake: Intake,
    /// The queue.
    pub queue: Arc<Queue>,
    /// The press, for those who look before they print.
    pub studio: studio::Studio,
    /// What waits, for those who ask how long; empty at the start.
    pub waiting: tokio::sync::Mutex<crate::queue::snapshot::Waiting>,
}

impl Api {
    /// Over the rooms that do the work.
    pub fn new(rooms: Rooms) -> Api {
        Api(Arc::new(rooms))
    }
}

impl std::ops::Deref for Api {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}
