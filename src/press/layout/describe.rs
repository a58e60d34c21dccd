//! A layout as data. All lengths are millimetres on paper, sizes of letters are points.
//!
//! The field names are those of a template's `[layout]` table, with `-` for `_`. Unknown ones are refused.

mod dress;
mod units;

use serde::Deserialize;

use super::super::text::Cut;
use dress::black;

pub use dress::*;
pub use units::*;

/// A page's description.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Layout {
    /// How the page is held when one looks at it.
    pub orientation: Upright,
    /// The room's distance from the sheet's edges; the paper's own margins are kept where they are wider.
    pub margin: Edges,
    /// Paint to the edges whatever margins the paper has.
    pub borderless: bool,
    /// Borderless only: how far a frame `of = "bleed"` reaches beyond the sheet, against paper that lies askew.
    pub overspray: f64,
    /// A colour under everything, as far as may be painted.
    pub background: Option<Colour>,
    /// What lies on the page, the lowest first.
    #[serde(skip)]
    pub blocks: Vec<Block>,
}

/// How a page is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Upright {
    /// As the sheet is fed.
    #[default]
    AsFed,
    /// Its longer side up.
    Portrait,
    /// Its longer side across.
    Landscape,
    /// As the page's first picture.
    Auto,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// `kind = "picture"`
    Picture(Single),
    /// `kind = "grid"`
    Grid(Grid),
    /// `kind = "text"`
    Text(Text),
    /// `kind = "fill"`
    Fill(Panel),
    /// `kind = "wedge"`
    Wedge(Wedge),
    /// `kind = "chart"`
    Chart(Chart),
}

/// One picture.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Single {
    /// Its cell.
    pub frame: Frame,
    /// Which of the page's pictures, from 1.
    pub picture: Option<u32>,
    /// How it lies.
    pub look: Look,
    /// Border.
    pub border: Option<Border>,
    /// Gallery wrap. Not with a border.
    pub wrap: Option<Wrap>,
    /// Words at it.
    pub caption: Vec<Caption>,
    /// Marks around it.
    pub marks: Option<Marks>,
}

/// Which pictures a grid shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pictures {
    /// Each cell the next one; there are as many pages as it takes.
    #[default]
    Next,
    /// Each cell the same one.
    Same,
    /// One picture over the whole grid, seen through its cells as through windows.
    Split,
}

/// The size of a grid's cells.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CellSize {
    /// Across.
    pub width: f64,
    /// Down.
    pub height: f64,
    /// Make the cells smaller, in their ratio, where the room is too small for them.
    #[serde(default)]
    pub shrink: bool,
}

/// Cells in rows and columns.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Grid {
    /// The whole grid.
    pub frame: Frame,
    /// Rows.
    pub rows: u32,
    /// Columns.
    pub columns: u32,
    /// Between cells.
    pub gutter: Gap,
    /// Cells of this size, the grid in the middle of its frame; else they share the frame.
    pub cell: Option<CellSize>,
    /// What they show.
    pub pictures: Pictures,
    /// Which of the page's pictures comes first, from 1.
    pub picture: Option<u32>,
    /// How each lies.
    pub look: Look,
    /// Border of each.
    pub border: Option<Border>,
    /// Words at each.
    pub caption: Vec<Caption>,
    /// Marks around the grid, at every cell's edges.
    pub marks: Option<Marks>,
}

/// Words of their own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Text {
    /// Where.
    #[serde(default)]
    pub frame: Frame,
    /// The words, with fields such as `{title}`; several lines have `\n` between them.
    pub text: String,
    /// Points.
    #[serde(default = "text_size")]
    pub size: f64,
    /// Points to which they may shrink before they are cut.
    pub shrink_to: Option<f64>,
    /// Where they stand in the frame.
    #[serde(default)]
    pub anchor: Anchor,
    /// Their turn: `left` reads upwards.
    #[serde(default)]
    pub turn: Spin,
    /// Colour.
    #[serde(default = "black")]
    pub colour: Colour,
    /// What is left out when they are too long.
    #[serde(default)]
    pub cut: Cut,
}

fn text_size() -> f64 {
    10.0
}

/// An area of one colour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// Where.
    #[serde(default)]
    pub frame: Frame,
    /// Colour.
    pub colour: Colour,
    /// Marks around it.
    pub marks: Option<Marks>,
}

/// A ramp of a wedge: from white to a colour of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Ramp {
    Grey,
    Red,
    Green,
    Blue,
    Cyan,
    Magenta,
    Yellow,
}

/// A step wedge: a row of steps for each ramp.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wedge {
    /// Where.
    #[serde(default)]
    pub frame: Frame,
    /// Steps, white and the full colour among them.
    pub steps: u32,
    /// The rows from the top.
    pub ramps: Vec<Ramp>,
    /// Steps are values of the device, not sRGB colours.
    #[serde(default)]
    pub device: bool,
    /// Between rows.
    #[serde(default)]
    pub gap: f64,
    /// Say each step's per cent under it.
    #[serde(default)]
    pub labels: bool,
}

/// The order of a chart's patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Mixed, always the same way: what a drying print or a drifting instrument does spreads evenly over the colours.
    #[default]
    Mixed,
    /// As generated: greys, cube, fillers.
    Plain,
}

/// A chart of device values to be measured for a profile: a cube, greys, and fillers up to `patches`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Chart {
    /// Where.
    #[serde(default)]
    pub frame: Frame,
    /// Patches in all. There are as many pages as it takes.
    pub patches: u32,
    /// Steps of the cube's side; 0 for none.
    #[serde(default)]
    pub cube: u32,
    /// Steps of a grey ramp; 0 for none.
    #[serde(default)]
    pub greys: u32,
    /// Size of a patch.
    pub patch: Gap,
    /// Between patches.
    #[serde(default)]
    pub gap: Gap,
    /// Order.
    #[serde(default)]
    pub order: Order,
    /// Letters over the columns and numbers at the rows.
    #[serde(default)]
    pub labels: bool,
}
