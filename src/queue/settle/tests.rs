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
                            let next = after_inquiry(phase, &remote(state, began, impressions), cancel, withdrawn);
                            if tries_again(&next) {
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
            after_inquiry(phase, &Inquiry::Unknown, false, 0),
            Next::Close(Ending::Ask { .. })
        ));
    }
}

#[test]
fn before_the_first_document_byte_nothing_can_have_been_printed() {
    assert!(tries_again(&after_inquiry(
        AttemptPhase::Opened,
        &Inquiry::Unknown,
        false,
        0
    )));
    assert!(tries_again(&after_inquiry(
        AttemptPhase::Opened,
        &remote(8, None, None),
        false,
        0
    )));
    for state in 3..=6 {
        assert_eq!(
            after_inquiry(AttemptPhase::Opened, &remote(state, None, None), false, 0),
            Next::Withdraw
        );
    }
}

#[test]
fn a_printer_that_does_not_answer_is_waited_for_in_every_phase() {
    for phase in PHASES {
        let next = after_inquiry(phase, &Inquiry::Unreachable { why: "gone".into() }, false, 0);
        assert_eq!(next, Next::Wait { why: "gone".into() });
    }
}

#[test]
fn a_printed_job_is_complete_even_when_its_cancel_came_too_late() {
    for phase in PHASES {
        let next = after_inquiry(phase, &remote(9, Some(true), Some(2)), true, 3);
        assert_eq!(next, Next::Close(Ending::Completed { impressions: Some(2) }));
    }
}

#[test]
fn a_job_that_can_not_be_withdrawn_ends_in_a_question() {
    let mut withdrawn = 0;
    loop {
        match after_inquiry(AttemptPhase::Sent, &remote(5, Some(true), None), true, withdrawn) {
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
    let next = after_inquiry(AttemptPhase::Sending, &Inquiry::Unknown, true, 1);
    assert!(matches!(next, Next::Close(Ending::Canceled { .. })), "{next:?}");
}

#[test]
fn a_part_of_a_page_that_was_printed_is_no_page() {
    for state in 3..=9 {
        for phase in PHASES {
            let next = after_inquiry(phase, &remote(state, Some(true), Some(1)), false, 0);
            let of_a_part = of_a_part(next.clone());
            if matches!(next, Next::Close(Ending::Completed { .. })) {
                assert!(matches!(of_a_part, Next::Close(Ending::Ask { .. })));
            } else {
                assert_eq!(of_a_part, next);
            }
        }
    }
}
