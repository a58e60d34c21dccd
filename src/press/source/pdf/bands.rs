//! A page painted in bands of rows.
//!
//! The library's page and caches can't move between threads, so a thread keeps them and paints the band that is asked
//! for; the source keeps that band as RGB and copies rows out. The grid of bands depends on the page alone, so rows
//! are the same however the press asks for them. Glyphs are painted from outlines: a cache of glyph bitmaps, which the
//! library offers, took 165 MiB on a page of text at 600 dots per inch and saved nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use hayro::hayro_syntax::Pdf;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use super::super::super::layout::Turn;
use super::super::super::{PressError, PressLimits};
use super::super::{Depth, RowMut, Shape, Source, strange_row};
use super::survey::Surveyed;
use super::{geometry, settings, unreadable};

/// Pixels of a band: 24 MiB as the library holds them.
const BAND: u64 = 6 << 20;
/// Pixels of a band of a page with large pictures, which are decoded again for each band.
const BAND_OF_PICTURES: u64 = 16 << 20;
/// From so many pixels on, pictures are large.
const PICTURES: u64 = 2_000_000;
/// Most pixels of all soft masks of a band; they are kept at a byte each.
const MASKS: u64 = 32 << 20;
/// Fewest and most rows of a band, and what their number is a multiple of.
const ROWS: (u64, u64) = (16, 2_048);
/// The painter's pixmaps count sides in 16 bits.
const SIDE: u32 = 65_535;
/// The survey bounds the work; this is for what it did not see.
const PATIENCE: Duration = Duration::from_secs(600);
/// Forms and patterns nest 50 deep in the library, on the stack.
const STACK: usize = 64 << 20;

/// Rows of a band of a page `width` pixels wide.
fn rows(width: u32, page: &Surveyed) -> u64 {
    let width = u64::from(width.max(1));
    let pixels = if page.pictures > PICTURES {
        BAND_OF_PICTURES
    } else {
        BAND
    };
    let masks = MASKS / (width * page.masks.max(1) as u64);
    let (least, most) = ROWS;
    let rows = (pixels / width).min(masks).clamp(least, most);
    rows - rows % least
}

/// Starts the painter.
pub fn open(
    pdf: Pdf,
    number: u32,
    turn: Turn,
    (width, height): (u32, u32),
    page: &Surveyed,
    limits: &PressLimits,
) -> Result<Box<dyn Source>, PressError> {
    let large = width > limits.side.min(SIDE) || height > limits.side;
    if large || width == 0 || height == 0 || u64::from(width) * u64::from(height) > limits.pixels {
        return Err(PressError::TooLarge {
            width: u64::from(width),
            height: u64::from(height),
            most: format!(
                "{} a side and {} million in all",
                limits.side.min(SIDE),
                limits.pixels / 1_000_000
            ),
        });
    }
    let rows = rows(width, page);
    if (page.masks as u64)
        .saturating_mul(u64::from(width))
        .saturating_mul(rows)
        > limits.memory / 4
    {
        return Err(PressError::Unsupported(format!(
            "the PDF page has {} transparent masks, more than can be printed: flatten it and send it again",
            page.masks
        )));
    }
    let rows = u32::try_from(rows).unwrap_or(16).min(height);
    start(pdf, number, turn, (width, height), rows)
}

/// Starts the painter with bands of `rows` rows; sizes were checked.
pub fn start(
    pdf: Pdf,
    number: u32,
    turn: Turn,
    (width, height): (u32, u32),
    rows: u32,
) -> Result<Box<dyn Source>, PressError> {
    let (ask, asked) = sync_channel::<u32>(0);
    let (give, given) = sync_channel(0);
    let job = Job {
        pdf,
        number,
        turn,
        size: (width, height),
        rows,
    };
    std::thread::Builder::new()
        .name("pdf".into())
        .stack_size(STACK)
        .spawn(move || {
            // A panic of the library would otherwise end the thread without a word.
            if catch_unwind(AssertUnwindSafe(|| job.paint(&asked, &give))).is_err() {
                let _ = give.send(None);
            }
        })?;
    Ok(Box::new(Bands {
        shape: Shape {
            width,
            height,
            channels: 3,
            depth: Depth::Eight,
        },
        rows,
        ask,
        given,
        band: None,
    }))
}

