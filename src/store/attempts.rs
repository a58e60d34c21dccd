//! Attempts: one try to deliver one job to one printer.

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::jobs::change;
use super::rows::{self, ATTEMPT, to_json};
use super::{Store, StoreError};
use super::{bookings, controls, jobs};
use crate::model::{
    Attempt, AttemptId, AttemptOutcome, AttemptPhase, Bookings, Coverage, Destination, EventKind, Job, JobId,
    PrinterControl, PrinterId, RemoteJob, Timestamp,
};

/// What is switched at the moment in which an attempt is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningControls {
    /// Where the job may go: at the pool, at a named one, or at the printer.
    pub destination: PrinterControl,
    /// At the printer.
    pub printer: PrinterControl,
}

impl Store {
    /// Opens an attempt and changes the job, in one transaction: its token, and why it goes to that printer. A job and a printer have one open attempt at most:
    /// the schema keeps that.
    ///
    /// # Errors
    /// [`StoreError::AttemptOpen`]; [`StoreError::NotFound`] when the printer was taken away; else as for [`Store::change_job`].
    pub async fn open_attempt<E, F>(
        &self,
        id: JobId,
        printer: PrinterId,
        (token, why): (SmolStr, SmolStr),
        at: Timestamp,
        decide: F,
    ) -> Result<Result<(Job, Attempt), E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job, &OpeningControls) -> Result<(), E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                // The plan may be older than the printer's end.
                let is_gone: bool = connection
                    .prepare_cached("SELECT EXISTS (SELECT 1 FROM printers WHERE id = ?1 AND present = 0)")?
                    .query_row([printer.as_str()], |row| row.get(0))?;
                if is_gone {
                    return Err(StoreError::NotFound(format!("printer {printer} any more")));
                }
                let controls = OpeningControls {
                    destination: controls::read(connection, &jobs::destination(connection, id)?)?,
                    printer: controls::read(connection, &Destination::Printer(printer.clone()))?,
                };
                let job = match change(connection, id, at, |job| decide(job, &controls))? {
                    Ok(job) => job,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                connection
                    .prepare_cached(
                        "INSERT INTO attempts (token, job, printer, phase, opened, why) \
                         VALUES (?1, ?2, ?3, 'opened', ?4, ?5)",
                    )?
                    .execute((token.as_str(), id.0, printer.as_str(), at.0, why.as_str()))
                    .map_err(|error| match error.sqlite_error_code() {
                        Some(rusqlite::ErrorCode::ConstraintViolation) => {
                            StoreError::AttemptOpen(format!("job {id} or printer {printer}"))
                        }
                        _ => error.into(),
                    })?;
                let attempt = read_attempt(connection, AttemptId(connection.last_insert_rowid()))?;
                tell_attempt(connection, &attempt, at)?;
                Ok(Ok((job, attempt)))
            })
            .await
    }

    /// Moves an open attempt on, never back. A `remote` of `None` leaves the one that is known.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such open attempt.
    pub async fn advance_attempt(
        &self,
        id: AttemptId,
        phase: AttemptPhase,
        remote: Option<RemoteJob>,
        at: Timestamp,
    ) -> Result<Attempt, StoreError> {
        self.writer
            .run(move |connection| {
                let mut attempt = read_attempt(connection, id)?;
                if attempt.closed.is_some() {
                    return Err(StoreError::NotFound(format!("open attempt {id}")));
                }
                attempt.phase = attempt.phase.max(phase);
                attempt.remote = remote.or(attempt.remote);
                write_attempt(connection, &attempt)?;
                tell_attempt(connection, &attempt, at)?;
                Ok(attempt)
            })
            .await
    }

    /// Notes what the pages of an open attempt cover.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn measure_attempt(&self, id: AttemptId, coverage: Coverage) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached("UPDATE attempts SET coverage = ?2 WHERE id = ?1 AND closed IS NULL")?
                    .execute((id.0, to_json(&coverage)?))?;
                Ok(())
            })
            .await
    }

    /// Notes that the job of an open attempt will be withdrawn from its printer, to be printed elsewhere.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such open attempt; else as for [`Store::change_job`].
    pub async fn give_back_attempt(&self, id: AttemptId) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let changed = connection
                    .prepare_cached("UPDATE attempts SET given_back = 1 WHERE id = ?1 AND closed IS NULL")?
                    .execute([id.0])?;
                match changed {
                    0 => Err(StoreError::NotFound(format!("open attempt {id}"))),
                    _ => Ok(()),
                }
            })
            .await
    }

    /// Closes an attempt with its outcome, changes its job, and books what `decide` says, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such open attempt; else as for [`Store::change_job`].
    pub async fn close_attempt<E, F>(
        &self,
        id: AttemptId,
        outcome: AttemptOutcome,
        at: Timestamp,
        decide: F,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job, &Attempt) -> Result<Bookings, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let mut attempt = read_attempt(connection, id)?;
                if attempt.closed.is_some() {
                    return Err(StoreError::NotFound(format!("open attempt {id}")));
                }
                attempt.phase = AttemptPhase::Closed;
                attempt.closed = Some(at);
                attempt.outcome = Some(outcome);
                let mut booked = Bookings::default();
                let changed = change(connection, attempt.job, at, |job| {
                    booked = decide(job, &attempt)?;
                    Ok(())
                })?;
                let job = match changed {
                    Ok(job) => job,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                write_attempt(connection, &attempt)?;
                tell_attempt(connection, &attempt, at)?;
                bookings::book_in(connection, &booked, at)?;
                Ok(Ok(job))
            })
            .await
    }

    /// Every open attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_attempts(&self) -> Result<Vec<Attempt>, StoreError> {
        Ok(self.house().await?.open_attempts.clone())
    }

    /// Every attempt of a job, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts(&self, job: JobId) -> Result<Vec<Attempt>, StoreError> {
        self.read(move |connection| attempts(connection, "job = ?1", [job.0]))
            .await
    }
}

