//! Changes of jobs that are booked together with what they come from.

use rusqlite::Connection;

use super::{Store, StoreError, inks, jobs, loaded, stock};
use crate::model::{Bookings, Job, JobId, Timestamp};

impl Store {
    /// As [`Store::change_job`], and books what `decide` says, all in one transaction.
    ///
    /// # Errors
    /// As for [`Store::change_job`].
    pub async fn change_job_and_book<E, F>(
        &self,
        id: JobId,
        at: Timestamp,
        decide: F,
    ) -> Result<Result<Job, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut Job) -> Result<Bookings, E> + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let mut booked = Bookings::default();
                let changed = jobs::change(connection, id, at, |job| {
                    booked = decide(job)?;
                    Ok(())
                })?;
                if changed.is_ok() {
                    book_in(connection, &booked, at)?;
                }
                Ok(changed)
            })
            .await
    }
}

/// Books, for those who are in a transaction already.
pub(super) fn book_in(connection: &Connection, booked: &Bookings, at: Timestamp) -> Result<(), StoreError> {
    for entry in &booked.stock {
        match stock::book_stock_in(connection, entry) {
            // A paper that the configuration no longer names: nobody counts it.
            Ok(_) | Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    inks::book_ink_in(connection, &booked.ink)?;
    if let Some((printer, source, sheets)) = &booked.fed {
        loaded::take_loaded_in(connection, printer, source, *sheets, at)?;
    }
    Ok(())
}
