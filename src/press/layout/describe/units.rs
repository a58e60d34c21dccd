//! Lengths, colours and frames, as a layout writes them.

use serde::Deserialize;

use super::super::super::page::Ink;

/// Lengths at four edges.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(from = "RawEdges")]
pub struct Edges {
    /// At the top.
    pub top: f64,
    /// Right.
    pub right: f64,
    /// At the bottom.
    pub bottom: f64,
    /// Left.
    pub left: f64,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected mm as one number, or as { top, right, bottom, left }"
)]
enum RawEdges {
    All(f64),
    Each(EachEdge),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct EachEdge {
    top: f64,
    right: f64,
    bottom: f64,
    left: f64,
}

impl From<RawEdges> for Edges {
    fn from(raw: RawEdges) -> Self {
        let EachEdge {
            top,
            right,
            bottom,
            left,
        } = match raw {
            RawEdges::All(v) => EachEdge {
                top: v,
                right: v,
                bottom: v,
                left: v,
            },
            RawEdges::Each(e) => e,
        };
        Edges {
            top,
            right,
            bottom,
            left,
        }
    }
}

/// Lengths across and down.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(from = "RawGap")]
pub struct Gap {
    /// Across.
    pub x: f64,
    /// Down.
    pub y: f64,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected mm as one number, or as [across, down]")]
enum RawGap {
    Both(f64),
    Each([f64; 2]),
}

impl From<RawGap> for Gap {
    fn from(raw: RawGap) -> Self {
        let [x, y] = match raw {
            RawGap::Both(v) => [v, v],
            RawGap::Each(e) => e,
        };
        Gap { x, y }
    }
}

/// An ink by its name: `paper`, `black`, `#rrggbb` in sRGB, or `device:#rrggbb` for values that are not converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour(pub Ink);

impl Colour {
    /// sRGB black.
    pub const BLACK: Colour = Colour(Ink::Srgb([0; 3]));
    /// Bare paper.
    pub const PAPER: Colour = Colour(Ink::Paper);
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let hex = |t: &str| -> Option<[u8; 3]> {
            let digits = t.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
            let value = u32::from_str_radix(digits, 16).ok()?;
            digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
            let [_, r, g, b] = value.to_be_bytes();
            Some([r, g, b])
        };
        let ink = match text.as_str() {
            "paper" => Some(Ink::Paper),
            "black" => Some(Ink::Srgb([0; 3])),
            "white" => Some(Ink::Srgb([255; 3])),
            other => match other.strip_prefix("device:") {
                Some(value) => hex(value).map(Ink::Device),
                None => hex(other).map(Ink::Srgb),
            },
        };
        ink.map(Colour)
            .ok_or_else(|| "a colour is \"paper\", \"black\", \"white\", \"#rrggbb\" or \"device:#rrggbb\"".to_owned())
    }
}

/// What a frame is measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// What the margins leave.
    #[default]
    Room,
    /// The whole sheet.
    Sheet,
    /// The sheet and its overspray.
    Bleed,
}

/// A frame. Per axis: two distances span it, a distance and a size fix it, a size alone centres it, and nothing takes
/// all there is. `left` and `width` and `right` together are one too many.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Frame {
    /// What distances are from.
    pub of: Extent,
    /// Distance of the left edges.
    pub left: Option<f64>,
    /// Distance of the right edges.
    pub right: Option<f64>,
    /// Distance of the upper edges.
    pub top: Option<f64>,
    /// Distance of the lower edges.
    pub bottom: Option<f64>,
    /// Across.
    pub width: Option<f64>,
    /// Down.
    pub height: Option<f64>,
}
