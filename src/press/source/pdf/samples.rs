//! Samples of a picture inside a PDF, unpacked row by row into a TIFF file.

use std::fs::File;
use std::io::{BufWriter, Read};

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::object::Dict;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16};
use tiff::encoder::{TiffEncoder, TiffValue};
use tiff::{TiffError, tags};

use super::super::super::PressError;
use super::super::{Depth, damaged};
use super::NAME;

/// About so many bytes a strip, so that readers of whole strips hold little.
const STRIP: usize = 64 << 10;

/// How samples are packed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Packed {
    flate: bool,
    predictor: Predictor,
    channels: usize,
    depth: Depth,
}

/// What was done to rows before they were packed (ISO 32000-2, table 10).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Predictor {
    None,
    /// TIFF's, 2: differences to the sample before.
    Tiff,
    /// PNG's, 10 to 15: each row says how.
    Png,
}

impl Packed {
    /// Reads the decode parameters; `None` when they are others than the picture's.
    pub fn read(parms: Option<&Dict<'_>>, flate: bool, width: u32, channels: usize, depth: Depth) -> Option<Packed> {
        let number = |key: &str, default: u32| parms.and_then(|p| p.get::<u32>(key)).unwrap_or(default);
        let predictor = match number("Predictor", 1) {
            1 => Predictor::None,
            2 => Predictor::Tiff,
            10..=15 => Predictor::Png,
            _ => return None,
        };
        let bits = if depth == Depth::Sixteen { 16 } else { 8 };
        let same = number("Colors", 1) == channels as u32
            && number("BitsPerComponent", 8) == bits
            && number("Columns", 1) == width;
        (predictor == Predictor::None || (flate && same)).then_some(Packed {
            flate,
            predictor,
            channels,
            depth,
        })
    }

    const fn bytes(self) -> usize {
        match self.depth {
            Depth::Eight => self.channels,
            Depth::Sixteen => self.channels * 2,
        }
    }
}

/// Unpacks `raw` into `file`.
pub fn write(raw: &[u8], packed: Packed, size: (u32, u32), file: File) -> Result<(), PressError> {
    let mut rows = Rows {
        bytes: if packed.flate {
            Box::new(ZlibDecoder::new(raw))
        } else {
            Box::new(raw)
        },
        packed,
        row: vec![0; size.0 as usize * packed.bytes()],
        above: vec![0; size.0 as usize * packed.bytes()],
    };
    let narrow = |row: &[u8], into: &mut Vec<u8>| into.extend_from_slice(row);
    let wide = |row: &[u8], into: &mut Vec<u16>| {
        into.extend(row.as_chunks::<2>().0.iter().map(|b| u16::from_be_bytes(*b)));
    };
    match (packed.channels, packed.depth) {
        (1, Depth::Eight) => encode::<Gray8>(&mut rows, size, file, narrow),
        (1, Depth::Sixteen) => encode::<Gray16>(&mut rows, size, file, wide),
        (_, Depth::Eight) => encode::<RGB8>(&mut rows, size, file, narrow),
        (_, Depth::Sixteen) => encode::<RGB16>(&mut rows, size, file, wide),
    }
}

fn encode<C: ColorType>(
    rows: &mut Rows<'_>,
    (width, height): (u32, u32),
    file: File,
    take: impl Fn(&[u8], &mut Vec<C::Inner>),
) -> Result<(), PressError>
where
    [C::Inner]: TiffValue,
{
    let wrong = |e: TiffError| match e {
        TiffError::IoError(e) => PressError::Io(e),
        other => damaged(NAME, other),
    };
    let mut tiff = TiffEncoder::new(BufWriter::new(file)).map_err(wrong)?;
    let mut image = tiff.new_image::<C>(width, height).map_err(wrong)?;
    let strip = (STRIP / rows.row.len().max(1)).max(1) as u32;
    image.rows_per_strip(strip).map_err(wrong)?;
    image.encoder().write_tag(tags::Tag::Orientation, 1u16).map_err(wrong)?;
    let mut samples = Vec::new();
    let mut y = 0;
    while y < height {
        samples.clear();
        let end = y.saturating_add(strip).min(height);
        while y < end {
            rows.next()?;
            take(&rows.row, &mut samples);
            y += 1;
        }
        image.write_strip(&samples).map_err(wrong)?;
    }
    image.finish().map_err(wrong)
}

struct Rows<'r> {
    bytes: Box<dyn Read + 'r>,
    packed: Packed,
    row: Vec<u8>,
    above: Vec<u8>,
}

impl Rows<'_> {
    /// Reads and restores the next row.
    fn next(&mut self) -> Result<(), PressError> {
        let short = |_| damaged(NAME, "its picture ends early");
        std::mem::swap(&mut self.row, &mut self.above);
        let mut how = [0u8];
        if self.packed.predictor == Predictor::Png {
            self.bytes.read_exact(&mut how).map_err(short)?;
        }
        self.bytes.read_exact(&mut self.row).map_err(short)?;
        let pixel = self.packed.bytes();
        match (self.packed.predictor, self.packed.depth) {
            (Predictor::None, _) => {}
            (Predictor::Tiff, Depth::Eight) => {
                for i in pixel..self.row.len() {
                    self.row[i] = self.row[i].wrapping_add(self.row[i - pixel]);
                }
            }
            (Predictor::Tiff, Depth::Sixteen) => {
                for i in (pixel..self.row.len().saturating_sub(1)).step_by(2) {
                    let at = |i: usize| u16::from_be_bytes([self.row[i], self.row[i + 1]]);
                    let [high, low] = at(i).wrapping_add(at(i - pixel)).to_be_bytes();
                    (self.row[i], self.row[i + 1]) = (high, low);
                }
            }
            (Predictor::Png, _) => unfilter(how[0], &mut self.row, &self.above, pixel)?,
        }
        Ok(())
    }
}

/// Undoes a PNG filter (W3C PNG, 9.2).
fn unfilter(how: u8, row: &mut [u8], above: &[u8], pixel: usize) -> Result<(), PressError> {
    if how > 4 {
        return Err(damaged(NAME, "a row of its picture is packed in an unknown way"));
    }
    for i in 0..row.len() {
        let left = if i < pixel { 0 } else { row[i - pixel] };
        let up = above[i];
        let corner = if i < pixel { 0 } else { above[i - pixel] };
        let guess = match how {
            1 => left,
            2 => up,
            3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
            4 => paeth(left, up, corner),
            _ => 0,
        };
        row[i] = row[i].wrapping_add(guess);
    }
    Ok(())
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |x: u8| (guess - i16::from(x)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}
