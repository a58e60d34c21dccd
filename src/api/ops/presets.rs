//! Presets: ways to print that clients see as printers of their own.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::names::{is_taken, name, others, refuse_alike};
use super::printers::configured;
use crate::api::patch::{Patch, patched, wrong};
use crate::api::{Api, Caller, Problem};
use crate::config;
use crate::intake::{Preset, Wish};
use crate::model::{ColorMode, PrintQuality, PrinterId, RenderingIntent, Scope, Timestamp};

/// Most presets: each is announced on the LAN.
const MOST_PRESETS: usize = 32;
/// Longest name in bytes: what clients expect of a printer's (PWG 5100.14).
const MOST_NAME: usize = 127;

/// A preset as somebody writes it down. What is left out is left to the client and the house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetWish {
    /// What people see in the print dialog.
    pub name: SmolStr,
    /// The short name of the printer or named pool that its jobs go to; none: the pool of all.
    #[serde(default)]
    pub printer: Option<PrinterId>,
    /// Paper: a PWG name, or what people call it.
    #[serde(default)]
    pub media: Option<SmolStr>,
    /// `media-type`
    #[serde(default)]
    pub media_type: Option<SmolStr>,
    /// `media-source`
    #[serde(default)]
    pub media_source: Option<SmolStr>,
    /// White border on all sides, in millimetres; 0 prints to the edges.
    #[serde(default)]
    pub border: Option<f64>,
    /// `print-quality`
    #[serde(default)]
    pub print_quality: Option<PrintQuality>,
    /// `print-color-mode`
    #[serde(default)]
    pub print_color_mode: Option<ColorMode>,
    /// `print-scaling`
    #[serde(default)]
    pub print_scaling: Option<SmolStr>,
    /// `print-rendering-intent`
    #[serde(default)]
    pub print_rendering_intent: Option<SmolStr>,
}

impl PresetWish {
    /// What somebody would have written for a preset.
    pub(super) fn of(preset: &Preset) -> PresetWish {
        let wishes = &preset.wishes;
        PresetWish {
            name: preset.name.clone(),
            printer: preset.destination.printer().cloned(),
            media: wishes.size.as_ref().map(|size| size.name.clone()),
            media_type: wishes.media_type.clone(),
            media_source: wishes.source.clone(),
            border: wishes.margins.map(|margins| margins.top.as_mm()),
            print_quality: wishes.quality,
            print_color_mode: wishes.color_mode,
            print_scaling: wishes.scaling.map(|scaling| Wish::keyword(scaling).into()),
            print_rendering_intent: wishes.intent.map(|intent| RenderingIntent::keyword(intent).into()),
        }
    }

    /// As it is kept: in the configuration's own words.
    fn text(&self) -> Result<String, Problem> {
        let word = |word: &SmolStr| serde_json::Value::from(word.as_str());
        let scaling = self.print_scaling.as_ref().map(|keyword| {
            let known = "give one of auto, auto-fit, fit, fill, none";
            serde_json::from_value(word(keyword)).map_err(|_| Problem::invalid("print_scaling", known))
        });
        let intent = self.print_rendering_intent.as_ref().map(|keyword| {
            let known = "give one of perceptual, relative, relative-bpc, saturation, absolute";
            serde_json::from_value(word(keyword)).map_err(|_| Problem::invalid("print_rendering_intent", known))
        });
        let preset = config::Preset {
            name: name("name", &self.name, MOST_NAME)?,
            printer: self.printer.as_ref().map(|printer| printer.as_str().into()),
            media: self.media.clone(),
            media_type: self.media_type.clone(),
            media_source: self.media_source.clone(),
            border: self.border,
            print_quality: self.print_quality,
            print_color_mode: self.print_color_mode,
            print_scaling: scaling.transpose()?,
            print_rendering_intent: intent.transpose()?,
        };
        serde_json::to_string(&preset).map_err(|e| Problem::internal(&e))
    }
}

/// A preset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PresetView {
    /// Its short name, beside those of the printers.
    pub id: SmolStr,
    /// Whether it stands in the configuration file, and so can't be changed or removed here.
    pub configured: bool,
    /// What it says.
    #[serde(flatten)]
    pub preset: PresetWish,
}

fn no_preset(id: &PrinterId) -> Problem {
    Problem::not_found("preset-not-found", format_args!("preset {id}"))
}

impl Api {
    /// The presets, the configuration's first.
    ///
    /// # Errors
    /// 403.
    pub async fn presets(&self, caller: &Caller) -> Result<Vec<PresetView>, Problem> {
        caller.needs(Scope::TemplatesRead)?;
        let added = self.store.added_presets().await?;
        let presets = self.estate.presets();
        let view = |preset: &std::sync::Arc<Preset>| PresetView {
            id: preset.id.as_str().into(),
            configured: !added.iter().any(|(id, _)| *id == preset.id),
            preset: PresetWish::of(preset),
        };
        Ok(presets.iter().map(view).collect())
    }

