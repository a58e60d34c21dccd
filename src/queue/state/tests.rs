use uuid::Uuid;

use super::*;
use crate::model::{Decided, Destination, Hold, HoldUntil, JobId, Margins, Media, MediaSize, Ticket, TroubleClass};

pub(in crate::queue) fn pending() -> Job {
    let media = Media {
        size: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
        media_type: "auto".into(),
        source: "auto".into(),
        margins: Margins::BORDERLESS,
    };
    Job {
        id: JobId(7),
        uuid: Uuid::nil(),
        name: "photo".into(),
        user: "ann".into(),
        destination: Destination::Pool,
        priority: 50,
        rank: 0,
        state: JobState::Pending,
        reasons: vec![JobReason::JobQueued],
        message: "".into(),
        ticket: Ticket {
            copies: Decided::by_client(2),
            ..Ticket::of(Decided::by_default(media))
        },
        documents: vec![],
        incoming_until: None,
        hold: None,
        not_before: None,
        avoid: vec![],
        question: None,
        cancel_requested: false,
        failures: 0,
        strikes: 0,
        spoiled_sheets: 0,
        copies_done: 0,
        impressions_completed: 0,
        printer: None,
        printer_uri: "ipp://localhost/ipp/print".into(),
        created: Timestamp(0),
        waits_since: Timestamp(0),
        processing: None,
        completed: None,
    }
}

pub(super) fn gertie() -> PrinterId {
    PrinterId::new("gertie").unwrap()
}

#[test]
fn the_happy_way() {
    let mut job = pending();
    job.documents = vec![document(1)];
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    assert!(progress(&mut job, "Gertie", &Progress::Outgoing).unwrap());
    assert!(progress(&mut job, "Gertie", &Progress::Printing { impressions: Some(1) }).unwrap());
    assert!(
        !progress(&mut job, "Gertie", &Progress::Printing { impressions: Some(1) }).unwrap(),
        "the same again is no change"
    );
    finish(
        &mut job,
        "Gertie",
        &Ending::Completed { impressions: None },
        Timestamp(9),
    )
    .unwrap();
    assert_eq!(
        (job.state, job.impressions_completed, job.completed),
        (JobState::Completed, 2, Some(Timestamp(9)))
    );
    assert!(cancel(&mut job, Timestamp(10)).is_err());
}

#[test]
fn a_cancel_of_an_open_attempt_waits_for_the_printer() {
    let mut job = pending();
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    cancel(&mut job, Timestamp(6)).unwrap();
    assert_eq!(job.state, JobState::Processing);
    assert!(job.reasons.contains(&JobReason::ProcessingToStopPoint));
    assert!(cancel(&mut job, Timestamp(6)).is_err(), "once is enough");
    let outcome = finish(
        &mut job,
        "Gertie",
        &Ending::Retry {
            why: "busy".into(),
            class: TroubleClass::Busy,
        },
        Timestamp(7),
    )
    .unwrap();
    assert_eq!((job.state, outcome), (JobState::Canceled, AttemptOutcome::Canceled));
}

#[test]
fn what_may_lie_in_the_printer_waits_for_a_person() {
    let mut job = pending();
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    finish(
        &mut job,
        "Gertie",
        &Ending::Ask {
            why: "The power failed.".into(),
        },
        Timestamp(6),
    )
    .unwrap();
    assert_eq!(job.state, JobState::PendingHeld);
    assert!(
        start(&mut job, (&gertie(), "Gertie"), Timestamp(7)).is_err(),
        "never without an answer"
    );
    let mut done = job.clone();
    answer_done(&mut done, Timestamp(8)).unwrap();
    assert_eq!(done.state, JobState::Completed);
    answer_print_again(&mut job).unwrap();
    start(&mut job, (&gertie(), "Gertie"), Timestamp(9)).unwrap();
}

#[test]
fn trouble_that_waiting_does_not_cure_comes_to_a_person_in_the_end() {
    let mut job = pending();
    for _ in 0..TRIES_BEFORE_ASKING {
        start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
        let ending = Ending::Retry {
            why: "it answers nonsense".into(),
            class: TroubleClass::Protocol,
        };
        finish(&mut job, "Gertie", &ending, Timestamp(6)).unwrap();
    }
    assert_eq!((job.state, job.failures), (JobState::PendingHeld, TRIES_BEFORE_ASKING));
}

#[test]
fn an_opened_job_without_documents_times_out() {
    let mut job = pending();
    job.state = JobState::PendingHeld;
    job.incoming_until = Some(Timestamp(100));
    assert!(incoming_timed_out(&mut job, Timestamp(99)).is_err());
    assert!(start(&mut job, (&gertie(), "Gertie"), Timestamp(99)).is_err());
    let mut late = job.clone();
    incoming_timed_out(&mut late, Timestamp(100)).unwrap();
    assert_eq!(late.state, JobState::Aborted);
    ready(&mut job).unwrap();
    assert_eq!(job.state, JobState::Pending);
}

