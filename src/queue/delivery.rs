//! The life of one attempt, from its opening to its close, over a restart if need be.

use std::convert::Infallible;
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::model::{
    Attempt, AttemptOutcome, AttemptPhase, Bookings, Job, PrinterId, PrinterRecord, RemoteJobState, Timestamp, Trouble,
    TroubleClass, called, sheets_shown,
};

use super::books;
use super::breaker::Outcome;
use super::courier::{Inquiry, Journal, caught, crash};
use super::plan::takes_size;
use super::runner::{Context, Stage, Want};
use super::settle::{self, Ending, Next, Stop};
use super::state::{self, Progress};
use super::{classes, poison, presence};
use classes::Class;

/// The pause after a printer did not answer, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// How long it may take to look for an empty job at the printer.
const TAKE_BACK: Duration = Duration::from_secs(5);

/// How often an attempt's own task may break down before it is left to the next start.
const MOST_BREAKDOWNS: u32 = 3;

/// Where an attempt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was opened just now.
    New,
    /// An earlier life left it open.
    LeftOpen,
    /// An earlier life broke down while it prepared the job ([`poison::died_at_work`]).
    BrokeDown,
}

/// What a delivery taught that an inquiry does not.
#[derive(Default)]
struct Taught {
    /// Platen broke down while it prepared the job.
    crashed: bool,
    /// The printer refused the job, in these words, when some of it had left.
    refused: Option<SmolStr>,
    /// The document broke off on its way.
    cut_short: bool,
}

/// Carries an attempt to its end, over breakdowns of our own if need be. Returns early, with the attempt left open, when
/// the queue stops.
pub(super) async fn run(context: &Context, job: Job, attempt: Attempt, origin: Origin, wanted: watch::Receiver<Want>) {
    let (mut attempt, mut origin) = (attempt, origin);
    for _ in 0..MOST_BREAKDOWNS {
        let carried = carry(context, job.clone(), attempt.clone(), origin, wanted.clone());
        if caught(carried).await.is_some() {
            return;
        }
        log::error!("job {}: its attempt on {} broke down", job.id, attempt.printer);
        let open = context.store.open_attempts().await.unwrap_or_default();
        match open.into_iter().find(|a| a.id == attempt.id) {
            Some(as_it_stands) => attempt = as_it_stands,
            None => return,
        }
        origin = match attempt.phase {
            AttemptPhase::Opened => Origin::BrokeDown,
            _ => Origin::LeftOpen,
        };
    }
    log::error!(
        "job {}: its attempt on {} will be settled at the next start",
        job.id,
        attempt.printer
    );
}

