//! Lists of jobs: their numbers first, then what is told of each, as many at a time as the reader wants to hold.

use rusqlite::{Connection, Row};

use super::rows::{self, to_json};
use super::{JobQuery, Store, StoreError, WhichJobs};
use crate::model::{JobHead, JobId, PrinterId};

impl Store {
    /// The numbers of the jobs by a query, in its order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job_ids(&self, query: JobQuery) -> Result<Vec<JobId>, StoreError> {
        self.read(move |connection| {
            let mut ids = Vec::new();
            query_rows(connection, &query, "id", |row| {
                ids.push(JobId(row.get(0)?));
                Ok(())
            })?;
            Ok(ids)
        })
        .await
    }

    /// What lists tell of jobs by a query: `each` is called with each, in order, while it is read, and adds to what was
    /// `made` so far.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job_heads<S, F>(&self, query: JobQuery, made: S, mut each: F) -> Result<S, StoreError>
    where
        S: Send + 'static,
        F: FnMut(&mut S, &JobHead) + Send + 'static,
    {
        self.read(move |connection| {
            let mut made = made;
            query_rows(connection, &query, rows::HEAD, |row| {
                each(&mut made, &rows::head(row)?);
                Ok(())
            })?;
            Ok(made)
        })
        .await
    }
}

/// Runs a query for these columns.
pub(super) fn query_rows(
    connection: &Connection,
    query: &JobQuery,
    columns: &str,
    mut each: impl FnMut(&Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (filter, order) = match query.which {
        WhichJobs::NotCompleted => ("state < 7".to_owned(), "priority DESC, rank, id"),
        WhichJobs::Completed => ("state >= 7".to_owned(), "completed DESC, id DESC"),
        WhichJobs::All => ("TRUE".to_owned(), "id DESC"),
        WhichJobs::State(state) => {
            // The half of the table that has an index comes first.
            let half = if state.is_terminal() { "state >= 7" } else { "state < 7" };
            (format!("{half} AND state = {}", state.as_enum()), "id DESC")
        }
    };
    let ids = query
        .ids
        .as_ref()
        .map(|ids| to_json(&ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    // Those that are named are looked up one by one; without the sign an index of all would be gone through instead.
    let named = match ids {
        Some(_) => "id IN (SELECT value FROM json_each(?6)) AND +",
        None => "?6 IS NULL AND ",
    };
    let sql = format!(
        "SELECT {columns} FROM jobs WHERE {named}{filter} AND (?1 IS NULL OR user = ?1) \
         AND (?2 IS NULL OR destination = ?2 OR printer = ?2) AND (?5 IS NULL OR id >= ?5) \
         ORDER BY {order} LIMIT ?3 OFFSET ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((
        query.user.as_deref(),
        query.printer.as_ref().map(PrinterId::as_str),
        query.limit,
        query.offset,
        query.from.map(|id| id.0),
        ids.transpose()?,
    ))?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}
