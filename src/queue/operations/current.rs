//! The job that is being printed, suspended and resumed (RFC 3998).

use std::time::Duration;

use smol_str::format_smolstr;

use crate::model::{AttemptPhase, Destination, Job, JobId};
use crate::queue::runner::{Context, Queue, Want};
use crate::queue::state;
use crate::store::StoreError;

use super::QueueError;

/// How long a suspension may take to come into effect before it is called refused.
const SUSPENSION: Duration = Duration::from_secs(10);

/// Takes a wish to suspend back when it is dropped; of no effect once the attempt has ended.
struct TakenBack<'a>(&'a Context, JobId);

impl Drop for TakenBack<'_> {
    fn drop(&mut self) {
        self.0.no_longer(self.1, Want::Suspend);
    }
}

impl Queue {
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
}
