use std::sync::Arc;

use proptest::prelude::*;

use super::fit::may_go;
use super::words::obstacle;
use super::*;
use crate::model::{Avoid, Destination, Details, Margins, MediaSize, Pool, PrinterState, PrinterStatus};

const A4: &str = "iso_a4_210x297mm";
const A3: &str = "iso_a3_297x420mm";
const A2: &str = "iso_a2_420x594mm";
const MINUTE: i64 = 60_000;

fn media(name: &str) -> Media {
    Media {
        size: MediaSize::from_name(name).unwrap(),
        media_type: "auto".into(),
        source: "auto".into(),
        margins: Margins::same(crate::model::Length::mm(5.0)),
    }
}

fn job(id: i64, priority: u8) -> WaitingJob {
    WaitingJob {
        id: JobId(id),
        priority,
        rank: 0,
        destination: Destination::Pool,
        media: media(A4),
        resolution: None,
        sheets: 1,
        work_ms: MINUTE,
        since: Timestamp(0),
        deadline: None,
        not_before: None,
        avoid: vec![],
        edition_on: None,
        paper: None,
        ink: Arc::new([]),
        routine: false,
    }
}

fn on(id: i64, size: &str) -> WaitingJob {
    WaitingJob {
        media: media(size),
        ..job(id, 50)
    }
}

fn status(state: PrinterState) -> PrinterStatus {
    PrinterStatus {
        state,
        reasons: vec![],
        message: "".into(),
        accepting: true,
        markers: vec![],
        media_ready: vec![],
        details: Details::default(),
        reachable: true,
        at: Timestamp(0),
    }
}

fn printer(name: &str) -> PlanPrinter {
    PlanPrinter {
        id: PrinterId::from_name(name).unwrap(),
        name: name.into(),
        status: Some(status(PrinterState::Idle)),
        status_since: None,
        media: vec![],
        media_types: vec![],
        resolutions: vec![],
        borderless: None,
        profiles: None,
        loaded: None,
        last_media: None,
        ink: vec![],
        busy_with: None,
        prints: true,
        resting: None,
        windows: vec![],
        last_used: None,
        wanted: None,
    }
}

fn with(name: &str, size: &str) -> PlanPrinter {
    PlanPrinter {
        loaded: Some(vec![LoadedMedia {
            media: media(size),
            sheets: Some(10),
        }]),
        ..printer(name)
    }
}

fn snapshot(jobs: Vec<WaitingJob>, printers: Vec<PlanPrinter>) -> Snapshot {
    Snapshot {
        jobs,
        stranded: vec![],
        pool_prints: true,
        pools: vec![],
        paused: vec![],
        printers,
        papers: vec![],
        policy: Policy::default(),
    }
}

fn assigned(plan: &Plan) -> Vec<(i64, &str)> {
    plan.assignments.iter().map(|a| (a.job.0, a.printer.as_str())).collect()
}

fn asked(plan: &Plan) -> Vec<(&str, &str, bool)> {
    let asked = plan.loads.iter();
    asked
        .map(|l| (l.printer.as_str(), l.media.size.name.as_str(), l.kept_free))
        .collect()
}

fn why(plan: &Plan, id: i64) -> &str {
    &plan.waiting.iter().find(|(job, _)| job.0 == id).unwrap().1
}

#[test]
fn first_come_first_served_within_a_priority() {
    let house = snapshot(
        vec![job(3, 50), job(1, 50), job(2, 80)],
        vec![printer("Gertie"), printer("Squirty")],
    );
    let plan = plan(&house, Timestamp(0));
    assert_eq!(assigned(&plan), [(2, "gertie"), (1, "squirty")]);
    assert_eq!(
        why(&plan, 3),
        "waits for Gertie: it is printing another job; Squirty: it is printing another job"
    );
}

