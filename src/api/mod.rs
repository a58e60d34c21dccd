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

pub mod accounts;
pub mod call;
pub mod estate;
mod exchange;
pub mod field;
pub mod http;
mod kept;
pub mod multipart;
pub mod oauth;
pub mod ops;
pub mod panel;
pub mod patch;
pub mod previews;
mod problem;
mod reply;
pub mod router;
mod routes;
#[cfg(test)]
mod sketch;
pub mod streams;
pub mod studio;
pub mod view;
mod who;
pub mod words;

#[cfg(test)]
pub mod house;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::intake::Intake;
use crate::queue::Queue;
use crate::queue::snapshot::Waiting;
use crate::spool::Spool;
use crate::store::{Store, WhichOpen};
use crate::watch::Addresses;

pub use call::Call;
pub use exchange::Exchange;
pub use kept::Kept;
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
    /// Which addresses may be told what happens.
    pub webhooks: Addresses,
}

/// The rooms that the operations use. Clones share all.
#[derive(Clone)]
pub struct Api {
    rooms: Arc<Rooms>,
    /// Set when streams shall end.
    ending: Arc<watch::Sender<bool>>,
    /// Wakes the courier of webhooks.
    pub nudge: Arc<Notify>,
}

/// The jobs that have not ended, of which nothing is known yet.
pub fn open_jobs() -> tokio::sync::Mutex<Waiting> {
    tokio::sync::Mutex::new(Waiting::of(WhichOpen::All))
}

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
    /// Whoever built the house.
    pub estate: Arc<dyn estate::Estate>,
    /// Where profiles lie.
    pub profiles: Spool,
    /// What is worked out once and told often; empty to begin with.
    pub kept: Kept,
    /// Who people and programs are.
    pub accounts: accounts::Accounts,
    /// The press, for those who look before they print.
    pub studio: studio::Studio,
    /// The jobs that have not ended, for those who ask how long it takes, or what is spoken for.
    pub open: tokio::sync::Mutex<Waiting>,
    /// The machine's own service.
    pub machine: Arc<crate::system::machine::ask::Service>,
    /// New versions of the appliance.
    pub updates: crate::system::update::Updates,
}

impl Api {
    /// Over the rooms that do the work.
    pub fn new(rooms: Rooms) -> Api {
        Api {
            rooms: Arc::new(rooms),
            ending: Arc::new(watch::channel(false).0),
            nudge: Arc::default(),
        }
    }

    /// What the studio is called.
    pub fn studio_name(&self) -> String {
        self.estate.settings().studio_name.to_string()
    }

    /// Ends every stream of events, because the door closes.
    pub fn end_streams(&self) {
        self.ending.send_replace(true);
    }

    fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }
}

impl std::ops::Deref for Api {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.rooms
    }
}

/// How webhooks are told of an event: as in the log that the API gives.
pub fn told(event: &crate::model::Event) -> String {
    serde_json::to_string(&view::EventView::of(event.clone())).unwrap_or_default()
}
