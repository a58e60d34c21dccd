//! Jobs and their documents.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;
use uuid::Uuid;

use super::controls;
use super::lists::query_rows;
use super::rows::{self, JOB, to_json};
use super::{JobQuery, Store, StoreError, retention};
use crate::model::{
    Destination, Digest, Document, DocumentId, EventKind, Hold, Job, JobId, JobReason, JobState, NewJob, PrinterId,
    Timestamp,
};

/// When a held job's time comes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// No document came in time.
    Incoming(Timestamp),
    /// Its hold is over.
    Held(Timestamp),
}

impl Store {
    /// Commits a new job, its documents and its event. It is pending (`job-queued`), or held (`job-incoming`) when
    /// `incoming_until` is set.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn create_job(&self, job: NewJob, at: Timestamp) -> Result<Job, StoreError> {
        self.writer.run(move |connection| create(connection, job, at)).await
    }

    /// The same, unless its user has `most` jobs already that have not ended: then nothing is stored.
    ///
    /// # Errors
    /// [`StoreError::TooManyJobs`]; else as for [`Store::create_job`].
    pub async fn create_job_of_few(&self, job: NewJob, most: u32, at: Timestamp) -> Result<Job, StoreError> {
        self.writer
            .run(move |connection| {
                check_user(connection, &job.user, most)?;
                create(connection, job, at)
            })
            .await
    }

    /// Refuses a user who has `most` jobs already that have not ended.
    ///
    /// # Errors
    /// [`StoreError::TooManyJobs`]; [`StoreError`].
    pub async fn check_user(&self, user: SmolStr, most: u32) -> Result<(), StoreError> {
        self.read(move |connection| check_user(connection, &user, most)).await
    }

    /// Reads the job, lets `decide` change it, writes it with an event, all in one transaction. A change of nothing
    /// writes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the inner result is `decide`'s refusal, with nothing written.
    pub async fn change_job<E, F>(&self, id: JobId, at: Timestamp, decide: F) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        self.writer
            .run(move |connection| change(connection, id, at, decide))
            .await
    }

    /// Reads every job that has not ended, in the order of the queue, lets `decide` change them, and writes those that
    /// are changed with their events, all in one transaction.
    ///
    /// # Errors
    /// As for [`Store::change_job`].
    pub async fn change_open_jobs<T, E, F>(&self, at: Timestamp, decide: F) -> Result<Result<T, E>, StoreError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut [Job]) -> Result<T, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| change_open(connection, at, decide))
            .await
    }

    /// Adds a document to a job and changes the job, in one transaction.
    ///
    /// # Errors
    /// As for [`Store::change_job`].
    pub async fn add_document<E, F>(
        &self,
        id: JobId,
        document: Document,
        at: Timestamp,
        decide: F,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let mut changed = match change(connection, id, at, decide)? {
                    Ok(job) => job,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                let mut document = document;
                document.number = u32::try_from(changed.documents.len() + 1).unwrap_or(u32::MAX);
                let kind = EventKind::DocumentAdded {
                    number: document.number,
                    bytes: document.bytes,
                };
                changed.documents.push(insert_document(connection, id, document)?);
                rows::tell(connection, at, Some(id), None, &kind)?;
                Ok(Ok(changed))
            })
            .await
    }

    /// One job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.read(move |connection| rows::read_job(connection, id)).await
    }

    /// Jobs by a query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs(&self, query: JobQuery) -> Result<Vec<Job>, StoreError> {
        self.read(move |connection| select(connection, &query)).await
    }

    /// The held jobs whose time comes by itself, the soonest first, `most` at most: until when a document may come, or
    /// the hold lasts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_jobs(&self, most: u32) -> Result<Vec<(JobId, Due)>, StoreError> {
        self.read(move |connection| {
            // As the index has it.
            let mut statement = connection.prepare_cached(
                "SELECT id, incoming_until IS NOT NULL, coalesce(incoming_until, json_extract(hold, '$.over')) FROM jobs \
                 WHERE state = 4 AND coalesce(incoming_until, json_extract(hold, '$.over')) IS NOT NULL \
                 ORDER BY coalesce(incoming_until, json_extract(hold, '$.over')) LIMIT ?1",
            )?;
            let due = statement.query_map([most], |row| {
                let at = Timestamp(row.get(2)?);
                let due = if row.get(1)? { Due::Incoming(at) } else { Due::Held(at) };
                Ok((JobId(row.get(0)?), due))
            })?;
            Ok(due.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// How many jobs have not ended: all of the pool's house, or those that wait for a printer or are with it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queued_count(&self, at: Destination) -> Result<u32, StoreError> {
        self.read(move |connection| {
            let Some(printer) = at.printer() else {
                let mut statement = connection.prepare_cached("SELECT count(*) FROM jobs WHERE state < 7")?;
                return Ok(statement.query_row([], |row| row.get(0))?);
            };
            let mut statement = connection.prepare_cached(
                "SELECT count(*) FROM jobs WHERE state < 7 AND (destination = ?1 OR (printer = ?1 AND state IN (5, 6)))",
            )?;
            Ok(statement.query_row([printer.as_str()], |row| row.get(0))?)
        })
        .await
    }

    /// Every digest of a document that is kept, for a job or for one that may still come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn digests(&self) -> Result<HashSet<Digest>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT digest FROM documents WHERE gone IS NULL \
                     UNION SELECT digest FROM uploads WHERE digest IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            let mut digests = HashSet::new();
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                digests.insert(text.parse().map_err(|e| StoreError::row("documents", &text, e))?);
            }
            Ok(digests)
        })
        .await
    }
}

pub(super) fn check_user(connection: &Connection, user: &SmolStr, most: u32) -> Result<(), StoreError> {
    // Counts no further than it must.
    let open: u32 = connection
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM jobs WHERE user = ?1 AND state < 7 LIMIT ?2)")?
        .query_row((user.as_str(), most), |row| row.get(0))?;
    if open < most {
        return Ok(());
    }
    Err(StoreError::TooManyJobs {
        user: user.clone(),
        most,
    })
}

/// Where a job may go; nowhere but to the pool when there is none.
pub(super) fn destination(connection: &Connection, id: JobId) -> Result<Destination, StoreError> {
    let job = rows::read_job_alone(connection, id)?;
    Ok(job.map_or(Destination::Pool, |job| job.destination))
}

pub(super) fn create(connection: &Connection, mut new: NewJob, at: Timestamp) -> Result<Job, StoreError> {
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

fn insert_document(connection: &Connection, job: JobId, mut document: Document) -> Result<Document, StoreError> {
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

pub(super) fn change<E>(
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
pub(super) fn change_open<T, E>(
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

fn select(connection: &Connection, query: &JobQuery) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    query_rows(connection, query, JOB, |row| {
        jobs.push(rows::job(row)?);
        Ok(())
    })?;
    for job in &mut jobs {
        job.documents = rows::documents(connection, job.id)?;
    }
    Ok(jobs)
}
