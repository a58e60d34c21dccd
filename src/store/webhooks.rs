//! Webhooks.

use rusqlite::{Connection, Row};
use smol_str::SmolStr;

use super::outbox::newest;
use super::rows::to_json;
use super::{Store, StoreError};
use crate::model::{EventSeq, JobId, Timestamp, Webhook};

pub(super) const WEBHOOK: &str = "id, url, job, events, secret, enabled, by, created, through";

pub(super) fn webhook(row: &Row) -> Result<Webhook, StoreError> {
    let events: String = row.get(3)?;
    Ok(Webhook {
        id: row.get(0)?,
        url: row.get::<_, String>(1)?.into(),
        job: row.get::<_, Option<i64>>(2)?.map(JobId),
        events: serde_json::from_str(&events).map_err(|e| StoreError::row("webhooks", &events, e))?,
        secret: row.get::<_, String>(4)?.into(),
        is_enabled: row.get(5)?,
        by: row.get::<_, String>(6)?.into(),
        created: Timestamp(row.get(7)?),
        through: EventSeq(row.get(8)?),
    })
}

/// A webhook that is to be made.
#[derive(Clone)]
pub struct NewWebhook {
    /// Where to.
    pub url: SmolStr,
    /// The job that it is about alone.
    pub job: Option<JobId>,
    /// Names of the events that it is told; empty: all.
    pub events: Vec<SmolStr>,
    /// Whether it is told already.
    pub is_enabled: bool,
    /// What signs that which is sent.
    pub secret: SmolStr,
    /// Who wishes for it.
    pub by: SmolStr,
}

impl Store {
    /// Adds a webhook, which is told what happens from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_webhook(&self, new: NewWebhook, at: Timestamp) -> Result<Webhook, StoreError> {
        self.writer.run(move |connection| insert(connection, &new, at)).await
    }

    /// All webhooks that are about all jobs; `of`: those about this job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhooks(&self, of: Option<JobId>) -> Result<Vec<Webhook>, StoreError> {
        self.read(move |connection| {
            let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE job IS ?1 ORDER BY id");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([of.map(|job| job.0)])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(webhook(row)?);
            }
            Ok(all)
        })
        .await
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook(&self, id: i64) -> Result<Option<Webhook>, StoreError> {
        self.read(move |connection| read(connection, id)).await
    }

    /// Changes a webhook. Switched on again, it is told what happens from then on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError`].
    pub async fn change_webhook<F>(&self, id: i64, change: F) -> Result<Webhook, StoreError>
    where
        F: FnOnce(&mut Webhook) + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let mut hook =
                    read(connection, id)?.ok_or_else(|| StoreError::NotFound(format!("webhook {id}")))?;
                let was_enabled = hook.is_enabled;
                change(&mut hook);
                if hook.is_enabled && !was_enabled {
                    hook.through = newest(connection)?;
                }
                connection
                    .prepare_cached(
                        "UPDATE webhooks SET url = ?2, events = ?3, secret = ?4, enabled = ?5, through = ?6 WHERE id = ?1",
                    )?
                    .execute((
                        id,
                        hook.url.as_str(),
                        to_json(&hook.events)?,
                        hook.secret.as_str(),
                        hook.is_enabled,
                        hook.through.0,
                    ))?;
                Ok(hook)
            })
            .await
    }

    /// Removes a webhook and what is in the outbox for it. Says whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_webhook(&self, id: i64) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute("DELETE FROM outbox WHERE webhook = ?1", [id])?;
                Ok(connection.execute("DELETE FROM webhooks WHERE id = ?1", [id])? > 0)
            })
            .await
    }
}

/// Adds a webhook inside a transaction of somebody's.
pub(super) fn insert(connection: &Connection, new: &NewWebhook, at: Timestamp) -> Result<Webhook, StoreError> {
    let through = newest(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO webhooks (url, job, events, secret, enabled, by, created, through) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            new.url.as_str(),
            new.job.map(|job| job.0),
            to_json(&new.events)?,
            new.secret.as_str(),
            new.is_enabled,
            new.by.as_str(),
            at.0,
            through.0,
        ))?;
    let id = connection.last_insert_rowid();
    read(connection, id)?.ok_or_else(|| StoreError::NotFound(format!("webhook {id}")))
}

pub(super) fn read(connection: &Connection, id: i64) -> Result<Option<Webhook>, StoreError> {
    let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(webhook).transpose()
}
