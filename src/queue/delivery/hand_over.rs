//! The hand-over: the job is rendered, and its pages go to the printer.

use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::model::{Attempt, AttemptPhase, Job, Trouble, TroubleClass};
use crate::queue::courier::{Journal, caught, crash};
use crate::queue::presence;
use crate::queue::runner::{Context, Stage, Want};
use crate::queue::settle::{self, Ending, Next};

/// How long it may take to look for an empty job at the printer.
const TAKE_BACK: Duration = Duration::from_secs(5);

/// What a delivery taught that an inquiry does not.
#[derive(Default)]
pub(super) struct Taught {
    /// Platen broke down while it prepared the job.
    pub crashed: bool,
    /// The printer refused the job, in these words, when some of it had left.
    pub refused: Option<SmolStr>,
    /// The document broke off on its way.
    pub cut_short: bool,
}

/// Renders and sends. `None`: the queue stops, and the attempt stays open.
pub(super) async fn deliver(
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
