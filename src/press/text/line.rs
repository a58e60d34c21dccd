//! A line of words, shaped and measured in units of the font.

use std::sync::OnceLock;

use harfrust::{Buffer, Direction, Font, Script, ShapeOptions, ShaperFont};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::TextError;

/// The font.
pub(super) const FILE: &[u8] = include_bytes!("../../../assets/fonts/OpenSans-Regular.ttf");

/// Most letters of a line. What comes after them is cut.
const LETTERS: usize = 400;

/// Millimetres of a point: 1/72 inch.
pub(super) const POINT: f64 = 25.4 / 72.0;

/// Which end of a line that is too long is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// Its end.
    #[default]
    End,
    /// Its middle: file names differ at their ends.
    Middle,
}

/// What is asked of the font once.
struct Face {
    font: Font,
    letters: Charmap<'static>,
    units: f64,
    ascent: f64,
    descent: f64,
}

/// The font, read once. `None` only if the built-in file were broken, which a test excludes.
fn face() -> Option<&'static Face> {
    static FACE: OnceLock<Option<Face>> = OnceLock::new();
    FACE.get_or_init(|| {
        let font = Font::new(FILE, 0)?;
        let file = FontRef::new(FILE).ok()?;
        let metrics = file.metrics(Size::unscaled(), LocationRef::default());
        Some(Face {
            font,
            letters: file.charmap(),
            units: f64::from(metrics.units_per_em.max(1)),
            ascent: f64::from(metrics.ascent),
            descent: f64::from(metrics.descent),
        })
    })
    .as_ref()
}

/// A glyph and where it stands, in units of the font from the line's start, upwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub id: u32,
    pub x: f64,
    pub y: f64,
}

/// A line of words in its size.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub(super) glyphs: Vec<Glyph>,
    /// Millimetres of a unit of the font.
    pub(super) scale: f64,
    /// In units of the font.
    width: f64,
}

impl Line {
    /// Sets `words` at `size` points. Where they are wider than `room` millimetres they shrink, to `floor` points at
    /// the least; where that is not enough, letters are left out for an ellipsis. An empty line when not even that fits.
    ///
    /// Control characters become spaces; letters beyond 400 are left out.
    ///
    /// # Errors
    /// [`TextError::Shape`].
    pub fn fit(words: &str, size: f64, floor: f64, room: f64, cut: Cut) -> Result<Line, TextError> {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let letters: Vec<char> = words.trim().chars().take(LETTERS).map(clean).collect();
        let line = Line::shape(&letters, size)?;
        if line.width() <= room {
            return Ok(line);
        }
        let shrunk = (size * room / line.width()).clamp(floor.min(size), size);
        let line = line.at(shrunk);
        // A hair over is the division's rounding.
        if line.width() <= room * (1.0 + 1e-9) {
            return Ok(line);
        }
        // The longest that fits: from nothing kept, which does or is given up, to everything, which does not.
        let (mut fits, mut over) = (0, letters.len());
        let mut best = Line::default();
        while over - fits > 1 || best.glyphs.is_empty() {
            let kept = (fits + over) / 2;
            let line = Line::shape(&shortened(&letters, kept, cut), shrunk)?;
            if line.width() <= room {
                (fits, best) = (kept, line);
            } else {
                over = kept;
            }
            if over == 0 || over - fits <= 1 && fits > 0 {
                break;
            }
        }
        Ok(best)
    }

    /// Millimetres from the first letter's start to the last one's end.
    pub fn width(&self) -> f64 {
        self.width * self.scale
    }

    /// Millimetres from the highest letters' top to the base line at `size` points.
    pub fn ascent(size: f64) -> f64 {
        face().map_or(size, |f| f.ascent / f.units * size) * POINT
    }

    /// Millimetres from one base line to the next at `size` points.
    pub fn height(size: f64) -> f64 {
        face().map_or(size, |f| (f.ascent - f.descent) / f.units * size) * POINT
    }

    /// Points of the letters.
    pub fn size(&self) -> f64 {
        self.scale / POINT * face().map_or(1.0, |f| f.units)
    }

    fn at(mut self, size: f64) -> Line {
        self.scale = face().map_or(0.0, |f| size * POINT / f.units);
        self
    }

    /// The first letter that the font has not.
    ///
    /// # Errors
    /// [`TextError::Shape`].
    pub(super) fn unknown(words: &str) -> Result<Option<char>, TextError> {
        let Some(face) = face() else { return Ok(None) };
        if words.chars().all(|c| c == '\t' || face.letters.map(c).is_some()) {
            return Ok(None);
        }
        // Shaping knows more than the font's list: what is composed of parts, and what is never seen.
        let letters: Vec<char> = words.chars().filter(|c| !c.is_control()).collect();
        let shaped = shaped(&letters)?;
        let box_at = shaped.glyph_infos().iter().find(|info| info.glyph_id == 0);
        Ok(box_at.and_then(|info| letters.get(info.cluster as usize)).copied())
    }

    fn shape(letters: &[char], size: f64) -> Result<Line, TextError> {
        let shaped = shaped(letters)?;
        let (mut pen, mut glyphs) = (0.0, Vec::with_capacity(letters.len()));
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            glyphs.push(Glyph {
                id: info.glyph_id,
                x: pen + f64::from(place.x_offset),
                y: f64::from(place.y_offset),
            });
            pen += f64::from(place.x_advance);
        }
        let line = Line {
            glyphs,
            scale: 0.0,
            width: pen,
        };
        Ok(line.at(size))
    }
}

/// Letters as glyphs in their places.
fn shaped(letters: &[char]) -> Result<Buffer, TextError> {
    let wrong = |why: &dyn std::fmt::Display| TextError::Shape(why.to_string());
    let face = face().ok_or_else(|| wrong(&"no font"))?;
    let mut buffer = Buffer::new();
    for (index, letter) in letters.iter().enumerate() {
        buffer.push(u32::from(*letter), u32::try_from(index).unwrap_or(u32::MAX));
    }
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(Some(Script::LATIN));
    harfrust::shape(&ShaperFont::new(&face.font), &mut buffer, ShapeOptions::new()).map_err(|e| wrong(&e))?;
    Ok(buffer)
}

impl Default for Line {
    fn default() -> Self {
        Line {
            glyphs: Vec::new(),
            scale: 0.0,
            width: 0.0,
        }
    }
}

/// `kept` of the letters and an ellipsis for the others.
fn shortened(letters: &[char], kept: usize, cut: Cut) -> Vec<char> {
    let tail = match cut {
        Cut::End => 0,
        Cut::Middle => kept / 2,
    };
    let (head, tail) = (
        letters.iter().take(kept - tail),
        letters.iter().skip(letters.len().saturating_sub(tail)),
    );
    head.copied().chain(['…']).chain(tail.copied()).collect()
}
