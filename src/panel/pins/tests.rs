use super::*;

const LIGHT: &str =
    "\n[[light]]\nrole = \"ready\"\nline = 17\ncolour = \"green\"\nforward-volts = 2.0\nresistor-ohms = 270\n";
const BUTTON: &str = "\n[[button]]\nrole = \"pause\"\nline = 5\nresistor-ohms = 1000\ncolour = \"white\"\n";
const HEAD: &str = "board = \"raspberry-pi-4\"\nchip = \"pinctrl-bcm2711\"\nsupply-volts = 3.3\n";

fn parse(text: &str) -> Result<Pins, String> {
    Pins::parse(text, Path::new("panel.toml")).map_err(|e| e.to_string())
}

#[test]
fn parts_may_be_missing() {
    assert_eq!(parse(HEAD).unwrap().lights.len(), 0);
    let some = parse(&format!("{HEAD}{LIGHT}{BUTTON}[display]\nbus = 1\n")).unwrap();
    assert_eq!(some.light(LightRole::Ready).unwrap().active, Active::High);
    assert!(some.light(LightRole::Fault).is_none());
    let button = some.button(ButtonRole::Pause).unwrap();
    assert_eq!((button.pull, button.active), (Pull::Up, Active::Low));
    assert_eq!(some.display.unwrap().address, 0x3c);
}

#[test]
fn what_clashes_or_burns_is_refused_in_one_sentence() {
    let all = format!("{HEAD}{LIGHT}{BUTTON}");
    for (from, to, says) in [
        ("line = 17", "line = 2", "I2C"),
        ("line = 17", "line = 3", "I2C"),
        ("line = 17", "line = 14", "UART"),
        ("line = 5", "line = 15", "UART"),
        ("line = 5", "line = 50", "SD card"),
        ("line = 5", "line = 36", "wireless"),
        ("line = 5", "line = 0", "identity memory"),
        ("line = 5", "line = 30", "inside the board"),
        ("line = 5", "line = 58", "not there"),
        ("line = 5", "line = 4000000000", "not there"),
        ("line = 5", "line = -1", "line 14"),
        ("line = 5", "line = 17", "has both the light ready and the button pause"),
        ("supply-volts = 3.3", "supply-volts = 5", "3.3 V"),
        ("supply-volts = 3.3", "supply-volts = nan", "3.3 V"),
        ("resistor-ohms = 270", "resistor-ohms = 100", "206 ohms"),
        ("resistor-ohms = 270", "resistor-ohms = 0", "206 ohms"),
        ("resistor-ohms = 270", "resistor-ohms = 10000", "nobody sees"),
        ("resistor-ohms = 1000", "resistor-ohms = 47", "the button pause"),
        ("forward-volts = 2.0", "forward-volts = 3.3", "forward-volts"),
        ("role = \"pause\"", "role = \"pauze\"", "pauze"),
        ("colour = \"white\"", "color = \"white\"", "color"),
        ("board = \"raspberry-pi-4\"", "board = \"abacus\"", "abacus"),
        (
            "role = \"pause\"",
            "role = \"pause\"\npull = \"down\"",
            "while nobody touches it",
        ),
    ] {
        assert!(all.contains(from), "{from}");
        let said = parse(&all.replace(from, to)).unwrap_err();
        assert!(said.contains(says) && !said.contains('\n'), "{to}: {said}");
    }
    let twice = parse(&format!("{all}{}", LIGHT.replace("17", "27"))).unwrap_err();
    assert!(twice.contains("named twice"), "{twice}");
    let bus = parse(&format!("{HEAD}[display]\nbus = 0\n")).unwrap_err();
    assert!(bus.contains("bus 1"), "{bus}");
    let address = parse(&format!("{HEAD}[display]\nbus = 1\naddress = 0x50\n")).unwrap_err();
    assert!(address.contains("0x3c"), "{address}");
}

#[test]
fn all_together_have_a_limit() {
    let lights: String = ["ready", "busy", "attention", "fault"]
        .iter()
        .zip([17, 27, 22, 23])
        .map(|(role, line)| {
            LIGHT
                .replace("\"ready\"", &format!("\"{role}\""))
                .replace("17", &line.to_string())
                .replace("270", "207")
        })
        .collect();
    let lights = format!("{HEAD}{lights}");
    assert_eq!(parse(&lights).unwrap().lights.len(), 4);
    // 4 × 1.3 V ÷ 207 Ω are 25.1 mA.
    let said = parse(&format!("{lights}[display]\nbus = 1\n")).unwrap_err();
    assert!(said.contains("50.1 mA") && said.contains("50 mA"), "{said}");
}

#[test]
fn a_simulated_chip_has_any_line() {
    let text = format!("{HEAD}{LIGHT}{BUTTON}")
        .replace("raspberry-pi-4", "other")
        .replace("line = 5", "line = 2");
    assert_eq!(parse(&text).unwrap().button(ButtonRole::Pause).unwrap().line, 2);
}
