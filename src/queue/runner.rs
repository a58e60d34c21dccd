//! The runner: plans whenever something happened, opens attempts, and keeps their tasks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::model::{Attempt, Document, Hold, Job, JobId, JobState, PrinterId, Ticket, Timestamp};
use crate::store::{JobQuery, Store, StoreError, WhichJobs};

use super::courier::Courier;
use super::plan::{PlanPrinter, Snapshot, WaitingJob, plan};
use super::state::{self, Refusal};
use super::{delivery, presence};

/// How many of the first waiting jobs are told what they wait for; the rest simply wait behind them.
const TOLD: usize = 8;

/// Settings of the queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueSettings {
    /// The shortest pause between two questions about a job that prints; it doubles up to `follow_longest`.
    pub follow_shortest: Duration,
    /// The longest pause between two questions about a job that prints.
    pub follow_longest: Duration,
    /// How often a printer that answers is asked for its status.
    pub presence: Duration,
    /// The longest time for one delivery up to the printer's acknowledgement.
    pub delivery: Duration,
}

impl Default for QueueSettings {
    fn default() -> Self {
        QueueSettings {
            follow_shortest: Duration::from_millis(100),
            follow_longest: Duration::from_secs(2),
            presence: Duration::from_secs(5),
            delivery: Duration::from_secs(2 * 60 * 60),
        }
    }
}

/// Why an operation of the queue fails.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The job's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A job that must have a document was closed without.
    #[error("job {0} has no document: it can't be closed before one was sent")]
    NoDocument(JobId),
    /// A second document for a job.
    #[error("job {0} already has its document: this printer takes one document a job")]
    SecondDocument(JobId),
    /// The store failed, or there is no such job.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A person's answer to the question that a job is held with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The sheet is missing or spoiled: print it again.
    PrintAgain,
    /// The sheet is good.
    Done,
}

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Run,
    /// Nothing new is begun; documents on their way may arrive.
    Drain,
    /// Everything is left as it lies: open attempts are settled at the next start.
    Abandon,
}

/// What every task of the queue shares.
pub(super) struct Context {
    pub store: Store,
    pub courier: Arc<dyn Courier>,
    pub settings: QueueSettings,
    pub stage: watch::Sender<Stage>,
    /// Cancel switches of the open attempts.
    cancels: Mutex<HashMap<JobId, watch::Sender<bool>>>,
    /// Wakes the planner though nothing was committed.
    pub wake: Notify,
}

