//! Tiling patterns whose cells repeat: a cell is painted once, as a picture of whole pixels, and read where it repeats.

use std::ops::RangeInclusive;

use hayro::hayro_interpret::pattern::TilingPattern;
use hayro::kurbo::{Affine, Point, Rect};

use super::super::super::super::PressError;
use super::list::Texture;
use super::outline::Bounds;

/// Most pixels of a cell. Larger ones are painted anew where they show.
const PIXELS: f64 = (1 << 22) as f64;

/// A painted cell.
#[derive(Debug)]
pub struct Cell {
    /// Premultiplied RGBA.
    pub pixels: Vec<u8>,
    pub size: (u32, u32),
    /// From pixels of the page to those of the cell.
    pub inverse: Affine,
    pub opacity: f32,
}

/// How a pattern's cell is painted.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// From the pattern's plane to the cell's pixels.
    pub transform: Affine,
    pub size: (u32, u32),
    /// Steps of the copies that reach into one cell, where cells overlap.
    pub copies: (RangeInclusive<i32>, RangeInclusive<i32>),
}

/// Copies of a pattern that touch an area of the page.
pub fn copies(tiling: &TilingPattern<'_>, area: Rect) -> (RangeInclusive<i32>, RangeInclusive<i32>) {
    let area = tiling.matrix.inverse().transform_rect_bbox(area);
    let axis = |cell: (f64, f64), step: f32, area: (f64, f64)| {
        let step = f64::from(step.abs());
        // `as` saturates.
        ((area.0 - cell.1) / step).ceil() as i32..=((area.1 - cell.0) / step).floor() as i32
    };
    (
        axis((tiling.bbox.x0, tiling.bbox.x1), tiling.x_step, (area.x0, area.x1)),
        axis((tiling.bbox.y0, tiling.bbox.y1), tiling.y_step, (area.y0, area.y1)),
    )
}

/// The layout of a cell; `None` when it would be too large. `coarse` takes it at fewer pixels then.
pub fn layout(tiling: &TilingPattern<'_>, coarse: bool) -> Option<Layout> {
    let [a, b, c, d, ..] = tiling.matrix.as_coeffs();
    let (x_step, y_step) = (f64::from(tiling.x_step.abs()), f64::from(tiling.y_step.abs()));
    let (mut w, mut h) = (x_step * a.hypot(b), y_step * c.hypot(d));
    // Also what is no number.
    if !(w * h <= PIXELS && w <= 65_000.0 && h <= 65_000.0) {
        if !coarse {
            return None;
        }
        let less = (PIXELS / (w * h)).sqrt();
        (w, h) = ((w * less).min(65_000.0), (h * less).min(65_000.0));
    }
    let whole = |side: f64| side.round().max(1.0);
    let (w, h) = (whole(w), whole(h));
    let transform =
        Affine::scale_non_uniform(w / x_step, h / y_step) * Affine::translate((-tiling.bbox.x0, -tiling.bbox.y0));
    let back = |side: f64, step: f64| (-side / step).floor() as i32 + 1..=0;
    Some(Layout {
        transform,
        size: (w as u32, h as u32),
        copies: (back(tiling.bbox.width(), x_step), back(tiling.bbox.height(), y_step)),
    })
}

impl Texture for Cell {
    fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError> {
        let (w, h) = (i64::from(self.size.0), i64::from(self.size.1));
        let (pixels, _) = self.pixels.as_chunks::<4>();
        let opacity = (self.opacity.clamp(0.0, 1.0) * 256.0) as u32;
        let mut opaque = true;
        let at = |x: i64, y: i64| {
            let place = y.rem_euclid(h) * w + x.rem_euclid(w);
            pixels.get(place as usize).copied().unwrap_or_default().map(u32::from)
        };
        for y in area.y.0..area.y.1 {
            for x in area.x.0..area.x.1 {
                let p = self.inverse * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let (px, py) = (p.x - 0.5, p.y - 0.5);
                let (left, above) = (px.floor(), py.floor());
                let (fx, fy) = (((px - left) * 256.0) as u32, ((py - above) * 256.0) as u32);
                let (left, above) = (left as i64, above as i64);
                // A page may place a pattern so far away that there is no next number.
                let (right, below) = (left.saturating_add(1), above.saturating_add(1));
                let (a, b) = (at(left, above), at(right, above));
                let (c, d) = (at(left, below), at(right, below));
                let mut pixel = [0u8; 4];
                for (i, value) in pixel.iter_mut().enumerate() {
                    let upper = a[i] * (256 - fx) + b[i] * fx;
                    let lower = c[i] * (256 - fx) + d[i] * fx;
                    let mixed = (upper * (256 - fy) + lower * fy + 32_768) >> 16;
                    *value = ((mixed * opacity + 128) >> 8) as u8;
                }
                opaque &= pixel[3] == 255;
                into.extend_from_slice(&pixel);
            }
        }
        Ok(opaque)
    }
}
