//! Authorization codes, grants and tokens. What is taken once is taken inside the transaction that answers for it.

use rusqlite::{Connection, OptionalExtension, Row};
use smol_str::SmolStr;

use super::clients::{self, CLIENT};
use super::rows::time;
use super::users::{self, USER};
use super::{Store, StoreError};
use crate::model::{Code, Digest, Grant, NewTokens, Timestamp, Token, TokenKind, User};

const GRANT: &str = "grants.id, grants.client, grants.user, grants.scopes, grants.created, grants.used, grants.revoked";

/// Which grants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantQuery {
    /// By this person.
    pub user: Option<i64>,
    /// To this program.
    pub client: Option<SmolStr>,
}

/// What became of something that can be taken once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken<E> {
    /// It was taken for this grant.
    Done(Grant),
    /// There is none.
    Unknown,
    /// It was taken before: whatever came of it is revoked now.
    Again(Grant),
    /// It may not be taken so; it stays as it was.
    Refused(E),
}

fn grant(row: &Row, at: usize) -> Result<Grant, StoreError> {
    let id: i64 = row.get(at)?;
    let scopes: String = row.get(at + 3)?;
    Ok(Grant {
        id,
        client: row.get::<_, String>(at + 1)?.into(),
        user: row.get(at + 2)?,
        scopes: scopes.parse().map_err(|e| StoreError::row("grants", id, e))?,
        created: Timestamp(row.get(at + 4)?),
        used: Timestamp(row.get(at + 5)?),
        revoked: time(row, at + 6)?,
    })
}

fn grant_by_id(connection: &Connection, id: i64) -> Result<Grant, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {GRANT} FROM grants WHERE id = ?1"))?
        .query_row([id], |row| Ok(grant(row, 0)))?
}

