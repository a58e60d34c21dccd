use proptest::prelude::*;

use super::*;
use crate::model::{Margins, MediaSize};

fn media(name: &str) -> Media {
    Media {
        size: MediaSize::from_name(name).unwrap(),
        media_type: "auto".into(),
        source: "auto".into(),
        margins: Margins::BORDERLESS,
    }
}

fn job(id: i64, priority: u8) -> WaitingJob {
    WaitingJob {
        id: JobId(id),
        priority,
        rank: 0,
        destination: Destination::Pool,
        media: media("iso_a4_210x297mm"),
        not_before: None,
        avoid: vec![],
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
        reachable: true,
        at: Timestamp(0),
    }
}

fn printer(name: &str) -> PlanPrinter {
    PlanPrinter {
        id: PrinterId::from_name(name).unwrap(),
        name: name.into(),
        status: Some(status(PrinterState::Idle)),
        media: vec![],
        prints: true,
        busy_with: None,
        last_used: None,
    }
}

fn assigned(plan: &Plan) -> Vec<(i64, &str)> {
    plan.assignments.iter().map(|(j, p)| (j.0, p.as_str())).collect()
}

#[test]
fn first_come_first_served_within_a_priority() {
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![job(3, 50), job(1, 50), job(2, 80)],
        printers: vec![printer("Gertie"), printer("Squirty")],
    };
    let plan = plan(&snapshot, Timestamp(0));
    assert_eq!(assigned(&plan), [(2, "gertie"), (1, "squirty")]);
    assert_eq!(plan.waiting.len(), 1);
    assert!(
        plan.waiting[0].1.contains("Gertie: job 2 comes first"),
        "{:?}",
        plan.waiting
    );
}

#[test]
fn the_loaded_paper_wins_then_the_longest_rest() {
    let mut gertie = printer("Gertie");
    gertie.last_used = Some(Timestamp(10));
    let squirty = printer("Squirty");
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![job(1, 50)],
        printers: vec![gertie.clone(), squirty.clone()],
    };
    assert_eq!(assigned(&plan(&snapshot, Timestamp(20))), [(1, "squirty")]);
    gertie.status.as_mut().unwrap().media_ready = vec![media("iso_a4_210x297mm")];
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![job(1, 50)],
        printers: vec![gertie, squirty],
    };
    assert_eq!(assigned(&plan(&snapshot, Timestamp(20))), [(1, "gertie")]);
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
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![job(1, 50)],
        printers: vec![gertie, squirty],
    };
    let plan = plan(&snapshot, Timestamp(0));
    assert_eq!(
        plan.waiting[0].1,
        "waits for Gertie: it is stopped (media-jam-error); Squirty: it is printing job 9"
    );
}

#[test]
fn a_back_off_is_kept_and_wakes_the_plan() {
    let mut late = job(1, 50);
    late.not_before = Some(Timestamp(500));
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![late],
        printers: vec![printer("Gertie")],
    };
    let early = plan(&snapshot, Timestamp(499));
    assert_eq!((assigned(&early), early.wake_at), (vec![], Some(Timestamp(500))));
    assert_eq!(assigned(&plan(&snapshot, Timestamp(500))), [(1, "gertie")]);
}

#[test]
fn a_size_that_nobody_takes_is_told() {
    let mut gertie = printer("Gertie");
    gertie.media = vec!["iso_a4_210x297mm".into()];
    let mut wide = job(1, 50);
    wide.media = media("iso_a2_420x594mm");
    let snapshot = Snapshot {
        pool_prints: true,
        jobs: vec![wide],
        printers: vec![gertie],
    };
    assert_eq!(
        plan(&snapshot, Timestamp(0)).waiting[0].1,
        "waits: no printer takes iso_a2_420x594mm"
    );
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let names = ["Gertie", "Squirty", "Third"];
    let sizes = ["iso_a4_210x297mm", "iso_a3_297x420mm", "iso_a2_420x594mm"];
    let any_job = (
        1u8..=100,
        -2i64..1,
        0usize..4,
        0usize..3,
        proptest::option::of(0i64..100),
    );
    let any_printer = (0u8..6, proptest::option::of(0i64..100), 0usize..4);
    (
        proptest::collection::vec(any_job, 0..30),
        proptest::collection::vec(any_printer, 0..4),
        proptest::bool::weighted(0.8),
    )
        .prop_map(move |(jobs, printers, pool_prints)| Snapshot {
            pool_prints,
            jobs: jobs
                .into_iter()
                .enumerate()
                .map(|(n, (priority, rank, to, size, not_before))| WaitingJob {
                    rank,
                    destination: names.get(to).map_or(Destination::Pool, |n| {
                        Destination::Printer(PrinterId::from_name(n).unwrap())
                    }),
                    media: media(sizes[size]),
                    not_before: not_before.map(Timestamp),
                    ..job(n as i64 + 1, priority)
                })
                .collect(),
            printers: printers
                .into_iter()
                .zip(names)
                .map(|((how, last_used, takes), name)| {
                    let mut p = printer(name);
                    p.last_used = last_used.map(Timestamp);
                    p.media = sizes.iter().take(takes).map(|s| (*s).into()).collect();
                    match how {
                        0 => p.status = None,
                        1 => p.busy_with = Some(JobId(999)),
                        2 => p.status = Some(status(PrinterState::Stopped)),
                        3 => p.status.as_mut().unwrap().reachable = false,
                        4 => p.prints = false,
                        _ => {}
                    }
                    p
                })
                .collect(),
        })
}

proptest! {
    #[test]
    fn every_plan_is_sound(snapshot in any_snapshot(), now in 0i64..100) {
        let now = Timestamp(now);
        let made = plan(&snapshot, now);
        prop_assert_eq!(&made, &plan(&snapshot, now), "the same snapshot gives the same plan");

        let mut seen = std::collections::HashSet::new();
        let mut used = std::collections::HashSet::new();
        for (id, to) in &made.assignments {
            prop_assert!(seen.insert(*id), "no job twice");
            prop_assert!(used.insert(to.clone()), "no printer twice");
            let job = snapshot.jobs.iter().find(|j| j.id == *id).unwrap();
            let printer = snapshot.printers.iter().find(|p| p.id == *to).unwrap();
            prop_assert!(printer.prints && !pool_paused(job, &snapshot));
            prop_assert!(obstacle(printer).is_none() && may_go(job, printer) && takes_media(job, printer));
            prop_assert!(job.not_before.is_none_or(|t| t <= now));
        }
        for (id, why) in &made.waiting {
            prop_assert!(seen.insert(*id), "assigned or waiting, not both");
            prop_assert!(!why.is_empty());
        }
        // Whoever is neither waits for the end of a back-off, and the plan wakes for it.
        for job in snapshot.jobs.iter().filter(|j| !seen.contains(&j.id)) {
            prop_assert!(job.not_before.unwrap() > now && made.wake_at.unwrap() <= job.not_before.unwrap());
        }
        // No job is passed over by one of lower rank on a printer that it could have had.
        for (id, _) in &made.waiting {
            let job = snapshot.jobs.iter().find(|j| j.id == *id).unwrap();
            for (other, to) in &made.assignments {
                let other = snapshot.jobs.iter().find(|j| j.id == *other).unwrap();
                let printer = snapshot.printers.iter().find(|p| p.id == *to).unwrap();
                if may_go(job, printer) && takes_media(job, printer) && !pool_paused(job, &snapshot) {
                    prop_assert!((other.priority, -other.rank, -other.id.0) > (job.priority, -job.rank, -job.id.0));
                }
            }
        }
    }
}
