use super::super::tests::{document, gertie, pending};
use super::super::{answer_spoiled, edit, finish, release, restart, start};
use super::*;
use crate::model::Decided;
use crate::queue::settle::Ending;

fn squirty() -> PrinterId {
    PrinterId::new("squirty").unwrap()
}

fn retry(class: TroubleClass) -> Ending {
    Ending::Retry {
        why: "it answers nonsense".into(),
        class,
    }
}

#[test]
fn a_printer_that_failed_is_avoided_longer_each_time_and_no_other_is() {
    let mut job = pending();
    let mut waits = vec![];
    for n in 0..7 {
        let now = Timestamp(n * 1_000_000);
        start(&mut job, (&gertie(), "Gertie"), now).unwrap();
        finish(&mut job, "Gertie", &retry(TroubleClass::Offline), now).unwrap();
        assert_eq!((job.state, job.not_before), (JobState::Pending, None));
        waits.push(job.avoids(&gertie(), now).unwrap().until.0 - now.0);
        assert_eq!(job.avoids(&squirty(), now), None);
    }
    assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    // Another printer begins with a second of its own.
    let now = Timestamp(9_000_000);
    start(&mut job, (&squirty(), "Gertie"), now).unwrap();
    finish(&mut job, "Gertie", &retry(TroubleClass::Offline), now).unwrap();
    assert_eq!(job.avoids(&squirty(), now).unwrap().until, now.plus_ms(1_000));
    assert_eq!(job.avoids(&gertie(), now), None, "its time is over");
    // One that is busy does not count, and is not asked again at once.
    start(&mut job, (&squirty(), "Gertie"), now).unwrap();
    finish(&mut job, "Gertie", &retry(TroubleClass::Busy), now).unwrap();
    let busy = job.avoids(&squirty(), now).unwrap();
    assert_eq!((busy.failures, busy.until), (1, now.plus_ms(1_000)));
    // Our own trouble is no printer's fault.
    let mut ours = pending();
    start(&mut ours, (&gertie(), "Gertie"), now).unwrap();
    finish(&mut ours, "Gertie", &retry(TroubleClass::House), now).unwrap();
    assert_eq!((ours.avoid.len(), ours.not_before), (0, Some(now.plus_ms(1_000))));
}

#[test]
fn the_clock_may_be_put_back_and_the_list_is_bounded() {
    let mut job = pending();
    let now = Timestamp(1_000 * 86_400_000);
    for n in 0..40 {
        let printer = PrinterId::new(&format!("p{n}")).unwrap();
        start(&mut job, (&printer, "Gertie"), now).unwrap();
        let why = "x".repeat(5_000).into();
        let class = TroubleClass::Untaken;
        finish(&mut job, "Gertie", &Ending::Retry { why, class }, now.plus_ms(n)).unwrap();
    }
    assert_eq!(job.avoid.len(), Avoid::MOST);
    assert!(job.avoid.iter().all(|a| a.why.len() <= Avoid::MOST_WORDS));
    let last = PrinterId::new("p39").unwrap();
    assert!(job.avoids(&last, now).is_some(), "the newest are kept");
    assert!(job.avoids(&last, Timestamp(5)).is_none());
}

fn refusal() -> Ending {
    Ending::Refused {
        why: "it takes no such format".into(),
        reason: JobReason::UnsupportedDocumentFormat,
    }
}

#[test]
fn a_refused_job_goes_elsewhere_until_the_printer_or_the_job_changes() {
    let mut job = pending();
    job.documents = vec![document(1)];
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    finish(&mut job, "Gertie", &refusal(), Timestamp(6)).unwrap();
    assert_eq!(job.state, JobState::Pending);
    assert!(job.was_refused_by(&gertie()) && job.avoids(&gertie(), Timestamp(6)).is_some());
    assert_eq!(job.failures, 0, "that was no failed try");
    let mut other = job.clone();
    assert!(!capabilities_changed(&mut other, &squirty()));
    assert!(capabilities_changed(&mut other, &gertie()));
    assert_eq!(other.avoid, []);
    let mut edited = job.clone();
    edit(&mut edited, |job| job.name = "dawn".into()).unwrap();
    assert!(edited.was_refused_by(&gertie()));
    edit(&mut edited, |job| job.ticket.copies = Decided::by_client(9)).unwrap();
    assert!(!edited.was_refused_by(&gertie()), "it is another job now");

    assert!(refused_everywhere(&mut job, &[gertie(), squirty()], Timestamp(7)).is_err());
    assert!(
        refused_everywhere(&mut pending(), &[], Timestamp(7)).is_err(),
        "nobody has refused it"
    );
    refused_everywhere(&mut job, &[gertie()], Timestamp(7)).unwrap();
    assert_eq!(
        (job.state, job.message.as_str()),
        (JobState::Aborted, "it takes no such format")
    );
    assert!(job.reasons.contains(&JobReason::UnsupportedDocumentFormat));
    restart(&mut job, None).unwrap();
    assert_eq!(job.avoid, []);
}

#[test]
fn a_job_that_breaks_platen_down_twice_is_put_aside() {
    let mut job = pending();
    for _ in 0..2 {
        assert_eq!(job.state, JobState::Pending);
        start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
        finish(&mut job, "Gertie", &retry(TroubleClass::Crash), Timestamp(6)).unwrap();
        assert_eq!((job.avoid.len(), job.failures), (0, 0), "it is not the printer's fault");
    }
    assert_eq!((job.state, job.strikes), (JobState::PendingHeld, 2));
    assert_eq!(job.reasons, [JobReason::JobHeldForReview]);
    assert!(job.message.contains("twice"), "{}", job.message);
    assert_eq!(
        answer_spoiled(&mut job),
        Err(Refusal::NoSheet { job: job.id }),
        "nothing was printed"
    );
    release(&mut job).unwrap();
    assert_eq!((job.state, job.strikes, job.spoiled_sheets), (JobState::Pending, 0, 0));
}

#[test]
fn a_spoiled_sheet_is_counted_and_printed_again() {
    let mut job = pending();
    job.documents = vec![document(1)];
    assert!(answer_spoiled(&mut job).is_err(), "it asks nothing");
    for spoiled in 1..=2 {
        start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
        finish(&mut job, "Gertie", &Ending::Ask { why: "Jam.".into() }, Timestamp(6)).unwrap();
        assert!(job.question.as_ref().unwrap().sheet);
        answer_spoiled(&mut job).unwrap();
        assert_eq!((job.state, job.spoiled_sheets), (JobState::Pending, spoiled));
    }
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    finish(
        &mut job,
        "Gertie",
        &Ending::Completed { impressions: None },
        Timestamp(9),
    )
    .unwrap();
    restart(&mut job, None).unwrap();
    assert_eq!(job.spoiled_sheets, 2, "what is spoiled stays so");
}
