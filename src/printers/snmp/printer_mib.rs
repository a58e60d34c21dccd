//! The Printer-MIB (RFC 3805) and what the Host Resources MIB (RFC 2790) says of printers, from rows to words. Pure.
//!
//! Traps, each met in printers: levels of −1 (other), −2 (unknown) and −3 (some); a maximum that is unknown beside a level
//! in per cent; **receptacles tell the room that is left**, where IPP's markers tell how full they are; slots for tanks that
//! the model does not have, which look like empty ones.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::codec::{Oid, Value};
use super::walk::Row;
use crate::model::{Alert, Marker, PrinterState, ReadBy, Reading, Severity, Timestamp, Tray};
use crate::printers::colors;
use crate::printers::traps::{self, Slot};

/// prtInputTable
pub const INPUTS: &str = "1.3.6.1.2.1.43.8.2";
/// prtMarkerSuppliesTable
pub const SUPPLIES: &str = "1.3.6.1.2.1.43.11.1";
/// prtMarkerColorantTable
pub const COLORANTS: &str = "1.3.6.1.2.1.43.12.1";
/// prtAlertTable
pub const ALERTS: &str = "1.3.6.1.2.1.43.18.1";
/// hrPrinterStatus of the first device
pub const HR_STATUS: &str = "1.3.6.1.2.1.25.3.5.1.1.1";
/// hrPrinterDetectedErrorState of the first device
pub const HR_ERRORS: &str = "1.3.6.1.2.1.25.3.5.1.2.1";
/// hrDeviceDescr of the first device
pub const HR_DEVICE: &str = "1.3.6.1.2.1.25.3.2.1.3.1";
/// sysDescr
pub const SYS_DESCR: &str = "1.3.6.1.2.1.1.1.0";
/// sysObjectID
pub const SYS_OBJECT: &str = "1.3.6.1.2.1.1.2.0";
/// prtGeneralPrinterName of the first device
pub const NAME: &str = "1.3.6.1.2.1.43.5.1.1.16.1";
/// prtGeneralSerialNumber of the first device
pub const SERIAL: &str = "1.3.6.1.2.1.43.5.1.1.17.1";
/// ppmPrinterIEEE1284DeviceId of the first printer (PWG 5107.1)
pub const DEVICE_ID: &str = "1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1";
/// All of the single ones.
pub const SINGLE: [&str; 8] = [
    HR_STATUS, HR_ERRORS, HR_DEVICE, SYS_DESCR, SYS_OBJECT, NAME, SERIAL, DEVICE_ID,
];

/// Most rows of a table that are looked at.
const MOST_ROWS: usize = 64;
/// Longest text, in characters.
const MOST_TEXT: usize = 127;

/// Words of `marker-types` by prtMarkerSuppliesType, from 1 (RFC 3805, PrtMarkerSuppliesTypeTC).
const TYPES: [&str; 34] = [
    "other",
    "unknown",
    "toner",
    "waste-toner",
    "ink",
    "ink-cartridge",
    "ink-ribbon",
    "waste-ink",
    "opc",
    "developer",
    "fuser-oil",
    "solid-wax",
    "ribbon-wax",
    "waste-wax",
    "fuser",
    "corona-wire",
    "fuser-oil-wick",
    "cleaner-unit",
    "fuser-cleaning-pad",
    "transfer-unit",
    "toner-cartridge",
    "fuser-oiler",
    "water",
    "waste-water",
    "glue-water-additive",
    "waste-paper",
    "binding-supply",
    "banding-supply",
    "stitching-wire",
    "shrink-wrap",
    "paper-wrap",
    "staples",
    "inserts",
    "covers",
];
/// prtMarkerSuppliesClass receptacleThatIsFilled
const RECEPTACLE: i64 = 4;
/// prtMarkerSuppliesSupplyUnit percent
const PERCENT: i64 = 19;

/// Words of `printer-state-reasons` by the bits of hrPrinterDetectedErrorState, the first one the highest of the first
/// octet (RFC 2790).
const ERRORS: [&str; 15] = [
    "media-low",
    "media-empty",
    "marker-supply-low",
    "marker-supply-empty",
    "door-open",
    "media-jam",
    "offline",
    "other",
    "input-tray-missing",
    "output-tray-missing",
    "marker-supply-missing",
    "output-area-almost-full",
    "output-area-full",
    "media-empty",
    "other",
];