#[test]
fn the_loaded_paper_wins_then_the_longest_rest() {
    let mut gertie = printer("Gertie");
    gertie.last_used = Some(Timestamp(10));
    let squirty = printer("Squirty");
    let house = snapshot(vec![job(1, 50)], vec![gertie.clone(), squirty.clone()]);
    assert_eq!(assigned(&plan(&house, Timestamp(20))), [(1, "squirty")]);
    gertie.status.as_mut().unwrap().media_ready = vec![media(A4)];
    let house = snapshot(vec![job(1, 50)], vec![gertie, squirty]);
    let made = plan(&house, Timestamp(20));
    assert_eq!(assigned(&made), [(1, "gertie")]);
    assert_eq!(made.assignments[0].why, "its paper is loaded");
}

#[test]
fn what_a_job_waits_for_is_said_in_words() {
    let mut gertie = printer("Gertie");
    gertie.status = Some(PrinterStatus {
        reasons: vec!["media-jam-error".into()],
        ..status(PrinterState::Stopped)
    });
    let mut squirty = printer("Squirty");
    squirty.busy_with = Some(JobId(9));
    let house = snapshot(vec![job(1, 50)], vec![gertie, squirty]);
    assert_eq!(
        why(&plan(&house, Timestamp(0)), 1),
        "waits for Gertie: it is stopped: clear the jam in Gertie, and say whether the sheet is spoiled; Squirty: it is \
         printing another job"
    );
}

#[test]
fn a_back_off_is_kept_and_wakes_the_plan() {
    let mut late = job(1, 50);
    late.not_before = Some(Timestamp(500));
    let house = snapshot(vec![late], vec![printer("Gertie")]);
    let early = plan(&house, Timestamp(499));
    assert_eq!((assigned(&early), early.wake_at), (vec![], Some(Timestamp(500))));
    assert_eq!(assigned(&plan(&house, Timestamp(500))), [(1, "gertie")]);
}

#[test]
fn a_size_that_nobody_takes_is_told() {
    let mut gertie = printer("Gertie");
    gertie.media = vec![A4.into()];
    let house = snapshot(vec![on(1, A2)], vec![gertie]);
    assert_eq!(why(&plan(&house, Timestamp(0)), 1), "waits: no printer takes A2");
}

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
fn nobody_is_starved() {
    let policy = Policy::default();
    let mut house = snapshot(
        vec![on(1, A3), job(2, 100)],
        vec![with("Gertie", A4), with("Squirty", A2)],
    );
    house.jobs[1].since = Timestamp(policy.patience_ms - 1);
    house.printers[1].prints = false;
    let before = plan(&house, Timestamp(policy.patience_ms - 1));
    assert_eq!(assigned(&before), [(2, "gertie")]);
    assert_eq!(before.wake_at, Some(Timestamp(policy.patience_ms)));
    let after = plan(&house, Timestamp(policy.patience_ms));
    assert_eq!((assigned(&after), asked(&after)), (vec![], vec![("gertie", A3, true)]));
}

#[test]
fn a_deadline_goes_first_when_it_presses() {
    let policy = Policy::default();
    let mut due = job(2, 50);
    due.deadline = Some(Timestamp(60 * MINUTE - 1));
    let house = snapshot(vec![job(1, 80), due], vec![printer("Gertie")]);
    let presses = 60 * MINUTE - 1 - MINUTE - policy.load_ms - policy.lead_ms;
    let early = plan(&house, Timestamp(presses - 1));
    assert_eq!(
        (assigned(&early), early.wake_at),
        (vec![(1, "gertie")], Some(Timestamp(presses)))
    );
    let late = plan(&house, Timestamp(presses));
    assert_eq!(assigned(&late), [(2, "gertie")]);
    assert_eq!(late.assignments[0].why, "its deadline is near");
}