async fn carry(context: &Context, job: Job, mut attempt: Attempt, origin: Origin, mut wanted: watch::Receiver<Want>) {
    let mut taught = Taught {
        crashed: origin == Origin::BrokeDown,
        ..Taught::default()
    };
    let mut next = if origin == Origin::New {
        context.breakers.begun(&attempt.printer, Timestamp::now());
        match deliver(context, &job, &mut attempt, &mut wanted, &mut taught).await {
            Some(next) => next,
            None => return,
        }
    } else {
        Next::Inquire
    };
    let mut withdrawn = 0;
    let mut breakdowns = 0;
    let mut pause = context.settings.follow_shortest;
    loop {
        let longest = match next {
            Next::Close(ending) => {
                let suspend = *wanted.borrow() == Want::Suspend && attempt.phase == AttemptPhase::Opened;
                let ending = match ending {
                    Ending::Retry { .. } if suspend => Ending::Suspended,
                    Ending::Retry { .. } if taught.crashed => Ending::Retry {
                        why: poison::WHY.into(),
                        class: TroubleClass::Crash,
                    },
                    ending => ending,
                };
                return close(context, &attempt, ending).await;
            }
            Next::Inquire => Duration::ZERO,
            Next::GiveBack if !give_back(context, &mut attempt).await => context.settings.follow_longest,
            Next::Withdraw | Next::GiveBack => {
                withdrawn += 1;
                let withdrawing = caught(context.courier.withdraw(&attempt)).await;
                if let Err(trouble) = withdrawing.unwrap_or_else(|| Err(crash())) {
                    log::warn!(
                        "job {}: could not be canceled at {}: {trouble}",
                        attempt.job,
                        attempt.printer
                    );
                }
                if withdrawn > 1 {
                    context.settings.follow_longest
                } else {
                    Duration::ZERO
                }
            }
            Next::Follow => context.settings.follow_longest,
            Next::Wait { why } => {
                let impressions = None;
                tell(context, &attempt, Progress::Stopped { why, impressions }).await;
                LONGEST_WAIT
            }
        };
        if !longest.is_zero() {
            let was_canceled = *wanted.borrow() == Want::Cancel;
            tokio::select! {
                () = tokio::time::sleep(pause.min(longest)) => {}
                Ok(_) = wanted.wait_for(|w| *w == Want::Cancel), if !was_canceled => {}
                () = context.reached(Stage::Drain) => return,
            }
            pause = (pause * 2).min(longest);
        }
        let inquiry = tokio::select! {
            inquired = caught(context.courier.inquire(&attempt)) => inquired,
            () = context.reached(Stage::Drain) => return,
        };
        let Some(inquiry) = inquiry else {
            breakdowns += 1;
            next = settle::after_breakdown(attempt.phase, breakdowns);
            continue;
        };
        let inquiry = remember(context, &mut attempt, inquiry).await;
        if let Inquiry::Known(remote) = &inquiry {
            tell_remote(context, &attempt, remote).await;
        }
        let want = *wanted.borrow();
        let stop = Stop {
            cancel: want == Want::Cancel,
            give_back: want == Want::GiveBack && lacks_only_paper(context, &attempt, &inquiry).await,
            given_back: attempt.given_back,
            withdrawn,
        };
        next = settle::after_inquiry(attempt.phase, &inquiry, stop);
        if let Some(why) = &taught.refused {
            next = settle::after_refusal(&inquiry, why, next);
        }
        if taught.cut_short {
            next = settle::of_a_part(next);
        }
    }
}

/// Renders and sends. `None`: the queue stops, and the attempt stays open.
async fn deliver(
    context: &Context,
    job: &Job,
    attempt: &mut Attempt,
    wanted: &mut watch::Receiver<Want>,
    taught: &mut Taught,
) -> Option<Next> {
    let journal = Journal::new(context.store.clone(), attempt.clone());
    let delivered = tokio::select! {
        delivered = caught(context.courier.deliver(job, attempt, journal.clone())) => {
            Some(delivered.unwrap_or_else(|| Err(crash())))
        }
        // Both are of one task: while this is looked at, the delivery does not go on.
        Ok(_) = wanted.wait_for(|w| match w {
            Want::Print | Want::GiveBack => false,
            Want::Suspend => journal.attempt().phase == AttemptPhase::Opened,
            Want::Cancel => true,
        }) => None,
        () = tokio::time::sleep(context.settings.delivery) => {
            let hours = context.settings.delivery.as_secs_f64() / 3600.0;
            let text = format_smolstr!("the printer did not take the whole page within {hours:.1} hours");
            Some(Err(Trouble::new(TroubleClass::Offline, text)))
        }
        () = context.reached(Stage::Abandon) => return None,
    };
    *attempt = journal.attempt();
    let next = match delivered {
        Some(Ok(remote)) => {
            attempt.remote = Some(remote);
            Next::Follow
        }
        Some(Err(trouble)) => {
            log::warn!("job {}: not delivered to {}: {trouble}", job.id, attempt.printer);
            // The plan must not choose a printer that has just gone away.
            presence::refresh(context, &attempt.printer).await;
            taught.crashed = trouble.class == TroubleClass::Crash;
            if trouble.class == TroubleClass::JobBad {
                taught.refused = Some(trouble.text.clone());
            }
            if attempt.phase == AttemptPhase::Opened && (taught.crashed || attempt.remote.is_some()) {
                take_back(context, attempt).await;
            }
            settle::after_trouble(attempt.phase, &trouble)
        }
        // The delivery was dropped, and its connection with it.
        None if attempt.phase == AttemptPhase::Opened && attempt.remote.is_none() => {
            // Create-Job may have been obeyed, its answer not heard. The job is found by the attempt's token.
            take_back(context, attempt).await;
            Next::Close(Ending::Retry {
                why: "it was taken back".into(),
                class: TroubleClass::Busy,
            })
        }
        None => Next::Withdraw,
    };
    taught.cut_short = journal.was_cut_short();
    Some(next)
}

