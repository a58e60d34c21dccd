//! Paints bands of a page: what a worker does. It holds nothing but a few rows.

use std::ops::Range;
use std::sync::Arc;

use super::encode::{BandForm, BandOut};
use super::plan::{Flat, Layer, PagePlan, Plate};
use super::resample::{Pad, Ring, SourceRow};
use super::source::Depth;
use super::tally::Tally;

/// A source row, shared by the bands that need it.
#[derive(Debug)]
pub enum RowBuf {
    /// 8 bits a sample.
    Eight(Vec<u8>),
    /// 16 bits a sample.
    Sixteen(Vec<u16>),
}

/// The source rows that a band needs of one plate.
#[derive(Debug)]
pub struct Supply {
    /// Number of the first.
    pub first: u32,
    /// In order.
    pub rows: Vec<Arc<RowBuf>>,
}

/// A band to be painted.
#[derive(Debug)]
pub struct Task {
    /// Number of the page, for the painter to know when another begins.
    pub page: u64,
    /// The page.
    pub plan: Arc<PagePlan>,
    /// Rows of the sheet.
    pub rows: Range<u32>,
    /// For each layer its source rows; empty for what needs none.
    pub supplies: Vec<Supply>,
}

/// State for one plate.
struct Easel {
    ring: Ring,
    /// Scaled rows by their number, for sharpening.
    scaled: [(Option<u32>, Vec<u16>); 5],
    sharp: Vec<u16>,
}

/// See the head of the file.
pub struct Painter {
    form: BandForm,
    page: Option<u64>,
    easels: Vec<Option<Easel>>,
    pad: Pad,
    blur: Vec<i32>,
    row: Vec<u8>,
    converted: Vec<u16>,
}

impl Painter {
    /// For an encoder's bands.
    pub fn new(form: BandForm) -> Self {
        Painter {
            form,
            page: None,
            easels: Vec::new(),
            pad: Pad::default(),
            blur: Vec::new(),
            row: Vec::new(),
            converted: Vec::new(),
        }
    }

    /// Paints a band.
    pub fn paint(&mut self, task: &Task) -> BandOut {
        let plan = &task.plan;
        if self.page != Some(task.page) {
            self.page = Some(task.page);
            self.easels = plan.layers.iter().map(easel).collect();
        }
        let mut out = self.form.begin(plan.pixel_bytes, task.rows.len());
        let mut row = std::mem::take(&mut self.row);
        for y in task.rows.clone() {
            row.clear();
            row.extend_from_slice(&plan.paper);
            for (index, layer) in plan.layers.iter().enumerate() {
                match layer {
                    Layer::Plate(plate) => {
                        if let Some(supply) = task.supplies.get(index) {
                            self.plate(index, plate, supply, y, plan, &mut row);
                        }
                    }
                    Layer::Flat(flat) => lay_flat(flat, y, plan.sample_bytes, &mut row),
                }
            }
            if Tally::wants(y) {
                plan.tally.count(&row, &plan.paper, plan.pixel_bytes, plan.sample_bytes);
            }
            out.row(&row);
        }
        self.row = row;
        out
    }

    fn plate(&mut self, index: usize, plate: &Plate, supply: &Supply, y: u32, plan: &PagePlan, row: &mut [u8]) {
        let Some(line) = y.checked_sub(plate.top).filter(|l| *l < plate.height) else {
            return;
        };
        let Some(Some(easel)) = self.easels.get_mut(index) else {
            return;
        };
        let samples = plate.across.samples();
        let pixels: &[u16] = match plate.sharpening {
            None => {
                let out = &mut easel.scaled[0].1;
                out.resize(samples, 0);
                scale(plate, supply, line, &mut easel.ring, &mut self.pad, out);
                out
            }
            Some(sharpening) => {
                let last = plate.height - 1;
                let around = [
                    line.saturating_sub(2),
                    line.saturating_sub(1),
                    line,
                    (line + 1).min(last),
                    (line + 2).min(last),
                ];
                for l in around {
                    let (held, out) = &mut easel.scaled[l as usize % 5];
                    if *held != Some(l) {
                        *held = Some(l);
                        out.resize(samples, 0);
                        scale(plate, supply, l, &mut easel.ring, &mut self.pad, out);
                    }
                }
                easel.sharp.resize(samples, 0);
                let rows = around.map(|l| easel.scaled[l as usize % 5].1.as_slice());
                sharpening.row(plate.shape.channels, rows, &mut self.blur, &mut easel.sharp);
                &easel.sharp
            }
        };
        let from = plate.left as usize * plan.pixel_bytes;
        let Some(target) = row.get_mut(from..from + plate.width as usize * plan.pixel_bytes) else {
            return;
        };
        if plan.sample_bytes == 2 {
            self.converted.resize(target.len() / 2, 0);
            plate.conversion.row16(pixels, &mut self.converted);
            for (to, v) in target.chunks_exact_mut(2).zip(&self.converted) {
                to.copy_from_slice(&v.to_be_bytes());
            }
        } else {
            let place = plan.dither.then_some((plate.left, y));
            plate.conversion.row(pixels, target, place);
        }
    }
}

