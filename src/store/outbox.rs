//! Webhooks and the outbox.

use rusqlite::{Connection, OptionalExtension, Row};
use smol_str::{SmolStr, format_smolstr};

use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::crypto;
use crate::model::{Delivery, DeliveryState, Digest, Event, EventSeq, JobId, Timestamp, Webhook};

/// Events that are put into the outbox at once, for each webhook.
const BATCH: u32 = 500;
/// Most that may wait for one webhook: beyond, it is switched off.
const MOST_WAITING: u32 = 20_000;

const WEBHOOK: &str = "id, url, job, events, secret, enabled, by, created, through";
const DELIVERY: &str = "id, webhook, event, name, body, state, tries, next, said, created, settled";

fn webhook(row: &Row) -> Result<Webhook, StoreError> {
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

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let state: String = row.get(5)?;
    Ok(Delivery {
        id: row.get(0)?,
        webhook: row.get(1)?,
        event: EventSeq(row.get(2)?),
        name: row.get::<_, String>(3)?.into(),
        body: row.get(4)?,
        state: DeliveryState::from_keyword(&state)
            .ok_or_else(|| StoreError::row("outbox", &state, "no state of a delivery"))?,
        tries: row.get(6)?,
        next: Timestamp(row.get(7)?),
        said: row.get::<_, String>(8)?.into(),
        created: Timestamp(row.get(9)?),
        settled: row.get::<_, Option<i64>>(10)?.map(Timestamp),
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

    /// Puts what happened into the outbox: for each webhook what it wants of the events that it has not been told of, as
    /// `tell` makes a name and a document of each. Says whether there was more than is done at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fill_outbox<F>(&self, at: Timestamp, tell: F) -> Result<bool, StoreError>
    where
        F: Fn(&Event) -> (SmolStr, String) + Send + 'static,
    {
        // Nothing is written where nobody wants to hear anything.
        let is_behind = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM webhooks WHERE enabled AND through < (SELECT max(seq) FROM events))",
            )?;
            Ok(statement.query_row([], |row| row.get::<_, bool>(0))?)
        });
        if !is_behind.await? {
            return Ok(false);
        }
        self.writer.run(move |connection| fill(connection, at, &tell)).await
    }

    /// What is to be sent by now: the oldest of each webhook that has something, without those that are `busy`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_deliveries(&self, now: Timestamp, busy: Vec<i64>) -> Result<Vec<(Webhook, Delivery)>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {DELIVERY} FROM outbox WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'waiting' AND \
                 next <= ?1 AND webhook NOT IN (SELECT value FROM json_each(?2)) GROUP BY webhook) ORDER BY id LIMIT 16"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query((now.0, to_json(&busy)?))?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                let delivery = delivery(row)?;
                if let Some(hook) = read(connection, delivery.webhook)? {
                    due.push((hook, delivery));
                }
            }
            Ok(due)
        })
        .await
    }

    /// When the next one is due, if any waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_delivery(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT min(next) FROM outbox WHERE state = 'waiting'")?;
            Ok(statement
                .query_row([], |row| row.get::<_, Option<i64>>(0))?
                .map(Timestamp))
        })
        .await
    }

    /// Writes down how something in the outbox stands now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle_delivery(&self, delivery: Delivery) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached(
                        "UPDATE outbox SET state = ?2, tries = ?3, next = ?4, said = ?5, settled = ?6 WHERE id = ?1",
                    )?
                    .execute((
                        delivery.id,
                        delivery.state.keyword(),
                        delivery.tries,
                        delivery.next.0,
                        delivery.said.as_str(),
                        delivery.settled.map(|at| at.0),
                    ))?;
                Ok(())
            })
            .await
    }

    /// What is in the outbox of a webhook, the newest first, at most `limit`, with a lower number than `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliveries(&self, webhook: i64, before: i64, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        self.read(move |connection| {
            let sql = format!("SELECT {DELIVERY} FROM outbox WHERE webhook = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query((webhook, before, limit))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(delivery(row)?);
            }
            Ok(all)
        })
        .await
    }

    /// Has something of a webhook's outbox sent again at once. Says whether it was there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn send_again(&self, webhook: i64, delivery: i64, at: Timestamp) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let changed = connection.execute(
                    "UPDATE outbox SET state = 'waiting', tries = 0, next = ?3, created = ?3, settled = NULL \
                     WHERE webhook = ?1 AND id = ?2",
                    (webhook, delivery, at.0),
                )?;
                Ok(changed > 0)
            })
            .await
    }

    /// Forgets what was settled before a moment, and webhooks of jobs that have nothing left to tell.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prune_outbox(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.writer
            .run(move |connection| {
                let gone = connection.execute("DELETE FROM outbox WHERE settled < ?1", [before.0])?;
                connection.execute(
                    "DELETE FROM webhooks WHERE job IN (SELECT id FROM jobs WHERE completed < ?1) \
                     AND id NOT IN (SELECT webhook FROM outbox)",
                    [before.0],
                )?;
                Ok(gone)
            })
            .await
    }
}

