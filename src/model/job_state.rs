//! How a job stands: its state and the reasons of it.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{Hold, HoldUntil};

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
