//! What the panel knows of the house: plain data, made by [`super::watch`] and read by lights, screens and acts.

use smol_str::SmolStr;

use crate::model::{JobId, PrinterId, Timestamp};
use crate::queue::plan::LoadRequest;

/// Everything that lights and display tell of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Nothing has been read yet.
    pub starting: bool,
    /// The printers in the order of the configuration.
    pub printers: Vec<PrinterFacts>,
    /// Questions that only a person can answer, the oldest first.
    pub questions: Vec<QuestionFacts>,
    /// What is to be loaded where.
    pub loads: Vec<LoadRequest>,
    /// Jobs that wait to be printed.
    pub waiting: u32,
    /// What keeps the house itself from working, in words.
    pub trouble: Option<SmolStr>,
    /// The machine around the daemon.
    pub machine: Machine,
    /// Somebody wants to see which box this is.
    pub identify: Option<Identify>,
    /// What happened last, in words.
    pub last: Option<Last>,
}

/// One printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterFacts {
    /// Its short name.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// How it is.
    pub how: How,
    /// Nothing new is begun there, because somebody wanted it so.
    pub paused: bool,
    /// The job that it has.
    pub job: Option<JobFacts>,
    /// An ink that is low: its name and per cent, the lowest one.
    pub low: Option<(SmolStr, i32)>,
}

/// How a printer is, by what a person has to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Nothing was heard of it yet.
    Unknown,
    /// It could print.
    Idle,
    /// It prints.
    Printing,
    /// It waits for paper, in words.
    Paper(SmolStr),
    /// It needs a hand, or is broken; in words.
    Fault(SmolStr),
    /// It does not answer.
    Away,
}

/// A job at a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFacts {
    /// Its number.
    pub id: JobId,
    /// `job-name`
    pub name: SmolStr,
    /// `job-originating-user-name`
    pub user: SmolStr,
    /// Sheets that came out.
    pub done: u32,
    /// Sheets in all; 0: not known.
    pub sheets: u32,
    /// `job-state-message`
    pub message: SmolStr,
    /// A cancel takes effect.
    pub is_canceling: bool,
}

/// A question that a job is held with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionFacts {
    /// The job.
    pub job: JobId,
    /// `job-name`
    pub name: SmolStr,
    /// The printer that may hold the sheet.
    pub printer: PrinterId,
    /// What happened, and what is asked.
    pub text: SmolStr,
    /// Whether a sheet may lie there.
    pub sheet: bool,
}

/// Identify-Printer (PWG 5100.13, 4.1) as the panel shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identify {
    /// Of which printer; none: of the pool, or of this box.
    pub printer: Option<PrinterId>,
    /// `message`
    pub message: SmolStr,
    /// Until when it is shown.
    pub until: Timestamp,
}

/// The last event worth a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: SmolStr,
}

/// The machine around the daemon: its addresses, its updates. Told by whoever knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// Where a browser finds this box, the best one first: `https://192.168.1.7/`.
    pub addresses: Vec<SmolStr>,
    /// The code of the first start; `None` once the box is set up.
    pub setup_code: Option<SmolStr>,
    /// The version that runs.
    pub version: SmolStr,
    /// An update is being installed: per cent, where known.
    pub updating: Option<Option<u8>>,
    /// The last update failed and was taken back: why.
    pub rolled_back: Option<SmolStr>,
}

impl Facts {
    /// The printer of a short name.
    pub fn printer(&self, id: &PrinterId) -> Option<&PrinterFacts> {
        self.printers.iter().find(|printer| printer.id == *id)
    }

    /// The question that is asked about this printer first, else the oldest of all.
    pub fn question(&self, shown: Option<&PrinterId>) -> Option<&QuestionFacts> {
        let here = self.questions.iter().find(|q| Some(&q.printer) == shown);
        here.or(self.questions.first())
    }

    /// What is to be loaded at this printer, else the first of all.
    pub fn load(&self, shown: Option<&PrinterId>) -> Option<&LoadRequest> {
        let here = self.loads.iter().find(|load| Some(&load.printer) == shown);
        here.or(self.loads.first())
    }

    /// What people call a printer.
    pub fn name_of<'a>(&'a self, id: &'a PrinterId) -> &'a str {
        self.printer(id).map_or(id.as_str(), |printer| printer.name.as_str())
    }
}
