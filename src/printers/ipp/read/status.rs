//! How a printer is.

use smol_str::SmolStr;

use super::{clean, media, printer_group, rows, supplies, words, wrong};
use crate::ipp::codec::{Message, Value};
use crate::model::{Details, PrinterState, PrinterStatus, ReadBy, Reading, Timestamp, Trouble};

/// Most reasons that are kept.
const MOST_REASONS: usize = 64;

/// What [`printer_status`] reads.
pub const STATUS: &[&str] = &[
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "printer-uuid",
    "marker-names",
    "marker-colors",
    "marker-types",
    "marker-levels",
    "marker-low-levels",
    "marker-high-levels",
    "printer-supply",
    "printer-supply-description",
    "printer-input-tray",
    "printer-alert",
    "printer-alert-description",
    "media-col-ready",
    "media-ready",
];

/// Reads how a printer is, told at this moment.
pub fn printer_status(answer: &Message, at: Timestamp) -> Result<PrinterStatus, Trouble> {
    let printer = printer_group(answer)?;
    let state = printer
        .first("printer-state")
        .and_then(Value::as_enum)
        .and_then(PrinterState::from_enum)
        .ok_or_else(|| wrong("it does not say its printer-state"))?;
    let reasons = words(printer, "printer-state-reasons");
    let reasons = reasons.iter().map(|reason| SmolStr::new(clean(reason)));
    // One or the other, never both: they count in different ways, and rows tell of tanks that there are not.
    let (by, markers) = match supplies::markers(printer) {
        markers if markers.is_empty() => (ReadBy::IppRows, rows::markers(printer)),
        markers => (ReadBy::Ipp, markers),
    };
    Ok(PrinterStatus {
        state,
        reasons: reasons
            .filter(|reason| reason != "none" && !reason.is_empty())
            .take(MOST_REASONS)
            .collect(),
        message: printer
            .first("printer-state-message")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t)))
            .unwrap_or_default(),
        accepting: printer
            .first("printer-is-accepting-jobs")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        details: Details {
            markers: vec![Reading { by, at }; markers.len()],
            trays: rows::trays(printer, at),
            alerts: rows::alerts(printer, at),
        },
        markers,
        media_ready: media::ready(printer),
        reachable: true,
        at,
    })
}
