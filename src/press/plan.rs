//! A page ready to be painted: taps, colour links and device colours worked out. Shared by all painters, never changed.

use std::sync::Arc;

use super::page::{Area, Element, Ink, Page, Placed};
use super::palette::{Conversion, Palette};
use super::resample::{Across, Taps};
use super::source::{Depth, Shape};
use super::tally::Tally;
use super::{PressError, sharpen::Sharpening};

/// Rows beyond a band that sharpening looks at, on each side.
pub const APRON: u32 = 2;

/// A picture's place on the page.
#[derive(Debug)]
pub struct Plate {
    /// First column of the sheet that it covers.
    pub left: u32,
    /// First row of the sheet that it covers.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The source's rows.
    pub shape: Shape,
    /// The pass across.
    pub across: Across,
    /// The pass down: one output row for each of `height`.
    pub down: Taps,
    /// From the source's colours to the output's.
    pub conversion: Conversion,
    /// Output sharpening.
    pub sharpening: Option<Sharpening>,
    /// For each output row, one past the last source row that it or an earlier one needs.
    need: Vec<u32>,
    /// For each output row, the first source row that it or a later one needs.
    keep: Vec<u32>,
}

impl Plate {
    /// `None` when it lies off the sheet wholly.
    ///
    /// `turned` is the size in pixels of the turned picture that the window counts in; the source may have another one
    /// (a PDF page is drawn at the size at which it is wanted).
    pub fn new(
        placed: &Placed,
        sheet: (u32, u32),
        turned: (u32, u32),
        shape: Shape,
        conversion: Conversion,
        sharpening: Option<Sharpening>,
    ) -> Option<Plate> {
        let across = visible(placed.area.x, placed.area.width, sheet.0)?;
        let down = visible(placed.area.y, placed.area.height, sheet.1)?;
        let (sx, sy) = (
            f64::from(shape.width) / f64::from(turned.0.max(1)),
            f64::from(shape.height) / f64::from(turned.1.max(1)),
        );
        let window = placed.window;
        let columns = Taps::new(
            shape.width,
            window.x * sx,
            window.width * sx,
            placed.area.width,
            across.part.clone(),
        );
        let rows = Taps::new(
            shape.height,
            window.y * sy,
            window.height * sy,
            placed.area.height,
            down.part.clone(),
        );
        let count = down.part.len();
        let mut need: Vec<u32> = (0..count).map(|i| rows.rows(i).end).collect();
        for i in 1..count {
            need[i] = need[i].max(need[i - 1]);
        }
        let mut keep: Vec<u32> = (0..count).map(|i| rows.rows(i).start).collect();
        for i in (1..count).rev() {
            keep[i - 1] = keep[i - 1].min(keep[i]);
        }
        Some(Plate {
            left: across.at,
            top: down.at,
            width: across.part.len() as u32,
            height: count as u32,
            across: Across::new(shape.width, shape.channels, columns),
            down: rows,
            shape,
            conversion,
            sharpening,
            need,
            keep,
        })
    }

    /// Output rows of the plate that a band of the sheet needs, the apron included; empty when the band does not touch
    /// it.
    pub fn rows_in(&self, band: &std::ops::Range<u32>) -> std::ops::Range<u32> {
        let from = band.start.max(self.top);
        let to = band.end.min(self.top + self.height);
        if from >= to {
            return 0..0;
        }
        let apron = if self.sharpening.is_some() { APRON } else { 0 };
        (from - self.top).saturating_sub(apron)..(to - self.top + apron).min(self.height)
    }

    /// Source rows that these output rows need.
    pub fn source_rows(&self, rows: &std::ops::Range<u32>) -> std::ops::Range<u32> {
        let all = rows.clone().map(|i| self.down.rows(i as usize));
        let start = all.clone().map(|r| r.start).min().unwrap_or(0);
        let end = all.map(|r| r.end).max().unwrap_or(0);
        start..end
    }

    /// How far the source must have been read once this output row is made, and the first source row that this one or
    /// a later one needs.
    pub fn span(&self, row: u32) -> (u32, u32) {
        let at = |list: &[u32]| list.get(row as usize).copied().unwrap_or(self.shape.height);
        (at(&self.need), at(&self.keep))
    }

    /// Bytes of a source row.
    pub fn row_bytes(&self) -> u64 {
        let depth = if self.shape.depth == Depth::Sixteen { 2 } else { 1 };
        u64::from(self.shape.width) * self.shape.channels as u64 * depth
    }
}

/// The part of a stretch that lies on the sheet.
struct Visible {
    /// Its first place on the sheet.
    at: u32,
    /// Which part of the stretch it is.
    part: std::ops::Range<u32>,
}