/// Withdraws the empty job that the printer may have: it would be busy with it until that times out.
async fn take_back(context: &Context, attempt: &Attempt) {
    let _ = tokio::time::timeout(TAKE_BACK, caught(context.courier.withdraw(attempt))).await;
}

/// Writes down that the printer's job is to be withdrawn and printed elsewhere; says whether that is durable.
async fn give_back(context: &Context, attempt: &mut Attempt) -> bool {
    if attempt.given_back {
        return true;
    }
    match context.store.give_back_attempt(attempt.id).await {
        Ok(()) => {
            log::info!(
                "job {}: {} has no paper for it and another printer does; it is taken back",
                attempt.job,
                attempt.printer
            );
            attempt.given_back = true;
            true
        }
        Err(error) => {
            log::error!("job {}: it could not be taken back: {error}", attempt.job);
            false
        }
    }
}

/// Whether a printer that has not printed anything of its job says, asked anew, that nothing but paper is missing.
async fn lacks_only_paper(context: &Context, attempt: &Attempt, inquiry: &Inquiry) -> bool {
    if !matches!(inquiry, Inquiry::Known(remote) if settle::is_untouched(remote)) {
        return false;
    }
    presence::refresh(context, &attempt.printer).await;
    let Ok(house) = context.store.house().await else {
        return false;
    };
    let record = house.printers.iter().find(|p| p.id == attempt.printer);
    let status = record.and_then(|p| p.status.as_ref()).filter(|status| status.reachable);
    status.is_some_and(|status| classes::only_lacks_paper(status.reasons.iter().map(SmolStr::as_str)))
}

/// Keeps the printer's job id that an inquiry by token has found.
async fn remember(
    context: &Context,
    attempt: &mut Attempt,
    (inquiry, found): (Inquiry, Option<crate::model::RemoteJob>),
) -> Inquiry {
    if attempt.remote.is_none()
        && let Some(remote) = found
    {
        attempt.remote = Some(remote.clone());
        let noted = context
            .store
            .advance_attempt(attempt.id, attempt.phase, Some(remote), Timestamp::now());
        if let Err(error) = noted.await {
            log::error!("job {}: the printer's job id could not be noted: {error}", attempt.job);
        }
    }
    inquiry
}

async fn tell_remote(context: &Context, attempt: &Attempt, remote: &RemoteJobState) {
    let progress = match remote.state {
        6 => {
            let why = match &remote.message {
                Some(message) if !message.is_empty() => message.clone(),
                _ => "it has stopped".into(),
            };
            let why = match what_to_do(context, attempt, remote).await {
                Some(advice) => format_smolstr!("{}. {advice}", why.trim_end_matches('.')),
                None => why,
            };
            Progress::Stopped {
                why,
                impressions: remote.impressions_completed,
            }
        }
        3..=5 if attempt.phase == AttemptPhase::Sent => Progress::Printing {
            impressions: remote.impressions_completed,
        },
        _ => return,
    };
    tell(context, attempt, progress).await;
}

/// What a person should do at a printer that has stopped, by what it said of itself last.
async fn what_to_do(context: &Context, attempt: &Attempt, remote: &RemoteJobState) -> Option<SmolStr> {
    let house = context.store.house().await.ok()?;
    let record = house.printers.iter().find(|p| p.id == attempt.printer)?;
    let reasons = &record.status.as_ref()?.reasons;
    let (class, reason) = classes::worst(reasons.iter().map(SmolStr::as_str));
    if class == Class::HumanLoad
        && let Ok(Some(job)) = context.store.job(attempt.job).await
    {
        let sheets = job
            .sheets_left()
            .saturating_sub(remote.impressions_completed.unwrap_or(0))
            .max(1);
        return Some(format_smolstr!(
            "Load {} of {} in {}.",
            sheets_shown(sheets),
            called(&job.ticket.media.value, &house.papers),
            record.name
        ));
    }
    class.needs_a_person().then(|| classes::advice(reason, &record.name))
}

