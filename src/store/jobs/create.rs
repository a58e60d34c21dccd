//! A new job, its documents and its event.

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::model::{
    Document, DocumentId, EventKind, Hold, Job, JobId, JobReason, JobState, NewJob, PrinterId, Timestamp,
};
use crate::store::rows::{self, to_json};
use crate::store::{StoreError, controls};

pub(in crate::store) fn create(connection: &Connection, mut new: NewJob, at: Timestamp) -> Result<Job, StoreError> {
    // Looked at here, so that no job slips through while the switch is turned.
    // A draft waits for more than that.
    if new.hold != Some(Hold::OF_DRAFT) && controls::read(connection, &new.destination)?.holding_new {
        new.hold = Some(Hold::OF_NEW_JOBS);
    }
    let (state, reason, message) = match new.incoming_until {
        Some(_) => (
            JobState::PendingHeld,
            JobReason::JobIncoming,
            "waits for its document".into(),
        ),
        None => JobState::standing(new.hold.as_ref()),
    };
    let hold = new.hold.as_ref().map(to_json).transpose()?;
    let uuid = Uuid::now_v7();
    let destination = new.destination.printer().map(PrinterId::as_str);
    connection
        .prepare_cached(
            "INSERT INTO jobs (uuid, name, user, destination, priority, state, reasons, message, ticket, \
             incoming_until, cancel_requested, failures, impressions_completed, printer_uri, created, hold) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, ?11, ?12, ?13)",
        )?
        .execute((
            uuid.to_string(),
            new.name.as_str(),
            new.user.as_str(),
            destination,
            new.priority,
            state.as_enum(),
            to_json(&[reason])?,
            message.as_str(),
            to_json(&new.ticket)?,
            new.incoming_until.map(|t| t.0),
            new.printer_uri.as_str(),
            at.0,
            hold,
        ))?;
    let id = JobId(connection.last_insert_rowid());
    let mut documents = Vec::with_capacity(new.documents.len());
    for (n, mut document) in (1..).zip(new.documents) {
        check_kept(connection, document.id)?;
        document.number = n;
        documents.push(insert_document(connection, id, document)?);
    }
    let kind = EventKind::JobCreated {
        name: new.name.clone(),
        user: new.user.clone(),
    };
    rows::tell(connection, at, Some(id), None, &kind)?;
    Ok(Job {
        id,
        uuid,
        name: new.name,
        user: new.user,
        destination: new.destination,
        priority: new.priority,
        rank: 0,
        state,
        reasons: vec![reason],
        message,
        ticket: new.ticket,
        documents,
        incoming_until: new.incoming_until,
        hold: new.hold,
        not_before: None,
        avoid: vec![],
        question: None,
        cancel_requested: false,
        failures: 0,
        strikes: 0,
        spoiled_sheets: 0,
        copies_done: 0,
        impressions_completed: 0,
        printer: None,
        printer_uri: new.printer_uri,
        created: at,
        waits_since: at,
        processing: None,
        completed: None,
    })
}

/// Refuses a document of an older job that was let go.
fn check_kept(connection: &Connection, document: DocumentId) -> Result<(), StoreError> {
    // Those that are new have no number.
    if document.0 == 0 {
        return Ok(());
    }
    let gone: Option<i64> = connection
        .prepare_cached("SELECT job FROM documents WHERE id = ?1 AND gone IS NOT NULL")?
        .query_row([document.0], |row| row.get(0))
        .optional()?;
    gone.map_or(Ok(()), |job| Err(StoreError::DocumentsGone(JobId(job))))
}

pub(super) fn insert_document(
    connection: &Connection,
    job: JobId,
    mut document: Document,
) -> Result<Document, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO documents (job, number, digest, bytes, name, facts, canceled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            job.0,
            document.number,
            document.digest.to_string(),
            i64::try_from(document.bytes).unwrap_or(i64::MAX),
            document.name.as_deref(),
            to_json(&document.facts)?,
            document.canceled,
        ))?;
    document.id = DocumentId(connection.last_insert_rowid());
    Ok(document)
}
