//! The configuration: one TOML file, or the default that is built in.
//!
//! Unknown keys are refused, so that a misspelt one is found at once. Paths in the file are relative to the file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::model::{MediaSize, RasterType};

mod check;
pub mod oauth;
pub mod paper;
pub mod pool;
pub mod preset;
pub mod prices;
mod sections;
mod told;
pub mod updates;
pub mod web;
pub mod window;
pub use oauth::OAuth;
pub use paper::Paper;
pub use pool::Pool;
pub use preset::Preset;
pub use sections::{Authentication, History, Ipp, Operators, Press, Spool};
pub use updates::Updates;
pub use web::{Web, Webhooks};
pub use window::Window;

/// The default: two virtual PRO-1000s, state under `./platen-data`, IPP on port 8631 of this machine.
const DEFAULT: &str = include_str!("config/default.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The state folder: database, spool, and what virtual printers print.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// The IPP door.
    #[serde(default)]
    pub ipp: Ipp,
    /// The door for people and programs.
    #[serde(default)]
    pub web: Web,
    /// Whom the house may tell what happens.
    #[serde(default)]
    pub webhooks: Webhooks,
    /// Who else gives tokens.
    #[serde(default)]
    pub oauth: OAuth,
    /// The spool.
    #[serde(default)]
    pub spool: Spool,
    /// The press.
    #[serde(default)]
    pub press: Press,
    /// What is kept of jobs that have ended.
    #[serde(default)]
    pub history: History,
    /// The printers of the pool, first choice first.
    #[serde(default, rename = "printer")]
    pub printers: Vec<Printer>,
    /// Pools of some of the printers.
    #[serde(default, rename = "pool")]
    pub pools: Vec<Pool>,
    /// Ways to print that are shown as printers.
    #[serde(default, rename = "preset")]
    pub presets: Vec<Preset>,
    /// When printers are kept for their care.
    #[serde(default, rename = "window")]
    pub windows: Vec<Window>,
    /// The papers that are kept.
    #[serde(default, rename = "paper")]
    pub papers: Vec<Paper>,
    /// What the studio reckons with when it tells a price.
    #[serde(default)]
    pub prices: prices::PriceList,
    /// The front panel, where there is one.
    #[serde(default)]
    pub panel: Option<Panel>,
    /// How an appliance is brought up to date.
    #[serde(default)]
    pub updates: Updates,
}

/// The front panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// Its pin map (`hardware/panel.toml`).
    pub pins: PathBuf,
}

/// A printer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Printer {
    /// What people call it.
    pub name: SmolStr,
    /// `ipp://host/ipp/print`, or `virtual:` for one that prints to PNG files.
    pub uri: SmolStr,
    /// Seconds that a virtual printer takes for a sheet.
    #[serde(default = "default_speed")]
    pub seconds_per_sheet: f64,
    /// Paper profiles for this printer.
    #[serde(default, rename = "profile")]
    pub profiles: Vec<PaperProfile>,
}

/// A paper's ICC profile, made on this printer through this path.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PaperProfile {
    /// The `media-type` that it is for; every one when left out.
    #[serde(default)]
    pub media_type: Option<SmolStr>,
    /// The ICC file.
    pub file: PathBuf,
    /// The raster type through which its target was printed: a profile is valid for that path only. Left out: device
    /// RGB where the printer offers it, else sRGB.
    #[serde(default)]
    pub raster_type: Option<RasterTypeKeyword>,
}

/// A raster type by its PWG keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SmolStr")]
pub struct RasterTypeKeyword(pub RasterType);

impl TryFrom<SmolStr> for RasterTypeKeyword {
    type Error = String;
    fn try_from(text: SmolStr) -> Result<Self, String> {
        RasterType::from_keyword(&text).map(RasterTypeKeyword).ok_or_else(|| {
            let known: Vec<&str> = RasterType::ALL.iter().map(|t| t.keyword()).collect();
            format!("\"{text}\" is not a raster type; one of {} is", known.join(", "))
        })
    }
}

fn default_data() -> PathBuf {
    PathBuf::from("platen-data")
}

fn default_speed() -> f64 {
    10.0
}

/// Why a configuration can't be used. One line, for the person who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("the configuration file {path} can't be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not right.
    #[error("the configuration file {path} is wrong{place}: {what}")]
    Wrong {
        /// Which.
        path: PathBuf,
        /// ` in line N`, where known.
        place: String,
        /// What is wrong.
        what: String,
    },
}

impl Config {
    /// The default that is built in.
    ///
    /// # Errors
    /// None in a built Platen: a test reads it.
    pub fn embedded() -> Result<Config, ConfigError> {
        Self::parse(DEFAULT, Path::new("(built in)"))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mut config = Self::parse(&text, path)?;
        if let Some(folder) = path.parent() {
            config.data = folder.join(&config.data);
            for profile in config.printers.iter_mut().flat_map(|p| &mut p.profiles) {
                profile.file = folder.join(&profile.file);
            }
            if let Some(panel) = &mut config.panel {
                panel.pins = folder.join(&panel.pins);
            }
        }
        Ok(config)
    }

    /// Says what is wrong with a text that shall be a configuration, in one line.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check_text(text: &str) -> Result<(), String> {
        let parsed = Self::parse(text, Path::new("platen.toml"));
        parsed.map(drop).map_err(|error| match error {
            ConfigError::Wrong { place, what, .. } => format!("{what}{place}"),
            unreadable => unreadable.to_string(),
        })
    }

    fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
        let wrong = |place: String, what: String| ConfigError::Wrong {
            path: path.to_owned(),
            place,
            what,
        };
        let config: Config = toml::from_str(text).map_err(|error| {
            let (line, what) = told::told(text, &error);
            wrong(line.map_or_else(String::new, |line| format!(" in line {line}")), what)
        })?;
        config.check().map_err(|what| wrong(String::new(), what))?;
        Ok(config)
    }
}

/// Where a TOML text is wrong, as ` in line N` where that is known, and what is wrong, in one line.
pub(crate) fn placed(text: &str, error: &toml::de::Error) -> (String, String) {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
    let place = error.span().map(|span| format!(" in line {}", line(span.start)));
    (place.unwrap_or_default(), error.message().replace('\n', " "))
}

/// A size as people type it: a short name (`a3+`) or a PWG name.
fn media_named(name: &str) -> Option<MediaSize> {
    let name = name.trim().to_lowercase();
    MediaSize::called(&name).or_else(|| MediaSize::from_name(&name).ok())
}

/// Whether a word may be an IPP keyword (RFC 8011, 5.1.4).
pub fn is_keyword(word: &str) -> bool {
    (1..=255).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

#[cfg(test)]
mod tests;
