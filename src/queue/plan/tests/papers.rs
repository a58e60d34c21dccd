//! Which paper is asked for, and what lies in the printers.

use super::*;

#[test]
fn jobs_are_grouped_by_the_paper_that_is_loaded() {
    let house = snapshot(
        vec![on(1, A3), on(2, A4), on(3, A3), on(4, A4)],
        vec![with("Gertie", A4)],
    );
    let made = plan(&house, Timestamp(0));
    assert_eq!(
        assigned(&made),
        [(2, "gertie")],
        "the earlier one would need another paper"
    );
    assert!(made.loads.is_empty(), "job 4 can still use this one");
    assert_eq!(
        why(&made, 1),
        "waits for Gertie: its paper is not loaded, and others come first"
    );
}

#[test]
fn with_nothing_left_to_do_the_next_paper_is_asked_for_with_its_sheets() {
    let mut two = on(3, A2);
    two.sheets = 2;
    let house = snapshot(vec![on(1, A3), two, on(4, A2)], vec![with("Gertie", A4)]);
    let made = plan(&house, Timestamp(7));
    assert_eq!(asked(&made), [("gertie", A2, false)], "two jobs for one change");
    assert_eq!(
        (made.loads[0].sheets, made.loads[0].jobs, made.loads[0].since),
        (3, 2, Timestamp(7))
    );
    assert_eq!(why(&made, 3), "waits for A2 in Gertie: load 2 sheets");
    assert_eq!(why(&made, 4), "waits for A2 in Gertie: load 1 sheet");
}

#[test]
fn a_printer_keeps_to_what_it_has_asked_for() {
    let mut gertie = with("Gertie", A4);
    gertie.wanted = Some(LoadWanted {
        media: media(A3),
        since: Timestamp(1),
    });
    let house = snapshot(vec![on(1, A3), on(3, A2), on(4, A2)], vec![gertie]);
    let made = plan(&house, Timestamp(7));
    assert_eq!(asked(&made), [("gertie", A3, false)], "a person may be on the way");
    assert_eq!(made.loads[0].since, Timestamp(1));
}

#[test]
fn a_paper_that_another_printer_has_is_left_to_it_unless_much_waits() {
    let mut busy = with("Squirty", A3);
    busy.busy_with = Some(JobId(99));
    let few = snapshot(vec![on(1, A3), on(2, A3)], vec![with("Gertie", A4), busy.clone()]);
    assert!(plan(&few, Timestamp(0)).loads.is_empty());
    let many = snapshot((1..20).map(|n| on(n, A3)).collect(), vec![with("Gertie", A4), busy]);
    assert_eq!(asked(&plan(&many, Timestamp(0))), [("gertie", A3, false)]);
}

#[test]
fn too_few_sheets_are_topped_up() {
    let mut gertie = with("Gertie", A4);
    gertie.loaded.as_mut().unwrap()[0].sheets = Some(1);
    let mut many = job(1, 50);
    many.sheets = 3;
    for others in [
        vec![gertie.clone(), with("Squirty", A3)],
        vec![with("Squirty", A3), gertie.clone()],
    ] {
        let house = snapshot(vec![many.clone()], others);
        assert_eq!(
            why(&plan(&house, Timestamp(0)), 1),
            "waits for A4 in Gertie: load 2 sheets"
        );
    }
    let house = snapshot(vec![many.clone()], vec![gertie.clone(), with("Squirty", A3)]);
    assert_eq!(
        why(&plan(&house, Timestamp(0)), 1),
        "waits for A4 in Gertie: load 2 sheets"
    );
    let house = snapshot(vec![many.clone()], vec![gertie.clone(), with("Squirty", A4)]);
    assert_eq!(
        assigned(&plan(&house, Timestamp(0))),
        [(1, "squirty")],
        "the other one has enough"
    );
    many.sheets = 500;
    gertie.loaded.as_mut().unwrap()[0].sheets = Some(20);
    let house = snapshot(vec![many], vec![gertie]);
    assert_eq!(
        assigned(&plan(&house, Timestamp(0))),
        [(1, "gertie")],
        "a feeder holds no more"
    );
}

#[test]
fn a_more_urgent_job_keeps_a_printer_free_for_its_paper_but_not_for_ever() {
    let mut urgent = on(2, A3);
    urgent.priority = 80;
    let mut house = snapshot(vec![job(1, 50), urgent], vec![with("Gertie", A4)]);
    let made = plan(&house, Timestamp(0));
    assert_eq!((assigned(&made), asked(&made)), (vec![], vec![("gertie", A3, true)]));
    assert_eq!(made.wake_at, Some(Timestamp(Policy::default().grace_ms)));
    assert_eq!(
        why(&made, 1),
        "waits for Gertie: it is kept free for the paper of a more urgent job"
    );
    house.printers[0].wanted = Some(LoadWanted {
        media: media(A3),
        since: Timestamp(0),
    });
    let later = plan(&house, Timestamp(Policy::default().grace_ms));
    assert_eq!(
        (assigned(&later), asked(&later)),
        (vec![(1, "gertie")], vec![("gertie", A3, false)])
    );
}

