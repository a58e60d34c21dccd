//! PNG (W3C PNG, third edition), row by row. An interlaced one comes in passes and is held as a whole.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, DecodingError, Info, Limits, Reader, ScaledFloat, Transformations, Unit};

use super::super::layout::Turn;
use super::held::{Held, Pixels, Samples};
use super::{
    Depth, Head, PROFILE_BYTES, PressError, PressLimits, RowMut, Shape, Source, check, damaged, exif, hand, reader,
    sane, size, standard, strange_row, turned, upright, working,
};
use crate::color::{Primaries, Profile};

const NAME: &str = "PNG";

fn wrong(error: DecodingError) -> PressError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error {
        DecodingError::IoError(e) if e.kind() == UnexpectedEof => early(),
        // What the library says of some chunks that make no sense.
        DecodingError::IoError(e) if e.kind() == InvalidData => damaged(NAME, "one of its chunks is broken"),
        DecodingError::IoError(e) => PressError::Io(e),
        other => damaged(NAME, other),
    }
}

fn early() -> PressError {
    damaged(NAME, "it ends early: the upload or the file is incomplete")
}

type Open = Reader<std::io::BufReader<std::fs::File>>;

/// Opens, checks the size before anything is set aside for it, and reads up to the pixels.
fn start(path: &Path, limits: &PressLimits) -> Result<(Open, Head, bool), PressError> {
    let bytes = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(reader(path)?, Limits { bytes });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    // No fuzzer guesses a checksum.
    decoder.ignore_checksums(cfg!(feature = "fuzzing"));
    let header = decoder.read_header_info().map_err(wrong)?;
    let bytes = if header.bit_depth == BitDepth::Sixteen { 2 } else { 1 };
    let stored = if header.interlaced {
        // Four samples as decoded, and three of them laid over the paper.
        check(header.width.into(), header.height.into(), 7, bytes, limits)?
    } else {
        size(header.width.into(), header.height.into(), limits)?
    };
    working(u64::from(stored.0) * 4 * bytes, stored, limits)?;
    let reader = decoder.read_info().map_err(wrong)?;
    let (color, _) = reader.output_color_type();
    let info = reader.info();
    if info.palette.as_ref().is_some_and(|p| !p.len().is_multiple_of(3)) {
        // The library would panic at the first row.
        return Err(damaged(NAME, "its palette ends within a colour"));
    }
    let channels = match color {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => 1,
        _ => 3,
    };
    let alpha = matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba);
    let exif = info.exif_metadata.as_deref().map(exif::read).unwrap_or_default();
    let resolution = info.pixel_dims.filter(|d| d.unit == Unit::Meter).and_then(|d| {
        let dpi = |per_metre: u32| f64::from(per_metre) * 0.0254;
        sane(dpi(d.xppu), dpi(d.yppu))
    });
    let depth = if bytes == 2 { Depth::Sixteen } else { Depth::Eight };
    let turn = Turn::of_tag(exif.orientation);
    let icc = profile(info, channels)?.or_else(|| exif.srgb.then(|| standard(channels)));
    if info.icc_profile.is_none() && names_profile(path)? {
        return Err(damaged(
            NAME,
            "its colour profile can't be unpacked, and without it the colours would be guessed. Export the picture again",
        ));
    }
    let head = upright(stored, (channels, depth), turn, resolution, icc);
    Ok((reader, head, alpha))
}

/// Whether a file has a chunk iCCP before its pixels. The decoder passes over one that it can't unpack and says
/// nothing, as browsers do; here it would mean printing in colours that nobody chose.
fn names_profile(path: &Path) -> Result<bool, PressError> {
    let mut file = reader(path)?;
    let mut skip = 8;
    loop {
        if std::io::copy(&mut file.by_ref().take(skip), &mut std::io::sink())? < skip {
            return Ok(false);
        }
        let mut head = [0; 8];
        match file.read_exact(&mut head) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(false),
            Err(e) => return Err(e.into()),
        }
        let [a, b, c, d, name @ ..] = head;
        match &name {
            b"iCCP" => return Ok(true),
            b"IDAT" | b"IEND" => return Ok(false),
            // Its data and its checksum.
            _ => skip = u64::from(u32::from_be_bytes([a, b, c, d])) + 4,
        }
    }
}

/// What colours the samples are: cICP goes before iCCP, and that before sRGB, and that before gAMA and cHRM (section
/// 4.3 of the standard). `None` when nothing is said, or what is said of gamma and primaries makes no sense.
fn profile(info: &Info<'_>, channels: usize) -> Result<Option<Vec<u8>>, PressError> {
    let icc = info.icc_profile.as_deref().map(<[u8]>::to_vec);
    if icc.as_ref().is_some_and(|p| p.len() > PROFILE_BYTES) {
        return Err(damaged(NAME, "its colour profile is larger than 16 MiB"));
    }
    match info.coding_independent_code_points {
        // BT.709 primaries and the transfer of sRGB, full range (ITU-T H.273).
        Some(points) if (points.color_primaries, points.transfer_function) == (1, 13) => Ok(Some(standard(channels))),
        Some(points) if icc.is_none() => Err(PressError::Unsupported(format!(
            "the colours of the PNG are told by code points that can't be read yet (primaries {}, transfer {}): export \
             it with an ICC profile",
            points.color_primaries, points.transfer_function
        ))),
        _ if icc.is_some() => Ok(icc),
        _ if info.srgb.is_some() => Ok(Some(standard(channels))),
        _ => Ok(numbers(info, channels).map(|p| p.as_bytes().to_vec())),
    }
}

