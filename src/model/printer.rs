//! Printers: what they are, what they can do, and how they are.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{Details, Media, PrinterId, RasterFormat, RasterType, Resolution, Timestamp};

/// IPP `printer-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrinterState {
    /// 3
    Idle,
    /// 4
    Processing,
    /// 5
    Stopped,
}

impl PrinterState {
    /// The IPP enum (RFC 8011, 5.4.11).
    pub const fn as_enum(self) -> i32 {
        match self {
            Self::Idle => 3,
            Self::Processing => 4,
            Self::Stopped => 5,
        }
    }

    /// The state of an IPP enum.
    pub const fn from_enum(value: i32) -> Option<Self> {
        match value {
            3 => Some(Self::Idle),
            4 => Some(Self::Processing),
            5 => Some(Self::Stopped),
            _ => None,
        }
    }
}

/// One ink tank, or the waste cartridge (IPP `marker-*`, PWG 5100.9 heritage).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// `marker-names`: the ink code, for example `PGY`.
    pub name: SmolStr,
    /// `marker-colors`: `#RRGGBB`, or `none`.
    pub color: SmolStr,
    /// `marker-types`: `ink-cartridge`, `waste-ink` …
    pub kind: SmolStr,
    /// `marker-levels`: 0 to 100 per cent; −1 other, −2 unknown, −3 some left. Waste counts **up**.
    pub level: i32,
    /// `marker-low-levels`, where given.
    pub low: Option<i32>,
    /// `marker-high-levels`, where given.
    pub high: Option<i32>,
}

/// What a printer can do, as far as a job needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `printer-make-and-model`.
    pub make_and_model: SmolStr,
    /// Stream formats that it takes and we can write, best first.
    pub formats: Vec<RasterFormat>,
    /// Pixel types that it takes and we can write.
    pub raster_types: Vec<RasterType>,
    /// Resolutions that it takes.
    pub resolutions: Vec<Resolution>,
    /// Most copies in one job; 1 when it has no `copies`.
    pub copies: u32,
    /// `media-supported` names. Empty: unknown, anything may be tried.
    pub media: Vec<SmolStr>,
    /// `media-type-supported`. Empty: unknown.
    pub media_types: Vec<SmolStr>,
    /// `media-source-supported`. Empty: unknown.
    pub media_sources: Vec<SmolStr>,
    /// Whether it takes `media-col` with a job.
    pub media_col: bool,
    /// Whether it takes `print-scaling`.
    pub print_scaling: bool,
    /// `print-quality-supported` as IPP enums.
    pub qualities: Vec<i32>,
    /// Smallest non-zero and zero margins of `media-*-margin-supported`: whether 0 is among them on all sides.
    pub borderless: bool,
    /// Create-Job and Send-Document are supported.
    pub create_job: bool,
}

/// How a printer is at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterStatus {
    /// Its state.
    pub state: PrinterState,
    /// `printer-state-reasons` as it gave them, suffixes and all; empty stands for `none`.
    pub reasons: Vec<SmolStr>,
    /// `printer-state-message`, or our own words when it can't be reached.
    pub message: SmolStr,
    /// `printer-is-accepting-jobs`.
    pub accepting: bool,
    /// Its inks.
    pub markers: Vec<Marker>,
    /// `media-col-ready`, as far as it knows.
    pub media_ready: Vec<Media>,
    /// What else it tells, and how each value was read.
    #[serde(default)]
    pub details: Details,
    /// Whether it answered.
    pub reachable: bool,
    /// When this was read.
    pub at: Timestamp,
}

/// A printer as the house knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrinterRecord {
    /// Short name.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Where it is: `ipp://…`, or `virtual:` for one that prints to PNG files.
    pub uri: SmolStr,
    /// Last status read; `None` before the first.
    pub status: Option<PrinterStatus>,
    /// When it last changed: its state or reasons, or whether it prints. `None` before the first.
    pub changed: Option<Timestamp>,
    /// Last capabilities read; `None` before the first.
    pub capabilities: Option<Capabilities>,
}

impl PrinterRecord {
    /// The `media-source`s of its feeders; none while they are not known.
    pub fn feeders(&self) -> Vec<&SmolStr> {
        let sources = self.capabilities.iter().flat_map(|can| &can.media_sources);
        sources.filter(|source| *source != "auto").collect()
    }

    /// Whether it has this feeder; one of which that is not known may.
    ///
    /// # Errors
    /// Which feeders it has, for a person.
    pub fn check_feeder(&self, source: &str) -> Result<(), SmolStr> {
        let feeders = self.feeders();
        if feeders.is_empty() || feeders.iter().any(|feeder| *feeder == source) {
            return Ok(());
        }
        let named: Vec<&str> = feeders.iter().map(|feeder| feeder.as_str()).collect();
        let (all, how) = match named.split_last() {
            Some((only, [])) => ((*only).to_owned(), "its only feeder is"),
            Some((last, others)) => (format!("{} and {last}", others.join(", ")), "its feeders are"),
            None => return Ok(()),
        };
        Err(format_smolstr!("{} has no feeder {source}: {how} {all}", self.name))
    }
}
