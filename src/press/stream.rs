//! The page on its way: pulls rows through the stages and gives pieces of the encoded stream.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::color::{DeviceLink, Profile};
use crate::model::{MediaSize, OutputSpec, RenderingIntent};

use super::encode::Encoder;
use super::layout::{self, Picture, Placement};
use super::resample::{Across, Down, Taps};
use super::source::{self, Depth, Input, RowMut, Source, Wish};
use super::{PressError, PressJob};

/// A piece is given once it has this many bytes: long enough for the socket, short enough to hold two.
const PIECE: usize = 256 << 10;
/// Rows after which a piece is given even if it is short, so that blank paper does not hold the stream up.
const BAND: u32 = 256;

/// What the encoders need to know of the page.
pub struct Sheet {
    /// The medium, for the header.
    pub media: MediaSize,
    /// `media-type`
    pub media_type: SmolStr,
    /// `print-quality`
    pub quality: i32,
    /// Format, pixel type, resolution.
    pub output: OutputSpec,
    /// Bytes a pixel.
    pub channels: usize,
    /// Times the page comes.
    pub repeat: u32,
    /// For the header.
    pub intent: RenderingIntent,
    /// What the bytes mean.
    pub profile: Arc<Profile>,
    /// Where the picture lies.
    pub placement: Placement,
}

/// A page on its way: a pull stream of encoded bytes.
pub struct PressStream {
    sheet: Sheet,
    source: Box<dyn Source>,
    link: DeviceLink,
    across: Across,
    down: Down,
    encoder: Encoder,
    /// Source rows that went across so far.
    taken: u32,
    /// Next row of the sheet.
    next: u32,
    /// Pages still to come, this one included.
    pages: u32,
    bytes: Vec<u8>,
    source_row: Vec<u16>,
    scaled: Vec<u16>,
    row: Vec<u8>,
}

impl PressStream {
    /// Opens a page: reads the head, decodes what must be held, bakes the colour link. Blocking.
    ///
    /// # Errors
    /// [`PressError`].
    pub fn open(job: PressJob) -> Result<PressStream, PressError> {
        let input = Input {
            path: job.path,
            format: job.format,
            page: 0,
        };
        let head = source::head(&input, &job.limits)?;
        let picture = Picture {
            width: head.width,
            height: head.height,
            resolution: head.resolution,
        };
        let dots = job.output.resolution;
        let placement = layout::place(picture, &job.sheet, &job.margins, dots, job.scaling, job.orientation)
            .ok_or(PressError::NoRoom)?;
        let from = match (&head.icc, head.channels) {
            (Some(bytes), channels) => source::embedded(bytes, channels)?,
            (None, 1) => Profile::gray(),
            (None, _) => Profile::srgb(),
        };
        let link = DeviceLink::bake(&from, &job.profile, job.intent).map_err(PressError::Link)?;
        let channels = job.output.raster_type.channels();
        if link.output_channels() != channels || link.input_channels() != head.channels {
            return Err(PressError::Output(format!(
                "{}: the printer's profile has other channels",
                job.output.raster_type.keyword()
            )));
        }
        let sheet = Sheet {
            media: job.sheet,
            media_type: job.media_type,
            quality: job.quality,
            output: job.output,
            channels,
            repeat: job.repeat.max(1),
            intent: job.intent,
            profile: job.profile,
            placement,
        };
        let encoder = Encoder::new(&sheet)?;
        let (width, height) = placement.turn.size(head.width, head.height);
        let (_, _, target_w, target_h) = placement.target;
        let window = placement.window;
        let across = Across::new(width, Taps::new(width, window.x, window.width, target_w));
        let scaled = target_w as usize * head.channels;
        let down = Down::new(Taps::new(height, window.y, window.height, target_h), scaled);
        let source = source::open(&input, head.turn.then(placement.turn), Wish::default(), &job.limits)?;
        Ok(PressStream {
            source,
            link,
            across,
            encoder,
            taken: 0,
            next: 0,
            pages: sheet.repeat,
            bytes: Vec::new(),
            source_row: vec![0; width as usize * head.channels],
            scaled: vec![0; scaled],
            row: vec![u8::MAX; placement.sheet.0 as usize * channels],
            down,
            sheet,
        })
    }

    /// The next piece of the encoded stream; `None` at its end. Blocking: call it off the runtime.
    ///
    /// # Errors
    /// [`PressError`]; the stream is then not to be used further.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PressError> {
        if self.pages == 0 {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(PIECE + (64 << 10));
        if self.next == 0 {
            self.encoder.begin_page(&mut out);
        }
        let (_, height) = self.sheet.placement.sheet;
        let band = self.next.saturating_add(BAND);
        while self.next < height && out.len() < PIECE && (self.next < band || out.is_empty()) {
            self.make_row()?;
            self.encoder.row(&self.row, &mut out)?;
            self.next += 1;
        }
        if self.next == height {
            self.encoder.end_page(&mut out)?;
            self.pages -= 1;
            self.next = 0;
            self.taken = 0;
            self.source.rewind()?;
        }
        Ok(Some(out))
    }

    /// Fills `row` with row `next` of the sheet.
    fn make_row(&mut self) -> Result<(), PressError> {
        let (left, top, width, height) = self.sheet.placement.target;
        let Some(index) = self.next.checked_sub(top).filter(|i| *i < height) else {
            self.row.fill(u8::MAX);
            return Ok(());
        };
        let first = self.down.taps.first(index);
        while self.taken < self.down.taps.end(index) {
            match self.source.shape().depth {
                Depth::Sixteen => self.source.row(self.taken, RowMut::Sixteen(&mut self.source_row))?,
                Depth::Eight => {
                    self.bytes.resize(self.source_row.len(), 0);
                    self.source.row(self.taken, RowMut::Eight(&mut self.bytes))?;
                    for (wide, byte) in self.source_row.iter_mut().zip(&self.bytes) {
                        *wide = u16::from(*byte) * 257;
                    }
                }
            }
            // Rows above the window are decoded, and go no further.
            if self.taken >= first {
                let slot = self.down.slot(self.taken);
                match self.link.input_channels() {
                    1 => self.across.row::<1>(&self.source_row, slot),
                    _ => self.across.row::<3>(&self.source_row, slot),
                }
            }
            self.taken += 1;
        }
        self.down.row(index, &mut self.scaled);
        let channels = self.sheet.channels;
        let (from, to) = (left as usize * channels, (left + width) as usize * channels);
        self.link.apply(&self.scaled, &mut self.row[from..to]);
        Ok(())
    }

    /// Rows of the sheet made and in all, of the page that is being made.
    pub fn progress(&self) -> (u32, u32) {
        (self.next, self.sheet.placement.sheet.1)
    }
}
