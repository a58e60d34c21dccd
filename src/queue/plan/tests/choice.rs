//! Which printer.

use super::*;
use crate::model::{Avoid, Pool};

#[test]
fn ink_that_does_not_last_sends_a_job_to_the_twin() {
    let amount = |nl, error| InkAmount {
        channel: "PGY".into(),
        nl,
        error,
    };
    let mut needy = job(1, 50);
    let tank = |nl, error| Tank {
        channel: "PGY".into(),
        nl,
        error,
        thousandths: 1_000,
    };
    needy.ink = Arc::new([amount(1_500_000, 300_000)]);
    let (mut gertie, mut squirty) = (printer("Gertie"), printer("Squirty"));
    gertie.ink = vec![tank(1_200_000, 100_000)];
    let house = snapshot(vec![needy.clone()], vec![gertie.clone(), squirty.clone()]);
    let made = plan(&house, Timestamp(0));
    assert_eq!(assigned(&made), [(1, "squirty")]);
    assert_eq!(
        made.assignments[0].why,
        "Gertie: its PGY does not last for this job: 1.2 ml are left, 1.5 ml are needed"
    );
    squirty.ink = vec![tank(1_600_000, 100_000)];
    let house = snapshot(vec![needy.clone()], vec![printer("Third"), squirty.clone()]);
    assert_eq!(
        assigned(&plan(&house, Timestamp(0))),
        [(1, "third")],
        "what surely lasts is better"
    );
    let house = snapshot(vec![needy.clone()], vec![gertie.clone(), squirty]);
    let made = plan(&house, Timestamp(0));
    assert!(made.assignments[0].why.contains("only just"), "{:?}", made.assignments);
    let house = snapshot(vec![needy], vec![gertie]);
    assert!(why(&plan(&house, Timestamp(0)), 1).contains("PGY"));
}

#[test]
fn editions_profiles_windows_rests_and_refusals_are_kept() {
    let free = || vec![printer("Gertie"), printer("Squirty")];
    let mut edition = job(1, 50);
    edition.edition_on = Some(PrinterId::new("squirty").unwrap());
    assert_eq!(
        assigned(&plan(&snapshot(vec![edition.clone()], free()), Timestamp(0))),
        [(1, "squirty")]
    );
    let made = plan(&snapshot(vec![edition], vec![printer("Gertie")]), Timestamp(0));
    assert_eq!(assigned(&made), [(1, "gertie")], "its printer is gone for good");

    let mut printers = free();
    printers[0].profiles = Some(vec![]);
    printers[1].profiles = Some(vec!["auto".into()]);
    assert_eq!(
        assigned(&plan(&snapshot(vec![job(1, 50)], printers.clone()), Timestamp(0))),
        [(1, "squirty")]
    );
    printers[1].profiles = Some(vec![]);
    assert_eq!(
        assigned(&plan(&snapshot(vec![job(1, 50)], printers), Timestamp(0))),
        [(1, "gertie")]
    );

    let mut printers = free();
    printers[0].windows = vec![Window {
        from: Timestamp(30_000),
        to: Timestamp(90_000),
        purpose: "the nozzle check".into(),
    }];
    printers[1].resting = Some((Timestamp(50_000), "it failed three times".into()));
    let house = snapshot(vec![job(1, 50)], printers);
    let made = plan(&house, Timestamp(0));
    assert_eq!(
        why(&made, 1),
        "waits for Gertie: it is kept for the nozzle check; Squirty: it is left alone for a while, because it failed \
         three times"
    );
    assert_eq!(made.wake_at, Some(Timestamp(30_000)));
    assert_eq!(assigned(&plan(&house, Timestamp(50_000))), [(1, "squirty")]);

    let mut refused = job(1, 50);
    refused.avoid = vec![Avoid {
        printer: PrinterId::new("gertie").unwrap(),
        until: Timestamp(1_000),
        why: "it was busy".into(),
        failures: 0,
        refused: false,
    }];
    let house = snapshot(vec![refused.clone()], free());
    let made = plan(&house, Timestamp(0));
    assert_eq!(
        (assigned(&made), made.assignments[0].why.as_str()),
        (vec![(1, "squirty")], "Gertie: it was busy")
    );
    let alone = snapshot(vec![refused], vec![printer("Gertie")]);
    let made = plan(&alone, Timestamp(0));
    assert_eq!(
        (why(&made, 1), made.wake_at),
        ("waits for Gertie: it was busy", Some(Timestamp(1_000)))
    );
}

#[test]
fn a_routine_is_what_a_window_is_for() {
    let mut gertie = with("Gertie", A3);
    gertie.windows = vec![Window {
        from: Timestamp(0),
        to: Timestamp(90_000),
        purpose: "its nozzle check".into(),
    }];
    let mut check = job(2, 100);
    check.routine = true;
    check.destination = Destination::Printer(gertie.id.clone());
    let house = snapshot(vec![on(1, A3), check], vec![gertie]);
    let made = plan(&house, Timestamp(1));
    assert_eq!(assigned(&made), [(2, "gertie")]);
    assert_eq!(why(&made, 1), "waits for Gertie: it is kept for its nozzle check");
}

#[test]
fn a_job_of_a_named_pool_goes_to_its_members_alone_and_names_it() {
    let pool = Pool {
        id: PrinterId::new("pro-1000").unwrap(),
        name: "pro-1000".into(),
        printers: vec![PrinterId::new("gertie").unwrap(), PrinterId::new("squirty").unwrap()],
    };
    let of_pool = |id, size| WaitingJob {
        destination: Destination::Printer(pool.id.clone()),
        ..on(id, size)
    };
    let house = |jobs, printers| Snapshot {
        pools: vec![pool.clone()],
        ..snapshot(jobs, printers)
    };
    let busy = |name: &str| PlanPrinter {
        busy_with: Some(JobId(9)),
        ..printer(name)
    };
    let all = vec![busy("Gertie"), printer("Third"), printer("Squirty")];
    let made = plan(&house(vec![of_pool(1, A4)], all), Timestamp(0));
    assert_eq!(assigned(&made), [(1, "squirty")]);
    let all = vec![busy("Gertie"), printer("Third"), busy("Squirty")];
    let made = plan(&house(vec![of_pool(1, A4)], all), Timestamp(0));
    assert_eq!(
        why(&made, 1),
        "waits for one of pro-1000: Gertie: it is printing another job; Squirty: it is printing another job"
    );
    let all = || vec![with("Gertie", A4), with("Squirty", A4)];
    let made = plan(&house(vec![of_pool(1, A3)], all()), Timestamp(0));
    assert_eq!(
        why(&made, 1),
        "waits for A3 in Gertie: load 1 sheet, or in another one of pro-1000"
    );
    let paused = Snapshot {
        paused: vec![pool.id.clone()],
        ..house(vec![of_pool(1, A4), job(2, 50)], all())
    };
    let made = plan(&paused, Timestamp(0));
    assert_eq!(assigned(&made), [(2, "gertie")], "the pool of all goes on");
    assert_eq!(why(&made, 1), "waits: printing was paused");
}
