//! The press: documents → pages → bands → raster.
//!
//! ```text
//!   layout ─► page ─► plan (taps, colour links: worked out once)
//!                       │
//!   sources ──rows──► feed ──tasks──► painters (workers)                          ──bands──► encoder ──► pieces
//!   (decoders, turned)                 across, down, sharpen, colour, marks, pack             PWG, URF, PNG, …
//! ```
//!
//! It is a pull pipeline: nothing moves until [`PressStream::next_piece`] is called. A source gives rows in the turn
//! that its page wants, without holding its picture; a band holds the few source rows under its kernels; only so many
//! bands are out at a time. So memory is bounded by [`PressLimits::memory`] and not by the picture. Everything is
//! computed in integers: the bytes are the same on every machine, for every height of bands and number of workers.

mod encode;
mod error;
mod feed;
mod imposition;
pub mod layout;
mod page;
mod paint;
mod palette;
mod plan;
mod resample;
mod sharpen;
#[cfg(not(feature = "fuzzing"))]
mod source;
#[cfg(feature = "fuzzing")]
pub mod source; // the fuzz targets read documents row by row, as the stream does
mod stream;
mod tally;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
mod workers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use crate::color::{LinkCache, Profile, ProofOptions, Tone};
use crate::model::{
    DocumentFacts, DocumentFormat, Margins, MediaSize, Orientation, OutputSpec, PrintScaling, RenderingIntent,
};

pub use error::{Place, PressError};
pub use imposition::{Side, impose};
use layout::Composition;
pub use layout::{Turn, Window};
pub use page::{Area, Element, Ink, Page, Placed};
pub use palette::{profile_fits, profile_prints};
pub use sharpen::{Sharpening, Strength, Surface};
pub use source::Input;
pub use stream::PressStream;

/// Bounds that the press keeps whatever comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PressLimits {
    /// Most pixels in a picture.
    pub pixels: u64,
    /// Most pixels of one side.
    pub side: u32,
    /// Most bytes that the making of one page holds at once, whatever comes in.
    pub memory: u64,
    /// Folder for tile files of pictures that can be read in one direction only and are wanted in another. It must lie
    /// on a disk; what is written there vanishes with the page.
    pub scratch: PathBuf,
}

/// What is on the pages.
#[derive(Debug, Clone)]
pub enum Content {
    /// Every page of every input by itself, one a sheet.
    Documents {
        /// Margins kept white.
        margins: Margins,
        /// Placement.
        scaling: PrintScaling,
        /// Turn.
        orientation: Orientation,
    },
    /// Pages laid out elsewhere; their pictures are counted through the inputs.
    Pages(Arc<[Page]>),
    /// Pages of a layout, drawn one at a time; its subjects are the inputs.
    Composed(Arc<Composition>),
}

/// A soft proof: how a print would look on a display.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The printer's profile for the paper. The job's own profile is the display's.
    pub printer: Arc<Profile>,
    /// What is shown.
    pub options: ProofOptions,
}

/// A print to be made.
#[derive(Debug, Clone)]
pub struct PressJob {
    /// The documents.
    pub inputs: Vec<Input>,
    /// How they come onto pages.
    pub content: Content,
    /// The sheet, as it is fed.
    pub sheet: MediaSize,
    /// `media-type`, for the raster's header.
    pub media_type: SmolStr,
    /// `print-quality` as the IPP enum, for the raster's header.
    pub quality: i32,
    /// What to write.
    pub output: OutputSpec,
    /// The profile of the output: the printer's for this paper, or that of the raster type.
    pub profile: Arc<Profile>,
    /// How colours are brought to it.
    pub intent: RenderingIntent,
    /// A proof instead of a print.
    pub proof: Option<Proof>,
    /// Monochrome in this tone, if any: pictures and marks, [`Ink::Device`] excepted.
    pub tone: Option<Tone>,
    /// Whether pictures are dithered to 8 bits, so that no sky shows steps. 16 bits are not.
    pub dither: bool,
    /// Where colour links are kept from page to page.
    pub links: Arc<LinkCache>,
    /// Output sharpening, if any.
    pub sharpening: Option<Sharpening>,
    /// How many times all pages come in the stream (PWG, URF and TIFF; the others hold one page).
    pub repeat: u32,
    /// Threads that paint, besides the one that reads and writes; 1 or less: the caller's thread does all.
    pub workers: usize,
    /// Rows of a band; the stream is the same for all of them. `None` chooses.
    pub band_rows: Option<u32>,
    /// Bounds.
    pub limits: PressLimits,
}

/// Reads a document's head under the limits: its size, resolution and profile. Pixels are not decoded, so that what is
/// wrong with them shows only when the page is made.
///
/// # Errors
/// [`PressError`], for the client.
pub fn inspect(path: &Path, format: DocumentFormat, limits: &PressLimits) -> Result<DocumentFacts, PressError> {
    let path = path.to_owned();
    inspect_page(&Input { path, format, page: 0 }, limits)
}

/// The same of one page.
///
/// # Errors
/// [`PressError`], for the client.
pub fn inspect_page(input: &Input, limits: &PressLimits) -> Result<DocumentFacts, PressError> {
    let head = source::head(input, limits)?;
    let profile = source::profile(&head)?;
    Ok(DocumentFacts {
        format: input.format,
        width: head.width,
        height: head.height,
        pages: head.pages,
        resolution: head.resolution,
        profile: head.icc.map(|_| SmolStr::new(profile.description())),
    })
}
