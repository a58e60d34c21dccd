//! The parts of a panel on any Linux: lines of the GPIO character device, lights below `/sys/class/leds`, an I²C bus.
//!
//! Buttons take the kernel's interface of today (uAPI v2, Linux 5.10): edges, debounce and pulls. Lights take it through
//! `linux-embedded-hal`, which speaks uAPI v1: all that an output needs. Where the kernel drives a light itself
//! (`leds-gpio`, `leds-pwm`), it is asked to; such a light shows life before the daemon is there and after it has gone,
//! and breathes where its line can.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, Value};
use gpiocdev::request::{Config, Request};
use linux_embedded_hal::gpio_cdev::{Chip, LineRequestFlags};
use linux_embedded_hal::{CdevPin, I2cdev};

use super::Parts;
use super::button::Line;
use super::glass::{Glass, Oled};
use super::lamp::{Lamp, PinLamp};
use super::part::Part;
use crate::panel::pins::{Active, ButtonPin, DisplayPin, LightPin, Pins, Pull};

/// Who has a line, as `gpioinfo` lists it.
const CONSUMER: &str = "platen";
/// The kernel's debounce. Contacts of such buttons bounce for 5 ms and less; the gestures settle on top of it.
const DEBOUNCE: Duration = Duration::from_millis(10);
/// How long a line is listened to without debounce, to find a flood.
const PROBE: Duration = Duration::from_millis(50);
/// More edges than that in [`PROBE`] are a flood: a press that comes just then bounces less.
const PROBE_EDGES: usize = 40;
/// Lights of the kernel.
const LEDS: &str = "/sys/class/leds";

/// The parts of a map, not opened yet.
pub fn parts(pins: &Pins) -> Parts {
    let chip = pins.chip.to_string();
    let lamps = pins.lights.iter().map(|pin| {
        let (chip, of) = (chip.clone(), pin.clone());
        let name = format!("light {} on line {}", pin.role.keyword(), pin.line);
        (pin.role, Part::new(name, move || lamp(&chip, &of)))
    });
    let lines = pins.buttons.iter().map(|pin| {
        let (chip, of) = (chip.clone(), pin.clone());
        let name = format!("button {} on line {}", pin.role.keyword(), pin.line);
        (pin.role, Part::new(name, move || line(&chip, &of)))
    });
    let glass = pins.display.clone().map(|pin| {
        let name = format!("display on I2C bus {}", pin.bus);
        Part::new(name, move || glass(&pin))
    });
    Parts {
        lamps: lamps.collect(),
        lines: lines.collect(),
        glass,
    }
}

/// The device of a chip: by its path, its name (`gpiochip0`) or its label (`pinctrl-bcm2711`).
fn chip_path(chip: &str) -> Result<PathBuf, String> {
    if chip.starts_with('/') {
        return Ok(chip.into());
    }
    let chips = gpiocdev::chip::chips().map_err(|error| format!("no GPIO chip can be listed: {error}"))?;
    let mut labels = Vec::new();
    for path in chips {
        if path.file_name().is_some_and(|name| name == chip) {
            return Ok(path);
        }
        let info = gpiocdev::Chip::from_path(&path).and_then(|opened| opened.info());
        match info {
            Ok(info) if info.label == chip => return Ok(path),
            Ok(info) => labels.push(info.label),
            Err(error) => log::debug!("{}: {error}", path.display()),
        }
    }
    Err(match labels.is_empty() {
        true => format!("there is no GPIO chip \"{chip}\" that Platen may open"),
        false => format!("there is no GPIO chip \"{chip}\"; there are {}", labels.join(", ")),
    })
}

/// Why a line can't be had, with its holder's name where there is one.
fn refused(path: &Path, line: u32, error: &dyn std::fmt::Display) -> String {
    let info = gpiocdev::Chip::from_path(path).and_then(|chip| chip.line_info(line));
    match info {
        Ok(info) if info.used => format!("line {line} is taken by \"{}\"", info.consumer),
        Ok(_) => format!("line {line} can't be had: {error}"),
        Err(_) => format!("there is no line {line} at {}: {error}", path.display()),
    }
}

fn lamp(chip: &str, pin: &LightPin) -> Result<Box<dyn Lamp>, String> {
    if let Some(led) = &pin.led {
        let folder = Path::new(LEDS).join(led.as_str());
        if folder.is_dir() {
            return Ok(Box::new(KernelLamp::open(folder)?));
        }
    }
    let path = chip_path(chip)?;
    let line = Chip::new(&path).and_then(|mut chip| chip.get_line(pin.line));
    let line = line.map_err(|error| refused(&path, pin.line, &error))?;
    // Dark at first, which of an active low light is the high level.
    let dark = u8::from(pin.active == Active::Low);
    let opened = line
        .request(LineRequestFlags::OUTPUT, dark, CONSUMER)
        .and_then(CdevPin::new);
    let opened = opened.map_err(|error| refused(&path, pin.line, &error))?;
    Ok(Box::new(PinLamp::new(opened, pin.active)))
}

/// A light that the kernel drives.
struct KernelLamp {
    folder: PathBuf,
    most: u32,
    /// What it did before we came, and shall do again when we go.
    trigger: Option<String>,
}

