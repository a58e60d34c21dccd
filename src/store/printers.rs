//! Printers, what is loaded in them, the event log, and settings.

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::inks;
use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::model::{Capabilities, Event, EventKind, EventSeq, PrinterId, PrinterRecord, PrinterStatus, Timestamp};

impl Store {
    /// Makes the printers of the configuration known to be exactly these (short name, name, address). Status and
    /// capabilities of those that stay at their address are kept. Those that people added stay beside them; one that the
    /// configuration names as well is the configuration's from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_printers(
        &self,
        printers: Vec<(PrinterId, SmolStr, SmolStr)>,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute("UPDATE printers SET present = 0 WHERE added = 0", [])?;
                for (position, (id, name, uri)) in printers.iter().enumerate() {
                    connection.execute(
                        "INSERT INTO printers (id, name, uri, position, present) VALUES (?1, ?2, ?3, ?4, 1) \
                         ON CONFLICT (id) DO UPDATE SET \
                         status = CASE WHEN uri = ?3 THEN status END, \
                         capabilities = CASE WHEN uri = ?3 THEN capabilities END, \
                         name = ?2, uri = ?3, position = ?4, present = 1, added = 0",
                        (id.as_str(), name.as_str(), uri.as_str(), position as i64),
                    )?;
                }
                // What was read in an earlier life is no news of now.
                connection.execute("UPDATE printers SET status = NULL", [])?;
                Ok(())
            })
            .await
    }

    /// Saves a status. An event is told only when state, reasons, reachability or whether it accepts jobs changed; levels
    /// of ink that changed are booked, with an event of theirs.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such printer.
    pub async fn save_status(&self, id: PrinterId, status: PrinterStatus) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| save_status(connection, &id, &status))
            .await
    }

    /// Saves capabilities. Says whether they are others than before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn save_capabilities(&self, id: PrinterId, capabilities: Capabilities) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let text = to_json(&capabilities)?;
                let changed = connection.execute(
                    "UPDATE printers SET capabilities = ?2 WHERE id = ?1 AND capabilities IS NOT ?2",
                    (id.as_str(), text),
                )?;
                Ok(changed > 0)
            })
            .await
    }

    /// The printers in the order in which they were set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn printers(&self) -> Result<Vec<PrinterRecord>, StoreError> {
        Ok(self.house().await?.printers.clone())
    }

    /// Events after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events_after(&self, seq: EventSeq, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, job, printer, kind FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let mut rows = statement.query((seq.0, limit))?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(rows::event(row)?);
            }
            Ok(events)
        })
        .await
    }

    /// Writes down that something happened that changes no row: a wish to see a printer, say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell(&self, at: Timestamp, printer: Option<PrinterId>, kind: EventKind) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| rows::tell(connection, at, None, printer.as_ref(), &kind))
            .await
    }

    /// The value under `key`; made by `make` and committed when there is none yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn setting_or(&self, key: &'static str, make: fn() -> String) -> Result<String, StoreError> {
        self.writer
            .run(move |connection| {
                let known = connection
                    .query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
                    .optional()?;
                if let Some(value) = known {
                    return Ok(value);
                }
                let value = make();
                connection.execute("INSERT INTO settings (key, value) VALUES (?1, ?2)", (key, &value))?;
                Ok(value)
            })
            .await
    }
}

impl Store {
    /// Writes a value under `key`. Gives the one that was there, or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_setting(&self, key: &'static str, value: String) -> Result<String, StoreError> {
        self.writer
            .run(move |connection| {
                let known: Option<String> = connection
                    .query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
                    .optional()?;
                connection.execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                    (key, value),
                )?;
                Ok(known.unwrap_or_default())
            })
            .await
    }
}

pub(super) fn all(connection: &Connection) -> Result<Vec<PrinterRecord>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, uri, status, capabilities, max(coalesce(changed, 0), coalesce((SELECT \
         max(opened, coalesce(closed, 0)) FROM attempts WHERE printer = printers.id ORDER BY id DESC LIMIT 1), \
         0)) FROM printers WHERE present = 1 ORDER BY added, position, id",
    )?;
    let mut rows = statement.query([])?;
    let mut printers = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let wrong = |e: &dyn std::fmt::Display| StoreError::row("printers", &id, e);
        let json = |column: usize| row.get::<_, Option<String>>(column);
        printers.push(PrinterRecord {
            id: PrinterId::new(&id).map_err(|e| wrong(&e))?,
            name: row.get::<_, String>(1)?.into(),
            uri: row.get::<_, String>(2)?.into(),
            status: json(3)?
                .map(|t| serde_json::from_str(&t))
                .transpose()
                .map_err(|e| wrong(&e))?,
            changed: row.get::<_, i64>(5).map(|ms| (ms > 0).then_some(Timestamp(ms)))?,
            // Capabilities that an older version wrote are read from the printer again.
            capabilities: json(4)?.and_then(|t| serde_json::from_str(&t).ok()),
        });
    }
    Ok(printers)
}

fn save_status(connection: &Connection, id: &PrinterId, status: &PrinterStatus) -> Result<(), StoreError> {
    let known: Option<Option<String>> = connection
        .prepare_cached("SELECT status FROM printers WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    let known = known.ok_or_else(|| StoreError::NotFound(format!("printer {id}")))?;
    let before: Option<PrinterStatus> = known.and_then(|text| serde_json::from_str(&text).ok());
    // The queue plans when it hears of something: all that a plan can wait for is news.
    let told = |s: &PrinterStatus| (s.state, s.reasons.clone(), s.reachable, s.accepting);
    connection
        .prepare_cached("UPDATE printers SET status = ?2 WHERE id = ?1")?
        .execute((id.as_str(), to_json(status)?))?;
    let is_news = before.as_ref().map(told) != Some(told(status));
    if before.as_ref().map(|s| &s.media_ready) != Some(&status.media_ready) {
        connection.execute("DELETE FROM media WHERE printer = ?1", [id.as_str()])?;
        for (position, media) in status.media_ready.iter().enumerate() {
            connection.execute(
                "INSERT INTO media (printer, position, size, media_type, source) VALUES (?1, ?2, ?3, ?4, ?5)",
                (
                    id.as_str(),
                    position as i64,
                    media.size.name.as_str(),
                    media.media_type.as_str(),
                    media.source.as_str(),
                ),
            )?;
        }
    }
    inks::book_readings_in(connection, id, status)?;
    if is_news {
        connection
            .prepare_cached("UPDATE printers SET changed = ?2 WHERE id = ?1")?
            .execute((id.as_str(), status.at.0))?;
        let kind = EventKind::PrinterChanged {
            state: status.state,
            reasons: status.reasons.clone(),
            reachable: status.reachable,
        };
        rows::tell(connection, status.at, None, Some(id), &kind)?;
    }
    Ok(())
}
