//! Subscriptions, and the events as they are told of.

use rusqlite::{Connection, OptionalExtension, Row};

use super::controls::key;
use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::model::{Destination, EventSeq, JobId, NewSubscription, PrinterId, Subscription, Timestamp, Told};

const COLUMNS: &str = "id, destination, job, user, events, language, user_data, interval, expires, since, created";

/// How long a job's subscription is kept after the job's end, so that its last events can be fetched.
const KEPT_MS: i64 = 10 * 60 * 1000;

/// Which subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubscriptionQuery {
    /// Of this printer, or of the pool.
    pub destination: Option<Destination>,
    /// Of this job; else those of printers.
    pub job: Option<JobId>,
    /// Of this user only.
    pub user: Option<smol_str::SmolStr>,
    /// At most so many.
    pub limit: u32,
}

fn subscription(row: &Row) -> Result<Subscription, StoreError> {
    let id: i32 = row.get(0)?;
    let wrong = |e: &dyn std::fmt::Display| StoreError::row("subscriptions", id, e);
    let destination: String = row.get(1)?;
    Ok(Subscription {
        id,
        of: NewSubscription {
            destination: match destination.as_str() {
                "" => Destination::Pool,
                name => Destination::Printer(PrinterId::new(name).map_err(|e| wrong(&e))?),
            },
            job: row.get::<_, Option<i64>>(2)?.map(JobId),
            user: row.get::<_, String>(3)?.into(),
            events: serde_json::from_str(&row.get::<_, String>(4)?).map_err(|e| wrong(&e))?,
            language: row.get::<_, String>(5)?.into(),
            user_data: row.get(6)?,
            interval: row.get(7)?,
            expires: rows::time(row, 8)?,
        },
        since: EventSeq(row.get(9)?),
        created: Timestamp(row.get(10)?),
    })
}

fn read(connection: &Connection, id: i32) -> Result<Option<Subscription>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM subscriptions WHERE id = ?1"))?
        .query_row([id], |row| Ok(subscription(row)))
        .optional()?
        .transpose()
}

impl Store {
    /// Makes a subscription; it tells of what happens from now on, or of its job from the start. Those that are over are cleared away. `None` when
    /// there are `most` already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn subscribe_to(
        &self,
        new: NewSubscription,
        from_start: bool,
        most: u32,
        at: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached(
                        "DELETE FROM subscriptions WHERE expires <= ?1 OR job IN (SELECT id FROM jobs WHERE state >= 7 \
                         AND completed <= ?2)",
                    )?
                    .execute((at.0, at.plus_ms(-KEPT_MS).0))?;
                let count: u32 = connection
                    .prepare_cached("SELECT count(*) FROM subscriptions")?
                    .query_row([], |row| row.get(0))?;
                if count >= most {
                    return Ok(None);
                }
                let since: i64 = match new.job.filter(|_| from_start) {
                    Some(job) => connection
                        .prepare_cached("SELECT coalesce(min(seq) - 1, 0) FROM events WHERE job = ?1")?
                        .query_row([job.0], |row| row.get(0))?,
                    None => connection
                        .prepare_cached("SELECT coalesce(max(seq), 0) FROM events")?
                        .query_row([], |row| row.get(0))?,
                };
                connection
                    .prepare_cached(
                        "INSERT INTO subscriptions (destination, job, user, events, language, user_data, interval, \
                         expires, since, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    )?
                    .execute((
                        key(&new.destination),
                        new.job.map(|job| job.0),
                        new.user.as_str(),
                        to_json(&new.events)?,
                        new.language.as_str(),
                        &new.user_data,
                        new.interval,
                        new.expires.map(|t| t.0),
                        since,
                        at.0,
                    ))?;
                let id = i32::try_from(connection.last_insert_rowid())
                    .map_err(|_| StoreError::NotFound("number for another subscription".into()))?;
                read(connection, id)
            })
            .await
    }

    /// One subscription.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn subscription(&self, id: i32) -> Result<Option<Subscription>, StoreError> {
        self.read(move |connection| read(connection, id)).await
    }

    /// Subscriptions by a query, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn subscriptions(&self, query: SubscriptionQuery) -> Result<Vec<Subscription>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM subscriptions WHERE (?1 IS NULL OR destination = ?1) AND job IS ?2 \
                 AND (?3 IS NULL OR user = ?3) ORDER BY id LIMIT ?4"
            ))?;
            let mut rows = statement.query((
                query.destination.as_ref().map(key),
                query.job.map(|job| job.0),
                query.user.as_deref(),
                query.limit,
            ))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(subscription(row)?);
            }
            Ok(found)
        })
        .await
    }

    /// Sets when a subscription ends; `None` takes it away now. Says whether it was there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew_subscription(&self, id: i32, expires: Option<Timestamp>) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let changed = match expires {
                    Some(at) => connection
                        .prepare_cached("UPDATE subscriptions SET expires = ?2 WHERE id = ?1")?
                        .execute((id, at.0))?,
                    None => connection
                        .prepare_cached("DELETE FROM subscriptions WHERE id = ?1")?
                        .execute([id])?,
                };
                Ok(changed > 0)
            })
            .await
    }

    /// Events after `seq` with what is told of their jobs, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told_after(&self, seq: EventSeq, limit: u32) -> Result<Vec<Told>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, job, events.printer, kind, destination, coalesce(name, ''), \
                 coalesce(impressions_completed, 0) FROM events LEFT JOIN jobs ON jobs.id = events.job \
                 WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let mut rows = statement.query((seq.0, limit))?;
            let mut told = Vec::new();
            while let Some(row) = rows.next()? {
                let event = rows::event(row)?;
                let destination = match (event.job, row.get::<_, Option<String>>(5)?) {
                    (None, _) => None,
                    (Some(_), None) => Some(Destination::Pool),
                    (Some(id), Some(name)) => Some(Destination::Printer(
                        PrinterId::new(&name).map_err(|e| StoreError::row("jobs", id, e))?,
                    )),
                };
                told.push(Told {
                    event,
                    destination,
                    job_name: row.get::<_, String>(6)?.into(),
                    impressions: row.get(7)?,
                });
            }
            Ok(told)
        })
        .await
    }
}
