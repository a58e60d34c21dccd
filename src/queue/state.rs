//! The job state machine: every change that a job can go through, as functions of plain data.
//!
//! Each function changes the job that it is given, or refuses and leaves it as it was. The drawing is at the head of
//! [`crate::queue`].

use smol_str::{SmolStr, format_smolstr};

use crate::model::{AttemptOutcome, Job, JobReason, JobState, PrinterId, Question, Timestamp};

use super::called::said_of;
use super::settle::Ending;

mod again;
mod asked;

pub use again::{TRIES_BEFORE_ASKING, capabilities_changed, refused_everywhere};
pub use asked::{
    answer_done, answer_print_again, answer_spoiled, approve, cancel, cancel_document, edit, hold_over, move_to,
    release, release_new, restart, resume, set_hold,
};

/// The answers to a question of which no sheet hangs, by the operations that give them.
pub const TRY_OR_LEAVE: &str = "Release-Job tries it again, Cancel-Job gives it up.";

/// Why a change is refused; the text is for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The job has ended.
    #[error("job {job} is already {state}")]
    Ended {
        /// Which.
        job: crate::model::JobId,
        /// How.
        state: &'static str,
    },
    /// There is no such document any more.
    #[error("document {number} of job {job} is canceled already")]
    DocumentCanceled {
        /// Whose.
        job: crate::model::JobId,
        /// Which.
        number: u32,
    },
    /// The job never had a document.
    #[error("job {job} has no document: there is nothing to print")]
    NothingToPrint {
        /// Which.
        job: crate::model::JobId,
    },
    /// It is held with another question.
    #[error("job {job} can't have spoiled a sheet: nothing of it was printed. Try it again, or cancel it")]
    NoSheet {
        /// Which.
        job: crate::model::JobId,
    },
    /// The job is in no state for this.
    #[error("job {job} can't be {what} now: it is {state}")]
    NotNow {
        /// Which.
        job: crate::model::JobId,
        /// What was asked, as a participle.
        what: &'static str,
        /// Its state.
        state: &'static str,
    },
}

/// The IPP keyword of a state.
pub const fn keyword(state: JobState) -> &'static str {
    match state {
        JobState::Pending => "pending",
        JobState::PendingHeld => "pending-held",
        JobState::Processing => "processing",
        JobState::ProcessingStopped => "processing-stopped",
        JobState::Canceled => "canceled",
        JobState::Aborted => "aborted",
        JobState::Completed => "completed",
    }
}

/// The refusal of what a job's state does not allow.
pub fn not_now(job: &Job, what: &'static str) -> Refusal {
    if job.state.is_terminal() {
        Refusal::Ended {
            job: job.id,
            state: keyword(job.state),
        }
    } else {
        Refusal::NotNow {
            job: job.id,
            what,
            state: keyword(job.state),
        }
    }
}

fn put(job: &mut Job, state: JobState, reasons: &[JobReason], message: impl Into<SmolStr>) {
    job.state = state;
    job.reasons = reasons.to_vec();
    job.message = message.into();
}

fn end(job: &mut Job, state: JobState, reasons: &[JobReason], message: impl Into<SmolStr>, now: Timestamp) {
    put(job, state, reasons, message);
    job.completed = Some(now);
    job.question = None;
    job.not_before = None;
    job.avoid.clear();
    job.incoming_until = None;
    job.hold = None;
}

fn is_incoming(job: &Job) -> bool {
    job.state == JobState::PendingHeld && job.incoming_until.is_some()
}

/// The client has sent its last document: the job may be scheduled.
///
/// # Errors
/// [`Refusal`] when the job is not waiting for documents.
pub fn ready(job: &mut Job) -> Result<(), Refusal> {
    if !is_incoming(job) {
        return Err(not_now(job, "completed with documents"));
    }
    job.incoming_until = None;
    stand(job);
    Ok(())
}

