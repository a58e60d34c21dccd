//! What people have switched or written down at a printer, or at the pool: it outlives a restart.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Timestamp;

/// Switches and texts of one printer, or of the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrinterControl {
    /// Pause-Printer: nothing new is begun.
    pub paused: bool,
    /// Disable-Printer clears it: new jobs are refused.
    pub accepting: bool,
    /// Hold-New-Jobs (RFC 3998): new jobs are held until Release-Held-New-Jobs.
    pub holding_new: bool,
    /// Shutdown-Printer (RFC 3998): nothing is taken and nothing begun until Startup-Printer.
    pub shut_down: bool,
    /// `printer-info`; `None`: its name.
    pub info: Option<SmolStr>,
    /// `printer-location`
    pub location: SmolStr,
    /// `printer-geo-location`, a `geo:` URI (RFC 5870); `None`: unknown.
    pub geo_location: Option<SmolStr>,
    /// `printer-organization`
    pub organization: SmolStr,
    /// `printer-organizational-unit`
    pub organizational_unit: SmolStr,
    /// `printer-message-from-operator`
    pub message_from_operator: SmolStr,
    /// When a switch was last turned.
    pub state_changed: Option<Timestamp>,
    /// When a text was last changed.
    pub config_changed: Option<Timestamp>,
}

impl Default for PrinterControl {
    fn default() -> Self {
        PrinterControl {
            paused: false,
            accepting: true,
            holding_new: false,
            shut_down: false,
            info: None,
            location: SmolStr::default(),
            geo_location: None,
            organization: SmolStr::default(),
            organizational_unit: SmolStr::default(),
            message_from_operator: SmolStr::default(),
            state_changed: None,
            config_changed: None,
        }
    }
}

impl PrinterControl {
    /// Whether jobs may be begun.
    pub fn prints(&self) -> bool {
        !self.paused && !self.shut_down
    }

    /// Whether new jobs are taken.
    pub fn takes_jobs(&self) -> bool {
        self.accepting && !self.shut_down
    }

    /// The switches, to tell whether one was turned.
    pub fn switches(&self) -> [bool; 4] {
        [self.paused, self.accepting, self.holding_new, self.shut_down]
    }
}
