//! Carries acts out, by the operations that every other door uses, one after the other.
//!
//! What was done, or was not and why, is an event with its source.

use std::sync::Arc;

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};

use super::acts::Act;
use super::lights::Reset;
use crate::model::{Destination, EventKind, Loaded, LoadedBy, PrinterControl, PrinterId, Routine, Timestamp};
use crate::queue::plan::LoadRequest;
use crate::queue::{Answer, Queue, QueueError};
use crate::store::{House, Store};

/// The feeder of a printer that has one.
const ONLY: &str = "main";

/// Whoever resets the machine.
#[async_trait]
pub trait Caretaker: Send + Sync {
    /// Resets. What a factory reset deletes is gone once the machine has started anew, which it does at once.
    ///
    /// # Errors
    /// Why nothing was reset, in words.
    async fn reset(&self, reset: Reset) -> Result<(), SmolStr>;
}

/// Where Platen is a program among others: nothing is reset.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCaretaker;

#[async_trait]
impl Caretaker for NoCaretaker {
    async fn reset(&self, _: Reset) -> Result<(), SmolStr> {
        Err("Nothing was reset: this is not the appliance".into())
    }
}

/// Who carries acts out.
#[derive(Clone)]
pub(super) struct Hands {
    pub queue: Arc<Queue>,
    pub store: Store,
    pub caretaker: Arc<dyn Caretaker>,
}

impl Hands {
    /// Carries an act out for somebody, and writes it down. Gives what to tell the person.
    pub async fn carry_out(&self, act: &Act, source: &SmolStr) -> SmolStr {
        let said = match self.try_out(act, source).await {
            Ok(said) => said,
            Err(why) => {
                log::warn!("{}, asked for by {source}: {why}", act.keyword());
                why
            }
        };
        let printer = match act {
            Act::Pause(printer) | Act::Resume(printer) | Act::NozzleCheck(printer) | Act::Identify(printer) => {
                Some(printer.clone())
            }
            Act::Loaded(load) => Some(load.printer.clone()),
            _ => None,
        };
        self.write_down(printer, act.keyword(), source, &said).await;
        said
    }

    /// Writes something of the panel into the log of events.
    pub async fn write_down(&self, printer: Option<PrinterId>, act: &str, source: &SmolStr, said: &SmolStr) {
        let kind = EventKind::Panel {
            act: act.into(),
            source: source.clone(),
            said: said.clone(),
        };
        log::info!("{source}: {act}: {said}");
        if let Err(error) = self.store.tell(Timestamp::now(), printer, kind).await {
            log::error!("what was done at the panel could not be written down: {error}");
        }
    }

    async fn try_out(&self, act: &Act, source: &SmolStr) -> Result<SmolStr, SmolStr> {
        let queue = &self.queue;
        let by = format_smolstr!("the {source}");
        let wrong = |error: QueueError| format_smolstr!("{error}");
        Ok(match act {
            Act::Pause(printer) => {
                self.switch(&[printer], &by, pause).await?;
                format_smolstr!("{} is paused", self.name_of(printer).await)
            }
            Act::Resume(printer) => {
                self.switch(&[printer], &by, resume).await?;
                format_smolstr!("{} prints again", self.name_of(printer).await)
            }
            Act::PauseAll => {
                self.switch_all(&by, pause).await?;
                "All printers are paused".into()
            }
            Act::ResumeAll => {
                self.switch_all(&by, resume).await?;
                "All printers print again".into()
            }
            Act::Cancel(job) => {
                let job = queue.cancel(*job).await.map_err(wrong)?;
                match job.cancel_requested {
                    true => format_smolstr!("Job {} is being canceled", job.id),
                    false => format_smolstr!("Job {} is canceled", job.id),
                }
            }
            Act::Answer(job, answer) => {
                queue.answer(*job, *answer).await.map_err(wrong)?;
                match answer {
                    Answer::Done => format_smolstr!("Job {job} is completed"),
                    Answer::PrintAgain => format_smolstr!("Job {job} is printed again"),
                    Answer::Spoiled => format_smolstr!("Job {job}: spoiled, is printed again"),
                }
            }
            Act::Loaded(load) => {
                let house = self.house().await?;
                let all = loaded(load, &house, Timestamp::now());
                queue.set_loaded(load.printer.clone(), all).await.map_err(wrong)?;
                format_smolstr!("{} is loaded in {}", load.paper, self.name_of(&load.printer).await)
            }
            Act::NozzleCheck(printer) => {
                let made = queue.run_routine(printer, Routine::NozzleCheck, source.clone()).await;
                format_smolstr!("Job {}: nozzle check", made.map_err(wrong)?.id)
            }
            Act::Identify(printer) => {
                let words = SmolStr::new_static("");
                let actions = vec![SmolStr::new_static("display")];
                let asked = queue.identify(Some(printer.clone()), actions, words).await;
                asked.map_err(wrong)?;
                format_smolstr!("{} shows itself", self.name_of(printer).await)
            }
            Act::Reset(reset) => {
                self.caretaker.reset(*reset).await?;
                match reset {
                    Reset::Access => "Network and sign-in are reset".into(),
                    Reset::Factory => "Everything goes: starting anew".into(),
                }
            }
        })
    }