/// Words for the alerts' codes that matter here, `printer-state-reasons`' where IPP has one (PrtAlertCodeTC, RFC 3805).
const CODES: &[(i64, &str)] = &[
    (3, "cover-open"),
    (4, "cover-closed"),
    (5, "interlock-open"),
    (6, "interlock-closed"),
    (7, "configuration-change"),
    (8, "media-jam"),
    (9, "missing"),
    (10, "life-almost-over"),
    (11, "life-over"),
    (12, "almost-empty"),
    (13, "empty"),
    (14, "almost-full"),
    (15, "full"),
    (18, "opened"),
    (22, "offline"),
    (23, "standby"),
    (24, "warming-up"),
    (29, "recoverable-failure"),
    (30, "unrecoverable-failure"),
    (33, "motor-failure"),
    (35, "under-temperature"),
    (36, "over-temperature"),
    (501, "door-open"),
    (502, "door-closed"),
    (503, "power-up"),
    (504, "power-down"),
    (801, "input-tray-missing"),
    (802, "input-media-size-change"),
    (803, "input-media-weight-change"),
    (804, "input-media-type-change"),
    (805, "input-media-color-change"),
    (807, "media-low"),
    (808, "media-empty"),
    (809, "media-needed"),
    (810, "input-manual-input-request"),
    (811, "input-tray-position-failure"),
    (812, "input-tray-elevation-failure"),
    (813, "input-cannot-feed-size-selected"),
    (901, "output-tray-missing"),
    (902, "output-area-almost-full"),
    (903, "output-area-full"),
    (1005, "marker-adjusting-print-quality"),
    (1101, "marker-toner-empty"),
    (1102, "marker-ink-empty"),
    (1104, "toner-low"),
    (1105, "marker-ink-almost-empty"),
    (1107, "marker-waste-toner-receptacle-almost-full"),
    (1108, "marker-waste-ink-receptacle-almost-full"),
    (1109, "marker-waste-toner-receptacle-full"),
    (1110, "marker-waste-ink-receptacle-full"),
    (1115, "marker-toner-cartridge-missing"),
];

/// What the rows say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mib {
    /// prtGeneralPrinterName, or hrDeviceDescr.
    pub model: SmolStr,
    /// prtGeneralSerialNumber
    pub serial: SmolStr,
    /// ppmPrinterIEEE1284DeviceId
    pub device_id: SmolStr,
    /// Whether sysObjectID names this enterprise: Canon.
    pub is_canon: bool,
    /// hrPrinterStatus, as far as IPP has a state for it.
    pub state: Option<PrinterState>,
    /// hrPrinterDetectedErrorState as words of `printer-state-reasons`.
    pub reasons: Vec<SmolStr>,
    /// The supplies, waste counting up as IPP's does.
    pub markers: Vec<Marker>,
    /// The feeders.
    pub trays: Vec<Tray>,
    /// The alerts, the worst first.
    pub alerts: Vec<Alert>,
}

/// Text of a device: in UTF-8 or, as older ones have it, in Latin-1.
fn text(value: &Value) -> Option<SmolStr> {
    let octets = value.octets()?;
    let octets = &octets[..octets.len().min(MOST_TEXT * 4)];
    let text: String = match std::str::from_utf8(octets) {
        Ok(text) => text.into(),
        Err(_) => octets.iter().map(|octet| char::from(*octet)).collect(),
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect();
    Some(clean.trim().into())
}

type Cells<'a> = BTreeMap<u32, &'a Value>;

/// The rows of a table by their index: `root.1.COLUMN.INDEX…`.
fn table<'a>(rows: &'a [Row], root: &str) -> Vec<(&'a [u32], Cells<'a>)> {
    let Some(root) = Oid::parse(root) else {
        return Vec::new();
    };
    let mut all: BTreeMap<&[u32], Cells> = BTreeMap::new();
    for row in rows {
        if let Some([1, column, index @ ..]) = row.oid.below(&root)
            && (all.len() < MOST_ROWS || all.contains_key(index))
        {
            all.entry(index).or_default().insert(*column, &row.value);
        }
    }
    all.into_iter().collect()
}

/// The single variable of this name.
fn single<'a>(rows: &'a [Row], oid: &str) -> Option<&'a Value> {
    let oid = Oid::parse(oid)?;
    rows.iter().find(|row| row.oid == oid).map(|row| &row.value)
}

fn number(cells: &Cells, column: u32) -> Option<i64> {
    cells.get(&column)?.number()
}

fn word(cells: &Cells, column: u32) -> SmolStr {
    cells.get(&column).and_then(|value| text(value)).unwrap_or_default()
}

/// A count of sheets or a level in the range that IPP has for it.
fn count(n: Option<i64>) -> i32 {
    match n {
        Some(n @ -3..=1_000_000) => n as i32,
        _ => -2,
    }
}

