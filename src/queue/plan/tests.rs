use std::sync::Arc;

use super::*;
use crate::model::{Destination, Details, Margins, MediaSize, PrinterState, PrinterStatus};

mod choice;
mod papers;
mod sound;

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
