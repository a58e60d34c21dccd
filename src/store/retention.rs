//! The documents of jobs that have ended: which there are, and letting them go. The jobs stay in the books.

use rusqlite::Connection;

use super::{Store, StoreError};
use crate::model::{Digest, JobId, Timestamp};

/// What is kept of a job that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedJob {
    /// Which.
    pub job: JobId,
    /// When it ended.
    pub ended: Timestamp,
    /// Address and length in bytes of each of its documents.
    pub documents: Vec<(Digest, u64)>,
}

fn digest(text: &str) -> Result<Digest, StoreError> {
    text.parse().map_err(|e| StoreError::row("documents", text, e))
}

impl Store {
    /// The jobs that have ended and whose documents are kept, the last to end first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ended_jobs(&self) -> Result<Vec<EndedJob>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT jobs.id, coalesce(completed, created), digest, bytes FROM documents \
                 JOIN jobs ON jobs.id = documents.job WHERE gone IS NULL AND state >= 7 \
                 ORDER BY 2 DESC, jobs.id DESC, number",
            )?;
            let mut rows = statement.query([])?;
            let mut jobs: Vec<EndedJob> = Vec::new();
            while let Some(row) = rows.next()? {
                let (job, ended) = (JobId(row.get(0)?), Timestamp(row.get(1)?));
                let document = (digest(&row.get::<_, String>(2)?)?, row.get::<_, i64>(3)?.unsigned_abs());
                match jobs.last_mut().filter(|last| last.job == job) {
                    Some(last) => last.documents.push(document),
                    None => jobs.push(EndedJob {
                        job,
                        ended,
                        documents: vec![document],
                    }),
                }
            }
            Ok(jobs)
        })
        .await
    }

    /// Writes down that the documents of these jobs are not kept any more, of those that are still ended. Gives the
    /// addresses of these documents; other jobs may have the same.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_documents_go(&self, jobs: Vec<JobId>, at: Timestamp) -> Result<Vec<Digest>, StoreError> {
        self.writer
            .run(move |connection| {
                let mut statement = connection.prepare_cached(
                    "UPDATE documents SET gone = ?2 WHERE job = ?1 AND gone IS NULL \
                     AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND state >= 7) RETURNING digest",
                )?;
                let mut digests = Vec::new();
                for job in jobs {
                    let mut rows = statement.query((job.0, at.0))?;
                    while let Some(row) = rows.next()? {
                        digests.push(digest(&row.get::<_, String>(0)?)?);
                    }
                }
                Ok(digests)
            })
            .await
    }

    /// Those of these addresses that no kept document has any more. Asked of the writer: what was on its way to it before
    /// is seen.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unreferenced(&self, mut digests: Vec<Digest>) -> Result<Vec<Digest>, StoreError> {
        self.writer
            .run(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM documents WHERE digest = ?1 AND gone IS NULL) \
                         OR EXISTS (SELECT 1 FROM uploads WHERE digest = ?1)",
                )?;
                let mut failed = None;
                digests.retain(|digest| {
                    let kept = statement.query_row([digest.to_string()], |row| row.get::<_, bool>(0));
                    // What can't be asked about is not let go.
                    !kept.unwrap_or_else(|error| {
                        failed = Some(error);
                        true
                    })
                });
                match failed {
                    None => Ok(digests),
                    Some(error) => Err(error.into()),
                }
            })
            .await
    }

    /// Since when the documents of a job are not kept any more, if so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn documents_gone(&self, job: JobId) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| gone(connection, job)).await
    }
}

/// The same, inside a transaction.
pub(super) fn gone(connection: &Connection, job: JobId) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT max(gone) FROM documents WHERE job = ?1")?
        .query_row([job.0], |row| row.get(0))?;
    Ok(at.map(Timestamp))
}
