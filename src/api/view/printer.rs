//! How printers are told of: state, what lies in them, their inks.

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use super::job::MediaView;
use crate::care::{Account, Forecast};
use crate::model::{Capabilities, InkEntry, InkReason, Loaded, LoadedBy, PrinterControl, PrinterState, Resolution};
use crate::queue::classes;

/// A printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrinterView {
    /// Short name.
    pub id: SmolStr,
    /// What people call it.
    pub name: SmolStr,
    /// Where it is.
    pub uri: SmolStr,
    /// Whether it stands in the configuration file, and so can't be changed or removed here.
    pub configured: bool,
    /// `printer-state`; stopped before it was ever asked.
    pub state: PrinterState,
    /// Whether it answers.
    pub reachable: bool,
    /// Why it is as it is, with what to do.
    pub reasons: Vec<ReasonView>,
    /// What it says itself.
    pub message: SmolStr,
    /// Whether it gets no jobs for a while because it failed again and again: until when, and why.
    pub resting: Option<RestView>,
    /// Its switches.
    pub switches: SwitchesView,
    /// `printer-make-and-model`; empty before it was ever asked.
    pub make_and_model: SmolStr,
    /// What lies in its feeders, as far as it is on record.
    pub loaded: Vec<LoadedView>,
    /// What it is asked to be loaded with.
    pub wanted: Option<WantedView>,
    /// What it prints now.
    pub job: Option<CurrentJobView>,
    /// Its inks.
    pub inks: Vec<InkView>,
    /// What it collects.
    pub waste: Vec<WasteView>,
    /// Since when it is as it is.
    pub changed: Option<Moment>,
    /// What it can do; none before it was ever asked.
    pub capabilities: Option<CapabilitiesView>,
}

/// Why a printer is as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonView {
    /// `printer-state-reasons`
    pub keyword: SmolStr,
    /// Its class: `warn`, `human-load` …
    pub class: &'static str,
    /// Whether a person has to go there.
    pub needs_a_person: bool,
    /// What to do, a sentence; empty where there is nothing to do.
    pub advice: SmolStr,
}

impl ReasonView {
    /// A reason at the printer of this name.
    pub fn of(keyword: &SmolStr, printer: &str) -> ReasonView {
        let class = classes::classify(keyword);
        ReasonView {
            keyword: keyword.clone(),
            class: class.keyword(),
            needs_a_person: class.needs_a_person(),
            advice: classes::advice(keyword, printer),
        }
    }
}

/// A printer that is left alone for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestView {
    /// Until when.
    pub until: Moment,
    /// Why.
    pub why: SmolStr,
}

/// The switches of a printer, or of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SwitchesView {
    /// Nothing new is begun.
    pub paused: bool,
    /// New jobs are taken.
    pub accepting: bool,
    /// New jobs are held.
    pub holding_new: bool,
    /// Nothing is taken and nothing begun.
    pub shut_down: bool,
}

impl SwitchesView {
    /// Those of a control.
    pub fn of(control: &PrinterControl) -> SwitchesView {
        SwitchesView {
            paused: control.paused,
            accepting: control.accepting,
            holding_new: control.holding_new,
            shut_down: control.shut_down,
        }
    }
}

/// What lies in a feeder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadedView {
    /// `media-source`
    pub source: SmolStr,
    /// What lies there, or lay there last.
    pub media: MediaView,
    /// What people call it.
    pub shown: SmolStr,
    /// Which paper of the stock that is.
    pub paper: Option<SmolStr>,
    /// Sheets that lie there; none: nobody counted.
    pub sheets: Option<u32>,
    /// Whose word that is.
    pub by: LoadedBy,
    /// Since when.
    pub at: Moment,
}

impl LoadedView {
    /// That of a record; `shown` is what people call what lies there.
    pub fn of(loaded: &Loaded, shown: SmolStr) -> LoadedView {
        LoadedView {
            source: loaded.source.clone(),
            media: MediaView::of(&loaded.media),
            shown,
            paper: loaded.paper.as_ref().map(|paper| paper.as_str().into()),
            sheets: loaded.sheets,
            by: loaded.by,
            at: Moment(loaded.at),
        }
    }
}

/// What a printer is asked to be loaded with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WantedView {
    /// What people call it.
    pub paper: SmolStr,
    /// What it is.
    pub media: MediaView,
    /// Sheets that the jobs take.
    pub sheets: u32,
    /// Jobs that wait for it.
    pub jobs: usize,
}

/// The job that a printer is at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurrentJobView {
    /// Its number; none where whoever asks may not see it.
    pub id: Option<i64>,
    /// Its name.
    pub name: Option<SmolStr>,
    /// Whose it is.
    pub user: Option<SmolStr>,
    /// How it stands, in words.
    pub message: Option<SmolStr>,
    /// Sheets that came out.
    pub impressions_completed: u32,
    /// Sheets in all.
    pub sheets: u32,
    /// Since when.
    pub since: Moment,
}

