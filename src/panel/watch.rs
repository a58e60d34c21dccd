//! Follows the event log and the house, and makes of them what the panel knows.
//!
//! It reads after something was committed, and then not again for a moment, however much happens: a panel is for eyes.

use std::sync::Arc;
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use super::facts::{Facts, How, Identify, JobFacts, Last, Machine, PrinterFacts, QuestionFacts};
use crate::model::{
    Destination, Event, EventKind, EventSeq, Job, JobState, Marker, PrinterRecord, PrinterState, PrinterStatus,
    Timestamp, without_operations,
};
use crate::queue::classes::{Class, advice, worst};
use crate::queue::plan::LoadRequest;
use crate::store::{House, JobQuery, Store, StoreError, WhichJobs};

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(200);
/// Before the store is asked again that gave no answer.
const AGAIN: Duration = Duration::from_secs(5);
/// How long Identify-Printer is shown, in milliseconds: the way from the desk to the box.
const IDENTIFY: i64 = 30_000;
/// Events that are read at once; what came before the newest so many is no news any more.
const EVENTS: u32 = 200;
/// Held jobs among which questions are looked for, the newest first.
const HELD: u32 = 200;
/// An ink below so many per cent is low, where the printer does not say.
const LOW: i32 = 10;

/// What is kept between two readings.
#[derive(Debug)]
struct Memory {
    seq: EventSeq,
    identify: Option<Identify>,
    last: Option<Last>,
}

