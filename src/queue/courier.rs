//! The port through which the queue reaches printers, without knowing a protocol or a pixel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use smol_str::SmolStr;

use crate::model::{
    Attempt, AttemptPhase, Capabilities, Coverage, Job, PrinterId, PrinterStatus, RemoteJob, RemoteJobState, Timestamp,
    Trouble, TroubleClass,
};
use crate::store::Store;

use super::state::{self, Progress};

/// The printer's answer about its own job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inquiry {
    /// It knows the job.
    Known(RemoteJobState),
    /// It answers, and knows no such job.
    Unknown,
    /// It does not answer.
    Unreachable {
        /// In words.
        why: SmolStr,
    },
}

/// Carries jobs to printers. [`crate::appliance`] makes one out of the press and the drivers.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// Renders the job and delivers it, up to the printer's acknowledgement of the whole document.
    async fn deliver(&self, job: &Job, attempt: &Attempt, journal: Journal) -> Result<RemoteJob, Trouble>;
    /// Asks the printer for the job of this attempt: by its id where that is known, else by the attempt's token.
    /// Gives the id that was found.
    async fn inquire(&self, attempt: &Attempt) -> (Inquiry, Option<RemoteJob>);
    /// Cancels the printer's job of this attempt, if there is one.
    async fn withdraw(&self, attempt: &Attempt) -> Result<(), Trouble>;
    /// Reads a printer's status.
    async fn status(&self, printer: &PrinterId) -> Result<PrinterStatus, Trouble>;
    /// Reads a printer's capabilities.
    async fn capabilities(&self, printer: &PrinterId) -> Result<Capabilities, Trouble>;
}

/// What a call to the courier gives, or nothing when it breaks down: a panic there must not end the task that owns an
/// attempt. What the call held is dropped, its connection with it.
pub(super) async fn caught<T>(call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    std::future::poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
            Ok(Poll::Ready(answer)) => Poll::Ready(Some(answer)),
            Ok(Poll::Pending) => Poll::Pending,
            // The panic hook has told of it. It is not polled again.
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}

/// The trouble that a breakdown is to a job.
pub(super) fn crash() -> Trouble {
    Trouble::new(TroubleClass::Crash, super::poison::WHY)
}

/// Most warnings of a ticket that come from deliveries and before.
const MOST_WARNINGS: usize = 16;

/// Where a courier writes down how far an attempt is. Every call returns when it is durable.
#[derive(Clone)]
pub struct Journal {
    store: Store,
    attempt: Arc<Mutex<Attempt>>,
    cut_short: Arc<AtomicBool>,
}

impl Journal {
    pub(super) fn new(store: Store, attempt: Attempt) -> Self {
        Journal {
            store,
            attempt: Arc::new(Mutex::new(attempt)),
            cut_short: Arc::default(),
        }
    }

    /// The attempt as far as it came.
    pub(super) fn attempt(&self) -> Attempt {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The document broke off on its way: the printer has a part of it at most.
    pub fn cut_short(&self) {
        self.cut_short.store(true, Ordering::Release);
    }

    /// Whether it did.
    pub(super) fn was_cut_short(&self) -> bool {
        self.cut_short.load(Ordering::Acquire)
    }

    async fn advance(&self, phase: AttemptPhase, remote: Option<RemoteJob>) -> Result<(), Trouble> {
        let remember = || {
            let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
            attempt.phase = attempt.phase.max(phase);
            if remote.is_some() {
                attempt.remote.clone_from(&remote);
            }
            attempt.id
        };
        // What the printer has done already counts though it can't be written. A document that may not leave has not
        // left, whatever the database has of it.
        let done = phase != AttemptPhase::Sending;
        let id = if done { remember() } else { self.attempt().id };
        let written = self.store.advance_attempt(id, phase, remote.clone(), Timestamp::now());
        written.await.map_err(house)?;
        if !done {
            remember();
        }
        Ok(())
    }

    async fn tell(&self, progress: Progress) -> Result<(), Trouble> {
        let attempt = self.attempt();
        let on = self.store.name_of(&attempt.printer).await;
        let change = self.store.change_job(attempt.job, Timestamp::now(), move |job| {
            state::progress(job, &on, &progress).map(drop)
        });
        match change.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(refusal)) => Err(Trouble::new(
                TroubleClass::House,
                smol_str::format_smolstr!("{refusal}"),
            )),
            Err(error) => Err(house(error)),
        }
    }

    /// A person should know this about the print: it is added to the ticket's warnings, once.
    ///
    /// # Errors
    /// As for [`Journal::created`].
    pub async fn warn(&self, text: SmolStr) -> Result<(), Trouble> {
        let change = self.store.change_job(self.attempt().job, Timestamp::now(), move |job| {
            let warnings = &mut job.ticket.warnings;
            if warnings.len() < MOST_WARNINGS && !warnings.contains(&text) {
                warnings.push(text);
            }
            Ok::<(), std::convert::Infallible>(())
        });
        change.await.map(drop).map_err(house)
    }

    /// The pages are made, and cover so much. Only an estimate hangs on it, so that an error is no trouble.
    pub async fn measured(&self, coverage: Coverage) {
        let attempt = self.attempt();
        if let Err(error) = self.store.measure_attempt(attempt.id, coverage).await {
            log::warn!("job {}: what its pages cover could not be noted: {error}", attempt.job);
        }
    }

    /// The printer has made an empty job; no document byte has left.
    ///
    /// # Errors
    /// [`Trouble`] of class `House` when it could not be written: then nothing more may be sent.
    pub async fn created(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        self.advance(AttemptPhase::Opened, Some(remote.clone())).await
    }

    /// The next byte will be the document's.
    ///
    /// # Errors
    /// As for [`Journal::created`].
    pub async fn sending(&self) -> Result<(), Trouble> {
        let (advanced, told) = tokio::join!(self.advance(AttemptPhase::Sending, None), self.tell(Progress::Outgoing));
        advanced.and(told)
    }

    /// The printer has acknowledged the whole document.
    ///
    /// # Errors
    /// As for [`Journal::created`].
    pub async fn sent(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        let printing = Progress::Printing { impressions: None };
        let (advanced, told) = tokio::join!(
            self.advance(AttemptPhase::Sent, Some(remote.clone())),
            self.tell(printing)
        );
        advanced.and(told)
    }
}

fn house(error: crate::store::StoreError) -> Trouble {
    Trouble::new(
        TroubleClass::House,
        smol_str::format_smolstr!("the database could not be written: {error}"),
    )
}