struct Job {
    pdf: Pdf,
    number: u32,
    turn: Turn,
    size: (u32, u32),
    rows: u32,
}

impl Job {
    /// Paints bands until nobody asks any more.
    fn paint(&self, asked: &Receiver<u32>, give: &SyncSender<Option<Vec<u8>>>) {
        let Some(page) = self.pdf.pages().get(self.number as usize) else {
            return;
        };
        let (width, height) = self.size;
        let (page_w, page_h) = page.render_dimensions();
        let (up_w, up_h) = self.turn.size(width, height);
        let (up_w, up_h) = (f64::from(up_w), f64::from(up_h));
        let scale = Affine::scale_non_uniform(up_w / f64::from(page_w), up_h / f64::from(page_h));
        let initial = Affine::new(page.initial_transform(true).as_coeffs());
        let whole = geometry::turned(self.turn, up_w, up_h) * scale * initial;
        let cache = RenderCache::new();
        let look = RenderSettings {
            hinting: false,
            glyph_caching: false,
            ..RenderSettings::default()
        };
        // Both fit: the width was checked, and a band has few rows.
        let (w, h) = (width as u16, self.rows as u16);
        let mut scene = RenderContext::new_with(w, h, Default::default());
        let mut pixels = Pixmap::new(w, h);
        let mut resources = Resources::default();
        while let Ok(band) = asked.recv() {
            let top = f64::from(band) * f64::from(self.rows);
            scene.reset();
            let transform = Affine::translate((0.0, -top)) * whole;
            render_into(page, &cache, &settings(), &look, &mut scene, transform);
            scene.flush();
            let white = RasterizerSettings {
                target_init: TargetInit::Clear(WHITE),
                ..RasterizerSettings::default()
            };
            scene.render_with(&mut pixels, &mut resources, white);
            let (rgba, _) = pixels.data_as_u8_slice().as_chunks::<4>();
            let mut rgb = Vec::with_capacity(rgba.len() * 3);
            for [r, g, b, _] in rgba {
                rgb.extend_from_slice(&[*r, *g, *b]);
            }
            if give.send(Some(rgb)).is_err() {
                return;
            }
        }
    }
}

/// See the head of the file.
struct Bands {
    shape: Shape,
    rows: u32,
    ask: SyncSender<u32>,
    given: Receiver<Option<Vec<u8>>>,
    /// The band that was painted last, and which it is.
    band: Option<(u32, Vec<u8>)>,
}

impl Source for Bands {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        let length = self.shape.width as usize * 3;
        let RowMut::Eight(into) = into else {
            return Err(strange_row());
        };
        if y >= self.shape.height || into.len() != length {
            return Err(strange_row());
        }
        let (number, within) = (y / self.rows, (y % self.rows) as usize);
        if self.band.as_ref().is_none_or(|(n, _)| *n != number) {
            // The last one goes before the next comes.
            self.band = None;
            self.ask.send(number).map_err(|_| unreadable())?;
            let painted = self.given.recv_timeout(PATIENCE).map_err(|e| match e {
                RecvTimeoutError::Timeout => PressError::Unsupported(
                    "painting the PDF page takes too long: export it as a picture, or flatten it".into(),
                ),
                RecvTimeoutError::Disconnected => unreadable(),
            })?;
            self.band = Some((number, painted.ok_or_else(unreadable)?));
        }
        let row = self
            .band
            .as_ref()
            .and_then(|(_, rgb)| rgb.get(within * length..(within + 1) * length))
            .ok_or_else(strange_row)?;
        into.copy_from_slice(row);
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