fn hold(over: Option<i64>) -> Hold {
    Hold {
        until: HoldUntil::Indefinite,
        over: over.map(Timestamp),
        offset: 0,
    }
}

#[test]
fn a_held_job_waits_for_its_time_or_for_somebody() {
    let mut job = pending();
    set_hold(&mut job, Some(hold(Some(100)))).unwrap();
    assert_eq!(
        (job.state, job.reasons.as_slice()),
        (JobState::PendingHeld, &[JobReason::JobHoldUntilSpecified][..])
    );
    assert!(start(&mut job, (&gertie(), "Gertie"), Timestamp(1)).is_err());
    assert!(hold_over(&mut job, Timestamp(99)).is_err());
    let mut released = job.clone();
    release(&mut released).unwrap();
    assert_eq!((released.state, released.hold), (JobState::Pending, None));
    assert!(release(&mut released).is_err(), "it is not held any more");
    hold_over(&mut job, Timestamp(100)).unwrap();
    assert_eq!(job.state, JobState::Pending);
    start(&mut job, (&gertie(), "Gertie"), Timestamp(101)).unwrap();
    assert!(set_hold(&mut job, Some(hold(None))).is_err(), "it is with a printer");
}

#[test]
fn an_incoming_job_is_held_once_its_documents_are_there() {
    let mut job = pending();
    job.state = JobState::PendingHeld;
    job.incoming_until = Some(Timestamp(100));
    set_hold(&mut job, Some(hold(None))).unwrap();
    assert!(job.incoming_until.is_some(), "documents may still come");
    ready(&mut job).unwrap();
    assert_eq!(job.state, JobState::PendingHeld);
    release(&mut job).unwrap();
    assert_eq!(job.state, JobState::Pending);
}

#[test]
fn a_job_that_is_closed_without_a_document_is_over() {
    let mut job = pending();
    job.state = JobState::PendingHeld;
    job.incoming_until = Some(Timestamp(9));
    job.reasons = vec![JobReason::JobIncoming];
    let mut sent = job.clone();
    close(&mut job, Timestamp(5)).unwrap();
    assert_eq!((job.state, job.completed), (JobState::Aborted, Some(Timestamp(5))));
    assert!(close(&mut job, Timestamp(6)).is_err());
    sent.documents = vec![document(1)];
    close(&mut sent, Timestamp(5)).unwrap();
    assert_eq!(sent.state, JobState::Pending);
}

pub(in crate::queue) fn document(number: u32) -> crate::model::Document {
    crate::model::Document {
        id: crate::model::DocumentId(i64::from(number)),
        number,
        digest: crate::model::Digest([1; 32]),
        bytes: 1,
        name: None,
        facts: crate::model::DocumentFacts {
            format: crate::model::DocumentFormat::Jpeg,
            width: 1,
            height: 1,
            pages: 1,
            resolution: None,
            profile: None,
        },
        canceled: false,
    }
}

#[test]
fn a_job_that_has_ended_can_be_restarted_and_no_other() {
    let mut job = pending();
    job.documents.push(document(1));
    assert!(restart(&mut job, None).is_err(), "it waits");
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    assert!(restart(&mut job, None).is_err(), "it prints");
    finish(
        &mut job,
        "Gertie",
        &Ending::Completed { impressions: Some(2) },
        Timestamp(9),
    )
    .unwrap();
    restart(&mut job, None).unwrap();
    assert_eq!(
        (job.state, job.completed, job.impressions_completed),
        (JobState::Pending, None, 0)
    );
    start(&mut job, (&gertie(), "Gertie"), Timestamp(12)).unwrap();
    assert_eq!(job.processing, Some(Timestamp(12)));
    cancel(&mut job, Timestamp(13)).unwrap();
    finish(
        &mut job,
        "Gertie",
        &Ending::Canceled { why: "gone".into() },
        Timestamp(14),
    )
    .unwrap();
    let hold = Hold {
        until: HoldUntil::Indefinite,
        over: None,
        offset: 0,
    };
    restart(&mut job, Some(hold)).unwrap();
    assert_eq!(job.state, JobState::PendingHeld);
    assert!(!job.cancel_requested, "the old cancel is over");

    let mut empty = pending();
    cancel(&mut empty, Timestamp(1)).unwrap();
    assert!(matches!(restart(&mut empty, None), Err(Refusal::NothingToPrint { .. })));
}