impl KernelLamp {
    fn open(folder: PathBuf) -> Result<Self, String> {
        let read = |file: &str| {
            let path = folder.join(file);
            std::fs::read_to_string(&path).map_err(|error| format!("{} can't be read: {error}", path.display()))
        };
        let most = read("max_brightness")?.trim().parse().unwrap_or(1);
        // The trigger at work stands in brackets: `none timer [heartbeat]`.
        let triggers = read("trigger").unwrap_or_default();
        let trigger = triggers.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
        let lamp = KernelLamp {
            trigger: trigger.map(|(name, _)| name.to_owned()).filter(|name| name != "none"),
            most,
            folder,
        };
        lamp.write("trigger", "none")?;
        Ok(lamp)
    }

    fn write(&self, file: &str, value: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        std::fs::write(&path, value).map_err(|error| format!("{} can't be written: {error}", path.display()))
    }
}

impl Lamp for KernelLamp {
    fn dims(&self) -> bool {
        self.most > 1
    }

    fn set(&mut self, level: u8) -> Result<(), String> {
        let level = u64::from(level) * u64::from(self.most) / u64::from(u8::MAX);
        self.write("brightness", &level.to_string())
    }
}

impl Drop for KernelLamp {
    fn drop(&mut self) {
        if let Some(trigger) = &self.trigger
            && let Err(error) = self.write("trigger", trigger)
        {
            log::debug!("{error}");
        }
    }
}

#[cfg(feature = "rppal")]
fn line(chip: &str, pin: &ButtonPin) -> Result<Box<dyn Line>, String> {
    match super::rppal::line(pin, DEBOUNCE) {
        Some(line) => line,
        None => cdev_line(chip, pin),
    }
}

#[cfg(not(feature = "rppal"))]
fn line(chip: &str, pin: &ButtonPin) -> Result<Box<dyn Line>, String> {
    cdev_line(chip, pin)
}

fn cdev_line(chip: &str, pin: &ButtonPin) -> Result<Box<dyn Line>, String> {
    let path = chip_path(chip)?;
    let bias = match pin.pull {
        Pull::Up => Bias::PullUp,
        Pull::Down => Bias::PullDown,
        Pull::None => Bias::Disabled,
    };
    let mut config = Config::default();
    config
        .with_line(pin.line)
        .as_input()
        .with_bias(bias)
        .with_edge_detection(EdgeDetection::BothEdges);
    match pin.active {
        Active::High => config.as_active_high(),
        Active::Low => config.as_active_low(),
    };
    let mut debounced = config.clone();
    debounced.with_debounce_period(DEBOUNCE);
    let request = Request::from_config(debounced.clone())
        .on_chip(&path)
        .with_consumer(CONSUMER)
        .request();
    let request = request.map_err(|error| refused(&path, pin.line, &error))?;
    config.with_debounce_period(Duration::ZERO);
    Ok(Box::new(CdevLine {
        request,
        plain: config,
        debounced,
        line: pin.line,
    }))
}

/// A button on a line of the character device.
struct CdevLine {
    request: Request,
    plain: Config,
    debounced: Config,
    line: u32,
}

fn failed(error: gpiocdev::Error) -> String {
    format!("stopped answering: {error}")
}

impl Line for CdevLine {
    fn is_down(&mut self) -> Result<bool, String> {
        let value = self.request.value(self.line).map_err(failed)?;
        Ok(value == Value::Active)
    }

    fn wait(&mut self, most: Duration) -> Result<Option<bool>, String> {
        if !self.request.wait_edge_event(most).map_err(failed)? {
            return Ok(None);
        }
        let event = self.request.read_edge_event().map_err(failed)?;
        Ok(Some(event.kind == EdgeKind::Rising))
    }

    fn floods(&mut self) -> Result<bool, String> {
        self.request.reconfigure(&self.plain).map_err(failed)?;
        let end = std::time::Instant::now() + PROBE;
        let mut edges = 0;
        while edges <= PROBE_EDGES {
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() || !self.request.wait_edge_event(left).map_err(failed)? {
                break;
            }
            self.request.read_edge_event().map_err(failed)?;
            edges += 1;
        }
        self.request.reconfigure(&self.debounced).map_err(failed)?;
        Ok(edges > PROBE_EDGES)
    }
}

fn glass(pin: &DisplayPin) -> Result<Box<dyn Glass>, String> {
    let path = format!("/dev/i2c-{}", pin.bus);
    let bus = I2cdev::new(&path).map_err(|error| format!("{path} can't be opened: {error}"))?;
    Ok(Box::new(Oled::open(bus, pin.address, pin.turned)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_of_the_kernel_is_dimmed_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("max_brightness"), "100\n").unwrap();
        std::fs::write(file("trigger"), "none timer [heartbeat] default-on\n").unwrap();
        std::fs::write(file("brightness"), "0\n").unwrap();
        let mut lamp = KernelLamp::open(folder.path().to_owned()).unwrap();
        assert!(lamp.dims());
        assert_eq!(std::fs::read_to_string(file("trigger")).unwrap(), "none");
        lamp.set(128).unwrap();
        assert_eq!(std::fs::read_to_string(file("brightness")).unwrap(), "50");
        drop(lamp);
        assert_eq!(std::fs::read_to_string(file("trigger")).unwrap(), "heartbeat");
    }

    #[test]
    fn what_is_not_there_is_said_in_words() {
        let error = chip_path("no such chip").unwrap_err();
        assert!(error.contains("no such chip"), "{error}");
        let pin = DisplayPin {
            bus: 250,
            address: 0x3c,
            milliamperes: 20.0,
            turned: false,
            part: "".into(),
        };
        assert!(glass(&pin).err().unwrap().contains("/dev/i2c-250"));
    }
}
