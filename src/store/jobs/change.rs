//! A change of jobs, with the events that tell of it.

use rusqlite::Connection;

use super::select;
use crate::model::{EventKind, Job, JobId, JobState, Timestamp};
use crate::store::{JobQuery, StoreError, retention, rows};

pub(in crate::store) fn change<E>(
    connection: &Connection,
    id: JobId,
    at: Timestamp,
    decide: impl FnOnce(&mut Job) -> Result<(), E>,
) -> Result<Result<Job, E>, StoreError> {
    let before = rows::read_job(connection, id)?.ok_or_else(|| StoreError::NotFound(format!("job {id}")))?;
    let mut job = before.clone();
    if let Err(refusal) = decide(&mut job) {
        return Ok(Err(refusal));
    }
    write_change(connection, &before, &mut job, at)?;
    Ok(Ok(job))
}

/// Reads every job that has not ended, lets `decide` change them, and writes those that are changed.
pub(in crate::store) fn change_open<T, E>(
    connection: &Connection,
    at: Timestamp,
    decide: impl FnOnce(&mut [Job]) -> Result<T, E>,
) -> Result<Result<T, E>, StoreError> {
    let before = select(connection, &JobQuery::open())?;
    let mut jobs = before.clone();
    let answer = match decide(&mut jobs) {
        Ok(answer) => answer,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let place = |job: &Job| (job.priority, job.rank);
    let mut reordered = false;
    for (before, job) in before.iter().zip(&mut jobs) {
        reordered |= place(before) != place(job);
        write_change(connection, before, job, at)?;
    }
    if reordered {
        rows::tell(connection, at, None, None, &EventKind::QueueOrderChanged)?;
    }
    Ok(Ok(answer))
}

/// Writes a job that was changed, with the events that tell of it; nothing when nothing was.
fn write_change(connection: &Connection, before: &Job, job: &mut Job, at: Timestamp) -> Result<(), StoreError> {
    if job == before {
        return Ok(());
    }
    // A try that printed nothing does not begin the wait anew.
    let was_let_go = job.state == JobState::Pending && !before.state.is_active() && before.state != JobState::Pending;
    if was_let_go {
        job.waits_since = at;
        connection
            .prepare_cached("UPDATE jobs SET waits_since = ?2 WHERE id = ?1")?
            .execute((job.id.0, at.0))?;
    }
    // A clock that was put back lets no job be begun before it came, or end before it was begun.
    job.processing = job.processing.map(|at| at.max(job.created));
    let begun = job.processing.unwrap_or(job.created);
    job.completed = job.completed.map(|at| at.max(begun));
    let job = &*job;
    // Looked at here, so that no document goes while its job is begun again.
    let begins_again = before.state.is_terminal() && !job.state.is_terminal();
    if begins_again && retention::gone(connection, job.id)?.is_some() {
        return Err(StoreError::DocumentsGone(job.id));
    }
    rows::write_job(connection, job)?;
    for (document, before) in job.documents.iter().zip(&before.documents) {
        if document != before {
            connection
                .prepare_cached("UPDATE documents SET name = ?2, canceled = ?3 WHERE id = ?1")?
                .execute((document.id.0, document.name.as_deref(), document.canceled))?;
        }
    }
    // By which name its printer is called changes when it is moved, and at no other time.
    if job.printer_uri != before.printer_uri {
        connection
            .prepare_cached("UPDATE jobs SET printer_uri = ?2 WHERE id = ?1")?
            .execute((job.id.0, job.printer_uri.as_str()))?;
    }
    let tell = |kind: &EventKind| rows::tell(connection, at, Some(job.id), job.printer.as_ref(), kind);
    let spoiled = job.spoiled_sheets.saturating_sub(before.spoiled_sheets);
    if spoiled > 0 {
        tell(&EventKind::SheetsSpoiled { sheets: spoiled })?;
    }
    // Warnings are added while a job is printed: they change nothing of what it is to be.
    let is_same_ticket = || {
        job.ticket == before.ticket || {
            let mut ticket = job.ticket.clone();
            ticket.warnings.clone_from(&before.ticket.warnings);
            ticket == before.ticket
        }
    };
    let config = |job: &Job| (job.name.clone(), job.priority, job.hold, job.destination.clone());
    if config(job) != config(before) || !is_same_ticket() {
        tell(&EventKind::JobConfigChanged)?;
    }
    if (job.state, &job.reasons, &job.message) != (before.state, &before.reasons, &before.message) {
        tell(&EventKind::JobChanged {
            state: job.state,
            reasons: job.reasons.clone(),
            message: job.message.clone(),
        })?;
    }
    Ok(())
}
