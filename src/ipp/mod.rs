//! The IPP door: being a printer on the LAN (RFC 8010, RFC 8011, PWG 5100.x).
//!
//! ```text
//!   socket ─►  door  ─► request ─► validate ─► ops/* ─► respond ─► socket
//!             (HTTP)    (head,      (charset,   (one      (version, status,
//!                        limits)     target)     each)     unsupported, groups)
//! ```
//!
//! The door decides nothing about a job: [`crate::intake`] decides its ticket, [`crate::queue`] its fate.
//!
//! [`codec`] is the one part that stands on the ground floor: it is sans-IO, knows nothing but bytes, and serves
//! both ends of the wire ([`crate::printers`] and [`crate::simulate`] use it too).

pub mod codec;

mod announce;
mod attributes;
mod authentication;
mod authority;
mod exchange;
mod failure;
#[cfg(any(test, feature = "fuzzing"))]
pub mod house;
mod icons;
mod inflate;
mod kept;
mod listing;
mod notify;
mod ops;
mod pages;
mod request;
mod respond;
mod validate;

use std::time::{Duration, Instant};

use tokio::sync::watch;
use uuid::Uuid;

use crate::intake::{Intake, Preset};
use crate::model::Destination;
use crate::queue::Queue;
use crate::store::Store;

use std::sync::Arc;

pub use authentication::{Authenticator, Scheme};
pub use authority::Operators;
pub use exchange::Exchange;

/// Limits and identity of the door.
#[derive(Clone)]
pub struct Settings {
    /// How long headers and attributes of a request may take.
    pub head: Duration,
    /// How long a document may pause.
    pub idle: Duration,
    /// `multiple-operation-time-out`, in seconds.
    pub multiple_operation_time_out: u32,
    /// Most bytes of a request's attributes.
    pub attribute_bytes: usize,
    /// Most documents of one job.
    pub documents_per_job: usize,
    /// Who may do what concerns everybody, at each moment.
    pub operators: watch::Receiver<Operators>,
    /// Most bytes of one document, for `job-k-octets-supported`.
    pub document_bytes: u64,
    /// Most pixels of a side of a picture.
    pub side: u32,
    /// Whether the printers are announced on the LAN by DNS-SD, where it is listened on.
    pub announce: bool,
    /// Whether TLS is accepted.
    pub tls: bool,
    /// Identity from which each printer's `printer-uuid` is made.
    pub uuid: Uuid,
    /// Who tells who a client is; none: nobody is asked.
    pub authenticator: Option<Arc<dyn Authenticator>>,
    /// Presets, each shown as a printer of its own, as they are at each moment.
    pub presets: watch::Receiver<Arc<[Arc<Preset>]>>,
}

impl Settings {
    /// The presets of now.
    fn presets(&self) -> Arc<[Arc<Preset>]> {
        self.presets.borrow().clone()
    }
}

/// A printer as clients see it: the pool, one of its printers, or a preset that leads to one of these.
#[derive(Debug, Clone)]
struct Shown {
    destination: Destination,
    preset: Option<Arc<Preset>>,
}

impl Shown {
    fn of(destination: Destination) -> Self {
        Shown {
            destination,
            preset: None,
        }
    }

    fn preset(preset: &Arc<Preset>) -> Self {
        Shown {
            destination: preset.destination.clone(),
            preset: Some(preset.clone()),
        }
    }
}

/// What every operation may use.
struct Shared {
    settings: Settings,
    store: Store,
    intake: Intake,
    queue: Arc<Queue>,
    /// What subscriptions have to tell.
    notices: notify::Notices,
    kept: kept::KeptAnswers,
    /// When the door was opened: `printer-up-time` counts from here.
    opened: Instant,
    /// The same moment by the wall clock.
    opened_at: crate::model::Timestamp,
}

impl Shared {
    /// A moment as `printer-up-time`; what was before the start is 1.
    fn ticks(&self, at: crate::model::Timestamp) -> i32 {
        let seconds = (at.0 - self.opened_at.0).div_euclid(1000) + 1;
        i32::try_from(seconds).unwrap_or(i32::MAX).clamp(1, self.up_time())
    }

    /// `printer-up-time`: seconds since the door was opened, from 1.
    fn up_time(&self) -> i32 {
        i32::try_from(self.opened.elapsed().as_secs())
            .unwrap_or(i32::MAX - 1)
            .saturating_add(1)
    }
}

#[cfg(test)]
mod tests;
