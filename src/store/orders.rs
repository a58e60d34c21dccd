//! Jobs with what their senders keep with them, made once however often they are asked for.

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::jobs::{change, check_user, create};
use super::rows::{self, to_json};
use super::{Store, StoreError, callbacks, uploads};
use crate::model::{Event, EventKind, EventSeq, Job, JobId, NewJob, Order, RequestKey, Timestamp};

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The job.
    pub job: Job,
    /// Whether it was there already: the same request had made it.
    pub replayed: bool,
}

impl Store {
    /// Commits a new job as [`Store::create_job_of_few`] does, with its order and with the key of its request, and marks
    /// the uploads that its documents came by, all in one transaction. A request whose key is known gets the job that is
    /// there.
    ///
    /// # Errors
    /// [`StoreError::KeyUsed`] when the key stands for another request; else as [`Store::create_job_of_few`].
    pub async fn create_order(
        &self,
        job: NewJob,
        most: u32,
        (order, key, from): (Order, Option<RequestKey>, Vec<SmolStr>),
        at: Timestamp,
    ) -> Result<Made, StoreError> {
        self.writer
            .run(move |connection| {
                if let Some(key) = &key {
                    forget_keys(connection, at)?;
                    if let Some(job) = keyed(connection, key)? {
                        return Ok(Made { job, replayed: true });
                    }
                }
                check_user(connection, &job.user, most)?;
                let job = create(connection, job, at)?;
                write(connection, job.id, &order)?;
                if let Some(key) = &key {
                    connection
                        .prepare_cached(
                            "INSERT INTO request_keys (owner, key, request, job, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                        )?
                        .execute((
                            key.owner.as_str(),
                            key.key.as_str(),
                            key.request.as_str(),
                            job.id.0,
                            at.0,
                        ))?;
                }
                uploads::mark_used(connection, &from)?;
                Ok(Made { job, replayed: false })
            })
            .await
    }

    /// The job that a request has made already, if it has.
    ///
    /// # Errors
    /// [`StoreError::KeyUsed`] when the key stands for another request; [`StoreError`].
    pub async fn keyed(&self, key: RequestKey, now: Timestamp) -> Result<Option<Job>, StoreError> {
        // Asked of the writer: a job of the same request may be on its way to it.
        self.writer
            .run(move |connection| {
                forget_keys(connection, now)?;
                keyed(connection, &key)
            })
            .await
    }

    /// What the sender of a job keeps with it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order(&self, job: JobId) -> Result<Order, StoreError> {
        self.read(move |connection| read(connection, job)).await
    }

    /// Changes a job, and what its sender keeps with it, in one transaction.
    ///
    /// # Errors
    /// As for [`Store::change_job`].
    pub async fn change_order<E, F, G>(
        &self,
        id: JobId,
        at: Timestamp,
        decide: F,
        keep: G,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
        G: FnOnce(&mut Order) + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let job = match change(connection, id, at, decide)? {
                    Ok(job) => job,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                let before = read(connection, id)?;
                let mut order = before.clone();
                keep(&mut order);
                if order != before {
                    connection
                        .prepare_cached("DELETE FROM orders WHERE job = ?1")?
                        .execute([id.0])?;
                    callbacks::no_call_back(connection, id)?;
                    write(connection, id, &order)?;
                    rows::tell(connection, at, Some(id), None, &EventKind::JobConfigChanged)?;
                }
                Ok(Ok(job))
            })
            .await
    }

    /// What happened to a job after an event, the first first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events_of_job(&self, job: JobId, after: EventSeq, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, job, printer, kind FROM events WHERE job = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            )?;
            let mut rows = statement.query((job.0, after.0, limit))?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(rows::event(row)?);
            }
            Ok(events)
        })
        .await
    }
}

/// Keys that nobody needs any more. A clock that was put back makes none older.
fn forget_keys(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM request_keys WHERE at <= ?1")?
        .execute([now.plus_ms(-RequestKey::KEPT_MS).0])?;
    Ok(())
}

fn keyed(connection: &Connection, key: &RequestKey) -> Result<Option<Job>, StoreError> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT request, job FROM request_keys WHERE owner = ?1 AND key = ?2")?
        .query_row((key.owner.as_str(), key.key.as_str()), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match found {
        None => Ok(None),
        Some((request, job)) if request == key.request.as_str() => rows::read_job(connection, JobId(job)),
        Some((_, job)) => Err(StoreError::KeyUsed(key.key.clone(), JobId(job))),
    }
}

fn read(connection: &Connection, job: JobId) -> Result<Order, StoreError> {
    let wrong = |e: serde_json::Error| StoreError::row("orders", job, e);
    type Row = (Option<String>, String, Option<String>, Option<String>);
    let found: Option<Row> = connection
        .prepare_cached("SELECT reference, metadata, callback_url, client FROM orders WHERE job = ?1")?
        .query_row([job.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((reference, metadata, callback_url, client)) = found else {
        return Ok(Order::default());
    };
    Ok(Order {
        reference: reference.map(SmolStr::from),
        metadata: serde_json::from_str(&metadata).map_err(wrong)?,
        callback_url: callback_url.map(SmolStr::from),
        client: client.map(SmolStr::from),
    })
}

fn write(connection: &Connection, job: JobId, order: &Order) -> Result<(), StoreError> {
    if *order == Order::default() {
        return Ok(());
    }
    if let Some(url) = &order.callback_url {
        let (user, created): (String, i64) = connection
            .prepare_cached("SELECT user, created FROM jobs WHERE id = ?1")?
            .query_row([job.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let sender = order.client.clone().unwrap_or_else(|| user.into());
        callbacks::call_back(connection, (job, Timestamp(created)), url, &sender)?;
    }
    connection
        .prepare_cached(
            "INSERT INTO orders (job, reference, metadata, callback_url, client) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            job.0,
            order.reference.as_deref(),
            to_json(&order.metadata)?,
            order.callback_url.as_deref(),
            order.client.as_deref(),
        ))?;
    Ok(())
}
