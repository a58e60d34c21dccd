//! The queue at work on a real store, with printers that do what they are told to.

use std::sync::Arc;

use uuid::Uuid;

use super::super::{Answer, Courier};
use super::*;
use crate::model::{AttemptOutcome, Destination, EventKind, EventSeq, JobState, RemoteJob};
use crate::store::Store;
use house::{Deed, House, Printers, id};

mod booked;
pub mod house;
mod opened;
mod stranded;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_breaks_platen_down_is_put_aside_and_the_rest_prints_on() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    for printer in ["gertie", "squirty"] {
        house.printers.tell(printer, "poison", Deed::BreakDown);
        house.printers.tell(printer, "slow poison", Deed::BreakDownLate);
    }
    let poison = house.print("poison", Destination::Pool).await;
    let slow = house.print("slow poison", Destination::Pool).await;
    let mut others = vec![];
    for n in 0..4 {
        others.push(house.print(&format!("good {n}"), Destination::Pool).await);
    }
    for other in others {
        assert_eq!(house.ended(other).await.state, JobState::Completed);
    }
    for poisonous in [poison, slow] {
        house
            .wait(poisonous, |job| job.strikes == 1 && job.not_before.is_some())
            .await;
        house.hurry(poisonous).await;
        let job = house.held(poisonous).await;
        assert_eq!((job.state, job.strikes), (JobState::PendingHeld, 2));
        assert!(job.message.contains("broke down twice"), "{}", job.message);
        assert_eq!(house.store.attempts(poisonous).await.unwrap().len(), 2);
    }
    // A person lets it go on, and it prints this time.
    for printer in ["gertie", "squirty"] {
        house.printers.tell(printer, "poison", Deed::Print);
    }
    house.queue.answer(poison, Answer::PrintAgain).await.unwrap();
    assert_eq!(house.ended(poison).await.state, JobState::Completed);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breakdown_while_a_printer_is_asked_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    *house.printers.bad_inquiries.lock().unwrap() = 1;
    let job = house.print("photo", Destination::Pool).await;
    assert_eq!(house.ended(job).await.state, JobState::Completed);
    assert_eq!(*house.printers.bad_inquiries.lock().unwrap(), 0);
    assert_eq!(house.printers.delivered("photo").len(), 1);
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_one_printer_refuses_is_printed_by_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    house.printers.tell("gertie", "wide", Deed::Refuse);
    house.printers.tell("gertie", "odd", Deed::Refuse);
    house.printers.tell("squirty", "odd", Deed::Refuse);
    let wide = house.print("wide", Destination::Pool).await;
    assert_eq!(house.ended(wide).await.state, JobState::Completed);
    assert_eq!(house.printers.delivered("wide"), ["squirty"]);
    let odd = house.print("odd", Destination::Pool).await;
    let job = house.ended(odd).await;
    assert_eq!(
        (job.state, job.message.as_str()),
        (JobState::Aborted, "it takes no such format")
    );
    assert_eq!(house.store.attempts(odd).await.unwrap().len(), 2);
    let named = house.print("wide", Destination::Printer(id("gertie"))).await;
    assert_eq!(
        house.ended(named).await.state,
        JobState::Aborted,
        "no other may print it"
    );
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_capabilities_make_a_refusal_void() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    house.printers.tell("gertie", "wide", Deed::Refuse);
    house.printers.tell("squirty", "wide", Deed::Hang);
    let job = house.print("wide", Destination::Pool).await;
    let at_squirty = |job: &Job| job.printer == Some(id("squirty")) && job.was_refused_by(&id("gertie"));
    house.wait(job, at_squirty).await;
    let mut capabilities = house.printers.capabilities(&id("gertie")).await.unwrap();
    let gertie = id("gertie");
    let learn = |capabilities| presence::learn(&house.queue.context, &gertie, capabilities);
    learn(capabilities.clone()).await.unwrap();
    let job_now = house.store.job(job).await.unwrap().unwrap();
    assert!(job_now.was_refused_by(&gertie), "nothing has changed");
    capabilities.make_and_model = "with new firmware".into();
    learn(capabilities).await.unwrap();
    let job_now = house.store.job(job).await.unwrap().unwrap();
    assert!(!job_now.was_refused_by(&gertie));
    house.queue.cancel(job).await.unwrap();
    house.ended(job).await;
    house.rests().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoiled_sheet_is_counted_told_and_printed_again() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    house.printers.tell("gertie", "photo", Deed::Lose);
    let job = house.print("photo", Destination::Printer(id("gertie"))).await;
    house.held(job).await;
    house.printers.tell("gertie", "photo", Deed::Print);
    let answered = house.queue.answer(job, Answer::Spoiled).await.unwrap();
    assert_eq!(answered.spoiled_sheets, 1);
    assert!(
        house.queue.answer(job, Answer::Spoiled).await.is_err(),
        "one answer is enough"
    );
    assert_eq!(house.ended(job).await.state, JobState::Completed);
    assert_eq!(house.printers.delivered("photo").len(), 2);
    let events = house.store.events_after(EventSeq(0), 1_000).await.unwrap();
    let spoiled: Vec<_> = events
        .iter()
        .filter(|e| matches!(e.kind, EventKind::SheetsSpoiled { sheets: 1 }))
        .collect();
    assert_eq!(spoiled.len(), 1);
    assert_eq!(
        (spoiled[0].job, spoiled[0].printer.clone()),
        (Some(job), Some(id("gertie")))
    );
    house.rests().await;
}

