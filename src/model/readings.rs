//! What a printer tells beside its state: trays, alerts, and how each value was read.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Timestamp;

/// How a value of a printer was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBy {
    /// `marker-*`, `media-col-ready` and their like.
    #[default]
    Ipp,
    /// `printer-supply`, `printer-input-tray`, `printer-alert`: the Printer-MIB's rows, by IPP (PWG 5100.13).
    IppRows,
    /// The Printer-MIB, by SNMP (RFC 3805).
    PrinterMib,
    /// Canon's status document.
    CanonStatus,
}

impl ReadBy {
    /// What programs call it.
    pub const fn keyword(self) -> &'static str {
        match self {
            ReadBy::Ipp => "ipp",
            ReadBy::IppRows => "ipp-rows",
            ReadBy::PrinterMib => "printer-mib",
            ReadBy::CanonStatus => "canon-status",
        }
    }

    /// What people call it.
    pub const fn shown(self) -> &'static str {
        match self {
            ReadBy::Ipp | ReadBy::IppRows => "IPP",
            ReadBy::PrinterMib => "SNMP",
            ReadBy::CanonStatus => "Canon's status",
        }
    }
}

/// How and when something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How.
    pub by: ReadBy,
    /// When.
    pub at: Timestamp,
}

/// A feeder as the printer tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tray {
    /// What the printer calls it: as a rule a word of `media-source-supported`.
    pub name: SmolStr,
    /// The medium that it names; empty: none.
    pub media: SmolStr,
    /// Sheets in it; −1 other, −2 unknown, −3 some.
    pub level: i32,
    /// Sheets that it holds; −1 any number, −2 unknown.
    pub capacity: i32,
    /// How and when that was read.
    pub reading: Reading,
}

/// How bad an alert is (prtAlertSeverityLevel, RFC 3805).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It says no more than that.
    Other,
    /// It prints on.
    Warning,
    /// It has stopped.
    Critical,
}

/// Something that the printer complains of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// How bad it is.
    pub severity: Severity,
    /// Its word or number: `jam`, or a support code.
    pub code: SmolStr,
    /// What the printer says of it; empty: nothing.
    pub text: SmolStr,
    /// How and when that was read.
    pub reading: Reading,
}

/// What a printer tells beside its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Details {
    /// How each of `markers` was read, in their order.
    #[serde(default)]
    pub markers: Vec<Reading>,
    /// Its feeders.
    #[serde(default)]
    pub trays: Vec<Tray>,
    /// What it complains of.
    #[serde(default)]
    pub alerts: Vec<Alert>,
}
