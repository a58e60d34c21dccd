//! Jobs: seeing them, and acting on those that are there.

use serde::{Deserialize, Serialize};

use crate::api::view::{AttemptView, JobView};
use crate::api::{Api, Caller, Problem};
use crate::model::{Job, JobId, Scope};
use crate::queue::Answer;

/// A job with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whole {
    /// The job.
    #[serde(flatten)]
    pub job: JobView,
    /// Its tries, the first one first.
    pub attempts: Vec<AttemptView>,
}

/// What is done to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Ends it.
    Cancel,
    /// Keeps it from being printed until it is released.
    Hold,
    /// Lets a held job go.
    Release,
    /// Prints a job that has ended once more, under its number.
    Restart,
    /// Puts it before all others of its priority.
    Promote,
}

/// A person's answer about a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetAnswer {
    /// There is none: print again.
    PrintAgain,
    /// It is spoiled: count it, print again.
    Spoiled,
    /// It is good.
    Done,
}

impl Api {
    /// A job that the caller may see.
    async fn seen(&self, caller: &Caller, id: JobId) -> Result<Job, Problem> {
        caller.needs(Scope::JobsRead)?;
        let job = self.store.job(id).await?;
        let job = job.ok_or_else(|| Problem::not_found("job-not-found", format_args!("job {id}")))?;
        caller.needs_sight_of(&job)?;
        Ok(job)
    }

    /// A job with its tries.
    ///
    /// # Errors
    /// 404 `job-not-found`.
    pub async fn job(&self, caller: &Caller, id: JobId) -> Result<Whole, Problem> {
        let job = self.seen(caller, id).await?;
        let attempts = self.store.attempts(id).await?;
        Ok(Whole {
            job: JobView::of(&job),
            attempts: attempts.iter().map(AttemptView::of).collect(),
        })
    }

    /// Does something to a job.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids`.
    pub async fn act(&self, caller: &Caller, id: JobId, act: Act) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        self.seen(caller, id).await?;
        let job = match act {
            Act::Cancel => self.queue.cancel(id).await?,
            Act::Hold => self.queue.hold(id, Some(crate::model::Hold::INDEFINITE)).await?,
            Act::Release => self.queue.release(id).await?,
            Act::Restart => self.queue.restart(id, None).await?,
            Act::Promote => {
                caller.needs(Scope::JobsAll)?;
                self.queue.arrange(id, crate::queue::Place::First).await?;
                self.seen(caller, id).await?
            }
        };
        log::info!("job {id}: {act:?} by {}", caller.name);
        Ok(JobView::of(&job))
    }

    /// Answers the question that a job is held with.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids` when it asks nothing.
    pub async fn answer(&self, caller: &Caller, id: JobId, answer: SheetAnswer) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        self.seen(caller, id).await?;
        let told = match answer {
            SheetAnswer::PrintAgain => Answer::PrintAgain,
            SheetAnswer::Spoiled => Answer::Spoiled,
            SheetAnswer::Done => Answer::Done,
        };
        let job = self.queue.answer(id, told).await?;
        log::info!("job {id}: {answer:?} says {}", caller.name);
        Ok(JobView::of(&job))
    }
}
