//! The end of an attempt, written down with what is booked for it.

use std::convert::Infallible;
use std::time::Duration;

use crate::model::{Attempt, AttemptOutcome, Bookings, Job, PrinterId, PrinterRecord, Timestamp};
use crate::queue::books;
use crate::queue::breaker::Outcome;
use crate::queue::plan::takes_size;
use crate::queue::runner::{Context, Stage};
use crate::queue::settle::{self, Ending};
use crate::queue::state;
use crate::store::StoreError;

/// Closes the attempt, and goes on trying until that is durable.
pub(super) async fn close(context: &Context, attempt: &Attempt, ending: Ending) {
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

async fn try_close(context: &Context, attempt: &Attempt, ending: &Ending, now: Timestamp) -> Result<(), StoreError> {
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
async fn able(context: &Context, job: &Job) -> Result<Vec<PrinterId>, StoreError> {
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
