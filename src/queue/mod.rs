//! The queue: the job state machine, the plan, and the life of a delivery attempt.
//!
//! # A job's states
//!
//! ```text
//!   Print-Job ───────────────────────────────┐
//!                                            ▼
//!   Create-Job ─► pending-held ──ready──► pending ◄─────────────────────┐
//!                 (job-incoming)             │                          │
//!                      │ no document         │ start: attempt opened    │ retry: nothing was printed
//!                      │ in time             ▼                          │ (not before a back-off ends)
//!                      │              processing ◄──► processing-stopped│
//!                      │                 │ │ │ └────────────────────────┤
//!                      ▼                 │ │ │ ask: a sheet may lie     │ answer: print again
//!                   aborted ◄──fail──────┘ │ └─► pending-held ──────────┘
//!                                          │     (job-held-for-review)
//!                   canceled ◄──cancel─────┤         │ answer: it is done
//!                                          ▼         ▼
//!                                        completed ◄─┘
//! ```
//!
//! Beside that, a pending job can be held until a time or until somebody releases it (`pending-held` with
//! `job-hold-until-specified`, or `job-held-on-create` while its printer holds new jobs), and then is pending again. A
//! job that is being prepared can be suspended (`processing-stopped` with `job-suspended`, no attempt open) and resumed
//! to pending. A job that has ended can be restarted: it is pending again under its number.
//!
//! # An attempt's phases
//!
//! Each is durable **before** the act that it allows: `opened` before the printer hears of the job, `sending` before
//! the first document byte, `sent` after the printer's acknowledgement, `closed` at the end. After a crash the phase
//! says what may have happened, and [`settle`] what follows from it: what never left is tried again, what may lie in
//! the printer is settled by asking the printer for its job, and what can't be settled is held with a question.
//!
//! [`state`], [`order`], [`mod@plan`], [`settle`], [`backoff`] and [`rests`] are pure; [`operations`], [`runner`] and
//! [`delivery`] carry out what they say.

pub mod backoff;
mod courier;
mod delivery;
mod operations;
pub mod order;
pub mod plan;
mod presence;
pub mod rests;
mod runner;
pub mod settle;
pub mod state;

pub use courier::{Courier, Inquiry, Journal};
pub use operations::{Answer, QueueError};
pub use order::Place;
pub use runner::{Queue, QueueSettings};
