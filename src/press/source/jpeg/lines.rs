//! From the components' lines to a row of pixels: upsampling and colour (ITU-T T.871; T.81 leaves both open).
//!
//! Where a component has half the samples, each of the picture's is made of the two that are nearest, three parts to
//! one, with libjpeg's roundings ("fancy upsampling"); any other ratio repeats the nearest sample. The roundings belong
//! to the stored picture's rows and columns, so that a picture on its side has the very same pixels.

use super::colour;
use super::frame::Frame;
use super::planes::Planes;
use super::setup::Colour;

/// How samples of one direction become those of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// They are.
    Same,
    /// Twice as many.
    Triangle,
    /// Sample `i` of the picture is sample `i * of / all` of the component.
    Nearest { of: usize, all: usize },
}

/// One component's ways from line to line and along a line.
#[derive(Debug, Clone, Copy)]
struct Ways {
    across: Way,
    along: Way,
}

/// See the head of the file.
pub struct Lines {
    ways: Vec<Ways>,
    sideways: bool,
    colour: Colour,
    /// Pixels of a line.
    length: usize,
    /// One line of each component at full length.
    full: Vec<Vec<u8>>,
    /// A line between two lines, in quarters.
    between: Vec<u16>,
}

impl Lines {
    pub fn new(frame: &Frame, colour: Colour, sideways: bool) -> Lines {
        let way = |of: usize, all: usize, smooth: bool| match (of, all) {
            _ if of == all => Way::Same,
            _ if of * 2 == all && smooth => Way::Triangle,
            _ => Way::Nearest { of, all },
        };
        let ways = frame.components.iter().map(|c| {
            // As libjpeg: a narrow component is repeated, and so is one whose ratios are not 1 or 2 both.
            let halves = |of: usize, all: usize| of == all || of * 2 == all;
            let smooth = halves(c.h, frame.h) && halves(c.v, frame.v) && (c.h == frame.h || c.width > 2);
            let (x, y) = (way(c.h, frame.h, smooth), way(c.v, frame.v, smooth));
            if sideways {
                Ways { across: x, along: y }
            } else {
                Ways { across: y, along: x }
            }
        });
        let length = if sideways { frame.height } else { frame.width };
        let ways: Vec<Ways> = ways.collect();
        Lines {
            full: ways.iter().map(|_| vec![0; length + 2]).collect(),
            between: vec![0; length / 2 + 2],
            ways,
            sideways,
            colour,
            length,
        }
    }

    /// Whether lines are made of two of a component.
    pub fn mixes(&self) -> bool {
        self.ways.iter().any(|w| w.across == Way::Triangle)
    }

    /// The component's lines that line `line` of the picture is made of: the nearest and the other.
    pub fn needs(&self, component: usize, line: usize, planes: &Planes) -> (usize, usize) {
        let last = planes.extent(component).0.saturating_sub(1);
        match self.ways[component].across {
            Way::Same => (line.min(last), line.min(last)),
            Way::Nearest { of, all } => ((line * of / all).min(last), (line * of / all).min(last)),
            Way::Triangle => {
                let near = line / 2;
                let far = if line.is_multiple_of(2) {
                    near.saturating_sub(1)
                } else {
                    near + 1
                };
                (near.min(last), far.min(last))
            }
        }
    }

    /// Components.
    pub fn components(&self) -> usize {
        self.ways.len()
    }

