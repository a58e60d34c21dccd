//! How a printer, or the pool, is: state, reasons, alerts, and since when.

use super::super::codec::{Attribute, Value};
use super::printer::View;
use super::{date_time, integer};
use crate::model::{PrinterControl, PrinterState, PrinterStatus, Timestamp};

/// How a printer, or the pool, stands: what people have switched, and what the printers behind say.
pub struct Standing<'a> {
    /// The switches.
    pub control: &'a PrinterControl,
    /// The statuses of the printers behind, as far as they were read.
    pub statuses: Vec<&'a PrinterStatus>,
    /// Whether a job is being printed.
    pub printing: bool,
    /// Whether new jobs are refused for want of room on the disk.
    pub spool_full: bool,
}

impl<'a> Standing<'a> {
    fn of(view: &'a View<'_>) -> Self {
        Standing {
            control: view.control,
            statuses: view.statuses().map(|(_, status)| status).collect(),
            printing: view.printing,
            spool_full: view.spool_full.is_some(),
        }
    }

    /// `printer-state`
    pub fn state(&self) -> PrinterState {
        let able = |s: &&PrinterStatus| s.reachable && s.state != PrinterState::Stopped;
        if self.printing {
            PrinterState::Processing
        } else if !self.control.prints() || !self.statuses.iter().any(able) {
            PrinterState::Stopped
        } else {
            PrinterState::Idle
        }
    }

    /// `printer-state-reasons`: ours first, then those of the printers behind; `none` where there is none.
    pub fn reasons(&self) -> Vec<&'a str> {
        let mut words: Vec<&str> = Vec::new();
        let control = self.control;
        if control.shut_down {
            words.push("shutdown");
        }
        if control.paused {
            // RFC 8011, 5.4.12: moving-to-paused while a job is still printed.
            words.push(if self.printing { "moving-to-paused" } else { "paused" });
        }
        if control.holding_new {
            // RFC 3998, 8.1
            words.push("hold-new-jobs");
        }
        if self.spool_full {
            words.push("spool-area-full");
        }
        for reason in self.statuses.iter().flat_map(|s| &s.reasons) {
            // What a printer says goes out again only as a keyword should look.
            let is_keyword = !reason.is_empty()
                && reason.len() <= 127
                && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if is_keyword && reason != "none" && !words.contains(&reason.as_str()) {
                words.push(reason);
            }
        }
        if words.is_empty() {
            words.push("none");
        }
        words
    }
}

fn message(view: &View) -> String {
    let of_printers = view.statuses().filter(|(_, s)| !s.message.is_empty()).map(|(name, s)| {
        if !view.is_pool() {
            s.message.to_string()
        } else {
            format!("{name}: {}", s.message)
        }
    });
    let said: Vec<String> = view.spool_full.iter().cloned().chain(of_printers).collect();
    said.join("; ")
}

/// `printer-alert` of a reason (PWG 5100.9, 4.1): its alert code of the Printer MIB (RFC 3805), and how grave it is.
fn alert(reason: &str) -> String {
    let (word, severity) = if let Some(word) = reason.strip_suffix("-error") {
        (word, "critical")
    } else if let Some(word) = reason.strip_suffix("-warning") {
        (word, "warning")
    } else if let Some(word) = reason.strip_suffix("-report") {
        (word, "other")
    } else {
        (reason, "warning")
    };
    let (code, group) = match word {
        "media-empty" => ("inputMediaSupplyEmpty", "input"),
        "media-low" => ("inputMediaSupplyLow", "input"),
        "media-needed" => ("inputMediaSizeChange", "input"),
        "media-jam" => ("jam", "mediaPath"),
        "cover-open" | "door-open" => ("coverOpen", "cover"),
        "marker-supply-empty" | "toner-empty" => ("markerInkEmpty", "markerSupplies"),
        "marker-supply-low" | "toner-low" => ("markerInkAlmostEmpty", "markerSupplies"),
        "marker-waste-full" => ("markerWasteInkReceptacleFull", "markerSupplies"),
        "marker-waste-almost-full" => ("markerWasteInkReceptacleAlmostFull", "markerSupplies"),
        "output-area-full" => ("outputFull", "output"),
        "offline" => ("commsDown", "generalPrinter"),
        "none" => ("powerUp", "generalPrinter"),
        _ => ("other", "generalPrinter"),
    };
    format!("code={code};severity={severity};group={group}")
}

fn since(view: &View) -> Timestamp {
    let of_printers = view.printers.iter().filter_map(|p| p.changed);
    of_printers
        .chain(view.control.state_changed)
        .max()
        .unwrap_or(view.opened_at)
}

/// Adds the attributes.
pub fn state(view: &View, all: &mut Vec<Attribute>) {
    let standing = Standing::of(view);
    let words = standing.reasons();
    // What is there when nothing is wrong, so that a client that looks for alerts finds that.
    let alerts = words.iter().map(|w| Value::OctetString(alert(w).into())).collect();
    let described = words
        .iter()
        .map(|w| Value::text(if *w == "none" { "ready" } else { w }))
        .collect();
    let keywords = words.into_iter().map(Value::keyword).collect();
    all.push(Attribute::new_all("printer-state-reasons", keywords));
    all.push(Attribute::new_all("printer-alert", alerts));
    all.push(Attribute::new_all("printer-alert-description", described));
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("printer-state", Value::Enum(standing.state().as_enum()));
    put("printer-state-message", Value::text(&message(view)));
    // The queue takes jobs also while printers rest: that is what a queue is for.
    put(
        "printer-is-accepting-jobs",
        Value::Boolean(view.spool_full.is_none() && view.control.takes_jobs()),
    );
    put("queued-job-count", integer(view.queued));
    put("printer-up-time", Value::Integer(view.up_time));
    put("printer-current-time", date_time(view.now));
    let changed = since(view);
    put("printer-state-change-time", view.ticks(changed));
    put("printer-state-change-date-time", date_time(changed));
    let configured = view.control.config_changed.unwrap_or(view.opened_at);
    put("printer-config-change-time", view.ticks(configured));
    put("printer-config-change-date-time", date_time(configured));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Details;

    fn status(state: PrinterState, reasons: &[&str]) -> PrinterStatus {
        PrinterStatus {
            state,
            reasons: reasons.iter().map(|r| (*r).into()).collect(),
            message: "".into(),
            accepting: true,
            markers: vec![],
            media_ready: vec![],
            details: Details::default(),
            reachable: true,
            at: Timestamp(0),
        }
    }

    #[test]
    fn a_pause_comes_into_effect_when_the_sheet_is_done() {
        let paused = PrinterControl {
            paused: true,
            ..PrinterControl::default()
        };
        let idle = status(PrinterState::Idle, &["none", "media-low-warning", "no keyword"]);
        let mut standing = Standing {
            control: &paused,
            statuses: vec![&idle],
            printing: true,
            spool_full: false,
        };
        assert_eq!(standing.state(), PrinterState::Processing);
        assert_eq!(standing.reasons(), ["moving-to-paused", "media-low-warning"]);
        standing.printing = false;
        assert_eq!(standing.state(), PrinterState::Stopped);
        assert_eq!(standing.reasons(), ["paused", "media-low-warning"]);
        let open = PrinterControl::default();
        standing.control = &open;
        assert_eq!(standing.state(), PrinterState::Idle);
        let nothing = Standing {
            control: &open,
            statuses: vec![],
            printing: false,
            spool_full: false,
        };
        assert_eq!(nothing.state(), PrinterState::Stopped, "nobody answers");
        assert_eq!(nothing.reasons(), ["none"]);
    }
}
