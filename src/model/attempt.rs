//! Attempts: one try to deliver one job to one printer, written down before its first byte leaves.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{AttemptId, Coverage, JobId, PrinterId, Timestamp};

/// How far an attempt has come. Each step is durable **before** the act that it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptPhase {
    /// Recorded. At most an empty job (Create-Job) may exist at the printer; no document byte has left.
    Opened,
    /// Document bytes may have left.
    Sending,
    /// The printer has acknowledged the whole document.
    Sent,
    /// Ended; see the outcome.
    Closed,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum AttemptOutcome {
    /// The printer says that the job is complete.
    Completed,
    /// Nothing was printed and the job may be tried again.
    NotPrinted {
        /// Why.
        why: SmolStr,
    },
    /// Something may lie in the printer; a person was asked.
    Unknown {
        /// Why.
        why: SmolStr,
    },
    /// Canceled on request.
    Canceled,
    /// The document can't be printed by anybody.
    Failed {
        /// Why.
        why: SmolStr,
    },
}

/// One try to deliver one job to one printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// A word of its own that travels in the printer's `job-name`, by which an orphan can be found.
    pub token: SmolStr,
    /// The job.
    pub job: JobId,
    /// The printer.
    pub printer: PrinterId,
    /// How far it came.
    pub phase: AttemptPhase,
    /// The printer's own job, once known.
    pub remote: Option<RemoteJob>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// How it ended, once closed.
    pub outcome: Option<AttemptOutcome>,
    /// What its pages cover, once they were made.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// Why this printer was chosen, continuing "goes to NAME: …"; empty for those of older versions.
    #[serde(default)]
    pub why: SmolStr,
    /// Whether its job is withdrawn from the printer, which has run out of paper, to be printed elsewhere. Durable before
    /// the printer is told, so that its "canceled" is not taken for somebody's wish.
    #[serde(default)]
    pub given_back: bool,
}

/// The printer's own name for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteJob {
    /// The printer's `job-id`.
    pub id: i32,
    /// The printer's `job-uri`, where it gave one.
    pub uri: Option<SmolStr>,
}

/// How the printer's own job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteJobState {
    /// Its `job-state` as the IPP enum (3 pending … 9 completed).
    pub state: i32,
    /// Its `job-state-reasons`.
    pub reasons: Vec<SmolStr>,
    /// Its `job-state-message`, where given.
    pub message: Option<SmolStr>,
    /// `job-impressions-completed` (or media sheets), where given.
    pub impressions_completed: Option<u32>,
    /// Whether the printer ever began to print it: `time-at-processing` has a value, or its state is past 5.
    /// `None` when the printer does not say.
    pub began: Option<bool>,
}

/// What kind of trouble a delivery met; decides whether and when it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleClass {
    /// The printer is busy with another job: wait and try again.
    Busy,
    /// It can't be reached, or the connection tore.
    Offline,
    /// It answered, but not as IPP allows.
    Protocol,
    /// It refused this job (format, attributes): nobody need try again there.
    JobBad,
    /// It does not accept jobs, or none of ours.
    NotAccepting,
    /// It says that it can't serve for the moment.
    Unavailable,
    /// It says that something is wrong with it, such as a paper jam.
    Device,
    /// It ran out of paper before anything of the job was printed, and has given the job back.
    PaperOut,
    /// It could not take the page, and has thrown away what had come of it: nothing was printed, for certain. The cause
    /// (a full disk, say) may pass.
    Untaken,
    /// The page could not be rendered.
    Render,
    /// Our own store or spool failed.
    House,
    /// Platen itself broke down while it prepared the job.
    Crash,
}

impl TroubleClass {
    /// All of them.
    pub const ALL: [TroubleClass; 12] = [
        Self::Busy,
        Self::Offline,
        Self::Protocol,
        Self::JobBad,
        Self::NotAccepting,
        Self::Unavailable,
        Self::Device,
        Self::PaperOut,
        Self::Untaken,
        Self::Render,
        Self::House,
        Self::Crash,
    ];
}

/// A printer that a job is not given to for a while, because a try there printed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avoid {
    /// Which.
    pub printer: PrinterId,
    /// Until this moment.
    pub until: Timestamp,
    /// What happened there, in words.
    pub why: SmolStr,
    /// Tries there that printed nothing; those that met a busy printer are not counted.
    pub failures: u32,
    /// Whether it refused the job for what it is: another try there is of use only when the printer has changed.
    pub refused: bool,
}

impl Avoid {
    /// Most printers that one job avoids; of more the one whose time is over first is forgotten.
    pub const MOST: usize = 16;
    /// How long a printer is avoided at most, in milliseconds: an hour, after a refusal. Chosen: firmware, papers and
    /// people change within it. A time that lies further off is none, the clock was put back.
    pub const LONGEST_MS: i64 = 60 * 60_000;
    /// Most characters of `why`.
    pub const MOST_WORDS: usize = 200;

    /// Whether it still holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until && self.until <= now.plus_ms(Self::LONGEST_MS)
    }
}

/// Trouble of a delivery, for a person and for the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Trouble {
    /// The kind.
    pub class: TroubleClass,
    /// What happened, for a person.
    pub text: SmolStr,
}

impl Trouble {
    /// Trouble of this class in these words.
    pub fn new(class: TroubleClass, text: impl Into<SmolStr>) -> Self {
        Trouble {
            class,
            text: text.into(),
        }
    }
}
