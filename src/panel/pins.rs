//! The pin map: which line of the machine has which light and button, and where the display is.
//!
//! One file, `hardware/panel.toml`, is read by the daemon, by the wiring diagram and by the test of the device-tree
//! overlay. Parts are left out by not naming them; what would clash or burn is refused in one sentence.

mod board;
mod electric;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use smol_str::SmolStr;

pub use board::{Board, HeaderPin};
pub use electric::{LIMITS, Limits, milliamperes};

/// What a light tells of ([`super::lights`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LightRole {
    /// Printers can print.
    Ready,
    /// Something is printed, or waits.
    Busy,
    /// A person is wanted.
    Attention,
    /// Something is wrong.
    Fault,
}

impl LightRole {
    /// All, from left to right.
    pub const ALL: [LightRole; 4] = [Self::Ready, Self::Busy, Self::Attention, Self::Fault];

    /// Its word.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Attention => "attention",
            Self::Fault => "fault",
        }
    }
}

/// What a button is for ([`super::acts`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ButtonRole {
    /// Pauses and resumes.
    Pause,
    /// Cancels, when it is held.
    Cancel,
    /// Goes on to the next printer or answer.
    Select,
    /// Does what the display offers.
    Action,
    /// Shows the address; resets, when it is held.
    Setup,
}

impl ButtonRole {
    /// All, from left to right.
    pub const ALL: [ButtonRole; 5] = [Self::Pause, Self::Cancel, Self::Select, Self::Action, Self::Setup];

    /// Its word.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Cancel => "cancel",
            Self::Select => "select",
            Self::Action => "action",
            Self::Setup => "setup",
        }
    }
}

/// Which level means on, or pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Active {
    /// 3.3 V
    High,
    /// 0 V
    Low,
}

/// What holds a line at its resting level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pull {
    /// A resistor to 3.3 V inside the chip.
    Up,
    /// A resistor to 0 V inside the chip.
    Down,
    /// Nothing: there is a resistor outside.
    None,
}

/// One light.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LightPin {
    /// What it tells of.
    pub role: LightRole,
    /// The line of the chip.
    pub line: u32,
    /// Which level lights it.
    #[serde(default = "high")]
    pub active: Active,
    /// Its colour, for the drawings: patterns tell the rest.
    pub colour: SmolStr,
    /// Its forward voltage in volts, from its data sheet.
    pub forward_volts: f64,
    /// The resistor in series, in ohms.
    pub resistor_ohms: f64,
    /// Its order number.
    #[serde(default)]
    pub part: SmolStr,
    /// Its name below `/sys/class/leds`, where the kernel drives it.
    #[serde(default)]
    pub led: Option<SmolStr>,
}

/// One button.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ButtonPin {
    /// What it is for.
    pub role: ButtonRole,
    /// The line of the chip.
    pub line: u32,
    /// What holds it while it is not pressed.
    #[serde(default = "up")]
    pub pull: Pull,
    /// Which level means that it is pressed.
    #[serde(default = "low")]
    pub active: Active,
    /// The resistor in series, in ohms: what flows should the line become an output by mistake.
    pub resistor_ohms: f64,
    /// The colour of its cap, for the drawings.
    pub colour: SmolStr,
    /// Its order number.
    #[serde(default)]
    pub part: SmolStr,
}

/// The display.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DisplayPin {
    /// The number of its I²C bus: `/dev/i2c-1`.
    pub bus: u8,
    /// Its address there, 7 bits.
    #[serde(default = "address")]
    pub address: u8,
    /// What it takes at the most, in milliamperes, from its data sheet.
    #[serde(default = "display_ma")]
    pub milliamperes: f64,
    /// It hangs upside down.
    #[serde(default)]
    pub turned: bool,
    /// Its order number.
    #[serde(default)]
    pub part: SmolStr,
}