/// How an earlier life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Death,
    Stop,
}

/// An earlier life on this boot left an attempt open in this phase; gives the strikes of its job after the next start.
async fn strikes_after(phase: AttemptPhase, then: Option<Uuid>, end: End, now: Option<Uuid>) -> u32 {
    let folder = tempfile::tempdir().unwrap();
    let printers: Arc<Printers> = Arc::default();
    for printer in ["gertie", "squirty"] {
        printers.tell(printer, "photo", Deed::Hang);
    }
    let house = House::open(folder.path(), printers.clone(), then).await;
    let job = house.print("photo", Destination::Pool).await;
    house.wait(job, Job::has_attempt).await;
    let attempt = house.store.open_attempts().await.unwrap().remove(0);
    let remote = Some(RemoteJob { id: 1, uri: None });
    let advanced = house.store.advance_attempt(attempt.id, phase, remote, Timestamp::now());
    advanced.await.unwrap();
    match end {
        // Nobody notes it.
        End::Death => drop(house.queue.context.stage.send_replace(Stage::Abandon)),
        End::Stop => house.queue.stop(Duration::ZERO).await,
    }
    house.store.close().await;
    drop(house);
    // The lock goes with the last task that knows the store.
    while Store::open(&folder.path().join("platen.db")).is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let house = House::open(folder.path(), printers, now).await;
    let mut events = house.store.subscribe();
    loop {
        events.borrow_and_update();
        let first = house.store.attempts(job).await.unwrap().remove(0);
        if let Some(outcome) = first.outcome {
            let broke_down = matches!(&outcome, AttemptOutcome::NotPrinted { why } if why == poison::WHY);
            let strikes = house.store.job(job).await.unwrap().unwrap().strikes;
            assert_eq!(broke_down, strikes > 0, "{outcome:?}");
            house.queue.cancel(job).await.unwrap();
            house.ended(job).await;
            house.rests().await;
            return strikes;
        }
        let waited = tokio::time::timeout(Duration::from_secs(60), events.changed()).await;
        assert!(waited.is_ok(), "the attempt stays open");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_death_of_the_daemon_is_a_strike_unless_the_power_failed_or_it_was_stopped() {
    use AttemptPhase::{Opened, Sending};
    let (boot, other) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
    assert_eq!(strikes_after(Opened, boot, End::Death, boot).await, 1);
    assert_eq!(strikes_after(Opened, boot, End::Death, other).await, 0, "a power cut");
    assert_eq!(
        strikes_after(Sending, boot, End::Death, boot).await,
        0,
        "it was prepared"
    );
    assert_eq!(strikes_after(Opened, boot, End::Stop, boot).await, 0, "a clean stop");
    assert_eq!(strikes_after(Opened, None, End::Death, None).await, 0, "nobody knows");
}
