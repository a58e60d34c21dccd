//! Routines as jobs: those that a person asks for, and those whose window has come.

use std::collections::HashMap;

use jiff::ZonedDateTime;
use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Decided, Destination, HOUSE, Job, Length, Margins, Media, MediaSize, NewJob, PrinterId, Routine, Span, Ticket,
    Timestamp, WindowRule, who,
};
use crate::store::{House, StoreError};

use super::operations::QueueError;
use super::plan::Window;
use super::runner::{Context, Queue};

/// `job-priority` of a routine: its window does not last for ever.
const PRIORITY: u8 = 100;
/// What a routine is printed on: A4.
const SHEET: (Length, Length) = (Length::hundredths(21_000), Length::hundredths(29_700));

impl Queue {
    /// Makes a job of a routine on a printer, for somebody who asks for it.
    ///
    /// # Errors
    /// [`QueueError::NoPrinter`], [`QueueError::Store`].
    pub async fn run_routine(&self, printer: &PrinterId, routine: Routine, user: SmolStr) -> Result<Job, QueueError> {
        let house = self.context.store.house().await?;
        let Some(record) = house.printers.iter().find(|p| p.id == *printer) else {
            return Err(QueueError::NoPrinter(printer.clone()));
        };
        let job = new_job(record.id.clone(), &record.name, routine, user);
        let job = self.context.store.create_job(job, Timestamp::now()).await?;
        log::info!("job {} \"{}\" of {}: accepted", job.id, job.name, who(&job.user));
        Ok(job)
    }
}

fn new_job(printer: PrinterId, called: &str, routine: Routine, user: SmolStr) -> NewJob {
    let media = Media {
        size: MediaSize::from_sides(SHEET.0, SHEET.1),
        media_type: "auto".into(),
        source: "auto".into(),
        margins: Margins::same(Length::mm(5.0)),
    };
    NewJob {
        name: format_smolstr!("{} of {called}", routine.shown()),
        user,
        printer_uri: format_smolstr!("ipp://localhost/ipp/print/{printer}"),
        destination: Destination::Printer(printer),
        priority: PRIORITY,
        ticket: Ticket::of_routine(routine, Decided::by_rule(media, "routines are printed on plain paper")),
        documents: Vec::new(),
        incoming_until: None,
        hold: None,
    }
}

/// A moment by the clock of the studio.
fn time(at: Timestamp, now: &ZonedDateTime) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(now.timestamp());
    moment
        .to_zoned_datetime(now.time_zone().clone())
        .strftime("%H:%M")
        .to_string()
}

/// The window of each rule that goes on or comes next.
pub(super) fn spans<'a>(rules: &'a [WindowRule], now: &ZonedDateTime) -> Vec<(&'a WindowRule, Span)> {
    let next = |rule: &'a WindowRule| Some((rule, rule.next(now)?));
    rules.iter().filter_map(next).collect()
}

/// The same for every printer.
pub(super) fn windows(
    spans: &[(&WindowRule, Span)],
    house: &House,
    now: &ZonedDateTime,
) -> HashMap<PrinterId, Vec<Window>> {
    let mut windows: HashMap<PrinterId, Vec<Window>> = HashMap::new();
    for (rule, span) in spans {
        for printer in house.printers.iter().filter(|p| rule.keeps(&p.id)) {
            windows.entry(printer.id.clone()).or_default().push(Window {
                from: span.from,
                to: span.to,
                purpose: format_smolstr!(
                    "{} from {} to {}",
                    rule.purpose(),
                    time(span.from, now),
                    time(span.to, now)
                ),
            });
        }
    }
    windows
}

/// Makes the jobs of the routines whose window has come, each once.
pub(super) async fn begin(
    context: &Context,
    house: &House,
    spans: &[(&WindowRule, Span)],
    at: Timestamp,
) -> Result<(), StoreError> {
    for (rule, span) in spans.iter().filter(|(_, span)| span.from <= at) {
        let Some(routine) = rule.routine else {
            continue;
        };
        for printer in house.printers.iter().filter(|p| rule.keeps(&p.id)) {
            let key = format!(
                "window {} {:?} {} {}",
                printer.id,
                rule.weekdays,
                rule.at,
                routine.keyword()
            );
            let job = new_job(printer.id.clone(), &printer.name, routine, HOUSE.into());
            let made = context
                .store
                .create_job_once((key, span.from.0.to_string()), job, at)
                .await?;
            if let Some(job) = made {
                log::info!("job {} \"{}\": its window has come", job.id, job.name);
            }
        }
    }
    Ok(())
}
