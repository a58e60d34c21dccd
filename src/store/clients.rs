//! Programs that may ask for tokens.

use rusqlite::{Connection, OptionalExtension, Row};
use smol_str::SmolStr;

use super::rows::{time, to_json};
use super::users::{key, refuse_taken};
use super::{Store, StoreError};
use crate::model::{Client, Digest, Timestamp};

/// Every column of `clients`, in the order in which [`client`] reads them from the given one on.
pub(super) const CLIENT: &str = "clients.id, clients.name, clients.secret, clients.redirect_uris, clients.scopes, \
    clients.created, clients.created_by, clients.revoked";

/// Reads a program from the columns from `at` on.
pub(super) fn client(row: &Row, at: usize) -> Result<Client, StoreError> {
    let id: String = row.get(at)?;
    let wrong = |what: &dyn std::fmt::Display| StoreError::row("clients", &id, what);
    let redirect_uris: String = row.get(at + 3)?;
    let scopes: String = row.get(at + 4)?;
    Ok(Client {
        name: row.get::<_, String>(at + 1)?.into(),
        secret: row.get::<_, Option<[u8; 32]>>(at + 2)?.map(Digest),
        redirect_uris: serde_json::from_str(&redirect_uris).map_err(|e| wrong(&e))?,
        scopes: scopes.parse().map_err(|e| wrong(&e))?,
        created: Timestamp(row.get(at + 5)?),
        created_by: row.get::<_, String>(at + 6)?.into(),
        revoked: time(row, at + 7)?,
        id: id.into(),
    })
}

fn one(connection: &Connection, id: &str) -> Result<Option<Client>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {CLIENT} FROM clients WHERE id = ?1"))?
        .query_row([id], |row| Ok(client(row, 0)))
        .optional()?
        .transpose()
}

impl Store {
    /// Adds a program.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`].
    pub async fn make_client(&self, new: Client) -> Result<Client, StoreError> {
        self.writer
            .run(move |connection| {
                refuse_taken(connection, &new.name, 0)?;
                connection.execute(
                    "INSERT INTO clients (id, name, key, secret, redirect_uris, scopes, created, created_by) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    (
                        new.id.as_str(),
                        new.name.as_str(),
                        key(&new.name),
                        new.secret.map(|digest| digest.0),
                        to_json(&new.redirect_uris)?,
                        new.scopes.to_string(),
                        new.created.0,
                        new.created_by.as_str(),
                    ),
                )?;
                Ok(new)
            })
            .await
    }

    /// All programs by name, those that were revoked last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {CLIENT} FROM clients ORDER BY revoked IS NOT NULL, key, created DESC"
            ))?;
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(client(row, 0)?);
            }
            Ok(all)
        })
        .await
    }

    /// A program by its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client(&self, id: SmolStr) -> Result<Option<Client>, StoreError> {
        self.read(move |connection| one(connection, &id)).await
    }

    /// Gives a program another secret.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_client_secret(&self, id: SmolStr, secret: Digest) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute("UPDATE clients SET secret = ?2 WHERE id = ?1", (id.as_str(), secret.0))?;
                Ok(())
            })
            .await
    }

    /// Revokes a program with all that it was granted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_client(&self, id: SmolStr, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute(
                    "UPDATE clients SET revoked = coalesce(revoked, ?2) WHERE id = ?1",
                    (id.as_str(), at.0),
                )?;
                connection.execute(
                    "UPDATE grants SET revoked = coalesce(revoked, ?2) WHERE client = ?1",
                    (id.as_str(), at.0),
                )?;
                connection.execute("DELETE FROM codes WHERE client = ?1", [id.as_str()])?;
                Ok(())
            })
            .await
    }
}
