//! The runner: plans whenever something happened, opens attempts, and keeps their tasks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::model::{Attempt, AttemptId, AttemptPhase, Job, JobId, PrinterId, Timestamp, WindowRule};
use crate::store::{Store, StoreError};

use super::books::{Books, NoBooks};
use super::breaker::Board;
use super::courier::Courier;
use super::delivery::Origin;
use super::household::Household;
use super::plan::{LoadRequest, Policy};
use super::round::round;
use super::snapshot::{Memory, Waiting};
use super::{delivery, poison};

/// Settings of the queue.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// The shortest pause between two questions about a job that prints; it doubles up to `follow_longest`.
    pub follow_shortest: Duration,
    /// The longest pause between two questions about a job that prints.
    pub follow_longest: Duration,
    /// How often a printer that answers is asked for its status.
    pub presence: Duration,
    /// The longest time for one delivery up to the printer's acknowledgement.
    pub delivery: Duration,
    /// How the plan weighs.
    pub policy: Policy,
    /// When printers are kept for their care.
    pub windows: Vec<WindowRule>,
    /// The books of paper and ink.
    pub books: Arc<dyn Books>,
    /// The media types that a printer has a profile for, to begin with; one that is not named has one for every type.
    pub profiles: HashMap<PrinterId, Vec<SmolStr>>,
    /// The boot of the machine in which Platen runs, where it can be known: a breakdown is told from a power cut by it.
    pub boot: Option<Uuid>,
    /// Whether nothing new is begun until [`Queue::hold_all`] says otherwise.
    pub is_held: bool,
}

/// Under what the boot is noted.
const BOOT: &str = "boot";

impl Default for QueueSettings {
    fn default() -> Self {
        QueueSettings {
            follow_shortest: Duration::from_millis(100),
            follow_longest: Duration::from_secs(2),
            presence: Duration::from_secs(5),
            delivery: Duration::from_secs(2 * 60 * 60),
            policy: Policy::default(),
            windows: Vec::new(),
            books: Arc::new(NoBooks),
            profiles: HashMap::new(),
            boot: None,
            is_held: false,
        }
    }
}

/// What is wanted of an open attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// That it prints.
    Print,
    /// That it ends, if no byte of the document has left; the job is taken up again later.
    Suspend,
    /// That its printer gives it back, if nothing of it was printed and only paper is missing there: another one has it.
    GiveBack,
    /// That it ends.
    Cancel,
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
    /// What people want of the open attempts.
    wants: Mutex<HashMap<JobId, (AttemptId, watch::Sender<Want>)>>,
    /// Which printers fail again and again.
    pub breakers: Board,
    /// Which printers are watched, and which profiles they have.
    pub household: Household,
    /// Wakes the planner though nothing was committed.
    pub wake: Notify,
    /// How often it has planned.
    rounds: watch::Sender<u64>,
    /// What people are asked to load.
    pub loads: watch::Sender<Vec<LoadRequest>>,
    /// Whether nothing new is begun.
    held: AtomicBool,
}

impl Context {
    /// Whether nothing new is begun, whatever the plan says.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    fn wants(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, (AttemptId, watch::Sender<Want>)>> {
        self.wants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the open attempt of a job, if there is one, what is wanted of it. A cancel is never taken back.
    pub fn want(&self, job: JobId, want: Want) {
        if let Some((_, switch)) = self.wants().get(&job) {
            switch.send_if_modified(|now| {
                let more = want > *now;
                *now = want.max(*now);
                more
            });
        }
    }

    /// A wish is taken back; a greater one stays.
    pub fn no_longer(&self, job: JobId, want: Want) {
        if let Some((_, switch)) = self.wants().get(&job) {
            switch.send_if_modified(|now| {
                let was = *now == want;
                if was {
                    *now = Want::Print;
                }
                was
            });
        }
    }

    /// Returns when the stop has come to `stage`.
    pub async fn reached(&self, stage: Stage) {
        // The sender lives in self, so waiting can't fail.
        let _ = self.stage.subscribe().wait_for(|s| *s >= stage).await;
    }
}