fn easel(layer: &Layer) -> Option<Easel> {
    match layer {
        Layer::Plate(plate) => Some(Easel {
            ring: Ring::new(plate.down.count(), plate.shape.depth == Depth::Sixteen),
            scaled: Default::default(),
            sharp: Vec::new(),
        }),
        Layer::Flat(_) => None,
    }
}

/// One scaled row of a plate.
fn scale(plate: &Plate, supply: &Supply, line: u32, ring: &mut Ring, pad: &mut Pad, out: &mut [u16]) {
    let rows = plate.down.rows(line as usize);
    for y in rows.clone() {
        let Some(slot) = ring.slot(y) else {
            continue;
        };
        // The feed supplies all rows of a band's kernels; the tests hold it to that.
        let source = y.checked_sub(supply.first).and_then(|i| supply.rows.get(i as usize));
        match source.map(Arc::as_ref) {
            Some(RowBuf::Eight(row)) => plate.across.row(SourceRow::Eight(row), pad, slot),
            Some(RowBuf::Sixteen(row)) => plate.across.row(SourceRow::Sixteen(row), pad, slot),
            None => debug_assert!(false, "source row {y} is missing"),
        }
    }
    ring.down(rows, plate.down.weights(line as usize), out);
}

fn lay_flat(flat: &Flat, y: u32, sample_bytes: usize, row: &mut [u8]) {
    let Some(line) = y.checked_sub(flat.top).filter(|l| *l < flat.height) else {
        return;
    };
    let n = flat.pixel.len();
    let from = flat.left as usize * n;
    let Some(target) = row.get_mut(from..from + flat.width as usize * n) else {
        return;
    };
    let Some(mask) = &flat.mask else {
        for pixel in target.chunks_exact_mut(n) {
            pixel.copy_from_slice(&flat.pixel);
        }
        return;
    };
    let start = (mask.skip.1 + line) as usize * mask.width as usize + mask.skip.0 as usize;
    let coverage = mask.coverage.get(start..).unwrap_or_default();
    for (pixel, cover) in target.chunks_exact_mut(n).zip(coverage) {
        match cover {
            0 => {}
            255 => pixel.copy_from_slice(&flat.pixel),
            cover => blend(pixel, &flat.pixel, u32::from(*cover), sample_bytes),
        }
    }
}

/// `cover` of 255 parts of `over`, the rest of what is there. In the output's own numbers: for the edges of letters.
fn blend(there: &mut [u8], over: &[u8], cover: u32, sample_bytes: usize) {
    let mix = |a: u32, b: u32| (a * (255 - cover) + b * cover + 127) / 255;
    if sample_bytes == 1 {
        for (a, b) in there.iter_mut().zip(over) {
            *a = mix(u32::from(*a), u32::from(*b)) as u8;
        }
    } else {
        for (a, b) in there.chunks_exact_mut(2).zip(over.chunks_exact(2)) {
            let wide = |v: &[u8]| u32::from(v[0]) << 8 | u32::from(v[1]);
            let mixed = mix(wide(a), wide(b)) as u16;
            a.copy_from_slice(&mixed.to_be_bytes());
        }
    }
}
