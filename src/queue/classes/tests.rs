use proptest::prelude::*;

use super::*;

/// The keywords of which a study of this kind of printer says what to do, with the class that it gives them.
const STUDIED: &[(&str, Class)] = &[
    ("none", Class::Ok),
    ("media-low", Class::Warn),
    ("media-empty", Class::HumanLoad),
    ("media-needed", Class::HumanLoad),
    ("input-manual-input-request", Class::HumanLoad),
    ("input-cannot-feed-size-selected", Class::HumanLoad),
    ("input-media-size-change", Class::HumanLoad),
    ("input-media-type-change", Class::HumanLoad),
    ("input-tray-missing", Class::HumanLoad),
    ("media-jam", Class::HumanClear),
    ("media-path-jam", Class::HumanClear),
    ("input-media-tray-jam", Class::HumanClear),
    ("cover-open", Class::HumanClear),
    ("door-open", Class::HumanClear),
    ("interlock-open", Class::HumanClear),
    ("output-area-almost-full", Class::Warn),
    ("output-area-full", Class::HumanClear),
    ("marker-supply-low", Class::Warn),
    ("marker-ink-almost-empty", Class::Warn),
    ("marker-supply-almost-empty", Class::Warn),
    ("marker-supply-empty", Class::HumanSupply),
    ("marker-ink-empty", Class::HumanSupply),
    ("marker-supply-missing", Class::HumanSupply),
    ("marker-ink-missing", Class::HumanSupply),
    ("marker-waste-almost-full", Class::Warn),
    ("marker-waste-ink-receptacle-almost-full", Class::Warn),
    ("marker-waste-full", Class::HumanSupply),
    ("marker-waste-ink-receptacle-full", Class::HumanSupply),
    ("marker-waste-missing", Class::HumanSupply),
    ("marker-adjusting-print-quality", Class::Retry),
    ("media-drying", Class::Retry),
    ("warming-up", Class::Retry),
    ("connecting-to-device", Class::Retry),
    ("timed-out", Class::Retry),
    ("spool-area-full", Class::Retry),
    ("moving-to-paused", Class::Retry),
    ("stopping", Class::Retry),
    // A part has stopped: it prints.
    ("stopped-partly", Class::Warn),
    ("paused", Class::Admin),
    ("hold-new-jobs", Class::Admin),
    ("shutdown", Class::Offline),
    ("deactivated", Class::Offline),
    ("offline", Class::Offline),
    ("platform-temperature-high", Class::Retry),
    ("input-pick-roller-failure", Class::Service),
    ("media-path-failure", Class::Service),
    ("platform-failure", Class::Service),
    ("interpreter-resource-unavailable", Class::JobBad),
    ("interpreter-memory-decrease", Class::JobBad),
    ("other", Class::Look),
    ("unknown", Class::Look),
];

#[test]
fn every_studied_reason_has_its_class() {
    for (keyword, class) in STUDIED {
        assert_eq!(classify(keyword), *class, "{keyword}");
        assert!(row(keyword).0.is_some(), "{keyword} stands in the table");
    }
}

#[test]
fn a_keyword_stands_in_one_row_and_has_advice_where_a_person_is_needed() {
    let mut seen = std::collections::HashSet::new();
    for row in REASONS.iter().copied().flatten() {
        for keyword in row.keywords {
            assert!(seen.insert(*keyword), "{keyword} twice");
        }
    }
    let mut seen = std::collections::HashSet::new();
    for row in EVENTS {
        for keyword in row.keywords {
            assert!(seen.insert(*keyword), "{keyword} twice");
        }
    }
    for row in REASONS.iter().copied().flatten().chain(EVENTS) {
        assert!(!row.source.is_empty());
        let is_sentence = row.advice.ends_with('.') && row.advice.contains("{}");
        assert!(row.advice.is_empty() || is_sentence, "{}", row.advice);
        if row.class.needs_a_person() || row.stopped.needs_a_person() && row.class != Class::Ok {
            assert!(!row.advice.is_empty(), "{:?}", row.keywords);
            assert_ne!(row.clears, Clears::Itself, "{:?}", row.keywords);
        }
        assert!(
            !row.stopped.prints() || row.class == Class::Ok,
            "{:?} is stopped and prints",
            row.keywords
        );
        for keyword in row.keywords {
            assert_eq!(keyword.to_ascii_lowercase(), *keyword);
        }
    }
}

