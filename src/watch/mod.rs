//! The watch: reads the log of events and tells others of it. It changes nothing of what it tells.
//!
//! ```text
//!   log ─► outbox (durable, each event once for each webhook) ─► courier ─► address
//!                 ▲                                                 │
//!                 └── tried again later, or given up and shown ─────┘
//! ```
//!
//! What is sent is told at least once: an answer that was lost is asked for again, with the same number. Who is told first
//! is not who is told fastest: each address is served by itself, so that one that hangs keeps nobody waiting.

pub mod outbox;
mod post;
mod webhooks;

pub use post::{Addresses, check_port, check_url};
pub use webhooks::{Webhooks, name_of};
