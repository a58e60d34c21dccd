use proptest::prelude::*;

use super::*;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn booted(slot: &str, runs: &str, boot: u128) -> Booted {
    Booted {
        slot: slot.into(),
        version: version(runs),
        boot: Some(Uuid::from_u128(boot)),
    }
}

/// Version 2 in slot B, written by version 1 in slot A in boot 1.
fn installed(stage: Stage) -> Ledger {
    let mut ledger = Ledger {
        good: Some(("A".into(), version("1"))),
        ..Ledger::default()
    };
    ledger.begin(Attempt {
        stage,
        version: Some(version("2")),
        from_version: Some(version("1")),
        from_slot: "A".into(),
        to_slot: Some("B".into()),
        boot: Some(Uuid::from_u128(1)),
        ..Attempt::default()
    });
    ledger
}

#[test]
fn the_new_slot_is_tried_and_the_old_one_is_a_rollback() {
    let mut ledger = installed(Stage::Installed);
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 1), Timestamp(1)),
        Start::Ordinary,
        "the same boot"
    );
    assert_eq!(ledger.last().unwrap().stage, Stage::Installed);
    for starts in 1..=MOST_STARTS {
        assert_eq!(at_start(&mut ledger, &booted("B", "2", 2), Timestamp(2)), Start::Trial);
        assert_eq!(
            (ledger.last().unwrap().stage, ledger.last().unwrap().starts),
            (Stage::Trying, starts)
        );
    }
    assert_eq!(at_start(&mut ledger, &booted("B", "2", 2), Timestamp(3)), Start::GiveUp);
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 3), Timestamp(4)),
        Start::RolledBack
    );
    let last = ledger.last().unwrap();
    assert_eq!(last.stage, Stage::RolledBack);
    assert!(
        last.why.contains("version 2 was started 3 times and stopped"),
        "{}",
        last.why
    );
    // It is told once.
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 4), Timestamp(5)),
        Start::Ordinary
    );
}

#[test]
fn what_never_came_so_far_is_told_with_the_end_of_its_log() {
    let mut ledger = installed(Stage::Installed);
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 2), Timestamp(1)),
        Start::RolledBack
    );
    assert!(ledger.last().unwrap().why.contains("never came so far"));
    let log = "kernel: platen slot B\nsystemd[1]: platen.service: Main process exited, status=203/EXEC\n\
               systemd[1]: platen.service: Failed with result 'exit-code'.\nsystemd[1]: Reached target poweroff.\n";
    let why = why_back(&installed(Stage::Installed).attempts[0], Some(log));
    assert!(
        why.ends_with("platen.service: Failed with result 'exit-code'."),
        "{why}"
    );
    assert!(!why_back(&installed(Stage::Installed).attempts[0], Some("all is well\n")).contains("log ends"));
}

#[test]
fn a_power_cut_while_it_is_written_is_a_failure_and_no_more() {
    let mut ledger = installed(Stage::Installing);
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 2), Timestamp(1)),
        Start::Ordinary
    );
    assert_eq!(ledger.last().unwrap().stage, Stage::Failed);
}

#[test]
fn what_somebody_has_installed_by_hand_is_tried_too() {
    let mut ledger = Ledger {
        good: Some(("A".into(), version("1"))),
        ..Ledger::default()
    };
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 1), Timestamp(1)),
        Start::Ordinary
    );
    assert_eq!(at_start(&mut ledger, &booted("B", "2", 2), Timestamp(2)), Start::Trial);
    assert_eq!(ledger.last().unwrap().origin, Origin::ByHand);
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 3), Timestamp(3)),
        Start::RolledBack
    );
    // One of which nothing was ever written down.
    let mut ledger = Ledger::default();
    assert_eq!(
        at_start(&mut ledger, &booted("A", "1", 1), Timestamp(1)),
        Start::Ordinary
    );
    let other = (&SmolStr::new("B"), &version("3"));
    assert!(found_bad(&mut ledger, &booted("A", "1", 1), other, Timestamp(1)));
    assert!(!found_bad(&mut ledger, &booted("A", "1", 1), other, Timestamp(2)));
    assert_eq!(ledger.last().unwrap().stage, Stage::RolledBack);
}

fn stage() -> impl Strategy<Value = Stage> {
    proptest::sample::select(vec![
        Stage::Waiting,
        Stage::Installing,
        Stage::Installed,
        Stage::Trying,
        Stage::Good,
        Stage::RolledBack,
        Stage::Failed,
        Stage::Canceled,
        Stage::Other,
    ])
}

proptest! {
    /// Whatever is kept and whatever starts: no start is called good without a look, what is tried ends after a few
    /// starts, and a rollback is told once.
    #[test]
    fn every_start_comes_to_an_end(stage in stage(), starts in prop::collection::vec((any::<bool>(), 1u128..4), 1..12)) {
        let mut ledger = installed(stage);
        let (mut tries, mut back) = (0, 0);
        for (is_new, boot) in starts {
            let what = if is_new { booted("B", "2", boot) } else { booted("A", "1", boot) };
            let before = ledger.clone();
            match at_start(&mut ledger, &what, Timestamp(9)) {
                Start::Trial => {
                    tries += 1;
                    prop_assert!(is_new);
                    prop_assert_eq!(ledger.last().unwrap().stage, Stage::Trying);
                }
                Start::GiveUp => prop_assert!(is_new && ledger.last().unwrap().starts > MOST_STARTS),
                Start::RolledBack => {
                    back += 1;
                    prop_assert!(!is_new);
                    prop_assert!(!ledger.last().unwrap().why.is_empty());
                }
                Start::Ordinary => {
                    // A new one is ordinary only once it has been found good.
                    prop_assert!(!is_new || before.good == Some(("B".into(), version("2"))));
                }
            }
            prop_assert!(tries <= MOST_STARTS * (back + 2));
        }
    }

    #[test]
    fn no_log_breaks_it(log in ".{0,400}") {
        let why = why_back(&installed(Stage::Trying).attempts[0], Some(&log));
        prop_assert!(!why.contains('\n'));
    }
}
