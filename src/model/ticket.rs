//! The ticket: every print setting of a job, decided, each with where it came from.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{ColorMode, Media, PageChoice, Rendering, Resolution, Routine, TemplateChoice, Timestamp};

/// Who decided a field. What the client asked for wins over a template, a template over a rule, a rule over a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// A rule of the house.
    Rule,
    /// A template or preset.
    Template,
    /// The client, in the request.
    Client,
}

/// A decided field: the value, who decided it, and why in words where that is not plain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided<T> {
    /// The value.
    pub value: T,
    /// Who decided.
    pub from: Source,
    /// The reason, for a person; empty where `from` says it all.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub why: SmolStr,
}

impl<T: Default> Default for Decided<T> {
    fn default() -> Self {
        Decided::by_default(T::default())
    }
}

impl<T> Decided<T> {
    /// A field that the client set.
    pub fn by_client(value: T) -> Self {
        Decided {
            value,
            from: Source::Client,
            why: SmolStr::default(),
        }
    }

    /// A field that nobody set.
    pub fn by_default(value: T) -> Self {
        Decided {
            value,
            from: Source::Default,
            why: SmolStr::default(),
        }
    }

    /// A field that a rule set, and why.
    pub fn by_rule(value: T, why: impl Into<SmolStr>) -> Self {
        Decided {
            value,
            from: Source::Rule,
            why: why.into(),
        }
    }

    /// The client's wish if there is one, else the default.
    pub fn wish_or(wish: Option<T>, default: T) -> Self {
        match wish {
            Some(value) => Self::by_client(value),
            None => Self::by_default(default),
        }
    }
}

/// IPP `print-scaling` (PWG 5100.16), with `auto` and `auto-fit` decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintScaling {
    /// `fit`: the whole picture inside the printable area.
    Fit,
    /// `fill`: the printable area is filled, what sticks out is cropped.
    Fill,
    /// `none`: actual size by the document's own resolution, cropped at the printable area.
    None,
}

impl PrintScaling {
    /// The IPP keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Fill => "fill",
            Self::None => "none",
        }
    }
}

/// How the picture is turned on the sheet: IPP `orientation-requested` 3 to 6, or by the picture's own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Turned by 90° counter-clockwise when that fits the sheet's shape better.
    Auto,
    /// 3: not turned.
    Portrait,
    /// 4: turned by 90° counter-clockwise.
    Landscape,
    /// 5: turned by 90° clockwise.
    ReverseLandscape,
    /// 6: turned by 180°.
    ReversePortrait,
}

/// IPP `print-quality`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintQuality {
    /// 3
    Draft,
    /// 4
    Normal,
    /// 5
    High,
}

impl PrintQuality {
    /// The IPP enum (RFC 8011, 5.2.13).
    pub const fn as_enum(self) -> i32 {
        match self {
            Self::Draft => 3,
            Self::Normal => 4,
            Self::High => 5,
        }
    }

    /// The quality of an IPP enum.
    pub const fn from_enum(value: i32) -> Option<Self> {
        match value {
            3 => Some(Self::Draft),
            4 => Some(Self::Normal),
            5 => Some(Self::High),
            _ => None,
        }
    }
}

/// A rendering intent with or without black point compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RenderingIntent {
    /// The intent.
    pub intent: Rendering,
    /// Whether the source's black is moved onto the paper's (Adobe's black point compensation, ISO 18619).
    pub black_point_compensation: bool,
}

impl RenderingIntent {
    /// `relative-bpc`: what the house prints photographs with when nobody says otherwise.
    pub const RELATIVE_BPC: RenderingIntent = RenderingIntent {
        intent: Rendering::Relative,
        black_point_compensation: true,
    };

    /// The IPP `print-rendering-intent` keyword (PWG 5100.13).
    pub const fn keyword(self) -> &'static str {
        match (self.intent, self.black_point_compensation) {
            (Rendering::Perceptual, _) => "perceptual",
            (Rendering::Relative, true) => "relative-bpc",
            (Rendering::Relative, false) => "relative",
            (Rendering::Saturation, _) => "saturation",
            (Rendering::Absolute, _) => "absolute",
        }
    }

    /// The intent of a keyword other than `auto`.
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        let (intent, bpc) = match keyword {
            "perceptual" => (Rendering::Perceptual, true),
            "relative" => (Rendering::Relative, false),
            "relative-bpc" => (Rendering::Relative, true),
            "saturation" => (Rendering::Saturation, true),
            "absolute" => (Rendering::Absolute, false),
            _ => return None,
        };
        Some(RenderingIntent {
            intent,
            black_point_compensation: bpc,
        })
    }
}

/// All print settings of a job, decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// What to print on.
    pub media: Decided<Media>,
    /// How many, 1 to 999.
    pub copies: Decided<u32>,
    /// How the picture is placed on the sheet.
    pub scaling: Decided<PrintScaling>,
    /// How it is turned.
    pub orientation: Decided<Orientation>,
    /// Quality asked of the printer.
    pub quality: Decided<PrintQuality>,
    /// Colour or grey.
    pub color_mode: Decided<ColorMode>,
    /// Colour rendering.
    pub intent: Decided<RenderingIntent>,
    /// Dots per inch asked for; `None` takes what the printer does best at the quality.
    pub resolution: Decided<Option<Resolution>>,
    /// Which pages, and how many on a sheet.
    #[serde(default)]
    pub pages: Decided<PageChoice>,
    /// When it must be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// The edition that it belongs to: all of one are printed on one printer, so that they look alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<SmolStr>,
    /// What is done in place of printing documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routine: Option<Routine>,
    /// The template by which its pictures are laid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateChoice>,
    /// Things that a person should know about this print, for example that the picture carries no profile.
    #[serde(default)]
    pub warnings: Vec<SmolStr>,
}

impl Ticket {
    /// That of one copy on this medium, about which nobody has said more.
    pub fn of(media: Decided<Media>) -> Ticket {
        Ticket {
            media,
            copies: Decided::by_default(1),
            scaling: Decided::by_default(PrintScaling::Fit),
            orientation: Decided::by_default(Orientation::Auto),
            quality: Decided::by_default(PrintQuality::High),
            color_mode: Decided::by_default(ColorMode::Color),
            intent: Decided::by_default(RenderingIntent::RELATIVE_BPC),
            resolution: Decided::by_default(None),
            pages: Decided::default(),
            deadline: None,
            edition: None,
            routine: None,
            template: None,
            warnings: Vec::new(),
        }
    }

    /// That of a routine.
    pub fn of_routine(routine: Routine, media: Decided<Media>) -> Ticket {
        Ticket {
            scaling: Decided::by_default(PrintScaling::None),
            orientation: Decided::by_default(Orientation::Portrait),
            routine: Some(routine),
            ..Ticket::of(media)
        }
    }
}