    /// Makes line `line` of the picture, of lines that the planes hold, from its end with `backwards`.
    pub fn make(&mut self, planes: &Planes, line: usize, backwards: bool, into: &mut [u8]) {
        let mut full = std::mem::take(&mut self.full);
        let mut between = std::mem::take(&mut self.between);
        for (component, room) in full.iter_mut().enumerate() {
            self.widen(planes, component, line, &mut between, room);
        }
        let of = |component: usize| match self.ways[component] {
            Ways {
                across: Way::Same | Way::Nearest { .. },
                along: Way::Same,
            } => planes.line(component, self.needs(component, line, planes).0),
            _ => &full[component][..self.length],
        };
        match self.colour {
            Colour::Grey => colour::grey(of(0), into),
            Colour::Rgb => colour::three([of(0), of(1), of(2)], into),
            Colour::YCbCr => colour::ycbcr([of(0), of(1), of(2)], backwards, into),
            Colour::Cmyk(inverted) => colour::cmyk([of(0), of(1), of(2), of(3)], inverted, into),
            Colour::Ycck(inverted) => colour::ycck([of(0), of(1), of(2), of(3)], inverted, into),
        }
        if backwards && self.colour != Colour::YCbCr {
            colour::reverse(into, self.colour.channels());
        }
        (self.full, self.between) = (full, between);
    }

    /// A component's line at full length, where it is not at hand as it is.
    fn widen(&self, planes: &Planes, component: usize, line: usize, between: &mut [u16], room: &mut [u8]) {
        let (near, far) = self.needs(component, line, planes);
        let (near, far) = (planes.line(component, near), planes.line(component, far));
        let odd = !line.is_multiple_of(2);
        match self.ways[component] {
            Ways {
                across: Way::Triangle,
                along: Way::Same,
            } => {
                let round = if odd { 2 } else { 1 };
                for ((out, near), far) in room.iter_mut().zip(near).zip(far) {
                    *out = (three_to_one(u16::from(*near), u16::from(*far)).wrapping_add(round) >> 2) as u8;
                }
            }
            Ways {
                across: Way::Triangle,
                along: Way::Triangle,
            } => {
                let sums = &mut between[..near.len()];
                for ((out, near), far) in sums.iter_mut().zip(near).zip(far) {
                    *out = three_to_one(u16::from(*near), u16::from(*far));
                }
                // 8 for even columns of the stored picture and 7 for odd ones.
                let round = match (self.sideways, odd) {
                    (false, _) => [8, 7],
                    (true, false) => [8, 8],
                    (true, true) => [7, 7],
                };
                double::<4>(sums, round, room);
            }
            Ways {
                along: Way::Triangle, ..
            } => {
                let wide = &mut between[..near.len()];
                for (out, near) in wide.iter_mut().zip(near) {
                    *out = u16::from(*near);
                }
                double::<2>(wide, [1, 2], room);
            }
            Ways {
                along: Way::Nearest { of, all },
                ..
            } => {
                for (i, out) in room.iter_mut().take(self.length).enumerate() {
                    *out = near[(i * of / all).min(near.len() - 1)];
                }
            }
            Ways { along: Way::Same, .. } => {}
        }
    }
}

/// Never more than 16 × 255.
#[inline(always)]
fn three_to_one(near: u16, far: u16) -> u16 {
    near.wrapping_mul(3).wrapping_add(far)
}

/// Twice as many samples as `from`, three parts of the nearest and one of the next, rounded and shifted right.
#[inline(always)]
fn double<const SHIFT: u32>(from: &[u16], round: [u16; 2], into: &mut [u8]) {
    let one = |near: u16, far: u16, round: u16| (three_to_one(near, far).wrapping_add(round) >> SHIFT) as u8;
    let (Some(first), Some(last)) = (from.first(), from.last()) else {
        return;
    };
    let (pairs, odd) = into.as_chunks_mut::<2>();
    if let Some(pair) = pairs.first_mut() {
        pair[0] = one(*first, *first, round[0]);
    }
    for (three, i) in from.windows(2).zip(0..) {
        let (left, right) = (three[0], three[1]);
        if let Some(pair) = pairs.get_mut(i) {
            pair[1] = one(left, right, round[1]);
        }
        if let Some(pair) = pairs.get_mut(i + 1) {
            pair[0] = one(right, left, round[0]);
        }
    }
    let end = from.len() - 1;
    if let Some(pair) = pairs.get_mut(end) {
        pair[1] = one(*last, *last, round[1]);
        if end == 0 {
            pair[0] = one(*first, *first, round[0]);
        }
    }
    let _ = odd;
}
