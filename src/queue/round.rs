//! One round of planning: what is due is let go, the plan is made, what it says is started and told.

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::model::{Attempt, EventKind, Job, JobId, Media, Timestamp};
use crate::store::{Due, House, StoreError};

use super::breaker::Admission;
use super::delivery::Origin;
use super::plan::{Assignment, Snapshot, plan};
use super::runner::{Context, Want, launch};
use super::snapshot::{Memory, Waiting, Ways, snapshot};
use super::{routines, state};

/// How many jobs are told in one round what they wait for: one commit, which others' answers wait for.
const TOLD: usize = 64;
/// How many jobs whose time has come are looked at in one round; each that is let go is an event, and so another round.
const DUE: u32 = 100;

/// Ends jobs whose documents did not come in time, and lets those go whose hold is over. Returns when the next is due.
async fn let_go(context: &Context, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    for (id, due) in context.store.due_jobs(DUE).await? {
        match due {
            Due::Incoming(at) | Due::Held(at) if at > now => return Ok(Some(at)),
            Due::Held(_) => {
                let change = context.store.change_job(id, now, move |job| state::hold_over(job, now));
                if change.await?.is_ok() {
                    log::info!("job {id}: the time that it was held until has come");
                }
            }
            Due::Incoming(_) => {
                let change = context
                    .store
                    .change_job(id, now, move |job| state::incoming_timed_out(job, now));
                if change.await?.is_ok() {
                    log::warn!("job {id}: no document came in time; aborted");
                }
            }
        }
    }
    // There may be more of them.
    Ok(None)
}

/// Plans once and starts what the plan says. Returns when to plan again at the latest.
pub(super) async fn round(
    context: &Arc<Context>,
    tasks: &mut JoinSet<()>,
    (waiting, memory): (&mut Waiting, &mut Memory),
) -> Result<Option<Timestamp>, StoreError> {
    let now = Timestamp::now();
    let wake_at = let_go(context, now).await?;
    let house = context.store.house().await?;
    let clock = jiff::ZonedDateTime::now();
    let spans = routines::spans(&context.settings.windows, &clock);
    if !context.is_held() {
        routines::begin(context, &house, &spans, now).await?;
    }
    waiting.refresh(&context.store).await?;
    let jobs = waiting.jobs();
    let mut windows = routines::windows(&spans, &house, &clock);
    let profiles = context.household.profiles();
    let ways = Ways {
        policy: context.settings.policy,
        books: &*context.settings.books,
        profiles: &profiles,
    };
    let mut shown = snapshot(&context.store, jobs, memory, ways, now).await?;
    for printer in &mut shown.printers {
        printer.windows = windows.remove(&printer.id).unwrap_or_default();
        printer.resting = match context.breakers.admits(&printer.id, now) {
            Admission::Yes | Admission::Probe => None,
            Admission::No { until, why } => Some((until, why)),
        };
    }
    tell_alerts(context, &shown, &house, memory, now).await?;
    let made = plan(&shown, now);
    let by_id: HashMap<JobId, &Job> = jobs.iter().map(|job| (job.id, job)).collect();
    for assignment in made.assignments.iter().filter(|_| !context.is_held()) {
        let Some(media) = by_id.get(&assignment.job).map(|job| job.ticket.media.value.clone()) else {
            continue;
        };
        if let Some((job, attempt)) = open(context, &house, assignment, media.clone(), now).await? {
            memory.given(&assignment.printer, media, now);
            launch(context, tasks, job, attempt, Origin::New);
        }
    }
    for (job, _) in &shown.stranded {
        if made.give_back.contains(&job.id) {
            context.want(job.id, Want::GiveBack);
        } else {
            context.no_longer(job.id, Want::GiveBack);
        }
    }
    for place in memory.keep(&made) {
        let load = &made.loads[place];
        let jobs = if load.jobs == 1 {
            "1 job waits".to_owned()
        } else {
            format!("{} jobs wait", load.jobs)
        };
        log::info!("{}: load {}; {jobs} for it", house.name_of(&load.printer), load.paper);
        let kind = EventKind::MediaWanted {
            media: load.media.clone(),
            paper: load.paper.clone(),
            sheets: load.sheets,
        };
        context.store.tell(now, Some(load.printer.clone()), kind).await?;
    }
    context.loads.send_if_modified(|before| {
        let is_news = *before != made.loads;
        before.clone_from(&made.loads);
        is_news
    });
    let news = made
        .waiting
        .iter()
        .filter(|(id, why)| by_id.get(id).is_some_and(|job| job.message != *why));
    // What is left over is told in the next round, which the event of this commit brings.
    let news: Vec<_> = news.take(TOLD).cloned().collect();
    if !news.is_empty() {
        context.store.tell_waiting(news, now).await?;
    }
    Ok(earlier(wake_at, made.wake_at))
}

