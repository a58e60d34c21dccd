//! The plan: which job goes to which printer now, which paper a person shall load where, and what every other job waits
//! for. A pure, deterministic function of a snapshot.
//!
//! # Order
//!
//! Jobs are taken by urgency, then by number:
//!
//! 1. those that have waited longer than [`Policy::patience_ms`], by the half of it in which they came: nobody is
//!    starved. From then on a job is overtaken by none that came more than that half later;
//! 2. those whose deadline can only just be kept, the nearest first;
//! 3. the rest by priority, then by rank (where people have moved them).
//!
//! # Which printer
//!
//! ```text
//!   for each job and printer:   can it ever? ──no──► size, type, borderless, resolution, profile, edition, ink …
//!                                    │ yes
//!                               is the paper in it? ──no──► a person has to load it
//!                                    │ yes, or nobody knows
//!                               among the free ones: same paper as the last sheet, then ink that surely suffices, then
//!                               a feeder that is known, then one that is idle, then the longest rest
//! ```
//!
//! Within an urgency a job whose paper is in the printer goes before an earlier one whose paper is not: that is what
//! groups jobs by paper. What people have moved is never overtaken that way, and patience bounds how long anybody is.
//!
//! # Which paper
//!
//! A printer whose feeders are known asks for another paper when no job that waits can use what is in them, or when a
//! more urgent job needs it ([`load`]). In the second case it is kept free for it, [`Policy::grace_ms`] at most, so that
//! a person who is out for lunch does not stop the rest.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::model::{Avoid, Destination, JobId, Media, PrinterId, PrinterStatus, Resolution, Timestamp};

mod fit;
mod load;
mod urgency;
mod words;

use fit::Fit;
pub(super) use fit::takes_size;
use urgency::Urgency;

/// A job that is pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingJob {
    /// Which.
    pub id: JobId,
    /// `job-priority`.
    pub priority: u8,
    /// Place among those of its priority.
    pub rank: i64,
    /// Where it may go.
    pub destination: Destination,
    /// What it is printed on.
    pub media: Media,
    /// The dots per inch that it insists on.
    pub resolution: Option<Resolution>,
    /// Sheets of all copies.
    pub sheets: u32,
    /// How long it will take on a printer, in milliseconds: an estimate.
    pub work_ms: i64,
    /// Since when it waits.
    pub since: Timestamp,
    /// When it must be done.
    pub deadline: Option<Timestamp>,
    /// Not before this moment.
    pub not_before: Option<Timestamp>,
    /// Printers that it is not to be sent to for a while.
    pub avoid: Vec<Avoid>,
    /// The printer that has printed others of its edition.
    pub edition_on: Option<PrinterId>,
    /// The paper of the house that it is printed on, as in [`Snapshot::papers`].
    pub paper: Option<SmolStr>,
    /// The ink that it takes.
    pub ink: Arc<[InkAmount]>,
    /// Whether it is a maintenance act: its printer's windows are for it, and what is loaded does not matter.
    pub routine: bool,
}

/// An amount of ink of one channel, and how wrong it may be, in nanolitres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InkAmount {
    /// `marker-names`: the ink code, for example `PGY`.
    pub channel: SmolStr,
    /// The amount.
    pub nl: i64,
    /// It may be so much more or less.
    pub error: i64,
}

/// What is in a tank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tank {
    /// `marker-names`: the ink code.
    pub channel: SmolStr,
    /// Nanolitres.
    pub nl: i64,
    /// It may be so much more or less.
    pub error: i64,
    /// What jobs have really taken of it for 1000 parts of what was estimated.
    pub thousandths: i64,
}

impl Tank {
    /// What a job takes of this ink, by what was learned.
    fn takes(&self, need: &InkAmount) -> i64 {
        i64::try_from(i128::from(need.nl) * i128::from(self.thousandths) / 1_000).unwrap_or(i64::MAX)
    }
}

/// A paper of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPaper {
    /// Its short name.
    pub id: SmolStr,
    /// What people call it.
    pub name: SmolStr,
    /// Sheets that are there and not already promised to jobs that are being printed.
    pub sheets: i64,
}

/// What lies in a feeder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedMedia {
    /// What.
    pub media: Media,
    /// How many sheets, where known.
    pub sheets: Option<u32>,
}

/// A time in which a printer is kept for its care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// What for, as a noun: `the nozzle check`.
    pub purpose: SmolStr,
}

/// The paper that a printer asked for in an earlier round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadWanted {
    /// What.
    pub media: Media,
    /// Since when.
    pub since: Timestamp,
}

