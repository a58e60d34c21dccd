//! Jobs.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use super::{Avoid, Destination, Document, Hold, JobId, JobReason, JobState, PrinterId, Ticket, Timestamp};

/// `requesting-user-name` of those who give none.
pub const NOBODY: &str = "anonymous";

/// Who books and sends what no person does.
pub const HOUSE: &str = "platen";

/// Who did something, for people who read a log.
pub fn who(user: &str) -> &str {
    if user == NOBODY {
        "somebody who gave no name"
    } else {
        user
    }
}

/// A question that only a person can answer, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// For a person: what happened, and what is asked.
    pub text: SmolStr,
    /// The printer that may hold the sheet, or the one that was tried last.
    pub printer: PrinterId,
    /// Whether a sheet may lie there, finished or spoiled. Questions of older versions are of that kind.
    #[serde(default = "of_a_sheet")]
    pub sheet: bool,
}

/// A message without its last sentences, where they name the operations of IPP that answer it: where there are buttons to
/// press, those say it.
pub fn without_operations(text: &str) -> &str {
    let operations = ["Release-Job", "Cancel-Job"];
    let end = operations.iter().filter_map(|name| text.find(name)).min();
    text[..end.unwrap_or(text.len())].trim_end()
}

const fn of_a_sheet() -> bool {
    true
}

/// A job as the client described it, before it has a number.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// `job-name`.
    pub name: SmolStr,
    /// `job-originating-user-name`: what the client says, trusted with nothing.
    pub user: SmolStr,
    /// Where it may go.
    pub destination: Destination,
    /// `job-priority`, 1 to 100, 50 by default; more is sooner.
    pub priority: u8,
    /// Its ticket.
    pub ticket: Ticket,
    /// Its first documents.
    pub documents: Vec<Document>,
    /// Whether more documents may come (Create-Job): then it is held as `job-incoming` until `deadline`.
    pub incoming_until: Option<Timestamp>,
    /// `job-hold-until`, where it holds.
    pub hold: Option<Hold>,
    /// The `printer-uri` that the client used; `job-printer-uri` and `job-uri` repeat it.
    pub printer_uri: SmolStr,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// IPP `job-id`.
    pub id: JobId,
    /// IPP `job-uuid`.
    pub uuid: Uuid,
    /// `job-name`.
    pub name: SmolStr,
    /// `job-originating-user-name`.
    pub user: SmolStr,
    /// Where it may go.
    pub destination: Destination,
    /// `job-priority`.
    pub priority: u8,
    /// Place among jobs of the same priority, before their numbers count: lower is sooner, 0 until somebody moves it.
    pub rank: i64,
    /// State.
    pub state: JobState,
    /// Reasons of the state.
    pub reasons: Vec<JobReason>,
    /// `job-state-message`: what happened or what it waits for, in words.
    pub message: SmolStr,
    /// Its ticket.
    pub ticket: Ticket,
    /// Its documents in order.
    pub documents: Vec<Document>,
    /// While documents may still come: until when.
    pub incoming_until: Option<Timestamp>,
    /// Held until a time; an incoming job once its documents are there.
    pub hold: Option<Hold>,
    /// Not to be tried anywhere before this moment: after trouble that was no printer's.
    pub not_before: Option<Timestamp>,
    /// Printers that it is not given to for a while, [`Avoid::MOST`] at most.
    pub avoid: Vec<Avoid>,
    /// The question that it is held with.
    pub question: Option<Question>,
    /// A cancel was asked while an attempt was open.
    pub cancel_requested: bool,
    /// Tries so far that ended without a print.
    pub failures: u32,
    /// How often Platen broke down while it prepared the job, since a person last let it go on.
    pub strikes: u32,
    /// Sheets of it that a person has found spoiled. Only grows.
    pub spoiled_sheets: u32,
    /// Copies that earlier attempts are known to have finished; they are not printed again.
    pub copies_done: u32,
    /// Impressions that the printers have reported done, those of `copies_done` among them.
    pub impressions_completed: u32,
    /// The printer that it is or was printed on.
    pub printer: Option<PrinterId>,
    /// The `printer-uri` that the client used.
    pub printer_uri: SmolStr,
    /// When it was accepted.
    pub created: Timestamp,
    /// Since when it waits to be printed: since it came, or since it was let go.
    pub waits_since: Timestamp,
    /// When its first attempt was opened.
    pub processing: Option<Timestamp>,
    /// When it reached a terminal state.
    pub completed: Option<Timestamp>,
}