#[test]
fn suffixes_bend_the_class() {
    for (reason, class) in [
        ("media-empty-error", Class::HumanLoad),
        ("media-empty-warning", Class::Warn),
        ("media-empty-report", Class::Warn),
        ("marker-supply-low-report", Class::Warn),
        ("marker-supply-low-error", Class::HumanSupply),
        ("media-low-error", Class::HumanLoad),
        ("output-area-almost-full-error", Class::HumanClear),
        ("media-jam-warning", Class::Warn),
        ("platform-failure-warning", Class::Warn),
        ("none-report", Class::Ok),
        ("offline-report", Class::Offline),
        ("connecting-to-device-report", Class::Retry),
        ("other-warning", Class::Warn),
        ("other-error", Class::Look),
        // These end so by themselves.
        ("media-path-input-feed-error", Class::HumanClear),
        ("stapler-unrecoverable-storage-error", Class::Service),
    ] {
        assert_eq!(classify(reason), class, "{reason}");
    }
}

#[test]
fn units_of_finishers_are_known_with_all_their_events() {
    assert_eq!(classify("stapler-empty"), Class::HumanSupply);
    assert_eq!(classify("separation-cutter-jam-error"), Class::HumanClear);
    assert_eq!(classify("make-envelope-cover-closed"), Class::Ok);
    // 18 units with 36 events each, one of them spelt in two ways.
    let events: usize = EVENTS.iter().map(|row| row.keywords.len()).sum();
    assert_eq!((UNITS.len(), events), (18, 37));
    for unit in UNITS {
        for event in EVENTS.iter().flat_map(|row| row.keywords) {
            assert!(row(&format!("{unit}-{event}")).0.is_some());
        }
    }
}

#[test]
fn what_nobody_knows_is_to_be_looked_at() {
    for reason in [
        "com.example-flux-capacitor",
        "com.example-flux-capacitor-error",
        "",
        "-error",
        "stapler-",
        "jam",
    ] {
        assert_eq!(classify(reason), Class::Look, "{reason:?}");
    }
    assert_eq!(classify("com.example-flux-capacitor-warning"), Class::Warn, "it prints");
    let told = advice("com.example-flux-capacitor", "Gertie");
    assert!(
        told.contains("Gertie") && told.contains("com.example-flux-capacitor"),
        "{told}"
    );
    assert!(advice(&"x".repeat(10_000), "Gertie").len() < 200);
}

#[test]
fn advice_names_the_printer() {
    assert_eq!(advice("media-empty-error", "Gertie"), "Load paper into Gertie.");
    assert_eq!(advice("none", "Gertie"), "");
}

#[test]
fn the_worst_of_several_is_what_asks_for_most_care() {
    let worst = |list: &[&'static str]| worst(list.iter().copied());
    assert_eq!(worst(&[]), (Class::Ok, "none"));
    assert_eq!(worst(&["none"]), (Class::Ok, "none"));
    let told = ["other-error", "marker-supply-low-warning", "media-empty-error"];
    assert_eq!(
        worst(&told),
        (Class::HumanLoad, "media-empty-error"),
        "what is known says more"
    );
    assert_eq!(
        worst(&["media-empty", "media-jam", "paused"]),
        (Class::HumanClear, "media-jam")
    );
}

#[test]
fn what_follows_keeps_the_rule_of_never_printing_twice() {
    for class in Class::ALL {
        let act = class.act();
        let prints = matches!(act.not_started, NotStarted::Print | NotStarted::PrintIfEnough);
        assert_eq!(prints, class.prints(), "{class:?}");
        assert_eq!(act.in_flight == InFlight::PrintOn, class.prints(), "{class:?}");
    }
    for class in [Class::HumanClear, Class::Offline] {
        assert_eq!(class.act().in_flight, InFlight::NeverResend);
    }
    let weights: std::collections::HashSet<u8> = Class::ALL.iter().map(|c| c.weight()).collect();
    assert_eq!(weights.len(), Class::ALL.len());
}

#[test]
fn statuses_stand_once_in_order() {
    assert!(STATUSES.windows(2).all(|pair| pair[0].code < pair[1].code));
    for status in STATUSES {
        let kind = if status.code < 0x0500 {
            "client-error-"
        } else {
            "server-error-"
        };
        assert!(status.name.starts_with(kind), "{}", status.name);
        assert!(!of_status(status.code).prints());
    }
    assert_eq!(of_status(0x0001), Class::Ok);
    assert_eq!(of_status(0x0507), Class::Retry);
    assert_eq!(of_status(0x04ff), Class::Look);
}

proptest! {
    /// Whatever a printer says, it has a class, and a suffix only bends it as the head of the file says.
    #[test]
    fn whatever_a_printer_says_has_a_class(reason in "[a-z-]{0,40}") {
        let plain = classify(&reason);
        let _ = advice(&reason, "Gertie");
        if row(&reason).1 == Severity::Plain {
            for suffix in ["report", "warning"] {
                let bent = classify(&format!("{reason}-{suffix}"));
                prop_assert!(bent == plain || bent == Class::Warn);
            }
        }
    }
}
