//! The printers as they are driven: of the configuration and of what people added, with their profiles. They change while
//! the house runs; whoever drives one keeps it as it was when he began.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use smol_str::SmolStr;

use super::StartError;
use super::output::PaperChoice;
use crate::api::estate::ConfiguredUse;
use crate::color::Profile;
use crate::config;
use crate::model::{Access, Digest, PrinterId, RasterType, RenderingIntent, Trouble};
use crate::press;
use crate::printers::{self, Driver};
use crate::spool::Spool;
use crate::store::{AddedPrinter, ProfileUse};

/// Seconds that a virtual printer takes for a sheet where nobody says otherwise.
const SECONDS_PER_SHEET: f64 = 10.0;

/// Papers of a printer, with their profiles.
pub(super) type Papers = Vec<(PaperChoice, Arc<Profile>)>;

/// A printer, ready to be driven.
pub(super) struct Station {
    pub driver: Arc<dyn Driver>,
    pub papers: Papers,
    /// What the driver was made of: while it stays, so does the driver, which remembers its printer's jobs.
    made_of: (SmolStr, SmolStr, u64),
}

/// The stations. Clones are the same ones.
#[derive(Clone, Default)]
pub(super) struct Stations(Arc<RwLock<HashMap<PrinterId, Arc<Station>>>>);

impl Stations {
    /// One of them.
    pub fn get(&self, printer: &PrinterId) -> Option<Arc<Station>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(printer)
            .cloned()
    }

    /// All of them.
    pub fn all(&self) -> HashMap<PrinterId, Arc<Station>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts others in their place. Says which are new or driven by another driver than before.
    pub fn replace(&self, all: HashMap<PrinterId, Arc<Station>>) -> Vec<PrinterId> {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = |(id, station): &(&PrinterId, &Arc<Station>)| {
            now.get(*id)
                .is_none_or(|before| !Arc::ptr_eq(&before.driver, &station.driver))
        };
        let new = all.iter().filter(is_new).map(|(id, _)| id.clone()).collect();
        *now = all;
        new
    }

    /// The media types that each printer has a profile for; one that has a profile for every type is not named.
    pub fn profiles(&self) -> HashMap<PrinterId, Vec<SmolStr>> {
        let types = |station: &Station| -> Option<Vec<SmolStr>> {
            station
                .papers
                .iter()
                .map(|(choice, _)| choice.media_type.clone())
                .collect()
        };
        let all = self.all();
        all.iter()
            .filter_map(|(id, station)| Some((id.clone(), types(station)?)))
            .collect()
    }
}

/// A printer as it is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub id: PrinterId,
    pub name: SmolStr,
    pub uri: SmolStr,
    pub seconds_per_sheet: f64,
}

impl Wanted {
    /// One of the configuration.
    pub fn configured(printer: &config::Printer) -> Result<Wanted, StartError> {
        Ok(Wanted {
            id: PrinterId::from_name(&printer.name)?,
            name: printer.name.clone(),
            uri: printer.uri.clone(),
            seconds_per_sheet: printer.seconds_per_sheet,
        })
    }

    /// One that was added.
    pub fn added(printer: &AddedPrinter) -> Wanted {
        Wanted {
            id: printer.id.clone(),
            name: printer.name.clone(),
            uri: printer.uri.clone(),
            seconds_per_sheet: printer.seconds_per_sheet.unwrap_or(SECONDS_PER_SHEET),
        }
    }

    /// Its driver.
    pub fn driver(&self, data: &Path) -> Result<Arc<dyn Driver>, Trouble> {
        let folder = data.join("prints").join(self.id.as_str());
        let access = Access::default();
        printers::driver_for(
            &self.id,
            &self.name,
            &self.uri,
            &folder,
            self.seconds_per_sheet,
            &access,
        )
    }

    /// It at work, with the driver that it has where that is still right.
    pub fn station(&self, before: Option<&Arc<Station>>, papers: Papers, data: &Path) -> Result<Station, Trouble> {
        let made_of = (self.name.clone(), self.uri.clone(), self.seconds_per_sheet.to_bits());
        let driver = match before {
            Some(before) if before.made_of == made_of => before.driver.clone(),
            _ => self.driver(data)?,
        };
        Ok(Station {
            driver,
            papers,
            made_of,
        })
    }

    /// The paper that a virtual printer prints on where nobody says otherwise.
    pub fn own_paper(&self) -> Papers {
        if !self.uri.starts_with("virtual:") {
            return Vec::new();
        }
        let any = PaperChoice {
            media_type: None,
            raster_type: None,
        };
        vec![(any, Arc::new(Profile::virtual_paper()))]
    }
}

/// The profiles of a printer's entry in the configuration.
pub(super) fn configured_papers(printer: &config::Printer) -> Result<Papers, StartError> {
    let read = |paper: &config::PaperProfile| {
        let choice = PaperChoice {
            media_type: paper.media_type.clone(),
            raster_type: paper.raster_type.map(|t| t.0),
        };
        Ok((choice, Arc::new(read_profile(paper, &printer.name)?)))
    };
    printer.profiles.iter().map(read).collect()
}

fn read_profile(paper: &config::PaperProfile, printer: &str) -> Result<Profile, StartError> {
    let path = &paper.file;
    let wrong = |what: String| {
        StartError::Config(format!(
            "printer {printer}: the profile {} can't be used: {what}",
            path.display()
        ))
    };
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let profile = Profile::parse(&bytes).map_err(|e| wrong(e.to_string()))?;
    fits(&profile, paper.raster_type.map(|t| t.0)).map_err(wrong)?;
    Ok(profile)
}

