//! How a printer, or the pool, is: state, reasons, alerts, and since when.

use smol_str::SmolStr;

use super::super::codec::{Attribute, Value};
use super::printer::View;
use super::{date_time, integer};
use crate::model::{PrinterControl, PrinterRecord, PrinterState, PrinterStatus, Timestamp};
use crate::queue::classes;

/// A printer behind what is shown.
#[derive(Debug, Clone, Copy)]
pub struct Behind<'a> {
    /// What it said last.
    pub status: Option<&'a PrinterStatus>,
    /// Whether it is printing one of the jobs.
    pub busy: bool,
    /// Whether people have paused it.
    pub paused: bool,
}

impl Behind<'_> {
    /// Whether it answers and is not stopped.
    fn is_well(&self) -> bool {
        self.status
            .is_some_and(|s| s.reachable && s.state != PrinterState::Stopped)
    }

    /// Whether it gets on with a job; one that has not been asked yet is believed to.
    fn prints(&self) -> bool {
        self.busy && (self.status.is_none() || self.is_well())
    }
}

/// How a printer, or the pool, stands: what people have switched, and what the printers behind say.
pub struct Standing<'a> {
    /// The switches.
    pub control: &'a PrinterControl,
    /// The printers behind.
    pub behind: Vec<Behind<'a>>,
    /// Whether new jobs are refused for want of room on the disk.
    pub spool_full: bool,
}

impl<'a> Standing<'a> {
    fn of(view: &'a View<'_>) -> Self {
        Standing {
            control: view.control,
            behind: view
                .printers
                .iter()
                .map(|printer| Behind {
                    status: printer.status.as_ref(),
                    busy: view.busy.contains(&printer.id),
                    paused: view.paused.contains(&printer.id),
                })
                .collect(),
            spool_full: view.spool_full.is_some(),
        }
    }

