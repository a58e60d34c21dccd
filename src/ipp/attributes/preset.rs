//! A preset as a printer: what it says is its default, and all that it offers, so that choosing it in a print dialog
//! sets everything right.

use super::super::codec::{Attribute, Value, op};
use super::super::ops::is_switch;
use super::media::{media_col, media_size};
use crate::intake::{Preset, decide};
use crate::model::ColorMode;

/// Narrows the attributes of the printer behind to what a preset says.
pub fn narrow(preset: &Preset, all: &mut Vec<Attribute>) {
    let wishes = &preset.wishes;
    let gray = wishes.color_mode == Some(ColorMode::Monochrome);
    let quality = wishes.quality.map(|q| format!("PQ{}", q.as_enum()));
    let keeps = |name: &str, value: &Value| match (name, value) {
        // What is done at the printer behind.
        ("operations-supported", Value::Enum(code)) => {
            let code = u16::try_from(*code).unwrap_or(0);
            !is_switch(code) && code != op::SET_PRINTER_ATTRIBUTES
        }
        ("urf-supported", Value::Keyword(word)) => !gray || !(word.starts_with("SRGB") || word.starts_with("ADOBERGB")),
        ("pwg-raster-document-type-supported", Value::Keyword(word)) => {
            !gray || word.starts_with("sgray") || word.starts_with("black")
        }
        _ => true,
    };
    for attribute in all.iter_mut() {
        let name = attribute.name.clone();
        attribute.values.retain(|value| keeps(&name, value));
        for value in &mut attribute.values {
            match value {
                Value::Keyword(word) if name == "urf-supported" && word.starts_with("PQ") => {
                    *word = quality.as_deref().map_or_else(|| word.clone(), Into::into);
                }
                Value::Boolean(color) if name == "color-supported" => *color &= !gray,
                _ => {}
            }
        }
    }
    all.retain(|a| !(a.values.is_empty() || gray && a.name == "pages-per-minute-color"));
    let mut set = |name: &str, value: Value| {
        if let Some(attribute) = all.iter_mut().find(|a| a.name == name) {
            attribute.values = vec![value];
        }
    };
    let only = |set: &mut dyn FnMut(&str, Value), name: &str, value: Value| {
        set(&format!("{name}-default"), value.clone());
        set(&format!("{name}-supported"), value);
    };
    if let Some(quality) = wishes.quality {
        only(&mut set, "print-quality", Value::Enum(quality.as_enum()));
    }
    if let Some(mode) = wishes.color_mode {
        only(&mut set, "print-color-mode", Value::keyword(mode.keyword()));
    }
    if let Some(intent) = wishes.intent {
        only(&mut set, "print-rendering-intent", Value::keyword(intent.keyword()));
    }
    if let Some(scaling) = wishes.scaling {
        only(&mut set, "print-scaling", Value::keyword(scaling.keyword()));
    }
    // None of them can be set here.
    set("printer-settable-attributes-supported", Value::keyword("none"));
    let media = decide(wishes, None, &[]).ticket.media.value;
    if let Some(kind) = &wishes.media_type {
        only(&mut set, "media-type", Value::keyword(kind));
    }
    if let Some(source) = &wishes.source {
        only(&mut set, "media-source", Value::keyword(source));
    }
    if wishes.margins.is_some() {
        for (side, length) in [
            ("bottom", media.margins.bottom),
            ("left", media.margins.left),
            ("right", media.margins.right),
            ("top", media.margins.top),
        ] {
            set(
                &format!("media-{side}-margin-supported"),
                Value::Integer(length.as_hundredths()),
            );
        }
    }
    if wishes.size.is_some() {
        let name = Value::keyword(&media.size.name);
        only(&mut set, "media", name.clone());
        set("media-size-supported", media_size(&media.size));
        // It is there to be chosen: the job waits until somebody has loaded it.
        set("media-ready", name);
        for list in ["media-col-default", "media-col-ready", "media-col-database"] {
            set(list, media_col(&media));
        }
    }
}
