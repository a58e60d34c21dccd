//! A studio's past in a state folder, made through the store: two printers with their inks, six papers, so many jobs that
//! were printed, each with its try, its sheet and its ink in the books, and twenty jobs that are held. `benches/web.py`
//! runs it before it measures the pages.
//!
//!     web_fill FOLDER JOBS

// A measurement may stop where it stands.
#![allow(clippy::expect_used)]

use std::convert::Infallible;
use std::path::Path;

use platen::model::{
    AttemptOutcome, Bookings, Coverage, Decided, Destination, Details, Digest, Document, DocumentFacts, DocumentFormat,
    DocumentId, Finish, Hold, InkReason, Job, JobId, JobState, Length, Margins, Marker, Media, MediaSize, Nanoliters,
    NewInkEntry, NewJob, NewStockEntry, Order, Paper, PaperId, PrinterId, PrinterState, PrinterStatus, StockReason,
    Ticket, Timestamp,
};
use platen::store::{AddedPrinter, Store};
use tokio::task::JoinSet;

/// The inks of a printer, as the PRO-1000 names them, with colours to see them by.
const INKS: [(&str, &str); 12] = [
    ("MBK", "#202020"),
    ("PBK", "#101010"),
    ("C", "#00a0e0"),
    ("M", "#e0007a"),
    ("Y", "#f0d800"),
    ("PC", "#90d0f0"),
    ("PM", "#f0a0c8"),
    ("GY", "#808080"),
    ("PGY", "#b8b8b8"),
    ("R", "#d02020"),
    ("B", "#2040b0"),
    ("CO", "#e8e8e8"),
];
/// What a sheet takes of each ink.
const SHEET: Nanoliters = Nanoliters(90_000);
/// A full tank.
const TANK: Nanoliters = Nanoliters(80_000_000);
const SIZES: [&str; 3] = ["iso_a4_210x297mm", "iso_a3_297x420mm", "na_super-b_13x19in"];
const TYPES: [&str; 2] = ["photographic-matte", "photographic-glossy"];
/// A quarter of an hour between two jobs.
const APART_MS: i64 = 15 * 60 * 1000;

fn media(n: usize) -> Media {
    Media {
        size: MediaSize::from_name(SIZES[n % SIZES.len()]).expect("a size of ours"),
        media_type: TYPES[n / SIZES.len() % TYPES.len()].into(),
        source: "main".into(),
        margins: Margins::same(Length::mm(5.0)),
    }
}

fn paper(n: usize) -> Paper {
    let media = media(n);
    Paper {
        id: PaperId::new(&format!("paper-{n}")).expect("a short name"),
        name: format!("Photo Rag {}", 300 + n).into(),
        size: media.size,
        media_type: media.media_type,
        finish: if n < 3 { Finish::Matte } else { Finish::Glossy },
        weight: Some(308),
        price: Some(4_200_000),
        low: 5,
    }
}

fn job(n: usize, hold: Option<Hold>) -> NewJob {
    let facts = DocumentFacts {
        format: DocumentFormat::Jpeg,
        width: 6_000,
        height: 4_000,
        pages: 1,
        resolution: None,
        profile: Some("Adobe RGB (1998)".into()),
    };
    NewJob {
        name: format!("Harbour at dawn, no. {n}").into(),
        user: ["olga", "anna", "web-shop"][n % 3].into(),
        destination: Destination::Pool,
        priority: 50,
        ticket: Ticket::of(Decided::by_client(media(n))),
        documents: vec![Document {
            id: DocumentId(0),
            number: 1,
            digest: Digest([7; 32]),
            bytes: 12_000_000,
            name: Some(format!("harbour-{n}.jpg").into()),
            facts,
            canceled: false,
        }],
        incoming_until: None,
        hold,
        printer_uri: "ipp://localhost:8631/ipp/print".into(),
    }
}

async fn make(store: &Store, n: usize, at: Timestamp, hold: Option<Hold>) -> JobId {
    let order = Order {
        reference: Some(format!("order-{n}").into()),
        ..Order::default()
    };
    let made = store.create_order(job(n, hold), u32::MAX, (order, None, vec![]), at);
    made.await.expect("it is stored").job.id
}

