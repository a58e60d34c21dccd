use super::*;
use crate::intake::{Wishes, decide};
use crate::model::{
    Attempt, AttemptOutcome, AttemptPhase, Bookings, Destination, Details, Digest, Document, DocumentFacts,
    DocumentFormat, DocumentId, EventKind, Job, JobId, JobState, NewJob, PrinterState, PrinterStatus, RemoteJob,
    Timestamp,
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

async fn kinds(store: &Store) -> Vec<EventKind> {
    let events = store.events_after(EventSeq(0), 1000).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

async fn with_gertie(folder: &Path) -> Store {
    let store = open(folder);
    let printers = vec![(gertie(), "Gertie".into(), "virtual:".into())];
    store.set_printers(printers, Timestamp(1)).await.unwrap();
    store
}

mod accounts;
mod added;
mod books;
mod clock;
mod durable;
mod histories;
mod inks;
mod lists;
mod loaded;
mod orders;

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
        details: Details::default(),
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
