//! What a picture is shown with: how it lies, its border or wrap, its marks and its words.

use serde::Deserialize;

use super::super::super::text::Cut;
use super::{Colour, Edges, Gap};

/// How a picture fills its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// All of it, as large as the cell allows.
    #[default]
    Fit,
    /// The whole cell; what hangs over is cut.
    Fill,
    /// By its own resolution, or by `long-side`; what hangs over is cut.
    Actual,
}

/// A turn of a picture in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spin {
    /// Upright.
    #[default]
    None,
    /// By 90° counter-clockwise.
    Left,
    /// By 90° clockwise.
    Right,
    /// By 180°.
    Half,
    /// By 90° counter-clockwise when that fits the cell's shape better.
    Auto,
}

/// A place in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Anchor {
    TopLeft,
    Top,
    TopRight,
    Left,
    #[default]
    Center,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

/// How a picture lies in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Look {
    /// Its size.
    pub fit: Fit,
    /// Its turn.
    pub turn: Spin,
    /// Crop to this ratio of width to height first, of the picture as it is turned.
    pub aspect: Option<f64>,
    /// The point of the upright picture that a crop keeps nearest its middle, from 0 to 1 from its left and top. The
    /// subject's own wins.
    pub focus: Option<[f64; 2]>,
    /// Where it lies when it is smaller than its cell.
    pub anchor: Anchor,
    /// A shift from there, right and down.
    pub offset: Gap,
    /// `fit = "actual"`: the whole picture's longer side on paper.
    pub long_side: Option<f64>,
}

/// A border around a picture, inside its cell.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Border {
    /// Its width at each edge.
    pub width: Edges,
    /// More at the bottom, as mats are cut.
    #[serde(default)]
    pub weight: f64,
    /// Its colour.
    #[serde(default = "paper")]
    pub colour: Colour,
    /// Colour the whole cell, not just as far as the border reaches from the picture.
    #[serde(default)]
    pub whole_cell: bool,
    /// A line between the border and the picture, on the border.
    #[serde(default)]
    pub line: Option<Rule>,
}

/// A thin line.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Its width.
    pub width: f64,
    /// Its colour.
    pub colour: Colour,
}

fn paper() -> Colour {
    Colour::PAPER
}

pub(super) fn black() -> Colour {
    Colour::BLACK
}

/// What goes around the edges of a stretcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// What a crop left of the picture, then the picture mirrored at its edge.
    #[default]
    Mirror,
    /// The picture itself: the face shows less of it.
    Picture,
    /// A colour.
    Colour,
}

/// A gallery wrap: what is folded around the stretcher. The cell is its face; the wrap lies around it, outside the cell.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wrap {
    /// How far it reaches.
    pub width: f64,
    /// What it shows.
    #[serde(default)]
    pub edge: Edge,
    /// `edge = "colour"`: which.
    #[serde(default = "black")]
    pub colour: Colour,
}

/// Marks around a cell or a grid, outside it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Marks {
    /// Lines at the corners of cells.
    pub cut: bool,
    /// A ring with a cross at the middle of each side.
    pub registration: bool,
    /// Length of a line.
    pub length: f64,
    /// From the cell to the line.
    pub gap: f64,
    /// Width of a line.
    pub width: f64,
    /// Colour.
    pub colour: Colour,
}

impl Default for Marks {
    fn default() -> Self {
        Marks {
            cut: true,
            registration: false,
            length: 4.0,
            gap: 1.5,
            width: 0.15,
            colour: Colour::BLACK,
        }
    }
}

/// Where words stand across.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Align {
    Left,
    #[default]
    Center,
    Right,
}

/// Which side of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Side {
    #[default]
    Below,
    Above,
}

/// What a caption stands across.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Across {
    /// The picture and its border.
    #[default]
    Picture,
    /// The whole cell.
    Cell,
}

/// Words at a picture. Captions of one side share a strip, so that a title and a number can stand left and right.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Caption {
    /// The words, with fields such as `{title}`.
    pub text: String,
    /// Points.
    #[serde(default = "caption_size")]
    pub size: f64,
    /// Points to which they may shrink before they are cut.
    pub shrink_to: Option<f64>,
    /// What they stand across, and may be as wide as.
    #[serde(default)]
    pub of: Across,
    /// Where in it.
    #[serde(default)]
    pub align: Align,
    /// Above or below.
    #[serde(default)]
    pub side: Side,
    /// From the picture or its border.
    #[serde(default = "caption_gap")]
    pub gap: f64,
    /// Colour.
    #[serde(default = "black")]
    pub colour: Colour,
    /// What is left out when they are too long.
    #[serde(default)]
    pub cut: Cut,
}

fn caption_size() -> f64 {
    8.0
}

fn caption_gap() -> f64 {
    1.5
}