    /// `printer-state`. One that is stopped with a job in it is stopped (RFC 8011, 5.4.11): somebody has to come.
    pub fn state(&self) -> PrinterState {
        if self.behind.iter().any(Behind::prints) {
            PrinterState::Processing
        } else if !self.control.prints() || !self.behind.iter().any(|b| b.is_well() && !b.paused) {
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
            let is_moving = self.behind.iter().any(Behind::prints);
            words.push(if is_moving { "moving-to-paused" } else { "paused" });
        }
        if control.holding_new {
            // RFC 3998, 8.1
            words.push("hold-new-jobs");
        }
        if self.spool_full {
            words.push("spool-area-full");
        }
        for reason in self.behind.iter().filter_map(|b| b.status).flat_map(|s| &s.reasons) {
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

/// `printer-state-message`: what people have switched, and what the printers behind say. Of one that is stopped there is
/// something to say always: CUPS' `lpstat` calls the reason unknown otherwise.
fn message(view: &View, state: PrinterState) -> String {
    let mut said: Vec<String> = view.control.in_words().iter().map(ToString::to_string).collect();
    said.extend(view.spool_full.clone());
    for printer in view.printers {
        let words = of_printer(printer, view.paused.contains(&printer.id));
        match words {
            Some(words) if view.is_pool() => said.push(format!("{}: {words}", printer.name)),
            // That it is paused was said.
            Some(words) if words != PAUSED => said.push(words),
            _ => {}
        }
    }
    if said.is_empty() && state == PrinterState::Stopped {
        said.push(match view.printers.len() {
            0 => "there is no printer yet".to_owned(),
            _ => "no printer behind it has answered yet".to_owned(),
        });
    }
    said.join("; ")
}

const PAUSED: &str = "paused";

/// What there is to say of a printer: its own words, or what a person should do about the worst of its reasons.
fn of_printer(printer: &PrinterRecord, paused: bool) -> Option<String> {
    let status = printer.status.as_ref();
    if let Some(status) = status.filter(|status| !status.message.is_empty()) {
        return Some(status.message.trim_end_matches('.').to_owned());
    }
    let reasons = status.iter().flat_map(|status| &status.reasons);
    let (class, reason) = classes::worst(reasons.map(SmolStr::as_str));
    let is_stopped = status.is_some_and(|status| status.state == PrinterState::Stopped);
    let advice = classes::advice(reason, &printer.name);
    if (class.needs_a_person() || is_stopped) && !advice.is_empty() {
        return Some(advice.trim_end_matches('.').to_owned());
    }
    if paused {
        return Some(PAUSED.to_owned());
    }
    is_stopped.then(|| "it is stopped and does not say why".to_owned())
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
    let state = standing.state();
    put("printer-state", Value::Enum(state.as_enum()));
    put("printer-state-message", Value::text(&message(view, state)));
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
        let behind = |status, busy| Behind {
            status: Some(status),
            busy,
            paused: false,
        };
        let mut standing = Standing {
            control: &paused,
            behind: vec![behind(&idle, true)],
            spool_full: false,
        };
        assert_eq!(standing.state(), PrinterState::Processing);
        assert_eq!(standing.reasons(), ["moving-to-paused", "media-low-warning"]);
        standing.behind[0].busy = false;
        assert_eq!(standing.state(), PrinterState::Stopped);
        assert_eq!(standing.reasons(), ["paused", "media-low-warning"]);
        let open = PrinterControl::default();
        standing.control = &open;
        assert_eq!(standing.state(), PrinterState::Idle);
        standing.behind[0].paused = true;
        assert_eq!(standing.state(), PrinterState::Stopped, "the only one behind is paused");
        let nothing = Standing {
            control: &open,
            behind: vec![],
            spool_full: false,
        };
        assert_eq!(nothing.state(), PrinterState::Stopped, "nobody answers");
        assert_eq!(nothing.reasons(), ["none"]);
    }

    #[test]
    fn who_is_stopped_with_a_job_is_stopped() {
        let (jammed, idle) = (
            status(PrinterState::Stopped, &["media-jam-error"]),
            status(PrinterState::Idle, &[]),
        );
        let open = PrinterControl::default();
        let behind = |status, busy| Behind {
            status,
            busy,
            paused: false,
        };
        let state = |behind: Vec<Behind>| {
            let standing = Standing {
                control: &open,
                behind,
                spool_full: false,
            };
            standing.state()
        };
        assert_eq!(state(vec![behind(Some(&jammed), true)]), PrinterState::Stopped);
        let both = |busy| vec![behind(Some(&jammed), true), behind(Some(&idle), busy)];
        assert_eq!(state(both(true)), PrinterState::Processing);
        assert_eq!(state(both(false)), PrinterState::Idle, "jobs can be printed");
        assert_eq!(state(vec![behind(None, true)]), PrinterState::Processing);
    }

    #[test]
    fn of_a_printer_that_is_stopped_there_is_something_to_say() {
        let printer = |state, reasons: &[&str], message: &str| PrinterRecord {
            id: crate::model::PrinterId::new("gertie").unwrap(),
            name: "Gertie".into(),
            uri: "virtual:".into(),
            capabilities: None,
            status: Some(PrinterStatus {
                message: message.into(),
                ..status(state, reasons)
            }),
            changed: None,
        };
        let (idle, stopped) = (PrinterState::Idle, PrinterState::Stopped);
        let said = |printer: &PrinterRecord| of_printer(printer, false);
        assert_eq!(said(&printer(idle, &["none"], "")), None);
        assert_eq!(said(&printer(stopped, &["x"], "Cover open.")).unwrap(), "Cover open");
        let jammed = said(&printer(stopped, &["media-jam-error"], "")).unwrap();
        assert!(jammed.contains("jam in Gertie") && !jammed.ends_with('.'), "{jammed}");
        assert_eq!(
            said(&printer(stopped, &["none"], "")).unwrap(),
            "it is stopped and does not say why"
        );
        assert_eq!(of_printer(&printer(idle, &[], ""), true).unwrap(), PAUSED);
    }
}