/// One that was printed, with what it took.
async fn print(store: Store, n: usize, id: JobId, printer: PrinterId, at: Timestamp) {
    let words = (format!("token-{n}").into(), "it has the paper loaded".into());
    let here = printer.clone();
    let opened = store.open_attempt(id, printer, words, at, move |job: &mut Job, _| {
        (job.state, job.message) = (JobState::Processing, "is being printed".into());
        job.printer = Some(here);
        Ok::<_, Infallible>(())
    });
    let (_, attempt) = opened.await.expect("it is stored").expect("infallible");
    let covers = Coverage {
        red: 300_000,
        green: 280_000,
        blue: 310_000,
        light: 290_000,
        inked: 800_000,
    };
    store.measure_attempt(attempt.id, covers).await.expect("it is stored");
    let at = at.plus_ms(4 * 60 * 1000);
    let closed = store.close_attempt(
        attempt.id,
        AttemptOutcome::Completed,
        at,
        move |job: &mut Job, attempt| {
            (job.state, job.completed, job.message) = (JobState::Completed, Some(at), "is printed".into());
            job.impressions_completed = 1;
            let entry = |(channel, _): &(&'static str, _)| NewInkEntry {
                printer: attempt.printer.clone(),
                channel: (*channel).into(),
                delta: -SHEET,
                reason: InkReason::Job,
                job: Some(job.id),
                by: "platen".into(),
                note: "".into(),
                at,
            };
            Ok::<_, Infallible>(Bookings {
                stock: vec![NewStockEntry {
                    paper: paper(n % 6).id,
                    delta: -1,
                    reason: StockReason::Printed,
                    job: Some(job.id),
                    by: "platen".into(),
                    note: "".into(),
                    at,
                }],
                ink: INKS.iter().map(entry).collect(),
                fed: None,
            })
        },
    );
    closed.await.expect("it is stored").expect("infallible");
}

/// A full tank of every ink.
async fn fit(store: &Store, printer: &PrinterId, at: Timestamp) {
    let fitted = |(channel, _): &(&'static str, _)| NewInkEntry {
        printer: printer.clone(),
        channel: (*channel).into(),
        delta: TANK,
        reason: InkReason::Fitted,
        job: None,
        by: "olga".into(),
        note: "".into(),
        at,
    };
    store
        .book_ink(INKS.iter().map(fitted).collect())
        .await
        .expect("it is stored");
}

async fn fill(folder: &Path, jobs: usize) {
    std::fs::create_dir_all(folder).expect("a folder");
    let store = Store::open(&folder.join("platen.db")).expect("a database");
    let now = Timestamp::now();
    let mut printers = Vec::new();
    for name in ["Gertie", "Squirty"] {
        let id = PrinterId::from_name(name).expect("a name");
        let added = AddedPrinter {
            id: id.clone(),
            name: name.into(),
            uri: "virtual:".into(),
            seconds_per_sheet: Some(1.0),
        };
        assert!(store.put_printer(added, now).await.expect("it is stored"));
        let marker = |(name, color): &(&'static str, &'static str)| Marker {
            name: (*name).into(),
            color: (*color).into(),
            kind: "ink-cartridge".into(),
            level: 60,
            low: Some(10),
            high: None,
        };
        let status = PrinterStatus {
            state: PrinterState::Idle,
            reasons: vec![],
            message: "".into(),
            accepting: true,
            markers: INKS.iter().map(marker).collect(),
            media_ready: vec![],
            details: Details::default(),
            reachable: true,
            at: now,
        };
        store.save_status(id.clone(), status).await.expect("it is stored");
        printers.push(id);
    }
    for n in 0..6 {
        store.put_paper(paper(n), now).await.expect("it is stored");
        let restocked = NewStockEntry {
            paper: paper(n).id,
            delta: jobs as i64 / 6 + 30,
            reason: StockReason::Restocked,
            job: None,
            by: "olga".into(),
            note: "boxes".into(),
            at: now,
        };
        store.book_stock(vec![restocked]).await.expect("it is stored");
    }
    let at = move |n: usize| now.plus_ms((n as i64 - jobs as i64) * APART_MS);
    let mut made = Vec::with_capacity(jobs);
    for part in (0..jobs).collect::<Vec<_>>().chunks(200) {
        let mut tasks = JoinSet::new();
        for &n in part {
            let store = store.clone();
            tasks.spawn(async move { (n, make(&store, n, at(n), None).await) });
        }
        made.extend(tasks.join_all().await);
    }
    // A printer has one try at a time.
    let mut chains = JoinSet::new();
    for (place, printer) in printers.into_iter().enumerate() {
        let mine: Vec<(usize, JobId)> = made.iter().copied().filter(|(n, _)| n % 2 == place).collect();
        let store = store.clone();
        chains.spawn(async move {
            for (count, (n, id)) in mine.into_iter().enumerate() {
                if count % 400 == 0 {
                    fit(&store, &printer, at(n)).await;
                }
                print(store.clone(), n, id, printer.clone(), at(n)).await;
            }
        });
    }
    chains.join_all().await;
    for n in 0..20 {
        make(&store, jobs + n, now, Some(Hold::INDEFINITE)).await;
    }
    store.close().await;
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(folder), Some(jobs)) = (arguments.next(), arguments.next().and_then(|n| n.parse().ok())) else {
        eprintln!("web_fill FOLDER JOBS");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(fill(Path::new(&folder), jobs));
}