/// A printer as the plan sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPrinter {
    /// Which.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Its last status; `None` when it was not read yet.
    pub status: Option<PrinterStatus>,
    /// Since when it is in that state.
    pub status_since: Option<Timestamp>,
    /// Its `media-supported`; empty when unknown.
    pub media: Vec<SmolStr>,
    /// Its `media-type-supported`; empty when unknown.
    pub media_types: Vec<SmolStr>,
    /// Its `printer-resolution-supported`; empty when unknown.
    pub resolutions: Vec<Resolution>,
    /// Whether it prints without margins; `None` when unknown.
    pub borderless: Option<bool>,
    /// The media types that it has a profile for; `None`: every one.
    pub profiles: Option<Vec<SmolStr>>,
    /// What is in its feeders, when somebody has said so; `None`: nobody knows.
    pub loaded: Option<Vec<LoadedMedia>>,
    /// What it printed on last.
    pub last_media: Option<Media>,
    /// What is in its tanks; a channel that is not named is not known.
    pub ink: Vec<Tank>,
    /// The job of its open attempt.
    pub busy_with: Option<JobId>,
    /// Whether it was not paused.
    pub prints: bool,
    /// It has failed again and again: not before this moment, and why.
    pub resting: Option<(Timestamp, SmolStr)>,
    /// Times in which it is kept for its care.
    pub windows: Vec<Window>,
    /// When it was last given a job.
    pub last_used: Option<Timestamp>,
    /// What it has asked for.
    pub wanted: Option<LoadWanted>,
}

/// How the plan weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// A job that has waited so long goes before all that came later, in milliseconds.
    pub patience_ms: i64,
    /// How long a person is given: to load the paper that a printer is kept free for, or to mend a printer before its
    /// twin is asked to take its paper, in milliseconds.
    pub grace_ms: i64,
    /// What changing the paper takes, in milliseconds.
    pub load_ms: i64,
    /// How long before the last moment a deadline becomes urgent, in milliseconds.
    pub lead_ms: i64,
    /// What a feeder holds: more sheets are never waited for, in sheets.
    pub feeder: u32,
}

impl Default for Policy {
    fn default() -> Self {
        const MINUTE: i64 = 60_000;
        Policy {
            patience_ms: 60 * MINUTE,
            grace_ms: 5 * MINUTE,
            load_ms: 3 * MINUTE,
            lead_ms: 15 * MINUTE,
            feeder: 20,
        }
    }
}

/// What is known at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Every pending job, in any order.
    pub jobs: Vec<WaitingJob>,
    /// Whether the pool was not paused: jobs that were sent to a printer by name go on if it was.
    pub pool_prints: bool,
    /// Every printer, in the order of the configuration.
    pub printers: Vec<PlanPrinter>,
    /// Every paper whose sheets are counted.
    pub papers: Vec<PlanPaper>,
    /// How to weigh.
    pub policy: Policy,
}

/// A job that is to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub job: JobId,
    /// Where.
    pub printer: PrinterId,
    /// Why there, continuing "goes to NAME: …".
    pub why: SmolStr,
}

/// A paper that a person shall load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadRequest {
    /// Where.
    pub printer: PrinterId,
    /// What; its source is `auto`.
    pub media: Media,
    /// What people call it.
    pub paper: SmolStr,
    /// How many sheets the jobs that wait for it take.
    pub sheets: u32,
    /// How many jobs wait for it.
    pub jobs: u32,
    /// Since when it is asked for.
    pub since: Timestamp,
    /// Whether the printer is kept free for it.
    pub kept_free: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Jobs to be started now.
    pub assignments: Vec<Assignment>,
    /// Every other job and what it waits for, in words, in the order of the queue.
    pub waiting: Vec<(JobId, SmolStr)>,
    /// What is to be loaded.
    pub loads: Vec<LoadRequest>,
    /// When to plan again at the latest, though nothing happens before.
    pub wake_at: Option<Timestamp>,
}

/// A job on the planner's table.
struct Entry<'a> {
    job: &'a WaitingJob,
    urgency: Urgency,
    /// How it stands to each printer.
    fits: Vec<Fit>,
    lot: Lot,
}

/// What the round has brought a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lot {
    Waits,
    Assigned,
    /// Its paper is used up: so many sheets are left for it.
    PaperOut(i64),
    /// The pool was paused.
    Paused,
}

/// The planner's table: what the steps share.
struct Table<'a> {
    snapshot: &'a Snapshot,
    now: Timestamp,
    /// In the order of the queue.
    entries: Vec<Entry<'a>>,
    /// Why each printer can be given nothing now.
    obstacles: Vec<Option<words::Obstacle>>,
    /// What each printer asks for, and how urgently.
    loads: Vec<Option<load::Load>>,
    wake_at: Option<Timestamp>,
}

/// Plans.
pub fn plan(snapshot: &Snapshot, now: Timestamp) -> Plan {
    let mut table = Table::lay(snapshot, now);
    load::ask_for_the_urgent(&mut table);
    let assignments = assign(&mut table);
    load::ask_for_the_next(&mut table);
    Plan {
        assignments,
        waiting: words::waiting(&table),
        loads: load::requests(&table),
        wake_at: table.wake_at,
    }
}

