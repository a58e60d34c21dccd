//! Jobs and their documents.

use std::collections::HashSet;

use rusqlite::Connection;
use smol_str::SmolStr;

use super::lists::query_rows;
use super::rows::{self, JOB};
use super::{JobQuery, Store, StoreError};
use crate::model::{Destination, Digest, Document, EventKind, Job, JobId, NewJob, Timestamp};

mod change;
mod create;

pub(super) use change::{change, change_open};
pub(super) use create::create;
use create::insert_document;

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