fn token(connection: &Connection, digest: Digest) -> Result<Option<Token>, StoreError> {
    let read = |row: &Row| {
        let scopes: String = row.get(1)?;
        let has_user: Option<i64> = row.get(20)?;
        Ok(Token {
            kind: if row.get(0)? {
                TokenKind::Refresh
            } else {
                TokenKind::Access
            },
            scopes: scopes.parse().map_err(|e| StoreError::row("tokens", digest, e))?,
            created: Timestamp(row.get(2)?),
            expires: Timestamp(row.get(3)?),
            is_used: row.get(4)?,
            grant: grant(row, 5)?,
            client: clients::client(row, 12)?,
            user: has_user.map(|_| users::user(row, 20)).transpose()?,
        })
    };
    connection
        .prepare_cached(&format!(
            "SELECT tokens.is_refresh, tokens.scopes, tokens.created, tokens.expires, tokens.is_used, {GRANT}, \
             {CLIENT}, {USER} FROM tokens JOIN grants ON grants.id = tokens.made_grant \
             JOIN clients ON clients.id = grants.client LEFT JOIN users ON users.id = grants.user \
             WHERE tokens.digest = ?1"
        ))?
        .query_row([digest.0], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Clears away what is over.
fn clear(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM tokens WHERE expires <= ?1")?
        .execute([now.0])?;
    // A code that comes again later is not known any more; nor is what came of it, by its end, still new.
    connection
        .prepare_cached("DELETE FROM codes WHERE expires <= ?1")?
        .execute([now.plus_ms(-24 * 60 * 60 * 1000).0])?;
    Ok(())
}

fn write_tokens(connection: &Connection, grant: i64, new: &NewTokens, at: Timestamp) -> Result<(), StoreError> {
    let access = std::iter::once((false, new.access));
    for (is_refresh, (digest, expires)) in access.chain(new.refresh.map(|refresh| (true, refresh))) {
        connection
            .prepare_cached(
                "INSERT INTO tokens (digest, made_grant, is_refresh, scopes, created, expires) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((digest.0, grant, is_refresh, new.scopes.to_string(), at.0, expires.0))?;
    }
    connection
        .prepare_cached("UPDATE grants SET used = ?2 WHERE id = ?1")?
        .execute((grant, at.0))?;
    Ok(())
}

fn make_grant(
    connection: &Connection,
    (client, user): (&str, Option<i64>),
    new: &NewTokens,
    at: Timestamp,
) -> Result<i64, StoreError> {
    connection
        .prepare_cached("INSERT INTO grants (client, user, scopes, created, used) VALUES (?1, ?2, ?3, ?4, ?4)")?
        .execute((client, user, new.scopes.to_string(), at.0))?;
    Ok(connection.last_insert_rowid())
}

fn revoke(connection: &Connection, grant: i64, at: Timestamp) -> Result<Grant, StoreError> {
    connection
        .prepare_cached("UPDATE grants SET revoked = coalesce(revoked, ?2) WHERE id = ?1")?
        .execute((grant, at.0))?;
    grant_by_id(connection, grant)
}

impl Store {
    /// Keeps an authorization code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_code(&self, digest: Digest, code: Code) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO codes (digest, client, user, redirect_uri, scopes, challenge, expires) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute((
                        digest.0,
                        code.client.as_str(),
                        code.user,
                        code.redirect_uri.as_deref(),
                        code.scopes.to_string(),
                        code.challenge.as_str(),
                        code.expires.0,
                    ))?;
                Ok(())
            })
            .await
    }

    /// Takes an authorization code for tokens, if `decide` finds that it may be. One that was taken before revokes what
    /// came of it (RFC 6749, 4.1.2).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_code<E, F>(&self, digest: Digest, at: Timestamp, decide: F) -> Result<Taken<E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&Code, &User) -> Result<NewTokens, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                clear(connection, at)?;
                let read = |row: &Row| {
                    let scopes: String = row.get(3)?;
                    let code = Code {
                        client: row.get::<_, String>(0)?.into(),
                        user: row.get(1)?,
                        redirect_uri: row.get::<_, Option<String>>(2)?.map(SmolStr::from),
                        scopes: scopes.parse().map_err(|e| StoreError::row("codes", digest, e))?,
                        challenge: row.get::<_, String>(4)?.into(),
                        expires: Timestamp(row.get(5)?),
                    };
                    Ok::<_, StoreError>((code, row.get(6)?, users::user(row, 7)?))
                };
                let found: Option<(Code, Option<i64>, User)> = connection
                    .prepare_cached(&format!(
                        "SELECT client, user, redirect_uri, scopes, challenge, expires, made_grant, {USER} FROM codes \
                         JOIN users ON users.id = codes.user WHERE digest = ?1"
                    ))?
                    .query_row([digest.0], |row| Ok(read(row)))
                    .optional()?
                    .transpose()?;
                let Some((code, made, user)) = found else {
                    return Ok(Taken::Unknown);
                };
                if let Some(made) = made {
                    return Ok(Taken::Again(revoke(connection, made, at)?));
                }
                let tokens = match decide(&code, &user) {
                    Ok(tokens) => tokens,
                    Err(refused) => return Ok(Taken::Refused(refused)),
                };
                let made = make_grant(connection, (&code.client, Some(user.id)), &tokens, at)?;
                write_tokens(connection, made, &tokens, at)?;
                connection
                    .prepare_cached("UPDATE codes SET made_grant = ?2 WHERE digest = ?1")?
                    .execute((digest.0, made))?;
                Ok(Taken::Done(grant_by_id(connection, made)?))
            })
            .await
    }

    /// Gives a token to a program for itself. All that it has so are of one grant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_token(&self, client: SmolStr, new: NewTokens, at: Timestamp) -> Result<Grant, StoreError> {
        self.writer
            .run(move |connection| {
                clear(connection, at)?;
                let known: Option<i64> = connection
                    .prepare_cached(
                        "SELECT id FROM grants WHERE client = ?1 AND user IS NULL AND revoked IS NULL AND scopes = ?2",
                    )?
                    .query_row((client.as_str(), new.scopes.to_string()), |row| row.get(0))
                    .optional()?;
                let made = match known {
                    Some(known) => known,
                    None => make_grant(connection, (&client, None), &new, at)?,
                };
                write_tokens(connection, made, &new, at)?;
                grant_by_id(connection, made)
            })
            .await
    }

    /// Exchanges a refresh token for new ones, if `decide` finds that it may be. One that was exchanged before has been
    /// stolen, by this one or by the other: its whole family is revoked (RFC 9700, 4.14.2).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn exchange_token<E, F>(&self, digest: Digest, at: Timestamp, decide: F) -> Result<Taken<E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&Token) -> Result<NewTokens, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                clear(connection, at)?;
                let Some(found) = token(connection, digest)?.filter(|found| found.kind == TokenKind::Refresh) else {
                    return Ok(Taken::Unknown);
                };
                if found.is_used {
                    return Ok(Taken::Again(revoke(connection, found.grant.id, at)?));
                }
                let tokens = match decide(&found) {
                    Ok(tokens) => tokens,
                    Err(refused) => return Ok(Taken::Refused(refused)),
                };
                connection
                    .prepare_cached("UPDATE tokens SET is_used = 1 WHERE digest = ?1")?
                    .execute([digest.0])?;
                write_tokens(connection, found.grant.id, &tokens, at)?;
                Ok(Taken::Done(found.grant))
            })
            .await
    }

    /// A token, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token(&self, digest: Digest) -> Result<Option<Token>, StoreError> {
        self.read(move |connection| token(connection, digest)).await
    }

    /// Ends one token.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_token(&self, digest: Digest) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute("DELETE FROM tokens WHERE digest = ?1", [digest.0])?;
                Ok(())
            })
            .await
    }

    /// Grants that count, the newest first, those without a token left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants(&self, query: GrantQuery, now: Timestamp) -> Result<Vec<Grant>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {GRANT} FROM grants WHERE revoked IS NULL AND (?1 IS NULL OR user = ?1) \
                 AND (?2 IS NULL OR client = ?2) AND EXISTS (SELECT 1 FROM tokens WHERE made_grant = grants.id \
                 AND expires > ?3 AND NOT is_used) ORDER BY id DESC"
            ))?;
            let mut rows = statement.query((query.user, query.client.as_deref(), now.0))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(grant(row, 0)?);
            }
            Ok(all)
        })
        .await
    }

    /// A grant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&self, id: i64) -> Result<Option<Grant>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached(&format!("SELECT {GRANT} FROM grants WHERE id = ?1"))?
                .query_row([id], |row| Ok(grant(row, 0)))
                .optional()?
                .transpose()
        })
        .await
    }

    /// Revokes a grant with all its tokens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_grant(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| revoke(connection, id, at).map(drop))
            .await
    }
}
