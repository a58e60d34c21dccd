//! The house as it changes while it runs: what the configuration names, and what people added to the store beside it.
//!
//! ```text
//!   configuration ──┐
//!                   ├─► settle ─► stations (courier), printers and profiles (queue), presets and operators (IPP)
//!   store ──────────┘                                 settings (retention)
//! ```
//!
//! Whoever changes the store calls [`Estate::settle`]; it compares, and touches only what is another.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use super::stations::{self, Papers, Stations, Wanted};
use super::{StartError, presets};
use crate::api::estate::{ConfiguredUse, Drawing, Estate, Facts};
use crate::api::panel::PanelPort;
use crate::color::Profile;
use crate::config::{self, Config};
use crate::intake::Preset;
use crate::ipp;
use crate::model::{Digest, HouseSettings, IppOperators, PrinterId, RasterType, Timestamp};
use crate::panel::Remote;
use crate::press::template::TemplateLibrary;
use crate::queue::Queue;
use crate::render;
use crate::spool::Spool;
use crate::store::{AddedPrinter, Store, StoreError};
use crate::tls::Identity;

/// What is told to the rooms whenever it changes.
pub(super) struct Live {
    /// Presets, for the IPP door.
    pub presets: watch::Sender<Arc<[Arc<Preset>]>>,
    /// Who is an operator, for the IPP door.
    pub operators: watch::Sender<ipp::Operators>,
    /// Settings, for all others.
    pub settings: watch::Sender<HouseSettings>,
}

/// What is known only when the doors are open.
pub(super) struct Doors {
    pub ipp: Vec<SocketAddr>,
    pub web: Vec<SocketAddr>,
    pub identity: Arc<Identity>,
}

/// See the head of the file.
pub(super) struct House {
    config: Config,
    data: PathBuf,
    store: Store,
    /// Where profiles lie.
    profiles: Spool,
    /// The profiles of each printer of the configuration.
    papers: Vec<Papers>,
    /// The profiles in use of those that were brought.
    parsed: Mutex<HashMap<Digest, Arc<Profile>>>,
    pub stations: Stations,
    pub live: Live,
    queue: OnceLock<Arc<Queue>>,
    doors: OnceLock<Doors>,
    panel: OnceLock<PanelPort>,
    templates: Arc<TemplateLibrary>,
    opened: Timestamp,
    /// One at a time.
    settling: tokio::sync::Mutex<()>,
}

impl House {
    /// What the configuration names, with the profiles of its printers, and then what was added.
    pub async fn open(
        config: &Config,
        papers: Vec<Papers>,
        data: &Path,
        store: Store,
        profiles: Spool,
    ) -> Result<House, StartError> {
        let (templates, wrong) = TemplateLibrary::load(&data.join("templates"));
        for error in wrong {
            log::warn!("a template is left out: {error}");
        }
        let settings = configured_settings(config);
        let house = House {
            live: Live {
                presets: watch::channel(Arc::from([])).0,
                operators: watch::channel(operators(&settings)).0,
                settings: watch::channel(settings).0,
            },
            config: config.clone(),
            data: data.to_owned(),
            store,
            profiles,
            papers,
            parsed: Mutex::default(),
            stations: Stations::default(),
            queue: OnceLock::new(),
            doors: OnceLock::new(),
            panel: OnceLock::new(),
            templates: Arc::new(templates),
            opened: Timestamp::now(),
            settling: tokio::sync::Mutex::default(),
        };
        // Of these a mistake is told and nothing started; what was added may fail by itself.
        for printer in &house.config.printers {
            let wrong = |t| StartError::Config(format!("printer {}: {t}", printer.name));
            Wanted::configured(printer)?.driver(&house.data).map_err(wrong)?;
        }
        house.settle().await?;
        Ok(house)
    }

    /// From now on printers are given to the queue, and taken from it.
    pub fn begin(&self, queue: Arc<Queue>, doors: Doors) {
        let _ = self.queue.set(queue);
        let _ = self.doors.set(doors);
    }