/// Tells the panel what it knows, for as long as anybody listens.
pub(super) async fn follow(
    store: Store,
    mut loads: watch::Receiver<Vec<LoadRequest>>,
    mut machine: watch::Receiver<Machine>,
    facts: watch::Sender<Arc<Facts>>,
) {
    let mut seq = store.subscribe();
    let mut memory = Memory {
        seq: *seq.borrow_and_update(),
        identify: None,
        last: None,
    };
    loop {
        let (wanted, around) = (loads.borrow_and_update().clone(), machine.borrow_and_update().clone());
        let newest = *seq.borrow_and_update();
        let read = read(&store, &mut memory, newest, wanted, around).await;
        let pause = match read {
            Ok(new) => {
                facts.send_if_modified(|old| {
                    let is_news = **old != new;
                    if is_news {
                        *old = Arc::new(new);
                    }
                    is_news
                });
                None
            }
            Err(error) => {
                let text = format_smolstr!("the database gives no answer: {error}");
                facts.send_modify(|old| Arc::make_mut(old).trouble = Some(text));
                Some(AGAIN)
            }
        };
        let over = memory
            .identify
            .as_ref()
            .map(|identify| identify.until.0 - Timestamp::now().0);
        let over = over.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        let at_most = pause.or(over).unwrap_or(Duration::from_secs(3_600));
        tokio::select! {
            changed = seq.changed() => if changed.is_err() { return },
            changed = loads.changed() => if changed.is_err() { return },
            Ok(()) = machine.changed() => {}
            () = facts.closed() => return,
            () = tokio::time::sleep(at_most) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn read(
    store: &Store,
    memory: &mut Memory,
    newest: EventSeq,
    loads: Vec<LoadRequest>,
    machine: Machine,
) -> Result<Facts, StoreError> {
    let house = store.house().await?;
    let oldest = EventSeq(newest.0 - i64::from(EVENTS));
    let events = store.events_after(memory.seq.max(oldest), EVENTS).await?;
    let now = Timestamp::now();
    for event in &events {
        memory.seq = event.seq;
        heard(memory, event, &house);
    }
    memory.identify = memory.identify.take().filter(|identify| identify.until > now);
    let held = JobQuery {
        which: WhichJobs::State(JobState::PendingHeld),
        limit: HELD,
        ..JobQuery::open()
    };
    let held = store.jobs(held).await?;
    let mut questions: Vec<QuestionFacts> = held.iter().filter_map(question).collect();
    questions.sort_by_key(|question| question.job);
    let mut jobs = Vec::new();
    for attempt in &house.open_attempts {
        if let Some(job) = store.job(attempt.job).await? {
            jobs.push((&attempt.printer, job));
        }
    }
    let open = store.queued_count(Destination::Pool).await?;
    let printers = house.printers.iter().map(|record| {
        let job = jobs.iter().find(|(printer, _)| **printer == record.id);
        printer(record, &house, job.map(|(_, job)| job))
    });
    Ok(Facts {
        starting: false,
        printers: printers.collect(),
        questions,
        loads,
        waiting: open.saturating_sub(u32::try_from(jobs.len() + held.len()).unwrap_or(u32::MAX)),
        trouble: None,
        machine,
        identify: memory.identify.clone(),
        last: memory.last.clone(),
    })
}

fn question(job: &Job) -> Option<QuestionFacts> {
    let question = job.question.as_ref()?;
    Some(QuestionFacts {
        job: job.id,
        name: job.name.clone(),
        printer: question.printer.clone(),
        text: without_operations(&question.text).into(),
        sheet: question.sheet,
    })
}

/// A printer as the panel sees it.
fn printer(record: &PrinterRecord, house: &House, job: Option<&Job>) -> PrinterFacts {
    let control = house.control(&Destination::Printer(record.id.clone()));
    PrinterFacts {
        id: record.id.clone(),
        name: record.name.clone(),
        how: how(&record.name, record.status.as_ref()),
        paused: !control.prints(),
        job: job.map(|job| JobFacts {
            id: job.id,
            name: job.name.clone(),
            user: job.user.clone(),
            done: job.impressions_completed,
            sheets: job.sheets(),
            message: job.message.clone(),
            is_canceling: job.cancel_requested,
        }),
        low: record.status.as_ref().and_then(low),
    }
}

/// What a status asks of a person.
fn how(name: &str, status: Option<&PrinterStatus>) -> How {
    let Some(status) = status else {
        return How::Unknown;
    };
    if !status.reachable {
        return How::Away;
    }
    let (class, reason) = worst(status.reasons.iter().map(SmolStr::as_str));
    let told = || match advice(reason, name) {
        advice if advice.is_empty() => SmolStr::new(reason),
        advice => advice,
    };
    match class {
        Class::HumanLoad => How::Paper(told()),
        Class::Offline => How::Away,
        Class::HumanClear | Class::HumanSupply | Class::Service | Class::Admin | Class::Look | Class::JobBad => {
            How::Fault(told())
        }
        Class::Ok | Class::Warn | Class::Retry => match status.state {
            PrinterState::Idle => How::Idle,
            PrinterState::Processing => How::Printing,
            PrinterState::Stopped if status.message.is_empty() => How::Fault("is stopped".into()),
            PrinterState::Stopped => How::Fault(status.message.clone()),
        },
    }
}

/// The ink of which there is least, where that is little.
fn low(status: &PrinterStatus) -> Option<(SmolStr, i32)> {
    let is_low = |marker: &&Marker| {
        let waste = marker.kind.starts_with("waste");
        !waste && (0..=marker.low.unwrap_or(LOW)).contains(&marker.level)
    };
    let least = status.markers.iter().filter(is_low).min_by_key(|marker| marker.level)?;
    Some((least.name.clone(), least.level))
}

/// Remembers what an event tells the panel.
fn heard(memory: &mut Memory, event: &Event, house: &House) {
    if let EventKind::Identify { message, .. } = &event.kind {
        memory.identify = Some(Identify {
            printer: event.printer.clone(),
            message: message.clone(),
            until: event.at.plus_ms(IDENTIFY),
        });
    }
    if let Some(text) = line(event, house) {
        memory.last = Some(Last { at: event.at, text });
    }
}

/// The line that an event is worth, if any.
fn line(event: &Event, house: &House) -> Option<SmolStr> {
    let printer = event.printer.as_ref().map(|id| {
        let record = house.printers.iter().find(|record| record.id == *id);
        record.map_or(id.as_str(), |record| record.name.as_str())
    });
    let printer = printer.unwrap_or("the pool");
    let job = event.job.map(|id| format_smolstr!("Job {id}")).unwrap_or_default();
    Some(match &event.kind {
        EventKind::JobCreated { user, .. } => format_smolstr!("{job} came from {user}"),
        EventKind::JobChanged { message, .. } if !message.is_empty() => format_smolstr!("{job} {message}"),
        EventKind::PrinterChanged { reachable: false, .. } => format_smolstr!("{printer} does not answer"),
        EventKind::PrinterChanged {
            state: PrinterState::Stopped,
            ..
        } => format_smolstr!("{printer} is stopped"),
        EventKind::ControlChanged {
            control,
            switched: true,
        } => match control.prints() {
            true => format_smolstr!("{printer} prints"),
            false => format_smolstr!("{printer} is paused"),
        },
        EventKind::Panel { said, .. } => said.clone(),
        EventKind::UpdateChanged {
            version,
            stage,
            percent: None,
            ..
        } => format_smolstr!("Version {version}: {stage}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Details;
    use crate::queue::classes::REASONS;

    fn status(state: PrinterState, reasons: &[&str]) -> PrinterStatus {
        PrinterStatus {
            state,
            reasons: reasons.iter().map(SmolStr::new).collect(),
            message: SmolStr::default(),
            accepting: true,
            markers: Vec::new(),
            media_ready: Vec::new(),
            details: Details::default(),
            reachable: true,
            at: Timestamp(0),
        }
    }

    #[test]
    fn what_a_printer_says_is_told_by_what_a_person_has_to_do() {
        let of = |state, reasons: &[&str]| how("Gertie", Some(&status(state, reasons)));
        assert_eq!(how("Gertie", None), How::Unknown);
        assert_eq!(of(PrinterState::Idle, &["none"]), How::Idle);
        assert_eq!(
            of(PrinterState::Processing, &["marker-supply-low-warning"]),
            How::Printing
        );
        assert!(matches!(of(PrinterState::Stopped, &["media-empty"]), How::Paper(_)));
        assert!(matches!(of(PrinterState::Stopped, &["media-jam"]), How::Fault(_)));
        assert_eq!(of(PrinterState::Stopped, &[]), How::Fault("is stopped".into()));
        let away = PrinterStatus {
            details: Details::default(),
            reachable: false,
            ..status(PrinterState::Idle, &[])
        };
        assert_eq!(how("Gertie", Some(&away)), How::Away);
    }

    #[test]
    fn every_reason_that_needs_a_person_has_words() {
        for keyword in REASONS.iter().copied().flatten().flat_map(|row| row.keywords) {
            let how = how("Gertie", Some(&status(PrinterState::Stopped, &[keyword])));
            match &how {
                How::Paper(words) | How::Fault(words) => assert!(!words.is_empty(), "{keyword}"),
                _ => {}
            }
        }
    }

    #[test]
    fn the_lowest_ink_is_told_and_waste_is_no_ink() {
        let marker = |name: &str, kind: &str, level, low| Marker {
            name: name.into(),
            color: "none".into(),
            kind: kind.into(),
            level,
            low,
            high: None,
        };
        let mut status = status(PrinterState::Idle, &[]);
        status.markers = vec![
            marker("PGY", "ink-cartridge", 9, None),
            marker("C", "ink-cartridge", 15, Some(20)),
            marker("M", "ink-cartridge", 11, None),
            marker("Y", "ink-cartridge", -2, None),
            marker("waste", "waste-ink", 3, None),
        ];
        assert_eq!(low(&status), Some(("PGY".into(), 9)));
        status.markers.remove(0);
        assert_eq!(low(&status), Some(("C".into(), 15)));
        status.markers.remove(0);
        assert_eq!(low(&status), None);
    }
}
