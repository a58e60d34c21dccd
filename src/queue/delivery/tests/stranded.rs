//! Paper that runs out after the hand-over.

use super::super::lacks_only_paper;
use super::house::{Deed, House, id};
use crate::model::{AttemptOutcome, Destination, EventKind, EventSeq, Job, JobState, PrinterStatus, RemoteJobState};
use crate::queue::{Courier, Inquiry};

async fn house(folder: &std::path::Path) -> House {
    let house = House::new(folder).await;
    house.printers.tell("gertie", "photo", Deed::RunDry);
    house
}

/// Waits until this is on record as a printer's status.
async fn says(house: &House, printer: &str, is_dry: bool) {
    let mut events = house.store.subscribe();
    loop {
        events.borrow_and_update();
        let printers = house.store.printers().await.unwrap();
        let status = printers.iter().find(|p| p.id == id(printer)).unwrap().status.as_ref();
        if status.is_some_and(|status| status.reasons.is_empty() != is_dry) {
            return;
        }
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), events.changed()).await;
        assert!(waited.is_ok(), "{printer} does not say it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_printer_has_run_dry_is_taken_back_and_printed_by_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    house.printers.store.set(house.store.clone()).unwrap();
    let job = house.print("photo", Destination::Pool).await;
    assert_eq!(house.ended(job).await.state, JobState::Completed);
    assert_eq!(house.printers.delivered("photo"), ["gertie", "squirty"]);
    let attempts = house.store.attempts(job).await.unwrap();
    let [first, second] = attempts.as_slice() else {
        panic!("{attempts:?}");
    };
    assert!(
        matches!(first.outcome, Some(AttemptOutcome::NotPrinted { .. })),
        "{first:?}"
    );
    assert_eq!((first.given_back, second.given_back), (true, false));
    let withdrawn = house.printers.withdrawn.lock().unwrap().clone();
    assert_eq!(
        withdrawn,
        [(first.token.clone(), true)],
        "it was on record before the printer heard of it"
    );
    // Why it went where it went stays with each attempt, and is told once.
    assert!(!first.why.is_empty() && second.why.contains("gertie"), "{attempts:?}");
    let events = house.store.events_after(EventSeq(0), 1_000).await.unwrap();
    let told = events.iter().filter_map(|event| match &event.kind {
        EventKind::AttemptChanged { why, .. } if !why.is_empty() => Some(why),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [&first.why, &second.why]);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_else_has_paper_a_job_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    let printers = house.printers.clone();
    // It calls its job printing at first, so that nothing is taken back though the other one has paper.
    *printers.pretends.lock().unwrap() = true;
    let job = house.print("photo", Destination::Pool).await;
    says(&house, "gertie", true).await;
    let rounds = async || {
        for _ in 0..3 {
            house.queue.comes_round().await;
        }
    };
    rounds().await;
    printers.dry.lock().unwrap().insert("squirty".into());
    says(&house, "squirty", true).await;
    rounds().await;
    *printers.pretends.lock().unwrap() = false;
    let asked = || *printers.asked.lock().unwrap();
    let before = asked();
    while asked() < before + 5 {
        tokio::task::yield_now().await;
    }
    assert!(
        printers.withdrawn.lock().unwrap().is_empty(),
        "nobody could print it now"
    );
    // The other one is loaded.
    printers.dry.lock().unwrap().remove("squirty");
    assert_eq!(house.ended(job).await.state, JobState::Completed);
    assert_eq!(printers.delivered("photo"), ["gertie", "squirty"]);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_job_is_taken_back_its_printer_is_asked_whether_it_still_lacks_paper() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    *house.printers.pretends.lock().unwrap() = true;
    let job = house.print("photo", Destination::Printer(id("gertie"))).await;
    house.wait(job, Job::has_attempt).await;
    says(&house, "gertie", true).await;
    let attempt = house.store.open_attempts().await.unwrap().remove(0);
    let known = |state, impressions| {
        Inquiry::Known(RemoteJobState {
            state,
            reasons: vec![],
            message: None,
            impressions_completed: impressions,
            began: Some(true),
        })
    };
    let lacks = |inquiry: Inquiry| {
        let (house, attempt) = (&house, &attempt);
        async move { lacks_only_paper(&house.queue.context, attempt, &inquiry).await }
    };
    assert!(lacks(known(6, Some(0))).await);
    assert!(!lacks(known(6, Some(1))).await && !lacks(known(5, Some(0))).await);
    assert!(!lacks(Inquiry::Unknown).await);
    // It was loaded a moment ago: what is on record is older.
    house.printers.dry.lock().unwrap().clear();
    let status = PrinterStatus {
        reasons: vec!["media-empty-error".into()],
        ..house.printers.status(&id("gertie")).await.unwrap()
    };
    house.store.save_status(id("gertie"), status).await.unwrap();
    assert!(!lacks(known(6, Some(0))).await);
    house.queue.cancel(job).await.unwrap();
    house.ended(job).await;
    house.rests().await;
}
