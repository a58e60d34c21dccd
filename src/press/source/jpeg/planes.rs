//! Decoded samples of the components, a band or two at a time.
//!
//! Planes are made of **lines**: rows of the stored picture, or its columns where it is wanted on its side. A band is a
//! row of MCUs, or a strip of them of full height. Lines of a band lie together; the bands take turns in the slots.

use super::frame::Frame;
use super::idct::{self, Block};

/// One component's samples.
struct Plane {
    samples: Vec<u8>,
    /// Samples from one line to the next.
    stride: usize,
    /// Lines of a band.
    lines: usize,
    /// The first line of the band that is being drawn, and its place.
    drawn: (usize, usize),
    /// All lines and samples of a line that are of the picture.
    all: usize,
    length: usize,
}

/// See the head of the file.
pub struct Planes {
    planes: Vec<Plane>,
    /// Lines are columns.
    sideways: bool,
    /// Bands held.
    slots: usize,
    /// Which they are.
    bands: [Option<usize>; 2],
}

/// Bytes that the planes of a band of `mcus` MCU rows or columns take in one slot.
pub fn bytes(frame: &Frame, sideways: bool, mcus: usize) -> u64 {
    let one = |c: &super::frame::Component| {
        let (stride, lines) = shape(frame, c, sideways, mcus);
        (stride * lines) as u64
    };
    frame.components.iter().map(one).sum()
}

fn shape(frame: &Frame, component: &super::frame::Component, sideways: bool, mcus: usize) -> (usize, usize) {
    if sideways {
        // Lines a power of two apart would fight for the same places of the cache.
        let length = frame.mcus.1 * component.v * 8;
        ((length.next_multiple_of(128)) + 64, mcus * component.h * 8)
    } else {
        (frame.mcus.0 * component.h * 8, mcus * component.v * 8)
    }
}

impl Planes {
    /// Planes for bands of `mcus` MCU rows or columns, `slots` (1 or 2) of them at once.
    pub fn new(frame: &Frame, sideways: bool, mcus: usize, slots: usize) -> Planes {
        let plane = |component: &super::frame::Component| {
            let (stride, lines) = shape(frame, component, sideways, mcus);
            let (all, length) = if sideways {
                (component.width, component.height)
            } else {
                (component.height, component.width)
            };
            Plane {
                samples: vec![0; stride * lines * slots],
                stride,
                lines,
                drawn: (0, 0),
                all,
                length,
            }
        };
        Planes {
            planes: frame.components.iter().map(plane).collect(),
            sideways,
            slots,
            bands: [None; 2],
        }
    }

    /// Whether a band is there.
    pub fn holds(&self, band: usize) -> bool {
        self.bands[band % self.slots] == Some(band)
    }

    /// Says that a band is being drawn now.
    pub fn begin(&mut self, band: usize) {
        let slot = band % self.slots;
        self.bands[slot] = None;
        for plane in &mut self.planes {
            plane.drawn = (band * plane.lines, slot * plane.lines);
        }
    }

    /// Says that it is there.
    pub fn end(&mut self, band: usize) {
        self.bands[band % self.slots] = Some(band);
    }

    /// The band that a component's line belongs to.
    pub fn band_of(&self, component: usize, line: usize) -> usize {
        line / self.planes[component].lines
    }

    /// Lines and samples of a line that a component has.
    pub fn extent(&self, component: usize) -> (usize, usize) {
        let plane = &self.planes[component];
        (plane.all, plane.length)
    }

    /// A component's line of a band that is held.
    pub fn line(&self, component: usize, line: usize) -> &[u8] {
        let plane = &self.planes[component];
        let within = line % (plane.lines * self.slots);
        &plane.samples[within * plane.stride..][..plane.length]
    }

    /// Transforms a block of the band that is being drawn and puts its samples in their place; `(x, y)` is the block's
    /// place in the component.
    #[inline(always)]
    pub fn put(&mut self, component: usize, (x, y): (usize, usize), block: &Block, quant: &[u16; 64], last: usize) {
        let plane = &mut self.planes[component];
        let (line, along, samples) = if self.sideways {
            (x * 8, y * 8, idct::columns(block, quant, last))
        } else {
            (y * 8, x * 8, idct::rows(block, quant, last))
        };
        let (first, place) = plane.drawn;
        let within = line.wrapping_sub(first).wrapping_add(place);
        let mut at = within.wrapping_mul(plane.stride).wrapping_add(along);
        for eight in samples.as_chunks::<8>().0 {
            plane.samples[at..][..8].copy_from_slice(eight);
            at = at.wrapping_add(plane.stride);
        }
    }
}
