//! What people and programs ask of the queue. Each operation is one durable change.

use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    AttemptPhase, Bookings, Destination, Document, EventKind, Hold, Job, JobId, Loaded, PrinterControl, PrinterId,
    Ticket, Timestamp,
};
use crate::store::StoreError;

use super::books::{Origin, Sheets};
use super::breaker::Admission;
use super::order::{self, OrderError, Place};
use super::runner::{Context, Queue, Want};
use super::state::{self, Refusal};

/// How long a suspension may take to come into effect before it is called refused.
const SUSPENSION: Duration = Duration::from_secs(10);

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

/// A person's answer to the question that a job is held with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// There is no sheet: print it again.
    PrintAgain,
    /// The sheet is spoiled: count it, and print it again.
    Spoiled,
    /// The sheet is good.
    Done,
}

/// The sheets of a job that is to be printed again: copies that are finished stay, what else came out before, and
/// `more`, is of no use.
fn sheets_before(job: &mut Job, more: u32) -> Sheets {
    let (printed, came) = match &job.question {
        Some(question) if question.sheet => job.keep_finished(),
        _ => (0, 0),
    };
    Sheets {
        printed,
        spoiled: came.saturating_add(more),
    }
}

/// Takes a wish to suspend back when it is dropped; of no effect once the attempt has ended.
struct TakenBack<'a>(&'a Context, JobId);

impl Drop for TakenBack<'_> {
    fn drop(&mut self) {
        self.0.no_longer(self.1, Want::Suspend);
    }
}