/// An ink.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InkView {
    /// The code in `marker-names`.
    pub channel: SmolStr,
    /// `marker-colors`: `#RRGGBB`, or `none`.
    pub color: SmolStr,
    /// The level that the printer told last, in per cent; none: it told none, or not known.
    pub told_percent: Option<i32>,
    /// The level by the books, in millilitres.
    pub level_ml: Option<f64>,
    /// One standard deviation of that.
    pub error_ml: Option<f64>,
    /// What a full tank holds.
    pub capacity_ml: Option<f64>,
    /// The level by the books, in per cent.
    pub percent: Option<f64>,
    /// When it will be empty.
    pub forecast: Option<ForecastView>,
    /// Whether it is time to buy, by the settings.
    pub is_low: bool,
}

/// When an ink will be empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastView {
    /// Days from now.
    pub days: f64,
    /// Not before, in nine of ten cases.
    pub earliest_days: f64,
    /// Not later.
    pub latest_days: f64,
    /// What goes in a day.
    pub ml_per_day: f64,
    /// Steps of the level that it rests on: 2 to 4.
    pub crossings: usize,
}

/// To two decimals: more is noise.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl ForecastView {
    /// That of a forecast.
    pub fn of(forecast: &Forecast) -> ForecastView {
        ForecastView {
            days: rounded(forecast.days),
            earliest_days: rounded(forecast.earliest),
            latest_days: rounded(forecast.latest),
            ml_per_day: rounded(forecast.per_day.as_ml()),
            crossings: forecast.crossings,
        }
    }
}

impl InkView {
    /// That of a channel by its entries, the oldest first, and what they say. Its colour is the printer's to say, whether
    /// it is low the settings'.
    pub fn of(
        channel: &SmolStr,
        entries: &[InkEntry],
        account: Option<&Account>,
        forecast: Option<&Forecast>,
    ) -> InkView {
        let told = entries.iter().rev().find_map(|entry| match entry.entry.reason {
            InkReason::Reading { level } => Some(level),
            _ => None,
        });
        let level = account.and_then(|account| account.level);
        let percent = level.map(|level| level.level.0 as f64 / level.capacity.0.max(1) as f64 * 100.0);
        InkView {
            channel: channel.clone(),
            color: SmolStr::new_static("none"),
            told_percent: told.filter(|level| *level >= 0),
            level_ml: level.map(|level| rounded(level.level.as_ml())),
            error_ml: level.map(|level| rounded(level.error.as_ml())),
            capacity_ml: level.map(|level| rounded(level.capacity.as_ml())),
            percent: percent.map(rounded),
            forecast: forecast.map(ForecastView::of),
            is_low: false,
        }
    }
}

/// What a printer collects: waste ink counts up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WasteView {
    /// Its name.
    pub name: SmolStr,
    /// `marker-types`
    pub kind: SmolStr,
    /// How full it is, in per cent; none: not known.
    pub full_percent: Option<i32>,
    /// Whether it is time to have another one at hand, by the settings.
    pub is_nearly_full: bool,
}

/// What a printer can do, in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct CapabilitiesView {
    pub make_and_model: SmolStr,
    /// Media types of documents that it takes and that can be made here.
    pub formats: Vec<&'static str>,
    /// PWG keywords.
    pub raster_types: Vec<&'static str>,
    /// Dots per inch: across, along.
    pub resolutions: Vec<[u32; 2]>,
    pub copies: u32,
    /// PWG names of sizes.
    pub media: Vec<SmolStr>,
    pub media_types: Vec<SmolStr>,
    pub media_sources: Vec<SmolStr>,
    pub borderless: bool,
    pub print_qualities: Vec<i32>,
}

impl CapabilitiesView {
    /// That of capabilities.
    pub fn of(capabilities: &Capabilities) -> CapabilitiesView {
        let dots = |resolution: &Resolution| [resolution.x, resolution.y];
        CapabilitiesView {
            make_and_model: capabilities.make_and_model.clone(),
            formats: capabilities.formats.iter().map(|format| format.mime()).collect(),
            raster_types: capabilities.raster_types.iter().map(|t| t.keyword()).collect(),
            resolutions: capabilities.resolutions.iter().map(dots).collect(),
            copies: capabilities.copies,
            media: capabilities.media.clone(),
            media_types: capabilities.media_types.clone(),
            media_sources: capabilities.media_sources.clone(),
            borderless: capabilities.borderless,
            print_qualities: capabilities.qualities.clone(),
        }
    }
}
