//! Jobs.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use super::{Avoid, Document, Hold, HoldUntil, JobId, PrinterId, Ticket, Timestamp};

/// IPP `job-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// 3: may be scheduled.
    Pending,
    /// 4: waits for its documents, for a time, or for a person.
    PendingHeld,
    /// 5: has an open attempt.
    Processing,
    /// 6: has an open attempt whose printer is stopped, or was suspended and has none.
    ProcessingStopped,
    /// 7
    Canceled,
    /// 8
    Aborted,
    /// 9
    Completed,
}

impl JobState {
    /// All states.
    pub const ALL: [JobState; 7] = [
        Self::Pending,
        Self::PendingHeld,
        Self::Processing,
        Self::ProcessingStopped,
        Self::Canceled,
        Self::Aborted,
        Self::Completed,
    ];

    /// The IPP enum (RFC 8011, 5.3.7).
    pub const fn as_enum(self) -> i32 {
        match self {
            Self::Pending => 3,
            Self::PendingHeld => 4,
            Self::Processing => 5,
            Self::ProcessingStopped => 6,
            Self::Canceled => 7,
            Self::Aborted => 8,
            Self::Completed => 9,
        }
    }

    /// The state of an IPP enum.
    pub fn from_enum(value: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_enum() == value)
    }

    /// How a job stands that has its documents and is not with a printer: state, reason, message.
    pub fn standing(hold: Option<&Hold>) -> (JobState, JobReason, SmolStr) {
        match hold {
            None => (JobState::Pending, JobReason::JobQueued, "waits in the queue".into()),
            Some(Hold {
                until: HoldUntil::ReleaseOfNewJobs,
                ..
            }) => (
                JobState::PendingHeld,
                JobReason::JobHeldOnCreate,
                "is held: new jobs are held here until somebody lets them go".into(),
            ),
            Some(Hold {
                until: HoldUntil::Approval,
                ..
            }) => (
                JobState::PendingHeld,
                JobReason::JobHeldForAuthorization,
                "is a draft: it is printed once somebody approves it".into(),
            ),
            Some(hold) => (
                JobState::PendingHeld,
                JobReason::JobHoldUntilSpecified,
                match hold.over_shown() {
                    Some(over) => format_smolstr!("is held until {over}, as was asked for"),
                    None => "is held until somebody lets it go, as was asked for".into(),
                },
            ),
        }
    }

    /// Canceled, aborted or completed: nothing happens to it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Canceled | Self::Aborted | Self::Completed)
    }

    /// Processing or processing-stopped: an attempt is open, unless the job is suspended ([`Job::has_attempt`]).
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Processing | Self::ProcessingStopped)
    }
}

/// The `job-state-reasons` that this house gives (RFC 8011, 5.3.8; PWG 5100.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobReason {
    /// Create-Job was answered, documents are still to come.
    JobIncoming,
    /// The job's data is still arriving.
    JobDataInsufficient,
    /// Waits in the queue.
    JobQueued,
    /// Held: a person has to answer a question.
    JobHeldForReview,
    /// Held: until a time, or until somebody releases it.
    JobHoldUntilSpecified,
    /// Held: the printer holds new jobs (RFC 3998, Hold-New-Jobs).
    JobHeldOnCreate,
    /// Held: it is a draft that nobody has approved yet (IANA's registry of IPP).
    JobHeldForAuthorization,
    /// Suspended (RFC 3998, Suspend-Current-Job): until somebody resumes it.
    JobSuspended,
    /// Waits before the next try.
    ResourcesAreNotReady,
    /// The page is being rendered and sent.
    JobTransforming,
    /// Bytes are on their way to the printer.
    JobOutgoing,
    /// The printer has the job.
    JobPrinting,
    /// The printer is stopped.
    PrinterStopped,
    /// Cancel was asked, and takes effect.
    ProcessingToStopPoint,
    /// Ended well.
    JobCompletedSuccessfully,
    /// Canceled by a user.
    JobCanceledByUser,
    /// The house gave up on it.
    AbortedBySystem,
    /// The document is not what it should be.
    DocumentFormatError,
    /// The format can't be printed.
    UnsupportedDocumentFormat,
}

impl JobReason {
    /// The IPP keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::JobIncoming => "job-incoming",
            Self::JobDataInsufficient => "job-data-insufficient",
            Self::JobQueued => "job-queued",
            Self::JobHeldForReview => "job-held-for-review",
            Self::JobHoldUntilSpecified => "job-hold-until-specified",
            Self::JobHeldOnCreate => "job-held-on-create",
            Self::JobHeldForAuthorization => "job-held-for-authorization",
            Self::JobSuspended => "job-suspended",
            Self::ResourcesAreNotReady => "resources-are-not-ready",
            Self::JobTransforming => "job-transforming",
            Self::JobOutgoing => "job-outgoing",
            Self::JobPrinting => "job-printing",
            Self::PrinterStopped => "printer-stopped",
            Self::ProcessingToStopPoint => "processing-to-stop-point",
            Self::JobCompletedSuccessfully => "job-completed-successfully",
            Self::JobCanceledByUser => "job-canceled-by-user",
            Self::AbortedBySystem => "aborted-by-system",
            Self::DocumentFormatError => "document-format-error",
            Self::UnsupportedDocumentFormat => "unsupported-document-format",
        }
    }
}

/// Where a job may be printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// Any printer of the pool.
    Pool,
    /// This printer and no other; or any printer of the named pool ([`super::Pool`]) of this short name, which no
    /// printer has.
    Printer(PrinterId),
}

impl Destination {
    /// The short name of the printer or named pool; none is the pool of all.
    pub fn printer(&self) -> Option<&PrinterId> {
        match self {
            Destination::Pool => None,
            Destination::Printer(id) => Some(id),
        }
    }
}

impl Destination {
    /// The `printer-uri` by which this house calls it, over a base such as `ipp://localhost`.
    pub fn uri(&self, base: &str) -> String {
        match self {
            Destination::Pool => format!("{base}/ipp/print"),
            Destination::Printer(id) => format!("{base}/ipp/print/{id}"),
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Pool => f.write_str("the pool"),
            Destination::Printer(id) => f.write_str(id.as_str()),
        }
    }
}

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
