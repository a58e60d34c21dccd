//! The port to whoever built the house: what only he can do who knows every room. [`crate::appliance`] is it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use smol_str::SmolStr;

use super::panel::PanelPort;
use crate::color::Profile;
use crate::intake::Preset;
use crate::model::{HouseSettings, PrinterId, RasterType, Timestamp};
use crate::press::template::TemplateLibrary;
use crate::store::{AddedPrinter, StoreError};
use crate::tls::Certificate;

/// A profile that the configuration names for a printer, or that the printer has of its own.
#[derive(Debug, Clone)]
pub struct ConfiguredUse {
    /// On this printer.
    pub printer: PrinterId,
    /// For this `media-type`; `None`: every one that has no other.
    pub media_type: Option<SmolStr>,
    /// The raster type through which it was made.
    pub raster_type: Option<RasterType>,
    /// The profile.
    pub profile: Arc<Profile>,
}

/// A picture of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Drawing {
    /// Its name.
    pub template: SmolStr,
    /// On which paper, as people call it; `None`: the template's first.
    pub paper: Option<SmolStr>,
    /// Parameters and words, each as `name=value`.
    pub set: Vec<String>,
    /// Pixels of the longer side.
    pub side: u32,
}

/// What the house is.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// When it was opened.
    pub opened: Timestamp,
    /// The state folder.
    pub data: PathBuf,
    /// Where it listens for IPP.
    pub ipp: Vec<SocketAddr>,
    /// Where it listens for people and programs.
    pub web: Vec<SocketAddr>,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// What stands in the configuration file and changes with it alone, by its names.
    pub configuration: Value,
}

/// See the head of the file.
#[async_trait]
pub trait Estate: Send + Sync + 'static {
    /// Takes up what the store has: printers with their profiles, presets, settings.
    ///
    /// # Errors
    /// [`StoreError`] when it can't be read; all stays as it was.
    async fn settle(&self) -> Result<(), StoreError>;

    /// Whether a printer could be driven.
    ///
    /// # Errors
    /// Why not, in words.
    fn check_printer(&self, printer: &AddedPrinter) -> Result<(), SmolStr>;

    /// Whether a profile could be printed by, through this raster type.
    ///
    /// # Errors
    /// Why not, in words.
    fn check_profile(&self, profile: &Profile, raster_type: Option<RasterType>) -> Result<(), SmolStr>;

    /// Whether a preset is right as it would be kept, and what it then is. Where it leads to is one of `printers`.
    ///
    /// # Errors
    /// Why not, in words.
    fn read_preset(&self, id: &PrinterId, text: &str, printers: &[PrinterId]) -> Result<Preset, SmolStr>;

    /// Whether a printer takes routines of its own from us.
    fn maintains(&self, printer: &PrinterId) -> bool;

    /// The profiles that the configuration names.
    fn configured_profiles(&self) -> Vec<ConfiguredUse>;

    /// The presets of now.
    fn presets(&self) -> Arc<[Arc<Preset>]>;

    /// The settings of now.
    fn settings(&self) -> HouseSettings;

    /// The settings as they would be if nobody had changed any.
    fn configured_settings(&self) -> HouseSettings;

    /// The templates.
    fn templates(&self) -> Arc<TemplateLibrary>;

    /// Draws a template's first page as PNG, with made-up pictures and words.
    ///
    /// # Errors
    /// Why not, in words.
    async fn draw(&self, drawing: Drawing) -> Result<Vec<u8>, SmolStr>;

    /// The front panel, where there is one.
    fn panel(&self) -> Option<PanelPort> {
        None
    }

    /// What the house is.
    fn facts(&self) -> Facts;
}
