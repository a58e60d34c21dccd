//! A machine without a clock chip: its clock is put forward when the net says what time it is, and may be put back.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the clock jumps: the log is in the order in which things happened, whoever follows it misses nothing, and
    /// every job ends after it was begun, and is begun after it came.
    #[test]
    fn no_jump_of_the_clock_breaks_an_order(clock in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 3..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path());
            let mut seen = EventSeq(0);
            let mut told = Vec::new();
            for times in clock.chunks(3) {
                let now = |place: usize| Timestamp(times.get(place).copied().unwrap_or(0));
                let job = store.create_job(new_job("photo", 50), now(0)).await.unwrap();
                let (begun, ended) = (now(1), now(2));
                store.change_job(job.id, begun, move |job| {
                    job.state = JobState::Processing;
                    job.processing = Some(begun);
                    Ok::<(), ()>(())
                }).await.unwrap().unwrap();
                let job = store.change_job(job.id, ended, move |job| {
                    job.state = JobState::Completed;
                    job.completed = Some(ended);
                    Ok::<(), ()>(())
                }).await.unwrap().unwrap();
                let kept = store.job(job.id).await.unwrap().unwrap();
                assert_eq!(kept, job);
                assert!(kept.created <= kept.processing.unwrap() && kept.processing <= kept.completed, "{kept:?}");
                // Whoever follows hears of these, and of nothing twice.
                let news = store.events_after(seen, 100).await.unwrap();
                assert!(news.iter().all(|event| event.job == Some(job.id)));
                seen = news.last().unwrap().seq;
                told.extend(news);
            }
            let all = store.events_after(EventSeq(0), 1_000).await.unwrap();
            assert_eq!(&all, &told);
            assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
            let mut by_number = ids(&store, which(WhichJobs::All)).await;
            by_number.reverse();
            assert!(by_number.windows(2).all(|pair| pair[0] < pair[1]));
            assert_eq!(ids(&store, which(WhichJobs::Completed)).await.len(), by_number.len());
            store.close().await;
        });
    }
}
