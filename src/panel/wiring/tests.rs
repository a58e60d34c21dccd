use super::*;

fn hardware(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hardware");
    std::fs::read_to_string(folder.join(file)).unwrap()
}

fn pins() -> Pins {
    Pins::parse(&hardware("panel.toml"), Path::new("hardware/panel.toml")).unwrap()
}

#[test]
fn diagram_and_table_are_those_of_the_map() {
    let again = "`cargo run -- panel-wiring` makes them anew";
    assert_eq!(svg(&pins()), hardware("wiring.svg"), "{again}");
    assert_eq!(table(&pins()), hardware("wiring.md"), "{again}");
}

#[test]
fn every_part_has_a_number_a_value_a_place_and_a_line() {
    let pins = pins();
    assert_eq!((pins.lights.len(), pins.buttons.len()), (4, 5));
    for wire in wires(&pins) {
        assert!(
            !wire.part.is_empty() && wire.pin > 0 && wire.ohms > 0.0,
            "{}",
            wire.name
        );
        assert!(wire.other.contains("pin"), "{}: {}", wire.name, wire.other);
    }
    // All of it is named in the assembly's text as well.
    let text = hardware("README.md");
    let display = pins.display.as_ref().unwrap();
    let numbers = pins
        .lights
        .iter()
        .map(|l| &l.part)
        .chain(pins.buttons.iter().map(|b| &b.part));
    for number in numbers.chain([&display.part]) {
        assert!(text.contains(number.as_str()), "{number}");
    }
}

/// The values of resistors that are sold everywhere (IEC 60063, E24).
const E24: [f64; 24] = [
    1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0, 3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2,
    9.1,
];

#[test]
fn resistors_can_be_bought_and_keep_the_limits() {
    let pins = pins();
    let mut all = pins.display.as_ref().unwrap().milliamperes;
    for wire in wires(&pins) {
        let decade = 10f64.powf(wire.ohms.log10().floor());
        assert!(
            E24.iter().any(|value| (value * decade - wire.ohms).abs() < 1e-6),
            "{}",
            wire.ohms
        );
        assert!(milliamperes(LIMITS.volts, wire.ohms) <= LIMITS.line_ma, "{}", wire.name);
        if wire.is_light {
            assert!(wire.ma >= 1.0, "{}: {} mA", wire.name, wire.ma);
            all += wire.ma;
        }
    }
    assert!(all <= LIMITS.all_ma, "{all}");
}

#[test]
fn a_map_of_another_board_draws_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("panel.toml");
    std::fs::write(&map, hardware("panel.toml").replace("raspberry-pi-4", "other")).unwrap();
    let error = run(&Options {
        map,
        out: folder.path().to_owned(),
    });
    assert!(matches!(error, Err(WiringError::NoHeader)));
}
