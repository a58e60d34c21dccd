//! The life of one attempt, from its opening to its close, over a restart if need be.

use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::watch;

use crate::model::{Attempt, AttemptPhase, Job, Timestamp, TroubleClass};

use super::courier::{Inquiry, caught, crash};
use super::runner::{Context, Stage, Want};
use super::settle::{self, Ending, Next, Stop};
use super::state::Progress;
use super::{classes, poison, presence};

mod ending;
mod hand_over;
mod telling;

use ending::close;
use hand_over::{Taught, deliver};
use telling::{tell, tell_remote};

/// The pause after a printer did not answer, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

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

#[cfg(test)]
pub(super) mod tests;
