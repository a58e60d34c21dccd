//! People.

use rusqlite::{Connection, OptionalExtension, Row};
use smol_str::SmolStr;

use super::rows::time;
use super::{Store, StoreError};
use crate::model::{Ends, Timestamp, User, look_alike};

/// Every column of `users`, in the order in which [`user`] reads them from the given one on.
pub(super) const USER: &str = "users.id, users.name, users.role, users.password, users.temporary_until, users.totp, \
    users.totp_step, users.is_disabled, users.created, users.seen";

/// The name by which one is looked for.
pub(super) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Refuses a name that a person, or a program that may call, has already, or that could be taken for theirs; `but` is
/// the person that it may be of.
pub(super) fn refuse_taken(connection: &Connection, name: &str, but: i64) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT name FROM users WHERE id <> ?1 UNION ALL SELECT name FROM clients WHERE revoked IS NULL",
    )?;
    let mut rows = statement.query([but])?;
    while let Some(row) = rows.next()? {
        let known: String = row.get(0)?;
        if key(&known) == key(name) || look_alike(&known, name) {
            return Err(StoreError::NameTaken(known.into()));
        }
    }
    Ok(())
}

/// Reads a person from the columns from `at` on.
pub(super) fn user(row: &Row, at: usize) -> Result<User, StoreError> {
    let id: i64 = row.get(at)?;
    let role: String = row.get(at + 2)?;
    Ok(User {
        id,
        name: row.get::<_, String>(at + 1)?.into(),
        role: role.parse().map_err(|e| StoreError::row("users", id, e))?,
        password: row.get::<_, Option<String>>(at + 3)?.map(SmolStr::from),
        temporary_until: time(row, at + 4)?,
        totp: row.get(at + 5)?,
        totp_step: row.get(at + 6)?,
        is_disabled: row.get(at + 7)?,
        created: Timestamp(row.get(at + 8)?),
        seen: time(row, at + 9)?,
    })
}

fn one(connection: &Connection, which: &str, value: impl rusqlite::ToSql) -> Result<Option<User>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {USER} FROM users WHERE {which} = ?1"))?
        .query_row([value], |row| Ok(user(row, 0)))
        .optional()?
        .transpose()
}

fn other_owners(connection: &Connection, but: i64) -> Result<u32, StoreError> {
    let owners = connection
        .prepare_cached("SELECT count(*) FROM users WHERE role = 'owner' AND NOT is_disabled AND id <> ?1")?
        .query_row([but], |row| row.get(0))?;
    Ok(owners)
}

fn write(connection: &Connection, user: &User) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE users SET name = ?2, key = ?3, role = ?4, password = ?5, temporary_until = ?6, totp = ?7, \
             totp_step = ?8, is_disabled = ?9, seen = ?10 WHERE id = ?1",
        )?
        .execute((
            user.id,
            user.name.as_str(),
            key(&user.name),
            user.role.keyword(),
            user.password.as_deref(),
            user.temporary_until.map(|t| t.0),
            user.totp.as_deref(),
            user.totp_step,
            user.is_disabled,
            user.seen.map(|t| t.0),
        ))?;
    Ok(())
}

fn end(connection: &Connection, user: i64, ends: Ends, at: Timestamp) -> Result<(), StoreError> {
    if ends.sessions {
        connection
            .prepare_cached("DELETE FROM sessions WHERE user = ?1 AND id <> ?2")?
            .execute((user, ends.except.unwrap_or(0)))?;
    }
    if ends.grants {
        connection
            .prepare_cached("UPDATE grants SET revoked = coalesce(revoked, ?2) WHERE user = ?1")?
            .execute((user, at.0))?;
        connection
            .prepare_cached("DELETE FROM codes WHERE user = ?1")?
            .execute([user])?;
    }
    Ok(())
}

impl Store {
    /// Adds a person; `first`: only where there is nobody yet. `None` where there is somebody.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`].
    pub async fn make_user(&self, new: User, first: bool) -> Result<Option<User>, StoreError> {
        self.writer
            .run(move |connection| {
                if first && connection.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))? {
                    return Ok(None);
                }
                refuse_taken(connection, &new.name, 0)?;
                connection.execute(
                    "INSERT INTO users (name, key, role, created) VALUES (?1, ?2, ?3, ?4)",
                    (new.name.as_str(), key(&new.name), new.role.keyword(), new.created.0),
                )?;
                let made = User {
                    id: connection.last_insert_rowid(),
                    ..new
                };
                write(connection, &made)?;
                Ok(Some(made))
            })
            .await
    }

    /// Whether there is anybody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        self.read(|connection| Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))?))
            .await
    }

    /// All people by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT {USER} FROM users ORDER BY key"))?;
            let mut rows = statement.query([])?;
            let mut users = Vec::new();
            while let Some(row) = rows.next()? {
                users.push(user(row, 0)?);
            }
            Ok(users)
        })
        .await
    }

    /// A person by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user(&self, id: i64) -> Result<Option<User>, StoreError> {
        self.read(move |connection| one(connection, "id", id)).await
    }

    /// A person by name, in small letters or capitals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_by_name(&self, name: &str) -> Result<Option<User>, StoreError> {
        let key = key(name);
        self.read(move |connection| one(connection, "key", key)).await
    }

    /// Changes a person as he stands at that moment: `decide` is told how many other owners can come in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NameTaken`]; inside, what `decide` says.
    pub async fn change_user<E, F>(&self, id: i64, at: Timestamp, decide: F) -> Result<Result<User, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut User, u32) -> Result<Ends, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let found = one(connection, "id", id)?;
                let mut user = found.ok_or_else(|| StoreError::NotFound(format!("person {id}")))?;
                let ends = match decide(&mut user, other_owners(connection, id)?) {
                    Ok(ends) => ends,
                    Err(refused) => return Ok(Err(refused)),
                };
                refuse_taken(connection, &user.name, id)?;
                write(connection, &user)?;
                end(connection, id, ends, at)?;
                Ok(Ok(user))
            })
            .await
    }

    /// Removes a person with his sessions and all that he granted; `decide` is told how many other owners can come in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; inside, what `decide` says.
    pub async fn remove_user<E, F>(&self, id: i64, decide: F) -> Result<Result<User, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&User, u32) -> Result<(), E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let found = one(connection, "id", id)?;
                let user = found.ok_or_else(|| StoreError::NotFound(format!("person {id}")))?;
                if let Err(refused) = decide(&user, other_owners(connection, id)?) {
                    return Ok(Err(refused));
                }
                connection.execute("DELETE FROM users WHERE id = ?1", [id])?;
                Ok(Ok(user))
            })
            .await
    }
}
