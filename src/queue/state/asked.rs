//! What people ask of a job: hold, release, cancel, restart, suspend, resume, and their answers to its questions.

use smol_str::SmolStr;

use crate::model::{Destination, Hold, Job, JobReason, JobState, Timestamp};

use super::{Refusal, end, is_incoming, not_now, put, stand};

fn is_on_hold(job: &Job) -> bool {
    job.state == JobState::PendingHeld && job.hold.is_some() && job.incoming_until.is_none() && job.question.is_none()
}

/// Hold-Job: the job waits until the hold is over or somebody releases it; without one it may go. An incoming job is
/// held once its documents are there.
///
/// # Errors
/// [`Refusal`] once it is with a printer, asks a question, or has ended.
pub fn set_hold(job: &mut Job, hold: Option<Hold>) -> Result<(), Refusal> {
    if is_incoming(job) {
        job.hold = hold;
        return Ok(());
    }
    if job.state != JobState::Pending && !is_on_hold(job) {
        return Err(not_now(job, "held"));
    }
    job.hold = hold;
    stand(job);
    Ok(())
}

/// Release-Job: the job may go now. A job that asks whether its sheet was finished is printed again.
///
/// # Errors
/// [`Refusal`] unless it is held.
pub fn release(job: &mut Job) -> Result<(), Refusal> {
    if job.hold.is_none() {
        return answer_print_again(job);
    }
    set_hold(job, None)
}

/// A draft is approved: it may go now, or once the hold that it came with is over.
///
/// # Errors
/// [`Refusal`] unless it is a draft.
pub fn approve(job: &mut Job) -> Result<(), Refusal> {
    if !job.is_draft() {
        return Err(not_now(job, "approved"));
    }
    set_hold(job, None)
}

/// The time of its hold has come.
///
/// # Errors
/// [`Refusal`] unless it is held until a moment that has come.
pub fn hold_over(job: &mut Job, now: Timestamp) -> Result<(), Refusal> {
    let over = job.hold.and_then(|hold| hold.over);
    if !is_on_hold(job) || over.is_none_or(|over| over > now) {
        return Err(not_now(job, "let go"));
    }
    release(job)
}

/// A cancel was asked. With an open attempt it takes effect when the printer has let go of its job.
///
/// # Errors
/// [`Refusal`] when the job has ended, or its cancel was already asked.
pub fn cancel(job: &mut Job, now: Timestamp) -> Result<(), Refusal> {
    if job.state.is_terminal() || (job.cancel_requested && job.has_attempt()) {
        return Err(not_now(job, "canceled"));
    }
    job.cancel_requested = true;
    if job.has_attempt() {
        if !job.reasons.contains(&JobReason::ProcessingToStopPoint) {
            job.reasons.push(JobReason::ProcessingToStopPoint);
        }
    } else {
        end(
            job,
            JobState::Canceled,
            &[JobReason::JobCanceledByUser],
            "was canceled",
            now,
        );
    }
    Ok(())
}

/// A person's answer to a question: print it again.
///
/// # Errors
/// [`Refusal`] unless the job is held with a question.
pub fn answer_print_again(job: &mut Job) -> Result<(), Refusal> {
    if job.state != JobState::PendingHeld || job.question.is_none() {
        return Err(not_now(job, "released"));
    }
    begin_anew(job);
    put(
        job,
        JobState::Pending,
        &[JobReason::JobQueued],
        "waits in the queue, to be printed again",
    );
    Ok(())
}

/// A person's answer to a question: the sheet is spoiled. It is counted, and printed again.
///
/// # Errors
/// [`Refusal`] unless the job is held with a question about a sheet.
pub fn answer_spoiled(job: &mut Job) -> Result<(), Refusal> {
    match &job.question {
        Some(question) if job.state == JobState::PendingHeld && !question.sheet => {
            return Err(Refusal::NoSheet { job: job.id });
        }
        _ => answer_print_again(job)?,
    }
    job.spoiled_sheets = job.spoiled_sheets.saturating_add(1);
    job.message = SmolStr::new_static("waits in the queue, to be printed again; its spoiled sheet was counted");
    Ok(())
}

/// What earlier tries have left behind is forgotten, a cancel too that came to a question.
fn begin_anew(job: &mut Job) {
    job.cancel_requested = false;
    job.question = None;
    job.failures = 0;
    job.strikes = 0;
    job.not_before = None;
    job.avoid.clear();
}