#[test]
fn what_people_have_moved_is_not_overtaken() {
    let mut moved = on(5, A3);
    moved.rank = -1;
    let mut gertie = printer("Gertie");
    gertie.last_media = Some(media(A4));
    let house = snapshot(vec![job(1, 50), moved], vec![gertie.clone()]);
    assert_eq!(assigned(&plan(&house, Timestamp(0))), [(5, "gertie")]);
    let house = snapshot(vec![on(1, A3), job(2, 50)], vec![gertie]);
    assert_eq!(
        assigned(&plan(&house, Timestamp(0))),
        [(2, "gertie")],
        "same paper as the last sheet"
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
fn a_twin_is_asked_for_the_paper_of_a_jammed_printer_after_the_time_that_a_person_is_given() {
    let mut jammed = with("Gertie", A4);
    jammed.status = Some(status(PrinterState::Stopped));
    jammed.status_since = Some(Timestamp(0));
    let house = snapshot(vec![job(1, 50)], vec![jammed, with("Squirty", A3)]);
    let grace = Policy::default().grace_ms;
    assert!(plan(&house, Timestamp(grace - 1)).loads.is_empty());
    assert_eq!(asked(&plan(&house, Timestamp(grace))), [("squirty", A4, false)]);
}

prop_compose! {
    fn any_job()(
        (priority, rank, to) in (1u8..=100, -2i64..1, 0usize..7),
        (size, sheets, work) in (0usize..3, 1u32..5, 1i64..20),
        (since, deadline) in (0i64..120, proptest::option::weighted(0.2, 0i64..300)),
        not_before in proptest::option::weighted(0.2, 0i64..200),
        avoid in proptest::option::weighted(0.2, (0usize..3, 0i64..200)),
        ink in proptest::option::weighted(0.3, 0i64..10),
        paper in proptest::bool::weighted(0.3),
    ) -> WaitingJob {
        let id = |n: usize| PrinterId::from_name(["Gertie", "Squirty", "Third"][n]).unwrap();
        WaitingJob {
            rank,
            destination: match to {
                0..3 => Destination::Printer(id(to)),
                3 => Destination::Printer(PrinterId::new("some").unwrap()),
                _ => Destination::Pool,
            },
            media: media([A4, A3, A2][size]),
            sheets,
            work_ms: work * MINUTE,
            since: Timestamp(since * MINUTE),
            deadline: deadline.map(|t| Timestamp(t * MINUTE)),
            not_before: not_before.map(|t| Timestamp(t * MINUTE)),
            avoid: avoid.into_iter().map(|(n, t)| Avoid { printer: id(n), until: Timestamp(t * MINUTE), why: "x".into(), failures: 0, refused: false }).collect(),
            ink: ink.into_iter().map(|nl| InkAmount { channel: "PGY".into(), nl, error: 1 }).collect(),
            paper: paper.then(|| "rag".into()),
            ..job(1, priority)
        }
    }
}

prop_compose! {
    fn any_printer()(
        how in 0u8..8,
        (last_used, takes) in (proptest::option::of(0i64..100), 0usize..4),
        loaded in proptest::option::of((0usize..3, proptest::option::of(0u32..6))),
        wanted in proptest::option::of((0usize..3, 0i64..200)),
        ink in proptest::option::of(0i64..10),
    ) -> PlanPrinter {
        let sizes = [A4, A3, A2];
        let mut p = printer("Gertie");
        p.last_used = last_used.map(Timestamp);
        p.media = sizes.iter().take(takes).map(|s| (*s).into()).collect();
        p.loaded = loaded.map(|(size, sheets)| vec![LoadedMedia { media: media(sizes[size]), sheets }]);
        p.wanted = wanted.map(|(size, t)| LoadWanted { media: media(sizes[size]), since: Timestamp(t * MINUTE) });
        p.ink = ink.into_iter().map(|nl| Tank { channel: "PGY".into(), nl, error: 1, thousandths: 1_000 }).collect();
        match how {
            0 => p.status = None,
            1 => p.busy_with = Some(JobId(999)),
            2 => p.status = Some(status(PrinterState::Stopped)),
            3 => p.status.as_mut().unwrap().reachable = false,
            4 => p.prints = false,
            5 => p.resting = Some((Timestamp(100 * MINUTE), "x".into())),
            _ => {}
        }
        p
    }
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let jobs = proptest::collection::vec(any_job(), 0..30);
    let printers = proptest::collection::vec(any_printer(), 0..4);
    (jobs, printers, proptest::bool::weighted(0.8), 0i64..40).prop_map(
        |(mut jobs, mut printers, pool_prints, sheets)| {
            for (n, job) in jobs.iter_mut().enumerate() {
                job.id = JobId(n as i64 + 1);
            }
            for (printer, name) in printers.iter_mut().zip(["Gertie", "Squirty", "Third"]) {
                (printer.id, printer.name) = (PrinterId::from_name(name).unwrap(), name.into());
            }
            printers.truncate(3);
            let papers = vec![PlanPaper {
                id: "rag".into(),
                name: "Rag".into(),
                sheets,
            }];
            let some = printers.iter().take(2).map(|p| p.id.clone()).collect::<Vec<_>>();
            let pool = Pool {
                id: PrinterId::new("some").unwrap(),
                name: "Some".into(),
                printers: some,
            };
            Snapshot {
                pool_prints,
                paused: if sheets % 5 == 0 { vec![pool.id.clone()] } else { vec![] },
                pools: vec![pool],
                papers,
                ..snapshot(jobs, printers)
            }
        },
    )
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

proptest! {
    #[test]
    fn every_plan_is_sound(house in any_snapshot(), now in 0i64..200) {
        let now = Timestamp(now * MINUTE);
        let made = plan(&house, now);
        prop_assert_eq!(&made, &plan(&house, now), "the same snapshot gives the same plan");
        let mut shuffled = house.clone();
        shuffled.jobs.reverse();
        prop_assert_eq!(&made, &plan(&shuffled, now), "whatever the order of its jobs");

        let job_of = |id: JobId| house.jobs.iter().find(|j| j.id == id).unwrap();
        let place_of = |id: &PrinterId| house.printers.iter().position(|p| p.id == *id).unwrap();
        let mut seen = std::collections::HashSet::new();
        let mut used = std::collections::HashSet::new();
        let mut sheets = 0;
        for Assignment { job: id, printer: to, why } in &made.assignments {
            prop_assert!(seen.insert(*id), "no job twice");
            prop_assert!(used.insert(to.clone()), "no printer twice");
            prop_assert!(!why.is_empty());
            let (job, place) = (job_of(*id), place_of(to));
            prop_assert!(obstacle(&house.printers[place], now).is_none());
            prop_assert!(may_go(job, &house.printers[place], &house));
            let fits = fit::fits(job, &house, now);
            prop_assert!(matches!(fits[place], Fit::Now { .. }), "{:?}", fits);
            prop_assert!(job.not_before.is_none_or(|t| t <= now));
            prop_assert!(!house.is_paused(job));
            // Sheets that lie there for an older or more urgent job, which a person was asked to load the rest for, stay.
            let it = &house.printers[place];
            let asked = it.wanted.as_ref().filter(|w| now < w.since.plus_ms(house.policy.grace_ms));
            let urgency = |job: &WaitingJob| (Urgency::of(job, &house.policy, now).0, job.id);
            let waits = |j: &WaitingJob| made.waiting.iter().any(|(id, why)| *id == j.id && !why.contains("used up") && !why.contains("restock") && !why.contains("paused"));
            if let (Some(asked), Some(loaded)) = (asked, &it.loaded) {
                for other in house.jobs.iter().filter(|j| waits(j) && urgency(j) < urgency(job)) {
                    let has = loaded.iter().find(|l| other.media.is_same_paper(&l.media)).and_then(|l| l.sheets);
                    let is_short = matches!(fit::fits(other, &house, now)[place], Fit::Load { .. }) && has.is_some_and(|n| n > 0);
                    let same = |media: &Media| media.is_same_paper(&asked.media);
                    prop_assert!(!(is_short && same(&other.media) && same(&job.media)), "{} took the sheets of {}", job.id, other.id);
                }
            }
            sheets += if job.paper.is_some() { i64::from(job.sheets) } else { 0 };
        }
        prop_assert!(sheets <= house.papers[0].sheets, "no sheet is promised twice");
        for (id, why) in &made.waiting {
            prop_assert!(seen.insert(*id), "assigned or waiting, not both");
            prop_assert!(!why.is_empty());
        }
        // Whoever is neither waits for the end of a back-off, and the plan wakes for it.
        for job in house.jobs.iter().filter(|j| !seen.contains(&j.id)) {
            prop_assert!(job.not_before.unwrap() > now && made.wake_at.unwrap() <= job.not_before.unwrap());
        }
        prop_assert!(made.wake_at.is_none_or(|at| at > now));
        let mut asking = std::collections::HashSet::new();
        for load in &made.loads {
            prop_assert!(asking.insert(load.printer.clone()), "one request a printer");
            prop_assert!(load.jobs > 0 && load.sheets > 0 && !load.paper.is_empty(), "{:?}", load);
            prop_assert!(house.printers[place_of(&load.printer)].loaded.is_some());
        }
    }

    /// Past the bound nobody is overtaken by a job that came much later, on a printer that could print the one that waits.
    #[test]
    fn no_starvation_past_the_bound(house in any_snapshot(), now in 60i64..200) {
        let now = Timestamp(now * MINUTE);
        let made = plan(&house, now);
        let job_of = |id: JobId| house.jobs.iter().find(|j| j.id == id).unwrap();
        let starves = |job: &WaitingJob| job.since.plus_ms(house.policy.patience_ms) <= now;
        for (id, why) in &made.waiting {
            let waits = job_of(*id);
            if !starves(waits) || why.contains("restock") || why.contains("paused") {
                continue;
            }
            let fits = fit::fits(waits, &house, now);
            let could_be_loaded = |p: usize| matches!(fits[p], Fit::Load { .. }) && {
                // Nobody else has it, and the time that a person is given is not over.
                let is_elsewhere = (0..house.printers.len()).any(|q| matches!(fits[q], Fit::Now { .. }));
                let asked = house.printers[p].wanted.as_ref();
                let is_given = asked.is_none_or(|w| w.media != waits.media || w.since.plus_ms(house.policy.grace_ms) > now);
                !is_elsewhere && is_given && made.loads.iter().any(|l| l.printer == house.printers[p].id && l.media.size == waits.media.size)
            };
            for assignment in &made.assignments {
                let other = job_of(assignment.job);
                let place = house.printers.iter().position(|p| p.id == assignment.printer).unwrap();
                if matches!(fits[place], Fit::Now { .. }) || could_be_loaded(place) {
                    let half = house.policy.patience_ms / 2;
                    prop_assert!(other.since < waits.since.plus_ms(half), "{:?} overtook {:?}", other, waits);
                }
            }
        }
    }

    /// Without papers that are known to be loaded, nobody is passed over by one of a later place, but by the same paper.
    #[test]
    fn the_order_of_people_holds(house in any_snapshot(), now in 0i64..60) {
        let now = Timestamp(now * MINUTE);
        let mut house = house;
        for printer in &mut house.printers {
            (printer.loaded, printer.ink) = (None, vec![]);
        }
        let made = plan(&house, now);
        let job_of = |id: JobId| house.jobs.iter().find(|j| j.id == id).unwrap();
        for (id, why) in &made.waiting {
            let waits = job_of(*id);
            if why.contains("restock") || why.contains("paused") {
                continue;
            }
            for assignment in &made.assignments {
                let other = job_of(assignment.job);
                let place = house.printers.iter().position(|p| p.id == assignment.printer).unwrap();
                if matches!(fit::fits(waits, &house, now)[place], Fit::Now { .. }) {
                    let urgency = |job| Urgency::of(job, &house.policy, now).0;
                    prop_assert!((urgency(other), other.id) < (urgency(waits), waits.id));
                }
            }
        }
    }
}
