//! Browsers in which somebody is signed in.

use rusqlite::{OptionalExtension, Row};

use super::users::{self, USER};
use super::{Store, StoreError};
use crate::model::{Digest, Session, Timestamp, User};

const SESSION: &str = "sessions.id, sessions.user, sessions.created, sessions.used, sessions.expires, \
    sessions.address, sessions.agent";

fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.get(0)?,
        user: row.get(1)?,
        created: Timestamp(row.get(2)?),
        used: Timestamp(row.get(3)?),
        expires: Timestamp(row.get(4)?),
        address: row.get::<_, String>(5)?.into(),
        agent: row.get::<_, String>(6)?.into(),
    })
}

impl Store {
    /// Writes down that somebody has signed in. Of his sessions only the `most` used last stay, and those that are over
    /// are cleared away, whosever they are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_session(&self, digest: Digest, new: Session, most: u32) -> Result<Session, StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached("DELETE FROM sessions WHERE expires <= ?1")?
                    .execute([new.created.0])?;
                connection
                    .prepare_cached(
                        "DELETE FROM sessions WHERE user = ?1 AND id NOT IN (SELECT id FROM sessions WHERE user = ?1 \
                         ORDER BY used DESC LIMIT ?2)",
                    )?
                    .execute((new.user, most.saturating_sub(1)))?;
                connection
                    .prepare_cached(
                        "INSERT INTO sessions (digest, user, created, used, expires, address, agent) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute((
                        digest.0,
                        new.user,
                        new.created.0,
                        new.used.0,
                        new.expires.0,
                        new.address.as_str(),
                        new.agent.as_str(),
                    ))?;
                let id = connection.last_insert_rowid();
                connection
                    .prepare_cached("UPDATE users SET seen = ?2 WHERE id = ?1")?
                    .execute((new.user, new.created.0))?;
                Ok(Session { id, ..new })
            })
            .await
    }

    /// The session of a cookie, and whose it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, digest: Digest) -> Result<Option<(Session, User)>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {SESSION}, {USER} FROM sessions JOIN users ON users.id = sessions.user \
                     WHERE sessions.digest = ?1"
                ))?
                .query_row([digest.0], |row| {
                    Ok(session(row).and_then(|session| Ok((session, users::user(row, 7)?))))
                })
                .optional()?
                .transpose()
        })
        .await
    }

    /// Writes down that a session was used.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn touch_session(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached("UPDATE sessions SET used = max(used, ?2) WHERE id = ?1")?
                    .execute((id, at.0))?;
                Ok(())
            })
            .await
    }

    /// The sessions of a person that are not over, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions(&self, user: i64, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {SESSION} FROM sessions WHERE user = ?1 AND expires > ?2 ORDER BY id DESC"
            ))?;
            let mut rows = statement.query((user, now.0))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(session(row)?);
            }
            Ok(all)
        })
        .await
    }

    /// Ends a session; of this person only, where one is named. Tells whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_session(&self, id: i64, of: Option<i64>) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let ended = connection
                    .prepare_cached("DELETE FROM sessions WHERE id = ?1 AND user = coalesce(?2, user)")?
                    .execute((id, of))?;
                Ok(ended > 0)
            })
            .await
    }
}
