//! What lies in each feeder of each printer.

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::model::{EventKind, Loaded, PrinterId, Timestamp};

impl Store {
    /// Puts down what lies in a feeder, in place of what was on record there. Told when it is something else.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_loaded(&self, loaded: Loaded) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| set_loaded_in(connection, &loaded))
            .await
    }

    /// Strikes out what is on record for a feeder: nobody knows what lies there. Nothing happens where there is nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clear_loaded(&self, printer: PrinterId, source: SmolStr, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| clear_in(connection, &printer, &source, at))
            .await
    }

    /// Makes the records of a printer's feeders exactly these, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_loaded(
        &self,
        printer: PrinterId,
        loaded: Vec<Loaded>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                for old in all(connection)?.into_iter().filter(|old| old.printer == printer) {
                    if loaded.iter().all(|new| new.source != old.source) {
                        clear_in(connection, &printer, &old.source, at)?;
                    }
                }
                loaded.iter().try_for_each(|new| set_loaded_in(connection, new))
            })
            .await
    }

    /// Takes sheets that were fed away from a feeder's record, where they are counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_loaded(
        &self,
        printer: PrinterId,
        source: SmolStr,
        sheets: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| take_loaded_in(connection, &printer, &source, sheets, at))
            .await
    }

    /// What lies in each feeder, as far as it is on record, by printer and feeder.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn loaded(&self) -> Result<Vec<Loaded>, StoreError> {
        Ok(self.house().await?.loaded.clone())
    }
}

/// Strikes a feeder out, for those who are in a transaction already.
pub(super) fn clear_in(
    connection: &Connection,
    printer: &PrinterId,
    source: &SmolStr,
    at: Timestamp,
) -> Result<(), StoreError> {
    let gone = connection
        .prepare_cached("DELETE FROM loaded WHERE printer = ?1 AND source = ?2")?
        .execute((printer.as_str(), source.as_str()))?;
    if gone > 0 {
        let kind = EventKind::LoadedChanged {
            source: source.clone(),
            loaded: None,
        };
        rows::tell(connection, at, None, Some(printer), &kind)?;
    }
    Ok(())
}

/// Puts down what lies in a feeder, for those who are in a transaction already.
pub(super) fn set_loaded_in(connection: &Connection, loaded: &Loaded) -> Result<(), StoreError> {
    let before = read(connection, &loaded.printer, &loaded.source)?;
    let since = |record: &Loaded| Loaded {
        at: loaded.at,
        ..record.clone()
    };
    if before.as_ref().map(since).as_ref() == Some(loaded) {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO loaded (printer, source, loaded) VALUES (?1, ?2, ?3) \
             ON CONFLICT (printer, source) DO UPDATE SET loaded = ?3",
        )?
        .execute((loaded.printer.as_str(), loaded.source.as_str(), to_json(loaded)?))?;
    let kind = EventKind::LoadedChanged {
        source: loaded.source.clone(),
        loaded: Some(Box::new(loaded.clone())),
    };
    rows::tell(connection, loaded.at, None, Some(&loaded.printer), &kind)
}

/// Takes sheets that were fed away from a feeder's record, where they were counted, for those who are in a transaction
/// already.
pub(super) fn take_loaded_in(
    connection: &Connection,
    printer: &PrinterId,
    source: &str,
    sheets: u32,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(mut loaded) = read(connection, printer, source)? else {
        return Ok(());
    };
    let Some(there) = loaded.sheets else {
        return Ok(());
    };
    loaded.sheets = Some(there.saturating_sub(sheets));
    loaded.at = at;
    set_loaded_in(connection, &loaded)
}

/// Every record.
pub(super) fn all(connection: &Connection) -> Result<Vec<Loaded>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT printer, loaded FROM loaded ORDER BY printer, source")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (printer, text): (String, String) = (row.get(0)?, row.get(1)?);
        all.push(serde_json::from_str(&text).map_err(|e| StoreError::row("loaded", &printer, e))?);
    }
    Ok(all)
}

fn read(connection: &Connection, printer: &PrinterId, source: &str) -> Result<Option<Loaded>, StoreError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT loaded FROM loaded WHERE printer = ?1 AND source = ?2")?
        .query_row((printer.as_str(), source), |row| row.get(0))
        .optional()?;
    text.map(|text| serde_json::from_str(&text).map_err(|e| StoreError::row("loaded", printer, e)))
        .transpose()
}
