//! One view of a printer out of all that it tells. Pure.
//!
//! IPP comes first; SNMP fills what is missing there, and says so: each value keeps how and when it was read. What is known
//! is never replaced: two sources count by two clocks, and the ledger must not take their difference for ink.
//!
//! | value | IPP | Printer-MIB | Canon's status |
//! | --- | --- | --- | --- |
//! | level of an ink | where it is a number | fills, by the ink's name | fills, by the ink's code |
//! | inks that are not named | – | all, when IPP names none | added |
//! | level of a receptacle | as `marker-*` counts it, up | turned round | never: which way it counts is *unproven* |
//! | feeders, alerts | first | feeders when IPP tells none, alerts that it does not tell | its support code |
//! | reasons | first | when IPP says no more than `other`, or stops without one | – |

use smol_str::{SmolStr, format_smolstr};

use super::canon::status::{Status, Tank};
use super::colors;
use super::snmp::Answers;
use crate::model::{Alert, Marker, PrinterState, PrinterStatus, ReadBy, Reading, Severity, Timestamp};

/// How long an answer by SNMP is good for, in milliseconds. A printer that gives none any more is not asked in vain each
/// time, and its levels change slowly.
pub const GOOD_MS: i64 = 20 * 60_000;
/// Most markers.
const MOST: usize = 64;

/// Whether two names are of one ink.
fn same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// The level of this ink among others: only where it is named once.
fn level_of<'a>(name: &str, all: impl Iterator<Item = (&'a str, i32)>) -> Option<i32> {
    let mut named = all.filter(|(known, _)| same(known, name));
    match (named.next(), named.next()) {
        (Some((_, level)), None) => Some(level),
        _ => None,
    }
}

fn by_mib(markers: &[Marker]) -> impl Iterator<Item = (&str, i32)> {
    markers.iter().map(|marker| (marker.name.as_str(), marker.level))
}

fn by_canon(inks: &[Tank]) -> impl Iterator<Item = (&str, i32)> {
    inks.iter().filter_map(|ink| Some((ink.name.as_str(), ink.level?)))
}

fn of_canon(tank: &Tank, is_waste: bool) -> Marker {
    Marker {
        name: tank.name.clone(),
        color: if is_waste {
            SmolStr::new_static("none")
        } else {
            colors::of([&tank.name, ""])
        },
        kind: SmolStr::new_static(if is_waste { "waste-ink" } else { "ink-cartridge" }),
        level: if is_waste { -2 } else { tank.level.unwrap_or(-2) },
        low: None,
        high: None,
    }
}

/// Fills in what the markers do not say.
fn markers(status: &mut PrinterStatus, answers: &Answers, at: Timestamp) {
    let mib = &answers.mib.markers;
    let reading = |by: ReadBy| Reading { by, at };
    if status.markers.is_empty() {
        status.markers.clone_from(mib);
        status.details.markers = vec![reading(ReadBy::PrinterMib); mib.len()];
    }
    let canon = answers.canon.as_ref();
    let inks = canon.map_or(&[][..], |canon| &canon.inks);
    for (marker, told) in status.markers.iter_mut().zip(&mut status.details.markers) {
        if marker.level >= 0 {
            continue;
        }
        let is_ink = !marker.kind.starts_with("waste");
        let others = [
            (ReadBy::PrinterMib, level_of(&marker.name, by_mib(mib))),
            (
                ReadBy::CanonStatus,
                level_of(&marker.name, by_canon(inks)).filter(|_| is_ink),
            ),
        ];
        if let Some((by, level)) = others
            .into_iter()
            .find_map(|(by, level)| Some((by, level.filter(|l| *l >= 0)?)))
        {
            (marker.level, *told) = (level, reading(by));
        }
    }
    let tanks = inks.iter().map(|ink| (ink, false));
    let waste = canon
        .into_iter()
        .flat_map(|canon| canon.waste.iter().map(|item| (item, true)));
    for (tank, is_waste) in tanks.chain(waste) {
        let is_known = status.markers.iter().any(|marker| {
            let both_waste = is_waste && marker.kind.starts_with("waste");
            both_waste || same(&marker.name, &tank.name)
        });
        if !is_known && status.markers.len() < MOST {
            status.markers.push(of_canon(tank, is_waste));
            status.details.markers.push(reading(ReadBy::CanonStatus));
        }
    }
}

