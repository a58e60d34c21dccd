//! What the end of an attempt, and a person's answer, book.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::super::Answer;
use super::super::super::books::{Books, Origin, Sheets};
use super::house::{Deed, House, Printers, id};
use crate::model::{
    Bookings, Destination, EventKind, EventSeq, Finish, InkReason, Job, JobState, MediaSize, Nanoliters, NewInkEntry,
    NewStockEntry, Paper, PaperId, PrinterId, Routine, StockReason, Timestamp,
};

/// Books every sheet of the one paper, and a nanolitre for each routine.
#[derive(Debug)]
struct Sheetbook;

fn rag() -> PaperId {
    PaperId::new("rag").unwrap()
}

fn paper(low: u32) -> Paper {
    Paper {
        id: rag(),
        name: "Rag".into(),
        size: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
        media_type: "photographic-matte".into(),
        finish: Finish::Matte,
        weight: None,
        price: None,
        low,
    }
}

impl Books for Sheetbook {
    fn cleaned(&self, job: &Job, printer: &PrinterId, at: Timestamp) -> Bookings {
        let entry = NewInkEntry {
            printer: printer.clone(),
            channel: "PGY".into(),
            delta: Nanoliters(-1),
            reason: InkReason::Cleaning,
            job: Some(job.id),
            by: "platen".into(),
            note: SmolStr::default(),
            at,
        };
        Bookings {
            ink: vec![entry],
            ..Bookings::default()
        }
    }

    fn used(&self, job: &Job, sheets: Sheets, _: Origin<'_>, at: Timestamp) -> Bookings {
        let entry = |count: u32, reason| NewStockEntry {
            paper: rag(),
            delta: -i64::from(count),
            reason,
            job: Some(job.id),
            by: "platen".into(),
            note: SmolStr::default(),
            at,
        };
        let both = [
            (sheets.printed, StockReason::Printed),
            (sheets.spoiled, StockReason::Spoiled),
        ];
        let used = both.into_iter().filter(|(count, _)| *count > 0);
        Bookings {
            stock: used.map(|(count, reason)| entry(count, reason)).collect(),
            ..Bookings::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sheet_is_booked_once_and_by_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let printers: Arc<Printers> = Arc::default();
    let house = House::with(folder.path(), printers.clone(), None, Arc::new(Sheetbook)).await;
    let store = &house.store;
    store
        .set_papers(vec![(paper(0), Some(100))], Timestamp(1))
        .await
        .unwrap();

    // Each has two copies.
    let good = house.print("good", Destination::Pool).await;
    assert_eq!(house.ended(good).await.state, JobState::Completed);
    for (name, answer) in [
        ("done", Some(Answer::Done)),
        ("spoiled", Some(Answer::Spoiled)),
        ("again", Some(Answer::PrintAgain)),
        ("canceled", None),
    ] {
        for printer in ["gertie", "squirty"] {
            printers.tell(printer, name, Deed::Lose);
        }
        let job = house.print(name, Destination::Pool).await;
        house.held(job).await;
        // One came out before it was lost, as far as the printer said.
        let came = store.change_job(job, Timestamp::now(), |job| {
            job.impressions_completed = 1;
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(_) = came.await.unwrap();
        for printer in ["gertie", "squirty"] {
            printers.tell(printer, name, Deed::Print);
        }
        match answer {
            Some(answer) => house.queue.answer(job, answer).await.unwrap(),
            None => house.queue.cancel(job).await.unwrap(),
        };
        house.ended(job).await;
    }
    let entries = store.stock_entries(rag(), 100).await.unwrap();
    let mut booked: Vec<(i64, StockReason, i64)> = entries
        .iter()
        .filter_map(|e| Some((e.entry.job?.0, e.entry.reason, e.entry.delta)))
        .collect();
    booked.reverse();
    use StockReason::{Printed, Spoiled};
    let expected = [
        (1, Printed, -2),
        (2, Printed, -2),
        // The one that came out is good, the one that is spoiled is printed again.
        (3, Printed, -1),
        (3, Spoiled, -1),
        (3, Printed, -1),
        (4, Printed, -1),
        (4, Printed, -1),
        (5, Spoiled, -1),
    ];
    assert_eq!(booked, expected);
    let sum: i64 = expected.iter().map(|(_, _, delta)| delta).sum();
    assert_eq!(store.stock_on_hand().await.unwrap()[&rag()], 100 + sum);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ink_of_a_routine_is_booked_once_it_has_ended_well() {
    let folder = tempfile::tempdir().unwrap();
    let printers: Arc<Printers> = Arc::default();
    let house = House::with(folder.path(), printers.clone(), None, Arc::new(Sheetbook)).await;
    let gertie = id("gertie");
    let cleaning = async || {
        let made = house.queue.run_routine(&gertie, Routine::Cleaning, "ann".into()).await;
        made.unwrap()
    };
    let good = cleaning().await;
    assert_eq!(house.ended(good.id).await.state, JobState::Completed);
    let booked = async || {
        let entries = house.store.ink_entries(gertie.clone(), 100).await.unwrap();
        let all = entries.into_values().flatten();
        all.map(|e| (e.entry.job.unwrap(), e.entry.delta.0)).collect::<Vec<_>>()
    };
    assert_eq!(booked().await, [(good.id, -1)]);
    // One that was canceled, and a job that is none.
    printers.tell("gertie", &good.name, Deed::Hang);
    let canceled = cleaning().await;
    house.wait(canceled.id, Job::has_attempt).await;
    house.queue.cancel(canceled.id).await.unwrap();
    assert_eq!(house.ended(canceled.id).await.state, JobState::Canceled);
    let photo = house.print("photo", Destination::Pool).await;
    house.ended(photo).await;
    assert_eq!(booked().await, [(good.id, -1)]);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_that_is_low_is_told_once_whatever_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let told = async |house: &House| -> Vec<(i64, bool)> {
        for _ in 0..3 {
            house.queue.comes_round().await;
        }
        let events = house.store.events_after(EventSeq(0), 1_000).await.unwrap();
        let low = events.into_iter().filter_map(|event| match event.kind {
            EventKind::PaperLow { sheets, low, .. } => Some((sheets, low)),
            _ => None,
        });
        low.collect()
    };
    for life in 0..3 {
        let house = House::open(folder.path(), Arc::default(), None).await;
        let papers = vec![(paper(5), Some(9))];
        house.store.set_papers(papers, Timestamp(1)).await.unwrap();
        if life == 0 {
            assert_eq!(told(&house).await, []);
            let gone = NewStockEntry {
                paper: rag(),
                delta: -4,
                reason: StockReason::WrittenOff,
                job: None,
                by: "ann".into(),
                note: SmolStr::default(),
                at: Timestamp(2),
            };
            house.store.book_stock(vec![gone]).await.unwrap();
        }
        assert_eq!(told(&house).await, [(5, true)], "life {life}");
        house.rests().await;
    }
}
