//! Somebody has to do something first.

use super::super::Class::{self, Admin, HumanClear, HumanLoad, HumanSupply, JobBad, Look, Offline, Service};
use super::super::{Clears, Reason};
use super::{BOTH, IN_USE, PWG_5100_9, PWG_5100_21, RFC_3998, RFC_8011, reason};

const LOAD: (Class, Class) = (HumanLoad, HumanLoad);
const CLEAR: (Class, Class) = (HumanClear, HumanClear);
const SUPPLY: (Class, Class) = (HumanSupply, HumanSupply);
const BROKEN: (Class, Class) = (Service, Service);

/// See the head of the file.
pub const STOPPING: &[Reason] = &[
    // Paper.
    reason(
        LOAD,
        Clears::Person,
        BOTH,
        &["media-empty", "media-needed", "media-path-input-empty"],
        "Load paper into {}.",
    ),
    reason(
        LOAD,
        Clears::Person,
        PWG_5100_9,
        &["input-manual-input-request", "media-path-input-request"],
        "Feed a sheet into the manual slot of {}.",
    ),
    reason(
        LOAD,
        Clears::Person,
        PWG_5100_9,
        &[
            "input-cannot-feed-size-selected",
            "input-media-color-change",
            "input-media-form-parts-change",
            "input-media-size-change",
            "input-media-type-change",
            "input-media-weight-change",
        ],
        "Load the paper that the job asks for into {}: another one lies in it.",
    ),
    reason(
        LOAD,
        Clears::Person,
        BOTH,
        &[
            "input-tray-missing",
            "output-tray-missing",
            "media-path-media-tray-missing",
        ],
        "Put the tray of {} back in.",
    ),
    reason(
        LOAD,
        Clears::Person,
        PWG_5100_21,
        &["material-empty", "material-needed"],
        "Refill the material of {}.",
    ),
    // Something is open, jammed or full.
    reason(
        CLEAR,
        Clears::Person,
        "RFC 8011, 5.4.12; PWG 5100.9, 8; PWG 5100.21, 8",
        &[
            "extruder-jam",
            "input-media-tray-jam",
            "media-jam",
            "media-path-input-jam",
            "media-path-jam",
            "media-path-output-jam",
            "output-media-tray-jam",
        ],
        "Clear the jam in {}, and say whether the sheet is spoiled.",
    ),
    reason(
        CLEAR,
        Clears::Person,
        PWG_5100_9,
        &[
            "input-media-tray-feed-error",
            "media-path-input-feed-error",
            "media-path-output-feed-error",
            "output-media-tray-feed-error",
        ],
        "Take the sheet out of {} and feed it again, and say whether it is spoiled.",
    ),
    reason(
        CLEAR,
        Clears::Person,
        RFC_8011,
        &["cover-open", "door-open", "interlock-open"],
        "Close {}.",
    ),
    reason(
        CLEAR,
        Clears::Person,
        BOTH,
        &[
            "output-area-full",
            "media-path-media-tray-full",
            "media-path-output-full",
        ],
        "Take the finished prints out of {}.",
    ),
    // Ink and the like.
    reason(
        SUPPLY,
        Clears::Person,
        BOTH,
        &[
            "developer-empty",
            "marker-developer-empty",
            "marker-ink-empty",
            "marker-print-ribbon-empty",
            "marker-supply-empty",
            "marker-toner-empty",
            "toner-empty",
        ],
        "Replace the empty tank of {}.",
    ),
    reason(
        SUPPLY,
        Clears::Person,
        PWG_5100_9,
        &[
            "marker-cleaner-missing",
            "marker-developer-missing",
            "marker-fuser-missing",
            "marker-ink-missing",
            "marker-opc-missing",
            "marker-print-ribbon-missing",
            "marker-supply-missing",
            "marker-toner-cartridge-missing",
            "marker-toner-missing",
        ],
        "Seat the tank of {} until it clicks.",
    ),
    reason(
        SUPPLY,
        Clears::Person,
        BOTH,
        &[
            "marker-waste-full",
            "marker-waste-ink-receptacle-full",
            "marker-waste-toner-receptacle-full",
        ],
        "Replace the maintenance cartridge of {}.",
    ),
    reason(
        SUPPLY,
        Clears::Person,
        PWG_5100_9,
        &[
            "marker-waste-ink-receptacle-missing",
            "marker-waste-missing",
            "marker-waste-toner-receptacle-missing",
        ],
        "Put a maintenance cartridge into {}.",
    ),
    // Somebody's wish.
    reason(
        (Admin, Admin),
        Clears::Person,
        RFC_8011,
        &["paused"],
        "Let {} go on: somebody has paused it.",
    ),
    reason(
        (Admin, Admin),
        Clears::Person,
        RFC_3998,
        &["hold-new-jobs"],
        "Let {} take jobs again: somebody has told it to hold new ones.",
    ),
    // It is not there.
    reason(
        (Offline, Offline),
        Clears::Person,
        RFC_8011,
        &["shutdown"],
        "Switch {} on.",
    ),
    reason(
        (Offline, Offline),
        Clears::Person,
        RFC_3998,
        &["deactivated"],
        "Activate {} at its panel.",
    ),
    reason(
        (Offline, Offline),
        Clears::Person,
        PWG_5100_9,
        &["power-down"],
        "Switch {} on.",
    ),
    reason(
        (Offline, Offline),
        Clears::Person,
        IN_USE,
        &["offline"],
        "See that {} is switched on, and on the network.",
    ),
    // It is broken.
    reason(
        BROKEN,
        Clears::Person,
        PWG_5100_9,
        &["input-pick-roller-failure", "media-path-pick-roller-failure"],
        "Clean the rollers of {}; if it still feeds no paper, have it repaired.",
    ),
    reason(
        BROKEN,
        Clears::Person,
        BOTH,
        &[
            "cleaner-life-over",
            "input-media-tray-failure",
            "input-pick-roller-life-over",
            "input-pick-roller-missing",
            "input-tray-elevation-failure",
            "input-tray-position-failure",
            "marker-fuser-thermistor-failure",
            "marker-fuser-timing-failure",
            "media-path-failure",
            "media-path-pick-roller-life-over",
            "media-path-pick-roller-missing",
            "opc-life-over",
            "output-mailbox-select-failure",
            "output-media-tray-failure",
        ],
        "Have {} repaired, and note the number that it shows.",
    ),
    reason(
        BROKEN,
        Clears::Person,
        PWG_5100_21,
        &[
            "camera-failure",
            "extruder-failure",
            "fan-failure",
            "lamp-at-eol",
            "lamp-failure",
            "laser-at-eol",
            "laser-failure",
            "motor-failure",
            "platform-failure",
        ],
        "Switch {} off and on once; if that does not help, have it repaired, and note the number that it shows.",
    ),
    // The job is at fault.
    reason(
        (JobBad, JobBad),
        Clears::Nothing,
        BOTH,
        &[
            "interpreter-complex-page-encountered",
            "interpreter-memory-decrease",
            "interpreter-resource-unavailable",
            "media-path-cannot-duplex-media-selected",
        ],
        "Send this job to another printer than {}, or with other settings.",
    ),
    // Who knows?
    reason(
        (Look, Look),
        Clears::Perhaps,
        RFC_8011,
        &["other", "unknown"],
        "Look at {}: it has trouble that it gives no name to. Note the number that it shows.",
    ),
];
