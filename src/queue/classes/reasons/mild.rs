//! Nothing is wrong, or it prints all the same, or it passes by itself.

use super::super::Class::{self, HumanClear, HumanLoad, HumanSupply, Look, Ok, Retry, Service, Warn};
use super::super::{Clears, Reason};
use super::{BOTH, IN_USE, PWG_5100_9, PWG_5100_13, PWG_5100_21, RFC_8011, reason};

const WAIT: (Class, Class) = (Retry, Retry);

/// See the head of the file.
pub const MILD: &[Reason] = &[
    // Nothing is wrong.
    reason((Ok, Ok), Clears::Nothing, RFC_8011, &["none"], ""),
    reason(
        (Ok, Look),
        Clears::Nothing,
        PWG_5100_9,
        &[
            "alert-removal-of-binary-change-entry",
            "configuration-change",
            "interlock-closed",
            "interpreter-cartridge-added",
            "interpreter-cartridge-deleted",
            "interpreter-memory-increase",
            "interpreter-resource-added",
            "interpreter-resource-deleted",
            "power-up",
            "printer-ready-to-print",
        ],
        "",
    ),
    reason(
        (Ok, Look),
        Clears::Person,
        PWG_5100_13,
        &["identify-printer-requested"],
        "Somebody looks for {}: here it is.",
    ),
    // It prints; a person should know.
    reason(
        (Warn, HumanLoad),
        Clears::Person,
        RFC_8011,
        &["media-low"],
        "Load more paper into {} soon.",
    ),
    reason(
        (Warn, HumanSupply),
        Clears::Person,
        BOTH,
        &[
            "developer-low",
            "marker-developer-almost-empty",
            "marker-ink-almost-empty",
            "marker-print-ribbon-almost-empty",
            "marker-supply-almost-empty",
            "marker-supply-low",
            "marker-toner-low",
            "toner-low",
        ],
        "Have a new tank ready for {}, and see whether its ink is enough for what waits.",
    ),
    reason(
        (Warn, HumanSupply),
        Clears::Person,
        BOTH,
        &[
            "marker-waste-almost-full",
            "marker-waste-ink-receptacle-almost-full",
            "marker-waste-toner-receptacle-almost-full",
        ],
        "Have a new maintenance cartridge ready for {}, and clean nothing deeply until it is changed.",
    ),
    reason(
        (Warn, HumanClear),
        Clears::Person,
        BOTH,
        &["output-area-almost-full", "media-path-media-tray-almost-full"],
        "Take the finished prints out of {}.",
    ),
    reason(
        (Warn, Service),
        Clears::Person,
        PWG_5100_9,
        &[
            "cleaner-life-almost-over",
            "input-pick-roller-life-warn",
            "media-path-pick-roller-life-warn",
            "opc-near-eol",
            "lamp-near-eol",
            "laser-near-eol",
        ],
        "Have the worn part of {} replaced soon.",
    ),
    reason(
        (Warn, HumanClear),
        Clears::Perhaps,
        RFC_8011,
        &["stopped-partly"],
        "Look at {}: a part of it has stopped, the rest prints.",
    ),
    reason(
        (Warn, HumanLoad),
        Clears::Person,
        PWG_5100_21,
        &["material-low"],
        "Refill the material of {} soon.",
    ),
    // It passes by itself.
    reason(
        WAIT,
        Clears::Itself,
        BOTH,
        &[
            "connecting-to-device",
            "moving-to-paused",
            "printer-manual-reset",
            "printer-nms-reset",
            "spool-area-full",
            "stopping",
            "fuser-under-temp",
        ],
        "",
    ),
    reason(
        WAIT,
        Clears::Itself,
        IN_USE,
        &[
            "warming-up",
            "resuming",
            "testing",
            "standby",
            "suspend",
            "hibernate",
            "media-drying",
        ],
        "",
    ),
    reason(
        WAIT,
        Clears::Itself,
        PWG_5100_9,
        &["marker-adjusting-print-quality"],
        "Let {} finish its cleaning or calibration; that takes minutes.",
    ),
    reason(
        WAIT,
        Clears::Itself,
        PWG_5100_21,
        &[
            "chamber-cooling",
            "chamber-heating",
            "extruder-cooling",
            "extruder-heating",
        ],
        "",
    ),
    reason(
        WAIT,
        Clears::Perhaps,
        RFC_8011,
        &["timed-out"],
        "See that {} is switched on and on the network, if it does not answer soon.",
    ),
    reason(
        WAIT,
        Clears::Itself,
        "RFC 8011, 5.4.12; PWG 5100.21, 8",
        &[
            "chamber-temperature-high",
            "chamber-temperature-low",
            "extruder-temperature-high",
            "extruder-temperature-low",
            "fuser-over-temp",
            "platform-temperature-high",
            "platform-temperature-low",
        ],
        "Let {} come to its temperature.",
    ),
];