/// A person's answer to a question: the sheet is good, nothing need be printed again.
///
/// # Errors
/// [`Refusal`] unless the job is held with a question.
pub fn answer_done(job: &mut Job, now: Timestamp) -> Result<(), Refusal> {
    if job.state != JobState::PendingHeld || job.question.is_none() {
        return Err(not_now(job, "called done"));
    }
    job.impressions_completed = job.impressions_completed.max(job.sheets());
    end(
        job,
        JobState::Completed,
        &[JobReason::JobCompletedSuccessfully],
        "was found finished by a person",
        now,
    );
    Ok(())
}

/// Restart-Job (RFC 8011, 4.3.7): a job that has ended is printed once more, under its number and by its ticket. With a
/// hold it waits first.
///
/// # Errors
/// [`Refusal`] unless it has ended, with a document.
pub fn restart(job: &mut Job, hold: Option<Hold>) -> Result<(), Refusal> {
    if !job.state.is_terminal() {
        return Err(not_now(job, "restarted"));
    }
    if !job.has_something_to_print() {
        return Err(Refusal::NothingToPrint { job: job.id });
    }
    job.completed = None;
    job.processing = None;
    job.printer = None;
    begin_anew(job);
    job.impressions_completed = 0;
    job.copies_done = 0;
    job.rank = 0;
    job.hold = hold;
    stand(job);
    if hold.is_none() {
        job.message = SmolStr::new_static("waits in the queue, to be printed once more");
    }
    Ok(())
}

/// Suspend-Current-Job took effect: the attempt is closed, nothing was printed, and the job waits to be resumed.
pub(super) fn suspended(job: &mut Job) {
    put(
        job,
        JobState::ProcessingStopped,
        &[JobReason::JobSuspended],
        "is suspended; nothing of it was printed. Resume it, or cancel it",
    );
    job.printer = None;
}

/// Resume-Job (RFC 3998): a suspended job goes on.
///
/// # Errors
/// [`Refusal`] unless it is suspended.
pub fn resume(job: &mut Job) -> Result<(), Refusal> {
    if !job.is_suspended() {
        return Err(not_now(job, "resumed"));
    }
    stand(job);
    Ok(())
}

/// Set-Job-Attributes: what the job is to be changes while it waits. A new priority makes it the last of that priority.
///
/// # Errors
/// [`Refusal`] unless it waits.
pub fn edit(job: &mut Job, edit: impl FnOnce(&mut Job)) -> Result<(), Refusal> {
    if !job.is_waiting() {
        return Err(not_now(job, "changed"));
    }
    let (priority, held, ticket) = (job.priority, job.hold, job.ticket.clone());
    edit(job);
    if job.ticket != ticket {
        // What a printer has refused is another job now.
        job.avoid.retain(|a| !a.refused);
    }
    if job.priority != priority {
        job.rank = 0;
    }
    if job.hold != held {
        let wanted = std::mem::replace(&mut job.hold, held);
        set_hold(job, wanted)?;
    }
    Ok(())
}

/// CUPS-Move-Job: the job may be printed at `to` from now on, and nowhere else. It need not wait there for a printer that
/// failed before.
///
/// # Errors
/// [`Refusal`] when it is with a printer, or has ended.
pub fn move_to(job: &mut Job, to: Destination, printer_uri: SmolStr) -> Result<(), Refusal> {
    if job.state.is_terminal() || job.has_attempt() {
        return Err(not_now(job, "moved"));
    }
    if job.destination != to {
        job.destination = to;
        job.printer_uri = printer_uri;
        job.not_before = None;
    }
    Ok(())
}

/// Cancel-Document (PWG 5100.5): the document is left out. A job that has no other, and to which none will come, is
/// canceled.
///
/// # Errors
/// [`Refusal`] unless the job waits and has such a document that is not canceled.
pub fn cancel_document(job: &mut Job, number: u32, now: Timestamp) -> Result<(), Refusal> {
    if !job.is_waiting() {
        return Err(not_now(job, "given up in part"));
    }
    let found = job.documents.iter_mut().find(|d| d.number == number && !d.canceled);
    let Some(document) = found else {
        return Err(Refusal::DocumentCanceled { job: job.id, number });
    };
    document.canceled = true;
    if job.has_something_to_print() || is_incoming(job) {
        return Ok(());
    }
    cancel(job, now)
}

/// Release-Held-New-Jobs (RFC 3998) for one job. Says whether it was held for that.
pub fn release_new(job: &mut Job) -> bool {
    let was_held = job
        .hold
        .is_some_and(|hold| hold.until == crate::model::HoldUntil::ReleaseOfNewJobs);
    was_held && set_hold(job, None).is_ok()
}