/// A profile that can't be printed to is found now, not at the first job.
pub(super) fn fits(profile: &Profile, raster_type: Option<RasterType>) -> Result<(), String> {
    let pixels = raster_type.unwrap_or(RasterType::Rgb8);
    press::profile_fits(profile, pixels, RenderingIntent::RELATIVE_BPC).map_err(|e| e.to_string())
}

/// Reads profiles that people brought. One that can't be read any more is told and left out. Blocking.
pub(super) fn read_kept(folder: &Spool, digests: Vec<Digest>) -> Vec<(Digest, Arc<Profile>)> {
    let read = |digest: Digest| {
        let bytes = std::fs::read(folder.path(&digest)).map_err(|e| e.to_string())?;
        Profile::parse(&bytes).map_err(|e| e.to_string())
    };
    let kept = |digest: Digest| match read(digest) {
        Ok(profile) => Some((digest, Arc::new(profile))),
        Err(why) => {
            log::error!("the profile {digest} can't be used any more: {why}. Bring it again");
            None
        }
    };
    digests.into_iter().filter_map(kept).collect()
}

/// All profiles of a printer: the configuration's first, then those that were added for other types, then its own paper.
pub(super) fn papers(
    printer: &Wanted,
    configured: &Papers,
    uses: &[ProfileUse],
    profiles: &HashMap<Digest, Arc<Profile>>,
) -> Papers {
    let mut papers = configured.clone();
    for wanted in uses.iter().filter(|wanted| wanted.printer == printer.id) {
        if papers.iter().any(|(choice, _)| choice.media_type == wanted.media_type) {
            continue;
        }
        if let Some(profile) = profiles.get(&wanted.profile) {
            let choice = PaperChoice {
                media_type: wanted.media_type.clone(),
                raster_type: wanted.raster_type,
            };
            papers.push((choice, profile.clone()));
        }
    }
    if configured.is_empty() && papers.iter().all(|(choice, _)| choice.media_type.is_some()) {
        papers.extend(printer.own_paper());
    }
    papers
}

/// The configuration's profiles, to be told of.
pub(super) fn configured_uses(printer: &PrinterId, papers: &Papers) -> Vec<ConfiguredUse> {
    let told = |(choice, profile): &(PaperChoice, Arc<Profile>)| ConfiguredUse {
        printer: printer.clone(),
        media_type: choice.media_type.clone(),
        raster_type: choice.raster_type,
        profile: profile.clone(),
    };
    papers.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(uri: &str) -> Wanted {
        Wanted {
            id: PrinterId::new("gertie").unwrap(),
            name: "Gertie".into(),
            uri: uri.into(),
            seconds_per_sheet: 0.0,
        }
    }

    fn used(media_type: Option<&str>) -> ProfileUse {
        ProfileUse {
            printer: PrinterId::new("gertie").unwrap(),
            media_type: media_type.map(SmolStr::new),
            raster_type: None,
            profile: Digest([1; 32]),
        }
    }

    #[test]
    fn what_the_configuration_names_stays_and_the_rest_lies_beside_it() {
        let srgb = Arc::new(Profile::srgb());
        let matte = PaperChoice {
            media_type: Some("matte".into()),
            raster_type: None,
        };
        let configured: Papers = vec![(matte, srgb.clone())];
        let paper = Arc::new(Profile::virtual_paper());
        let uses = [used(None), used(Some("matte")), used(Some("gloss"))];
        let known = HashMap::from([(Digest([1; 32]), paper.clone())]);
        let all = papers(&wanted("ipp://h/"), &configured, &uses, &known);
        let types: Vec<Option<&str>> = all.iter().map(|(choice, _)| choice.media_type.as_deref()).collect();
        assert_eq!(types, [Some("matte"), None, Some("gloss")]);
        assert!(Arc::ptr_eq(&all[0].1, &srgb) && Arc::ptr_eq(&all[2].1, &paper));
        // A profile that is gone leaves its type without one.
        let none = HashMap::new();
        let some = papers(&wanted("virtual:"), &Vec::new(), &uses[1..], &none);
        assert_eq!(some.len(), 1, "the virtual printer's own paper");
        assert_eq!(papers(&wanted("ipp://h/"), &Vec::new(), &[], &none).len(), 0);
    }

    #[test]
    fn a_driver_stays_as_long_as_its_printer_does() {
        let folder = tempfile::tempdir().unwrap();
        let stations = Stations::default();
        let gertie = wanted("virtual:");
        let put = |wanted: &Wanted, papers: Papers| {
            let station = wanted
                .station(stations.get(&wanted.id).as_ref(), papers, folder.path())
                .unwrap();
            stations.replace([(wanted.id.clone(), Arc::new(station))].into())
        };
        assert_eq!(put(&gertie, Vec::new()).len(), 1);
        assert_eq!(stations.profiles()[&gertie.id], Vec::<SmolStr>::new());
        assert!(put(&gertie, gertie.own_paper()).is_empty());
        assert!(stations.profiles().is_empty(), "a profile for every type");
        let renamed = Wanted {
            name: "Gertrude".into(),
            ..gertie
        };
        assert_eq!(put(&renamed, Vec::new()), std::slice::from_ref(&renamed.id));
    }
}
