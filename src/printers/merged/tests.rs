use proptest::prelude::*;

use super::*;
use crate::model::Details;
use crate::printers::canon::status::tests::{INKS, document};
use crate::printers::snmp::printer_mib::tests::pro_1000;
use crate::printers::snmp::{printer_mib, understand};

const THEN: Timestamp = Timestamp(1_000_000);
const NOW: Timestamp = Timestamp(1_030_000);

fn status(markers: &[(&str, i32)]) -> PrinterStatus {
    let marker = |(name, level): &(&str, i32)| Marker {
        name: (*name).into(),
        color: "none".into(),
        kind: if *name == "MC" { "waste-ink" } else { "ink-cartridge" }.into(),
        level: *level,
        low: None,
        high: None,
    };
    PrinterStatus {
        state: PrinterState::Idle,
        reasons: vec![],
        message: SmolStr::default(),
        accepting: true,
        markers: markers.iter().map(marker).collect(),
        media_ready: vec![],
        details: Details::default(),
        reachable: true,
        at: NOW,
    }
}

fn answers() -> Answers {
    let mut answers = understand(&pro_1000(), THEN);
    answers.canon = crate::printers::canon::status::read(document().as_bytes());
    answers
}

fn told(status: &PrinterStatus) -> Vec<(&str, i32, ReadBy)> {
    assert_eq!(status.markers.len(), status.details.markers.len());
    let both = status.markers.iter().zip(&status.details.markers);
    both.map(|(marker, reading)| (marker.name.as_str(), marker.level, reading.by))
        .collect()
}

#[test]
fn a_pro_1000_without_markers_has_twelve_levels() {
    let merged = merge(status(&[]), Some((&answers(), THEN)));
    let told = told(&merged);
    let inks: Vec<(&str, i32)> = told.iter().take(12).map(|(name, level, _)| (*name, *level)).collect();
    assert_eq!(inks, INKS);
    assert_eq!(told.iter().filter(|(.., by)| *by == ReadBy::PrinterMib).count(), 6);
    // The receptacle is there, and its level is nobody's to say yet.
    assert_eq!(told[12], ("MC-20", -2, ReadBy::CanonStatus));
    assert_eq!(
        (merged.message.as_str(), merged.details.markers[0].at),
        ("MarkerSupplyAttention", THEN)
    );
    assert_eq!(merged.details.alerts[0].code, "support-code-1600");
}

#[test]
fn what_ipp_knows_stays_and_the_rest_is_filled_by_name() {
    let ipp = status(&[("pm", -2), ("C", 77), ("MBK", -3), ("X", -1), ("MC", 40)]);
    let merged = merge(ipp, Some((&answers(), THEN)));
    let told = told(&merged);
    assert_eq!(
        told[..5],
        [
            ("pm", 10, ReadBy::CanonStatus),
            ("C", 77, ReadBy::Ipp),
            ("MBK", 20, ReadBy::PrinterMib),
            ("X", -1, ReadBy::Ipp),
            ("MC", 40, ReadBy::Ipp),
        ]
    );
    // Canon's other inks are added; a second receptacle is not.
    assert_eq!((told.len(), merged.details.markers[1].at), (5 + 9, NOW));
    assert!(told.iter().all(|(name, ..)| *name != "MC-20"));
}

#[test]
fn old_answers_and_no_answers_change_nothing() {
    let ipp = status(&[("C", -2)]);
    assert_eq!(merge(ipp.clone(), None), ipp);
    assert_eq!(
        merge(ipp.clone(), Some((&answers(), Timestamp(NOW.0 - GOOD_MS - 1)))),
        ipp
    );
    // A clock that was put back does not make them good for ever.
    assert_eq!(
        merge(ipp.clone(), Some((&answers(), Timestamp(NOW.0 + GOOD_MS + 1)))),
        ipp
    );
}

#[test]
fn names_that_two_have_are_nobodys() {
    let mut answers = answers();
    answers.canon = None;
    let mut twin = answers.mib.markers[2].clone();
    twin.level = 5;
    answers.mib.markers.push(twin);
    let merged = merge(status(&[("C", -2)]), Some((&answers, THEN)));
    assert_eq!(told(&merged), [("C", -2, ReadBy::Ipp)]);
}

#[test]
fn reasons_are_asked_of_snmp_only_where_ipp_has_none() {
    let mut answers = answers();
    answers.mib.reasons = printer_mib::reasons(&[0x06]);
    assert_eq!(answers.mib.reasons, ["media-jam", "offline"]);
    let merged = |state, reasons: &[&str]| {
        let mut ipp = status(&[]);
        (ipp.state, ipp.reasons) = (state, reasons.iter().map(SmolStr::new).collect());
        merge(ipp, Some((&answers, THEN))).reasons
    };
    assert_eq!(merged(PrinterState::Stopped, &[]), ["media-jam-error"]);
    assert_eq!(
        merged(PrinterState::Stopped, &["other-error"]),
        ["other-error", "media-jam-error"]
    );
    assert_eq!(
        merged(PrinterState::Idle, &["unknown"]),
        ["unknown", "media-jam-warning"]
    );
    assert_eq!(merged(PrinterState::Idle, &[]), Vec::<SmolStr>::new());
    assert_eq!(merged(PrinterState::Stopped, &["media-empty"]), ["media-empty"]);
}

proptest! {
    #[test]
    fn known_levels_are_never_changed(levels in prop::collection::vec((0..14usize, -3..101i32), 0..20)) {
        let names = ["PM", "R", "C", "PGY", "MBK", "PBK", "B", "CO", "GY", "Y", "M", "PC", "MC", "Z"];
        let ipp = status(&levels.iter().map(|(at, level)| (names[*at], *level)).collect::<Vec<_>>());
        let merged = merge(ipp.clone(), Some((&answers(), THEN)));
        for (before, after) in ipp.markers.iter().zip(&merged.markers) {
            prop_assert!(before.level < 0 || before == after);
            prop_assert_eq!(&before.name, &after.name);
        }
        prop_assert_eq!(merged.markers.len(), merged.details.markers.len());
        prop_assert!(merged.markers.len() <= MOST);
    }
}
