//! What a printer says of its job on the way, told of the job.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Attempt, AttemptPhase, RemoteJobState, Timestamp, called, sheets_shown};
use crate::queue::classes::{self, Class};
use crate::queue::runner::Context;
use crate::queue::state::{self, Progress};

pub(super) async fn tell_remote(context: &Context, attempt: &Attempt, remote: &RemoteJobState) {
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

pub(super) async fn tell(context: &Context, attempt: &Attempt, progress: Progress) {
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
