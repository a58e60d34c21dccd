//! What happens on a simulated day, the same for every rule: who sends what when, which printer fails when, and how long
//! the person takes to come. Made from a seed.

use fastrand::Rng;

use crate::model::{Margins, Media, MediaSize};

/// Milliseconds of a minute.
pub const MINUTE: i64 = 60_000;

/// A paper of the studio: what people call it, size, `media-type`, how often it is asked for (parts of 100), and
/// milliseconds for a sheet. Times are guesses by size and quality within what owners tell (A3+ 2 to 4 min).
const PAPERS: [(&str, &str, &str, u32, i64); 6] = [
    ("Lustre A4", "iso_a4_210x297mm", "photographic-semi-gloss", 28, 50_000),
    (
        "Lustre A3+",
        "na_super-b_13x19in",
        "photographic-semi-gloss",
        24,
        110_000,
    ),
    ("Photo Rag A3+", "na_super-b_13x19in", "photographic-matte", 20, 130_000),
    ("Photo Rag A2", "iso_a2_420x594mm", "photographic-matte", 10, 220_000),
    ("Baryta A3", "iso_a3_297x420mm", "photographic-glossy", 12, 120_000),
    ("Canvas 17 × 22 in", "na_c_17x22in", "com.platen-canvas", 6, 240_000),
];
/// The printers.
pub const PRINTERS: [&str; 2] = ["Gertie", "Squirty"];
/// Failures of one printer on a day, at most.
const MOST_FAULTS: u32 = 6;
/// How often the person is waited for before the walks repeat.
const WALKS: usize = 256;

/// A paper.
#[derive(Debug, Clone)]
pub struct Paper {
    pub media: Media,
    sheet_ms: i64,
}

/// A job that will be sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When, in milliseconds of the day.
    pub at: i64,
    pub paper: usize,
    pub sheets: u32,
    /// How long it prints, in milliseconds.
    pub work_ms: i64,
    pub priority: u8,
    pub deadline: Option<i64>,
}

/// How a printer fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The sheet that is being printed jams; nothing happens when none is.
    Jam,
    /// It is without power for so many milliseconds; what it prints is lost.
    Off(i64),
}

/// A day.
#[derive(Debug, Clone)]
pub struct Script {
    pub papers: Vec<Paper>,
    /// In the order in which they come.
    pub jobs: Vec<Sent>,
    /// For each printer, in order of time.
    pub faults: Vec<Vec<(i64, Fault)>>,
    /// How long the person takes to come, one time after another, in milliseconds.
    pub walks: Vec<i64>,
}

impl Script {
    /// The day of a seed: `jobs` jobs that come within `hours`.
    pub fn of(seed: u64, jobs: usize, hours: u32) -> Script {
        let mut dice = Rng::with_seed(seed);
        let day = i64::from(hours.max(1)) * 60 * MINUTE;
        let papers = papers();
        Script {
            jobs: jobs_of(&mut dice, &papers, jobs, day),
            faults: PRINTERS.iter().map(|_| faults(&mut dice, day)).collect(),
            walks: (0..WALKS).map(|_| dice.i64(MINUTE / 2..4 * MINUTE)).collect(),
            papers,
        }
    }
}

fn papers() -> Vec<Paper> {
    let media = |size: &str, kind: &str| {
        let size = MediaSize::from_name(size).ok()?;
        Some(Media {
            size,
            media_type: kind.into(),
            source: "auto".into(),
            margins: Margins::default(),
        })
    };
    let papers = PAPERS.iter().filter_map(|(_, size, kind, _, sheet_ms)| {
        Some(Paper {
            media: media(size, kind)?,
            sheet_ms: *sheet_ms,
        })
    });
    papers.collect()
}

/// People send one to five pictures for the same paper at a time.
fn jobs_of(dice: &mut Rng, papers: &[Paper], jobs: usize, day: i64) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::with_capacity(jobs + 5);
    while sent.len() < jobs {
        let at = dice.i64(0..day);
        let paper = pick(dice);
        let priority = match dice.u8(0..10) {
            0 => 80,
            1 => 20,
            _ => 50,
        };
        let deadline = dice.u8(0..5) == 0;
        for _ in 0..dice.u8(1..=5) {
            let sheets = if dice.u8(0..5) == 0 { dice.u32(2..=4) } else { 1 };
            let at = at + dice.i64(0..MINUTE);
            sent.push(Sent {
                at,
                paper,
                sheets,
                work_ms: i64::from(sheets) * papers[paper].sheet_ms,
                priority,
                deadline: deadline.then(|| at + dice.i64(60 * MINUTE..240 * MINUTE)),
            });
        }
    }
    sent.truncate(jobs);
    sent.sort_by_key(|job| job.at);
    sent
}

fn pick(dice: &mut Rng) -> usize {
    let mut part = dice.u32(0..PAPERS.iter().map(|p| p.3).sum());
    for (place, paper) in PAPERS.iter().enumerate() {
        if part < paper.3 {
            return place;
        }
        part -= paper.3;
    }
    0
}

fn faults(dice: &mut Rng, day: i64) -> Vec<(i64, Fault)> {
    let mut faults: Vec<(i64, Fault)> = (0..dice.u32(2..=MOST_FAULTS))
        .map(|_| {
            let fault = match dice.bool() {
                true => Fault::Jam,
                false => Fault::Off(dice.i64(5 * MINUTE..40 * MINUTE)),
            };
            (dice.i64(0..day), fault)
        })
        .collect();
    faults.sort_by_key(|(at, _)| *at);
    faults
}
