//! Document → page → bands → raster. STUB INTERFACE
use crate::color::Profile;
use crate::model::{
    DocumentFacts, DocumentFormat, Margins, MediaSize, Orientation, OutputSpec, PrintScaling, RenderingIntent,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
/// Bounds that the press keeps whatever comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PressLimits {
    /// Most pixels in a picture.
    pub pixels: u64,
    /// Most pixels of one side.
    pub side: u32,
    /// Most bytes of decoded picture held at once.
    pub memory: u64,
}
/// One page to be made.
#[derive(Debug, Clone)]
pub struct PressJob {
    /// The document on disk.
    pub path: PathBuf,
    /// Its format.
    pub format: DocumentFormat,
    /// Sheet.
    pub sheet: MediaSize,
    /// Margins kept white.
    pub margins: Margins,
    /// media-type, for the raster's header.
    pub media_type: smol_str::SmolStr,
    /// print-quality enum for the raster's header.
    pub quality: i32,
    /// Placement.
    pub scaling: PrintScaling,
    /// Turn.
    pub orientation: Orientation,
    /// What to write.
    pub output: OutputSpec,
    /// The profile of the output: the printer's for this paper, or that of the raster type.
    pub profile: Arc<Profile>,
    /// Rendering.
    pub intent: RenderingIntent,
    /// How many times the page is repeated in the stream (PWG and URF).
    pub repeat: u32,
    /// Bounds.
    pub limits: PressLimits,
}
/// Why a page can't be made; texts are for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PressError(pub String);
/// Reads a document's head under the limits.
/// # Errors
/// as said there
pub fn inspect(_path: &Path, _format: DocumentFormat, _limits: PressLimits) -> Result<DocumentFacts, PressError> {
    Err(PressError("stub".into()))
}
/// A page on its way: a pull stream of encoded bytes.
pub struct PressStream;
impl PressStream {
    /// Opens: reads the head, bakes the link.
    /// # Errors
    /// as said there
    pub fn open(_job: PressJob) -> Result<PressStream, PressError> {
        Err(PressError("stub".into()))
    }
    /// The next piece of the encoded page; `None` at the end. Blocking: call it off the runtime.
    /// # Errors
    /// as said there
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PressError> {
        Ok(None)
    }
    /// Rows of the sheet done and in all.
    pub fn progress(&self) -> (u32, u32) {
        (0, 0)
    }
}