/// No document will follow (Close-Job; PWG 5100.7): a job that has some may be scheduled, one without is over.
///
/// # Errors
/// [`Refusal`] when the job is not waiting for documents.
pub fn close(job: &mut Job, now: Timestamp) -> Result<(), Refusal> {
    if job.has_something_to_print() || !is_incoming(job) {
        return ready(job);
    }
    let why = "was closed without a document: nothing was printed";
    end(job, JobState::Aborted, &[JobReason::AbortedBySystem], why, now);
    Ok(())
}

/// A job that has its documents waits in the queue, or is held.
fn stand(job: &mut Job) {
    let (state, reason, message) = JobState::standing(job.hold.as_ref());
    put(job, state, &[reason], message);
}

/// More documents may come until `until`.
///
/// # Errors
/// [`Refusal`] when the job is not waiting for documents.
pub fn still_incoming(job: &mut Job, until: Timestamp) -> Result<(), Refusal> {
    if !is_incoming(job) {
        return Err(not_now(job, "given a document"));
    }
    job.incoming_until = Some(until);
    Ok(())
}

/// No document came in time (`multiple-operation-time-out-action` is `abort-job`).
///
/// # Errors
/// [`Refusal`] when the job is not waiting for documents, or still has time.
pub fn incoming_timed_out(job: &mut Job, now: Timestamp) -> Result<(), Refusal> {
    if !is_incoming(job) || job.incoming_until.is_some_and(|until| until > now) {
        return Err(not_now(job, "timed out"));
    }
    end(
        job,
        JobState::Aborted,
        &[JobReason::AbortedBySystem],
        "the client opened this job but did not send its document in time: send it again",
        now,
    );
    Ok(())
}

/// The plan gave the job to a printer that people call `on`; its attempt is being opened.
///
/// # Errors
/// [`Refusal`] unless the job is pending.
pub fn start(job: &mut Job, (printer, on): (&PrinterId, &str), now: Timestamp) -> Result<(), Refusal> {
    if job.state != JobState::Pending {
        return Err(not_now(job, "started"));
    }
    put(
        job,
        JobState::Processing,
        &[JobReason::JobTransforming],
        format_smolstr!("is being prepared for {on}"),
    );
    job.printer = Some(printer.clone());
    job.not_before = None;
    job.processing.get_or_insert(now);
    Ok(())
}

/// How a job that has an open attempt comes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Its document is on the way.
    Outgoing,
    /// The printer has it.
    Printing {
        /// Impressions done, where the printer says so.
        impressions: Option<u32>,
    },
    /// The printer waits for something, or does not answer.
    Stopped {
        /// What, in words.
        why: SmolStr,
        /// Impressions done, where the printer says so.
        impressions: Option<u32>,
    },
}

/// Takes note of progress at a printer that people call `on`. Says whether anything changed.
///
/// # Errors
/// [`Refusal`] unless an attempt is open.
pub fn progress(job: &mut Job, on: &str, progress: &Progress) -> Result<bool, Refusal> {
    if !job.has_attempt() {
        return Err(not_now(job, "moved on"));
    }
    let (state, mut reasons, message) = match progress {
        Progress::Outgoing => (
            JobState::Processing,
            vec![JobReason::JobOutgoing],
            format_smolstr!("is being sent to {on}"),
        ),
        Progress::Printing { .. } => (
            JobState::Processing,
            vec![JobReason::JobPrinting],
            format_smolstr!("is printing on {on}"),
        ),
        Progress::Stopped { why, .. } => (
            JobState::ProcessingStopped,
            vec![JobReason::PrinterStopped],
            format_smolstr!("{on}: {}", said_of(on, why)),
        ),
    };
    if job.cancel_requested {
        reasons.push(JobReason::ProcessingToStopPoint);
    }
    // Each attempt is counted from 0.
    let kept = job.sheets_kept();
    let impressions = match progress {
        Progress::Printing { impressions: Some(n) }
        | Progress::Stopped {
            impressions: Some(n), ..
        } => job.impressions_completed.max(kept.saturating_add(*n)),
        _ => job.impressions_completed,
    };
    let changed = job.state != state
        || job.reasons != reasons
        || job.message != message
        || job.impressions_completed != impressions;
    put(job, state, &reasons, message);
    job.impressions_completed = impressions;
    Ok(changed)
}

