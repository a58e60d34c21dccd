//! Presets that people added, as their door wrote them.

use super::added::changed;
use super::{Store, StoreError};
use crate::model::{HousePart, PrinterId, Timestamp};

impl Store {
    /// Puts a preset down under its short name, in place of what was there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_preset(&self, id: PrinterId, preset: String, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute(
                    "INSERT INTO presets (id, preset) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET preset = ?2",
                    (id.as_str(), preset),
                )?;
                changed(connection, at, None, HousePart::Presets)
            })
            .await
    }

    /// Takes an added preset away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such preset was added.
    pub async fn remove_preset(&self, id: PrinterId, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                if connection.execute("DELETE FROM presets WHERE id = ?1", [id.as_str()])? == 0 {
                    return Err(StoreError::NotFound(format!("preset {id} that was added")));
                }
                changed(connection, at, None, HousePart::Presets)
            })
            .await
    }

    /// The presets that were added, by their short names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn added_presets(&self) -> Result<Vec<(PrinterId, String)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, preset FROM presets ORDER BY id")?;
            let mut rows = statement.query([])?;
            let mut presets = Vec::new();
            while let Some(row) = rows.next()? {
                let id: String = row.get(0)?;
                let id = PrinterId::new(&id).map_err(|e| StoreError::row("presets", &id, e))?;
                presets.push((id, row.get(1)?));
            }
            Ok(presets)
        })
        .await
    }
}
