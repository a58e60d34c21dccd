//! Rows of the Printer-MIB as IPP has them, one text each: `key=value;…` (PWG 5100.13 for supplies and trays, PWG 5100.9 for
//! alerts). Their levels count as the MIB's do.

use smol_str::{SmolStr, format_smolstr};

use super::clean;
use super::supplies::keyword;
use crate::ipp::codec::{Group, Value};
use crate::model::{Alert, Marker, ReadBy, Reading, Severity, Timestamp, Tray};
use crate::printers::colors;
use crate::printers::traps::{self, Slot};

/// Most rows of a kind.
const MOST_ROWS: usize = 64;
/// Longest row, in bytes.
const MOST_BYTES: usize = 4_096;

/// A row, apart.
struct Fields(Vec<(String, SmolStr)>);

impl Fields {
    fn read(row: &str) -> Fields {
        let pair = |pair: &str| {
            let (key, value) = pair.split_once('=')?;
            Some((key.trim().to_ascii_lowercase(), SmolStr::new(clean(value).trim())))
        };
        Fields(row.split(';').take(32).filter_map(pair).collect())
    }

    fn word(&self, key: &str) -> SmolStr {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.word(key).parse().ok()
    }
}

/// The rows of an attribute. The standard has octetString; some printers send text.
fn rows(printer: &Group, name: &str) -> Vec<Fields> {
    let values = printer.get(name).map_or(&[][..], |a| &a.values);
    let text = |value: &Value| match value {
        Value::OctetString(octets) if octets.len() <= MOST_BYTES => String::from_utf8(octets.clone()).ok(),
        Value::OctetString(_) => None,
        other => other
            .as_str()
            .filter(|text| text.len() <= MOST_BYTES)
            .map(str::to_owned),
    };
    let rows = values.iter().take(MOST_ROWS).filter_map(text);
    rows.map(|row| Fields::read(&row)).collect()
}

fn texts(printer: &Group, name: &str) -> Vec<SmolStr> {
    super::words(printer, name)
        .iter()
        .map(|text| clean(text).trim().into())
        .collect()
}

/// The supplies of `printer-supply`, for a printer that has no `marker-*`.
pub fn markers(printer: &Group) -> Vec<Marker> {
    let names = texts(printer, "printer-supply-description");
    let slot = |(at, row): (usize, Fields)| {
        let kind = keyword(&row.word("type"));
        Slot {
            name: names.get(at).cloned().unwrap_or_default(),
            colorant: row.word("colorantname"),
            is_receptacle: keyword(&row.word("class")).starts_with("receptacle") || kind.starts_with("waste"),
            kind: if kind.is_empty() {
                SmolStr::new_static("unknown")
            } else {
                kind
            },
            is_percent: row.word("unit") == "percent",
            capacity: row.number("maxcapacity").unwrap_or(-2),
            level: row.number("level").unwrap_or(-2),
        }
    };
    let slots: Vec<Slot> = rows(printer, "printer-supply")
        .into_iter()
        .enumerate()
        .map(slot)
        .collect();
    traps::real(&slots)
        .map(|slot| traps::marker(slot, colors::of))
        .collect()
}

/// The feeders of `printer-input-tray`.
pub fn trays(printer: &Group, at: Timestamp) -> Vec<Tray> {
    let sheets = |n: Option<i64>| n.filter(|n| (-3..=1_000_000).contains(n)).map_or(-2, |n| n as i32);
    let tray = |(place, row): (usize, Fields)| Tray {
        name: match row.word("name") {
            name if name.is_empty() => format_smolstr!("tray-{}", place + 1),
            name => name,
        },
        media: row.word("medianame"),
        level: sheets(row.number("level")),
        capacity: sheets(row.number("maxcapacity")),
        reading: Reading {
            by: ReadBy::IppRows,
            at,
        },
    };
    rows(printer, "printer-input-tray")
        .into_iter()
        .enumerate()
        .map(tray)
        .collect()
}