/// Under what is kept what was told to be low.
const ALERTS: &str = "alerts";

/// Tells of papers and inks that have become low, or are no longer.
async fn tell_alerts(
    context: &Context,
    shown: &Snapshot,
    house: &House,
    memory: &mut Memory,
    now: Timestamp,
) -> Result<(), StoreError> {
    let store = &context.store;
    if memory.alerts.is_none() {
        let known = store.setting_or(ALERTS, || "{}".to_owned()).await?;
        // What can't be read is told once more.
        memory.alerts = Some(serde_json::from_str(&known).unwrap_or_default());
    }
    let mut alerts = memory.alerts.clone().unwrap_or_default();
    let news = alerts.take(shown, &house.papers, context.settings.books.full());
    if news.is_empty() {
        return Ok(());
    }
    for (printer, kind) in news {
        match &kind {
            EventKind::PaperLow {
                name,
                sheets,
                low: true,
                ..
            } => {
                log::warn!("{name} is low: {sheets} sheets are not spoken for");
            }
            EventKind::InkLow {
                channel,
                percent,
                low: true,
            } => {
                let on = printer.as_ref().map(|id| house.name_of(id)).unwrap_or_default();
                log::warn!("{on}: {channel} is low, about {percent} per cent are left");
            }
            _ => {}
        }
        store.tell(now, printer, kind).await?;
    }
    let known = serde_json::to_string(&alerts).unwrap_or_default();
    store.replace_setting(ALERTS, known).await?;
    memory.alerts = Some(alerts);
    Ok(())
}

/// Opens an attempt, unless something has changed since the plan was made.
pub(super) async fn open(
    context: &Context,
    house: &House,
    assignment: &Assignment,
    media: Media,
    now: Timestamp,
) -> Result<Option<(Job, Attempt)>, StoreError> {
    let token: SmolStr = Uuid::now_v7().simple().to_string().into();
    let (id, to, why) = (assignment.job, assignment.printer.clone(), assignment.why.clone());
    let (pools, on) = (house.pools.clone(), house.name_of(&to));
    let opened = context
        .store
        .open_attempt(id, to.clone(), (token, why.clone()), now, move |job, controls| {
            // The plan may be older than a switch that was just turned, or than the job's new paper or printer.
            let may_go = job.destination.leads_to(&to, &pools);
            let is_as_planned = may_go && job.ticket.media.value == media;
            if !controls.printer.prints() || !controls.destination.prints() || !is_as_planned {
                return Err(state::not_now(job, "started"));
            }
            state::start(job, (&to, &on), now)
        })
        .await?;
    match opened {
        Ok((job, attempt)) => {
            log::info!(
                "job {id} \"{}\": goes to {}: {}",
                job.name,
                house.name_of(&attempt.printer),
                assignment.why
            );
            Ok(Some((job, attempt)))
        }
        // It was canceled while the plan was made.
        Err(refusal) => {
            log::debug!("not started: {refusal}");
            Ok(None)
        }
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
