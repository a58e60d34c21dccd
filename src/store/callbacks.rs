//! Webhooks of one job, which its sender has asked for.

use rusqlite::{Connection, OptionalExtension};
use smol_str::{SmolStr, format_smolstr};

use super::webhooks::{NewWebhook, insert};
use super::{Store, StoreError};
use crate::crypto;
use crate::model::{Digest, JobId, Timestamp};

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
