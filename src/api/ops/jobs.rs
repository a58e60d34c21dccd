//! Jobs: finding them, seeing them, and acting on those that are there.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::proofs::print_of;
use super::quotes::Priced;
use super::submit::until;
use crate::api::field::When;
use crate::api::view::{AttemptView, EventView, JobView, QuoteView};
use crate::api::{Api, Caller, Problem};
use crate::model::{EventSeq, Hold, Job, JobId, Order, Scope};
use crate::queue::Answer;

/// Events of a job that are told with it; of more, [`Api::job_events`] tells.
const HISTORY: u32 = 200;
/// Most jobs that are acted on at once.
const AT_ONCE: usize = 500;

/// A job with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whole {
    /// The job.
    #[serde(flatten)]
    pub job: JobView,
    /// What its sender keeps with it.
    #[serde(flatten)]
    pub order: Order,
    /// Whether it waits to be approved.
    pub draft: bool,
    /// Why it went to its printer.
    pub why_printer: Option<SmolStr>,
    /// Its tries, the first one first.
    pub attempts: Vec<AttemptView>,
    /// What happened, the first first.
    pub history: Vec<EventView>,
    /// What it takes: price, time, ink, paper.
    pub quote: QuoteView,
}

/// What is done to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Lets a draft go.
    Approve,
    /// Ends it.
    Cancel,
    /// Keeps it from being printed until it is released.
    Hold,
    /// Lets a held job go.
    Release,
    /// Prints a job that has ended once more, under its number.
    Restart,
    /// Makes a new job of one that has ended.
    Reprint,
    /// Puts it before all others of its priority.
    Promote,
}

/// The same act on many jobs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acts {
    /// Which.
    pub ids: Vec<i64>,
    /// What.
    pub act: Act,
}

/// What became of one of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acted {
    /// Which.
    pub id: i64,
    /// HTTP status, as if it had been asked for alone.
    pub status: u16,
    /// As it stands, where the act was done; of a reprint the new one.
    pub job: Option<JobView>,
    /// Why it was not.
    pub problem: Option<serde_json::Value>,
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

/// Which events of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventsQuery {
    /// Those after this number.
    pub after: i64,
    /// At most so many, 1 to 1000.
    pub limit: Option<u32>,
}

impl Api {
    /// A job that the caller may see.
    pub(super) async fn seen(&self, caller: &Caller, id: JobId) -> Result<Job, Problem> {
        caller.needs(Scope::JobsRead)?;
        let job = self.store.job(id).await?;
        let job = job.ok_or_else(|| Problem::not_found("job-not-found", format_args!("job {id}")))?;
        caller.needs_sight_of(&job)?;
        Ok(job)
    }

    /// A job with its tries, its history and what it takes.
    ///
    /// # Errors
    /// 404 `job-not-found`.
    pub async fn job(&self, caller: &Caller, id: JobId) -> Result<Whole, Problem> {
        let job = self.seen(caller, id).await?;
        self.whole(job).await
    }

    pub(super) async fn whole(&self, job: Job) -> Result<Whole, Problem> {
        let attempts = self.store.attempts(job.id).await?;
        let events = self.store.events_of_job(job.id, EventSeq(0), HISTORY).await?;
        let order = self.store.order(job.id).await?;
        let print = print_of(&job);
        let priced = Priced {
            print: &print,
            sheets: job.sheets(),
            coverage: attempts.iter().rev().find_map(|attempt| attempt.coverage),
            place: (job.priority, Some(job.id)),
            is_open: !job.state.is_terminal(),
        };
        let quote = self.quoted(priced).await?;
        let why_printer = attempts
            .last()
            .map(|attempt| attempt.why.clone())
            .filter(|why| !why.is_empty());
        Ok(Whole {
            draft: job.is_draft(),
            job: JobView::of(&job),
            order,
            why_printer,
            attempts: attempts.iter().map(AttemptView::of).collect(),
            history: events.into_iter().map(EventView::of).collect(),
            quote,
        })
    }

    /// What happened to a job, the first first.
    ///
    /// # Errors
    /// 404 `job-not-found`.
    pub async fn job_events(&self, caller: &Caller, id: JobId, query: EventsQuery) -> Result<Vec<EventView>, Problem> {
        self.seen(caller, id).await?;
        let limit = query.limit.unwrap_or(HISTORY);
        if !(1..=1_000).contains(&limit) {
            return Err(Problem::invalid("limit", "1 to 1000 events are told at once"));
        }
        let events = self.store.events_of_job(id, EventSeq(query.after), limit).await?;
        Ok(events.into_iter().map(EventView::of).collect())
    }

    /// Does something to a job. Gives the job; of a reprint the new one.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids`.
    pub async fn act(&self, caller: &Caller, id: JobId, act: Act) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        self.seen(caller, id).await?;
        let job = match act {
            Act::Approve => self.queue.approve(id).await?,
            Act::Cancel => self.queue.cancel(id).await?,
            Act::Hold => self.queue.hold(id, Some(Hold::INDEFINITE)).await?,
            Act::Release => self.queue.release(id).await?,
            Act::Restart => self.queue.restart(id, None).await?,
            Act::Reprint => return self.reprint(caller, id, Default::default()).await,
            Act::Promote => {
                caller.needs(Scope::JobsAll)?;
                self.queue.arrange(id, crate::queue::Place::First).await?;
                self.seen(caller, id).await?
            }
        };
        log::info!("job {id}: {act:?} by {}", caller.name);
        Ok(JobView::of(&job))
    }

    /// Holds a job until a moment, or until somebody releases it. A moment that has passed holds nothing.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids`.
    pub async fn hold(&self, caller: &Caller, id: JobId, over: Option<When>) -> Result<JobView, Problem> {
        let Some(When(at)) = over else {
            return self.act(caller, id, Act::Hold).await;
        };
        caller.needs(Scope::JobsWrite)?;
        let job = self.seen(caller, id).await?;
        if job.is_draft() {
            let text = format_smolstr!("job {id} is a draft, which waits until it is approved");
            return Err(Problem::conflict("state-forbids", text));
        }
        let job = self.queue.hold(id, until(at)).await?;
        log::info!("job {id}: held by {}", caller.name);
        Ok(JobView::of(&job))
    }

    /// Does the same to many jobs, each by itself: what becomes of one touches none of the others.
    ///
    /// # Errors
    /// 403; 422 when they are too many.
    pub async fn act_on_many(&self, caller: &Caller, acts: Acts) -> Result<Vec<Acted>, Problem> {
        caller.needs(Scope::JobsWrite)?;
        if acts.ids.len() > AT_ONCE {
            return Err(Problem::invalid(
                "ids",
                format_smolstr!("at most {AT_ONCE} jobs are acted on at once"),
            ));
        }
        let mut done = Vec::with_capacity(acts.ids.len());
        for id in acts.ids {
            let result = self.act(caller, JobId(id), acts.act).await;
            let status = result.as_ref().map_or_else(|problem| problem.status.as_u16(), |_| 200);
            let (job, problem) = match result {
                Ok(job) => (Some(job), None),
                Err(problem) => (None, Some(problem.to_json())),
            };
            done.push(Acted {
                id,
                status,
                job,
                problem,
            });
        }
        Ok(done)
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