/// What lists of jobs tell: a job without its ticket and its documents. The fields are those of [`Job`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct JobHead {
    pub id: JobId,
    pub uuid: Uuid,
    pub name: SmolStr,
    pub user: SmolStr,
    pub priority: u8,
    pub state: JobState,
    pub reasons: Vec<JobReason>,
    pub message: SmolStr,
    pub hold: Option<Hold>,
    pub impressions_completed: u32,
    pub printer: Option<PrinterId>,
    pub printer_uri: SmolStr,
    pub created: Timestamp,
    pub processing: Option<Timestamp>,
    pub completed: Option<Timestamp>,
}

impl Job {
    /// What lists tell of it.
    pub fn head(&self) -> JobHead {
        JobHead {
            id: self.id,
            uuid: self.uuid,
            name: self.name.clone(),
            user: self.user.clone(),
            priority: self.priority,
            state: self.state,
            reasons: self.reasons.clone(),
            message: self.message.clone(),
            hold: self.hold,
            impressions_completed: self.impressions_completed,
            printer: self.printer.clone(),
            printer_uri: self.printer_uri.clone(),
            created: self.created,
            processing: self.processing,
            completed: self.completed,
        }
    }

    /// Whether an attempt is open.
    pub fn has_attempt(&self) -> bool {
        self.state.is_active() && !self.is_suspended()
    }

    /// Whether it has a document that was not canceled.
    pub fn has_something_to_print(&self) -> bool {
        self.documents.iter().any(|d| !d.canceled)
    }

    /// `job-impressions`: those of one copy.
    pub fn impressions(&self) -> u32 {
        if let Some(template) = &self.ticket.template {
            return template.sheets;
        }
        let printed = self.documents.iter().filter(|d| !d.canceled).map(|d| d.facts.pages);
        self.ticket.pages.value.impressions(printed)
    }

    /// `job-media-sheets`: those of all copies.
    pub fn sheets(&self) -> u32 {
        if let Some(routine) = self.ticket.routine {
            return routine.sheets();
        }
        self.impressions().saturating_mul(self.ticket.copies.value)
    }

    /// Copies that are still to be printed, one at least.
    pub fn copies_left(&self) -> u32 {
        self.ticket.copies.value.saturating_sub(self.copies_done).max(1)
    }

    /// Sheets that are still to be printed.
    pub fn sheets_left(&self) -> u32 {
        match self.ticket.routine {
            Some(routine) => routine.sheets(),
            None => self.impressions().saturating_mul(self.copies_left()),
        }
    }

    /// Sheets of the copies that are known to be finished.
    pub fn sheets_kept(&self) -> u32 {
        self.impressions().saturating_mul(self.copies_done)
    }

    /// Of the sheets that the last printer told of, those that need not be printed again: each a copy by itself, and one
    /// copy at least is left. Of several pages nobody knows in which order they came.
    pub fn finished_for_good(&self) -> u32 {
        let told = self.impressions_completed.saturating_sub(self.sheets_kept());
        match self.impressions() {
            1 if self.ticket.routine.is_none() => told.min(self.copies_left() - 1),
            _ => 0,
        }
    }

    /// Keeps [`Job::finished_for_good`]. Gives their number, and that of the other sheets that the printer told of.
    pub fn keep_finished(&mut self) -> (u32, u32) {
        let told = self.impressions_completed.saturating_sub(self.sheets_kept());
        let kept = self.finished_for_good();
        self.copies_done = self.copies_done.saturating_add(kept);
        self.impressions_completed = self.sheets_kept();
        (kept, told - kept)
    }

    /// Why it is not given to this printer now, if that is so.
    pub fn avoids(&self, printer: &PrinterId, now: Timestamp) -> Option<&Avoid> {
        self.avoid.iter().find(|a| a.printer == *printer && a.holds(now))
    }

    /// Whether this printer has refused it for what it is, however long ago.
    pub fn was_refused_by(&self, printer: &PrinterId) -> bool {
        self.avoid.iter().any(|a| a.refused && a.printer == *printer)
    }

    /// Whether it was suspended and waits for Resume-Job.
    pub fn is_suspended(&self) -> bool {
        self.reasons.contains(&JobReason::JobSuspended)
    }

    /// Whether it is a draft that nobody has approved yet.
    pub fn is_draft(&self) -> bool {
        self.state == JobState::PendingHeld && self.hold == Some(Hold::OF_DRAFT)
    }

    /// Whether it waits and may be put before or behind others.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, JobState::Pending | JobState::PendingHeld)
    }

    /// Its place in the queue among jobs that wait: compared, the sooner is the lesser.
    pub fn place(&self) -> (std::cmp::Reverse<u8>, i64, JobId) {
        (std::cmp::Reverse(self.priority), self.rank, self.id)
    }
}
