//! What holds for every plan.

use proptest::prelude::*;

use super::super::fit::may_go;
use super::super::words::obstacle;
use super::*;
use crate::model::{Avoid, Pool};

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
