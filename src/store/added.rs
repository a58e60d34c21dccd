//! Printers and papers that people add to a running house. What the configuration names is not touched here.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::rows;
use super::{Store, StoreError, jobs, loaded, stock};
use crate::model::{EventKind, HousePart, Job, JobId, Paper, PaperId, PrinterId, Timestamp};

/// A printer that somebody adds.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedPrinter {
    /// Short name.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Where it is.
    pub uri: SmolStr,
    /// Seconds that a virtual one takes for a sheet.
    pub seconds_per_sheet: Option<f64>,
}

/// Why a printer can't be taken away.
#[derive(Debug, thiserror::Error)]
pub enum RemovePrinterError<E> {
    /// It is at work.
    #[error("job {0} is being printed there")]
    AtWork(JobId),
    /// Whoever decides about its jobs does not want it.
    #[error("its jobs do not allow it")]
    Refused(E),
}

impl Store {
    /// Adds a printer, or changes one that was added. What was read from another address is forgotten. Says whether it
    /// was done: never to a printer of the configuration, and to none that is at work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_printer(&self, printer: AddedPrinter, at: Timestamp) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let is_configured: bool = connection.query_row(
                    "SELECT EXISTS (SELECT 1 FROM printers WHERE id = ?1 AND present = 1 AND added = 0)",
                    [printer.id.as_str()],
                    |row| row.get(0),
                )?;
                if is_configured || at_work(connection, &printer.id)?.is_some() {
                    return Ok(false);
                }
                connection.execute(
                    "INSERT INTO printers (id, name, uri, position, present, added, seconds_per_sheet) \
                     VALUES (?1, ?2, ?3, (SELECT 1 + coalesce(max(position), 0) FROM printers), 1, 1, ?4) \
                     ON CONFLICT (id) DO UPDATE SET \
                     status = CASE WHEN uri = ?3 AND present = 1 THEN status END, \
                     capabilities = CASE WHEN uri = ?3 THEN capabilities END, \
                     name = ?2, uri = ?3, present = 1, added = 1, seconds_per_sheet = ?4",
                    (
                        printer.id.as_str(),
                        printer.name.as_str(),
                        printer.uri.as_str(),
                        printer.seconds_per_sheet,
                    ),
                )?;
                changed(connection, at, Some(&printer.id), HousePart::Printers)?;
                Ok(true)
            })
            .await
    }

    /// The printers that were added, the first one first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn added_printers(&self) -> Result<Vec<AddedPrinter>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, uri, seconds_per_sheet FROM printers WHERE present = 1 AND added = 1 \
                 ORDER BY position, id",
            )?;
            let mut rows = statement.query([])?;
            let mut printers = Vec::new();
            while let Some(row) = rows.next()? {
                let id: String = row.get(0)?;
                printers.push(AddedPrinter {
                    id: PrinterId::new(&id).map_err(|e| StoreError::row("printers", &id, e))?,
                    name: row.get::<_, String>(1)?.into(),
                    uri: row.get::<_, String>(2)?.into(),
                    seconds_per_sheet: row.get(3)?,
                });
            }
            Ok(printers)
        })
        .await
    }

    /// Takes an added printer away, with what lay in it and where profiles were used on it; its history stays. `decide`
    /// says what becomes of the jobs that have not ended, in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such printer was added; the inner result says why not, with nothing written.
    pub async fn remove_printer<T, E, F>(
        &self,
        id: PrinterId,
        at: Timestamp,
        decide: F,
    ) -> Result<Result<T, RemovePrinterError<E>>, StoreError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut [Job]) -> Result<T, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                if let Some(job) = at_work(connection, &id)? {
                    return Ok(Err(RemovePrinterError::AtWork(job)));
                }
                let answer = match jobs::change_open(connection, at, decide)? {
                    Ok(answer) => answer,
                    Err(refusal) => return Ok(Err(RemovePrinterError::Refused(refusal))),
                };
                let gone = connection.execute(
                    "UPDATE printers SET present = 0, status = NULL WHERE id = ?1 AND present = 1 AND added = 1",
                    [id.as_str()],
                )?;
                if gone == 0 {
                    return Err(StoreError::NotFound(format!("printer {id} that was added")));
                }
                connection.execute("DELETE FROM profile_uses WHERE printer = ?1", [id.as_str()])?;
                for lay in loaded::all(connection)?.into_iter().filter(|lay| lay.printer == id) {
                    loaded::clear_in(connection, &id, &lay.source, at)?;
                }
                changed(connection, at, Some(&id), HousePart::Printers)?;
                Ok(Ok(answer))
            })
            .await
    }

    /// Adds a paper, or changes one that was added. Says whether it was done: never to a paper of the configuration.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_paper(&self, paper: Paper, at: Timestamp) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let known: Option<(bool, i64)> = connection
                    .query_row(
                        "SELECT present = 1 AND added = 0, position FROM papers WHERE id = ?1",
                        [paper.id.as_str()],
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                    .optional()?;
                if let Some((true, _)) = known {
                    return Ok(false);
                }
                let position = match known {
                    Some((_, position)) => position,
                    None => connection.query_row("SELECT 1 + coalesce(max(position), 0) FROM papers", [], |row| {
                        row.get(0)
                    })?,
                };
                stock::put_paper(connection, &paper, position, true)?;
                changed(connection, at, None, HousePart::Papers)?;
                Ok(true)
            })
            .await
    }

    /// Takes an added paper away; its books stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such paper was added.
    pub async fn remove_paper(&self, id: PaperId, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let gone = connection.execute(
                    "UPDATE papers SET present = 0 WHERE id = ?1 AND present = 1 AND added = 1",
                    [id.as_str()],
                )?;
                if gone == 0 {
                    return Err(StoreError::NotFound(format!("paper {id} that was added")));
                }
                changed(connection, at, None, HousePart::Papers)
            })
            .await
    }
}

/// Tells that the house was changed, for those who are in a transaction already.
pub(super) fn changed(
    connection: &Connection,
    at: Timestamp,
    printer: Option<&PrinterId>,
    part: HousePart,
) -> Result<(), StoreError> {
    rows::tell(connection, at, None, printer, &EventKind::HouseChanged { part })
}

/// The job that a printer is at work on.
fn at_work(connection: &Connection, id: &PrinterId) -> Result<Option<JobId>, StoreError> {
    let job = connection
        .query_row(
            "SELECT job FROM attempts WHERE printer = ?1 AND closed IS NULL",
            [id.as_str()],
            |row| row.get(0).map(JobId),
        )
        .optional()?;
    Ok(job)
}

/// Which printers were added.
pub(super) fn printers(connection: &Connection) -> Result<HashSet<PrinterId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id FROM printers WHERE present = 1 AND added = 1")?;
    let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
    ids.map(|id| {
        let id = id?;
        PrinterId::new(&id).map_err(|e| StoreError::row("printers", &id, e))
    })
    .collect()
}

/// Which papers were added.
pub(super) fn papers(connection: &Connection) -> Result<HashSet<PaperId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id FROM papers WHERE present = 1 AND added = 1")?;
    let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
    ids.map(|id| {
        let id = id?;
        PaperId::new(&id).map_err(|e| StoreError::row("papers", &id, e))
    })
    .collect()
}
