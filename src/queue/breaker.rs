//! The circuit breaker of a printer: one that fails again and again leaves the pool, and comes back by itself. Pure.
//!
//! ```text
//!                 third failure within ten minutes,
//!                 no success between
//!      closed ────────────────────────────────────────► open: given nothing for 30 s, the next
//!      ▲    ▲                                           time for twice as long, up to 15 min
//!      │    │ a success                                   │                 ▲
//!      │    │ (of a job that was                          │ its time is     │ it fails
//!      │    │  still there)                               │ over, and its   │
//!      │                                                  │ status is well  │
//!      │           a success                              ▼                 │
//!      └────────────────────────────────────────────── half open: one job, the probe
//! ```
//!
//! What counts as a failure is decided in [`Outcome`]. A printer that says that it is busy rests a moment in any state,
//! so that not every job of the queue knocks at it in turn; that is no failure. The clock may be put back: a time that
//! lies further off than it can is over.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::model::{PrinterState, PrinterStatus, Timestamp, TroubleClass};

use super::backoff;
use super::classes::{self, Class};
use super::settle::Ending;

mod board;

pub(super) use board::Board;

/// So many failures open it.
pub const FAILURES: usize = 3;
/// Failures further apart than this, in milliseconds, are not "again and again".
pub const WINDOW_MS: i64 = 10 * 60_000;
/// How long it is open the first time, in milliseconds.
pub const SHORTEST_MS: i64 = 30_000;
/// How long it is open at most, in milliseconds.
pub const LONGEST_MS: i64 = 15 * 60_000;
/// How long a probe may take before another is let in, in milliseconds: longer than a delivery may take. Every attempt
/// is closed in the end, so this is for what was lost.
pub const PROBE_MS: i64 = 3 * 60 * 60_000;
/// Most characters kept of why it is open.
const MOST_WORDS: usize = 200;

/// What a printer has just done, as far as its breaker is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It printed a job.
    Success,
    /// It failed in a way that lies with it.
    Failure {
        /// What happened, in words.
        why: SmolStr,
    },
    /// It is busy with something else.
    Busy,
    /// An attempt ended in a way that says nothing of the printer: canceled, suspended, the job's fault, a person's turn.
    Neutral,
    /// Its status was read, and is well.
    Healthy,
    /// Its status was read, and is not.
    Unwell,
}

impl Outcome {
    /// How an attempt ended.
    pub fn of_ending(ending: &Ending) -> Outcome {
        match ending {
            Ending::Completed { .. } => Outcome::Success,
            Ending::Retry { why, class } => Self::of_trouble(*class, why),
            // It lost the job, or gave it up half-way.
            Ending::Ask { why } => Outcome::Failure { why: why.clone() },
            Ending::Suspended | Ending::Canceled { .. } | Ending::Failed { .. } | Ending::Refused { .. } => {
                Outcome::Neutral
            }
        }
    }

    /// What kind of trouble a delivery met. What waits for a person at the printer, what the job is to blame for, and
    /// what is our own fault do not count.
    pub fn of_trouble(trouble: TroubleClass, why: &SmolStr) -> Outcome {
        match trouble {
            // It said so to one job; it holds for the next one as well, which need not ask.
            TroubleClass::Busy | TroubleClass::NotAccepting => return Outcome::Busy,
            TroubleClass::House | TroubleClass::Crash => return Outcome::Neutral,
            _ => {}
        }
        match classes::of_trouble(trouble) {
            Class::Offline | Class::Service | Class::Retry | Class::Look => Outcome::Failure { why: why.clone() },
            Class::Ok
            | Class::Warn
            | Class::HumanLoad
            | Class::HumanClear
            | Class::HumanSupply
            | Class::Admin
            | Class::JobBad => Outcome::Neutral,
        }
    }

    /// Whether a status is well enough for a probe: the printer answers, takes jobs, and nothing stops it.
    pub fn of_status(status: &PrinterStatus) -> Outcome {
        let (worst, _) = classes::worst(status.reasons.iter().map(SmolStr::as_str));
        let well = status.reachable
            && status.accepting
            && status.state != PrinterState::Stopped
            && matches!(worst, Class::Ok | Class::Warn | Class::Retry);
        if well { Outcome::Healthy } else { Outcome::Unwell }
    }
}

/// Whether a printer may be given a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Yes,
    /// It may be given one, to see how it does: say so by [`Breaker::begun`].
    Probe,
    /// It may not.
    No {
        /// Until this moment, when it is to be asked again.
        until: Timestamp,
        /// Why, in words.
        why: SmolStr,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
enum Circuit {
    /// It prints.
    Closed { failures: Vec<Timestamp> },
    /// It is left alone.
    Open { since: Timestamp, until: Timestamp },
    /// It has rested and its status is well: one job may go.
    HalfOpen,
    /// That job is under way.
    Probing { since: Timestamp },
}

/// The breaker of one printer. A new one is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    circuit: Circuit,
    /// How often it was opened since it was last closed.
    opened: u32,
    /// The last failure, in words.
    why: SmolStr,
    /// After "busy": until when it rests, and since when.
    rest: Option<(Timestamp, Timestamp)>,
    /// How often it was busy in a row.
    busy: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker {
            circuit: Circuit::Closed { failures: vec![] },
            opened: 0,
            why: SmolStr::default(),
            rest: None,
            busy: 0,
        }
    }
}