async fn tell(context: &Context, attempt: &Attempt, progress: Progress) {
    let on = context.store.name_of(&attempt.printer).await;
    let change = context.store.change_job(attempt.job, Timestamp::now(), move |job| {
        state::progress(job, &on, &progress).map(drop)
    });
    match change.await {
        Ok(Ok(_)) => {}
        Ok(Err(refusal)) => log::debug!("{refusal}"),
        Err(error) => log::error!("job {}: its progress could not be written: {error}", attempt.job),
    }
}

/// Closes the attempt, and goes on trying until that is durable.
async fn close(context: &Context, attempt: &Attempt, ending: Ending) {
    let on = context.store.name_of(&attempt.printer).await;
    log::info!("job {}: {}", attempt.job, in_words(&ending, &on));
    // First: once the attempt is closed, the plan may give the printer another job.
    let (breakers, outcome) = (&context.breakers, Outcome::of_ending(&ending));
    let told = breakers.tell(&context.store, &attempt.printer, &outcome, Timestamp::now());
    told.await;
    loop {
        let now = Timestamp::now();
        match try_close(context, attempt, &ending, now).await {
            Ok(()) => return,
            Err(error) => {
                log::error!(
                    "job {}: its end could not be written: {error}; trying again in 2 s",
                    attempt.job
                );
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(2)) => {}
                    () = context.reached(Stage::Abandon) => return,
                }
            }
        }
    }
}

async fn try_close(
    context: &Context,
    attempt: &Attempt,
    ending: &Ending,
    now: Timestamp,
) -> Result<(), crate::store::StoreError> {
    let on = context.store.name_of(&attempt.printer).await;
    let (outcome, ending) = match context.store.job(attempt.job).await? {
        Some(mut job) => {
            let able = able(context, &job).await?;
            let ending = settle::among(ending.clone(), &job, &attempt.printer, &able);
            let outcome = state::finish(&mut job, &on, &ending, now).unwrap_or(AttemptOutcome::Canceled);
            (outcome, ending)
        }
        None => (AttemptOutcome::Canceled, ending.clone()),
    };
    let (books, house) = (context.settings.books.clone(), context.store.house().await?);
    let ended = outcome.clone();
    let closed = context
        .store
        .close_attempt(attempt.id, outcome, now, move |job, attempt| {
            // A job that has ended otherwise keeps its end; the attempt is closed all the same.
            if let Err(refusal) = state::finish(job, &on, &ending, now) {
                log::warn!("{refusal}");
            }
            let from = books::Origin {
                printer: &attempt.printer,
                loaded: &house.loaded,
                papers: &house.papers,
                coverage: attempt.coverage,
            };
            let sheets = books::sheets_of(job, &ended);
            let mut booked = books.used(job, sheets, from, now);
            if ended == AttemptOutcome::Completed && job.ticket.routine.is_some() {
                booked.ink.extend(books.cleaned(job, &attempt.printer, now).ink);
            }
            Ok::<Bookings, Infallible>(booked)
        });
    closed.await.map(drop)
}

/// The printers that may print a job at all: that it may go to, and that take its paper.
async fn able(context: &Context, job: &Job) -> Result<Vec<PrinterId>, crate::store::StoreError> {
    let house = context.store.house().await?;
    let takes = |printer: &PrinterRecord| {
        let listed = printer.capabilities.as_ref().map_or(&[][..], |c| &c.media);
        takes_size(listed, &job.ticket.media.value)
    };
    let able = house.behind(&job.destination).filter(|p| takes(p));
    Ok(able.map(|p| p.id.clone()).collect())
}

fn in_words(ending: &Ending, printer: &str) -> String {
    match ending {
        Ending::Completed { .. } => format!("printed on {printer}"),
        Ending::Retry { why, .. } => format!("not printed on {printer}: {why}"),
        Ending::Refused { why, .. } => format!("refused by {printer}: {why}"),
        Ending::Suspended => format!("suspended before it was sent to {printer}"),
        Ending::Ask { why } => format!("held with a question about {printer}: {why}"),
        Ending::Canceled { why } => format!("{why} on {printer}"),
        Ending::Failed { why, .. } => format!("aborted: {why}"),
    }
}

#[cfg(test)]
pub(super) mod tests;
