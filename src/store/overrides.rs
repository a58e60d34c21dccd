//! Settings that people changed: they win over the configuration file.

use std::collections::BTreeMap;

use super::added::changed;
use super::{Store, StoreError};
use crate::model::{HousePart, Timestamp};

/// What their keys begin with, beside what the house notes for itself.
const PREFIX: &str = "house ";

impl Store {
    /// Every setting that somebody changed: its key, and its value as JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overrides(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT substr(key, length(?1) + 1), value FROM settings WHERE substr(key, 1, length(?1)) = ?1",
            )?;
            let rows = statement.query_map([PREFIX], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Writes settings, all of them or none; one without a value is the configuration's again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_overrides(
        &self,
        settings: BTreeMap<String, Option<String>>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                for (key, value) in settings {
                    let key = format!("{PREFIX}{key}");
                    match value {
                        Some(value) => connection.execute(
                            "INSERT INTO settings (key, value) VALUES (?1, ?2) \
                             ON CONFLICT (key) DO UPDATE SET value = ?2",
                            (key, value),
                        )?,
                        None => connection.execute("DELETE FROM settings WHERE key = ?1", [key])?,
                    };
                }
                changed(connection, at, None, HousePart::Settings)
            })
            .await
    }

    /// How many bytes the database has, and its schema's number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn database(&self) -> Result<(u64, i64), StoreError> {
        self.read(|connection| {
            let number = |pragma: &str| -> Result<i64, StoreError> {
                Ok(connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?)
            };
            let bytes = number("page_count")?.saturating_mul(number("page_size")?);
            Ok((bytes.unsigned_abs(), number("user_version")?))
        })
        .await
    }
}
