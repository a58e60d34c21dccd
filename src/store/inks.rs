//! The books of ink: what was used and fitted, and what each printer told of its levels.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};
use smol_str::SmolStr;

use super::rows;
use super::{Store, StoreError};
use crate::model::{
    EventKind, HOUSE, InkEntry, InkReason, JobId, Marker, Nanoliters, NewInkEntry, PrinterId, PrinterStatus, Timestamp,
};

/// Every column of `ink_entries`, in the order in which [`entry`] reads them.
const ENTRY: &str = "id, printer, channel, delta, reason, level, job, by, note, at";
/// Most inks of a printer whose levels are kept: those of a PRO-1000 are 12.
const MOST_CHANNELS: usize = 32;
/// Longest channel in bytes.
const MOST_NAME: usize = 64;
/// A level that goes back to the one before it within this time waits for the next status: a printer that can't make up
/// its mind does not fill the books.
const FLUTTER_MS: i64 = 60_000;

impl Store {
    /// Books entries, all of them or none, with an event for each printer and job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn book_ink(&self, entries: Vec<NewInkEntry>) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| book_ink_in(connection, &entries))
            .await
    }

    /// The number of the newest entry of all; 0 before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_ink_entry(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM ink_entries")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// The entries of one ink of a printer with lower numbers than `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ink_entries_before(
        &self,
        printer: PrinterId,
        channel: SmolStr,
        before: i64,
        limit: u32,
    ) -> Result<Vec<InkEntry>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {ENTRY} FROM ink_entries WHERE printer = ?1 AND channel = ?2 AND id < ?3 \
                 ORDER BY id DESC LIMIT ?4"
            ))?;
            let mut rows = statement.query((printer.as_str(), channel.as_str(), before, limit))?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(entry(row)?);
            }
            Ok(entries)
        })
        .await
    }

    /// The newest entries of each ink of a printer, at most `limit` of each, oldest first: what levels are worked out
    /// from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ink_entries(
        &self,
        printer: PrinterId,
        limit: u32,
    ) -> Result<BTreeMap<SmolStr, Vec<InkEntry>>, StoreError> {
        self.read(move |connection| {
            let mut all = BTreeMap::new();
            for channel in channels(connection, &printer)? {
                let mut statement = connection.prepare_cached(&format!(
                    "SELECT {ENTRY} FROM ink_entries WHERE printer = ?1 AND channel = ?2 ORDER BY id DESC LIMIT ?3"
                ))?;
                let mut rows = statement.query((printer.as_str(), channel.as_str(), limit))?;
                let mut entries = Vec::new();
                while let Some(row) = rows.next()? {
                    entries.push(entry(row)?);
                }
                entries.reverse();
                all.insert(channel, entries);
            }
            Ok(all)
        })
        .await
    }
}

/// Books entries, for those who are in a transaction already. Entries of one printer and job that follow each other
/// have one event.
pub(super) fn book_ink_in(connection: &Connection, entries: &[NewInkEntry]) -> Result<(), StoreError> {
    for together in entries.chunk_by(|a, b| (&a.printer, a.job) == (&b.printer, b.job)) {
        let mut changed: Vec<SmolStr> = Vec::new();
        for new in together {
            let level = match new.reason {
                InkReason::Reading { level } => Some(level),
                _ => None,
            };
            connection
                .prepare_cached(
                    "INSERT INTO ink_entries (printer, channel, delta, reason, level, job, by, note, at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute((
                    new.printer.as_str(),
                    new.channel.as_str(),
                    new.delta.0,
                    new.reason.word(),
                    level,
                    new.job.map(|job| job.0),
                    new.by.as_str(),
                    new.note.as_str(),
                    new.at.0,
                ))?;
            if !changed.contains(&new.channel) {
                changed.push(new.channel.clone());
            }
        }
        if let Some(last) = together.last() {
            let kind = EventKind::SuppliesChanged { channels: changed };
            rows::tell(connection, last.at, last.job, Some(&last.printer), &kind)?;
        }
    }
    Ok(())
}

