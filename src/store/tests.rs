use proptest::prelude::*;

use super::*;
use crate::intake::{Wishes, decide};
use crate::model::{
    Attempt, AttemptOutcome, AttemptPhase, Bookings, Destination, Digest, Document, DocumentFacts, DocumentFormat,
    DocumentId, EventKind, Job, JobId, JobState, NewJob, PrinterState, PrinterStatus, RemoteJob, Timestamp,
};

fn open(folder: &Path) -> Store {
    Store::open(&folder.join("platen.db")).unwrap()
}

fn document(byte: u8) -> Document {
    Document {
        id: DocumentId(0),
        number: 0,
        digest: Digest([byte; 32]),
        bytes: 5,
        name: Some("a.jpg".into()),
        facts: DocumentFacts {
            format: DocumentFormat::Jpeg,
            width: 3,
            height: 2,
            pages: 1,
            resolution: None,
            profile: Some("sRGB".into()),
        },
        canceled: false,
    }
}

fn new_job(name: &str, priority: u8) -> NewJob {
    NewJob {
        name: name.into(),
        user: "ann".into(),
        destination: Destination::Pool,
        priority,
        ticket: decide(&Wishes::default(), None, &[]).ticket,
        documents: vec![document(1)],
        incoming_until: None,
        hold: None,
        printer_uri: "ipp://localhost/ipp/print".into(),
    }
}

fn gertie() -> PrinterId {
    PrinterId::new("gertie").unwrap()
}

fn set(state: JobState, at: i64) -> impl FnOnce(&mut Job) -> Result<(), ()> + Send + 'static {
    move |job| {
        job.state = state;
        job.completed = state.is_terminal().then_some(Timestamp(at));
        Ok(())
    }
}

/// A change that books nothing.
fn closed<E>(
    change: impl FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
) -> impl FnOnce(&mut Job, &Attempt) -> Result<Bookings, E> + Send + 'static {
    move |job, _| change(job).map(|()| Bookings::default())
}

/// A change that looks at no switch.
fn opened<E>(
    change: impl FnOnce(&mut Job) -> Result<(), E> + Send + 'static,
) -> impl FnOnce(&mut Job, &OpeningControls) -> Result<(), E> + Send + 'static {
    move |job, _| change(job)
}

fn which(which: WhichJobs) -> JobQuery {
    JobQuery {
        which,
        user: None,
        printer: None,
        from: None,
        ids: None,
        offset: 0,
        limit: 1000,
    }
}

async fn ids(store: &Store, query: JobQuery) -> Vec<i64> {
    store.jobs(query).await.unwrap().into_iter().map(|j| j.id.0).collect()
}

