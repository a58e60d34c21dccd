//! What people and programs ask of the queue. Each operation is one durable change.

use smol_str::SmolStr;

use crate::model::{Destination, Document, Hold, Job, JobId, PrinterId, Ticket, Timestamp};
use crate::store::StoreError;

use super::order::{self, OrderError, Place};
use super::runner::Queue;
use super::state::{self, Refusal};

mod answers;
mod at_printer;
mod current;

pub use answers::Answer;

/// Why an operation of the queue fails.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The job's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More documents than a job may have.
    #[error("job {0} has {1} documents already, which is the most that one job may have: send the rest as another job")]
    TooManyDocuments(JobId, usize),
    /// It can't be put elsewhere in the queue.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A job whose page may be in the printer already.
    #[error(
        "job {0} can't be suspended any more: its page is on its way to the printer, and a sheet that was begun can't \
         be taken up again. Let it print, or cancel it"
    )]
    PageOnItsWay(JobId),
    /// Nothing is being printed, or not by the job that was named.
    #[error("{0}")]
    NotCurrent(SmolStr),
    /// A printer that can't be taken away.
    #[error("{0}")]
    PrinterNeeded(SmolStr),
    /// There is no such printer.
    #[error("there is no printer {0}: look at the configuration")]
    NoPrinter(PrinterId),
    /// The store failed, or there is no such job.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Queue {
    /// Gives an open job its document. With `last` it may be printed from now on; else it stays open until `until`.
    /// `complete` finishes its ticket, now that its first document is known; it may have `most` documents.
    ///
    /// # Errors
    /// [`QueueError::TooManyDocuments`], [`QueueError::Refused`] when it is not open, [`QueueError::Store`].
    pub async fn add_document(
        &self,
        id: JobId,
        document: Document,
        most: usize,
        last: bool,
        until: Timestamp,
        complete: impl FnOnce(&mut Ticket) + Send + 'static,
    ) -> Result<Job, QueueError> {
        let change = move |job: &mut Job| {
            if job.documents.len() >= most {
                return Err(QueueError::TooManyDocuments(job.id, most));
            }
            if job.documents.is_empty() {
                complete(&mut job.ticket);
            }
            if last {
                state::ready(job)?;
            } else {
                state::still_incoming(job, until)?;
            }
            Ok(())
        };
        self.context
            .store
            .add_document(id, document, Timestamp::now(), change)
            .await?
    }

    /// A document of an open job is on its way: it waits until `until`.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it is not open, [`QueueError::Store`].
    pub async fn receiving(&self, id: JobId, until: Timestamp) -> Result<Job, QueueError> {
        self.change(id, move |job| state::still_incoming(job, until)).await
    }

    /// Says that an open job has all its documents: it may be printed from now on, or is over when it has none.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it is not open, [`QueueError::Store`].
    pub async fn close(&self, id: JobId) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        self.change(id, move |job| state::close(job, now)).await
    }

    /// Holds a job that is not with a printer yet; without a hold it may go.
    ///
    /// # Errors
    /// [`QueueError::Refused`] once it is, or has ended; [`QueueError::Store`].
    pub async fn hold(&self, id: JobId, hold: Option<Hold>) -> Result<Job, QueueError> {
        self.change(id, move |job| state::set_hold(job, hold)).await
    }

    /// Prints a job that has ended once more, under its number.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it has ended, with a document; [`QueueError::Store`].
    pub async fn restart(&self, id: JobId, hold: Option<Hold>) -> Result<Job, QueueError> {
        self.change(id, move |job| state::restart(job, hold)).await
    }

    /// Puts a job before all others that wait, or right behind one of them.
    ///
    /// # Errors
    /// [`QueueError::Order`], [`QueueError::Store`].
    pub async fn arrange(&self, id: JobId, place: Place) -> Result<(), QueueError> {
        let arranged = self
            .context
            .store
            .change_open_jobs(Timestamp::now(), move |jobs| order::put(jobs, id, place));
        Ok(arranged.await??)
    }

    /// Changes what a job is to be, while it waits.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it waits; [`QueueError::Store`].
    pub async fn edit(&self, id: JobId, edit: impl FnOnce(&mut Job) + Send + 'static) -> Result<Job, QueueError> {
        self.change(id, move |job| state::edit(job, edit)).await
    }

    /// Moves a job that is with no printer to another one, or to the pool, where it is called `printer_uri`. `adapt` may
    /// change its ticket for what can be had there.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it is with a printer, or has ended; [`QueueError::Store`].
    pub async fn move_job(
        &self,
        id: JobId,
        to: Destination,
        printer_uri: SmolStr,
        adapt: impl FnOnce(&mut Job) + Send + 'static,
    ) -> Result<Job, QueueError> {
        self.change(id, move |job| {
            state::move_to(job, to, printer_uri)?;
            adapt(job);
            Ok(())
        })
        .await
    }

    /// Leaves a document of a job that waits out; with its last one the job is canceled.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it waits; [`QueueError::Store`].
    pub async fn cancel_document(&self, id: JobId, number: u32) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        self.change(id, move |job| state::cancel_document(job, number, now))
            .await
    }

    async fn change(
        &self,
        id: JobId,
        change: impl FnOnce(&mut Job) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<Job, QueueError> {
        Ok(self.context.store.change_job(id, Timestamp::now(), change).await??)
    }
}
