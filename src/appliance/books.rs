//! The books of the house for the queue: `care`'s answers in the queue's words.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::care::estimate::cleaning;
use crate::care::loaded::{Correction, corrections};
use crate::care::stock::{self, Word};
use crate::care::{self, ink};
use crate::care::{estimate, finish_of};
use crate::model::{
    Bookings, Coverage, HOUSE, InkEntry, InkReason, Job, Loaded, Media, Nanoliters, Need, NewInkEntry, Paper,
    PrinterId, PrinterStatus, Timestamp,
};
use crate::queue::books::{Books, Found, Origin, Sheets};
use crate::queue::plan::{InkAmount, Tank};

/// See the head of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct HouseBooks;

fn needs(coverage: Option<&Coverage>, media: &Media, sheets: u32, papers: &[Paper]) -> BTreeMap<SmolStr, Need> {
    estimate(coverage, &media.size, finish_of(media, papers), sheets)
}

impl Books for HouseBooks {
    fn needs(&self, media: &Media, sheets: u32, papers: &[Paper]) -> Vec<InkAmount> {
        let needs = needs(None, media, sheets, papers).into_iter();
        needs
            .map(|(channel, need)| InkAmount {
                channel,
                nl: need.amount.0,
                error: need.error.0,
            })
            .collect()
    }

    fn tanks(&self, entries: &BTreeMap<SmolStr, Vec<InkEntry>>) -> Vec<Tank> {
        let accounts = care::accounts(entries, ink::TANK).into_iter();
        let tank = |(channel, account): (SmolStr, care::Account)| {
            let level = account.level?;
            Some(Tank {
                channel,
                nl: level.level.0,
                error: level.error.0,
                thousandths: (account.calibration.factor * 1_000.0) as i64,
            })
        };
        accounts.filter_map(tank).collect()
    }

    fn full(&self) -> i64 {
        ink::TANK.0
    }

    fn cleaned(&self, job: &Job, printer: &PrinterId, at: Timestamp) -> Bookings {
        let amounts = job.ticket.routine.map(cleaning).unwrap_or_default();
        let entry = |(channel, amount): (SmolStr, Nanoliters)| NewInkEntry {
            printer: printer.clone(),
            channel,
            delta: -amount,
            reason: InkReason::Cleaning,
            job: Some(job.id),
            by: HOUSE.into(),
            note: SmolStr::default(),
            at,
        };
        Bookings {
            ink: amounts.into_iter().map(entry).collect(),
            ..Bookings::default()
        }
    }

    fn used(&self, job: &Job, sheets: Sheets, from: Origin<'_>, at: Timestamp) -> Bookings {
        let all = sheets.printed.saturating_add(sheets.spoiled);
        if all == 0 || job.ticket.routine.is_some_and(|routine| routine.sheets() == 0) {
            return Bookings::default();
        }
        let media = &job.ticket.media.value;
        let word = Word {
            by: HOUSE.into(),
            note: SmolStr::default(),
            at,
        };
        let here = from.loaded.iter().filter(|loaded| loaded.printer == *from.printer);
        let mut fitting = here.filter(|loaded| media.is_same_paper(&loaded.media));
        let feeder = fitting.next();
        // What is in the feeder says which of two papers of one type it was.
        let paper = feeder.and_then(|loaded| loaded.paper.clone()).or_else(|| {
            from.papers
                .iter()
                .find(|paper| paper.is_for(media))
                .map(|paper| paper.id.clone())
        });
        let mut booked = Bookings {
            fed: feeder.map(|loaded| (from.printer.clone(), loaded.source.clone(), all)),
            ..Bookings::default()
        };
        if let Some(paper) = paper {
            if sheets.printed > 0 {
                booked.stock.push(stock::printed(&paper, sheets.printed, job.id, &word));
            }
            if sheets.spoiled > 0 {
                booked
                    .stock
                    .push(stock::spoiled(&paper, sheets.spoiled, Some(job.id), &word));
            }
        }
        let needs = needs(from.coverage.as_ref(), media, all, from.papers);
        let used = needs.into_iter().filter(|(_, need)| need.amount > Nanoliters::ZERO);
        booked.ink.extend(used.map(|(channel, need)| NewInkEntry {
            printer: from.printer.clone(),
            channel,
            delta: -need.amount,
            reason: InkReason::Job,
            job: Some(job.id),
            by: HOUSE.into(),
            note: SmolStr::default(),
            at,
        }));
        booked
    }