/// The queue at work.
pub struct Queue {
    pub(super) context: Arc<Context>,
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
        let household = Household::new(printers, settings.profiles.clone());
        let held = AtomicBool::new(settings.is_held);
        let context = Arc::new(Context {
            household,
            store: store.clone(),
            courier,
            settings,
            stage: watch::channel(Stage::Run).0,
            wants: Mutex::default(),
            breakers: Board::load(&store, Timestamp::now()).await?,
            wake: Notify::new(),
            rounds: watch::channel(0).0,
            loads: watch::channel(Vec::new()).0,
            held,
        });
        let mut tasks = JoinSet::new();
        let noted = store.replace_setting(BOOT, poison::note(context.settings.boot)).await?;
        for attempt in store.open_attempts().await? {
            if let Some(job) = store.job(attempt.job).await? {
                let phase = match attempt.phase {
                    AttemptPhase::Opened => "it was prepared",
                    AttemptPhase::Sending => "its page was sent",
                    AttemptPhase::Sent | AttemptPhase::Closed => "it was printed",
                };
                log::info!(
                    "job {}: attempt {} on {} was left open while {phase}; asking the printer",
                    job.id,
                    attempt.id,
                    attempt.printer
                );
                let origin = if poison::died_at_work(attempt.phase, &noted, context.settings.boot) {
                    Origin::BrokeDown
                } else {
                    Origin::LeftOpen
                };
                launch(&context, &mut tasks, job, attempt, origin);
            }
        }
        context.household.begin(&context, &mut tasks);
        let runner = tokio::spawn(run(context.clone(), tasks));
        Ok(Queue {
            context,
            runner: tokio::sync::Mutex::new(Some(runner)),
        })
    }

    /// Returns once the queue has planned again: it gets on. After a stop it never does.
    pub async fn comes_round(&self) {
        let mut rounds = self.context.rounds.subscribe();
        self.context.wake.notify_one();
        // The sender lives in self, so waiting can't fail.
        let _ = rounds.changed().await;
    }

    /// Begins nothing new at any printer, or goes on; what was begun goes on either way, and what comes is taken.
    pub fn hold_all(&self, hold: bool) {
        self.context.held.store(hold, Ordering::Release);
        self.context.wake.notify_one();
    }

    /// What people are asked to load, and every change of that.
    pub fn loads(&self) -> watch::Receiver<Vec<LoadRequest>> {
        self.context.loads.subscribe()
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
        // What is left open now is no breakdown.
        if let Err(error) = self.context.store.replace_setting(BOOT, poison::note(None)).await {
            log::warn!("the clean stop could not be noted: {error}");
        }
    }
}

pub(super) fn launch(context: &Arc<Context>, tasks: &mut JoinSet<()>, job: Job, attempt: Attempt, origin: Origin) {
    let want = if job.cancel_requested {
        Want::Cancel
    } else {
        Want::Print
    };
    let (switch, wanted) = watch::channel(want);
    context.wants().insert(job.id, (attempt.id, switch));
    let context = context.clone();
    tasks.spawn(async move {
        let (id, own) = (job.id, attempt.id);
        // A cancel that was committed before the switch was there has found none.
        if let Ok(Some(now)) = context.store.job(id).await
            && now.cancel_requested
        {
            context.want(id, Want::Cancel);
        }
        delivery::run(&context, job, attempt, origin, wanted).await;
        // A new attempt of the same job may have its switch there already.
        let mut wants = context.wants();
        if wants.get(&id).is_some_and(|(attempt, _)| *attempt == own) {
            wants.remove(&id);
        }
        drop(wants);
        context.wake.notify_one();
    });
}

async fn run(context: Arc<Context>, mut tasks: JoinSet<()>) {
    let mut events = context.store.subscribe();
    let (mut waiting, mut memory) = (Waiting::default(), Memory::default());
    while *context.stage.borrow() == Stage::Run {
        events.borrow_and_update();
        context.household.begin(&context, &mut tasks);
        let wake_at = match round(&context, &mut tasks, (&mut waiting, &mut memory)).await {
            Ok(wake_at) => wake_at,
            Err(error) => {
                log::error!("the queue could not be planned: {error}; trying again in a second");
                Some(Timestamp::now().plus_ms(1_000))
            }
        };
        context.rounds.send_modify(|rounds| *rounds = rounds.wrapping_add(1));
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
