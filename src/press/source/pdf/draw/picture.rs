//! Pictures on a page: decoded once, kept in memory while they are small and in a scratch file otherwise, and brought to
//! the page's pixels where a band shows them.
//!
//! What lies level or upright goes through the press' own Lanczos kernel. What lies askew is brought to about the page's
//! resolution by it, then read between four pixels. What has very large pixels keeps them, unless the document wants
//! them smoothed: such are bar codes and screen shots.

use std::sync::Arc;

use hayro::kurbo::{Affine, Point, Rect};

use super::super::super::super::PressError;
use super::super::super::super::layout::Turn;
use super::super::super::super::resample::{Across, Pad, Ring, SourceRow, Taps};
use super::super::geometry;
use super::list::Texture;
use super::outline::Bounds;
use super::samples::{Samples, eight};

/// From so many pixels of the page to one of the picture on, pixels are left as they are.
const COARSE: f64 = 4.0;
/// Sides of the pieces in which a picture that lies askew is brought to the page.
const PIECE: i32 = 256;
/// Wider or higher than this a picture would be too large for the kernel's numbers.
const FARTHEST: f64 = 8e6;
/// Narrower or lower than so many pixels a picture is no picture any more, and the kernel would be without end.
const THINNEST: f64 = 0.5;

/// How samples become pixels of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Kernel,
    Between,
    Nearest,
}

/// Samples in their place.
#[derive(Debug, Clone)]
pub struct Plane {
    samples: Arc<Samples>,
    /// From samples to pixels of the page.
    place: Affine,
    way: Way,
}

/// How a picture of this size is to be kept for its place: turned, or shrunk to a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Keeping {
    pub turn: Option<(bool, bool, bool)>,
    pub size: (u32, u32),
}

impl Keeping {
    /// For a place.
    pub fn of(place: Affine, (width, height): (u32, u32)) -> Keeping {
        match geometry::turn_of(place, (width, height)) {
            Some(turn) => Keeping {
                turn: Some((turn.transpose, turn.flip_x, turn.flip_y)),
                size: (width, height),
            },
            None => {
                let (x, y) = scales(place);
                // `as` saturates.
                let side = |side: u32, scale: f64| ((f64::from(side) * scale).ceil().max(1.0) as u32).min(side);
                Keeping {
                    turn: None,
                    size: (side(width, x), side(height, y)),
                }
            }
        }
    }

    /// The turn.
    pub fn turn(&self) -> Turn {
        self.turn.map_or(Turn::NONE, |(transpose, flip_x, flip_y)| Turn {
            transpose,
            flip_x,
            flip_y,
        })
    }
}

/// Pixels of the page to a sample, each way.
fn scales(place: Affine) -> (f64, f64) {
    let [a, b, c, d, ..] = place.as_coeffs();
    (a.hypot(b), c.hypot(d))
}

impl Plane {
    /// Samples that were kept as `keeping` says, of a picture that was `size` before and lies as `place` says.
    pub fn new(samples: Arc<Samples>, keeping: Keeping, size: (u32, u32), place: Affine, smooth: bool) -> Plane {
        let (x, y) = scales(place);
        let coarse = !smooth && x >= COARSE && y >= COARSE;
        let whole = Rect::new(0.0, 0.0, f64::from(size.0), f64::from(size.1));
        let around = place.transform_rect_bbox(whole);
        let (w, h) = (f64::from(samples.width), f64::from(samples.height));
        let (place, way) = if keeping.turn.is_some() {
            let upright = Affine::translate((around.x0, around.y0))
                * Affine::scale_non_uniform(around.width() / w, around.height() / h);
            let (longer, shorter) = (around.width().max(around.height()), around.width().min(around.height()));
            // Neither is so when it is no number.
            let fits = longer <= FARTHEST && shorter >= THINNEST;
            (upright, if coarse || !fits { Way::Nearest } else { Way::Kernel })
        } else {
            let shrunk = Affine::scale_non_uniform(f64::from(size.0) / w, f64::from(size.1) / h);
            (place * shrunk, if coarse { Way::Nearest } else { Way::Between })
        };
        Plane { samples, place, way }
    }