    async fn house(&self) -> Result<Arc<House>, SmolStr> {
        self.store.house().await.map_err(|error| format_smolstr!("{error}"))
    }

    async fn name_of(&self, id: &PrinterId) -> SmolStr {
        let house = self.store.house().await.ok();
        let record = house.and_then(|house| house.printers.iter().find(|p| p.id == *id).cloned());
        record.map_or_else(|| id.clone().into(), |record| record.name)
    }

    async fn switch(&self, printers: &[&PrinterId], by: &str, switch: fn(&mut PrinterControl)) -> Result<(), SmolStr> {
        for printer in printers {
            let at = Destination::Printer((*printer).clone());
            let switched = self.queue.control(at, by, switch).await;
            switched.map_err(|error| format_smolstr!("{error}"))?;
        }
        Ok(())
    }

    async fn switch_all(&self, by: &str, switch: fn(&mut PrinterControl)) -> Result<(), SmolStr> {
        let house = self.house().await?;
        let printers: Vec<&PrinterId> = house.printers.iter().map(|printer| &printer.id).collect();
        self.switch(&printers, by, switch).await?;
        let pool = self.queue.control(Destination::Pool, by, switch).await;
        pool.map(drop).map_err(|error| format_smolstr!("{error}"))
    }
}

fn pause(control: &mut PrinterControl) {
    control.paused = true;
}

fn resume(control: &mut PrinterControl) {
    control.paused = false;
    control.shut_down = false;
}

/// What lies in a printer's feeders, now that somebody has loaded what was asked for: in the feeder that had this size, or
/// that is empty, or the first one. The others keep what they have.
fn loaded(load: &LoadRequest, house: &House, now: Timestamp) -> Vec<Loaded> {
    let mut all: Vec<Loaded> = house
        .loaded
        .iter()
        .filter(|l| l.printer == load.printer)
        .cloned()
        .collect();
    let known = all
        .iter()
        .position(|l| l.media.size == load.media.size)
        .or_else(|| all.iter().position(Loaded::is_empty))
        .or(if all.is_empty() { None } else { Some(0) });
    let record = house.printers.iter().find(|p| p.id == load.printer);
    let sources = record
        .and_then(|p| p.capabilities.as_ref())
        .map(|c| c.media_sources.as_slice());
    let source = match known {
        Some(place) => all[place].source.clone(),
        None => {
            let first = sources.unwrap_or_default().iter().find(|source| *source != "auto");
            first.cloned().unwrap_or_else(|| SmolStr::new_static(ONLY))
        }
    };
    let mut media = load.media.clone();
    media.source = source.clone();
    let new = Loaded {
        printer: load.printer.clone(),
        source,
        paper: house
            .papers
            .iter()
            .find(|paper| paper.is_for(&media))
            .map(|paper| paper.id.clone()),
        media,
        // Nobody has counted them.
        sheets: None,
        by: LoadedBy::Person,
        at: now,
    };
    match known {
        Some(place) => all[place] = new,
        None => all.push(new),
    }
    all
}
