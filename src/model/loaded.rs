//! What lies in a printer's feeders, as the house has it on record.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Media, PaperId, PrinterId, Timestamp};

/// Whose word a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadedBy {
    /// Somebody put it there and said so.
    Person,
    /// The printer said so (`media-col-ready`, or a state reason).
    Printer,
    /// The printer refused what was on record; this is what it says in its place.
    Mismatch,
}

/// What lies in one feeder of one printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// The printer.
    pub printer: PrinterId,
    /// Its feeder, `media-source`. One record for each.
    pub source: SmolStr,
    /// What lies there. An empty feeder keeps what lay there last, with no sheets.
    pub media: Media,
    /// Which paper of the stock that is, where known.
    pub paper: Option<PaperId>,
    /// Sheets that lie there; `None`: not known, 0: it is empty.
    pub sheets: Option<u32>,
    /// Whose word this is.
    pub by: LoadedBy,
    /// Since when.
    pub at: Timestamp,
}

impl Loaded {
    /// Whether it is known that nothing lies there.
    pub fn is_empty(&self) -> bool {
        self.sheets == Some(0)
    }
}
