use super::*;

fn remote(state: i32, began: Option<bool>, impressions: Option<u32>) -> Inquiry {
    Inquiry::Known(RemoteJobState {
        state,
        reasons: vec![],
        message: None,
        impressions_completed: impressions,
        began,
    })
}

fn stop(cancel: bool, withdrawn: u32) -> Stop {
    Stop {
        cancel,
        withdrawn,
        ..Stop::default()
    }
}

const PHASES: [AttemptPhase; 3] = [AttemptPhase::Opened, AttemptPhase::Sending, AttemptPhase::Sent];

fn tries_again(next: &Next) -> bool {
    matches!(next, Next::Close(Ending::Retry { .. }))
}

#[test]
fn only_what_never_began_is_tried_again_by_itself() {
    for phase in [AttemptPhase::Sending, AttemptPhase::Sent] {
        for state in 3..=9 {
            for began in [None, Some(true), Some(false)] {
                for impressions in [None, Some(0), Some(1)] {
                    for cancel in [false, true] {
                        for withdrawn in [0, 1, 100] {
                            let next =
                                after_inquiry(phase, &remote(state, began, impressions), stop(cancel, withdrawn));
                            let elsewhere = matches!(next, Next::Close(Ending::Refused { .. }));
                            if tries_again(&next) || elsewhere {
                                assert!(
                                    began == Some(false) && impressions != Some(1),
                                    "{phase:?} {state} {began:?}"
                                );
                                assert!(state == 7 || state == 8, "only an ended job can't begin any more");
                            }
                        }
                    }
                }
            }
        }
        assert!(matches!(
            after_inquiry(phase, &Inquiry::Unknown, stop(false, 0)),
            Next::Close(Ending::Ask { .. })
        ));
    }
}

#[test]
fn before_the_first_document_byte_nothing_can_have_been_printed() {
    assert!(tries_again(&after_inquiry(
        AttemptPhase::Opened,
        &Inquiry::Unknown,
        stop(false, 0)
    )));
    assert!(tries_again(&after_inquiry(
        AttemptPhase::Opened,
        &remote(8, None, None),
        stop(false, 0)
    )));
    for state in 3..=6 {
        assert_eq!(
            after_inquiry(AttemptPhase::Opened, &remote(state, None, None), stop(false, 0)),
            Next::Withdraw
        );
    }
}

#[test]
fn a_printer_that_does_not_answer_is_waited_for_in_every_phase() {
    for phase in PHASES {
        let next = after_inquiry(phase, &Inquiry::Unreachable { why: "gone".into() }, stop(false, 0));
        assert_eq!(next, Next::Wait { why: "gone".into() });
    }
}

#[test]
fn a_printed_job_is_complete_even_when_its_cancel_came_too_late() {
    for phase in PHASES {
        let next = after_inquiry(phase, &remote(9, Some(true), Some(2)), stop(true, 3));
        assert_eq!(next, Next::Close(Ending::Completed { impressions: Some(2) }));
    }
}

#[test]
fn a_job_that_can_not_be_withdrawn_ends_in_a_question() {
    let mut withdrawn = 0;
    loop {
        match after_inquiry(AttemptPhase::Sent, &remote(5, Some(true), None), stop(true, withdrawn)) {
            Next::Withdraw => withdrawn += 1,
            Next::Close(Ending::Ask { .. }) => break,
            other => panic!("{other:?}"),
        }
        assert!(withdrawn < 1000);
    }
}

