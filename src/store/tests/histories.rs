//! Random histories.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Create(u8),
    Start(usize, usize),
    Close(usize, bool),
    Reopen,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1u8..=100).prop_map(Act::Create),
        4 => (0usize..8, 0usize..2).prop_map(|(j, p)| Act::Start(j, p)),
        3 => (0usize..2, any::<bool>()).prop_map(|(p, ok)| Act::Close(p, ok)),
        1 => Just(Act::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Random histories agree with a model of two lines: which job is where, and which printer holds which job.
    #[test]
    fn histories_agree_with_a_simple_model(acts in proptest::collection::vec(any_act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut store = open(folder.path());
            let printers = ["gertie", "squirty"].map(|p| PrinterId::new(p).unwrap());
            let mut jobs: Vec<JobState> = vec![];
            let mut holds: [Option<(usize, crate::model::AttemptId)>; 2] = [None, None];
            for (n, act) in acts.into_iter().enumerate() {
                let at = Timestamp(n as i64);
                match act {
                    Act::Create(priority) => {
                        let job = store.create_job(new_job("x", priority), at).await.unwrap();
                        jobs.push(JobState::Pending);
                        prop_assert_eq!(job.id.0 as usize, jobs.len());
                    }
                    Act::Start(job, printer) if job < jobs.len() => {
                        let token = format!("t{n}").into();
                        let decide = |job: &mut Job, _: &OpeningControls| match job.state {
                            JobState::Pending => { job.state = JobState::Processing; Ok(()) }
                            other => Err(other),
                        };
                        let id = JobId(job as i64 + 1);
                        let opened = store.open_attempt(id, printers[printer].clone(), (token, "".into()), at, decide).await;
                        match (jobs[job], holds[printer]) {
                            (JobState::Pending, None) => {
                                holds[printer] = Some((job, opened.unwrap().unwrap().1.id));
                                jobs[job] = JobState::Processing;
                            }
                            (JobState::Pending, Some(_)) => prop_assert!(matches!(opened, Err(StoreError::AttemptOpen(_)))),
                            (other, _) => prop_assert_eq!(opened.unwrap().unwrap_err(), other),
                        }
                    }
                    Act::Close(printer, done) => {
                        let Some((job, attempt)) = holds[printer].take() else { continue };
                        let state = if done { JobState::Completed } else { JobState::Pending };
                        let closed = store.close_attempt(attempt, AttemptOutcome::Completed, at, self::closed(set(state, n as i64)));
                        closed.await.unwrap().unwrap();
                        jobs[job] = state;
                    }
                    Act::Reopen => {
                        store.close().await;
                        drop(store);
                        store = open(folder.path());
                    }
                    Act::Start(..) => {}
                }
            }
            let open = store.open_attempts().await.unwrap();
            prop_assert_eq!(open.len(), holds.iter().flatten().count());
            for (n, state) in jobs.iter().enumerate() {
                prop_assert_eq!(store.job(JobId(n as i64 + 1)).await.unwrap().unwrap().state, *state);
            }
            let waiting = jobs.iter().filter(|s| !s.is_terminal()).count();
            prop_assert_eq!(store.queued_count(Destination::Pool).await.unwrap() as usize, waiting);
            Ok(())
        })?;
    }
}