    fn found(
        &self,
        printer: &PrinterId,
        records: &[Loaded],
        (before, now): (Option<&PrinterStatus>, &PrinterStatus),
        papers: &[Paper],
    ) -> Vec<Found> {
        let is_on_record = |source: &SmolStr| records.iter().any(|r| r.printer == *printer && r.source == *source);
        let corrections = corrections(printer, records, before, now, papers).into_iter();
        corrections
            .filter_map(|correction| match correction {
                // Of feeders that nobody has ever told us of the printer's word alone is not taken: jobs would wait for
                // what it may not even know.
                Correction::Set(loaded) => is_on_record(&loaded.source).then_some(Found::Lies(loaded)),
                Correction::Clear { source, .. } => Some(Found::Unknown(source)),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LoadedBy, PrinterState, Routine};
    use crate::queue::test_house::House;

    fn gertie() -> PrinterId {
        PrinterId::new("gertie").unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_cleaning_takes_ink_of_every_tank_and_is_booked_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::new(folder.path()).await;
        let made = house
            .queue
            .run_routine(&gertie(), Routine::Cleaning, "ann".into())
            .await;
        let job = made.unwrap();
        let booked = HouseBooks.cleaned(&job, &gertie(), Timestamp(7));
        assert_eq!((booked.ink.len(), booked.stock.len()), (12, 0));
        for entry in &booked.ink {
            assert!(entry.delta < Nanoliters::ZERO, "{entry:?}");
            assert_eq!(
                (&entry.reason, entry.job, &entry.printer, entry.at),
                (&InkReason::Cleaning, Some(job.id), &gertie(), Timestamp(7))
            );
        }
        house.ended(job.id).await;
        let check = house
            .queue
            .run_routine(&gertie(), Routine::NozzleCheck, "ann".into())
            .await;
        let check = check.unwrap();
        assert!(HouseBooks.cleaned(&check, &gertie(), Timestamp(7)).ink.is_empty());
        house.ended(check.id).await;
        house.rests().await;
    }

    #[test]
    fn of_feeders_that_nobody_has_told_of_the_printers_word_makes_no_record() {
        let media = |source: &str, size: &str| Media {
            size: crate::model::MediaSize::called(size).unwrap(),
            media_type: "auto".into(),
            source: source.into(),
            margins: crate::model::Margins::default(),
        };
        let status = |ready: Vec<Media>| PrinterStatus {
            state: PrinterState::Idle,
            reasons: vec![],
            message: SmolStr::default(),
            accepting: true,
            markers: vec![],
            media_ready: ready,
            details: crate::model::Details::default(),
            reachable: true,
            at: Timestamp(9),
        };
        let record = Loaded {
            printer: gertie(),
            source: "rear".into(),
            media: media("rear", "a4"),
            paper: None,
            sheets: Some(3),
            by: LoadedBy::Person,
            at: Timestamp(1),
        };
        let before = status(vec![media("rear", "a4")]);
        let now = status(vec![media("rear", "a3"), media("manual", "a2")]);
        let found = |records: &[Loaded]| HouseBooks.found(&gertie(), records, (Some(&before), &now), &[]);
        assert!(found(&[]).is_empty());
        let found = found(&[record]);
        let [Found::Lies(loaded)] = found.as_slice() else {
            panic!("another size lies there now: {found:?}");
        };
        assert_eq!(
            (loaded.source.as_str(), &loaded.media.size),
            ("rear", &media("rear", "a3").size)
        );
    }
}
