//! Text: from a line of words to a coverage mask at the output's resolution. Pure.
//!
//! One open font is built in: Open Sans Regular (Apache-2.0, see `assets/fonts`). It has Latin with its accents, Greek
//! and Cyrillic. Words run from left to right only: Arabic, Hebrew and scripts that need more than placing letters side by
//! side are out. A letter that the font has not would show as its empty box: [`check`] tells it before.
//!
//! A line is measured in the font's own units ([`Line::fit`]), so that it shrinks and is cut in the same place at every
//! resolution; only [`Line::mask`] knows pixels. Outlines are not hinted and coverage is counted in fixed point: the
//! same bytes on every machine.

mod letters;
mod line;
mod mask;
#[cfg(test)]
mod tests;

pub use letters::check;
pub use line::{Cut, Line};
pub use mask::{Coverage, ring};

/// Why words can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The mask would be too large.
    #[error("the letters are too large for this resolution: choose smaller letters or a lower resolution")]
    TooLarge,
    /// A letter that would show as a box.
    #[error(
        "the built-in font has no letter {letter} (U+{code:04X}), which is in \"{words}\": write it in Latin, Greek or \
         Cyrillic letters"
    )]
    NoLetter {
        /// The letter.
        letter: char,
        /// Its number in Unicode.
        code: u32,
        /// The text that it is in, or its beginning.
        words: String,
    },
    /// A character that is no letter.
    #[error("\"{words}\" has a control character in it (U+{code:04X}, shown as ·): leave it out")]
    Control {
        /// Its number in Unicode.
        code: u32,
        /// The text that it is in, or its beginning.
        words: String,
    },
    /// The shaper gave up; no text is known to do this.
    #[error("the words can't be set ({0}): change them")]
    Shape(String),
}