    /// A preset.
    ///
    /// # Errors
    /// 404 `preset-not-found`.
    pub async fn preset(&self, caller: &Caller, id: &PrinterId) -> Result<PresetView, Problem> {
        let presets = self.presets(caller).await?;
        presets
            .into_iter()
            .find(|preset| preset.id == id.as_str())
            .ok_or_else(|| no_preset(id))
    }

    /// What is wrong with a preset is said before it is kept.
    pub(super) async fn checked_preset(&self, id: &PrinterId, wish: &PresetWish) -> Result<String, Problem> {
        let house = self.store.house().await?;
        let mut printers: Vec<PrinterId> = house.printers.iter().map(|printer| printer.id.clone()).collect();
        printers.extend(house.pools.iter().map(|pool| pool.id.clone()));
        self.preset_among(id, wish, &printers)
    }

    /// The same, where these are all printers.
    pub(super) fn preset_among(
        &self,
        id: &PrinterId,
        wish: &PresetWish,
        printers: &[PrinterId],
    ) -> Result<String, Problem> {
        let text = wish.text()?;
        if let Some(printer) = wish.printer.as_ref().filter(|printer| !printers.contains(printer)) {
            return Err(Problem::invalid(
                "printer",
                format_smolstr!("there is no printer {printer}"),
            ));
        }
        let read = self.estate.read_preset(id, &text, printers);
        read.map_err(wrong)?;
        Ok(text)
    }

    /// Adds a preset: it is announced on the LAN as a printer of its own.
    ///
    /// # Errors
    /// 409 `name-taken`, `too-many-presets`; 422.
    pub async fn add_preset(&self, caller: &Caller, wish: PresetWish) -> Result<PresetView, Problem> {
        caller.needs(Scope::TemplatesWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::TemplatesRead)?;
        let called = name("name", &wish.name, MOST_NAME)?;
        let id = PrinterId::from_name(&called).map_err(|e| Problem::invalid("name", format_smolstr!("{e}")))?;
        let house = self.store.house().await?;
        if is_taken(self, &house, &id) {
            let why = format_smolstr!("\"{id}\" is the name of a printer or preset already: choose another");
            return Err(Problem::conflict("name-taken", why).at("name"));
        }
        refuse_alike(&called, &others(self, &house, |_| true))?;
        if self.estate.presets().len() >= MOST_PRESETS {
            let why = format_smolstr!("there are {MOST_PRESETS} presets, which is the most: remove one first");
            return Err(Problem::conflict("too-many-presets", why));
        }
        let text = self.checked_preset(&id, &wish).await?;
        self.keep_preset(&id, text).await?;
        log::info!("preset {id}: was added by {}", caller.name);
        self.preset(caller, &id).await
    }

    pub(super) async fn keep_preset(&self, id: &PrinterId, text: String) -> Result<(), Problem> {
        self.store.put_preset(id.clone(), text, Timestamp::now()).await?;
        Ok(self.estate.settle().await?)
    }

    async fn added_preset(&self, caller: &Caller, id: &PrinterId) -> Result<PresetWish, Problem> {
        let known = self.preset(caller, id).await?;
        match known.configured {
            true => Err(configured(format_args!("the preset \"{}\"", known.preset.name))),
            false => Ok(known.preset),
        }
    }

    /// Changes a preset that was added; its short name stays.
    ///
    /// # Errors
    /// 404, 409 `configured`, 422.
    pub async fn change_preset(&self, caller: &Caller, id: &PrinterId, patch: Patch) -> Result<PresetView, Problem> {
        caller.needs(Scope::TemplatesWrite)?;
        let wish = patched(&self.added_preset(caller, id).await?, patch)?;
        let house = self.store.house().await?;
        refuse_alike(&wish.name, &others(self, &house, |other| other != id))?;
        let text = self.checked_preset(id, &wish).await?;
        self.keep_preset(id, text).await?;
        log::info!("preset {id}: was changed by {}", caller.name);
        self.preset(caller, id).await
    }

    /// Removes a preset that was added. Jobs that were sent to it stay as they are.
    ///
    /// # Errors
    /// 404, 409 `configured`.
    pub async fn remove_preset(&self, caller: &Caller, id: &PrinterId) -> Result<(), Problem> {
        caller.needs(Scope::TemplatesWrite)?;
        self.added_preset(caller, id).await?;
        self.store.remove_preset(id.clone(), Timestamp::now()).await?;
        self.estate.settle().await?;
        log::info!("preset {id}: was removed by {}", caller.name);
        Ok(())
    }
}
