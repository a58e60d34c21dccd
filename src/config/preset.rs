//! `[[preset]]`: a way to print that clients see as a printer of its own.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{is_keyword, media_named};
use crate::model::{ColorMode, MediaSize, PrintQuality, PrinterId, RenderingIntent};

/// A preset. What is left out is left to the client and the house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Preset {
    /// What people see in the print dialog.
    pub name: SmolStr,
    /// The name of the printer or named pool that its jobs go to; the pool of all when left out.
    #[serde(default)]
    pub printer: Option<SmolStr>,
    /// Paper: a short name (`a3+`) or a PWG name (`na_super-b_13x19in`).
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
    pub print_scaling: Option<Scaling>,
    /// `print-rendering-intent`
    #[serde(default)]
    pub print_rendering_intent: Option<Intent>,
}

/// The values of `print-scaling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Scaling {
    Auto,
    AutoFit,
    Fit,
    Fill,
    None,
}

/// A rendering intent by its IPP keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SmolStr")]
pub struct Intent(pub RenderingIntent);

impl Serialize for Intent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.keyword())
    }
}

impl TryFrom<SmolStr> for Intent {
    type Error = String;
    fn try_from(text: SmolStr) -> Result<Self, String> {
        RenderingIntent::from_keyword(&text).map(Intent).ok_or_else(|| {
            format!(
                "\"{text}\" is no rendering intent; perceptual, relative, relative-bpc, saturation and absolute are"
            )
        })
    }
}

impl Preset {
    /// Its paper.
    pub fn size(&self) -> Option<MediaSize> {
        media_named(self.media.as_deref()?)
    }

    /// What is wrong with it, for the person who wrote it. `printers` are those of the file, and its pools.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self, printers: &[PrinterId]) -> Result<(), String> {
        let name = &self.name;
        if let Some(printer) = &self.printer
            && !PrinterId::from_name(printer).is_ok_and(|id| printers.contains(&id))
        {
            return Err(format!(
                "the preset \"{name}\" goes to {printer}, and there is no such [[printer]] or [[pool]]"
            ));
        }
        if let Some(media) = self.media.as_ref().filter(|_| self.size().is_none()) {
            return Err(format!(
                "the media \"{media}\" of the preset \"{name}\" is not known: give a PWG name such as \
                 na_super-b_13x19in, or a short one such as a3+"
            ));
        }
        if self.border.is_some_and(|mm| !(0.0..=200.0).contains(&mm)) {
            return Err(format!(
                "the border of the preset \"{name}\" is not between 0 and 200 millimetres"
            ));
        }
        let shorter = self.size().map(|size| size.x.min(size.y).as_mm());
        if let (Some(border), Some(shorter)) = (self.border, shorter)
            && border * 2.0 >= shorter
        {
            return Err(format!(
                "the border of the preset \"{name}\" leaves no room on its media"
            ));
        }
        for (key, word) in [("media-type", &self.media_type), ("media-source", &self.media_source)] {
            if word.as_ref().is_some_and(|word| !is_keyword(word)) {
                return Err(format!("the {key} of the preset \"{name}\" is no IPP keyword"));
            }
        }
        Ok(())
    }
}