/// The whole map.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pins {
    /// Whose lines they are: what else has lines there.
    pub board: Board,
    /// The GPIO chip: its label, its name, or its path.
    pub chip: SmolStr,
    /// What the parts are fed with, in volts.
    pub supply_volts: f64,
    /// The lights.
    #[serde(default, rename = "light")]
    pub lights: Vec<LightPin>,
    /// The buttons.
    #[serde(default, rename = "button")]
    pub buttons: Vec<ButtonPin>,
    /// The display, where there is one.
    #[serde(default)]
    pub display: Option<DisplayPin>,
}

const fn high() -> Active {
    Active::High
}

const fn low() -> Active {
    Active::Low
}

const fn up() -> Pull {
    Pull::Up
}

const fn address() -> u8 {
    ADDRESSES[0]
}

/// Modules of this size with every dot lit, rounded up (SSD1306 data sheet, table 12-1, and what sellers of them measure).
const fn display_ma() -> f64 {
    25.0
}

/// The two addresses that such a display can have (SSD1306 data sheet, 8.1.5).
const ADDRESSES: [u8; 2] = [0x3c, 0x3d];

/// Why a map can't be used. One line, for the person who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum PinsError {
    /// The file can't be read.
    #[error("the pin map {path} can't be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not right.
    #[error("the pin map {path} is wrong{place}: {what}")]
    Wrong {
        /// Which.
        path: PathBuf,
        /// ` in line N`, where known.
        place: String,
        /// What is wrong, and what to do.
        what: String,
    },
}

impl Pins {
    /// Reads a file.
    ///
    /// # Errors
    /// [`PinsError`].
    pub fn read(path: &Path) -> Result<Pins, PinsError> {
        let text = std::fs::read_to_string(path).map_err(|source| PinsError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads a text; `path` is for its errors.
    ///
    /// # Errors
    /// [`PinsError::Wrong`].
    pub fn parse(text: &str, path: &Path) -> Result<Pins, PinsError> {
        let wrong = |(place, what): (String, String)| PinsError::Wrong {
            path: path.to_owned(),
            place,
            what,
        };
        let pins: Pins = toml::from_str(text).map_err(|error| wrong(crate::config::placed(text, &error)))?;
        pins.check().map_err(|what| wrong((String::new(), what)))?;
        Ok(pins)
    }

    fn check(&self) -> Result<(), String> {
        let mut taken: HashMap<u32, String> = HashMap::new();
        let mut roles: Vec<String> = Vec::new();
        let lights = self
            .lights
            .iter()
            .map(|l| (format!("the light {}", l.role.keyword()), l.line));
        let buttons = self
            .buttons
            .iter()
            .map(|b| (format!("the button {}", b.role.keyword()), b.line));
        for (part, line) in lights.chain(buttons) {
            if roles.contains(&part) {
                return Err(format!("{part} is named twice: leave one of them out"));
            }
            self.board.check(&part, line)?;
            if let Some(other) = taken.insert(line, part.clone()) {
                return Err(format!(
                    "line {line} has both {other} and {part}: give one of them another line"
                ));
            }
            roles.push(part);
        }
        for button in &self.buttons {
            let rests_pressed = matches!(
                (button.pull, button.active),
                (Pull::Up, Active::High) | (Pull::Down, Active::Low)
            );
            if rests_pressed {
                return Err(format!(
                    "the button {} would be pressed while nobody touches it: with pull = \"{}\" it is pressed at the other \
                     level",
                    button.role.keyword(),
                    if button.pull == Pull::Up { "up" } else { "down" }
                ));
            }
        }
        if let Some(display) = &self.display {
            if !ADDRESSES.contains(&display.address) {
                return Err(format!(
                    "no display of this kind has the address {:#04x}: it is 0x3c, or 0x3d where its solder jumper says so",
                    display.address
                ));
            }
            self.board.check_bus(display.bus)?;
        }
        electric::check(self)
    }

    /// The light of a role.
    pub fn light(&self, role: LightRole) -> Option<&LightPin> {
        self.lights.iter().find(|light| light.role == role)
    }

    /// The button of a role.
    pub fn button(&self, role: ButtonRole) -> Option<&ButtonPin> {
        self.buttons.iter().find(|button| button.role == role)
    }
}

#[cfg(test)]
mod tests;
