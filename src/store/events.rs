//! The log, for whoever follows it.

use smol_str::SmolStr;

use super::{Store, StoreError, rows};
use crate::model::{Event, EventSeq};

/// An event, and whose job it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// What happened.
    pub event: Event,
    /// The user of its job, if it is about one.
    pub user: Option<SmolStr>,
}

impl Store {
    /// Events after `seq` with the users of their jobs, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn followed_after(&self, seq: EventSeq, limit: u32) -> Result<Vec<Followed>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, job, events.printer, kind, user FROM events LEFT JOIN jobs ON jobs.id = events.job \
                 WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let mut rows = statement.query((seq.0, limit))?;
            let mut followed = Vec::new();
            while let Some(row) = rows.next()? {
                followed.push(Followed {
                    event: rows::event(row)?,
                    user: row.get::<_, Option<String>>(5)?.map(SmolStr::from),
                });
            }
            Ok(followed)
        })
        .await
    }
}