#[test]
fn trouble_before_the_first_byte_is_tried_again_and_after_it_the_printer_is_asked() {
    for class in [
        TroubleClass::Offline,
        TroubleClass::Protocol,
        TroubleClass::NotAccepting,
        TroubleClass::House,
    ] {
        let trouble = Trouble::new(class, "x");
        assert!(tries_again(&after_trouble(AttemptPhase::Opened, &trouble)));
        assert_eq!(after_trouble(AttemptPhase::Sending, &trouble), Next::Inquire);
        assert_eq!(after_trouble(AttemptPhase::Sent, &trouble), Next::Inquire);
    }
    // Those two are the printer's own word that it has nothing.
    for class in [TroubleClass::Busy, TroubleClass::Untaken] {
        let trouble = Trouble::new(class, "no space is left");
        for phase in [AttemptPhase::Opened, AttemptPhase::Sending] {
            assert!(tries_again(&after_trouble(phase, &trouble)));
        }
    }
    let bad = Trouble::new(TroubleClass::Render, "the JPEG ends early");
    for phase in PHASES {
        assert!(matches!(after_trouble(phase, &bad), Next::Close(Ending::Failed { .. })));
    }
}

#[test]
fn a_canceled_job_that_the_printer_does_not_know_asks_nothing() {
    let next = after_inquiry(AttemptPhase::Sending, &Inquiry::Unknown, stop(true, 1));
    assert!(matches!(next, Next::Close(Ending::Canceled { .. })), "{next:?}");
}

#[test]
fn a_refusal_that_came_after_bytes_had_left_is_settled_by_asking() {
    let why = SmolStr::new_static("it takes no such format");
    let bad = Trouble::new(TroubleClass::JobBad, why.clone());
    let at_once = after_trouble(AttemptPhase::Opened, &bad);
    assert!(matches!(at_once, Next::Close(Ending::Refused { .. })), "{at_once:?}");
    assert_eq!(after_trouble(AttemptPhase::Sending, &bad), Next::Inquire);
    let phase = AttemptPhase::Sending;
    let settled = |inquiry: &Inquiry, withdrawn| {
        after_refusal(inquiry, &why, after_inquiry(phase, inquiry, stop(false, withdrawn)))
    };
    // Nothing is there: another printer may have it.
    for inquiry in [
        Inquiry::Unknown,
        remote(8, Some(false), Some(0)),
        remote(7, Some(false), None),
    ] {
        assert!(
            matches!(settled(&inquiry, 0), Next::Close(Ending::Refused { .. })),
            "{inquiry:?}"
        );
    }
    // Something may be there, and nobody need be asked: the job is over.
    for inquiry in [remote(8, Some(true), Some(1)), remote(8, None, None)] {
        let next = settled(&inquiry, 0);
        assert!(
            matches!(&next, Next::Close(Ending::Failed { why: told, .. }) if *told == why),
            "{next:?}"
        );
    }
    assert_eq!(
        settled(&remote(3, None, None), 0),
        Next::Withdraw,
        "its empty job is taken back"
    );
    assert!(matches!(
        settled(&Inquiry::Unreachable { why: "gone".into() }, 0),
        Next::Wait { .. }
    ));
    let done = remote(9, Some(true), None);
    assert!(matches!(settled(&done, 0), Next::Close(Ending::Completed { .. })));
}

#[test]
fn a_format_that_the_printers_job_is_aborted_for_is_a_refusal() {
    let mut refused = RemoteJobState {
        state: 8,
        reasons: vec!["unsupported-document-format".into()],
        message: None,
        impressions_completed: Some(0),
        began: Some(false),
    };
    for phase in PHASES {
        let next = after_inquiry(phase, &Inquiry::Known(refused.clone()), stop(false, 0));
        assert!(
            matches!(next, Next::Close(Ending::Refused { .. })),
            "{phase:?} {next:?}"
        );
    }
    refused.began = None;
    let next = after_inquiry(AttemptPhase::Sent, &Inquiry::Known(refused), stop(false, 0));
    assert!(
        matches!(next, Next::Close(Ending::Ask { .. })),
        "a sheet may be there: {next:?}"
    );
}

