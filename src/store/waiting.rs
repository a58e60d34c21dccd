//! The jobs that have not ended, and those of them that may be given to a printer: as they are followed, and what the
//! planner says of them.

use std::collections::HashMap;
use std::convert::Infallible;

use rusqlite::{Connection, OptionalExtension};
use smol_str::SmolStr;

use super::jobs::change;
use super::{Store, StoreError, rows};
use crate::model::{EventSeq, Job, JobId, JobState, PrinterId, Timestamp};

/// After more events than this all jobs are read anew.
const MOST_EVENTS: i64 = 1_000;

/// Which jobs are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhichOpen {
    /// Those that may be given to a printer.
    #[default]
    Pending,
    /// All that have not ended.
    All,
}

impl WhichOpen {
    fn has(self, job: &Job) -> bool {
        match self {
            WhichOpen::Pending => job.state == JobState::Pending,
            WhichOpen::All => !job.state.is_terminal(),
        }
    }

    /// As the index has it.
    const fn sql(self) -> &'static str {
        match self {
            WhichOpen::Pending => "state = 3",
            WhichOpen::All => "state < 7",
        }
    }
}

/// What has become of the jobs that are followed.
#[derive(Debug)]
pub enum PendingNews {
    /// All of them, in the order of the queue.
    All(Vec<Job>),
    /// Of these jobs something was told. `None`: it is none of those that are followed.
    Some(Vec<(JobId, Option<Job>)>),
}

impl Store {
    /// What has become of jobs since an event, and the newest event by then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn news_since(
        &self,
        which: WhichOpen,
        since: Option<EventSeq>,
    ) -> Result<(EventSeq, PendingNews), StoreError> {
        self.read(move |connection| {
            let newest: i64 = connection
                .prepare_cached("SELECT coalesce(max(seq), 0) FROM events")?
                .query_row([], |row| row.get(0))?;
            let news = match since {
                Some(EventSeq(since)) if newest - since <= MOST_EVENTS => changed(connection, which, since)?,
                _ => None,
            };
            let news = match news {
                Some(news) => news,
                None => PendingNews::All(all(connection, which)?),
            };
            Ok((EventSeq(newest), news))
        })
        .await
    }

    /// Writes what each of these jobs waits for, in one transaction; those that are not pending any more are left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_waiting(&self, words: Vec<(JobId, SmolStr)>, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                for (id, why) in words {
                    let told = change(connection, id, at, |job| {
                        if job.state == JobState::Pending {
                            job.message = why;
                        }
                        Ok::<(), Infallible>(())
                    });
                    match told {
                        Ok(_) | Err(StoreError::NotFound(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(())
            })
            .await
    }
}

impl Store {
    /// The printers on which these editions were begun.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn editions(&self, names: Vec<SmolStr>) -> Result<HashMap<SmolStr, PrinterId>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT printer FROM jobs WHERE json_extract(ticket, '$.edition') = ?1 AND processing IS NOT NULL \
                 AND printer IS NOT NULL ORDER BY processing LIMIT 1",
            )?;
            let mut editions = HashMap::new();
            for name in names {
                let printer: Option<String> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
                if let Some(printer) = printer {
                    let id = PrinterId::new(&printer).map_err(|e| StoreError::row("jobs", &name, e))?;
                    editions.insert(name, id);
                }
            }
            Ok(editions)
        })
        .await
    }
}

/// `None`: the order of all of them was changed.
fn changed(connection: &Connection, which: WhichOpen, since: i64) -> Result<Option<PendingNews>, StoreError> {
    let reordered: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM events WHERE seq > ?1 AND kind ->> '$.event' = 'queue-order-changed')",
        )?
        .query_row([since], |row| row.get(0))?;
    if reordered {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(
        // By number: the index on jobs would be walked through whole.
        "SELECT DISTINCT job FROM events NOT INDEXED WHERE seq > ?1 AND job IS NOT NULL",
    )?;
    let ids = statement.query_map([since], |row| Ok(JobId(row.get(0)?)))?;
    let mut changed = Vec::new();
    for id in ids {
        let id = id?;
        let job = rows::read_job(connection, id)?.filter(|job| which.has(job));
        changed.push((id, job));
    }
    Ok(Some(PendingNews::Some(changed)))
}

fn all(connection: &Connection, which: WhichOpen) -> Result<Vec<Job>, StoreError> {
    let sql = format!(
        "SELECT id FROM jobs WHERE {} ORDER BY priority DESC, rank, id",
        which.sql()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = statement.query_map([], |row| Ok(JobId(row.get(0)?)))?;
    let mut jobs = Vec::new();
    for id in ids {
        jobs.extend(rows::read_job(connection, id?)?);
    }
    Ok(jobs)
}
