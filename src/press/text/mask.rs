//! Coverage masks: how much of each pixel letters and rings cover.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use zeno::{Command, Mask, Vector};

use super::TextError;
use super::line::{FILE, Line};

/// Most pixels of a mask: a line of 60 pt across 1.5 m at 600 dpi has 25 million.
const PIXELS: f64 = 48_000_000.0;
/// Most pixels of a letter's height. The rasteriser multiplies lengths of a stroke in 32 bits, of 1/256 pixel.
const LETTER: f64 = 4_096.0;
/// Most pixels of a mask's side.
const SIDE: f64 = 400_000.0;

/// A mask and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Pixels from the left of the page.
    pub x: i32,
    /// Pixels from its top.
    pub y: i32,
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
    /// Row by row: 0 leaves, 255 covers.
    pub rows: Vec<u8>,
}

/// Collects outlines as a path in pixels, down.
struct Pen {
    path: Vec<Command>,
    /// Pixels of a unit of the font.
    scale: (f64, f64),
    /// The glyph's origin in pixels.
    at: (f64, f64),
    low: (f32, f32),
    high: (f32, f32),
}

impl Pen {
    fn point(&mut self, x: f32, y: f32) -> Vector {
        let x = (self.at.0 + f64::from(x) * self.scale.0) as f32;
        let y = (self.at.1 - f64::from(y) * self.scale.1) as f32;
        self.low = (self.low.0.min(x), self.low.1.min(y));
        self.high = (self.high.0.max(x), self.high.1.max(y));
        Vector::new(x, y)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        self.path.push(Command::MoveTo(to));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        self.path.push(Command::LineTo(to));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, to) = (self.point(cx, cy), self.point(x, y));
        self.path.push(Command::QuadTo(control, to));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (a, b, to) = (self.point(ax, ay), self.point(bx, by), self.point(x, y));
        self.path.push(Command::CurveTo(a, b, to));
    }

    fn close(&mut self) {
        self.path.push(Command::Close);
    }
}

impl Line {
    /// The line's mask with its base line's start at `at`, in pixels from the page's left and top, which may lie
    /// between pixels; `density` is pixels a millimetre across and down. `None` when nothing is to be seen.
    ///
    /// # Errors
    /// [`TextError::TooLarge`].
    pub fn mask(&self, at: (f64, f64), density: (f64, f64)) -> Result<Option<Coverage>, TextError> {
        let wrong = |why: &dyn std::fmt::Display| TextError::Shape(why.to_string());
        let far = |v: f64| !v.is_finite() || v.abs() > f64::from(i32::MAX / 4);
        if far(at.0) || far(at.1) || self.size() * super::line::POINT * density.0.max(density.1) > LETTER {
            return Err(TextError::TooLarge);
        }
        let font = FontRef::new(FILE).map_err(|e| wrong(&e))?;
        let outlines = font.outline_glyphs();
        // Coordinates stay small, and so exact, when they count from the pixel where the line starts.
        let origin = (at.0.floor(), at.1.floor());
        let start = (at.0 - origin.0, at.1 - origin.1);
        let mut pen = Pen {
            path: Vec::new(),
            scale: (self.scale * density.0, self.scale * density.1),
            at: start,
            low: (f32::MAX, f32::MAX),
            high: (f32::MIN, f32::MIN),
        };
        for glyph in &self.glyphs {
            pen.at = (start.0 + glyph.x * pen.scale.0, start.1 - glyph.y * pen.scale.1);
            if pen.at.0.abs() > SIDE || pen.at.1.abs() > SIDE {
                return Err(TextError::TooLarge);
            }
            if let Some(outline) = outlines.get(GlyphId::new(glyph.id)) {
                let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                outline.draw(settings, &mut pen).map_err(|e| wrong(&e))?;
            }
        }
        if pen.path.is_empty() {
            return Ok(None);
        }
        let (left, top) = (pen.low.0.floor(), pen.low.1.floor());
        let (width, height) = (pen.high.0.ceil() - left, pen.high.1.ceil() - top);
        if f64::from(width) * f64::from(height) > PIXELS || f64::from(width.max(height)) > SIDE {
            return Err(TextError::TooLarge);
        }
        let (wide, high) = (width as u32, height as u32);
        if wide == 0 || high == 0 {
            return Ok(None);
        }
        let mut rows = vec![0; wide as usize * high as usize];
        Mask::new(pen.path.as_slice())
            .size(wide, high)
            .offset(Vector::new(-left, -top))
            .render_into(&mut rows, None);
        Ok(Some(Coverage {
            x: (origin.0 + f64::from(left)) as i32,
            y: (origin.1 + f64::from(top)) as i32,
            width: wide,
            height: high,
            rows,
        }))
    }
}

/// A ring around `at` (pixels): its middle line `radius` and its line `width` wide, in millimetres. `None` where it is
/// too small to be seen or too large to be a mark.
pub fn ring(at: (f64, f64), radius: f64, width: f64, density: (f64, f64)) -> Option<Coverage> {
    /// Samples of a pixel's side.
    const GRAIN: i64 = 8;
    let (outer, inner) = (radius + width / 2.0, (radius - width / 2.0).max(0.0));
    let (half_w, half_h) = ((outer * density.0).ceil() + 1.0, (outer * density.1).ceil() + 1.0);
    if !(half_w * half_h <= 2.5e5 && radius > 0.0 && at.0.abs() < 1e8 && at.1.abs() < 1e8) {
        return None;
    }
    let (left, top) = (at.0.floor() - half_w, at.1.floor() - half_h);
    let (wide, high) = (2 * half_w as u32 + 1, 2 * half_h as u32 + 1);
    let mut rows = Vec::with_capacity(wide as usize * high as usize);
    let sample = |pixel: u32, grain: i64, from: f64, density: f64| {
        (f64::from(pixel) + (grain as f64 + 0.5) / GRAIN as f64 + from) / density
    };
    for row in 0..high {
        for column in 0..wide {
            let mut hit = 0;
            for grain in 0..GRAIN * GRAIN {
                let x = sample(column, grain % GRAIN, left - at.0, density.0);
                let y = sample(row, grain / GRAIN, top - at.1, density.1);
                let square = x * x + y * y;
                hit += i64::from(square <= outer * outer && square >= inner * inner);
            }
            rows.push(u8::try_from(hit * 255 / (GRAIN * GRAIN)).unwrap_or(u8::MAX));
        }
    }
    Some(Coverage {
        x: left as i32,
        y: top as i32,
        width: wide,
        height: high,
        rows,
    })
}
