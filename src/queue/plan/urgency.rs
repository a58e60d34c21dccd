//! How urgent a job is.

use super::{Policy, WaitingJob};
use crate::model::Timestamp;

/// The lesser is the more urgent. Jobs of equal urgency are taken by number, or by what is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// It has waited too long: the half of a patience, counted from 1970, in which it came. Jobs that came at about the
    /// same time are equals, so that even a house that is late with everything need not change paper for each sheet.
    Starving(i64),
    /// Its deadline can only just be kept.
    Deadline(Timestamp),
    /// By priority (more is sooner, so it is negative here) and rank.
    Normal(i16, i64),
}

impl Urgency {
    /// A job's urgency, and when it changes by itself.
    pub fn of(job: &WaitingJob, policy: &Policy, now: Timestamp) -> (Urgency, Option<Timestamp>) {
        let starves = job.since.plus_ms(policy.patience_ms);
        if starves <= now {
            let half = (policy.patience_ms / 2).max(1);
            return (Urgency::Starving(job.since.0.div_euclid(half)), None);
        }
        let presses = job.deadline.map(|deadline| {
            (
                deadline,
                deadline.plus_ms(-(job.work_ms + policy.load_ms + policy.lead_ms)),
            )
        });
        match presses {
            Some((deadline, at)) if at <= now => (Urgency::Deadline(deadline), Some(starves)),
            _ => {
                let next = presses.map_or(starves, |(_, at)| at.min(starves));
                (Urgency::Normal(-i16::from(job.priority), job.rank), Some(next))
            }
        }
    }
}
