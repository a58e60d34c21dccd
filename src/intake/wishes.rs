//! What a client may wish for, before anything is decided.

use smol_str::SmolStr;

use crate::model::{
    ColorMode, Margins, MediaSize, NumberRange, Orientation, PageOverride, PrintQuality, RenderingIntent, Resolution,
};

/// IPP `print-scaling`, as a client may ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// `auto`: fill a borderless sheet, fit into any other.
    Auto,
    /// `auto-fit`: fit when the picture is larger than the printable area, else actual size.
    AutoFit,
    /// `fit`
    Fit,
    /// `fill`
    Fill,
    /// `none`
    None,
}

impl Wish {
    /// The IPP keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Wish::Auto => "auto",
            Wish::AutoFit => "auto-fit",
            Wish::Fit => "fit",
            Wish::Fill => "fill",
            Wish::None => "none",
        }
    }
}

/// Everything that a client may ask for; `None` leaves it to the house.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Sheet.
    pub size: Option<MediaSize>,
    /// `media-type`.
    pub media_type: Option<SmolStr>,
    /// `media-source`.
    pub source: Option<SmolStr>,
    /// Margins of `media-col`.
    pub margins: Option<Margins>,
    /// Copies.
    pub copies: Option<u32>,
    /// `print-scaling`.
    pub scaling: Option<Wish>,
    /// `orientation-requested`.
    pub orientation: Option<Orientation>,
    /// `print-quality`.
    pub quality: Option<PrintQuality>,
    /// `print-color-mode` other than `auto`.
    pub color_mode: Option<ColorMode>,
    /// `print-rendering-intent` other than `auto`.
    pub intent: Option<RenderingIntent>,
    /// `printer-resolution`.
    pub resolution: Option<Resolution>,
    /// `page-ranges`
    pub page_ranges: Option<Vec<NumberRange>>,
    /// `overrides`
    pub overrides: Option<Vec<PageOverride>>,
    /// `number-up`
    pub number_up: Option<u32>,
}

impl Wishes {
    /// These wishes, and `older` ones where these say nothing.
    pub fn or(self, older: Wishes) -> Wishes {
        Wishes {
            size: self.size.or(older.size),
            media_type: self.media_type.or(older.media_type),
            source: self.source.or(older.source),
            margins: self.margins.or(older.margins),
            copies: self.copies.or(older.copies),
            scaling: self.scaling.or(older.scaling),
            orientation: self.orientation.or(older.orientation),
            quality: self.quality.or(older.quality),
            color_mode: self.color_mode.or(older.color_mode),
            intent: self.intent.or(older.intent),
            resolution: self.resolution.or(older.resolution),
            page_ranges: self.page_ranges.or(older.page_ranges),
            overrides: self.overrides.or(older.overrides),
            number_up: self.number_up.or(older.number_up),
        }
    }

    /// The IPP attributes by which one wishes.
    pub const ATTRIBUTES: [&str; 11] = [
        "media-col",
        "copies",
        "print-scaling",
        "orientation-requested",
        "print-quality",
        "print-color-mode",
        "print-rendering-intent",
        "printer-resolution",
        "page-ranges",
        "overrides",
        "number-up",
    ];

    /// Takes back the wish of this IPP attribute.
    pub fn clear(&mut self, attribute: &str) {
        match attribute {
            "media" | "media-col" => {
                (self.size, self.media_type, self.source, self.margins) = (None, None, None, None);
            }
            "copies" => self.copies = None,
            "print-scaling" => self.scaling = None,
            "orientation-requested" => self.orientation = None,
            "print-quality" => self.quality = None,
            "print-color-mode" => self.color_mode = None,
            "print-rendering-intent" => self.intent = None,
            "printer-resolution" => self.resolution = None,
            "page-ranges" => self.page_ranges = None,
            "overrides" => self.overrides = None,
            "number-up" => self.number_up = None,
            _ => {}
        }
    }
}
