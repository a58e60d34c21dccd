//! Opening a connection, and bringing an older database up to date.

use std::fs::{File, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{StoreError, copies};

/// The steps from each schema to the next; `user_version` counts those that were taken.
const STEPS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
    include_str!("schema/0010.sql"),
    include_str!("schema/0011.sql"),
    include_str!("schema/0012.sql"),
    include_str!("schema/0013.sql"),
    include_str!("schema/0014.sql"),
    include_str!("schema/0015.sql"),
    include_str!("schema/0016.sql"),
    include_str!("schema/0017.sql"),
];

/// The one connection that writes: WAL, synchronous=FULL, migrated and checked. Where a copy is wanted, the database is
/// kept as it was before its schema grows.
pub(super) fn open_writer(path: &Path, keeps_copy: bool) -> Result<Connection, StoreError> {
    keep_to_ourselves(path)?;
    let mut connection = Connection::open(path).map_err(damaged)?;
    // FULL: a commit is on the disk when it returns, power cut or not (sqlite.org, PRAGMA synchronous).
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(damaged)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Damaged {
            what: format!("journal mode {mode} in place of WAL"),
        });
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let check: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(damaged)?;
    if check != "ok" {
        return Err(StoreError::Damaged { what: check });
    }
    migrate(&mut connection, path, keeps_copy)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the file readable by this user alone: secrets of second factors are in it. SQLite gives its other files the
/// same mode.
fn keep_to_ourselves(path: &Path) -> Result<(), StoreError> {
    let io = |source| StoreError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(io)?;
    // One that is there already may be another user's, as long as we may write it.
    if let Err(error) = file.set_permissions(Permissions::from_mode(0o600)) {
        log::warn!("others may read the database: {error}");
    }
    Ok(())
}

/// A connection that reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    // In KiB. The system has the file's pages at hand; a second copy of many helps little and takes 2 MB by default.
    connection.pragma_update(None, "cache_size", -256)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// The schema that this Platen knows.
pub(super) fn known() -> i64 {
    STEPS.len() as i64
}

/// The schema of a database, as far as it can be read.
pub(super) fn schema(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn migrate(connection: &mut Connection, path: &Path, keeps_copy: bool) -> Result<(), StoreError> {
    let (found, known) = (schema(connection)?, known());
    if found > known || found < 0 {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    if keeps_copy && found > 0 && found < known {
        copies::keep(connection, path, found)?;
    }
    for (taken, step) in STEPS.iter().enumerate().skip(found.unsigned_abs() as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", taken as i64 + 1)?;
        transaction.commit()?;
        log::info!("the database is now at schema {}", taken + 1);
    }
    Ok(())
}

fn damaged(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
            what: error.to_string(),
        },
        _ => error.into(),
    }
}