fn markers(rows: &[Row]) -> Vec<Marker> {
    let colorants = table(rows, COLORANTS);
    let slots = table(rows, SUPPLIES).into_iter().map(|(index, cells)| {
        // Of the same device.
        let colorant = number(&cells, 3).and_then(|wanted| {
            let same = |(at, _): &&(&[u32], Cells)| {
                at.first() == index.first() && at.get(1).is_some_and(|n| i64::from(*n) == wanted)
            };
            Some(word(&colorants.iter().find(same)?.1, 4))
        });
        let kind = number(&cells, 5)
            .and_then(|kind| TYPES.get(usize::try_from(kind).ok()?.checked_sub(1)?))
            .unwrap_or(&"unknown");
        Slot {
            name: word(&cells, 6),
            colorant: colorant.unwrap_or_default(),
            kind: SmolStr::new_static(kind),
            is_receptacle: number(&cells, 4) == Some(RECEPTACLE) || kind.starts_with("waste"),
            is_percent: number(&cells, 7) == Some(PERCENT),
            capacity: number(&cells, 8).unwrap_or(-2),
            level: number(&cells, 9).unwrap_or(-2),
        }
    });
    let slots: Vec<Slot> = slots.collect();
    traps::real(&slots)
        .map(|slot| traps::marker(slot, colors::of))
        .collect()
}

fn trays(rows: &[Row], at: Timestamp) -> Vec<Tray> {
    let tray = |(number_of, (_, cells)): (usize, (&[u32], Cells))| Tray {
        name: [13, 18]
            .into_iter()
            .map(|column| word(&cells, column))
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| format_smolstr!("tray-{}", number_of + 1)),
        media: word(&cells, 12),
        level: count(number(&cells, 10)),
        capacity: count(number(&cells, 9)),
        reading: Reading {
            by: ReadBy::PrinterMib,
            at,
        },
    };
    table(rows, INPUTS).into_iter().enumerate().map(tray).collect()
}

fn alerts(rows: &[Row], at: Timestamp) -> Vec<Alert> {
    let alert = |(_, cells): (&[u32], Cells)| {
        let code = number(&cells, 7)?;
        let known = CODES.iter().find(|(known, _)| *known == code);
        Some(Alert {
            severity: match number(&cells, 2) {
                Some(3) => Severity::Critical,
                // warning, and warningBinaryChangeEvent
                Some(4 | 5) => Severity::Warning,
                _ => Severity::Other,
            },
            code: known.map_or_else(|| format_smolstr!("{code}"), |(_, word)| SmolStr::new_static(word)),
            text: word(&cells, 8),
            reading: Reading {
                by: ReadBy::PrinterMib,
                at,
            },
        })
    };
    let mut alerts: Vec<Alert> = table(rows, ALERTS).into_iter().filter_map(alert).collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    alerts
}

/// The words of hrPrinterDetectedErrorState, whatever its length.
pub fn reasons(octets: &[u8]) -> Vec<SmolStr> {
    let is_set = |bit: usize| octets.get(bit / 8).is_some_and(|octet| octet & 0x80 >> (bit % 8) != 0);
    let mut words: Vec<SmolStr> = Vec::new();
    for (bit, word) in ERRORS.iter().enumerate() {
        if is_set(bit) && !words.iter().any(|known| known == word) {
            words.push(SmolStr::new_static(word));
        }
    }
    words
}

/// What was walked and got, at this moment.
pub fn read(rows: &[Row], at: Timestamp) -> Mib {
    let told = |oid: &str| single(rows, oid).and_then(text).unwrap_or_default();
    let is_canon = match (single(rows, SYS_OBJECT), Oid::parse(super::canon::ENTERPRISE)) {
        (Some(Value::Oid(oid)), Some(canon)) => oid.below(&canon).is_some(),
        _ => false,
    };
    let model = Some(told(NAME)).filter(|name| !name.is_empty());
    Mib {
        model: model.unwrap_or_else(|| told(HR_DEVICE)),
        serial: told(SERIAL),
        device_id: told(DEVICE_ID),
        is_canon,
        state: match single(rows, HR_STATUS).and_then(Value::number) {
            Some(3) => Some(PrinterState::Idle),
            // Warming up is before printing.
            Some(4 | 5) => Some(PrinterState::Processing),
            _ => None,
        },
        reasons: single(rows, HR_ERRORS)
            .and_then(Value::octets)
            .map(reasons)
            .unwrap_or_default(),
        markers: markers(rows),
        trays: trays(rows, at),
        alerts: alerts(rows, at),
    }
}

#[cfg(test)]
pub(crate) mod tests;
