//! The front panel where there is none: the overlay for the kernel against the pin map, and a daemon whose parts are
//! missing. What needs lines (gpio-sim) runs in the test image.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use platen::panel::Pins;
use platen::panel::pins::Active;

use crate::common::daemon::{Daemon, Launch};
use crate::common::wait_for;

fn hardware(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hardware").join(file)
}

fn dtc(arguments: &[&str], file: &Path) -> Vec<u8> {
    // A missing compiler is no reason to pass.
    let output = Command::new("dtc")
        .args(arguments)
        .arg(file)
        .output()
        .expect("dtc (Debian: device-tree-compiler)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output.stdout
}

/// The value of a property that stands alone in its line: `label = "platen:ready";`.
fn property<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?;
    Some(rest.trim().trim_end_matches(';').trim_matches(['"', '<', '>']))
}

#[test]
fn the_overlay_has_the_lines_of_the_map() {
    let pins = Pins::read(&hardware("panel.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let blob = folder.path().join("panel.dtbo");
    fs::write(
        &blob,
        dtc(
            &["-@", "-W", "no-all", "-I", "dts", "-O", "dtb"],
            &hardware("panel-overlay.dts"),
        ),
    )
    .unwrap();
    // What the compiler understood, not what was typed.
    let source = String::from_utf8(dtc(&["-q", "-q", "-I", "dtb", "-O", "dts"], &blob)).unwrap();
    assert!(source.contains("compatible = \"brcm,bcm2711\""), "{source}");
    let mut found = BTreeMap::new();
    let mut label = None;
    for line in source.lines() {
        label = property(line, "label").or(label);
        if let (Some(gpios), Some(label)) = (property(line, "gpios"), label) {
            let cells: Vec<u32> = gpios
                .split_whitespace()
                .map(|cell| u32::from_str_radix(cell.trim_start_matches("0x"), 16).unwrap())
                .collect();
            // Chip, line, flags: bit 0 is GPIO_ACTIVE_LOW.
            found.insert(label.to_owned(), (cells[1], cells[2] & 1));
        }
    }
    let wanted: BTreeMap<String, (u32, u32)> = pins
        .lights
        .iter()
        .map(|light| {
            let led = light
                .led
                .clone()
                .expect("every light of the map has its name in the kernel");
            (led.to_string(), (light.line, u32::from(light.active == Active::Low)))
        })
        .collect();
    assert_eq!(found, wanted);
    // The chip is the board's, and the bus is the one on which the display is.
    let fixed = |name: &str| {
        source
            .lines()
            .find_map(|line| property(line, name))
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(fixed("gpio").matches("gpios").count(), pins.lights.len());
    assert!(!fixed(&format!("i2c{}", pins.display.unwrap().bus)).is_empty());
    // No line of a button is taken from the daemon.
    assert!(!source.contains("gpio-keys"));
}

#[test]
fn a_daemon_whose_panel_is_not_there_prints_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let map = fs::read_to_string(hardware("panel.toml")).unwrap();
    fs::write(
        folder.path().join("panel.toml"),
        map.replace("pinctrl-bcm2711", "no-such-chip"),
    )
    .unwrap();
    let config = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[panel]\npins = \"panel.toml\"\n";
    let daemon = Daemon::start(folder.path(), config);
    // Four lights, five buttons, a display: each is told once, however often it is tried again.
    let told = || daemon.log().matches("the panel's").count();
    wait_for("every missing part to be told", Duration::from_secs(60), || {
        (told() == 10).then_some(())
    });
    std::thread::sleep(Duration::from_secs(4));
    let log = daemon.log();
    assert_eq!(log.matches("the panel's").count(), 10, "{log}");
    assert!(log.contains("no-such-chip"), "{log}");
    assert!(daemon.interrupt().success());
}

#[test]
fn a_map_that_is_wrong_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let map = fs::read_to_string(hardware("panel.toml")).unwrap();
    fs::write(folder.path().join("panel.toml"), map.replace("line = 26", "line = 2")).unwrap();
    let config = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[panel]\npins = \"panel.toml\"\n";
    let Err((status, said)) = Daemon::try_start(folder.path(), config, &Launch::default()) else {
        panic!("it started");
    };
    assert_eq!(status.code(), Some(78), "{said}");
    assert!(
        said.contains("the button setup can't have line 2") && said.contains("I2C"),
        "{said}"
    );
}