/// What Canon's status complains of: its support code, which the manual explains.
fn support(canon: &Status, at: Timestamp) -> Option<Alert> {
    let code = canon.support_code.as_str();
    (!code.is_empty() && code.bytes().any(|b| b != b'0')).then(|| Alert {
        severity: if canon.state == "stopped" {
            Severity::Critical
        } else {
            Severity::Warning
        },
        code: format_smolstr!("support-code-{code}"),
        text: canon.detail.clone(),
        reading: Reading {
            by: ReadBy::CanonStatus,
            at,
        },
    })
}

fn alerts(status: &mut PrinterStatus, answers: &Answers, at: Timestamp) {
    let canon = answers.canon.as_ref().and_then(|canon| support(canon, at));
    for alert in answers.mib.alerts.iter().cloned().chain(canon) {
        let known = &mut status.details.alerts;
        if known.len() < MOST && !known.iter().any(|other| other.code == alert.code) {
            known.push(alert);
        }
    }
    status
        .details
        .alerts
        .sort_by_key(|alert| std::cmp::Reverse(alert.severity));
}

/// Whether a reason says no more than that there is one.
fn says_nothing(reason: &SmolStr) -> bool {
    let plain = ["-error", "-warning", "-report"]
        .iter()
        .find_map(|suffix| reason.strip_suffix(suffix))
        .unwrap_or(reason);
    matches!(plain, "other" | "unknown")
}

fn reasons(status: &mut PrinterStatus, answers: &Answers) {
    let is_stopped = status.state == PrinterState::Stopped;
    let is_silent = status.reasons.is_empty() && is_stopped;
    let is_vague = !status.reasons.is_empty() && status.reasons.iter().all(says_nothing);
    if !(is_silent || is_vague) {
        return;
    }
    let suffix = if is_stopped { "error" } else { "warning" };
    for word in answers.mib.reasons.iter().filter(|word| !says_nothing(word)) {
        // It answers by IPP.
        if word != "offline" {
            status.reasons.push(format_smolstr!("{word}-{suffix}"));
        }
    }
}

/// What IPP told, with what SNMP told at `at`.
pub fn merge(mut status: PrinterStatus, snmp: Option<(&Answers, Timestamp)>) -> PrinterStatus {
    let age = |at: Timestamp| status.at.0.saturating_sub(at.0).abs();
    let Some((answers, at)) = snmp.filter(|(_, at)| age(*at) <= GOOD_MS) else {
        return status;
    };
    // One for each, whoever made the status.
    let by_ipp = Reading {
        by: ReadBy::Ipp,
        at: status.at,
    };
    status.details.markers.resize(status.markers.len(), by_ipp);
    markers(&mut status, answers, at);
    if status.details.trays.is_empty() {
        status.details.trays.clone_from(&answers.mib.trays);
    }
    alerts(&mut status, answers, at);
    reasons(&mut status, answers);
    if status.message.is_empty()
        && let Some(alert) = status.details.alerts.iter().find(|alert| !alert.text.is_empty())
    {
        status.message = alert.text.clone();
    }
    status
}

/// Whether there is something that SNMP could fill.
pub fn lacks(status: &PrinterStatus) -> bool {
    status.markers.is_empty()
        || status.markers.iter().any(|marker| marker.level < 0)
        || status.reasons.iter().any(says_nothing)
        || (status.state == PrinterState::Stopped && status.reasons.is_empty())
}

#[cfg(test)]
mod tests;
