//! How long a round of planning takes, a list of the newest jobs and a search among them, with much in history and much
//! that waits.
//!
//!     cargo bench --bench queue
//!
//! Prints a table for 1,000 and 50,000 jobs in history, each with 2,000 that wait: medians and worst of 50 runs. The
//! database lies in the folder for temporary files.

// A measurement may stop where it stands.
#![allow(clippy::expect_used)]

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;

use platen::model::{
    Decided, Destination, Details, Job, JobState, Length, Margins, Media, MediaSize, NewJob, PrinterId, PrinterState,
    PrinterStatus, Ticket, Timestamp,
};
use platen::queue::books::NoBooks;
use platen::queue::plan::{Policy, plan};
use platen::queue::snapshot::{Memory, Waiting, Ways, snapshot};
use platen::store::{JobQuery, JobSearch, Store, WhichJobs};
use tokio::task::JoinSet;

/// Jobs that wait.
const WAITING: usize = 2_000;
/// How often each is measured.
const RUNS: usize = 50;

fn ticket(n: usize) -> Ticket {
    let sizes = [
        "iso_a4_210x297mm",
        "iso_a3_297x420mm",
        "na_super-b_13x19in",
        "iso_a2_420x594mm",
    ];
    let media = Media {
        size: MediaSize::from_name(sizes[n % sizes.len()]).expect("a size of ours"),
        media_type: ["photographic-matte", "photographic-glossy"][n / 4 % 2].into(),
        source: "auto".into(),
        margins: Margins::same(Length::mm(5.0)),
    };
    Ticket {
        warnings: vec!["the picture carries no profile; it is taken for sRGB".into()],
        ..Ticket::of(Decided::by_client(media))
    }
}

async fn fill(store: &Store, jobs: usize, ended: bool) {
    let mut tasks = JoinSet::new();
    for n in 0..jobs {
        let store = store.clone();
        tasks.spawn(async move {
            let new = NewJob {
                name: format!("picture {n}").into(),
                user: "ann".into(),
                destination: Destination::Pool,
                priority: 50,
                ticket: ticket(n),
                documents: vec![],
                incoming_until: None,
                hold: None,
                printer_uri: "ipp://localhost:8631/ipp/print".into(),
            };
            let at = Timestamp::now();
            let job = store.create_job(new, at).await.expect("it is stored");
            if ended {
                let end = move |job: &mut Job| {
                    (job.state, job.completed) = (JobState::Completed, Some(at));
                    Ok::<(), Infallible>(())
                };
                store
                    .change_job(job.id, at, end)
                    .await
                    .expect("it is stored")
                    .expect("infallible");
            }
        });
        if tasks.len() > 500 {
            tasks.join_next().await;
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Median and worst in milliseconds.
fn told(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    format!("{:.2} | {:.2}", times[times.len() / 2], times[times.len() - 1])
}

async fn measure(history: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("platen.db")).expect("a database");
    let printer = |name: &str| {
        (
            PrinterId::from_name(name).expect("a name"),
            name.into(),
            "virtual:".into(),
        )
    };
    let printers = vec![printer("Gertie"), printer("Squirty")];
    store
        .set_printers(printers.clone(), Timestamp::now())
        .await
        .expect("it is stored");
    for (id, ..) in printers {
        let status = PrinterStatus {
            state: PrinterState::Idle,
            reasons: vec![],
            message: "".into(),
            accepting: true,
            markers: vec![],
            media_ready: vec![],
            details: Details::default(),
            reachable: true,
            at: Timestamp::now(),
        };
        store.save_status(id, status).await.expect("it is stored");
    }
    fill(&store, history, true).await;
    fill(&store, WAITING, false).await;

    let (mut memory, profiles) = (Memory::default(), HashMap::new());
    let mut waiting = Waiting::default();
    waiting.refresh(&store).await.expect("it is read");
    let (mut rounds, mut plans, mut lists) = (vec![], vec![], vec![]);
    let (mut pages, mut searches) = (vec![], vec![]);
    for n in 0..RUNS {
        // A round of the runner comes after a change, of one job as a rule.
        let words = vec![(waiting.jobs()[n].id, format!("waits, round {n}").into())];
        store.tell_waiting(words, Timestamp::now()).await.expect("it is stored");
        let begun = Instant::now();
        waiting.refresh(&store).await.expect("it is read");
        let ways = Ways {
            policy: Policy::default(),
            books: &NoBooks,
            profiles: &profiles,
        };
        let shown = snapshot(&store, waiting.jobs(), &mut memory, ways, Timestamp::now());
        let snapshot = shown.await.expect("it is read");
        let planning = Instant::now();
        let made = plan(&snapshot, Timestamp::now());
        plans.push(planning.elapsed().as_secs_f64() * 1e3);
        rounds.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!((made.assignments.len(), made.waiting.len()), (2, WAITING - 2));

        let newest = JobQuery {
            which: WhichJobs::Completed,
            limit: 50,
            ..JobQuery::open()
        };
        let begun = Instant::now();
        let heads = store
            .job_heads(newest, Vec::new(), |made, head| made.push(head.id))
            .await
            .expect("it is read");
        lists.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(heads.len(), 50);

        // A page of the API's list, and words that one of the oldest jobs has.
        for (text, found, times) in [(None, 50, &mut pages), (Some("picture 17"), 50, &mut searches)] {
            let search = JobSearch {
                states: vec![JobState::Completed],
                text: text.map(Into::into),
                limit: 50,
                ..JobSearch::default()
            };
            let begun = Instant::now();
            let jobs = store.search_jobs(search).await.expect("it is read");
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            assert!((1..=found).contains(&jobs.len()));
        }
    }
    println!(
        "| {history} | {WAITING} | {} | {} | {} | {} | {} |",
        told(plans),
        told(rounds),
        told(lists),
        told(pages),
        told(searches)
    );
    store.close().await;
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads");
    println!(
        "| history | waiting | plan, ms | worst | whole round, ms | worst | newest 50, ms | worst | a page, ms \
         | worst | a search, ms | worst |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for history in [1_000, 50_000] {
        runtime.block_on(measure(history));
    }
}
