//! What lies in printers' feeders, as people say.

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};

use super::printers::no_printer;
use crate::api::view::LoadedView;
use crate::api::{Api, Caller, Problem};
use crate::intake::DEFAULT_MARGINS;
use crate::model::{Loaded, LoadedBy, Media, MediaSize, PaperId, PrinterId, Scope, Timestamp};
use crate::store::House;

/// Most feeders of a printer that are on record.
const MOST_FEEDERS: usize = 16;
/// Most sheets of a feeder.
const MOST_SHEETS: u32 = 10_000;

/// What somebody has put into a feeder: a paper of the stock, or a medium.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLoaded {
    /// Which paper of the stock.
    #[serde(default)]
    pub paper: Option<PaperId>,
    /// Else its size: a PWG name, or what people call it.
    #[serde(default)]
    pub media: Option<SmolStr>,
    /// And its `media-type`.
    #[serde(default)]
    pub media_type: Option<SmolStr>,
    /// Sheets, where they were counted.
    #[serde(default)]
    pub sheets: Option<u32>,
}

impl Api {
    /// Somebody says what lies in a feeder.
    ///
    /// # Errors
    /// 404 `printer-not-found`, 422.
    pub async fn set_loaded(
        &self,
        caller: &Caller,
        printer: &PrinterId,
        source: &str,
        new: NewLoaded,
    ) -> Result<LoadedView, Problem> {
        caller.needs(Scope::PrintersControl)?;
        let house = self.store.house().await?;
        let record = house.printer(printer).ok_or_else(|| no_printer(printer))?;
        if !crate::config::is_keyword(source) || source == "auto" {
            return Err(Problem::invalid(
                "source",
                "give the feeder's media-source, such as main or rear",
            ));
        }
        record
            .check_feeder(source)
            .map_err(|why| Problem::invalid("source", why))?;
        let others = house
            .loaded
            .iter()
            .filter(|l| l.printer == *printer && l.source != source);
        if others.count() >= MOST_FEEDERS {
            let why = format_smolstr!("{MOST_FEEDERS} feeders of {printer} are on record, which is the most");
            return Err(Problem::invalid("source", why));
        }
        if new.sheets.is_some_and(|sheets| sheets > MOST_SHEETS) {
            let why = format_smolstr!("give {MOST_SHEETS} sheets at most");
            return Err(Problem::invalid("sheets", why));
        }
        let (media, paper) = laid(&house, source, &new)?;
        let loaded = Loaded {
            printer: printer.clone(),
            source: source.into(),
            media,
            paper,
            sheets: new.sheets,
            by: LoadedBy::Person,
            at: Timestamp::now(),
        };
        self.store.set_loaded(loaded.clone()).await?;
        let shown = shown(&house, &loaded);
        log::info!("{printer}: {shown} lies in {source}, says {}", caller.name);
        Ok(LoadedView::of(&loaded, shown))
    }

    /// Nobody knows what lies in a feeder any more.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn clear_loaded(&self, caller: &Caller, printer: &PrinterId, source: &str) -> Result<(), Problem> {
        caller.needs(Scope::PrintersControl)?;
        let house = self.store.house().await?;
        house.printer(printer).ok_or_else(|| no_printer(printer))?;
        Ok(self
            .store
            .clear_loaded(printer.clone(), source.into(), Timestamp::now())
            .await?)
    }
}

/// What people call what lies in a feeder.
pub(super) fn shown(house: &House, loaded: &Loaded) -> SmolStr {
    let paper = house
        .papers
        .iter()
        .find(|paper| Some(&paper.id) == loaded.paper.as_ref());
    match paper {
        Some(paper) => format_smolstr!("{paper}"),
        None => format_smolstr!("{} {}", loaded.media.media_type, loaded.media.size.shown()),
    }
}

/// What was put into a feeder, and which paper of the stock that is.
fn laid(house: &House, source: &str, new: &NewLoaded) -> Result<(Media, Option<PaperId>), Problem> {
    let (size, media_type, paper) = match (&new.paper, &new.media) {
        (Some(id), None) => {
            let paper = house.papers.iter().find(|paper| paper.id == *id);
            let paper = paper.ok_or_else(|| Problem::invalid("paper", format_smolstr!("there is no paper {id}")))?;
            (paper.size.clone(), paper.media_type.clone(), Some(id.clone()))
        }
        (None, Some(named)) => {
            let size = MediaSize::called(named).or_else(|| MediaSize::from_name(named).ok());
            let why =
                || format_smolstr!("the size \"{named}\" is not known: give a PWG name, or a short one such as a3+");
            let size = size.ok_or_else(|| Problem::invalid("media", why()))?;
            let media_type = new.media_type.clone().unwrap_or_else(|| "auto".into());
            if !crate::config::is_keyword(&media_type) {
                return Err(Problem::invalid(
                    "media_type",
                    "give an IPP keyword, such as photographic-matte",
                ));
            }
            (size, media_type, None)
        }
        _ => {
            return Err(Problem::invalid(
                "paper",
                "give a paper of the stock, or media and media_type",
            ));
        }
    };
    let media = Media {
        size,
        media_type,
        source: source.into(),
        margins: DEFAULT_MARGINS,
    };
    let paper = paper.or_else(|| {
        let fitting = house.papers.iter().find(|paper| paper.is_for(&media));
        fitting.map(|paper| paper.id.clone())
    });
    Ok((media, paper))
}
