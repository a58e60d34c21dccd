//! How a printer, or the pool, is: state, reasons, alerts, and since when.

use super::super::codec::{Attribute, Value};
use super::printer::View;
use super::{date_time, integer};
use crate::model::{PrinterState, PrinterStatus, Timestamp};

fn state_of(view: &View) -> PrinterState {
    let able = |s: &PrinterStatus| s.reachable && s.state != PrinterState::Stopped;
    if view.printing {
        PrinterState::Processing
    } else if !view.control.prints() || !view.statuses().any(|(_, s)| able(s)) {
        PrinterState::Stopped
    } else {
        PrinterState::Idle
    }
}

/// `printer-state-reasons`: ours first, then those of the printers behind.
fn reasons<'a>(view: &'a View<'_>) -> Vec<&'a str> {
    let mut words: Vec<&str> = Vec::new();
    let control = view.control;
    if control.shut_down {
        words.push("shutdown");
    }
    if control.paused {
        // RFC 8011, 5.4.12: moving-to-paused while a job is still printed.
        words.push(if view.printing { "moving-to-paused" } else { "paused" });
    }
    if control.holding_new {
        // RFC 3998, 8.1
        words.push("hold-new-jobs");
    }
    if view.spool_full.is_some() {
        words.push("spool-area-full");
    }
    for reason in view.statuses().flat_map(|(_, s)| &s.reasons) {
        // What a printer says goes out again only as a keyword should look.
        let is_keyword = !reason.is_empty()
            && reason.len() <= 127
            && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if is_keyword && reason != "none" && !words.contains(&reason.as_str()) {
            words.push(reason);
        }
    }
    words
}

fn message(view: &View) -> String {
    let of_printers = view.statuses().filter(|(_, s)| !s.message.is_empty()).map(|(name, s)| {
        if view.id.is_some() {
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
    let mut words = reasons(view);
    if words.is_empty() {
        words.push("none");
    }
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
    put("printer-state", Value::Enum(state_of(view).as_enum()));
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
