//! Documents that arrive before their job. How far one has come is the length of its file; here stands what it is.

use rusqlite::{Connection, OptionalExtension, Row};
use smol_str::SmolStr;

use super::rows::to_json;
use super::{Store, StoreError};
use crate::model::{Digest, DocumentFacts, Timestamp};

/// One that is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Its name in requests: long and by chance.
    pub id: SmolStr,
    /// Who sends it.
    pub owner: SmolStr,
    /// How long it will be.
    pub bytes: u64,
    /// The document's name.
    pub name: Option<SmolStr>,
    /// What it is to be.
    pub sha256: Option<Digest>,
    /// When it is let go.
    pub expires: Timestamp,
}

/// One as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// As it was begun.
    pub new: NewUpload,
    /// Its address in the spool and what its head says, once it is whole.
    pub whole: Option<(Digest, DocumentFacts)>,
    /// Whether a job has it.
    pub used: bool,
}

const COLUMNS: &str = "id, owner, bytes, name, sha256, expires, digest, facts, used";

impl Store {
    /// Writes one down, unless its owner has `most` already that no job has, or more than `most_bytes` of them.
    ///
    /// # Errors
    /// [`StoreError::TooManyUploads`]; [`StoreError`].
    pub async fn begin_upload(&self, new: NewUpload, most: u32, most_bytes: u64) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let (count, bytes): (u32, i64) = connection
                    .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM uploads WHERE owner = ?1 AND used = 0")?
                    .query_row([new.owner.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
                if count >= most || bytes.unsigned_abs().saturating_add(new.bytes) > most_bytes {
                    return Err(StoreError::TooManyUploads(format!(
                        "{} has {count} documents of {} MB in all that no job has yet; with this one of {} MB that would be \
                         more than the {most} documents of {} MB that one may have waiting",
                        new.owner,
                        bytes / 1_000_000,
                        new.bytes / 1_000_000,
                        most_bytes / 1_000_000
                    )));
                }
                connection
                    .prepare_cached(
                        "INSERT INTO uploads (id, owner, bytes, name, sha256, used, expires) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
                    )?
                    .execute((
                        new.id.as_str(),
                        new.owner.as_str(),
                        i64::try_from(new.bytes).unwrap_or(i64::MAX),
                        new.name.as_deref(),
                        new.sha256.map(|digest| digest.to_string()),
                        new.expires.0,
                    ))?;
                Ok(())
            })
            .await
    }

    /// One.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upload(&self, id: SmolStr) -> Result<Option<Upload>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM uploads WHERE id = ?1"))?
                .query_row([id.as_str()], |row| Ok(upload(row)))
                .optional()?
                .transpose()
        })
        .await
    }

    /// One is whole.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not there any more; [`StoreError`].
    pub async fn end_upload(&self, id: SmolStr, digest: Digest, facts: DocumentFacts) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let changed = connection
                    .prepare_cached("UPDATE uploads SET digest = ?2, facts = ?3 WHERE id = ?1")?
                    .execute((id.as_str(), digest.to_string(), to_json(&facts)?))?;
                if changed == 0 {
                    return Err(StoreError::NotFound(format!("upload {id}")));
                }
                Ok(())
            })
            .await
    }

    /// Forgets one; gives its address in the spool, if it was whole.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_upload(&self, id: SmolStr) -> Result<Option<Digest>, StoreError> {
        self.writer
            .run(move |connection| {
                let digest: Option<Option<String>> = connection
                    .prepare_cached("DELETE FROM uploads WHERE id = ?1 RETURNING digest")?
                    .query_row([id.as_str()], |row| row.get(0))
                    .optional()?;
                digest.flatten().map(|text| read_digest(&text)).transpose()
            })
            .await
    }

    /// Those whose time is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expired_uploads(&self, now: Timestamp) -> Result<Vec<SmolStr>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM uploads WHERE expires <= ?1")?;
            let ids = statement.query_map([now.0], |row| row.get::<_, String>(0))?;
            Ok(ids.map(|id| id.map(SmolStr::from)).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// All that there are, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upload_ids(&self) -> Result<std::collections::HashSet<SmolStr>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM uploads WHERE digest IS NULL")?;
            let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(ids.map(|id| id.map(SmolStr::from)).collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// A job has them.
pub(super) fn mark_used(connection: &Connection, ids: &[SmolStr]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("UPDATE uploads SET used = 1 WHERE id = ?1")?;
    for id in ids {
        // One that expired a moment ago has lost nothing: its job has the document.
        statement.execute([id.as_str()])?;
    }
    Ok(())
}

fn read_digest(text: &str) -> Result<Digest, StoreError> {
    text.parse().map_err(|e| StoreError::row("uploads", text, e))
}

fn upload(row: &Row) -> Result<Upload, StoreError> {
    let id: String = row.get(0)?;
    let sha256: Option<String> = row.get(4)?;
    let (digest, facts): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let whole = match (digest, facts) {
        (Some(digest), Some(facts)) => Some((
            read_digest(&digest)?,
            serde_json::from_str(&facts).map_err(|e| StoreError::row("uploads", &id, e))?,
        )),
        _ => None,
    };
    Ok(Upload {
        new: NewUpload {
            id: id.into(),
            owner: row.get::<_, String>(1)?.into(),
            bytes: row.get::<_, i64>(2)?.unsigned_abs(),
            name: row.get::<_, Option<String>>(3)?.map(SmolStr::from),
            sha256: sha256.map(|text| read_digest(&text)).transpose()?,
            expires: Timestamp(row.get(5)?),
        },
        whole,
        used: row.get(8)?,
    })
}
