//! What can be wrong with a document, for a person.

use super::layout::LayoutError;
use crate::color::ProfileError;

/// Where in a job something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which of the job's inputs, from 0.
    pub input: usize,
    /// Its page, from 0, if it has several.
    pub page: Option<u32>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whose input it is knows its name; what is missing then is the page.
        self.page
            .map_or(Ok(()), |page| write!(f, "page {}: ", u64::from(page) + 1))
    }
}

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
    /// The printer's profile is not for what is to be printed.
    #[error("the printer's profile {0}")]
    Printer(String),
    /// More dots than a sheet may have.
    #[error(
        "the sheet would have {width} × {height} dots, and at most {side} a side and {most} million in all are made: \
         choose a lower resolution or a smaller sheet"
    )]
    Sheet {
        /// Dots.
        width: u32,
        /// Dots.
        height: u32,
        /// The limit of a side.
        side: u32,
        /// The limit of all, in millions.
        most: u64,
    },
    /// What is to be written can't be.
    #[error("the page could not be written as {0}")]
    Output(String),
    /// A fault of ours: a thread that painted has ended.
    #[error("the page was broken off by a fault in Platen; please report it")]
    Broken,
    /// With one of the documents.
    #[error("{place}{error}")]
    In {
        /// Which.
        place: Place,
        /// What.
        error: Box<PressError>,
    },
}

impl PressError {
    /// With the document that it came of.
    pub(super) fn at(self, place: Place) -> PressError {
        PressError::In {
            place,
            error: Box::new(self),
        }
    }

    /// What went wrong, whatever document it was.
    pub fn cause(&self) -> &PressError {
        match self {
            PressError::In { error, .. } => error.cause(),
            other => other,
        }
    }

    /// Which of the job's inputs it came of, if it came of one.
    pub fn input(&self) -> Option<usize> {
        match self {
            PressError::In { place, .. } => Some(place.input),
            _ => None,
        }
    }
}
