//! What a page's directory says of its pixels, checked against the limits and the length of the file.

use super::super::super::{PressError, PressLimits};
use super::super::size;
use super::codec::Compression;
use super::convert::{Convert, Kind};
use super::ifd::{Ifd, Tiff, tag};
use super::{early, wrong};

/// Most strips and tiles of a page. Their places are held in memory.
const PIECES: u64 = 1 << 18;
/// Most samples of a pixel, those that are not shown among them.
const SAMPLES: u64 = 16;

/// Where the pixels are and how they are packed. Strips are pieces as wide as the picture.
#[derive(Debug)]
pub struct Layout {
    /// Pixels, as stored.
    pub width: u32,
    /// Pixels, as stored.
    pub height: u32,
    /// Bits of a sample: 1, 2, 4, 8 or 16.
    pub bits: u32,
    /// Samples of a pixel.
    pub samples: usize,
    /// Each sample has pieces of its own?
    pub planar: bool,
    /// Pixels of a piece across.
    pub piece_width: u32,
    /// Rows of a piece.
    pub piece_height: u32,
    /// Whether pieces are tiles: then the last ones have rows and columns beyond the picture.
    pub tiled: bool,
    /// Pieces side by side.
    pub across: u32,
    /// Rows of pieces.
    pub down: u32,
    /// How pieces are packed.
    pub compression: Compression,
    /// Whether samples are differences from their neighbours to the left (section 14).
    pub predictor: bool,
    /// Byte order of samples of 16 bits.
    pub little: bool,
    /// Where pieces lie and how long they are: planes one after the other, each row by row.
    pieces: Vec<(u64, u64)>,
    /// From these samples to ours.
    pub convert: Convert,
}

fn unsupported(what: impl std::fmt::Display) -> PressError {
    PressError::Unsupported(format!(
        "a TIFF {what} can't be printed: export it as RGB, grey or CMYK of 8 or 16 bits"
    ))
}

impl Layout {
    /// Reads the layout of a page.
    pub fn read(tiff: &Tiff, ifd: &Ifd, limits: &PressLimits) -> Result<Layout, PressError> {
        let number = |tag: u16| tiff.number(ifd, tag);
        let or = |tag: u16, default: u64| Ok::<_, PressError>(number(tag)?.unwrap_or(default));
        let (Some(width), Some(height)) = (number(tag::WIDTH)?, number(tag::LENGTH)?) else {
            return Err(wrong("it does not tell its size"));
        };
        let (width, height) = size(width, height, limits)?;
        let samples = or(tag::SAMPLES, 1)?;
        if samples == 0 || samples > SAMPLES {
            return Err(unsupported(format_args!("of {samples} samples a pixel")));
        }
        let bits = bits(tiff, ifd, samples)?;
        let planar = match or(tag::PLANAR, 1)? {
            1 => false,
            2 => samples > 1,
            n => return Err(wrong(format!("it is planar in a way that is not known, {n}"))),
        };
        let compression = Compression::of_tag(or(tag::COMPRESSION, 1)?)?;
        let predictor = match or(tag::PREDICTOR, 1)? {
            // Without compression there is nothing to predict for, and readers agree to ignore it.
            _ if !compression.predicts() => false,
            1 => false,
            2 if bits >= 8 => true,
            n => return Err(unsupported(format_args!("with predictor {n} at {bits} bits"))),
        };
        if bits < 8 && (samples > 1 || or(tag::FILL_ORDER, 1)? != 1) {
            return Err(unsupported(format_args!("of {samples} samples of {bits} bits")));
        }
        let samples = samples as usize;
        let tiled = number(tag::TILE_WIDTH)?.is_some();
        let (piece_width, piece_height) = if tiled {
            let (w, h) = (or(tag::TILE_WIDTH, 0)?, or(tag::TILE_LENGTH, 0)?);
            let most = u64::from(limits.side.max(1 << 16));
            if w == 0 || h == 0 || w > most || h > most || (bits < 8 && w % 8 != 0) {
                return Err(wrong("its tiles have no sensible size"));
            }
            (w as u32, h as u32)
        } else {
            let rows = or(tag::ROWS_PER_STRIP, u64::MAX)?.min(u64::from(height));
            if rows == 0 {
                return Err(wrong("its strips have no rows"));
            }
            (width, rows as u32)
        };
        let mut layout = Layout {
            width,
            height,
            bits,
            samples,
            planar,
            piece_width,
            piece_height,
            tiled,
            across: width.div_ceil(piece_width),
            down: height.div_ceil(piece_height),
            compression,
            predictor,
            little: tiff.little,
            pieces: Vec::new(),
            convert: Convert::new(
                kind(tiff, ifd, samples, bits)?,
                bits,
                samples,
                alpha(tiff, ifd, samples)?,
            ),
        };
        layout.find(tiff, ifd)?;
        Ok(layout)
    }

    /// Planes that are stored apart.
    pub fn planes(&self) -> usize {
        if self.planar { self.samples } else { 1 }
    }

    /// Bytes of a row of a piece, unpacked.
    pub fn piece_row(&self) -> usize {
        let samples = if self.planar { 1 } else { self.samples };
        (self.piece_width as usize * samples * self.bits as usize).div_ceil(8)
    }

    /// Rows of a piece in this row of pieces that lie in the file.
    pub fn stored_rows(&self, down: u32) -> u32 {
        if self.tiled {
            self.piece_height
        } else {
            (self.height - down * self.piece_height).min(self.piece_height)
        }
    }

    /// Where a piece lies, and how many bytes it has.
    pub fn piece(&self, plane: usize, across: u32, down: u32) -> (u64, u64) {
        let place = (plane * self.down as usize + down as usize) * self.across as usize + across as usize;
        self.pieces.get(place).copied().unwrap_or_default()
    }

