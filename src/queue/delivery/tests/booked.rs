//! What the end of an attempt, and a person's answer, book.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::super::Answer;
use super::super::super::books::{Books, Origin, Sheets};
use super::house::{Deed, House, Printers};
use crate::model::{
    Bookings, Destination, Finish, Job, JobState, MediaSize, NewStockEntry, Paper, PaperId, StockReason, Timestamp,
};

/// Books every sheet of the one paper.
#[derive(Debug)]
struct Sheetbook;

fn rag() -> PaperId {
    PaperId::new("rag").unwrap()
}

impl Books for Sheetbook {
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
    let paper = Paper {
        id: rag(),
        name: "Rag".into(),
        size: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
        media_type: "photographic-matte".into(),
        finish: Finish::Matte,
        weight: None,
        price: None,
        low: 0,
    };
    let store = &house.store;
    store.set_papers(vec![(paper, Some(100))], Timestamp(1)).await.unwrap();

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