/// Books every level that is another than the last one that the printer told. Receptacles of waste are not ink.
pub(super) fn book_readings_in(
    connection: &Connection,
    printer: &PrinterId,
    status: &PrinterStatus,
) -> Result<(), StoreError> {
    if !status.reachable {
        return Ok(());
    }
    let is_ink = |marker: &&Marker| {
        !marker.kind.starts_with("waste") && (1..=MOST_NAME).contains(&marker.name.len()) && marker.level <= 100
    };
    let mut readings: Vec<NewInkEntry> = Vec::new();
    let mut told: Vec<&SmolStr> = Vec::new();
    for marker in status.markers.iter().filter(is_ink).take(MOST_CHANNELS) {
        // A name that is told twice counts the first time.
        if told.contains(&&marker.name) {
            continue;
        }
        told.push(&marker.name);
        if !is_news(connection, printer, marker, status.at)? {
            continue;
        }
        readings.push(NewInkEntry {
            printer: printer.clone(),
            channel: marker.name.clone(),
            delta: Nanoliters::ZERO,
            // All levels below 0 are words for "not known"; those that IPP does not know are −2.
            reason: InkReason::Reading {
                level: known(marker.level),
            },
            job: None,
            by: HOUSE.into(),
            note: SmolStr::default(),
            at: status.at,
        });
    }
    book_ink_in(connection, &readings)
}

fn known(level: i32) -> i32 {
    if level < -3 { -2 } else { level }
}

fn is_news(connection: &Connection, printer: &PrinterId, marker: &Marker, at: Timestamp) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT level, at FROM ink_entries WHERE printer = ?1 AND channel = ?2 AND reason = 'reading' \
         ORDER BY id DESC LIMIT 2",
    )?;
    let mut rows = statement.query((printer.as_str(), marker.name.as_str()))?;
    let mut last: Vec<(i32, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        last.push((row.get(0)?, row.get(1)?));
    }
    let level = known(marker.level);
    Ok(match last.as_slice() {
        [] => true,
        [(newest, _), ..] if *newest == level => false,
        [(_, since), (before, _)] if *before == level => at.0 < *since || at.0 - since >= FLUTTER_MS,
        _ => true,
    })
}

/// The inks of a printer that have a book: one look into the index for each.
fn channels(connection: &Connection, printer: &PrinterId) -> Result<Vec<SmolStr>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT min(channel) FROM ink_entries WHERE printer = ?1 AND channel > ?2")?;
    let mut channels: Vec<SmolStr> = Vec::new();
    loop {
        let after = channels.last().map_or("", SmolStr::as_str);
        let next: Option<String> = statement.query_row((printer.as_str(), after), |row| row.get(0))?;
        match next {
            Some(channel) => channels.push(channel.into()),
            None => return Ok(channels),
        }
    }
}

fn entry(row: &Row) -> Result<InkEntry, StoreError> {
    let id: i64 = row.get(0)?;
    let wrong = |what: &dyn std::fmt::Display| StoreError::row("ink_entries", id, what);
    let reason: String = row.get(4)?;
    Ok(InkEntry {
        id,
        entry: NewInkEntry {
            printer: PrinterId::new(&row.get::<_, String>(1)?).map_err(|e| wrong(&e))?,
            channel: row.get::<_, String>(2)?.into(),
            delta: Nanoliters(row.get(3)?),
            reason: InkReason::from_word(&reason, row.get(5)?).ok_or_else(|| wrong(&"reason"))?,
            job: row.get::<_, Option<i64>>(6)?.map(JobId),
            by: row.get::<_, String>(7)?.into(),
            note: row.get::<_, String>(8)?.into(),
            at: Timestamp(row.get(9)?),
        },
    })
}
