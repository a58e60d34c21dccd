//! Text: from a line of words to a coverage mask at the output's resolution. Pure.
//!
//! One open font is built in: Open Sans Regular (Apache-2.0, see `assets/fonts`). It has Latin with its accents, Greek
//! and Cyrillic. A letter that it has not shows as its empty box. Words run from left to right only: Arabic, Hebrew and
//! scripts that need more than placing letters side by side are out, and show as boxes.
//!
//! A line is measured in the font's own units ([`Line::fit`]), so that it shrinks and is cut in the same place at every
//! resolution; only [`Line::mask`] knows pixels. Outlines are not hinted and coverage is counted in fixed point: the
//! same bytes on every machine.

mod line;
mod mask;
#[cfg(test)]
mod tests;

pub use line::{Cut, Line};
pub use mask::{Coverage, ring};

/// Why words can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The mask would be too large.
    #[error("the letters are too large for this resolution: choose smaller letters or a lower resolution")]
    TooLarge,
    /// The shaper gave up; no text is known to do this.
    #[error("the words can't be set ({0}): change them")]
    Shape(String),
}
