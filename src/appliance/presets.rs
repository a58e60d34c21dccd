//! Presets of the configuration, as intake takes them.

use crate::config::{self, preset};
use crate::intake::{Preset, Wish, Wishes};
use crate::model::{Destination, Length, Margins, PrinterId, PrinterIdError};

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
