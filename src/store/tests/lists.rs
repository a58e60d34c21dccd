//! What is kept in memory, and what is asked for by its own index.

use super::*;
use crate::model::{Hold, HoldUntil};

#[tokio::test]
async fn the_house_is_read_again_when_something_of_it_changed_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let printers = |name: &str| vec![(gertie(), name.into(), "virtual:".into())];
    store.set_printers(printers("Gertie"), Timestamp(1)).await.unwrap();
    let first = store.house().await.unwrap();
    assert_eq!(first.printers[0].name, "Gertie");
    let job = store.create_job(new_job("photo", 50), Timestamp(2)).await.unwrap();
    let same = store.house().await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &same), "a job is nothing of the house");
    store
        .open_attempt(
            job.id,
            gertie(),
            ("t".into(), "".into()),
            Timestamp(3),
            opened(set(JobState::Processing, 0)),
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(store.house().await.unwrap().open_attempts.len(), 1);
    let to = Destination::Printer(gertie());
    let paused = store.change_control(to.clone(), Timestamp(4), |control| {
        control.config_changed = Some(Timestamp(4));
        control.paused = true;
        Ok::<(), ()>(())
    });
    paused.await.unwrap().unwrap();
    let house = store.house().await.unwrap();
    assert!(house.control(&to).paused && !house.control(&Destination::Pool).paused);
    store.set_printers(printers("Other"), Timestamp(5)).await.unwrap();
    assert_eq!(store.house().await.unwrap().printers[0].name, "Other");
    // A change that is taken back leaves what is true.
    let refused = store.change_control(to.clone(), Timestamp(6), |control| {
        control.paused = false;
        Err::<(), ()>(())
    });
    refused.await.unwrap().unwrap_err();
    assert!(store.house().await.unwrap().control(&to).paused);
}

#[tokio::test]
async fn the_planner_reads_what_can_be_planned() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let held = |name: &str, over: Option<i64>| NewJob {
        hold: Some(Hold {
            until: HoldUntil::Indefinite,
            over: over.map(Timestamp),
            offset: 0,
        }),
        ..new_job(name, 50)
    };
    for job in [
        held("for ever", None),
        held("late", Some(90)),
        new_job("second", 50),
        held("soon", Some(20)),
        new_job("first", 60),
        NewJob {
            incoming_until: Some(Timestamp(50)),
            ..new_job("open", 50)
        },
    ] {
        store.create_job(job, Timestamp(1)).await.unwrap();
    }
    let (_, PendingNews::All(pending)) = store.news_since(WhichOpen::Pending, None).await.unwrap() else {
        panic!("the first time all are read");
    };
    let names: Vec<&str> = pending.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["first", "second"]);
    let due = store.due_jobs(10).await.unwrap();
    let expected = [
        (JobId(4), Due::Held(Timestamp(20))),
        (JobId(6), Due::Incoming(Timestamp(50))),
        (JobId(2), Due::Held(Timestamp(90))),
    ];
    assert_eq!(due, expected);
    assert_eq!(store.due_jobs(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn heads_are_those_of_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for (name, priority) in [("a", 50), ("b", 60), ("c", 50)] {
        store.create_job(new_job(name, priority), Timestamp(1)).await.unwrap();
    }
    for query in [JobQuery::open(), which(WhichJobs::All)] {
        let jobs = store.jobs(query.clone()).await.unwrap();
        let heads = store
            .job_heads(query, Vec::new(), |heads, head| heads.push(head.clone()))
            .await
            .unwrap();
        assert_eq!(heads, jobs.iter().map(Job::head).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn nobody_has_more_jobs_than_one_may() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let one = |user: &str| NewJob {
        user: user.into(),
        ..new_job("photo", 50)
    };
    let first = store.create_job_of_few(one("anna"), 2, Timestamp(1)).await.unwrap();
    store.create_job_of_few(one("anna"), 2, Timestamp(1)).await.unwrap();
    let third = store.create_job_of_few(one("anna"), 2, Timestamp(1)).await;
    assert!(
        matches!(third, Err(StoreError::TooManyJobs { most: 2, .. })),
        "{third:?}"
    );
    store.create_job_of_few(one("bert"), 2, Timestamp(1)).await.unwrap();
    let ended = store
        .change_job(first.id, Timestamp(2), set(JobState::Canceled, 0))
        .await;
    ended.unwrap().unwrap();
    store.create_job_of_few(one("anna"), 2, Timestamp(1)).await.unwrap();
}
