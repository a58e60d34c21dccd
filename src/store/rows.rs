//! Rows to words and back.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use super::StoreError;
use crate::model::{
    Attempt, AttemptId, Destination, Document, DocumentId, Event, EventKind, EventSeq, Job, JobHead, JobId, JobState,
    PrinterId, Timestamp,
};

/// Every column of `jobs`, in the order in which [`job`] reads them.
pub(super) const JOB: &str = "id, uuid, name, user, destination, priority, state, reasons, message, ticket, \
    incoming_until, not_before, question, cancel_requested, failures, impressions_completed, printer, printer_uri, \
    created, processing, completed, hold, rank, avoid, strikes, spoiled_sheets, \
    coalesce(waits_since, created), copies_done";

/// The columns of `jobs` that [`head`] reads, in its order.
pub(super) const HEAD: &str = "id, uuid, name, user, priority, state, reasons, message, hold, impressions_completed, \
    printer, printer_uri, created, processing, completed";

/// Every column of `attempts`, in the order in which [`attempt`] reads them.
pub(super) const ATTEMPT: &str = "id, token, job, printer, phase, remote, opened, closed, outcome, coverage, \
    why, given_back";

pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Damaged { what: e.to_string() })
}

fn text(row: &Row, column: usize) -> Result<SmolStr, rusqlite::Error> {
    row.get_ref(column)?
        .as_str()
        .map(SmolStr::new)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

fn maybe_text(row: &Row, column: usize) -> Result<Option<SmolStr>, rusqlite::Error> {
    Ok(row.get::<_, Option<String>>(column)?.map(SmolStr::from))
}

pub(super) fn time(row: &Row, column: usize) -> Result<Option<Timestamp>, rusqlite::Error> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}

/// JSON in a column, or which row is damaged.
fn json<T: DeserializeOwned>(row: &Row, column: usize, table: &str, id: i64) -> Result<T, StoreError> {
    let text = row
        .get_ref(column)?
        .as_str()
        .map_err(|e| StoreError::row(table, id, e))?;
    serde_json::from_str(text).map_err(|e| StoreError::row(table, id, e))
}

fn maybe_json<T: DeserializeOwned>(row: &Row, column: usize, table: &str, id: i64) -> Result<Option<T>, StoreError> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => json(row, column, table, id).map(Some),
    }
}

/// A job without its documents.
pub(super) fn job(row: &Row) -> Result<Job, StoreError> {
    let id: i64 = row.get(0)?;
    let wrong = |what: &str| StoreError::row("jobs", id, what);
    Ok(Job {
        id: JobId(id),
        uuid: text(row, 1)?.parse().map_err(|_| wrong("uuid"))?,
        name: text(row, 2)?,
        user: text(row, 3)?,
        destination: printer(row, 4, id)?.map_or(Destination::Pool, Destination::Printer),
        priority: row.get(5)?,
        rank: row.get(22)?,
        state: JobState::from_enum(row.get(6)?).ok_or_else(|| wrong("state"))?,
        reasons: json(row, 7, "jobs", id)?,
        message: text(row, 8)?,
        ticket: json(row, 9, "jobs", id)?,
        documents: Vec::new(),
        incoming_until: time(row, 10)?,
        hold: maybe_json(row, 21, "jobs", id)?,
        not_before: time(row, 11)?,
        question: maybe_json(row, 12, "jobs", id)?,
        cancel_requested: row.get(13)?,
        avoid: json(row, 23, "jobs", id)?,
        failures: row.get(14)?,
        strikes: row.get(24)?,
        spoiled_sheets: row.get(25)?,
        waits_since: Timestamp(row.get(26)?),
        copies_done: row.get(27)?,
        impressions_completed: row.get(15)?,
        printer: printer(row, 16, id)?,
        printer_uri: text(row, 17)?,
        created: Timestamp(row.get(18)?),
        processing: time(row, 19)?,
        completed: time(row, 20)?,
    })
}

/// What lists tell of a job.
pub(super) fn head(row: &Row) -> Result<JobHead, StoreError> {
    let id: i64 = row.get(0)?;
    let wrong = |what: &str| StoreError::row("jobs", id, what);
    Ok(JobHead {
        id: JobId(id),
        uuid: text(row, 1)?.parse().map_err(|_| wrong("uuid"))?,
        name: text(row, 2)?,
        user: text(row, 3)?,
        priority: row.get(4)?,
        state: JobState::from_enum(row.get(5)?).ok_or_else(|| wrong("state"))?,
        reasons: json(row, 6, "jobs", id)?,
        message: text(row, 7)?,
        hold: maybe_json(row, 8, "jobs", id)?,
        impressions_completed: row.get(9)?,
        printer: printer(row, 10, id)?,
        printer_uri: text(row, 11)?,
        created: Timestamp(row.get(12)?),
        processing: time(row, 13)?,
        completed: time(row, 14)?,
    })
}

