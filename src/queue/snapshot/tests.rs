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