    /// From now on the panel is shown, and pressed, from elsewhere.
    pub fn show(&self, panel: Remote) {
        let _ = self.panel.set(PanelPort::new(panel));
    }

    /// The printers as they are wanted, the configuration's first.
    fn wanted(&self, added: &[AddedPrinter]) -> Vec<(Wanted, Papers)> {
        let configured = self.config.printers.iter().zip(&self.papers);
        let mut all: Vec<(Wanted, Papers)> = configured
            .filter_map(|(printer, papers)| Some((Wanted::configured(printer).ok()?, papers.clone())))
            .collect();
        all.extend(added.iter().map(|printer| (Wanted::added(printer), Vec::new())));
        all
    }

    /// The profiles of these digests. Those that were used before are not read again.
    async fn kept_profiles(&self, wanted: HashSet<Digest>) -> HashMap<Digest, Arc<Profile>> {
        let mut known = std::mem::take(&mut *self.parsed.lock().unwrap_or_else(PoisonError::into_inner));
        known.retain(|digest, _| wanted.contains(digest));
        let missing: Vec<Digest> = wanted
            .into_iter()
            .filter(|digest| !known.contains_key(digest))
            .collect();
        let folder = self.profiles.clone();
        let read = tokio::task::spawn_blocking(move || stations::read_kept(&folder, missing)).await;
        known.extend(read.unwrap_or_default());
        self.parsed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&known);
        known
    }

    async fn settle_printers(&self) -> Result<(), StoreError> {
        let (added, uses) = (self.store.added_printers().await?, self.store.profile_uses().await?);
        let before = self.stations.all();
        let profiles = self.kept_profiles(uses.iter().map(|used| used.profile).collect()).await;
        let mut all = HashMap::new();
        for (printer, configured) in self.wanted(&added) {
            let papers = stations::papers(&printer, &configured, &uses, &profiles);
            match printer.station(before.get(&printer.id), papers, &self.data) {
                Ok(station) => drop(all.insert(printer.id, Arc::new(station))),
                Err(trouble) => log::error!("{} can't be driven: {trouble}", printer.name),
            }
        }
        let new = self.stations.replace(all);
        let Some(queue) = self.queue.get() else {
            return Ok(());
        };
        queue.know_profiles(self.stations.profiles());
        new.into_iter().for_each(|printer| queue.take_up(printer));
        let now = self.stations.all();
        for gone in before.keys().filter(|id| !now.contains_key(*id)) {
            queue.let_go(gone);
        }
        Ok(())
    }

    async fn settle_presets(&self) -> Result<(), StoreError> {
        let mut all = presets::presets(&self.config).unwrap_or_default();
        for (id, text) in self.store.added_presets().await? {
            if all.iter().any(|preset| preset.id == id) {
                log::warn!("the preset {id} stands in the configuration; the one that was added is left out");
                continue;
            }
            if self.stations.get(&id).is_some() {
                log::warn!("the preset {id} is called as a printer is; it is left out");
                continue;
            }
            match presets::kept(&id, &text) {
                Ok(preset) => all.push(preset),
                Err(why) => log::error!("the preset {id} can't be used: {why}"),
            }
        }
        let all: Arc<[Arc<Preset>]> = all.into_iter().map(Arc::new).collect();
        self.live.presets.send_if_modified(|before| {
            let is_news = **before != *all;
            before.clone_from(&all);
            is_news
        });
        Ok(())
    }

    async fn settle_settings(&self) -> Result<(), StoreError> {
        let mut settings = configured_settings(&self.config);
        for (key, text) in self.store.overrides().await? {
            let value = serde_json::from_str(&text).unwrap_or(Value::Null);
            match settings.with(&BTreeMap::from([(key, value)])) {
                Ok(changed) => settings = changed,
                Err(error) => log::warn!("a setting is left as the configuration has it: {error}"),
            }
        }
        self.live.operators.send_replace(operators(&settings));
        self.live.settings.send_replace(settings);
        Ok(())
    }
}

