//! Events: everything that happened, in one growing sequence, committed with the change that it tells of.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    AttemptId, AttemptOutcome, AttemptPhase, EventSeq, JobId, JobReason, JobState, Loaded, Media, PaperId,
    PrinterControl, PrinterId, PrinterState, StockReason, Timestamp,
};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum EventKind {
    /// A job was accepted.
    JobCreated {
        /// Its name.
        name: SmolStr,
        /// Who says that he sent it.
        user: SmolStr,
    },
    /// A document arrived for a job that was still incoming.
    DocumentAdded {
        /// Its place in the job.
        number: u32,
        /// Its length.
        bytes: u64,
    },
    /// A job changed state, reasons or message.
    JobChanged {
        /// The state that it is in now.
        state: JobState,
        /// Its reasons.
        reasons: Vec<JobReason>,
        /// In words.
        message: SmolStr,
    },
    /// What a job is to be was changed: its name, priority, hold or ticket.
    JobConfigChanged,
    /// Jobs that wait were put in another order.
    QueueOrderChanged,
    /// A person has found sheets of a job spoiled, at the printer that the event names.
    SheetsSpoiled {
        /// How many.
        sheets: u32,
    },
    /// An attempt was opened, moved on or closed.
    AttemptChanged {
        /// The attempt.
        attempt: AttemptId,
        /// How far it is.
        phase: AttemptPhase,
        /// How it ended, once it did.
        outcome: Option<AttemptOutcome>,
        /// Why its printer was chosen, continuing "goes to NAME: …": told when it is opened.
        #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
        why: SmolStr,
    },
    /// A printer's state or reasons changed.
    PrinterChanged {
        /// Its state.
        state: PrinterState,
        /// Its reasons.
        reasons: Vec<SmolStr>,
        /// Whether it answers.
        reachable: bool,
    },
    /// Somebody switched or wrote something at a printer, or at the pool when the event names none.
    ControlChanged {
        /// As it is now.
        control: Box<PrinterControl>,
        /// Whether a switch was turned, else a text was changed.
        switched: bool,
    },
    /// A printer was found to need another paper, for jobs that wait.
    MediaWanted {
        /// Which.
        media: Media,
        /// What people call it.
        paper: SmolStr,
        /// Sheets that the jobs take.
        sheets: u32,
    },
    /// Sheets of a paper were booked.
    StockChanged {
        /// The paper.
        paper: PaperId,
        /// Sheets that came, or went where it is below 0.
        delta: i64,
        /// Why.
        reason: StockReason,
        /// Sheets on hand after it.
        on_hand: i64,
    },
    /// A paper has become low, or there is enough of it again; each is told once.
    PaperLow {
        /// The paper.
        paper: PaperId,
        /// What people call it.
        name: SmolStr,
        /// Sheets that nobody has spoken for.
        sheets: i64,
        /// Whether it is low.
        low: bool,
    },
    /// An ink of the event's printer has become low, or there is enough of it again; each is told once.
    InkLow {
        /// `marker-names`: the ink code.
        channel: SmolStr,
        /// What is left, in per cent: an estimate.
        percent: i64,
        /// Whether it is low.
        low: bool,
    },
    /// Ink of the event's printer was booked, or it told other levels.
    SuppliesChanged {
        /// Whose account changed, each once.
        channels: Vec<SmolStr>,
    },
    /// It became known that something else lies in a feeder of the event's printer.
    LoadedChanged {
        /// `media-source`
        source: SmolStr,
        /// What lies there; `None`: nobody knows any longer.
        loaded: Option<Box<Loaded>>,
    },
    /// Somebody added, changed or removed something that the house has; of a printer the event names it.
    HouseChanged {
        /// Of which kind.
        part: HousePart,
    },
    /// Identify-Printer (PWG 5100.13): a person wants to see which one it is.
    Identify {
        /// `identify-actions`
        actions: Vec<SmolStr>,
        /// `message`, for the display.
        message: SmolStr,
    },
    /// An update of the appliance has come to another stage, or further.
    UpdateChanged {
        /// The version that it brings.
        version: SmolStr,
        /// `waiting`, `installing`, `installed`, `trying`, `good`, `rolled-back`, `failed`, `canceled`
        stage: SmolStr,
        /// How far the installation is, of a hundred, while it goes on.
        percent: Option<u8>,
        /// In words.
        message: SmolStr,
    },
    /// Somebody did something at the front panel, or a part of it is broken or works again.
    Panel {
        /// What: `pause-printer`, `button-stuck` …
        act: SmolStr,
        /// Who: `panel` is whoever stood before it.
        source: SmolStr,
        /// What came of it, in words.
        said: SmolStr,
    },
}

impl EventKind {
    /// The names by which events are told, as `event`.
    pub const NAMES: [&str; 19] = [
        "job-created",
        "document-added",
        "job-changed",
        "job-config-changed",
        "queue-order-changed",
        "sheets-spoiled",
        "attempt-changed",
        "printer-changed",
        "control-changed",
        "media-wanted",
        "stock-changed",
        "paper-low",
        "ink-low",
        "supplies-changed",
        "loaded-changed",
        "house-changed",
        "identify",
        "update-changed",
        "panel",
    ];
}

/// What the house has, and people add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HousePart {
    /// Printers.
    Printers,
    /// Papers.
    Papers,
    /// Profiles, and where they are used.
    Profiles,
    /// Presets.
    Presets,
    /// Settings.
    Settings,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place.
    pub seq: EventSeq,
    /// When.
    pub at: Timestamp,
    /// The job that it is about, if any.
    pub job: Option<JobId>,
    /// The printer that it is about, if any.
    pub printer: Option<PrinterId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_its_name_in_the_list() {
        let unknown = serde_json::json!({"event": "nothing-such"});
        let told = serde_json::from_value::<EventKind>(unknown).unwrap_err().to_string();
        let (_, names) = told.split_once("expected one of ").unwrap();
        let names: Vec<&str> = names.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(names, EventKind::NAMES);
    }
}
