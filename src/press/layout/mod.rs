//! Layout: from a description of a page, the paper, the pictures' heads and the words to pages of elements. Pure.
//!
//! ```text
//!   Layout (data: blocks with frames in mm) ─┐
//!   Paper (sheet, margins, dots per inch) ───┼─► Composition ──page(i)──► Page (elements in output pixels)
//!   Subject (each picture's head, its words) ┤
//!   Fields (title, artist, edition, ...) ────┘
//! ```
//!
//! Everything is laid out in millimetres, in doubles, and rounded to pixels edge by edge at the end: the same layout at
//! 60 and at 600 dots per inch is the same composition to within a pixel. A page that is composed across the feed
//! (a landscape on a sheet fed portrait) is composed upright and turned as a whole, words and all.
//!
//! Nothing is ever painted outside the paper's margins, or beyond the overspray where the layout is borderless: what
//! hangs over is cut, pictures by a smaller window. All of it is total: every description gives pages or a
//! [`LayoutError`] in words, and every count has a limit ([`limits`]).
//!
//! [`place`] is the short way for one picture as IPP's `print-scaling` wants it.

mod about;
mod cell;
mod chart;
mod check;
mod compose;
mod describe;
mod draw;
mod error;
mod grid;
mod letters;
pub mod limits;
mod marks;
mod measure;
mod number;
mod place;
mod read;
mod seat;
mod turn;
mod turned;
mod words;

#[cfg(test)]
mod tests;

pub use super::text::{Cut, TextError};
pub use chart::{Patch, label_of, patches};
pub use compose::{Composition, Paper, Subject};
pub use describe::{
    Across, Align, Anchor, Block, Border, Caption, CellSize, Chart, Colour, Edge, Edges, Extent, Fit, Frame, Gap, Grid,
    Layout, Look, Marks, Order, Panel, Pictures, Ramp, Rule, Side, Single, Spin, Text, Upright, Wedge, Wrap,
};
pub use error::LayoutError;
pub use number::short;
pub use place::{Picture, Placement, place};
pub use read::read;
pub use turn::{Turn, Window};
pub use words::{FIELDS, Fields, names as field_names};