/// What the configuration says of the settings that can be changed.
fn configured_settings(config: &Config) -> HouseSettings {
    let settings = HouseSettings {
        ipp_operators: match config.ipp.operators {
            config::Operators::ThisMachine => IppOperators::ThisMachine,
            config::Operators::Network => IppOperators::Network,
        },
        document_days: config.history.document_days,
        document_jobs: u32::try_from(config.history.document_jobs).unwrap_or(u32::MAX),
        document_bytes: config.history.document_bytes,
        ..HouseSettings::default()
    };
    // A configuration that can't be used was refused at the start.
    config.prices.over(settings.clone()).unwrap_or(settings)
}

fn operators(settings: &HouseSettings) -> ipp::Operators {
    match settings.ipp_operators {
        IppOperators::ThisMachine => ipp::Operators::ThisMachine,
        IppOperators::Network => ipp::Operators::Network,
    }
}

#[async_trait]
impl Estate for House {
    async fn settle(&self) -> Result<(), StoreError> {
        let _one = self.settling.lock().await;
        self.settle_settings().await?;
        self.settle_printers().await?;
        self.settle_presets().await
    }

    fn check_printer(&self, printer: &AddedPrinter) -> Result<(), SmolStr> {
        let wanted = Wanted::added(printer);
        wanted.driver(&self.data).map(drop).map_err(|trouble| trouble.text)
    }

    fn check_profile(&self, profile: &Profile, raster_type: Option<RasterType>) -> Result<(), SmolStr> {
        stations::fits(profile, raster_type).map_err(SmolStr::from)
    }

    fn read_preset(&self, id: &PrinterId, text: &str, printers: &[PrinterId]) -> Result<Preset, SmolStr> {
        let preset = presets::read(text)?;
        preset.check(printers)?;
        presets::kept(id, text)
    }

    fn maintains(&self, printer: &PrinterId) -> bool {
        self.stations
            .get(printer)
            .is_some_and(|station| station.driver.maintains())
    }

    fn configured_profiles(&self) -> Vec<ConfiguredUse> {
        let configured = self.config.printers.iter().zip(&self.papers);
        let told = configured.filter_map(|(printer, papers)| {
            let id = PrinterId::from_name(&printer.name).ok()?;
            Some(stations::configured_uses(&id, papers))
        });
        told.flatten().collect()
    }

    fn presets(&self) -> Arc<[Arc<Preset>]> {
        self.live.presets.borrow().clone()
    }

    fn settings(&self) -> HouseSettings {
        self.live.settings.borrow().clone()
    }

    fn configured_settings(&self) -> HouseSettings {
        configured_settings(&self.config)
    }

    fn templates(&self) -> Arc<TemplateLibrary> {
        self.templates.clone()
    }

    async fn draw(&self, drawing: Drawing) -> Result<Vec<u8>, SmolStr> {
        let library = self.templates.clone();
        let draw = move || {
            let template = library.get(&drawing.template).map_err(|e| format_smolstr!("{e}"))?;
            let drawn = render::preview(&template, drawing.paper.as_deref(), &drawing.set, drawing.side);
            drawn.map_err(|e| format_smolstr!("{e}"))
        };
        let drawn = tokio::task::spawn_blocking(draw).await;
        drawn.unwrap_or_else(|_| Err("the drawing broke down; please report it".into()))
    }

    fn panel(&self) -> Option<PanelPort> {
        self.panel.get().cloned()
    }

    fn facts(&self) -> Facts {
        let doors = self.doors.get();
        Facts {
            opened: self.opened,
            data: self.data.clone(),
            ipp: doors.map(|doors| doors.ipp.clone()).unwrap_or_default(),
            web: doors.map(|doors| doors.web.clone()).unwrap_or_default(),
            certificate: doors.map(|doors| doors.identity.certificate()),
            configuration: json!({
                "ipp": self.config.ipp,
                "web": self.config.web,
                "spool": self.config.spool,
                "press": self.config.press,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
