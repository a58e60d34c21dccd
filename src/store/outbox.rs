//! The outbox: what webhooks are to be told.

use rusqlite::{Connection, Row};
use smol_str::SmolStr;

use super::rows::{self, to_json};
use super::webhooks::{WEBHOOK, read, webhook};
use super::{Store, StoreError};
use crate::model::{Delivery, DeliveryState, Event, EventSeq, Timestamp, Webhook};

/// Events that are put into the outbox at once, for each webhook.
const BATCH: u32 = 500;
/// Most that may wait for one webhook: beyond, it is switched off.
const MOST_WAITING: u32 = 20_000;

const DELIVERY: &str = "id, webhook, event, name, body, state, tries, next, said, created, settled";

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

impl Store {
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

pub(super) fn newest(connection: &Connection) -> Result<EventSeq, StoreError> {
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
