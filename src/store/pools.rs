//! Pools of some of the printers.

use rusqlite::Connection;
use smol_str::SmolStr;

use super::rows::to_json;
use super::{Store, StoreError};
use crate::model::{Pool, PrinterId};

impl Store {
    /// Makes the named pools known to be exactly these.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_pools(&self, pools: Vec<Pool>) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute("DELETE FROM pools", [])?;
                for (position, pool) in pools.iter().enumerate() {
                    connection.execute(
                        "INSERT INTO pools (id, name, printers, position) VALUES (?1, ?2, ?3, ?4)",
                        (
                            pool.id.as_str(),
                            pool.name.as_str(),
                            to_json(&pool.printers)?,
                            position as i64,
                        ),
                    )?;
                }
                Ok(())
            })
            .await
    }
}

/// Every pool, in the order in which they were set.
pub(super) fn all(connection: &Connection) -> Result<Vec<Pool>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, name, printers FROM pools ORDER BY position")?;
    let mut rows = statement.query([])?;
    let mut pools = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, name, printers): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let wrong = |e: &dyn std::fmt::Display| StoreError::row("pools", &id, e);
        pools.push(Pool {
            id: PrinterId::new(&id).map_err(|e| wrong(&e))?,
            name: SmolStr::new(name),
            printers: serde_json::from_str(&printers).map_err(|e| wrong(&e))?,
        });
    }
    Ok(pools)
}