/// Whether a time that was to last from `since` to `until` still lasts.
fn lasts(since: Timestamp, until: Timestamp, now: Timestamp) -> bool {
    since <= now && now < until
}

impl Breaker {
    /// What becomes of it.
    #[must_use]
    pub fn after(mut self, outcome: &Outcome, now: Timestamp) -> Breaker {
        match outcome {
            Outcome::Success => return Breaker::default(),
            Outcome::Failure { why } => {
                self.why = why.chars().take(MOST_WORDS).collect();
                (self.rest, self.busy) = (None, 0);
                self.fail(now);
            }
            Outcome::Busy => {
                self.busy = self.busy.saturating_add(1);
                let ms = backoff::wait_ms(TroubleClass::Busy, self.busy);
                self.rest = Some((now, now.plus_ms(ms)));
                self.probe_is_over();
            }
            Outcome::Neutral => {
                (self.rest, self.busy) = (None, 0);
                self.probe_is_over();
            }
            Outcome::Healthy => {
                if let Circuit::Open { since, until } = self.circuit
                    && !lasts(since, until, now)
                {
                    self.circuit = Circuit::HalfOpen;
                }
            }
            // It must be well when its probe goes.
            Outcome::Unwell => {
                if self.circuit == Circuit::HalfOpen {
                    self.circuit = Circuit::Open { since: now, until: now };
                }
            }
        }
        self
    }

    /// It was given a job.
    #[must_use]
    pub fn begun(mut self, now: Timestamp) -> Breaker {
        if self.admits(now) == Admission::Probe {
            self.circuit = Circuit::Probing { since: now };
        }
        self
    }

    /// As it was written down in an earlier life, in which a probe may have been under way that is settled otherwise.
    #[must_use]
    pub fn restored(mut self, now: Timestamp) -> Breaker {
        if matches!(self.circuit, Circuit::Probing { .. }) {
            self.circuit = Circuit::Open { since: now, until: now };
        }
        self.rest = None;
        self
    }

    /// Whether the printer may be given a job now.
    pub fn admits(&self, now: Timestamp) -> Admission {
        if let Some((since, until)) = self.rest
            && lasts(since, until, now)
        {
            let why = SmolStr::new_static("it was busy with another job");
            return Admission::No { until, why };
        }
        match self.circuit {
            Circuit::Closed { .. } => Admission::Yes,
            Circuit::HalfOpen => Admission::Probe,
            Circuit::Open { since, until } if lasts(since, until, now) => {
                self.no(until, "it is left alone for a while")
            }
            // Its status is read every few seconds.
            Circuit::Open { .. } => self.no(now.plus_ms(backoff::SHORTEST_MS), "it has to be well first"),
            Circuit::Probing { since } if lasts(since, since.plus_ms(PROBE_MS), now) => {
                self.no(since.plus_ms(PROBE_MS), "it is tried with another job first")
            }
            Circuit::Probing { .. } => Admission::Probe,
        }
    }

    /// Whether it has left the pool, so that its return is news.
    pub fn is_open(&self) -> bool {
        !matches!(self.circuit, Circuit::Closed { .. })
    }

    fn no(&self, until: Timestamp, what: &str) -> Admission {
        let why = smol_str::format_smolstr!("it failed {FAILURES} times, the last time because {}; {what}", self.why);
        Admission::No { until, why }
    }

    fn fail(&mut self, now: Timestamp) {
        let opens = match &mut self.circuit {
            Circuit::Closed { failures } => {
                failures.retain(|at| lasts(*at, at.plus_ms(WINDOW_MS), now));
                failures.push(now);
                failures.len() >= FAILURES
            }
            Circuit::HalfOpen | Circuit::Probing { .. } => true,
            // A job that was there before it opened fails late: that is known already.
            Circuit::Open { .. } => false,
        };
        if opens {
            let ms = SHORTEST_MS.saturating_mul(1 << self.opened.min(16)).min(LONGEST_MS);
            self.opened = self.opened.saturating_add(1);
            self.circuit = Circuit::Open {
                since: now,
                until: now.plus_ms(ms),
            };
        }
    }

    /// The probe ended and told nothing: the next job is one.
    fn probe_is_over(&mut self) {
        if matches!(self.circuit, Circuit::Probing { .. }) {
            self.circuit = Circuit::HalfOpen;
        }
    }
}

#[cfg(test)]
mod tests;
