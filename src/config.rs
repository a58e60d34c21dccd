//! The configuration: one TOML file, or the default that is built in.
//!
//! Unknown keys are refused, so that a misspelt one is found at once. Paths in the file are relative to the file.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::model::{MediaSize, PrinterId, RasterType, WindowRule};

pub mod oauth;
pub mod paper;
pub mod preset;
pub mod prices;
pub mod web;
pub mod window;
pub use oauth::OAuth;
pub use paper::Paper;
pub use preset::Preset;
pub use web::{Web, Webhooks};
pub use window::Window;

/// The default: two virtual PRO-1000s, state under `./platen-data`, IPP on port 8631 of this machine.
const DEFAULT: &str = include_str!("config/default.toml");

/// Most presets: each is announced on the LAN.
const MOST_PRESETS: usize = 32;
/// Most papers: each size of one counts.
const MOST_PAPERS: usize = 1_000;
/// Longest name of a preset in bytes: what clients expect of a printer's (PWG 5100.14).
const MOST_NAME: usize = 127;

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
}

/// The front panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// Its pin map (`hardware/panel.toml`).
    pub pins: PathBuf,
}

/// The IPP door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Ipp {
    /// Addresses and ports to listen on. Port 0 takes any free one.
    pub listen: Vec<SocketAddr>,
    /// Most connections at once.
    pub connections: usize,
    /// Seconds that a request's headers and IPP attributes may take to arrive.
    pub head_seconds: u64,
    /// Seconds without a byte of a document before its connection is closed.
    pub idle_seconds: u64,
    /// `multiple-operation-time-out`: seconds that a job waits for its document.
    pub multiple_operation_time_out: u32,
    /// Most bytes of a request's attributes.
    pub attribute_bytes: usize,
    /// Most jobs of one user that have not ended.
    pub jobs_per_user: u32,
    /// Most documents of one job.
    pub documents_per_job: usize,
    /// Whether the printers are announced on the LAN, where it is listened on.
    pub announce: bool,
    /// Who may pause printers, change their texts and reorder the queue.
    pub operators: Operators,
    /// How clients must show who they are.
    pub authentication: Authentication,
}

/// Who is taken for an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operators {
    /// Whoever calls from this machine.
    ThisMachine,
    /// Whoever reaches the port.
    Network,
}

/// How clients of IPP must show who they are (`uri-authentication-supported`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// Not at all.
    None,
    /// By name and password, in TLS.
    Basic,
    /// By a token, in TLS.
    Oauth,
}

impl Default for Ipp {
    fn default() -> Self {
        Ipp {
            listen: vec![
                SocketAddr::from(([127, 0, 0, 1], 8631)),
                SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 8631)),
            ],
            connections: 512,
            head_seconds: 20,
            idle_seconds: 60,
            multiple_operation_time_out: 120,
            attribute_bytes: 256 << 10,
            jobs_per_user: 1_000,
            documents_per_job: 100,
            announce: true,
            operators: Operators::ThisMachine,
            authentication: Authentication::None,
        }
    }
}

/// The spool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Spool {
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Bytes of the disk that are kept free: below, new jobs are refused.
    pub free_floor_bytes: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Spool {
            document_bytes: 2 << 30,
            free_floor_bytes: 512 << 20,
        }
    }
}

/// The press.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Press {
    /// Most pixels of a picture.
    pub pixels: u64,
    /// Most pixels of one side of a picture.
    pub side: u32,
    /// Most bytes that the press holds at once for one page.
    pub memory: u64,
}

impl Default for Press {
    fn default() -> Self {
        // The press holds few rows of most pictures; of an interlaced PNG all, 85 megapixels in 8 bits. Two printers
        // at work take it twice, on a Pi with 2 GB and more.
        Press {
            pixels: 400_000_000,
            side: 100_000,
            memory: 600_000_000,
        }
    }
}

/// What is kept of jobs that have ended, so that they can be printed again. The jobs themselves stay in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct History {
    /// Days after a job's end that its documents are kept.
    pub document_days: u32,
    /// Most jobs that have ended and whose documents are kept.
    pub document_jobs: usize,
    /// Most bytes of all these documents.
    pub document_bytes: u64,
}

impl Default for History {
    fn default() -> Self {
        // A month's prints of a busy studio, on the smallest card that is sold.
        History {
            document_days: 30,
            document_jobs: 10_000,
            document_bytes: 20_000_000_000,
        }
    }
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

    fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
        let wrong = |place: String, what: String| ConfigError::Wrong {
            path: path.to_owned(),
            place,
            what,
        };
        let config: Config = toml::from_str(text).map_err(|error| {
            let (place, what) = placed(text, &error);
            wrong(place, what)
        })?;
        config.check().map_err(|what| wrong(String::new(), what))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.ipp.listen.is_empty() {
            return Err("[ipp] listen names no address, so nobody could print".into());
        }
        let least: [(&str, u64, u64); 10] = [
            ("[web] connections", self.web.connections as u64, 1),
            ("[web] head-seconds", self.web.head_seconds, 1),
            ("[web] idle-seconds", self.web.idle_seconds, 1),
            ("[ipp] connections", self.ipp.connections as u64, 1),
            ("[ipp] head-seconds", self.ipp.head_seconds, 1),
            ("[ipp] idle-seconds", self.ipp.idle_seconds, 1),
            ("[ipp] attribute-bytes", self.ipp.attribute_bytes as u64, 4_096),
            ("[ipp] jobs-per-user", self.ipp.jobs_per_user.into(), 1),
            ("[ipp] documents-per-job", self.ipp.documents_per_job as u64, 1),
            ("[spool] document-bytes", self.spool.document_bytes, 1 << 20),
        ];
        if let Some((key, value, least)) = least.into_iter().find(|(_, value, least)| value < least) {
            return Err(format!(
                "{key} is {value}, with which nobody could be served: give {least} or more"
            ));
        }
        if self.printers.is_empty() {
            return Err("there is no [[printer]]; name at least one".into());
        }
        let mut seen = HashSet::new();
        for printer in &self.printers {
            let id = PrinterId::from_name(&printer.name).map_err(|e| e.to_string())?;
            if !seen.insert(id.clone()) {
                return Err(format!("two printers would be called \"{id}\"; give one another name"));
            }
            if !(0.0..=3600.0).contains(&printer.seconds_per_sheet) {
                return Err(format!(
                    "seconds-per-sheet of {} is not between 0 and 3600",
                    printer.name
                ));
            }
            let known = ["ipp://", "http://", "virtual:"];
            if !known.iter().any(|scheme| printer.uri.starts_with(scheme)) {
                return Err(format!(
                    "the uri of {} is \"{}\"; it must begin with ipp:// or be virtual:",
                    printer.name, printer.uri
                ));
            }
        }
        self.rules()?;
        self.oauth.check()?;
        self.prices.prices()?;
        self.check_presets(seen)?;
        self.check_papers()
    }

    fn check_papers(&self) -> Result<(), String> {
        if self.papers.len() > MOST_PAPERS {
            return Err(format!("there are more than {MOST_PAPERS} papers"));
        }
        let mut seen = HashSet::new();
        for paper in &self.papers {
            let (item, _) = paper.item()?;
            if !seen.insert(item.id.clone()) {
                return Err(format!(
                    "the paper {item} is there twice, or another one would be called \"{}\", too; give one another name",
                    item.id
                ));
            }
        }
        Ok(())
    }

    /// The maintenance windows as rules.
    ///
    /// # Errors
    /// What is wrong with one, in words; none of a configuration that was read.
    pub fn rules(&self) -> Result<Vec<WindowRule>, String> {
        let known = self.printers.iter().filter_map(|p| PrinterId::from_name(&p.name).ok());
        let known: Vec<PrinterId> = known.collect();
        self.windows.iter().map(|window| window.rule(&known)).collect()
    }

    /// `seen` are the short names of the printers.
    fn check_presets(&self, mut seen: HashSet<PrinterId>) -> Result<(), String> {
        if self.presets.len() > MOST_PRESETS {
            return Err(format!("there are more than {MOST_PRESETS} presets"));
        }
        let printers: Vec<PrinterId> = seen.iter().cloned().collect();
        // The pool's own name.
        seen.extend(PrinterId::new("platen"));
        for preset in &self.presets {
            let id = PrinterId::from_name(&preset.name).map_err(|_| {
                format!(
                    "the preset \"{}\" needs a name with letters of a to z or digits",
                    preset.name
                )
            })?;
            if preset.name.len() > MOST_NAME || preset.name.chars().any(char::is_control) {
                return Err(format!(
                    "the name of the preset \"{id}\" must be one line of {MOST_NAME} bytes at most"
                ));
            }
            if !seen.insert(id.clone()) {
                return Err(format!(
                    "the preset \"{}\" would be called \"{id}\" as another one or a printer is; give it another name",
                    preset.name
                ));
            }
            preset.check(&printers)?;
        }
        Ok(())
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
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("platen.toml")).unwrap_err().to_string()
    }

    #[test]
    fn the_embedded_default_is_right() {
        let config = Config::embedded().unwrap();
        let names: Vec<&str> = config.printers.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["Gertie", "Squirty"]);
        assert!(
            config
                .ipp
                .listen
                .iter()
                .all(|a| a.port() == 8631 && a.ip().is_loopback())
        );
    }

    #[test]
    fn the_readme_names_every_setting_with_its_default() {
        let text = include_str!("../README.md");
        let block = text.split("```toml\n").nth(2).and_then(|rest| rest.split("```").next());
        let config = Config::parse(block.unwrap(), Path::new("README.md")).unwrap();
        assert_eq!(config.ipp, Ipp::default());
        assert_eq!(config.spool, Spool::default());
        assert_eq!(config.press, Press::default());
        assert_eq!(config.history, History::default());
        assert_eq!(config.printers[0].seconds_per_sheet, default_speed());
        let preset = text.split("```toml\n").nth(3).and_then(|rest| rest.split("```").next());
        let both = format!(
            "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n{}",
            preset.unwrap()
        );
        let config = Config::parse(&both, Path::new("README.md")).unwrap();
        assert_eq!(config.presets[0].size().unwrap().name, "na_super-b_13x19in");
        let path = format!(
            "/ipp/print/{}\n",
            PrinterId::from_name(&config.presets[0].name).unwrap()
        );
        assert!(preset.unwrap().contains(&path), "{path}");
        // What is left out would have its default all the same: it must be there by name.
        for name in [
            "connections",
            "head-seconds",
            "idle-seconds",
            "multiple-operation-time-out",
            "attribute-bytes",
            "jobs-per-user",
            "documents-per-job",
        ]
        .iter()
        .chain(&["document-bytes", "free-floor-bytes", "pixels", "side", "memory"])
        .chain(&["document-days", "document-jobs"])
        {
            assert!(block.unwrap().contains(&format!("\n{name} = ")), "{name}");
        }
    }

    #[test]
    fn presets_are_checked_with_their_printers_and_papers() {
        let printer = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[[preset]]\n";
        let good = format!(
            "{printer}name = \"Rag A3+, border\"\nprinter = \"Gertie\"\nmedia = \"A3+\"\nborder = 20.0\n\
             print-quality = \"high\"\nprint-rendering-intent = \"perceptual\"\nprint-color-mode = \"monochrome\"\n"
        );
        let config = Config::parse(&good, Path::new("platen.toml")).unwrap();
        assert_eq!(config.presets[0].size().unwrap().name, "na_super-b_13x19in");
        for (preset, says) in [
            ("name = \"Gertie\"", "another name"),
            ("name = \"\"", "needs a name"),
            ("name = \"Platen\"", "another name"),
            ("name = \"a\\nb\"", "one line"),
            ("name = \"A\"\nmedia = \"4x6\"\nborder = 60.0", "no room"),
            ("name = \"A\"\nprinter = \"Nobody\"", "goes to Nobody"),
            ("name = \"A\"\nmedia = \"papyrus\"", "papyrus"),
            ("name = \"A\"\nborder = 900.0", "200 millimetres"),
            ("name = \"A\"\nmedia-type = \"two words\"", "media-type"),
            ("name = \"A\"\nprint-quality = \"best\"", "best"),
            ("name = \"A\"\nprint-rendering-intent = \"vivid\"", "vivid"),
        ] {
            let said = error(&format!("{printer}{preset}\n"));
            assert!(said.contains(says) && !said.contains('\n'), "{said}");
        }
    }

    #[test]
    fn a_wrong_file_is_told_in_one_line_with_its_place() {
        let text = "data = \"x\"\n[[printer]]\nname = \"G\"\nuri = \"virtual:\"\nspeeed = 3\n";
        let said = error(text);
        assert!(said.contains("line 5") && said.contains("speeed"), "{said}");
        assert!(!said.contains('\n'));
        assert!(error("").contains("no [[printer]]"));
        assert!(error("[[printer]]\nname=\"G\"\nuri=\"lpd://x\"").contains("ipp://"));
        let twins = "[[printer]]\nname=\"G 1\"\nuri=\"virtual:\"\n[[printer]]\nname=\"g-1\"\nuri=\"virtual:\"";
        assert!(error(twins).contains("two printers"));
    }
}
