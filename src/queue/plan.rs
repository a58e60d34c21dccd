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

use smol_str::SmolStr;

use crate::model::{JobId, Media, PrinterId, Timestamp};

mod assign;
mod fit;
mod given;
mod load;
mod urgency;
mod words;

use fit::Fit;
pub(super) use fit::takes_size;
pub use given::{
    InkAmount, LoadWanted, LoadedMedia, PlanPaper, PlanPrinter, Policy, Snapshot, Tank, WaitingJob, Window,
};
use urgency::Urgency;

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
    /// Stranded jobs that their printers shall give back, because another one has the paper.
    pub give_back: Vec<JobId>,
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
    let assignments = assign::assign(&mut table);
    load::ask_for_the_next(&mut table);
    Plan {
        assignments,
        waiting: words::waiting(&table),
        give_back: give_back(&table),
        loads: load::requests(&table),
        wake_at: table.wake_at,
    }
}

/// The stranded jobs that another printer could print.
fn give_back(table: &Table) -> Vec<JobId> {
    let printers = &table.snapshot.printers;
    let stranded = table.snapshot.stranded.iter().filter(|(job, at)| {
        let at = printers.iter().position(|p| p.id == *at);
        at.is_some_and(|at| table.is_served_beside(&fit::fits(job, table.snapshot, table.now), at))
    });
    stranded.map(|(job, _)| job.id).collect()
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
            let paused = snapshot.is_paused(job);
            table.entries.push(Entry {
                job,
                urgency,
                fits: fit::fits(job, snapshot, now),
                lot: if paused { Lot::Paused } else { Lot::Waits },
            });
        }
        table.entries.sort_by_key(|entry| (entry.urgency, entry.job.id));
        table.share_out_paper();
        load::reserve(&mut table);
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

    /// Whether a printer other than this one could print a job without anybody's help, now or after what it has.
    fn is_served_beside(&self, fits: &[Fit], printer: usize) -> bool {
        (0..fits.len()).any(|other| {
            other != printer
                && matches!(fits[other], Fit::Now { .. })
                && self.is_well(other)
                && !self.snapshot.printers[other].is_stuck()
        })
    }

    fn is_free(&self, printer: usize) -> bool {
        self.obstacles[printer].is_none()
    }

    /// The jobs that still wait, in order.
    fn waiting(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.lot == Lot::Waits)
    }
}

#[cfg(test)]
mod tests;
