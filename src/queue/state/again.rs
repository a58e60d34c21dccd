//! An attempt that printed nothing: where the job may be tried again, and when.
//!
//! Trouble that lies with a printer keeps the job from that printer for a while ([`Avoid`]): it may go to another one at
//! once. Trouble of our own keeps it waiting as a whole.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Avoid, Job, JobReason, JobState, PrinterId, Timestamp, TroubleClass};

use super::super::{backoff, poison};
use super::{Refusal, TRY_OR_LEAVE, ask, end, not_now, put};

/// After this many tries that printed nothing, for a cause that waiting does not cure, a person is asked.
pub const TRIES_BEFORE_ASKING: u32 = 8;

/// Nothing was printed at `printer`, and the job waits to be tried again.
pub(super) fn retry(
    job: &mut Job,
    why: &SmolStr,
    class: TroubleClass,
    printer: Option<(PrinterId, &str)>,
    now: Timestamp,
) {
    let on = printer.as_ref().map_or("the printer", |(_, on)| on);
    if class == TroubleClass::Crash {
        if poison::strike(job) {
            return ask(job, poison::question(job), printer.map(|(id, _)| id), false);
        }
        job.not_before = Some(now.plus_ms(backoff::wait_ms(class, job.strikes)));
        return wait(job, why);
    }
    // Waiting cures a busy printer; it does not count as a failed try.
    if class != TroubleClass::Busy {
        job.failures = job.failures.saturating_add(1);
    }
    let curable = matches!(
        class,
        TroubleClass::Busy
            | TroubleClass::Offline
            | TroubleClass::NotAccepting
            | TroubleClass::Unavailable
            | TroubleClass::Device
            | TroubleClass::PaperOut
            | TroubleClass::Untaken
    );
    if !curable && job.failures >= TRIES_BEFORE_ASKING {
        let text = format_smolstr!(
            "{} tries failed, the last on {on} because {why}. Nothing was printed. {TRY_OR_LEAVE}",
            job.failures
        );
        return ask(job, text, printer.map(|(id, _)| id), false);
    }
    match printer {
        Some((printer, _)) if class != TroubleClass::House => {
            let failures = job
                .avoid
                .iter()
                .find(|a| a.printer == printer)
                .map_or(0, |a| a.failures);
            let failures = failures.saturating_add(u32::from(class != TroubleClass::Busy));
            avoid(
                job,
                Avoid {
                    until: now.plus_ms(backoff::wait_ms(class, failures.max(1))),
                    why: why.clone(),
                    failures,
                    refused: false,
                    printer,
                },
                now,
            );
        }
        _ => job.not_before = Some(now.plus_ms(backoff::wait_ms(class, job.failures.max(1)))),
    }
    wait(job, why);
}

fn wait(job: &mut Job, why: &SmolStr) {
    put(
        job,
        JobState::Pending,
        &[JobReason::JobQueued, JobReason::ResourcesAreNotReady],
        format_smolstr!("waits to be tried again: {why}"),
    );
}

/// The printer refused the job for what it is, and another one is left.
pub(super) fn refused(job: &mut Job, why: &SmolStr, printer: Option<PrinterId>, now: Timestamp) {
    if let Some(printer) = printer {
        let until = now.plus_ms(Avoid::LONGEST_MS);
        let failures = job
            .avoid
            .iter()
            .find(|a| a.printer == printer)
            .map_or(0, |a| a.failures);
        avoid(
            job,
            Avoid {
                printer,
                until,
                why: why.clone(),
                failures,
                refused: true,
            },
            now,
        );
    }
    put(
        job,
        JobState::Pending,
        &[JobReason::JobQueued, JobReason::ResourcesAreNotReady],
        format_smolstr!("waits for another printer: {why}"),
    );
}

fn avoid(job: &mut Job, mut new: Avoid, now: Timestamp) {
    new.why = new.why.chars().take(Avoid::MOST_WORDS).collect();
    job.avoid.retain(|a| a.printer != new.printer);
    if job.avoid.len() >= Avoid::MOST {
        // What no longer holds is of least use, then what is over first.
        let place = |a: &Avoid| (a.holds(now), a.until);
        if let Some((oldest, _)) = job.avoid.iter().enumerate().min_by_key(|(_, a)| place(a)) {
            job.avoid.remove(oldest);
        }
    }
    job.avoid.push(new);
}

/// A printer can do other things than before: what it has refused may be tried there again. Says whether it had.
pub fn capabilities_changed(job: &mut Job, printer: &PrinterId) -> bool {
    let before = job.avoid.len();
    job.avoid.retain(|a| !(a.refused && a.printer == *printer));
    job.avoid.len() != before
}

/// A waiting job was refused by every one of `able`, the printers that may print it at all: it is aborted. For a plan
/// that finds so after printers have gone or the job was moved; at the end of an attempt
/// [`crate::queue::settle::among`] says it.
///
/// # Errors
/// [`Refusal`] unless it is pending and all of them have refused it.
pub fn refused_everywhere(job: &mut Job, able: &[PrinterId], now: Timestamp) -> Result<(), Refusal> {
    let why = job.avoid.iter().rfind(|a| a.refused).map(|a| a.why.clone());
    match why {
        Some(why) if job.state == JobState::Pending && able.iter().all(|p| job.was_refused_by(p)) => {
            let reasons = [JobReason::AbortedBySystem, JobReason::UnsupportedDocumentFormat];
            let reasons = &reasons[..if job.ticket.routine.is_some() { 1 } else { 2 }];
            end(job, JobState::Aborted, reasons, why, now);
            Ok(())
        }
        _ => Err(not_now(job, "given up")),
    }
}

#[cfg(test)]
mod tests;
