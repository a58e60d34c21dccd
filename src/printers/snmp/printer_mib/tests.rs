use proptest::prelude::*;

use super::*;
use crate::printers::canon::status::tests::INKS;

const AT: Timestamp = Timestamp(1_000);

fn row(oid: &str, value: Value) -> Row {
    Row {
        oid: Oid::parse(oid).unwrap(),
        value,
    }
}

fn text_of(text: &str) -> Value {
    Value::Octets(text.as_bytes().to_vec())
}

/// The supplies of a PRO-1000: twelve rows, of which six tell no level.
pub fn pro_1000() -> Vec<Row> {
    let mut rows = vec![
        row(SYS_OBJECT, Value::Oid(Oid::parse("1.3.6.1.4.1.1602.4.7").unwrap())),
        row(HR_DEVICE, text_of("Canon PRO-1000 series")),
        row(HR_STATUS, Value::Integer(3)),
        row(HR_ERRORS, Value::Octets(vec![0x20])),
    ];
    let told = ["C", "MBK", "PBK", "GY", "Y", "M"];
    for (number, (code, level)) in (1u32..).zip(INKS) {
        let level = if told.contains(&code) { i64::from(level) } else { -2 };
        let cells = [
            (2, Value::Integer(1)),
            (3, Value::Integer(i64::from(number))),
            (4, Value::Integer(3)),
            (5, Value::Integer(6)),
            (6, text_of(code)),
            (7, Value::Integer(19)),
            (8, Value::Integer(100)),
            (9, Value::Integer(level)),
        ];
        rows.extend(cells.map(|(column, value)| row(&format!("{SUPPLIES}.1.{column}.1.{number}"), value)));
    }
    rows
}

#[test]
fn a_pro_1000_tells_twelve_inks_and_six_levels() {
    let mib = read(&pro_1000(), AT);
    assert!(mib.is_canon);
    assert_eq!(
        (mib.model.as_str(), mib.state),
        ("Canon PRO-1000 series", Some(PrinterState::Idle))
    );
    assert_eq!(mib.reasons, ["marker-supply-low"]);
    assert_eq!(mib.markers.len(), 12);
    let known: Vec<(&str, i32)> = mib
        .markers
        .iter()
        .filter(|marker| marker.level >= 0)
        .map(|marker| (marker.name.as_str(), marker.level))
        .collect();
    assert_eq!(
        known,
        [("C", 80), ("MBK", 20), ("PBK", 20), ("GY", 80), ("Y", 10), ("M", 100)]
    );
    assert!(
        mib.markers
            .iter()
            .filter(|marker| marker.level < 0)
            .all(|marker| marker.level == -2)
    );
    assert_eq!(
        (mib.markers[4].color.as_str(), mib.markers[4].kind.as_str()),
        ("#252525", "ink-cartridge")
    );
}

#[test]
fn trays_alerts_and_receptacles_are_read() {
    let mut rows = vec![
        row(&format!("{INPUTS}.1.9.1.1"), Value::Integer(20)),
        row(&format!("{INPUTS}.1.10.1.1"), Value::Integer(-3)),
        row(&format!("{INPUTS}.1.12.1.1"), text_of("na-letter-white")),
        row(&format!("{INPUTS}.1.13.1.1"), text_of("Rear Tray\0")),
        row(&format!("{INPUTS}.1.10.1.2"), Value::Gauge(u32::MAX)),
    ];
    for (number, severity, code, said) in [(1, 4, 1105, "Ink is low"), (2, 3, 8, "Paper jam"), (3, 1, 31_007, "")] {
        rows.push(row(&format!("{ALERTS}.1.2.1.{number}"), Value::Integer(severity)));
        rows.push(row(&format!("{ALERTS}.1.7.1.{number}"), Value::Integer(code)));
        rows.push(row(&format!("{ALERTS}.1.8.1.{number}"), text_of(said)));
    }
    let waste = [(4, 4), (5, 8), (7, 19), (8, 100), (9, 77)];
    rows.extend(waste.map(|(column, n)| row(&format!("{SUPPLIES}.1.{column}.1.9"), Value::Integer(n))));
    rows.push(row(
        &format!("{SUPPLIES}.1.6.1.9"),
        Value::Octets(b"Caf\xe9 waste".to_vec()),
    ));
    let mib = read(&rows, AT);
    let trays: Vec<(&str, &str, i32, i32)> = mib
        .trays
        .iter()
        .map(|t| (t.name.as_str(), t.media.as_str(), t.level, t.capacity))
        .collect();
    assert_eq!(
        trays,
        [("Rear Tray", "na-letter-white", -3, 20), ("tray-2", "", -2, -2)]
    );
    let alerts: Vec<(&str, &str)> = mib.alerts.iter().map(|a| (a.code.as_str(), a.text.as_str())).collect();
    assert_eq!(
        alerts,
        [
            ("media-jam", "Paper jam"),
            ("marker-ink-almost-empty", "Ink is low"),
            ("31007", "")
        ]
    );
    let waste = &mib.markers[0];
    assert_eq!(
        (waste.name.as_str(), waste.kind.as_str(), waste.level),
        ("Café waste", "waste-ink", 23)
    );
}

#[test]
fn error_states_of_any_length_are_read() {
    assert_eq!(reasons(&[]), Vec::<SmolStr>::new());
    assert_eq!(reasons(&[0x48]), ["media-empty", "door-open"]);
    assert_eq!(reasons(&[0x40, 0x04, 0xff]), ["media-empty"]);
    assert_eq!(reasons(&[0xff; 9]).len(), 13);
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let roots = [SUPPLIES, INPUTS, ALERTS, COLORANTS, "1.3.6.1.2.1.43.5.1.1"];
    let value = prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        (-4i64..120).prop_map(Value::Integer),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Octets),
        Just(Value::Null),
    ];
    let row = (
        prop::sample::select(roots.to_vec()),
        prop::collection::vec(0..12u32, 0..5),
        value,
    );
    let row = row.prop_map(|(root, below, value)| Row {
        oid: Oid::parse(root).unwrap().child(&below),
        value,
    });
    prop::collection::vec(row, 0..300)
}

proptest! {
    #[test]
    fn whatever_an_agent_tells_is_bounded_and_sane(rows in rows()) {
        let mib = read(&rows, AT);
        prop_assert!(mib.markers.len() <= MOST_ROWS && mib.trays.len() <= MOST_ROWS && mib.alerts.len() <= MOST_ROWS);
        for marker in &mib.markers {
            prop_assert!((-3..=100).contains(&marker.level));
            prop_assert!(!marker.name.is_empty() && !marker.name.chars().any(char::is_control));
        }
    }
}
