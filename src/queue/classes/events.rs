//! What may happen to a unit of a finisher: the keyword is the unit, a hyphen and the event (PWG 5100.9, 8).

use super::Class::{HumanClear, HumanLoad, HumanSupply, Offline, Ok, Retry, Service, Warn};
use super::{Clears, Reason};

const PWG_5100_9: &str = "PWG 5100.9, 8";

/// Units of finishers. Those whose name begins with another's come first: none does today.
pub const UNITS: &[&str] = &[
    "bander",
    "binder",
    "die-cutter",
    "folder",
    "imprinter",
    "inserter",
    "make-envelope",
    "perforater",
    "puncher",
    "separation-cutter",
    "sheet-rotator",
    "slitter",
    "stacker",
    "stapler",
    "stitcher",
    "subunit",
    "trimmer",
    "wrapper",
];

const fn event(
    keywords: &'static [&'static str],
    (class, stopped): (super::Class, super::Class),
    clears: Clears,
    advice: &'static str,
) -> Reason {
    Reason {
        keywords,
        class,
        stopped,
        clears,
        advice,
        source: PWG_5100_9,
    }
}

/// Events of a unit.
pub const EVENTS: &[Reason] = &[
    event(
        &[
            "added",
            "closed",
            "configuration-change",
            "cover-closed",
            "interlock-closed",
            "power-saver",
            "resource-added",
            "resource-removed",
            "turned-on",
        ],
        (Ok, Ok),
        Clears::Nothing,
        "",
    ),
    event(
        &["almost-empty", "almost-full", "life-almost-over", "near-limit"],
        (Warn, HumanSupply),
        Clears::Person,
        "Look after the finisher of {} soon: something in it is nearly used up or full.",
    ),
    event(&["warming-up"], (Retry, Retry), Clears::Itself, ""),
    event(
        &["over-temperature", "under-temperature"],
        (Retry, Retry),
        Clears::Itself,
        "Let the finisher of {} come to its temperature.",
    ),
    event(
        &["cover-open", "interlock-open", "opened"],
        (HumanClear, HumanClear),
        Clears::Person,
        "Close the finisher of {}.",
    ),
    event(
        &["jam"],
        (HumanClear, HumanClear),
        Clears::Person,
        "Clear the jam in the finisher of {}, and say whether the sheet is spoiled.",
    ),
    event(
        &["full"],
        (HumanClear, HumanClear),
        Clears::Person,
        "Empty the finisher of {}.",
    ),
    event(
        &["empty"],
        (HumanSupply, HumanSupply),
        Clears::Person,
        "Refill the finisher of {}.",
    ),
    event(
        &["at-limit", "life-over"],
        (HumanSupply, HumanSupply),
        Clears::Person,
        "Replace the worn part in the finisher of {}.",
    ),
    event(
        &["missing", "removed"],
        (HumanLoad, HumanLoad),
        Clears::Person,
        "Put the finisher of {} back in its place.",
    ),
    event(
        &["offline", "turned-off"],
        (Offline, Offline),
        Clears::Person,
        "Switch the finisher of {} on.",
    ),
    event(
        &[
            "memory-exhausted",
            "recoverable-failure",
            "recoverable-storage",
            "recoverable-storage-error",
        ],
        (Retry, Retry),
        Clears::Perhaps,
        "Wait for the finisher of {}; if it does not recover, switch it off and on.",
    ),
    event(
        &[
            "motor-failure",
            "thermistor-failure",
            "timing-failure",
            "unrecoverable-failure",
            "unrecoverable-storage-error",
        ],
        (Service, Service),
        Clears::Person,
        "Have the finisher of {} repaired.",
    ),
];