fn printer(row: &Row, column: usize, job: i64) -> Result<Option<PrinterId>, StoreError> {
    let named = maybe_text(row, column)?.map(|name| PrinterId::new(&name));
    named.transpose().map_err(|e| StoreError::row("jobs", job, e))
}

/// The documents of a job, in order.
pub(super) fn documents(connection: &Connection, job: JobId) -> Result<Vec<Document>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, number, digest, bytes, name, facts, canceled FROM documents WHERE job = ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([job.0])?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        documents.push(Document {
            id: DocumentId(id),
            number: row.get(1)?,
            digest: text(row, 2)?.parse().map_err(|e| StoreError::row("documents", id, e))?,
            bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            name: maybe_text(row, 4)?,
            facts: json(row, 5, "documents", id)?,
            canceled: row.get(6)?,
        });
    }
    Ok(documents)
}

/// One job without its documents.
pub(super) fn read_job_alone(connection: &Connection, id: JobId) -> Result<Option<Job>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {JOB} FROM jobs WHERE id = ?1"))?;
    let found = statement.query_row([id.0], |row| Ok(job(row))).optional()?;
    found.transpose()
}

/// One job with its documents.
pub(super) fn read_job(connection: &Connection, id: JobId) -> Result<Option<Job>, StoreError> {
    let Some(mut found) = read_job_alone(connection, id)? else {
        return Ok(None);
    };
    found.documents = documents(connection, id)?;
    Ok(Some(found))
}

pub(super) fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    let id: i64 = row.get(0)?;
    let phase = text(row, 4)?;
    Ok(Attempt {
        id: AttemptId(id),
        token: text(row, 1)?,
        job: JobId(row.get(2)?),
        printer: PrinterId::new(&text(row, 3)?).map_err(|e| StoreError::row("attempts", id, e))?,
        phase: serde_json::from_value(serde_json::Value::String(phase.into()))
            .map_err(|e| StoreError::row("attempts", id, e))?,
        remote: maybe_json(row, 5, "attempts", id)?,
        opened: Timestamp(row.get(6)?),
        closed: time(row, 7)?,
        outcome: maybe_json(row, 8, "attempts", id)?,
        coverage: maybe_json(row, 9, "attempts", id)?,
        why: text(row, 10)?,
        given_back: row.get(11)?,
    })
}

pub(super) fn event(row: &Row) -> Result<Event, StoreError> {
    let seq: i64 = row.get(0)?;
    let printer = maybe_text(row, 3)?;
    Ok(Event {
        seq: EventSeq(seq),
        at: Timestamp(row.get(1)?),
        job: row.get::<_, Option<i64>>(2)?.map(JobId),
        printer: printer
            .map(|p| PrinterId::new(&p))
            .transpose()
            .map_err(|e| StoreError::row("events", seq, e))?,
        kind: json(row, 4, "events", seq)?,
    })
}

/// Appends an event.
pub(super) fn tell(
    connection: &Connection,
    at: Timestamp,
    job: Option<JobId>,
    printer: Option<&PrinterId>,
    kind: &EventKind,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO events (at, job, printer, kind) VALUES (?1, ?2, ?3, ?4)")?
        .execute((at.0, job.map(|j| j.0), printer.map(PrinterId::as_str), to_json(kind)?))?;
    Ok(())
}

/// Writes the columns of a job that may change.
pub(super) fn write_job(connection: &Connection, job: &Job) -> Result<(), StoreError> {
    let question = job.question.as_ref().map(to_json).transpose()?;
    let (reasons, ticket) = (to_json(&job.reasons)?, to_json(&job.ticket)?);
    let hold = job.hold.as_ref().map(to_json).transpose()?;
    let avoid = to_json(&job.avoid)?;
    let destination = job.destination.printer().map(PrinterId::as_str);
    let columns: [&dyn ToSql; 23] = [
        &job.id.0,
        &job.priority,
        &job.state.as_enum(),
        &reasons,
        &job.message.as_str(),
        &ticket,
        &job.incoming_until.map(|t| t.0),
        &job.not_before.map(|t| t.0),
        &question,
        &job.cancel_requested,
        &job.failures,
        &job.impressions_completed,
        &job.printer.as_ref().map(PrinterId::as_str),
        &job.processing.map(|t| t.0),
        &hold,
        &job.rank,
        &job.name.as_str(),
        &destination,
        &job.completed.map(|t| t.0),
        &avoid,
        &job.strikes,
        &job.spoiled_sheets,
        &job.copies_done,
    ];
    connection
        .prepare_cached(
            "UPDATE jobs SET priority = ?2, state = ?3, reasons = ?4, message = ?5, ticket = ?6, incoming_until = ?7, \
             not_before = ?8, question = ?9, cancel_requested = ?10, failures = ?11, impressions_completed = ?12, \
             printer = ?13, processing = ?14, hold = ?15, rank = ?16, name = ?17, destination = ?18, completed = ?19, \
             avoid = ?20, strikes = ?21, spoiled_sheets = ?22, copies_done = ?23 WHERE id = ?1",
        )?
        .execute(&columns[..])?;
    Ok(())
}
