//! Jobs as people look for them: by what they are, the newest first, a page at a time.
//!
//! A page begins below the number of the last job of the page before, so that jobs that come meanwhile move nothing.

use rusqlite::types::ToSql;
use smol_str::SmolStr;

use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::model::{Destination, JobHead, JobId, JobState, PrinterId, Timestamp};

/// What is looked for; what is not said is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobSearch {
    /// In one of these states.
    pub states: Vec<JobState>,
    /// Of this user.
    pub user: Option<SmolStr>,
    /// Printed on this printer, or sent to it.
    pub printer: Option<PrinterId>,
    /// Sent there.
    pub destination: Option<Destination>,
    /// By its sender's own name.
    pub reference: Option<SmolStr>,
    /// These words are in its name, its user or its reference; or they are its number.
    pub text: Option<SmolStr>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// With a lower number only: those after it in the list.
    pub below: Option<JobId>,
    /// At most so many.
    pub limit: u32,
}

/// A job that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundJob {
    /// The job.
    pub head: JobHead,
    /// Where it may be printed.
    pub destination: Destination,
    /// Its sender's own name for it.
    pub reference: Option<SmolStr>,
}

impl Store {
    /// The jobs that are looked for, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn search_jobs(&self, search: JobSearch) -> Result<Vec<FoundJob>, StoreError> {
        self.read(move |connection| {
            let (sql, values) = statement(&search);
            let values: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
            let mut statement = connection.prepare_cached(&sql)?;
            let ids: Vec<i64> = statement
                .query_map(&values[..], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let head = rows::HEAD.replace(", ", ", jobs.");
            let mut statement = connection.prepare_cached(&format!(
                "SELECT jobs.{head}, jobs.destination, orders.reference FROM jobs LEFT JOIN orders ON orders.job = jobs.id \
                 WHERE jobs.id IN (SELECT value FROM json_each(?1)) ORDER BY jobs.id DESC"
            ))?;
            let mut rows = statement.query([to_json(&ids)?])?;
            let mut found = Vec::with_capacity(ids.len());
            while let Some(row) = rows.next()? {
                let head = rows::head(row)?;
                let destination: Option<String> = row.get(15)?;
                let destination = match destination.map(|name| PrinterId::new(&name)).transpose() {
                    Ok(printer) => printer.map_or(Destination::Pool, Destination::Printer),
                    Err(error) => return Err(StoreError::row("jobs", head.id, error)),
                };
                found.push(FoundJob {
                    head,
                    destination,
                    reference: row.get::<_, Option<String>>(16)?.map(SmolStr::from),
                });
            }
            Ok(found)
        })
        .await
    }
}

type Values = Vec<Box<dyn ToSql>>;

/// The numbers of what is looked for. Only what is asked about stands in it, so that an index fits.
fn statement(search: &JobSearch) -> (String, Values) {
    let mut values: Values = vec![Box::new(search.below.map_or(i64::MAX, |id| id.0))];
    let mut filter = String::new();
    let mut and = |condition: &str, value: Box<dyn ToSql>| {
        values.push(value);
        filter.push_str(" AND ");
        filter.push_str(&condition.replace("?#", &format!("?{}", values.len())));
    };
    if let Some(user) = &search.user {
        and("user = ?#", Box::new(user.to_string()));
    }
    if let Some(printer) = &search.printer {
        and("(printer = ?# OR destination = ?#)", Box::new(printer.to_string()));
    }
    match &search.destination {
        Some(Destination::Pool) => and("destination IS NULL AND ?#", Box::new(true)),
        Some(Destination::Printer(id)) => and("destination = ?#", Box::new(id.to_string())),
        None => {}
    }
    if let Some(reference) = &search.reference {
        and(
            "id IN (SELECT job FROM orders WHERE reference = ?#)",
            Box::new(reference.to_string()),
        );
    }
    if let Some(text) = &search.text {
        let escaped: String = text
            .chars()
            .flat_map(|c| {
                let sign = matches!(c, '%' | '_' | '\\').then_some('\\');
                sign.into_iter().chain([c])
            })
            .collect();
        // A number is compared here once, and not with every job's as text.
        let number = text.parse().map_or(String::new(), |id: i64| format!("OR id = {id} "));
        and(
            &format!(
                "(name LIKE ?# ESCAPE '\\' OR user LIKE ?# ESCAPE '\\' {number}OR id IN (SELECT job FROM orders WHERE \
                 reference IS NOT NULL AND reference LIKE ?# ESCAPE '\\'))"
            ),
            Box::new(format!("%{escaped}%")),
        );
    }
    if let Some(Timestamp(from)) = search.from {
        and("created >= ?#", Box::new(from));
    }
    if let Some(Timestamp(to)) = search.to {
        and("created <= ?#", Box::new(to));
    }
    if !search.states.is_empty() {
        let states: Vec<String> = search.states.iter().map(|s| s.as_enum().to_string()).collect();
        filter.push_str(&format!(" AND state IN ({})", states.join(", ")));
    }
    let is_open = !search.states.is_empty() && search.states.iter().all(|state| !state.is_terminal());
    if is_open {
        // What partial indexes want to read.
        filter.push_str(" AND state < 7");
    }
    // Those that have not ended are few, and one sender's jobs lie together; all others are found by one short walk.
    let index = match (&search.user, &search.reference) {
        (_, Some(_)) => "",
        (Some(_), None) if is_open => "INDEXED BY jobs_open_user ",
        (None, None) if is_open => "INDEXED BY jobs_open ",
        (Some(_), None) if search.text.is_none() => "INDEXED BY jobs_of_user ",
        _ => "INDEXED BY jobs_list ",
    };
    values.push(Box::new(search.limit));
    let sql = format!(
        "SELECT id FROM jobs {index}WHERE id < ?1{filter} ORDER BY id DESC LIMIT ?{}",
        values.len()
    );
    (sql, values)
}
