//! People are forgotten: the house belongs to nobody again.

use super::{Store, StoreError};
use crate::model::Timestamp;

impl Store {
    /// Forgets people, their sessions, and what programs were given. Programs stay in the books, and may do nothing. Jobs and
    /// all the rest stay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_people(&self, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                for table in ["tokens", "codes", "grants", "sessions", "users"] {
                    connection.execute(&format!("DELETE FROM {table}"), [])?;
                }
                connection.execute(
                    "UPDATE clients SET revoked = ?1, secret = NULL WHERE revoked IS NULL",
                    [at.0],
                )?;
                Ok(())
            })
            .await
    }
}