mod accounts;
mod added;
mod books;
mod clock;
mod lists;
mod orders;

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
async fn a_refused_change_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let job = store.create_job(new_job("photo", 50), Timestamp(1)).await.unwrap();
    let events = store.subscribe();
    let before = *events.borrow();
    let refused = store.change_job(job.id, Timestamp(2), |job| {
        job.message = "never seen".into();
        Err("no")
    });
    assert_eq!(refused.await.unwrap().unwrap_err(), "no");
    assert_eq!(store.job(job.id).await.unwrap().unwrap(), job);
    assert_eq!(*events.borrow(), before);
    let missing = store.change_job(JobId(99), Timestamp(2), |_| Ok::<(), ()>(())).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn a_change_that_panics_takes_nothing_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let job = store.create_job(new_job("photo", 50), Timestamp(1)).await.unwrap();
    let broken = store.change_job(job.id, Timestamp(2), |_| -> Result<(), ()> { panic!("a bug") });
    let good = store.create_job(new_job("other", 50), Timestamp(2));
    let (broken, good) = tokio::join!(broken, good);
    assert!(matches!(broken, Err(StoreError::Broken)));
    assert!(store.job(good.unwrap().id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_printer_and_a_job_have_one_open_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let a = store.create_job(new_job("a", 50), Timestamp(1)).await.unwrap();
    let b = store.create_job(new_job("b", 50), Timestamp(1)).await.unwrap();
    let start = |job: JobId, printer: &str, token: &str| {
        let printer = PrinterId::new(printer).unwrap();
        store.open_attempt(
            job,
            printer,
            (token.into(), "".into()),
            Timestamp(2),
            opened(set(JobState::Processing, 0)),
        )
    };
    let (_, attempt) = start(a.id, "gertie", "t1").await.unwrap().unwrap();
    assert!(matches!(
        start(b.id, "gertie", "t2").await,
        Err(StoreError::AttemptOpen(_))
    ));
    assert!(matches!(
        start(a.id, "squirty", "t3").await,
        Err(StoreError::AttemptOpen(_))
    ));
    assert_eq!(
        store.job(b.id).await.unwrap().unwrap().state,
        JobState::Pending,
        "rolled back with its attempt"
    );
    let done = store.close_attempt(
        attempt.id,
        AttemptOutcome::Completed,
        Timestamp(3),
        closed(set(JobState::Completed, 3)),
    );
    done.await.unwrap().unwrap();
    start(b.id, "gertie", "t4").await.unwrap().unwrap();
    assert!(
        store
            .advance_attempt(attempt.id, AttemptPhase::Sent, None, Timestamp(4))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn jobs_come_in_the_right_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for (name, priority) in [("a", 50), ("b", 80), ("c", 50), ("d", 50)] {
        store.create_job(new_job(name, priority), Timestamp(1)).await.unwrap();
    }
    assert_eq!(ids(&store, which(WhichJobs::NotCompleted)).await, [2, 1, 3, 4]);
    for (id, at) in [(3, 10), (1, 20)] {
        store
            .change_job(JobId(id), Timestamp(at), set(JobState::Completed, at))
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(ids(&store, which(WhichJobs::Completed)).await, [1, 3]);
    assert_eq!(ids(&store, which(WhichJobs::All)).await, [4, 3, 2, 1]);
    assert_eq!(
        ids(
            &store,
            JobQuery {
                offset: 1,
                limit: 2,
                ..which(WhichJobs::All)
            }
        )
        .await,
        [3, 2]
    );
    assert_eq!(
        ids(
            &store,
            JobQuery {
                user: Some("bob".into()),
                ..which(WhichJobs::All)
            }
        )
        .await,
        [0i64; 0]
    );
    assert_eq!(store.queued_count(Destination::Pool).await.unwrap(), 2);
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

#[test]
fn no_common_question_walks_the_whole_history() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let connection = Connection::open(folder.path().join("platen.db")).unwrap();
    for (question, index) in [
        (
            "SELECT id FROM jobs WHERE state < 7 ORDER BY priority DESC, id LIMIT 50",
            "jobs_open",
        ),
        ("SELECT count(*) FROM jobs WHERE state < 7", "jobs_open"),
        (
            "SELECT id FROM jobs WHERE state >= 7 ORDER BY completed DESC, id DESC LIMIT 50",
            "jobs_ended",
        ),
        (
            "SELECT id FROM attempts WHERE closed IS NULL ORDER BY id",
            "attempts_open",
        ),
        (
            "SELECT seq FROM events WHERE seq > 5 ORDER BY seq LIMIT 9",
            "PRIMARY KEY",
        ),
        (
            "SELECT id FROM documents WHERE job = 3 ORDER BY number",
            "sqlite_autoindex_documents",
        ),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let steps: Vec<String> = statement
            .query_map([], |row| row.get::<_, String>(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(steps.iter().any(|s| s.contains(index)), "{question}: {steps:?}");
        assert!(
            !steps
                .iter()
                .any(|s| s.contains("TEMP B-TREE FOR ORDER BY") && index.starts_with("jobs")),
            "{steps:?}"
        );
    }
}

#[tokio::test]
async fn a_status_is_news_only_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store
        .set_printers(vec![(gertie(), "Gertie".into(), "virtual:".into())], Timestamp(1))
        .await
        .unwrap();
    let status = |reason: Option<&str>| PrinterStatus {
        state: PrinterState::Idle,
        reasons: reason.into_iter().map(Into::into).collect(),
        message: "".into(),
        accepting: true,
        markers: vec![],
        media_ready: vec![],
        reachable: true,
        at: Timestamp(5),
    };
    for reason in [None, None, Some("media-low"), Some("media-low"), None] {
        store.save_status(gertie(), status(reason)).await.unwrap();
    }
    assert_eq!(store.events_after(EventSeq(0), 100).await.unwrap().len(), 3);
    assert_eq!(store.printers().await.unwrap()[0].status, Some(status(None)));
    // Jobs may wait for nothing but this.
    for accepting in [false, false, true] {
        let status = PrinterStatus {
            accepting,
            ..status(None)
        };
        store.save_status(gertie(), status).await.unwrap();
    }
    assert_eq!(store.events_after(EventSeq(0), 100).await.unwrap().len(), 5);
}

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
