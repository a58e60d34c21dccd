//! Presets of the configuration, as intake takes them.

use smol_str::{SmolStr, format_smolstr};

use crate::config::{self, preset};
use crate::intake::{Preset, Wish, Wishes};
use crate::model::{Destination, Length, Margins, PrinterId, PrinterIdError};

/// One as it is kept.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(text: &str) -> Result<config::Preset, SmolStr> {
    serde_json::from_str(text).map_err(|e| format_smolstr!("{e}"))
}

/// One that was added, under the short name that it has.
///
/// # Errors
/// What is wrong with it, in words.
pub fn kept(id: &PrinterId, text: &str) -> Result<Preset, SmolStr> {
    let made = preset(&read(text)?).map_err(|e| format_smolstr!("{e}"))?;
    Ok(Preset { id: id.clone(), ..made })
}

/// All of them.
///
/// # Errors
/// When a name has nothing to make a short one of; the configuration's own check has refused that.
pub fn presets(config: &config::Config) -> Result<Vec<Preset>, PrinterIdError> {
    config.presets.iter().map(preset).collect()
}

fn preset(preset: &config::Preset) -> Result<Preset, PrinterIdError> {
    let destination = match &preset.printer {
        Some(name) => Destination::Printer(PrinterId::from_name(name)?),
        None => Destination::Pool,
    };
    let wishes = Wishes {
        size: preset.size(),
        media_type: preset.media_type.clone(),
        source: preset.media_source.clone(),
        margins: preset.border.map(|mm| Margins::same(Length::mm(mm))),
        quality: preset.print_quality,
        color_mode: preset.print_color_mode,
        scaling: preset.print_scaling.map(|scaling| match scaling {
            preset::Scaling::Auto => Wish::Auto,
            preset::Scaling::AutoFit => Wish::AutoFit,
            preset::Scaling::Fit => Wish::Fit,
            preset::Scaling::Fill => Wish::Fill,
            preset::Scaling::None => Wish::None,
        }),
        intent: preset.print_rendering_intent.map(|intent| intent.0),
        ..Wishes::default()
    };
    Ok(Preset {
        id: PrinterId::from_name(&preset.name)?,
        name: preset.name.clone(),
        destination,
        wishes,
    })
}