/// The attempt of a job ended at a printer that people call `on`; what becomes of the job. Returns the outcome to be written with the attempt.
///
/// # Errors
/// [`Refusal`] unless an attempt is open.
pub fn finish(job: &mut Job, on: &str, ending: &Ending, now: Timestamp) -> Result<AttemptOutcome, Refusal> {
    if !job.has_attempt() {
        return Err(not_now(job, "ended"));
    }
    let printer = job.printer.clone();
    Ok(match ending {
        Ending::Completed { impressions } => {
            job.impressions_completed = impressions
                .map_or_else(|| job.sheets(), |n| job.sheets_kept().saturating_add(n))
                .max(job.impressions_completed);
            let message = format_smolstr!("was printed on {on}");
            end(
                job,
                JobState::Completed,
                &[JobReason::JobCompletedSuccessfully],
                message,
                now,
            );
            AttemptOutcome::Completed
        }
        Ending::Canceled { why } => {
            end(
                job,
                JobState::Canceled,
                &[JobReason::JobCanceledByUser],
                why.clone(),
                now,
            );
            AttemptOutcome::Canceled
        }
        Ending::Failed { why, reason } => {
            // A routine has no document whose format could be wrong.
            let reasons = match job.ticket.routine {
                Some(_) => vec![JobReason::AbortedBySystem],
                None => vec![JobReason::AbortedBySystem, *reason],
            };
            end(job, JobState::Aborted, &reasons, why.clone(), now);
            AttemptOutcome::Failed { why: why.clone() }
        }
        // A cancel that was asked while nothing had been printed yet is simply done.
        Ending::Retry { .. } | Ending::Refused { .. } | Ending::Suspended if job.cancel_requested => {
            end(
                job,
                JobState::Canceled,
                &[JobReason::JobCanceledByUser],
                "was canceled before it was printed",
                now,
            );
            AttemptOutcome::Canceled
        }
        Ending::Retry { why, class } => {
            again::retry(job, why, *class, printer.map(|id| (id, on)), now);
            AttemptOutcome::NotPrinted { why: why.clone() }
        }
        Ending::Refused { why, .. } => {
            again::refused(job, why, printer, now);
            AttemptOutcome::NotPrinted { why: why.clone() }
        }
        Ending::Suspended => {
            asked::suspended(job);
            AttemptOutcome::NotPrinted {
                why: SmolStr::new_static("it was suspended"),
            }
        }
        Ending::Ask { why } => {
            let text = format_smolstr!("{why} Look at {on}: {}", what_of_the_sheets(job));
            ask(job, text, printer, true);
            AttemptOutcome::Unknown { why: why.clone() }
        }
    })
}

/// The question about the sheets of a job, and the operations that answer it.
fn what_of_the_sheets(job: &Job) -> SmolStr {
    let sheets = job.sheets_left();
    if sheets <= 1 {
        return "was the sheet finished? Release-Job prints it again, Cancel-Job lets it be.".into();
    }
    let told = job.impressions_completed.saturating_sub(job.sheets_kept());
    let again = match sheets.saturating_sub(job.finished_for_good()) {
        n if n == sheets => format_smolstr!("all {n}"),
        1 => "the last one".into(),
        n => format_smolstr!("the other {n}"),
    };
    match told {
        0 => format_smolstr!(
            "were the {sheets} sheets finished? It told of none of them. Release-Job prints all of them again, \
             Cancel-Job lets it be."
        ),
        told => format_smolstr!(
            "were the {sheets} sheets finished? It told of {told} of them. Release-Job prints {again} again, Cancel-Job \
             lets it be."
        ),
    }
}

/// Holds a job with a question; `sheet`: one of it may lie in the printer.
fn ask(job: &mut Job, text: SmolStr, printer: Option<PrinterId>, sheet: bool) {
    put(job, JobState::PendingHeld, &[JobReason::JobHeldForReview], text.clone());
    job.question = printer.map(|printer| Question { text, printer, sheet });
    job.not_before = None;
}

#[cfg(test)]
mod histories;
#[cfg(test)]
pub(super) mod tests;