impl Context {
    fn cancels(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, watch::Sender<bool>>> {
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the stop has come to `stage`.
    pub async fn reached(&self, stage: Stage) {
        // The sender lives in self, so waiting can't fail.
        let _ = self.stage.subscribe().wait_for(|s| *s >= stage).await;
    }
}

/// The queue at work.
pub struct Queue {
    context: Arc<Context>,
    runner: tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Queue {
    /// Starts: settles the attempts that an earlier life left open, watches the printers, and plans.
    ///
    /// # Errors
    /// [`StoreError`] when the open attempts can't be read.
    pub async fn start(
        store: Store,
        courier: Arc<dyn Courier>,
        printers: Vec<PrinterId>,
        settings: QueueSettings,
    ) -> Result<Queue, StoreError> {
        let context = Arc::new(Context {
            store: store.clone(),
            courier,
            settings,
            stage: watch::channel(Stage::Run).0,
            cancels: Mutex::default(),
            wake: Notify::new(),
        });
        let mut tasks = JoinSet::new();
        for attempt in store.open_attempts().await? {
            if let Some(job) = store.job(attempt.job).await? {
                log::info!(
                    "job {}: an attempt on {} was left open; asking the printer",
                    job.id,
                    attempt.printer
                );
                launch(&context, &mut tasks, job, attempt, true);
            }
        }
        for printer in printers {
            tasks.spawn(presence::watch(context.clone(), printer));
        }
        let runner = tokio::spawn(run(context.clone(), tasks));
        Ok(Queue {
            context,
            runner: tokio::sync::Mutex::new(Some(runner)),
        })
    }

    /// Cancels a job. With an open attempt it is canceled when its printer has let go of it.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it has ended or is being canceled already; [`QueueError::Store`].
    pub async fn cancel(&self, id: JobId) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        let job = self
            .context
            .store
            .change_job(id, now, move |job| state::cancel(job, now))
            .await??;
        if let Some(switch) = self.context.cancels().get(&id) {
            switch.send_replace(true);
        }
        Ok(job)
    }

    /// Gives an open job its document. With `last` it may be printed from now on; else it stays open until `until`.
    /// `complete` finishes its ticket, now that the document is known.
    ///
    /// # Errors
    /// [`QueueError::SecondDocument`], [`QueueError::Refused`] when it is not open, [`QueueError::Store`].
    pub async fn add_document(
        &self,
        id: JobId,
        document: Document,
        last: bool,
        until: Timestamp,
        complete: impl FnOnce(&mut Ticket) + Send + 'static,
    ) -> Result<Job, QueueError> {
        let change = move |job: &mut Job| {
            if !job.documents.is_empty() {
                return Err(QueueError::SecondDocument(job.id));
            }
            complete(&mut job.ticket);
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

    /// Says that an open job has all its documents: it may be printed from now on.
    ///
    /// # Errors
    /// [`QueueError::NoDocument`], [`QueueError::Refused`] when it is not open, [`QueueError::Store`].
    pub async fn close(&self, id: JobId) -> Result<Job, QueueError> {
        let change = |job: &mut Job| {
            if job.documents.is_empty() && !job.state.is_terminal() {
                return Err(QueueError::NoDocument(job.id));
            }
            Ok(state::ready(job)?)
        };
        self.context.store.change_job(id, Timestamp::now(), change).await?
    }

    /// Holds a job that is not with a printer yet; without a hold it may go.
    ///
    /// # Errors
    /// [`QueueError::Refused`] once it is, or has ended; [`QueueError::Store`].
    pub async fn hold(&self, id: JobId, hold: Option<Hold>) -> Result<Job, QueueError> {
        let change = move |job: &mut Job| state::set_hold(job, hold);
        Ok(self.context.store.change_job(id, Timestamp::now(), change).await??)
    }

    /// Lets a held job go; of one that asks a question this is the answer "print again".
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it is held; [`QueueError::Store`].
    pub async fn release(&self, id: JobId) -> Result<Job, QueueError> {
        Ok(self
            .context
            .store
            .change_job(id, Timestamp::now(), state::release)
            .await??)
    }

    /// Takes a person's answer to the question that a job is held with.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when the job asks nothing; [`QueueError::Store`].
    pub async fn answer(&self, id: JobId, answer: Answer) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        let change = move |job: &mut Job| match answer {
            Answer::PrintAgain => state::answer_print_again(job),
            Answer::Done => state::answer_done(job, now),
        };
        Ok(self.context.store.change_job(id, now, change).await??)
    }

    /// Stops: begins nothing new, gives documents on their way `grace` to arrive, then leaves the rest to be settled
    /// at the next start.
    pub async fn stop(&self, grace: Duration) {
        self.context.stage.send_replace(Stage::Drain);
        let Some(mut runner) = self.runner.lock().await.take() else {
            return;
        };
        if tokio::time::timeout(grace, &mut runner).await.is_err() {
            log::warn!("a document is still on its way to a printer; it will be settled at the next start");
            self.context.stage.send_replace(Stage::Abandon);
            let _ = runner.await;
        }
    }
}

fn launch(context: &Arc<Context>, tasks: &mut JoinSet<()>, job: Job, attempt: Attempt, resumed: bool) {
    let (switch, canceled) = watch::channel(job.cancel_requested);
    context.cancels().insert(job.id, switch);
    let context = context.clone();
    tasks.spawn(async move {
        let id = job.id;
        delivery::run(&context, job, attempt, resumed, canceled).await;
        context.cancels().remove(&id);
        context.wake.notify_one();
    });
}

async fn run(context: Arc<Context>, mut tasks: JoinSet<()>) {
    let mut events = context.store.subscribe();
    let mut last_used = HashMap::new();
    while *context.stage.borrow() == Stage::Run {
        events.borrow_and_update();
        let wake_at = match round(&context, &mut tasks, &mut last_used).await {
            Ok(wake_at) => wake_at,
            Err(error) => {
                log::error!("the queue could not be planned: {error}; trying again in a second");
                Some(Timestamp::now().plus_ms(1_000))
            }
        };
        let sleep = wake_at.map_or(60_000, |t| (t.0 - Timestamp::now().0).clamp(1, 60_000));
        tokio::select! {
            _ = events.changed() => {
                // Many commits in a burst are one reason to plan.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            () = context.wake.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(sleep.unsigned_abs())) => {}
            () = context.reached(Stage::Drain) => {}
        }
        while let Some(ended) = tasks.try_join_next() {
            report(ended);
        }
    }
    while let Some(ended) = tasks.join_next().await {
        report(ended);
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        log::error!("a delivery broke down: {error}; its attempt will be settled at the next start");
    }
}

/// Plans once and starts what the plan says. Returns when to plan again at the latest.
async fn round(
    context: &Arc<Context>,
    tasks: &mut JoinSet<()>,
    last_used: &mut HashMap<PrinterId, Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    let query = JobQuery {
        which: WhichJobs::NotCompleted,
        user: None,
        printer: None,
        offset: 0,
        limit: u32::MAX,
    };
    let jobs = context.store.jobs(query).await?;
    let now = Timestamp::now();
    let mut wake_at = None;
    for job in jobs.iter().filter(|j| j.state == JobState::PendingHeld) {
        let Some(until) = job.incoming_until else {
            match job.hold.and_then(|hold| hold.over) {
                Some(over) if over <= now => {
                    let let_go = context
                        .store
                        .change_job(job.id, now, move |job| state::hold_over(job, now));
                    if let_go.await?.is_ok() {
                        log::info!("job {}: the time that it was held until has come", job.id);
                    }
                }
                over => wake_at = earlier(wake_at, over),
            }
            continue;
        };
        if until <= now {
            let timed_out = context
                .store
                .change_job(job.id, now, move |job| state::incoming_timed_out(job, now));
            if timed_out.await?.is_ok() {
                log::warn!("job {}: no document came in time; aborted", job.id);
            }
        } else {
            wake_at = earlier(wake_at, Some(until));
        }
    }

    let snapshot = snapshot(context, &jobs, last_used).await?;
    let made = plan(&snapshot, now);
    for (id, printer) in &made.assignments {
        let token: SmolStr = Uuid::now_v7().simple().to_string().into();
        let to = printer.clone();
        let opened = context
            .store
            .open_attempt(*id, printer.clone(), token, now, move |job| state::start(job, &to, now))
            .await?;
        match opened {
            Ok((job, attempt)) => {
                log::info!("job {id} \"{}\": goes to {printer}", job.name);
                last_used.insert(printer.clone(), now);
                launch(context, tasks, job, attempt, false);
            }
            // It was canceled while the plan was made.
            Err(refusal) => log::debug!("not started: {refusal}"),
        }
    }
    for (id, why) in made.waiting.iter().take(TOLD) {
        if jobs.iter().any(|j| j.id == *id && j.message != *why) {
            let why = why.clone();
            let told = context.store.change_job(*id, now, move |job| {
                if job.state == JobState::Pending {
                    job.message = why;
                }
                Ok::<(), std::convert::Infallible>(())
            });
            told.await?.ok();
        }
    }
    Ok(earlier(wake_at, made.wake_at))
}

async fn snapshot(
    context: &Context,
    jobs: &[Job],
    last_used: &HashMap<PrinterId, Timestamp>,
) -> Result<Snapshot, StoreError> {
    let open = context.store.open_attempts().await?;
    let printers = context.store.printers().await?;
    Ok(Snapshot {
        jobs: jobs
            .iter()
            .filter(|job| job.state == JobState::Pending)
            .map(|job| WaitingJob {
                id: job.id,
                priority: job.priority,
                destination: job.destination.clone(),
                media: job.ticket.media.value.clone(),
                not_before: job.not_before,
            })
            .collect(),
        printers: printers
            .into_iter()
            .map(|p| PlanPrinter {
                busy_with: open.iter().find(|a| a.printer == p.id).map(|a| a.job),
                last_used: last_used.get(&p.id).copied(),
                media: p.capabilities.map(|c| c.media).unwrap_or_default(),
                id: p.id,
                name: p.name,
                status: p.status,
            })
            .collect(),
    })
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
