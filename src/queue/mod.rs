//! The queue: the job state machine, the plan, and the life of a delivery attempt.
//!
//! # A job's states
//!
//! ```text
//!   Print-Job ───────────────────────────────┐
//!                                            ▼
//!   Create-Job ─► pending-held ──ready──► pending ◄──────────────────────┐
//!                 (job-incoming)             │                           │ retry, refused: nothing was printed
//!                      │ no document         │ start: attempt opened     │ (there not before a back-off ends, at
//!                      │ in time             ▼                           │ another printer at once)
//!                      │              processing ◄──► processing-stopped │
//!                      │                 │ │ │ └─────────────────────────┤
//!                      │                 │ │ │ ask: a sheet may lie      │
//!                      ▼                 │ │ │ there; many tries failed; │ answer: print again, or
//!                   aborted ◄──fail──────┘ │ │ it broke Platen down twice│ it is spoiled (counted)
//!                           refused by all │ └─► pending-held ───────────┘
//!                                          │     (job-held-for-review)
//!                   canceled ◄──cancel─────┤         │ answer: it is done
//!                                          ▼         ▼
//!                                        completed ◄─┘
//! ```
//!
//! Canceled, aborted and completed are final, but for a restart.
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
//! # Trouble
//!
//! What a printer says, and how a delivery fails, has a class that decides what follows ([`classes`]). Where a job is
//! tried again depends on whose fault it was: a printer's keeps the job from that printer for a while
//! ([`crate::model::Avoid`]), our own from all. A printer that fails again and again leaves the pool for a while
//! ([`breaker`]), a job that breaks Platen down waits for a person ([`poison`]). A panic on the way to a printer is caught
//! where the attempt is owned ([`delivery`]), so that it is closed like any other.
//!
//! [`state`], [`order`], [`mod@plan`], [`settle`], [`classes`], [`breaker`], [`poison`], [`retention`], [`backoff`],
//! [`called`], [`alerts`] and [`work`] are pure; [`operations`], [`runner`] and [`delivery`] carry out what they say.

pub mod alerts;
pub mod backoff;
pub mod books;
pub mod breaker;
pub mod called;
pub mod classes;
mod courier;
mod delivery;
pub mod forecast;
mod household;
mod operations;
pub mod order;
mod orders;
pub mod plan;
pub mod poison;
mod presence;
pub mod retention;
mod round;
mod routines;
mod runner;
pub mod settle;
pub mod snapshot;
pub mod state;
pub mod work;

pub use courier::{Courier, Inquiry, Journal};
pub use household::JobsOfRemoved;
pub use operations::{Answer, QueueError};
pub use order::Place;
pub use runner::{Queue, QueueSettings};

/// A house for the tests of other rooms.
#[cfg(test)]
pub(crate) use delivery::tests::house as test_house;