/// The profile that gAMA and cHRM amount to. Primaries that are not told are those of sRGB; without a gamma nothing can
/// be made of them.
fn numbers(info: &Info<'_>, channels: usize) -> Option<Profile> {
    // The file tells 1 / gamma.
    let gamma = 100_000.0 / f64::from(info.gama_chunk?.into_scaled());
    if channels == 1 {
        return Profile::of_gamma(gamma);
    }
    let point = |(x, y): (ScaledFloat, ScaledFloat)| [x, y].map(|v| f64::from(v.into_scaled()) / 100_000.0);
    let primaries = info.chrm_chunk.map_or_else(Primaries::default, |told| Primaries {
        white: point(told.white),
        red: point(told.red),
        green: point(told.green),
        blue: point(told.blue),
    });
    Profile::of_primaries(&primaries, gamma)
}

/// Reads the head.
pub fn head(path: &Path, limits: &PressLimits) -> Result<Head, PressError> {
    start(path, limits).map(|(_, head, _)| head)
}

/// Opens the picture; what is transparent shows paper white.
pub fn open(path: &Path, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    let (reader, head, alpha) = start(path, limits)?;
    let (width, height) = head.turn.size(head.width, head.height);
    let shape = Shape {
        width,
        height,
        channels: head.channels,
        depth: head.depth,
    };
    if reader.info().interlaced {
        return Ok(Box::new(Held::new(whole(reader, shape, alpha, limits)?, turn)));
    }
    let rows = Rows {
        path: path.to_owned(),
        limits: limits.clone(),
        raw: vec![0; stored(shape, alpha) * width as usize],
        line: vec![0; shape.row_bytes()],
        reader,
        shape,
        alpha,
        next: 0,
    };
    turned(Box::new(rows), turn, limits)
}

/// Bytes of a pixel as the decoder gives it.
const fn stored(shape: Shape, alpha: bool) -> usize {
    (shape.channels + alpha as usize) * shape.depth.bytes()
}

/// Decodes an interlaced picture.
fn whole(mut reader: Open, shape: Shape, alpha: bool, limits: &PressLimits) -> Result<Pixels, PressError> {
    let size = reader
        .output_buffer_size()
        .filter(|n| *n as u64 <= limits.memory)
        .ok_or_else(|| damaged(NAME, "its size makes no sense"))?;
    let mut bytes = vec![0; size];
    reader.next_frame(&mut bytes).map_err(wrong)?;
    reader.finish().map_err(wrong)?;
    let row = stored(shape, alpha) * shape.width as usize;
    let mut line = vec![0; shape.row_bytes()];
    let samples = shape.width as usize * shape.height as usize * shape.channels;
    let samples = match shape.depth {
        Depth::Eight if !alpha => Samples::Eight(bytes),
        Depth::Eight => {
            let mut all = Vec::with_capacity(samples);
            for row in bytes.chunks_exact(row) {
                convert(row, &mut line, shape, alpha);
                all.extend_from_slice(&line);
            }
            Samples::Eight(all)
        }
        Depth::Sixteen => {
            let mut all = Vec::with_capacity(samples);
            for row in bytes.chunks_exact(row) {
                convert(row, &mut line, shape, alpha);
                all.extend(line.as_chunks::<2>().0.iter().map(|pair| u16::from_ne_bytes(*pair)));
            }
            Samples::Sixteen(all)
        }
    };
    Ok(Pixels {
        width: shape.width,
        height: shape.height,
        channels: shape.channels,
        samples,
    })
}

/// Rows in the order of the file.
struct Rows {
    path: PathBuf,
    limits: PressLimits,
    reader: Open,
    shape: Shape,
    alpha: bool,
    next: u32,
    raw: Vec<u8>,
    line: Vec<u8>,
}

impl Source for Rows {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        if y >= self.shape.height || y + 1 < self.next {
            return Err(strange_row());
        }
        while self.next <= y {
            if self.reader.read_row(&mut self.raw).map_err(wrong)?.is_none() {
                return Err(early());
            }
            self.next += 1;
            if self.next == y + 1 {
                convert(&self.raw, &mut self.line, self.shape, self.alpha);
            }
            if self.next == self.shape.height {
                // Checksums and the end, so that a file that was cut off does not go by.
                self.reader.finish().map_err(wrong)?;
            }
        }
        hand(self.shape.depth, &self.line, into)
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        if self.next > 0 {
            (self.reader, ..) = start(&self.path, &self.limits)?;
            self.next = 0;
        }
        Ok(())
    }
}

/// From the decoder's samples to ours: 16 bits in the machine's order, transparency laid over white.
fn convert(from: &[u8], into: &mut [u8], shape: Shape, alpha: bool) {
    let n = shape.channels;
    match (shape.depth, alpha) {
        (Depth::Eight, false) => into.copy_from_slice(from),
        (Depth::Eight, true) => {
            for (out, pixel) in into.chunks_exact_mut(n).zip(from.chunks_exact(n + 1)) {
                let alpha = u32::from(pixel[n]);
                for (out, sample) in out.iter_mut().zip(pixel) {
                    *out = ((u32::from(*sample) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
                }
            }
        }
        (Depth::Sixteen, false) => {
            for (out, sample) in into.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<2>().0) {
                *out = u16::from_be_bytes(*sample).to_ne_bytes();
            }
        }
        (Depth::Sixteen, true) => {
            let pixels = from.as_chunks::<2>().0.chunks_exact(n + 1);
            for (out, pixel) in into.as_chunks_mut::<2>().0.chunks_exact_mut(n).zip(pixels) {
                let alpha = u64::from(u16::from_be_bytes(pixel[n]));
                for (out, sample) in out.iter_mut().zip(pixel) {
                    let sample = u64::from(u16::from_be_bytes(*sample));
                    let over = (sample * alpha + 65_535 * (65_535 - alpha) + 32_767) / 65_535;
                    *out = (over as u16).to_ne_bytes();
                }
            }
        }
    }
}
