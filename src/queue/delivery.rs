//! The life of one attempt, from its opening to its close, over a restart if need be.

use std::convert::Infallible;
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::model::{Attempt, AttemptOutcome, AttemptPhase, Job, RemoteJobState, Timestamp, Trouble, TroubleClass};

use super::courier::{Inquiry, Journal};
use super::presence;
use super::runner::{Context, Stage, Want};
use super::settle::{self, Ending, Next};
use super::state::{self, Progress};

/// The pause after a printer did not answer, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// How long it may take to look for an empty job at the printer.
const TAKE_BACK: Duration = Duration::from_secs(5);

/// Carries an attempt to its end. Returns early, with the attempt left open, when the queue stops.
pub(super) async fn run(
    context: &Context,
    job: Job,
    attempt: Attempt,
    resumed: bool,
    mut wanted: watch::Receiver<Want>,
) {
    let mut attempt = attempt;
    let (mut next, cut_short) = if resumed {
        (Next::Inquire, false)
    } else {
        match deliver(context, &job, &mut attempt, &mut wanted).await {
            Some(known) => known,
            None => return,
        }
    };
    let mut withdrawn = 0;
    let mut pause = context.settings.follow_shortest;
    loop {
        let longest = match next {
            Next::Close(ending) => {
                let suspend = *wanted.borrow() == Want::Suspend && attempt.phase == AttemptPhase::Opened;
                let ending = match ending {
                    Ending::Retry { .. } if suspend => Ending::Suspended,
                    ending => ending,
                };
                return close(context, &attempt, ending).await;
            }
            Next::Inquire => Duration::ZERO,
            Next::Withdraw => {
                withdrawn += 1;
                if let Err(trouble) = context.courier.withdraw(&attempt).await {
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
                tell(context, &attempt, Progress::Stopped { why }).await;
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
            inquired = context.courier.inquire(&attempt) => inquired,
            () = context.reached(Stage::Drain) => return,
        };
        let inquiry = remember(context, &mut attempt, inquiry).await;
        if let Inquiry::Known(remote) = &inquiry {
            tell_remote(context, &attempt, remote).await;
        }
        let want = *wanted.borrow();
        next = settle::after_inquiry(attempt.phase, &inquiry, want == Want::Cancel, withdrawn);
        if cut_short {
            next = settle::of_a_part(next);
        }
    }
}

/// Renders and sends. Says what is next, and whether the document broke off on its way. `None`: the queue stops, and
/// the attempt stays open.
async fn deliver(
    context: &Context,
    job: &Job,
    attempt: &mut Attempt,
    wanted: &mut watch::Receiver<Want>,
) -> Option<(Next, bool)> {
    let journal = Journal::new(context.store.clone(), attempt.clone());
    let delivered = tokio::select! {
        delivered = context.courier.deliver(job, attempt, journal.clone()) => Some(delivered),
        // Both are of one task: while this is looked at, the delivery does not go on.
        Ok(_) = wanted.wait_for(|w| match w {
            Want::Print => false,
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
            context.rests().taken(&attempt.printer);
            attempt.remote = Some(remote);
            Next::Follow
        }
        Some(Err(trouble)) => {
            log::warn!("job {}: not delivered to {}: {trouble}", job.id, attempt.printer);
            // The plan must not choose a printer that has just gone away.
            presence::refresh(context, &attempt.printer).await;
            context
                .rests()
                .refused(&attempt.printer, trouble.class, Timestamp::now());
            if attempt.phase == AttemptPhase::Opened && attempt.remote.is_some() {
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
    Some((next, journal.was_cut_short()))
}

/// Withdraws the empty job that the printer may have: it would be busy with it until that times out.
async fn take_back(context: &Context, attempt: &Attempt) {
    let _ = tokio::time::timeout(TAKE_BACK, context.courier.withdraw(attempt)).await;
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
            let reasons: Vec<&str> = remote
                .reasons
                .iter()
                .map(SmolStr::as_str)
                .filter(|r| *r != "none")
                .collect();
            let why = match (&remote.message, reasons.is_empty()) {
                (Some(message), _) if !message.is_empty() => message.clone(),
                (_, false) => reasons.join(", ").into(),
                _ => "it has stopped".into(),
            };
            Progress::Stopped { why }
        }
        3..=5 if attempt.phase == AttemptPhase::Sent => Progress::Printing {
            impressions: remote.impressions_completed,
        },
        _ => return,
    };
    tell(context, attempt, progress).await;
}

async fn tell(context: &Context, attempt: &Attempt, progress: Progress) {
    let change = context.store.change_job(attempt.job, Timestamp::now(), move |job| {
        state::progress(job, &progress).map(drop)
    });
    match change.await {
        Ok(Ok(_)) => {}
        Ok(Err(refusal)) => log::debug!("{refusal}"),
        Err(error) => log::error!("job {}: its progress could not be written: {error}", attempt.job),
    }
}

/// Closes the attempt, and goes on trying until that is durable.
async fn close(context: &Context, attempt: &Attempt, ending: Ending) {
    log::info!("job {}: {}", attempt.job, in_words(&ending, attempt));
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
    let outcome = match context.store.job(attempt.job).await? {
        Some(mut job) => state::finish(&mut job, ending, now).unwrap_or(AttemptOutcome::Canceled),
        None => AttemptOutcome::Canceled,
    };
    let ending = ending.clone();
    let closed = context.store.close_attempt(attempt.id, outcome, now, move |job| {
        // A job that has ended otherwise keeps its end; the attempt is closed all the same.
        if let Err(refusal) = state::finish(job, &ending, now) {
            log::warn!("{refusal}");
        }
        Ok::<(), Infallible>(())
    });
    closed.await.map(drop)
}

fn in_words(ending: &Ending, attempt: &Attempt) -> String {
    let printer = &attempt.printer;
    match ending {
        Ending::Completed { .. } => format!("printed on {printer}"),
        Ending::Retry { why, .. } => format!("not printed on {printer}: {why}"),
        Ending::Suspended => format!("suspended before it was sent to {printer}"),
        Ending::Ask { why } => format!("held with a question about {printer}: {why}"),
        Ending::Canceled { why } => format!("{why} on {printer}"),
        Ending::Failed { why, .. } => format!("aborted: {why}"),
    }
}
