//! The database as an older version left it: kept while a newer one is tried, whose schema the older one does not know.
//!
//! The newer version takes no job and prints none before it has been found good (`crate::system::update`), so that going
//! back to the copy loses nothing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Store, StoreError, migrate};

/// What a start is to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// One as ever.
    #[default]
    Ordinary,
    /// The version may be left again: before the schema grows, the database is copied.
    Trial,
    /// A newer version was left before it was found good: where it has changed the schema, its database is put aside, and
    /// the copy is taken.
    WentBack,
}

/// The copy of a schema.
fn copy(path: &Path, schema: i64) -> PathBuf {
    path.with_extension(format!("schema-{schema}"))
}

/// The newer database that was put aside.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("newer")
}

/// The files that SQLite keeps beside a database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn wrong(path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::Io {
        path: path.clone(),
        source,
    }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(wrong(folder))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(wrong(path)(error)),
        _ => Ok(()),
    }
}

/// Copies the database as it stands. One that was copied before, by a try that a power cut ended, is copied again.
pub(super) fn keep(connection: &Connection, path: &Path, schema: i64) -> Result<(), StoreError> {
    let (copy, part) = (copy(path, schema), path.with_extension("copy"));
    remove(&part)?;
    connection.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    let is_done = File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&part, &copy));
    is_done.map_err(wrong(&copy))?;
    sync_folder(path)?;
    log::info!("the database of schema {schema} is kept until this version has been found good");
    Ok(())
}

/// Puts a database that this version does not know aside, and takes the copy that is there of one that it does.
pub(super) fn take_back(path: &Path) -> Result<(), StoreError> {
    let known = migrate::known();
    let copy = copy(path, known);
    if !copy.exists() || schema_of(path).is_none_or(|found| found <= known) {
        return Ok(());
    }
    let aside = aside(path);
    // The log first: without it the database is older, with another one it is damaged.
    for ending in ["-wal", "-shm", ""] {
        let (from, to) = (beside(path, ending), beside(&aside, ending));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(wrong(&from)(error)),
            _ => {}
        }
    }
    fs::rename(&copy, path).map_err(wrong(path))?;
    sync_folder(path)?;
    log::warn!(
        "the database was changed by a newer version that was left again: it lies in {}, and the one before it is used",
        aside.display()
    );
    Ok(())
}

fn schema_of(path: &Path) -> Option<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).ok()?;
    migrate::schema(&connection).ok()
}

impl Store {
    /// Forgets what was kept for going back: the version that runs is good. Blocking, and short.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn forget_copies(path: &Path) -> Result<(), StoreError> {
        (0..migrate::known()).try_for_each(|schema| remove(&copy(path, schema)))?;
        ["", "-wal", "-shm"]
            .into_iter()
            .try_for_each(|ending| remove(&beside(&aside(path), ending)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EventKind, Timestamp};

    fn set_schema(path: &Path, schema: i64) {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "user_version", schema).unwrap();
    }

    async fn events(store: &Store) -> usize {
        store.events_after(crate::model::EventSeq(0), 100).await.unwrap().len()
    }

    #[tokio::test]
    async fn a_newer_version_that_is_left_leaves_the_database_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platen.db");
        let store = Store::open(&path).unwrap();
        let tell = async |store: &Store| {
            let kind = EventKind::QueueOrderChanged;
            store.tell(Timestamp(1), None, kind).await.unwrap();
        };
        tell(&store).await;
        store.close().await;
        drop(store);
        // What a newer version does: it copies, and changes the schema.
        let known = migrate::known();
        let connection = Connection::open(&path).unwrap();
        keep(&connection, &path, known).unwrap();
        drop(connection);
        set_schema(&path, known + 1);
        assert!(
            matches!(Store::open(&path), Err(StoreError::Newer { .. })),
            "nobody went back by accident"
        );
        let store = Store::open_as(&path, Opening::WentBack).unwrap();
        assert_eq!(events(&store).await, 1);
        tell(&store).await;
        store.close().await;
        drop(store);
        // It is taken once.
        let store = Store::open_as(&path, Opening::WentBack).unwrap();
        assert_eq!(events(&store).await, 2);
        store.close().await;
        drop(store);
        assert!(aside(&path).exists());
        Store::forget_copies(&path).unwrap();
        assert!(!aside(&path).exists());
    }

    #[tokio::test]
    async fn an_older_database_is_copied_where_the_version_is_tried_and_only_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platen.db");
        let store = Store::open(&path).unwrap();
        store.close().await;
        drop(store);
        let known = migrate::known();
        // Nothing grows: nothing is copied.
        drop(Store::open_as(&path, Opening::Trial).unwrap());
        assert!(!copy(&path, known).exists() && !copy(&path, known - 1).exists());
        let connection = Connection::open(&path).unwrap();
        keep(&connection, &path, known - 1).unwrap();
        keep(&connection, &path, known - 1).unwrap();
        assert!(copy(&path, known - 1).exists());
        Store::forget_copies(&path).unwrap();
        assert!(!copy(&path, known - 1).exists());
    }
}