fn visible(start: i32, length: u32, sheet: u32) -> Option<Visible> {
    let start = i64::from(start);
    let from = start.max(0);
    let to = (start + i64::from(length)).min(i64::from(sheet));
    (from < to).then(|| Visible {
        at: from as u32,
        part: (from - start) as u32..(to - start) as u32,
    })
}

/// A flat or masked area in the output's own colours.
#[derive(Debug)]
pub struct Flat {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
    /// One pixel of the output.
    pub pixel: Vec<u8>,
    /// `None` covers all.
    pub mask: Option<Mask>,
}

/// Coverage of an area.
#[derive(Debug)]
pub struct Mask {
    /// Of the whole area, row by row.
    pub coverage: Arc<[u8]>,
    /// Pixels of a row.
    pub width: u32,
    /// Column and row at which the visible part begins.
    pub skip: (u32, u32),
}

/// One thing to paint.
#[derive(Debug)]
pub enum Layer {
    Plate(Plate),
    Flat(Flat),
}

/// See the head of the file.
#[derive(Debug)]
pub struct PagePlan {
    /// Width and height of the sheet.
    pub sheet: (u32, u32),
    /// A row of bare paper.
    pub paper: Vec<u8>,
    /// Bytes of a pixel.
    pub pixel_bytes: usize,
    /// Bytes of a sample: 1 or 2.
    pub sample_bytes: usize,
    /// Whether pictures are dithered to 8 bits.
    pub dither: bool,
    /// The lowest first.
    pub layers: Vec<Layer>,
    /// What all pages of the print cover.
    pub tally: Arc<Tally>,
}

impl PagePlan {
    /// Rows of a band that keep the band itself and what it needs of its sources within `memory`, at most `wanted`.
    pub fn band_rows(&self, wanted: u32, memory: u64) -> u32 {
        let mut rows = wanted.max(1);
        let heaviest = |rows: u32| {
            let sources = self
                .layers
                .iter()
                .filter_map(|layer| match layer {
                    Layer::Plate(plate) => {
                        let middle = plate.height / 2;
                        let band = middle..(middle + rows).min(plate.height);
                        let source = plate.source_rows(&band);
                        Some(u64::from(source.end - source.start) * plate.row_bytes())
                    }
                    Layer::Flat(_) => None,
                })
                .sum::<u64>();
            sources + u64::from(rows) * self.paper.len() as u64
        };
        while rows > 1 && heaviest(rows) > memory {
            rows /= 2;
        }
        rows
    }
}

/// A flat area; `None` when it lies off the sheet.
fn flat(palette: &Palette, area: Area, ink: Ink, coverage: Option<Arc<[u8]>>, sheet: (u32, u32)) -> Option<Flat> {
    let across = visible(area.x, area.width, sheet.0)?;
    let down = visible(area.y, area.height, sheet.1)?;
    Some(Flat {
        left: across.at,
        top: down.at,
        width: across.part.len() as u32,
        height: down.part.len() as u32,
        pixel: palette.pixel(ink),
        mask: coverage.map(|coverage| Mask {
            coverage,
            width: area.width,
            skip: (across.part.start, down.part.start),
        }),
    })
}

/// Works a page out. `plate` makes the plate of a placed picture, `None` for one that lies off the sheet.
pub fn plan(
    page: &Page,
    palette: &Palette,
    dither: bool,
    tally: &Arc<Tally>,
    mut plate: impl FnMut(&Placed) -> Result<Option<Plate>, PressError>,
) -> Result<PagePlan, PressError> {
    let mut layers = Vec::with_capacity(page.elements.len());
    for element in &page.elements {
        let layer = match element {
            Element::Picture(placed) => plate(placed)?.map(Layer::Plate),
            Element::Fill { area, ink } => flat(palette, *area, *ink, None, page.sheet).map(Layer::Flat),
            Element::Mask { area, coverage, ink } => {
                if coverage.len() as u64 != u64::from(area.width) * u64::from(area.height) {
                    return Err(PressError::Output("a mask is not as large as its area".into()));
                }
                let coverage = Some(coverage.clone());
                flat(palette, *area, *ink, coverage, page.sheet).map(Layer::Flat)
            }
        };
        layers.extend(layer);
    }
    let (pixel_bytes, sample_bytes) = palette.bytes();
    Ok(PagePlan {
        sheet: page.sheet,
        paper: palette.pixel(Ink::Paper).repeat(page.sheet.0 as usize),
        pixel_bytes,
        sample_bytes,
        dither,
        layers,
        tally: tally.clone(),
    })
}
