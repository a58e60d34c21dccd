//! What can be wrong with a document, for a person.

use super::layout::LayoutError;
use crate::color::ProfileError;

/// Why a page can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The file could not be read.
    #[error(
        "a file of the page could not be read or written ({0}): see that the disk is well and has room, and try again"
    )]
    Io(#[from] std::io::Error),
    /// More than the limits allow.
    #[error("the picture is too large: {width} × {height} pixels; {most}")]
    TooLarge {
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
        /// The limit in words, and the way out.
        most: String,
    },
    /// Broken, or cut off.
    #[error("the {format} file is damaged ({why}): export it again")]
    Damaged {
        /// For example "JPEG".
        format: &'static str,
        /// What the decoder says.
        why: String,
    },
    /// Sound, and not for us.
    #[error("{0}")]
    Unsupported(String),
    /// The embedded profile.
    #[error("the colour profile inside the picture can't be used ({0}): embed a sound one, or none for sRGB")]
    Profile(ProfileError),
    /// The link from the picture's colours to the printer's.
    #[error("the colours can't be brought to the printer's profile ({0}): choose another rendering intent or profile")]
    Link(ProfileError),
    /// The sheet has no room between its margins.
    #[error("the sheet has no room between its margins: choose a larger sheet or smaller margins")]
    NoRoom,
    /// A layout that does not work out.
    #[error("the layout: {0}")]
    Layout(#[from] LayoutError),
    /// What is to be written can't be.
    #[error("the page could not be written as {0}")]
    Output(String),
}
