//! What is asked of a printer or of the pool: its switches, and what lies in its feeders.

use smol_str::SmolStr;

use crate::model::{Destination, EventKind, Loaded, PrinterControl, PrinterId, Timestamp, Turned};
use crate::queue::breaker::Admission;
use crate::queue::runner::Queue;
use crate::queue::state;

use super::QueueError;

impl Queue {
    /// Whether a printer may be given a job now, as far as its failures go: one that fails again and again leaves the pool
    /// for a while.
    pub fn admission(&self, printer: &PrinterId) -> Admission {
        self.context.breakers.admits(printer, Timestamp::now())
    }

    /// Turns switches of a printer or of the pool, or changes its texts, for somebody.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn control(
        &self,
        at: Destination,
        by: &str,
        change: impl FnOnce(&mut PrinterControl) + Send + 'static,
    ) -> Result<PrinterControl, QueueError> {
        let now = Timestamp::now();
        let by = Turned {
            by: by.into(),
            at: now,
            offset: jiff::ZonedDateTime::now().offset().seconds(),
        };
        let decide = move |control: &mut PrinterControl| {
            control.turn(change, &by);
            Ok::<(), std::convert::Infallible>(())
        };
        let changed = self.context.store.change_control(at, now, decide).await?;
        let Ok(control) = changed;
        Ok(control)
    }

    /// Release-Held-New-Jobs (RFC 3998): new jobs are held no longer, and those that were are let go. Says how many.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn release_new_jobs(&self, at: Destination) -> Result<usize, QueueError> {
        let here = at.clone();
        let released = self.context.store.change_control_and_jobs(
            at,
            Timestamp::now(),
            |control| control.holding_new = false,
            move |jobs| {
                let held_here = jobs.iter_mut().filter(|job| job.destination == here);
                held_here
                    .filter_map(|job| state::release_new(job).then_some(()))
                    .count()
            },
        );
        let count = released.await?;
        Ok(count)
    }

    /// Somebody says what lies in a printer's feeders; of others of it nobody knows.
    ///
    /// # Errors
    /// [`QueueError::NoPrinter`], [`QueueError::Store`].
    pub async fn set_loaded(&self, printer: PrinterId, loaded: Vec<Loaded>) -> Result<(), QueueError> {
        let store = &self.context.store;
        if !store.house().await?.printers.iter().any(|p| p.id == printer) {
            return Err(QueueError::NoPrinter(printer));
        }
        Ok(store.replace_loaded(printer, loaded, Timestamp::now()).await?)
    }

    /// Writes down that a person wants to see which printer this is.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn identify(
        &self,
        at: Option<PrinterId>,
        actions: Vec<SmolStr>,
        message: SmolStr,
    ) -> Result<(), QueueError> {
        let kind = EventKind::Identify { actions, message };
        Ok(self.context.store.tell(Timestamp::now(), at, kind).await?)
    }
}
