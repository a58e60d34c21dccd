//! Watching the printers: whether they answer, how they are, what they can do.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::watch;

use crate::model::{Capabilities, Details, PrinterId, PrinterState, PrinterStatus, Timestamp, Trouble};
use crate::store::StoreError;

use super::books::Found;
use super::breaker::Outcome;
use super::courier::{caught, crash};
use super::runner::{Context, Stage};
use super::state;

/// The longest pause between two questions to a printer that does not answer.
const LONGEST_SILENCE: Duration = Duration::from_secs(15);
/// Capabilities are read again after this many good answers; firmware and trays change now and then.
const ANSWERS_PER_CAPABILITIES: u32 = 120;

/// Watches a printer until the queue stops, or the printer has `gone`.
pub(super) async fn watch(context: Arc<Context>, printer: PrinterId, mut gone: watch::Receiver<bool>) {
    tokio::select! {
        () = keep_watching(context, &printer) => {}
        // Whoever could say so may be gone himself: a new watch has begun.
        _ = gone.wait_for(|gone| *gone) => log::info!("{printer}: is watched no longer"),
    }
}

async fn keep_watching(context: Arc<Context>, printer: &PrinterId) {
    let mut silence = 0u32;
    let mut answers = 0u32;
    loop {
        // Capabilities come first: nothing is planned on a printer before its status is known.
        if answers.is_multiple_of(ANSWERS_PER_CAPABILITIES) {
            let read = caught(context.courier.capabilities(printer)).await;
            match read.unwrap_or_else(|| Err(crash())) {
                Ok(capabilities) => {
                    if let Err(error) = learn(&context, printer, capabilities).await {
                        log::error!("{printer}: its capabilities could not be saved: {error}");
                    }
                }
                Err(trouble) => log::debug!("{printer}: its capabilities could not be read: {trouble}"),
            }
        }
        if refresh(&context, printer).await {
            if silence > 0 {
                log::info!("{printer}: answers again");
            }
            answers = answers.wrapping_add(1);
            silence = 0;
        } else {
            if silence == 0 {
                log::warn!("{printer}: does not answer");
            }
            // A printer that comes back may be another one.
            answers = 0;
            silence = silence.saturating_add(1);
        }
        let pause = match silence {
            0 => context.settings.presence,
            n => Duration::from_millis(500)
                .saturating_mul(1 << (n - 1).min(6))
                .min(LONGEST_SILENCE),
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = context.reached(Stage::Drain) => return,
        }
    }
}

/// Saves capabilities. Jobs that a printer has refused may be tried there again when they are others.
pub(super) async fn learn(
    context: &Context,
    printer: &PrinterId,
    capabilities: Capabilities,
) -> Result<(), StoreError> {
    if !context.store.save_capabilities(printer.clone(), capabilities).await? {
        return Ok(());
    }
    let changed = printer.clone();
    let forgotten = context.store.change_open_jobs(Timestamp::now(), move |jobs| {
        let count = jobs
            .iter_mut()
            .filter_map(|job| state::capabilities_changed(job, &changed).then_some(()));
        Ok::<usize, Infallible>(count.count())
    });
    let Ok(forgotten) = forgotten.await?;
    if forgotten > 0 {
        log::info!("{printer}: can do other things than before; {forgotten} jobs that it refused may be tried again");
        context.wake.notify_one();
    }
    Ok(())
}

/// Reads a printer's status now and saves it. Says whether it answered.
pub(super) async fn refresh(context: &Context, printer: &PrinterId) -> bool {
    let status = match caught(context.courier.status(printer))
        .await
        .unwrap_or_else(|| Err(crash()))
    {
        Ok(status) => status,
        Err(trouble) => silent(&trouble),
    };
    let reachable = status.reachable;
    let outcome = Outcome::of_status(&status);
    let breakers = &context.breakers;
    breakers.tell(&context.store, printer, &outcome, Timestamp::now()).await;
    if let Err(error) = note(context, printer, status).await {
        log::error!("{printer}: its status could not be saved: {error}");
    }
    reachable
}

/// Saves a status, and what it says of the feeders that somebody has told us of.
async fn note(context: &Context, printer: &PrinterId, status: PrinterStatus) -> Result<(), StoreError> {
    let (store, at) = (&context.store, status.at);
    let house = store.house().await?;
    let before = house
        .printers
        .iter()
        .find(|p| p.id == *printer)
        .and_then(|p| p.status.as_ref());
    let books = &context.settings.books;
    let found = books.found(printer, &house.loaded, (before, &status), &house.papers);
    store.save_status(printer.clone(), status).await?;
    for found in found {
        match found {
            Found::Lies(loaded) => store.set_loaded(loaded).await?,
            Found::Unknown(source) => store.clear_loaded(printer.clone(), source, at).await?,
        }
    }
    Ok(())
}

/// The status of a printer that does not answer.
fn silent(trouble: &Trouble) -> PrinterStatus {
    PrinterStatus {
        state: PrinterState::Stopped,
        reasons: vec![SmolStr::new_static("offline-report")],
        message: trouble.text.clone(),
        accepting: false,
        markers: vec![],
        media_ready: vec![],
        details: Details::default(),
        reachable: false,
        at: Timestamp::now(),
    }
}