#[test]
fn a_job_that_every_printer_has_refused_is_over() {
    let mut job = super::super::state::tests::pending();
    let [gertie, squirty] = ["gertie", "squirty"].map(|name| PrinterId::new(name).unwrap());
    let able = [gertie.clone(), squirty.clone()];
    let ending = refused("no such format".into());
    assert_eq!(among(ending.clone(), &job, &gertie, &able), ending, "Squirty is left");
    let failed = |ending| matches!(ending, Ending::Failed { .. });
    assert!(failed(among(ending.clone(), &job, &gertie, &able[..1])));
    assert!(
        failed(among(ending.clone(), &job, &gertie, &[])),
        "no printer is left at all"
    );
    job.avoid = vec![crate::model::Avoid {
        printer: gertie,
        until: crate::model::Timestamp(0),
        why: "no such format".into(),
        failures: 0,
        refused: true,
    }];
    assert!(failed(among(ending, &job, &squirty, &able)), "however long ago");
}

#[test]
fn a_breakdown_of_ours_is_no_word_of_the_printer() {
    let crash = Trouble::new(TroubleClass::Crash, "x");
    assert!(tries_again(&after_trouble(AttemptPhase::Opened, &crash)));
    assert_eq!(after_trouble(AttemptPhase::Sending, &crash), Next::Inquire);
}

#[test]
fn an_inquiry_that_breaks_down_each_time_does_not_keep_the_printer_for_ever() {
    for phase in PHASES {
        let mut breakdowns = 1;
        while let Next::Wait { .. } = after_breakdown(phase, breakdowns) {
            breakdowns += 1;
            assert!(breakdowns < 1_000);
        }
        let next = after_breakdown(phase, breakdowns);
        assert_eq!(tries_again(&next), phase == AttemptPhase::Opened, "{next:?}");
    }
}

#[test]
fn a_part_of_a_page_that_was_printed_is_no_page() {
    for state in 3..=9 {
        for phase in PHASES {
            let next = after_inquiry(phase, &remote(state, Some(true), Some(1)), stop(false, 0));
            let of_a_part = of_a_part(next.clone());
            if matches!(next, Next::Close(Ending::Completed { .. })) {
                assert!(matches!(of_a_part, Next::Close(Ending::Ask { .. })));
            } else {
                assert_eq!(of_a_part, next);
            }
        }
    }
}

#[test]
fn a_job_is_given_back_untouched_or_not_at_all() {
    for state in 3..=9 {
        for impressions in [None, Some(0), Some(1)] {
            for given_back in [false, true] {
                for give_back in [false, true] {
                    for withdrawn in [0, 1, 100] {
                        let stop = Stop {
                            give_back,
                            given_back,
                            withdrawn,
                            ..Stop::default()
                        };
                        let next = after_inquiry(AttemptPhase::Sent, &remote(state, Some(true), impressions), stop);
                        let what = format!("{state} {impressions:?} {stop:?}: {next:?}");
                        if next == Next::GiveBack {
                            assert!(
                                give_back && impressions == Some(0) && matches!(state, 3 | 4 | 6),
                                "{what}"
                            );
                            assert!(withdrawn < 100, "it is not asked for ever: {what}");
                        }
                        if tries_again(&next) {
                            assert!(given_back && state == 7 && impressions == Some(0), "{what}");
                        }
                        if given_back && matches!(state, 7 | 8) {
                            assert!(
                                !matches!(next, Next::Close(Ending::Canceled { .. })),
                                "nobody has canceled it, whatever a restart has forgotten: {what}"
                            );
                        }
                        if state == 9 {
                            assert!(matches!(next, Next::Close(Ending::Completed { .. })), "{what}");
                        }
                    }
                }
            }
        }
    }
    // Somebody's cancel is a cancel.
    let stop = Stop {
        cancel: true,
        given_back: true,
        withdrawn: 1,
        ..Stop::default()
    };
    let next = after_inquiry(AttemptPhase::Sent, &remote(7, Some(true), Some(0)), stop);
    assert!(matches!(next, Next::Close(Ending::Canceled { .. })), "{next:?}");
}