/// What senders' callbacks are signed with is made of it.
const KEY: &str = "callback-key";

/// What signs that which is told of a sender's jobs: each sender has another, and nobody can tell by his own what others'
/// are.
fn secret_of(key: &str, sender: &str) -> SmolStr {
    let made = crypto::hmac_sha256(key.as_bytes(), sender.as_bytes());
    format_smolstr!("whsec_{}", Digest(made))
}

/// The key; made and kept when there is none yet.
fn key(connection: &Connection) -> Result<String, StoreError> {
    let known = connection
        .query_row("SELECT value FROM settings WHERE key = ?1", [KEY], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let mut bytes = [0; 32];
    crypto::random(&mut bytes).map_err(|_| StoreError::Broken)?;
    let made = Digest(bytes).to_string();
    connection.execute("INSERT INTO settings (key, value) VALUES (?1, ?2)", (KEY, &made))?;
    Ok(made)
}

impl Store {
    /// What signs that which is told of a sender's jobs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn callback_secret(&self, sender: SmolStr) -> Result<SmolStr, StoreError> {
        self.writer
            .run(move |connection| Ok(secret_of(&key(connection)?, &sender)))
            .await
    }
}

/// From now on an address is told of every state of a job.
pub(super) fn call_back(
    connection: &Connection,
    (job, at): (JobId, Timestamp),
    url: &SmolStr,
    sender: &str,
) -> Result<(), StoreError> {
    let new = NewWebhook {
        url: url.clone(),
        job: Some(job),
        events: vec!["job-changed".into()],
        is_enabled: true,
        secret: secret_of(&key(connection)?, sender),
        by: sender.into(),
    };
    insert(connection, &new, at).map(drop)
}

/// Nobody is told of a job any more.
pub(super) fn no_call_back(connection: &Connection, job: JobId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM outbox WHERE webhook IN (SELECT id FROM webhooks WHERE job = ?1)",
        [job.0],
    )?;
    connection.execute("DELETE FROM webhooks WHERE job = ?1", [job.0])?;
    Ok(())
}

/// Adds a webhook inside a transaction of somebody's.
fn insert(connection: &Connection, new: &NewWebhook, at: Timestamp) -> Result<Webhook, StoreError> {
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

fn read(connection: &Connection, id: i64) -> Result<Option<Webhook>, StoreError> {
    let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(webhook).transpose()
}

fn newest(connection: &Connection) -> Result<EventSeq, StoreError> {
    let newest = connection.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
    Ok(EventSeq(newest))
}

fn fill(
    connection: &Connection,
    at: Timestamp,
    tell: &dyn Fn(&Event) -> (SmolStr, String),
) -> Result<bool, StoreError> {
    let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE enabled ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut hooks = Vec::new();
    while let Some(row) = rows.next()? {
        hooks.push(webhook(row)?);
    }
    let mut is_more = false;
    for hook in hooks {
        let events = events_for(connection, &hook)?;
        is_more |= events.len() == BATCH as usize;
        let Some(last) = events.last().map(|event| event.seq) else {
            continue;
        };
        for event in &events {
            let (name, body) = tell(event);
            if hook.wants(&name, event.job) {
                connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO outbox (webhook, event, name, body, state, tries, next, said, created) \
                         VALUES (?1, ?2, ?3, ?4, 'waiting', 0, ?5, '', ?5)",
                    )?
                    .execute((hook.id, event.seq.0, name.as_str(), &body, at.0))?;
            }
        }
        let waiting: u32 = connection
            .prepare_cached("SELECT count(*) FROM outbox WHERE webhook = ?1 AND state = 'waiting'")?
            .query_row([hook.id], |row| row.get(0))?;
        let is_enabled = waiting <= MOST_WAITING;
        if !is_enabled {
            log::warn!(
                "webhook {} is switched off: {waiting} messages wait for {}, which does not take them",
                hook.id,
                hook.host()
            );
        }
        connection
            .prepare_cached("UPDATE webhooks SET through = ?2, enabled = ?3 WHERE id = ?1")?
            .execute((hook.id, last.0, is_enabled))?;
    }
    Ok(is_more)
}

/// The next events that a webhook has not been told of: those of its job alone, where it has one.
fn events_for(connection: &Connection, hook: &Webhook) -> Result<Vec<Event>, StoreError> {
    let filter = if hook.job.is_some() { "job = ?2" } else { "?2 IS NULL" };
    let sql = format!(
        "SELECT seq, at, job, printer, kind FROM events WHERE seq > ?1 AND {filter} ORDER BY seq LIMIT {BATCH}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((hook.through.0, hook.job.map(|job| job.0)))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(rows::event(row)?);
    }
    Ok(events)
}
