//! Why a layout can't be made, for a person.

use super::super::text::TextError;

/// What is wrong with a layout, or with what is to be laid out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayoutError {
    /// A field of the description. `place` names it.
    #[error("{place}: {why}")]
    Field {
        /// Block and field, for example "block 2 (text), size".
        place: String,
        /// What is wrong and what is right.
        why: String,
    },
    /// Something needs more room than there is.
    #[error("{place}: no room is left between the margins; choose a larger sheet, smaller margins or fewer cells")]
    NoRoom {
        /// What.
        place: String,
    },
    /// Cells of a fixed size that are too large for the sheet.
    #[error(
        "{place}: the cells need {need_x:.1} × {need_y:.1} mm and have {have_x:.1} × {have_y:.1} mm; choose a larger \
         sheet or smaller cells, or let them shrink (cell.shrink = true)"
    )]
    TooWide {
        /// What.
        place: String,
        /// mm across.
        need_x: f64,
        /// mm down.
        need_y: f64,
        /// mm across.
        have_x: f64,
        /// mm down.
        have_y: f64,
    },
    /// A wrapped picture that would be cut by the margins, and so be too short for its stretcher.
    #[error(
        "{place}: the picture with its wrap needs {need_x:.1} × {need_y:.1} mm and has {have_x:.1} × {have_y:.1} mm; \
         choose a larger sheet, a smaller face or a narrower wrap"
    )]
    WrapCut {
        /// What.
        place: String,
        /// mm across.
        need_x: f64,
        /// mm down.
        need_y: f64,
        /// mm across.
        have_x: f64,
        /// mm down.
        have_y: f64,
    },
    /// The layout shows pictures and none were given.
    #[error("this layout shows pictures, and none were given: name at least one")]
    NoPicture,
    /// A picture without pixels.
    #[error("picture {0} has no pixels")]
    Empty(usize),
    /// More than a limit allows.
    #[error("{what}: at most {most} are laid out at once; make it fewer")]
    TooMany {
        /// What.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Dots per inch that no printer has.
    #[error("{0} dots per inch are not a resolution: choose 1 to {most}", most = super::limits::DOTS)]
    Resolution(u32),
    /// A page that there is not.
    #[error("there is no page {0}")]
    NoPage(usize),
    /// Letters that can't be set.
    #[error("{place}: {why}")]
    Letters {
        /// The field, or the block and its text.
        place: String,
        /// Which letter.
        why: TextError,
    },
    /// Words that can't be shown.
    #[error("{place}: {why}")]
    Text {
        /// Which words.
        place: String,
        /// Why.
        why: TextError,
    },
}

impl LayoutError {
    /// A wrong field.
    pub(super) fn field(place: impl Into<String>, why: impl Into<String>) -> Self {
        LayoutError::Field {
            place: place.into(),
            why: why.into(),
        }
    }
}
