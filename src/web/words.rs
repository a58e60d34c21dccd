//! How pages put things into words, colours and classes.

use crate::api::view::{InkView, PrinterView};
use crate::model::{JobState, PAPER_NAMES, PrinterState, StockReason, without_operations};

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

/// A message for the page, where buttons say what can be done about it.
pub fn said(message: &str) -> &str {
    without_operations(message)
}

/// A refusal for the page: states by the words that stand beside them here, not by IPP's.
pub fn plain(detail: &str) -> String {
    detail
        .replace("pending-held", "held")
        .replace("processing-stopped", "stopped")
}

/// So many things, by their singular.
pub fn counted(number: impl std::fmt::Display, thing: &str) -> String {
    match number.to_string().as_str() {
        "1" => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

/// A person's answer about a sheet, or, where it is the `only` one, about a job of which none hangs.
pub fn answer(answer: &str, only: bool) -> &'static str {
    match answer {
        "print-again" if only => "Try it again",
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

/// What a button of the front panel does: pressed, and held or pressed twice.
pub fn key(button: &str) -> (&'static str, &'static str) {
    match button {
        "pause" => (
            "Pauses the shown printer, or lets it print again.",
            "does so to all printers.",
        ),
        "cancel" => (
            "Closes what the display asks or shows.",
            "asks whether the shown printer's job shall be canceled.",
        ),
        "select" => ("Goes on to the next printer, or the next answer.", ""),
        "action" => (
            "Says yes; opens the question at hand; says that the paper is loaded.",
            "offers a nozzle check and the status.",
        ),
        "setup" => ("Shows address and status. Held at the box itself, it resets.", ""),
        _ => ("", ""),
    }
}

/// Seconds of milliseconds, as short as can be.
pub fn seconds(ms: &u64) -> String {
    format!("{}", *ms as f64 / 1_000.0)
}

/// A size as people call it.
pub fn size(pwg: &str) -> String {
    let known = PAPER_NAMES.iter().find(|known| known.pwg == pwg);
    known.map_or_else(|| pwg.to_owned(), |known| known.shown.to_owned())
}

/// A browser by what it calls itself: its name and its system, where they are known.
pub fn browser(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    // Each calls itself by the names of those that were before it as well.
    let name = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, _) if agent.is_empty() => "a browser that does not say its name".to_owned(),
        (None, _) => agent.chars().take(60).collect(),
    }
}

/// A name in the pieces between which it may be broken: files have names without spaces.
pub fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.split_inclusive(['_', '-', '.', '/'])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!(counted(1, "job"), "1 job");
        assert_eq!(counted(0u64, "sheet"), "0 sheets");
        assert_eq!(counted(12, "sheet"), "12 sheets");
    }

    #[test]
    fn names_are_broken_where_their_words_end() {
        let pieces: Vec<&str> = pieces("IMG_2026-harbour at dawn.png").collect();
        assert_eq!(pieces, ["IMG_", "2026-", "harbour at dawn.", "png"]);
    }

    #[test]
    fn browsers_are_known_by_their_own_name() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(&format!("{chrome} Edg/140.0")), "Edge on Linux");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
        assert_eq!(browser(safari), "Safari on iPhone");
        assert_eq!(browser("curl/8.14"), "curl/8.14");
    }

    #[test]
    fn questions_name_no_operation() {
        let asked =
            "It stopped. Look at Gertie: was the sheet finished? Release-Job prints it again, Cancel-Job lets it be.";
        assert_eq!(said(asked), "It stopped. Look at Gertie: was the sheet finished?");
        assert_eq!(said("is printed"), "is printed");
    }
}
