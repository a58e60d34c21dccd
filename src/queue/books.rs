//! The port through which the queue knows paper and ink, without knowing how their books are kept.

use std::collections::BTreeMap;
use std::fmt;

use smol_str::SmolStr;

use crate::model::{
    AttemptOutcome, Bookings, Coverage, InkEntry, Job, Loaded, Media, Paper, PrinterId, PrinterStatus, Timestamp,
};

use super::plan::{InkAmount, Tank};

/// Sheets of a job that left a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheets {
    /// They are good.
    pub printed: u32,
    /// They are not.
    pub spoiled: u32,
}

/// Where sheets came from and what is on them.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The printer.
    pub printer: &'a PrinterId,
    /// What lies in its feeders, as far as it is on record; may hold other printers'.
    pub loaded: &'a [Loaded],
    /// The papers of the house.
    pub papers: &'a [Paper],
    /// What the pages cover, where it was measured.
    pub coverage: Option<Coverage>,
}

/// What lies in a printer's feeders is not what was on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This does.
    Lies(Loaded),
    /// Nobody knows what does in this one.
    Unknown(SmolStr),
}

/// What the books say, and what is to be written into them. Pure. [`crate::appliance`] makes one out of `care`; without
/// it nothing is known and nothing written.
pub trait Books: fmt::Debug + Send + Sync + 'static {
    /// The ink that so many sheets take, before they are printed.
    fn needs(&self, _media: &Media, _sheets: u32, _papers: &[Paper]) -> Vec<InkAmount> {
        Vec::new()
    }

    /// What is in a printer's tanks, by the entries of each.
    fn tanks(&self, _entries: &BTreeMap<SmolStr, Vec<InkEntry>>) -> Vec<Tank> {
        Vec::new()
    }

    /// Nanolitres of a full tank; 0: not known.
    fn full(&self) -> i64 {
        0
    }

    /// What is to be booked for a routine that has ended well, beside its sheets.
    fn cleaned(&self, _job: &Job, _printer: &PrinterId, _at: Timestamp) -> Bookings {
        Bookings::default()
    }

    /// What is to be booked for sheets of a job.
    fn used(&self, _job: &Job, _sheets: Sheets, _from: Origin<'_>, _at: Timestamp) -> Bookings {
        Bookings::default()
    }

    /// What a printer's new status (the last one and this one) says of its feeders, against what is on record.
    fn found(
        &self,
        _printer: &PrinterId,
        _records: &[Loaded],
        _statuses: (Option<&PrinterStatus>, &PrinterStatus),
        _papers: &[Paper],
    ) -> Vec<Found> {
        Vec::new()
    }
}

/// Books in which nothing is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBooks;

impl Books for NoBooks {}

/// The sheets of a job that an attempt has used, by how it ended. Of one that ended unknown a person will tell.
pub fn sheets_of(job: &Job, outcome: &AttemptOutcome) -> Sheets {
    let none = Sheets { printed: 0, spoiled: 0 };
    // Those were booked when a person said that the rest is printed again.
    let kept = job.sheets_kept();
    match outcome {
        AttemptOutcome::Completed => Sheets {
            printed: job.impressions_completed.max(job.sheets()).saturating_sub(kept),
            ..none
        },
        // What was begun and not finished is of no use.
        AttemptOutcome::Canceled | AttemptOutcome::Failed { .. } => Sheets {
            spoiled: job.impressions_completed.saturating_sub(kept),
            ..none
        },
        AttemptOutcome::NotPrinted { .. } | AttemptOutcome::Unknown { .. } => none,
    }
}
