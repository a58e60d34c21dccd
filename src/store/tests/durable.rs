//! What is there after a restart, and databases that are not taken.

use super::*;

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let made = store.create_job(new_job("photo", 50), Timestamp(1)).await.unwrap();
    let started = store.open_attempt(
        made.id,
        gertie(),
        ("t1".into(), "it is free".into()),
        Timestamp(2),
        opened(set(JobState::Processing, 0)),
    );
    let (_, attempt) = started.await.unwrap().unwrap();
    let remote = RemoteJob { id: 4, uri: None };
    let moved = store.advance_attempt(attempt.id, AttemptPhase::Sending, Some(remote.clone()), Timestamp(3));
    moved.await.unwrap();
    let uuid = store.setting_or("printer-uuid", || "first".into()).await.unwrap();
    store.close().await;
    assert!(matches!(
        store.create_job(new_job("late", 1), Timestamp(9)).await,
        Err(StoreError::Closed)
    ));
    drop(store);

    let store = open(folder.path());
    let job = store.job(made.id).await.unwrap().unwrap();
    assert_eq!(
        (job.state, &job.documents, &job.ticket),
        (JobState::Processing, &made.documents, &made.ticket)
    );
    let open = store.open_attempts().await.unwrap();
    assert_eq!(
        (open.len(), open[0].phase, &open[0].remote),
        (1, AttemptPhase::Sending, &Some(remote))
    );
    assert_eq!(
        store.setting_or("printer-uuid", || "second".into()).await.unwrap(),
        uuid
    );
    assert_eq!(store.digests().await.unwrap(), [Digest([1; 32])].into());
    let events = store.events_after(EventSeq(0), 100).await.unwrap();
    assert!(matches!(events[0].kind, EventKind::JobCreated { .. }));
    assert!(events.windows(2).all(|w| w[0].seq < w[1].seq));
}

#[tokio::test]
async fn numbers_are_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for _ in 0..3 {
        store.create_job(new_job("a", 50), Timestamp(1)).await.unwrap();
    }
    store.close().await;
    drop(store);
    let connection = Connection::open(folder.path().join("platen.db")).unwrap();
    connection
        .execute_batch("DELETE FROM documents; DELETE FROM jobs")
        .unwrap();
    drop(connection);
    assert_eq!(
        open(folder.path())
            .create_job(new_job("a", 50), Timestamp(1))
            .await
            .unwrap()
            .id,
        JobId(4)
    );
}

/// What a power cut leaves: the database and its log as they lie, with nothing folded in.
#[tokio::test]
async fn what_was_answered_is_in_a_copy_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let job = store.create_job(new_job("photo", 50), Timestamp(1)).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in ["platen.db", "platen.db-wal"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    assert_eq!(open(copy.path()).job(job.id).await.unwrap().unwrap(), job);
}

#[test]
fn a_newer_a_damaged_and_a_used_database_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platen.db");
    let store = Store::open(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::InUse { .. })));
    drop(store);
    std::thread::sleep(std::time::Duration::from_millis(50));
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { found: 99, .. })));
    std::fs::write(&path, [b'x'; 8192]).unwrap();
    let _ = std::fs::remove_file(folder.path().join("platen.db-wal"));
    assert!(matches!(Store::open(&path), Err(StoreError::Damaged { .. })));
}
