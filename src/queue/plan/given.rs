//! What the plan is given: everything that is known at one moment.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::classes::{Class, classify};
use crate::model::{
    Avoid, Destination, JobId, Media, Pool, PrinterId, PrinterState, PrinterStatus, Resolution, Timestamp,
};

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
    pub(super) fn takes(&self, need: &InkAmount) -> i64 {
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
    /// Jobs that a printer has and of which it has printed nothing, because it has run out of paper: which, and where.
    pub stranded: Vec<(WaitingJob, PrinterId)>,
    /// Whether the pool of all was not paused: jobs that were sent to a printer or a named pool go on if it was.
    pub pool_prints: bool,
    /// The named pools, in the order of the configuration.
    pub pools: Vec<Pool>,
    /// Those of them that were paused.
    pub paused: Vec<PrinterId>,
    /// Every printer, in the order of the configuration.
    pub printers: Vec<PlanPrinter>,
    /// Every paper whose sheets are counted.
    pub papers: Vec<PlanPaper>,
    /// How to weigh.
    pub policy: Policy,
}

impl Snapshot {
    /// Whether printing was paused where a job may go, so that no printer there is given it.
    pub(super) fn is_paused(&self, job: &WaitingJob) -> bool {
        match &job.destination {
            Destination::Pool => !self.pool_prints,
            Destination::Printer(id) => self.paused.contains(id),
        }
    }
}

impl WaitingJob {
    pub(super) fn paper_among(&self, papers: &[PlanPaper]) -> Option<usize> {
        let id = self.paper.as_ref()?;
        papers.iter().position(|paper| paper.id == *id)
    }
}

impl PlanPrinter {
    pub(super) fn is_idle(&self) -> bool {
        self.status.as_ref().is_some_and(|s| s.state == PrinterState::Idle)
    }

    /// Whether it has a job and is stopped with it, or has no paper for the next one.
    pub(super) fn is_stuck(&self) -> bool {
        let is_stopped = |status: &PrinterStatus| status.state == PrinterState::Stopped;
        self.lacks_paper() || self.status.as_ref().is_some_and(is_stopped)
    }

    /// Whether it says that somebody has to load paper: it may, though it is idle.
    pub(super) fn lacks_paper(&self) -> bool {
        let reasons = self.status.iter().flat_map(|s| &s.reasons);
        reasons.into_iter().any(|r| classify(r) == Class::HumanLoad)
    }

    /// Whether the printer itself says that this is loaded. Its word orders printers, no more: a PRO-1000 has no sensor
    /// for the type of paper.
    pub(super) fn reports(&self, media: &Media) -> bool {
        let ready = self.status.iter().flat_map(|s| &s.media_ready);
        ready.into_iter().any(|ready| media.is_same_paper(ready))
    }
}
