use proptest::prelude::*;

use super::*;
use crate::model::{JobState, NewJob};
use crate::queue::order::{self, Place};
use crate::queue::state::tests::pending;

fn new_job(priority: u8) -> NewJob {
    let like = pending();
    NewJob {
        name: like.name,
        user: like.user,
        destination: like.destination,
        priority,
        ticket: like.ticket,
        documents: vec![],
        incoming_until: None,
        hold: None,
        printer_uri: like.printer_uri,
    }
}

/// What happens to the queue.
#[derive(Debug, Clone)]
enum Step {
    Create(u8),
    State(i64, JobState),
    Priority(i64, u8),
    Move(i64, Option<i64>),
    GoTo(i64, bool),
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let id = || 1i64..12;
    let state = prop::sample::select(vec![
        JobState::Pending,
        JobState::PendingHeld,
        JobState::Processing,
        JobState::Completed,
    ]);
    prop_oneof![
        3 => (40u8..60).prop_map(Step::Create),
        3 => (id(), state).prop_map(|(id, state)| Step::State(id, state)),
        1 => (id(), 40u8..60).prop_map(|(id, priority)| Step::Priority(id, priority)),
        1 => (id(), proptest::option::of(id())).prop_map(|(id, after)| Step::Move(id, after)),
        1 => (id(), any::<bool>()).prop_map(|(id, pool)| Step::GoTo(id, pool)),
        3 => Just(Step::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whoever follows the log knows what whoever reads everything knows.
    #[test]
    fn following_the_log_is_as_good_as_reading_everything(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("platen.db")).unwrap();
            let mut follows = Waiting::default();
            let at = Timestamp(1);
            for step in steps.into_iter().chain([Step::Look]) {
                match step {
                    Step::Create(priority) => {
                        store.create_job(new_job(priority), at).await.unwrap();
                    }
                    Step::State(id, state) => {
                        let change = move |job: &mut Job| {
                            job.state = state;
                            Ok::<(), ()>(())
                        };
                        let _ = store.change_job(JobId(id), at, change).await;
                    }
                    Step::Priority(id, priority) => {
                        let change = move |job: &mut Job| {
                            job.priority = priority;
                            Ok::<(), ()>(())
                        };
                        let _ = store.change_job(JobId(id), at, change).await;
                    }
                    Step::GoTo(id, pool) => {
                        let change = move |job: &mut Job| {
                            job.destination = match pool {
                                true => Destination::Pool,
                                false => Destination::Printer(PrinterId::new("gertie").unwrap()),
                            };
                            Ok::<(), ()>(())
                        };
                        let _ = store.change_job(JobId(id), at, change).await;
                    }
                    Step::Move(id, after) => {
                        let place = after.map_or(Place::First, |after| Place::After(JobId(after)));
                        let put = move |jobs: &mut [Job]| order::put(jobs, JobId(id), place);
                        let _ = store.change_open_jobs(at, put).await.unwrap();
                    }
                    Step::Look => {
                        follows.refresh(&store).await.unwrap();
                        let mut fresh = Waiting::default();
                        fresh.refresh(&store).await.unwrap();
                        prop_assert_eq!(follows.jobs(), fresh.jobs());
                    }
                }
            }
            Ok(())
        })?;
    }
}

#[test]
fn only_what_is_new_is_asked_of_a_person() {
    let load = |size: &str, since: i64| super::super::plan::LoadRequest {
        printer: PrinterId::new("gertie").unwrap(),
        media: Media {
            size: crate::model::MediaSize::from_name(size).unwrap(),
            ..pending().ticket.media.value
        },
        paper: "paper".into(),
        sheets: 1,
        jobs: 1,
        since: Timestamp(since),
        kept_free: false,
    };
    let plan = |loads| Plan {
        loads,
        ..Plan::default()
    };
    let mut memory = Memory::default();
    assert_eq!(memory.keep(&plan(vec![load("iso_a4_210x297mm", 1)])), [0]);
    assert_eq!(memory.keep(&plan(vec![load("iso_a4_210x297mm", 1)])), [0; 0]);
    assert_eq!(memory.keep(&plan(vec![load("iso_a3_297x420mm", 2)])), [0]);
    assert_eq!(memory.keep(&plan(vec![])), [0; 0]);
    assert_eq!(memory.keep(&plan(vec![load("iso_a3_297x420mm", 3)])), [0]);
}

#[test]
fn only_an_untouched_job_that_lacks_nothing_but_paper_is_stranded() {
    use crate::model::{AttemptId, Details, PrinterState, PrinterStatus, Routine};
    let gertie = PrinterId::new("gertie").unwrap();
    let status = |reasons: &[&str], reachable| PrinterStatus {
        state: PrinterState::Stopped,
        reasons: reasons.iter().map(|r| (*r).into()).collect(),
        message: "".into(),
        accepting: true,
        markers: vec![],
        media_ready: vec![],
        details: Details::default(),
        reachable,
        at: Timestamp(1),
    };
    let house = |status| House {
        printers: vec![PrinterRecord {
            id: gertie.clone(),
            name: "Gertie".into(),
            uri: "test:".into(),
            status,
            changed: None,
            capabilities: None,
        }],
        pools: vec![],
        controls: HashMap::new(),
        open_attempts: vec![],
        papers: vec![],
        on_hand: HashMap::new(),
        loaded: vec![],
        added_printers: HashSet::new(),
        added_papers: HashSet::new(),
        generation: 0,
    };
    let attempt = |phase| Attempt {
        id: AttemptId(1),
        token: "t".into(),
        job: JobId(1),
        printer: gertie.clone(),
        phase,
        remote: None,
        opened: Timestamp(0),
        closed: None,
        outcome: None,
        coverage: None,
        why: "".into(),
        given_back: false,
    };
    let sent = attempt(AttemptPhase::Sent);
    let empty = house(Some(status(&["media-empty-error"], true)));
    let job = |change: &dyn Fn(&mut Job)| {
        let mut job = pending();
        change(&mut job);
        job
    };
    let plain = job(&|_| {});
    assert!(is_stranded(&plain, &sent, &empty));
    for phase in [AttemptPhase::Opened, AttemptPhase::Sending] {
        assert!(!is_stranded(&plain, &attempt(phase), &empty), "{phase:?}");
    }
    for status in [
        None,
        Some(status(&["media-empty-error"], false)),
        Some(status(&["media-empty-error", "media-jam-error"], true)),
        Some(status(&["none"], true)),
    ] {
        assert!(!is_stranded(&plain, &sent, &house(status.clone())), "{status:?}");
    }
    let begun = job(&|job| job.impressions_completed = 1);
    assert!(!is_stranded(&begun, &sent, &empty));
    // Copies that an earlier attempt has finished are none of this one.
    let later = job(&|job| (job.impressions_completed, job.copies_done) = (job.impressions(), 1));
    assert!(is_stranded(&later, &sent, &empty));
    for other in [
        job(&|job| job.cancel_requested = true),
        job(&|job| job.ticket.edition = Some("Dawn".into())),
        job(&|job| job.ticket.routine = Some(Routine::NozzleCheck)),
    ] {
        assert!(!is_stranded(&other, &sent, &empty), "{other:?}");
    }
}
