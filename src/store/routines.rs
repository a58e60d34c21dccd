//! Jobs that are made once for each time that comes.

use rusqlite::OptionalExtension;

use super::{Store, StoreError, jobs};
use crate::model::{Job, NewJob, Timestamp};

impl Store {
    /// Makes a job unless one was made for this `turn` (of this `key`) already, also over a restart.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn create_job_once(
        &self,
        (key, turn): (String, String),
        job: NewJob,
        at: Timestamp,
    ) -> Result<Option<Job>, StoreError> {
        self.writer
            .run(move |connection| {
                let last: Option<String> = connection
                    .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                    .query_row([&key], |row| row.get(0))
                    .optional()?;
                if last.as_ref() == Some(&turn) {
                    return Ok(None);
                }
                connection
                    .prepare_cached(
                        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                    )?
                    .execute((&key, &turn))?;
                jobs::create(connection, job, at).map(Some)
            })
            .await
    }
}