impl Queue {
    /// Cancels a job. With an open attempt it is canceled when its printer has let go of it.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it has ended or is being canceled already; [`QueueError::Store`].
    pub async fn cancel(&self, id: JobId) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        let change = move |job: &mut Job| {
            // What lies in the printer is of no use any more.
            let spoiled = match &job.question {
                Some(question) if question.sheet => job.impressions_completed.saturating_sub(job.sheets_kept()).max(1),
                _ => 0,
            };
            state::cancel(job, now)?;
            Ok(Sheets { printed: 0, spoiled })
        };
        let job = self.change_and_book(id, now, change).await?;
        self.context.want(id, Want::Cancel);
        Ok(job)
    }

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

    /// Lets a held job go; of one that asks a question this is the answer "print again".
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it is held; [`QueueError::Store`].
    pub async fn release(&self, id: JobId) -> Result<Job, QueueError> {
        self.change_and_book(id, Timestamp::now(), |job| {
            let sheets = sheets_before(job, 0);
            state::release(job)?;
            Ok(sheets)
        })
        .await
    }

    /// Takes a person's answer to the question that a job is held with. A spoiled sheet is counted in the job's
    /// `spoiled_sheets` and told as an event, both in the same transaction: whoever books it reads it there.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when the job asks nothing, or no sheet of it can be spoiled; [`QueueError::Store`].
    pub async fn answer(&self, id: JobId, answer: Answer) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        self.change_and_book(id, now, move |job| match answer {
            Answer::PrintAgain => {
                let sheets = sheets_before(job, 0);
                state::answer_print_again(job)?;
                Ok(sheets)
            }
            Answer::Spoiled => {
                let sheets = sheets_before(job, 1);
                state::answer_spoiled(job)?;
                Ok(sheets)
            }
            Answer::Done => {
                state::answer_done(job, now)?;
                let printed = job.sheets().saturating_sub(job.sheets_kept());
                Ok(Sheets { printed, spoiled: 0 })
            }
        })
        .await
    }

    /// Changes a job that may ask a question, and books the sheets that its answer tells of.
    async fn change_and_book(
        &self,
        id: JobId,
        now: Timestamp,
        change: impl FnOnce(&mut Job) -> Result<Sheets, Refusal> + Send + 'static,
    ) -> Result<Job, QueueError> {
        let store = &self.context.store;
        // What was measured of the pages is with the attempt whose end nobody knew. A job that comes to ask in this very
        // moment is booked by the area of its sheets.
        let asks = store.job(id).await?.is_some_and(|job| job.question.is_some());
        let coverage = match asks {
            true => store.attempts(id).await?.last().and_then(|attempt| attempt.coverage),
            false => None,
        };
        let (books, house) = (self.context.settings.books.clone(), store.house().await?);
        let change = move |job: &mut Job| {
            let printer = job.question.as_ref().map(|question| question.printer.clone());
            let sheets = change(job)?;
            let from = printer.as_ref().map(|printer| Origin {
                printer,
                loaded: &house.loaded,
                papers: &house.papers,
                coverage,
            });
            Ok::<Bookings, Refusal>(from.map_or_else(Bookings::default, |from| books.used(job, sheets, from, now)))
        };
        Ok(store.change_job_and_book(id, now, change).await??)
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

    /// Whether a printer may be given a job now, as far as its failures go: one that fails again and again leaves the pool
    /// for a while.
    pub fn admission(&self, printer: &PrinterId) -> Admission {
        self.context.breakers.admits(printer, Timestamp::now())
    }

    /// The job that is being printed at a printer. Of the pool there may be several: then it must be named.
    ///
    /// # Errors
    /// [`QueueError::NotCurrent`], [`QueueError::Store`].
    pub async fn current(&self, at: &Destination, named: Option<JobId>) -> Result<JobId, QueueError> {
        let house = self.context.store.house().await?;
        let here = house.open_attempts.iter().filter(|a| house.leads_to(at, &a.printer));
        let here: Vec<JobId> = here.map(|attempt| attempt.job).collect();
        match (named, here.as_slice()) {
            (Some(named), here) if here.contains(&named) => Ok(named),
            (Some(named), _) => Err(QueueError::NotCurrent(format_smolstr!(
                "job {named} is not being printed here"
            ))),
            (None, [one]) => Ok(*one),
            (None, []) => Err(QueueError::NotCurrent("nothing is being printed here".into())),
            (None, several) => {
                let numbers: Vec<String> = several.iter().map(JobId::to_string).collect();
                Err(QueueError::NotCurrent(format_smolstr!(
                    "jobs {} are being printed: say which one by job-id, or call its printer",
                    numbers.join(" and ")
                )))
            }
        }
    }

    /// Suspends the job that is being prepared for a printer, so that others may go before it. Returns when it is.
    ///
    /// # Errors
    /// [`QueueError::PageOnItsWay`] once its document may be in the printer; [`QueueError::NotCurrent`];
    /// [`QueueError::Store`].
    pub async fn suspend(&self, id: JobId) -> Result<Job, QueueError> {
        let store = &self.context.store;
        let mut events = store.subscribe();
        let attempt = store.open_attempts().await?.into_iter().find(|a| a.job == id);
        match attempt {
            None => return Err(QueueError::NotCurrent(format_smolstr!("job {id} is not being printed"))),
            Some(attempt) if attempt.phase > AttemptPhase::Opened => return Err(QueueError::PageOnItsWay(id)),
            Some(_) => self.context.want(id, Want::Suspend),
        }
        // Should this be given up (an error, or a client that has gone), the job must not stop later by itself.
        let _taken_back = TakenBack(&self.context, id);
        let deadline = tokio::time::Instant::now() + SUSPENSION;
        loop {
            events.borrow_and_update();
            let job = store
                .job(id)
                .await?
                .ok_or_else(|| StoreError::NotFound(format!("job {id}")))?;
            if job.is_suspended() {
                return Ok(job);
            }
            let attempts = store.open_attempts().await?;
            match attempts.iter().find(|a| a.job == id) {
                None => {
                    return Err(QueueError::NotCurrent(format_smolstr!(
                        "job {id} is not being printed any more: it is {}",
                        state::keyword(job.state)
                    )));
                }
                Some(attempt) if attempt.phase > AttemptPhase::Opened => return Err(QueueError::PageOnItsWay(id)),
                Some(_) => {}
            }
            if tokio::time::timeout_at(deadline, events.changed()).await.is_err() {
                return Err(QueueError::NotCurrent(format_smolstr!(
                    "job {id} could not be suspended: its printer does not answer. Try again, or cancel it"
                )));
            }
        }
    }

    /// Lets a suspended job go on.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it is suspended; [`QueueError::Store`].
    pub async fn resume(&self, id: JobId) -> Result<Job, QueueError> {
        self.change(id, state::resume).await
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

    /// Turns switches of a printer or of the pool, or changes its texts.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn control(
        &self,
        at: Destination,
        change: impl FnOnce(&mut PrinterControl) + Send + 'static,
    ) -> Result<PrinterControl, QueueError> {
        let decide = move |control: &mut PrinterControl| {
            change(control);
            Ok::<(), std::convert::Infallible>(())
        };
        let changed = self.context.store.change_control(at, Timestamp::now(), decide).await?;
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

    async fn change(
        &self,
        id: JobId,
        change: impl FnOnce(&mut Job) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<Job, QueueError> {
        Ok(self.context.store.change_job(id, Timestamp::now(), change).await??)
    }
}
