//! How pages put things into words, colours and classes.

use crate::api::view::{InkView, PrinterView};
use crate::model::{JobState, PAPER_NAMES, PrinterState, StockReason};

/// A job's state in a word, and the class of its tag.
pub const fn state(state: &JobState) -> (&'static str, &'static str) {
    match state {
        JobState::Pending => ("waits", ""),
        JobState::PendingHeld => ("held", "warn"),
        JobState::Processing => ("printing", "busy"),
        JobState::ProcessingStopped => ("stopped", "warn"),
        JobState::Canceled => ("canceled", ""),
        JobState::Aborted => ("failed", "bad"),
        JobState::Completed => ("printed", "good"),
    }
}

/// A printer's state in a word, and the class of its tag.
pub fn printer(printer: &PrinterView) -> (&'static str, &'static str) {
    if printer.switches.shut_down {
        return ("switched off", "warn");
    }
    if printer.switches.paused {
        return ("paused", "warn");
    }
    if !printer.reachable {
        return ("does not answer", "bad");
    }
    if printer.reasons.iter().any(|reason| reason.needs_a_person) {
        return ("needs a hand", "warn");
    }
    match printer.state {
        PrinterState::Idle => ("ready", "good"),
        PrinterState::Processing => ("printing", "busy"),
        PrinterState::Stopped => ("stopped", "bad"),
    }
}

/// A person's answer about a sheet.
pub fn answer(answer: &str) -> &'static str {
    match answer {
        "print-again" => "There is no good sheet: print it again",
        "spoiled" => "It is spoiled: count it, print it again",
        _ => "The sheet is good",
    }
}

/// Why sheets came or went.
pub const fn stock(reason: &StockReason) -> &'static str {
    match reason {
        StockReason::Counted => "counted",
        StockReason::Restocked => "came",
        StockReason::Printed => "printed",
        StockReason::Spoiled => "spoiled",
        StockReason::WrittenOff => "written off",
    }
}

/// A size as people call it.
pub fn size(pwg: &str) -> String {
    let known = PAPER_NAMES.iter().find(|known| known.pwg == pwg);
    known.map_or_else(|| pwg.to_owned(), |known| known.shown.to_owned())
}

/// Words with commas.
pub fn list(words: &[smol_str::SmolStr]) -> String {
    words.join(", ")
}

/// Bytes for people.
pub fn bytes(bytes: &u64) -> String {
    let mut value = *bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 1_000.0 {
            return format!("{value:.0} {unit}");
        }
        value /= 1_000.0;
    }
    format!("{value:.1} TB")
}

/// An ink as a bar of 76 units.
pub struct InkBar {
    /// Where it begins, from above.
    pub top: String,
    /// How high it is.
    pub height: String,
    /// Its colour.
    pub color: String,
    /// For whoever does not see it.
    pub said: String,
    /// Below it.
    pub short: String,
}

/// Height of a full tank.
const FULL: f64 = 76.0;

impl InkBar {
    /// That of an ink.
    pub fn of(ink: &InkView) -> InkBar {
        let level = ink.percent.or(ink.told_percent.map(f64::from));
        let height = level.unwrap_or(0.0).clamp(0.0, 100.0) / 100.0 * FULL;
        let is_color =
            ink.color.len() == 7 && ink.color.starts_with('#') && ink.color[1..].bytes().all(|b| b.is_ascii_hexdigit());
        let lasts = ink.forecast.as_ref().map_or(String::new(), |forecast| {
            format!(", lasts about {:.0} days", forecast.days)
        });
        InkBar {
            top: format!("{:.1}", 2.0 + FULL - height),
            height: format!("{height:.1}"),
            color: if is_color {
                ink.color.to_string()
            } else {
                "#808080".to_owned()
            },
            said: match level {
                Some(level) => format!("{}: {level:.0} per cent{lasts}", ink.channel),
                None => format!("{}: its level is not known", ink.channel),
            },
            short: level.map_or_else(|| "–".to_owned(), |level| format!("{level:.0}")),
        }
    }
}