    /// Finds the pieces. That some lie over one another is no harm: writers share equal tiles.
    fn find(&mut self, tiff: &Tiff, ifd: &Ifd) -> Result<(), PressError> {
        let (offsets, counts) = if self.tiled {
            (tag::TILE_OFFSETS, tag::TILE_BYTES)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_BYTES)
        };
        let wanted = u64::from(self.across) * u64::from(self.down) * self.planes() as u64;
        if wanted > PIECES {
            return Err(unsupported(format_args!("of {wanted} strips or tiles")));
        }
        let offsets = tiff.numbers(ifd, offsets, wanted)?.unwrap_or_default();
        let mut counts = tiff.numbers(ifd, counts, wanted)?.unwrap_or_default();
        if counts.is_empty() && (wanted == 1 || self.compression == Compression::None) {
            // Old writers leave them out where they say nothing.
            counts = offsets.iter().map(|at| tiff.size.saturating_sub(*at)).collect();
        }
        if offsets.len() as u64 != wanted || counts.len() as u64 != wanted {
            return Err(wrong("it does not tell where all of its pixels are"));
        }
        let plain = self.compression == Compression::None;
        let row = self.piece_row() as u64;
        for (i, (at, mut count)) in (0u64..).zip(offsets.into_iter().zip(counts)) {
            if plain {
                let down = (i / u64::from(self.across) % u64::from(self.down)) as u32;
                let needed = row * u64::from(self.stored_rows(down));
                if count < needed {
                    return Err(wrong("it holds fewer pixels than it says"));
                }
                count = needed;
            }
            if count == 0 {
                return Err(wrong("some of its strips or tiles are empty"));
            }
            if at.checked_add(count).is_none_or(|end| end > tiff.size) {
                return Err(early());
            }
            self.pieces.push((at, count));
        }
        Ok(())
    }
}

/// Bits of a sample, the same for all.
fn bits(tiff: &Tiff, ifd: &Ifd, samples: u64) -> Result<u32, PressError> {
    let all = tiff.numbers(ifd, tag::BITS, samples)?.unwrap_or_else(|| vec![1]);
    let bits = all.first().copied().unwrap_or(1);
    // Some writers give one number for all samples.
    if all.len() > 1 && all.iter().any(|b| *b != bits) {
        return Err(unsupported("whose samples differ in their bits"));
    }
    let formats = tiff.numbers(ifd, tag::SAMPLE_FORMAT, samples)?.unwrap_or_default();
    // 1 is a whole number, 4 is "undefined", which is read as one.
    if formats.iter().any(|f| !matches!(f, 1 | 4)) {
        return Err(unsupported("of signed or floating-point samples"));
    }
    match bits {
        1 | 2 | 4 | 8 | 16 => Ok(bits as u32),
        _ => Err(unsupported(format_args!("of {bits} bits a sample"))),
    }
}

/// What the samples mean.
fn kind(tiff: &Tiff, ifd: &Ifd, samples: usize, bits: u32) -> Result<Kind, PressError> {
    let Some(photometric) = tiff.number(ifd, tag::PHOTOMETRIC)? else {
        return Err(wrong("it does not tell what its samples mean"));
    };
    let kind = match photometric {
        0 => Kind::WhiteIsZero,
        1 => Kind::BlackIsZero,
        2 => Kind::Rgb,
        3 if bits <= 8 => palette(tiff, ifd, bits)?,
        5 => match tiff.number(ifd, tag::INK_SET)?.unwrap_or(1) {
            1 => Kind::Cmyk,
            _ => return Err(unsupported("of other inks than CMYK")),
        },
        6 => return Err(unsupported("of YCbCr")),
        8..=10 => return Err(unsupported("of Lab")),
        32_803 | 34_892 => return Err(unsupported("of raw camera data")),
        n => return Err(unsupported(format_args!("of photometric kind {n}"))),
    };
    if samples < kind.samples() {
        return Err(wrong("its pixels have fewer samples than their kind needs"));
    }
    Ok(kind)
}

/// Section 5: all reds, then all greens, then all blues, 16 bits each.
fn palette(tiff: &Tiff, ifd: &Ifd, bits: u32) -> Result<Kind, PressError> {
    let n = 1usize << bits;
    let map = tiff.numbers(ifd, tag::COLOR_MAP, 3 * n as u64)?.unwrap_or_default();
    if map.len() != 3 * n {
        return Err(wrong("its palette is incomplete"));
    }
    // Some old writers fill the palette with bytes.
    let bytes = map.iter().all(|v| *v < 256);
    let byte = |v: u64| {
        if bytes {
            v as u8
        } else {
            // Writers spread bytes by 256 or by 257: the upper byte is right for both.
            (v >> 8).min(255) as u8
        }
    };
    let colors = (0..n)
        .map(|i| [byte(map[i]), byte(map[n + i]), byte(map[2 * n + i])])
        .collect();
    Ok(Kind::Palette(colors))
}

/// Which sample covers, and whether the colours were multiplied by it (ExtraSamples: 1 associated, 2 not).
fn alpha(tiff: &Tiff, ifd: &Ifd, samples: usize) -> Result<Option<(usize, bool)>, PressError> {
    let extra = tiff.numbers(ifd, tag::EXTRA_SAMPLES, SAMPLES)?.unwrap_or_default();
    let first = samples.saturating_sub(extra.len());
    let found = extra.iter().position(|e| matches!(e, 1 | 2));
    Ok(found.map(|i| (first + i, extra[i] == 1)))
}