/// Every open attempt.
pub(super) fn open(connection: &Connection) -> Result<Vec<Attempt>, StoreError> {
    attempts(connection, "closed IS NULL", [])
}

fn attempts<P: rusqlite::Params>(connection: &Connection, filter: &str, params: P) -> Result<Vec<Attempt>, StoreError> {
    let sql = format!("SELECT {ATTEMPT} FROM attempts WHERE {filter} ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params)?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        attempts.push(rows::attempt(row)?);
    }
    Ok(attempts)
}

fn read_attempt(connection: &Connection, id: AttemptId) -> Result<Attempt, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?;
    let found = statement.query_row([id.0], |row| Ok(rows::attempt(row))).optional()?;
    found.unwrap_or_else(|| Err(StoreError::NotFound(format!("attempt {id}"))))
}

fn write_attempt(connection: &Connection, attempt: &Attempt) -> Result<(), StoreError> {
    let phase = match attempt.phase {
        AttemptPhase::Opened => "opened",
        AttemptPhase::Sending => "sending",
        AttemptPhase::Sent => "sent",
        AttemptPhase::Closed => "closed",
    };
    connection
        .prepare_cached("UPDATE attempts SET phase = ?2, remote = ?3, closed = ?4, outcome = ?5 WHERE id = ?1")?
        .execute((
            attempt.id.0,
            phase,
            attempt.remote.as_ref().map(to_json).transpose()?,
            attempt.closed.map(|t| t.0),
            attempt.outcome.as_ref().map(to_json).transpose()?,
        ))?;
    Ok(())
}

fn tell_attempt(connection: &Connection, attempt: &Attempt, at: Timestamp) -> Result<(), StoreError> {
    let kind = EventKind::AttemptChanged {
        attempt: attempt.id,
        phase: attempt.phase,
        outcome: attempt.outcome.clone(),
        why: match (attempt.phase, &attempt.remote) {
            (AttemptPhase::Opened, None) => attempt.why.clone(),
            _ => SmolStr::default(),
        },
    };
    rows::tell(connection, at, Some(attempt.job), Some(&attempt.printer), &kind)
}