    /// Writes the samples of `area`, row by row.
    pub fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<(), PressError> {
        let (width, height) = area.size();
        let channels = self.samples.channels;
        into.clear();
        if self.way == Way::Kernel && self.kernel(area, into)? {
            return Ok(());
        }
        into.resize(width * height * channels, 0);
        let inverse = self.place.inverse();
        let mut y = area.y.0;
        while y < area.y.1 {
            let mut x = area.x.0;
            while x < area.x.1 {
                let piece = Bounds {
                    x: (x, (x + PIECE).min(area.x.1)),
                    y: (y, (y + PIECE).min(area.y.1)),
                };
                self.piece(piece, area, inverse, into)?;
                x += PIECE;
            }
            y += PIECE;
        }
        Ok(())
    }

    /// Says no when the area reaches beyond what the kernel knows.
    fn kernel(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError> {
        let samples = &*self.samples;
        let [sx, _, _, sy, x, y] = self.place.as_coeffs();
        let across = taps(samples.width, x, sx, area.x);
        let down = taps(samples.height, y, sy, area.y);
        if (across.firsts().len(), down.firsts().len()) != area.size() {
            return Ok(false);
        }
        let across = Across::new(samples.width, samples.channels, across);
        let mut ring = Ring::new(down.count(), false);
        let (mut pad, mut line) = (Pad::default(), Vec::new());
        let mut row = vec![0; across.samples()];
        for i in 0..area.size().1 {
            for y in down.rows(i) {
                if let Some(slot) = ring.slot(y) {
                    samples.read(0..samples.width, y..y + 1, &mut line)?;
                    across.row(SourceRow::Eight(&line), &mut pad, slot);
                }
            }
            ring.down(down.rows(i), down.weights(i), &mut row);
            into.extend(row.iter().map(|v| eight(*v)));
        }
        Ok(true)
    }

    /// A piece of `area`, by way of the samples under it.
    fn piece(&self, piece: Bounds, area: Bounds, inverse: Affine, into: &mut [u8]) -> Result<(), PressError> {
        let samples = &*self.samples;
        let on_page = Rect::new(
            f64::from(piece.x.0),
            f64::from(piece.y.0),
            f64::from(piece.x.1),
            f64::from(piece.y.1),
        );
        let under = inverse.transform_rect_bbox(on_page);
        // `as` saturates. One more on each side for what lies between.
        let span = |from: f64, to: f64, most: u32| {
            let from = ((from - 1.0).floor().max(0.0) as u32).min(most - 1);
            let to = ((to + 1.0).ceil().max(1.0) as u32).min(most);
            from..to.max(from + 1)
        };
        let (xs, ys) = (
            span(under.x0, under.x1, samples.width.max(1)),
            span(under.y0, under.y1, samples.height.max(1)),
        );
        let mut window = Vec::new();
        samples.read(xs.clone(), ys.clone(), &mut window)?;
        let (stride, channels) = (xs.len(), samples.channels);
        let sample = |x: i64, y: i64, channel: usize| {
            let x = (x.clamp(xs.start.into(), i64::from(xs.end) - 1) - i64::from(xs.start)) as usize;
            let y = (y.clamp(ys.start.into(), i64::from(ys.end) - 1) - i64::from(ys.start)) as usize;
            window.get((y * stride + x) * channels + channel).copied().unwrap_or(0)
        };
        let (width, _) = area.size();
        for y in piece.y.0..piece.y.1 {
            for x in piece.x.0..piece.x.1 {
                let p = inverse * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let at = ((y - area.y.0) as usize * width + (x - area.x.0) as usize) * channels;
                let Some(pixel) = into.get_mut(at..at + channels) else {
                    continue;
                };
                if self.way == Way::Nearest {
                    let (x, y) = (p.x.floor() as i64, p.y.floor() as i64);
                    for (channel, value) in pixel.iter_mut().enumerate() {
                        *value = sample(x, y, channel);
                    }
                    continue;
                }
                let (x, y) = (p.x - 0.5, p.y - 0.5);
                let (left, above) = (x.floor(), y.floor());
                let (fx, fy) = (((x - left) * 256.0) as u32, ((y - above) * 256.0) as u32);
                // A page may place a picture so far away that no number of a sample is near.
                let near = |at: f64, count: u32| at.clamp(-1.0, f64::from(count)) as i64;
                let (left, above) = (near(left, samples.width), near(above, samples.height));
                for (channel, value) in pixel.iter_mut().enumerate() {
                    let at = |x: i64, y: i64| u32::from(sample(x, y, channel));
                    let upper = at(left, above) * (256 - fx) + at(left + 1, above) * fx;
                    let lower = at(left, above + 1) * (256 - fx) + at(left + 1, above + 1) * fx;
                    *value = ((upper * (256 - fy) + lower * fy + 32_768) >> 16) as u8;
                }
            }
        }
        Ok(())
    }
}

/// Taps of `count` samples that lie from `from` on, `scale` pixels each, for pixels `range`.
fn taps(count: u32, from: f64, scale: f64, range: (i32, i32)) -> Taps {
    // A pixel more on each side than the samples touch: the grid of outlines rounds.
    let first = from.floor() - 1.0;
    let length = (from + f64::from(count) * scale).ceil() + 1.0 - first;
    let begin = (first - from) / scale;
    let index = |at: i32| (f64::from(at) - first).clamp(0.0, length) as u32;
    Taps::new(
        count,
        begin,
        length / scale,
        length as u32,
        index(range.0)..index(range.1),
    )
}

/// A picture with its own transparency, if it has any.
#[derive(Debug)]
pub struct Picture {
    pub colour: Plane,
    pub alpha: Option<Plane>,
}

impl Texture for Picture {
    fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError> {
        let (mut colour, mut alpha) = (Vec::new(), Vec::new());
        self.colour.paint(area, &mut colour)?;
        if let Some(plane) = &self.alpha {
            plane.paint(area, &mut alpha)?;
        }
        let mut opaque = true;
        let mut put = |i: usize, rgb: [u8; 3]| match alpha.get(i) {
            Some(a) => {
                opaque &= *a == 255;
                into.extend_from_slice(&premultiplied(rgb, *a));
            }
            None => into.extend_from_slice(&[rgb[0], rgb[1], rgb[2], 255]),
        };
        if self.colour.samples.channels == 1 {
            colour.iter().enumerate().for_each(|(i, g)| put(i, [*g; 3]));
        } else {
            let pixels = colour.as_chunks::<3>().0;
            pixels.iter().enumerate().for_each(|(i, rgb)| put(i, *rgb));
        }
        Ok(opaque)
    }
}

/// A picture of one bit, through which something else is painted.
#[derive(Debug)]
pub struct Stencil {
    pub holes: Plane,
    pub through: super::list::Paint,
}

impl Texture for Stencil {
    fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError> {
        let mut holes = Vec::new();
        self.holes.paint(area, &mut holes)?;
        match &self.through {
            super::list::Paint::Solid([r, g, b, a]) => {
                for hole in holes {
                    into.extend_from_slice(&premultiplied([*r, *g, *b], times(hole, *a)));
                }
            }
            super::list::Paint::Texture(texture) => {
                let begun = into.len();
                texture.paint(area, into)?;
                let (pixels, _) = into.get_mut(begun..).unwrap_or_default().as_chunks_mut::<4>();
                for (pixel, hole) in pixels.iter_mut().zip(holes) {
                    *pixel = pixel.map(|v| times(v, hole));
                }
            }
        }
        Ok(false)
    }
}

fn times(a: u8, b: u8) -> u8 {
    ((u32::from(a) * u32::from(b) + 127) / 255) as u8
}

/// A colour as the painter wants it: already multiplied by its opacity.
pub fn premultiplied([r, g, b]: [u8; 3], a: u8) -> [u8; 4] {
    [times(r, a), times(g, a), times(b, a), a]
}