#[test]
fn paper_that_is_used_up_is_said_and_later_jobs_that_need_less_go_on() {
    let of = |id, sheets| WaitingJob {
        paper: Some("rag".into()),
        sheets,
        ..job(id, 50)
    };
    let mut house = snapshot(
        vec![of(1, 5), of(2, 2), of(3, 2)],
        vec![printer("Gertie"), printer("Squirty")],
    );
    house.papers = vec![PlanPaper {
        id: "rag".into(),
        name: "Photo Rag 308 A4".into(),
        sheets: 3,
    }];
    let made = plan(&house, Timestamp(0));
    assert_eq!(assigned(&made), [(2, "gertie")]);
    assert_eq!(
        why(&made, 1),
        "waits for Photo Rag 308 A4: 3 sheets are left, 5 are needed; restock it"
    );
    assert!(
        why(&made, 3).contains("1 sheet is left, 2 are needed"),
        "{}",
        why(&made, 3)
    );
}

#[test]
fn the_last_sheets_are_left_to_the_older_job_that_a_person_was_asked_to_load_for() {
    let two = WaitingJob { sheets: 2, ..on(1, A4) };
    let gertie = |wanted: Option<i64>| PlanPrinter {
        loaded: Some(vec![LoadedMedia {
            media: media(A4),
            sheets: Some(1),
        }]),
        wanted: wanted.map(|since| LoadWanted {
            media: media(A4),
            since: Timestamp(since),
        }),
        ..printer("Gertie")
    };
    let made = plan(&snapshot(vec![two.clone()], vec![gertie(None)]), Timestamp(0));
    assert_eq!(why(&made, 1), "waits for A4 in Gertie: load 1 sheet");
    let house = snapshot(vec![two, on(2, A4)], vec![gertie(Some(0))]);
    let made = plan(&house, Timestamp(MINUTE));
    assert_eq!(assigned(&made), []);
    assert_eq!(why(&made, 2), "waits for A4 in Gertie: load 1 sheet");
    assert_eq!(made.wake_at, Some(Timestamp(Policy::default().grace_ms)));
    // Nobody came.
    let made = plan(&house, Timestamp(Policy::default().grace_ms));
    assert_eq!(assigned(&made), [(2, "gertie")]);
    // What is more urgent may have it.
    let mut house = house;
    house.jobs[1].priority = 60;
    assert_eq!(assigned(&plan(&house, Timestamp(MINUTE))), [(2, "gertie")]);
}

#[test]
fn a_twin_is_asked_for_the_paper_of_a_jammed_printer_after_the_time_that_a_person_is_given() {
    let mut jammed = with("Gertie", A4);
    jammed.status = Some(status(PrinterState::Stopped));
    jammed.status_since = Some(Timestamp(0));
    let house = snapshot(vec![job(1, 50)], vec![jammed, with("Squirty", A3)]);
    let grace = Policy::default().grace_ms;
    assert!(plan(&house, Timestamp(grace - 1)).loads.is_empty());
    assert_eq!(asked(&plan(&house, Timestamp(grace))), [("squirty", A4, false)]);
}

fn empty(printer: PlanPrinter, state: PrinterState) -> PlanPrinter {
    PlanPrinter {
        status: Some(PrinterStatus {
            reasons: vec!["media-empty-error".into()],
            ..status(state)
        }),
        ..printer
    }
}

#[test]
fn a_stranded_job_is_given_back_where_another_printer_has_its_paper() {
    let stopped = || PlanPrinter {
        busy_with: Some(JobId(1)),
        ..empty(printer("Gertie"), PrinterState::Stopped)
    };
    let gives_back = |squirty: PlanPrinter, job: WaitingJob| {
        let house = Snapshot {
            stranded: vec![(job, PrinterId::new("gertie").unwrap())],
            ..snapshot(vec![], vec![stopped(), squirty])
        };
        !plan(&house, Timestamp(0)).give_back.is_empty()
    };
    assert!(gives_back(with("Squirty", A4), on(1, A4)));
    assert!(gives_back(printer("Squirty"), on(1, A4)), "nobody knows what is in it");
    let busy = PlanPrinter {
        busy_with: Some(JobId(2)),
        ..with("Squirty", A4)
    };
    assert!(gives_back(busy, on(1, A4)), "its turn will come");
    assert!(!gives_back(with("Squirty", A3), on(1, A4)));
    assert!(!gives_back(empty(with("Squirty", A4), PrinterState::Idle), on(1, A4)));
    let jammed = PlanPrinter {
        status: Some(status(PrinterState::Stopped)),
        busy_with: Some(JobId(2)),
        ..with("Squirty", A4)
    };
    assert!(!gives_back(jammed, on(1, A4)));
    let hers = WaitingJob {
        destination: Destination::Printer(PrinterId::new("gertie").unwrap()),
        ..on(1, A4)
    };
    assert!(!gives_back(with("Squirty", A4), hers));
}

#[test]
fn a_printer_without_paper_is_passed_over_while_another_one_has_some() {
    let gertie = || empty(printer("Gertie"), PrinterState::Idle);
    let squirty = PlanPrinter {
        busy_with: Some(JobId(9)),
        ..printer("Squirty")
    };
    let made = plan(&snapshot(vec![job(1, 50)], vec![gertie(), squirty]), Timestamp(0));
    assert_eq!(assigned(&made), []);
    assert_eq!(
        why(&made, 1),
        "waits for Gertie: it has run out of paper; Squirty: it is printing another job"
    );
    // Alone she may have it: she asks for paper herself.
    let made = plan(&snapshot(vec![job(1, 50)], vec![gertie()]), Timestamp(0));
    assert_eq!(assigned(&made), [(1, "gertie")]);
}