/// The alerts of `printer-alert`, the worst first.
pub fn alerts(printer: &Group, at: Timestamp) -> Vec<Alert> {
    let said = texts(printer, "printer-alert-description");
    let alert = |(place, row): (usize, Fields)| {
        let code = row.word("code");
        (!code.is_empty()).then(|| Alert {
            severity: match row.word("severity").as_str() {
                "critical" => Severity::Critical,
                "warning" | "warningBinaryChangeEvent" => Severity::Warning,
                _ => Severity::Other,
            },
            code: keyword(&code),
            text: said.get(place).cloned().unwrap_or_default(),
            reading: Reading {
                by: ReadBy::IppRows,
                at,
            },
        })
    };
    let rows = rows(printer, "printer-alert").into_iter().enumerate();
    let mut alerts: Vec<Alert> = rows.filter_map(alert).collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    alerts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ipp::codec::group;

    const AT: Timestamp = Timestamp(7);

    fn printer(name: &str, rows: &[&str]) -> Group {
        let mut printer = Group::new(group::PRINTER);
        let octets = |row: &&str| Value::OctetString(row.as_bytes().to_vec());
        printer.push_all(name, rows.iter().map(octets).collect());
        printer
    }

    /// A printer of six inks whose firmware has twelve slots, as a TZ-32000 tells them.
    #[test]
    fn slots_without_a_tank_are_left_out_and_waste_is_turned_round() {
        let tank = |color: &str, capacity, level| {
            format!(
                "index=1;class=supplyThatIsConsumed;type=inkCartridge;unit=percent;maxcapacity={capacity};level={level};\
                 colorantname={color};"
            )
        };
        let mut all: Vec<String> = ["matteBlack", "photoBlack", "cyan", "magenta", "yellow", "gray"]
            .map(|color| tank(color, 100, 60))
            .to_vec();
        all.extend(["none", "unknown", "none", "none", "none", "none"].map(|color| tank(color, 100, 0)));
        all.push(
            "class=receptacleThatIsFilled;type=wasteInk;unit=percent;maxcapacity=100;level=77;colorantname=none".into(),
        );
        let rows: Vec<&str> = all.iter().map(String::as_str).collect();
        let markers = markers(&printer("printer-supply", &rows));
        let told: Vec<(&str, i32)> = markers.iter().map(|m| (m.name.as_str(), m.level)).collect();
        assert_eq!(
            told,
            [
                ("matteBlack", 60),
                ("photoBlack", 60),
                ("cyan", 60),
                ("magenta", 60),
                ("yellow", 60),
                ("gray", 60),
                ("waste-ink", 23),
            ]
        );
        assert_eq!(
            (markers[0].color.as_str(), markers[6].kind.as_str()),
            ("#252525", "waste-ink")
        );
    }

    #[test]
    fn trays_and_alerts_are_read() {
        let rows = [
            "type=sheetFeedManual;maxcapacity=1;level=-3;name=manual;",
            "level=99999999999;maxcapacity=x",
        ];
        let trays = trays(&printer("printer-input-tray", &rows), AT);
        let told: Vec<(&str, i32, i32)> = trays.iter().map(|t| (t.name.as_str(), t.level, t.capacity)).collect();
        assert_eq!(told, [("manual", -3, 1), ("tray-2", -2, -2)]);
        let mut alerting = printer(
            "printer-alert",
            &[
                "code=coverOpen;severity=warning;index=1",
                "code=jam;severity=critical",
                "severity=critical",
            ],
        );
        alerting.push_all(
            "printer-alert-description",
            ["Cover", "Jam\u{7}!"].map(Value::text).to_vec(),
        );
        let alerts = alerts(&alerting, AT);
        let told: Vec<(&str, &str)> = alerts.iter().map(|a| (a.code.as_str(), a.text.as_str())).collect();
        assert_eq!(told, [("jam", "Jam!"), ("cover-open", "Cover")]);
    }

    proptest! {
        #[test]
        fn any_text_may_come(rows in prop::collection::vec("[a-z=;0-9-]{0,80}", 0..70)) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            for name in ["printer-supply", "printer-input-tray", "printer-alert"] {
                let group = printer(name, &rows);
                prop_assert!(markers(&group).iter().all(|m| (-3..=100).contains(&m.level) && !m.name.is_empty()));
                prop_assert!(trays(&group, AT).len() <= MOST_ROWS && alerts(&group, AT).len() <= MOST_ROWS);
            }
        }
    }
}