impl<'a> Table<'a> {
    fn lay(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        let mut table = Table {
            snapshot,
            now,
            entries: Vec::with_capacity(snapshot.jobs.len()),
            obstacles: snapshot.printers.iter().map(|p| words::obstacle(p, now)).collect(),
            loads: snapshot.printers.iter().map(|_| None).collect(),
            wake_at: None,
        };
        for printer in &snapshot.printers {
            table.wake(printer.resting.as_ref().map(|(until, _)| *until));
            for window in &printer.windows {
                table.wake(Some(window.from));
                table.wake(Some(window.to));
            }
        }
        for job in &snapshot.jobs {
            if job.not_before.is_some_and(|t| t > now) {
                table.wake(job.not_before);
                continue;
            }
            for avoid in job.avoid.iter().filter(|avoid| avoid.holds(now)) {
                table.wake(Some(avoid.until));
            }
            let (urgency, changes_at) = Urgency::of(job, &snapshot.policy, now);
            table.wake(changes_at);
            let paused = !snapshot.pool_prints && job.destination == Destination::Pool;
            table.entries.push(Entry {
                job,
                urgency,
                fits: fit::fits(job, snapshot, now),
                lot: if paused { Lot::Paused } else { Lot::Waits },
            });
        }
        table.entries.sort_by_key(|entry| (entry.urgency, entry.job.id));
        table.share_out_paper();
        table
    }

    /// Sheets that are there go to the jobs that come first.
    fn share_out_paper(&mut self) {
        let mut left: Vec<i64> = self.snapshot.papers.iter().map(|p| p.sheets).collect();
        for entry in &mut self.entries {
            let Some(place) = entry.job.paper_among(&self.snapshot.papers) else {
                continue;
            };
            let needed = i64::from(entry.job.sheets);
            if left[place] >= needed {
                left[place] -= needed;
            } else if entry.lot == Lot::Waits {
                entry.lot = Lot::PaperOut(left[place].max(0));
            }
        }
    }

    /// Plan again at `at`, if that is to come.
    fn wake(&mut self, at: Option<Timestamp>) {
        if let Some(at) = at.filter(|at| *at > self.now) {
            self.wake_at = Some(self.wake_at.map_or(at, |earlier| earlier.min(at)));
        }
    }

    /// Whether a printer is at work or could be.
    fn is_well(&self, printer: usize) -> bool {
        self.obstacles[printer]
            .as_ref()
            .is_none_or(|o| *o == words::Obstacle::Busy)
    }

    fn is_free(&self, printer: usize) -> bool {
        self.obstacles[printer].is_none()
    }

    /// The jobs that still wait, in order.
    fn waiting(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.lot == Lot::Waits)
    }
}

impl WaitingJob {
    fn paper_among(&self, papers: &[PlanPaper]) -> Option<usize> {
        let id = self.paper.as_ref()?;
        papers.iter().position(|paper| paper.id == *id)
    }
}

/// Gives free printers jobs until there is no pair any more.
fn assign(table: &mut Table) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    let mut free: Vec<usize> = (0..table.snapshot.printers.len())
        .filter(|p| table.is_free(*p))
        .collect();
    while !free.is_empty() {
        let Some((place, printer)) = best_pair(table, &free) else {
            break;
        };
        let entry = &table.entries[place];
        assignments.push(Assignment {
            job: entry.job.id,
            printer: table.snapshot.printers[printer].id.clone(),
            why: words::chosen(table, entry, printer),
        });
        table.entries[place].lot = Lot::Assigned;
        table.obstacles[printer] = Some(words::Obstacle::Busy);
        free.retain(|p| *p != printer);
    }
    assignments
}

/// Urgency, whether the paper changes, job, what is less good about the printer, its last use, printer, place of the job:
/// the least comes first.
type Key = (
    Urgency,
    bool,
    JobId,
    (bool, bool, bool),
    Option<Timestamp>,
    usize,
    usize,
);

/// The pair of a job and a free printer that comes first.
fn best_pair(table: &Table, free: &[usize]) -> Option<(usize, usize)> {
    let mut best: Option<Key> = None;
    for (place, entry) in table.entries.iter().enumerate() {
        if entry.lot != Lot::Waits {
            continue;
        }
        // Entries are in order: a later urgency can't win any more.
        if let Some((urgency, ..)) = best
            && entry.urgency > urgency
        {
            break;
        }
        for &printer in free {
            let Fit::Now { change, doubt } = entry.fits[printer] else {
                continue;
            };
            let kept_for = table.loads[printer].as_ref().filter(|load| load.kept_free);
            if kept_for.is_some_and(|load| entry.urgency > load.urgency) {
                continue;
            }
            let it = &table.snapshot.printers[printer];
            let preference = (
                doubt,
                it.loaded.is_none() && !it.reports(&entry.job.media),
                !it.is_idle(),
            );
            let key = (
                entry.urgency,
                change,
                entry.job.id,
                preference,
                it.last_used,
                printer,
                place,
            );
            if best.is_none_or(|best| key < best) {
                best = Some(key);
            }
        }
    }
    best.map(|(.., printer, place)| (place, printer))
}

impl PlanPrinter {
    fn is_idle(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|s| s.state == crate::model::PrinterState::Idle)
    }

    /// Whether the printer itself says that this is loaded. Its word orders printers, no more: a PRO-1000 has no sensor
    /// for the type of paper.
    fn reports(&self, media: &Media) -> bool {
        let ready = self.status.iter().flat_map(|s| &s.media_ready);
        ready.into_iter().any(|ready| fit::is_same_paper(media, ready))
    }
}

#[cfg(test)]
mod tests;