#[test]
fn a_suspended_job_has_no_attempt_and_waits_to_be_resumed() {
    let mut job = pending();
    assert!(resume(&mut job).is_err());
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    let outcome = finish(&mut job, "Gertie", &Ending::Suspended, Timestamp(6)).unwrap();
    assert!(matches!(outcome, AttemptOutcome::NotPrinted { .. }));
    assert_eq!(job.state, JobState::ProcessingStopped);
    assert!(job.is_suspended() && !job.has_attempt());
    assert!(progress(&mut job, "Gertie", &Progress::Outgoing).is_err());
    assert!(start(&mut job, (&gertie(), "Gertie"), Timestamp(7)).is_err());
    let mut canceled = job.clone();
    cancel(&mut canceled, Timestamp(8)).unwrap();
    assert_eq!(canceled.state, JobState::Canceled, "there is no printer to wait for");
    resume(&mut job).unwrap();
    assert_eq!((job.state, job.is_suspended()), (JobState::Pending, false));

    // A cancel that was asked before wins.
    start(&mut job, (&gertie(), "Gertie"), Timestamp(9)).unwrap();
    cancel(&mut job, Timestamp(10)).unwrap();
    finish(&mut job, "Gertie", &Ending::Suspended, Timestamp(11)).unwrap();
    assert_eq!(job.state, JobState::Canceled);
}

#[test]
fn documents_are_taken_back_one_by_one() {
    let mut job = pending();
    job.documents = vec![document(1), document(2)];
    cancel_document(&mut job, 2, Timestamp(1)).unwrap();
    assert!(cancel_document(&mut job, 2, Timestamp(1)).is_err(), "once is enough");
    assert!(cancel_document(&mut job, 3, Timestamp(1)).is_err());
    assert_eq!(job.state, JobState::Pending);
    let mut with_printer = job.clone();
    start(&mut with_printer, (&gertie(), "Gertie"), Timestamp(2)).unwrap();
    assert!(cancel_document(&mut with_printer, 1, Timestamp(2)).is_err());
    cancel_document(&mut job, 1, Timestamp(2)).unwrap();
    assert_eq!(job.state, JobState::Canceled, "nothing is left to print");
}

#[test]
fn edits_keep_the_rules_of_holding_and_order() {
    let mut job = pending();
    job.rank = -3;
    edit(&mut job, |job| job.name = "dawn".into()).unwrap();
    assert_eq!((job.name.as_str(), job.rank), ("dawn", -3));
    edit(&mut job, |job| job.priority = 80).unwrap();
    assert_eq!(job.rank, 0, "the last of its new priority");
    let held_new = Hold {
        until: HoldUntil::ReleaseOfNewJobs,
        over: None,
        offset: 0,
    };
    edit(&mut job, |job| job.hold = Some(held_new)).unwrap();
    assert_eq!(
        (job.state, job.reasons.as_slice()),
        (JobState::PendingHeld, &[JobReason::JobHeldOnCreate][..])
    );
    assert!(release_new(&mut job) && !release_new(&mut job));
    assert_eq!(job.state, JobState::Pending);
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    let before = job.clone();
    assert!(edit(&mut job, |job| job.name = "dusk".into()).is_err());
    assert_eq!(job, before);
}

#[test]
fn a_canceled_job_that_is_held_with_a_question_can_be_canceled_again() {
    let mut job = pending();
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    cancel(&mut job, Timestamp(6)).unwrap();
    assert!(cancel(&mut job, Timestamp(6)).is_err(), "it is under way already");
    finish(&mut job, "Gertie", &Ending::Ask { why: "?".into() }, Timestamp(7)).unwrap();
    assert_eq!(job.state, JobState::PendingHeld);
    cancel(&mut job, Timestamp(8)).unwrap();
    assert_eq!(job.state, JobState::Canceled);
}

#[test]
fn a_job_is_moved_until_it_is_with_a_printer() {
    let there = || Destination::Printer(gertie());
    let uri = || SmolStr::new("ipp://localhost/ipp/print/gertie");
    let mut job = pending();
    job.not_before = Some(Timestamp(99));
    move_to(&mut job, Destination::Pool, uri()).unwrap();
    assert_eq!(job.not_before, Some(Timestamp(99)), "it is there already");
    move_to(&mut job, there(), uri()).unwrap();
    assert_eq!(
        (&job.destination, &job.printer_uri, job.not_before),
        (&there(), &uri(), None)
    );
    start(&mut job, (&gertie(), "Gertie"), Timestamp(5)).unwrap();
    let said = move_to(&mut job, Destination::Pool, uri()).unwrap_err().to_string();
    assert_eq!(said, "job 7 can't be moved now: it is processing");
    job.reasons = vec![JobReason::JobSuspended];
    move_to(&mut job, Destination::Pool, uri()).unwrap();
    let mut ended = pending();
    cancel(&mut ended, Timestamp(5)).unwrap();
    assert!(matches!(
        move_to(&mut ended, there(), uri()),
        Err(Refusal::Ended { .. })
    ));
}
