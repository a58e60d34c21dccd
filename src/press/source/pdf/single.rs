//! A page that is one picture, as that picture: its own pixels, depth, profile and turn.
//!
//! JPEG is copied out as it is; plain and Flate-packed samples are written as an uncompressed TIFF. Both go to a scratch
//! file, which the source of that kind then reads, turned as it likes. Whatever is unusual about a picture (masks,
//! other filters, palettes, CMYK) leaves it to the painter.

use std::io::Write;

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Object, Stream};
use hayro::hayro_syntax::page::Page;

use super::super::super::layout::Turn;
use super::super::super::{PressError, PressLimits};
use super::super::{Depth, Head, Input, PROFILE_BYTES, RowMut, Shape, Source, Wish, check, embedded, sane};
use super::geometry::{density, turn_of};
use super::samples::{self, Packed};
use super::scratch::Scratch;
use super::survey::Lone;
use crate::model::{DocumentFormat, Resolution};

/// How the samples are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Jpeg,
    Samples(Packed),
}

/// The picture.
#[derive(Debug)]
pub struct Single {
    lone: Lone,
    kind: Kind,
    /// As stored.
    size: (u32, u32),
    channels: usize,
    depth: Depth,
    turn: Turn,
    resolution: Option<Resolution>,
    icc: Option<Vec<u8>>,
}

/// Reads what the picture is; `None` leaves it to the painter. `points` is the upright page's size.
pub fn read(
    page: &Page<'_>,
    lone: Lone,
    points: (f64, f64),
    limits: &PressLimits,
) -> Result<Option<Single>, PressError> {
    let Some(stream) = page.xref().get::<Stream<'_>>(lone.id) else {
        return Ok(None);
    };
    let Some(single) = describe(page, &stream, lone, points) else {
        return Ok(None);
    };
    let bytes = if single.depth == Depth::Sixteen { 2 } else { 1 };
    let (width, height) = single.size;
    check(
        u64::from(width),
        u64::from(height),
        single.channels as u64,
        bytes,
        limits,
    )?;
    if single.kind == Kind::Jpeg {
        // The JPEG's own head decides whether it is what the PDF says, and one that we read.
        let (file, format) = single.write(&stream, limits)?;
        let told = super::super::head(&input(&file, format), limits);
        let same = told.is_ok_and(|head| {
            head.turn.size(head.width, head.height) == single.size
                && (head.channels, head.depth) == (single.channels, single.depth)
        });
        if !same {
            return Ok(None);
        }
    }
    Ok(Some(single))
}

fn describe(page: &Page<'_>, stream: &Stream<'_>, lone: Lone, points: (f64, f64)) -> Option<Single> {
    let dict = stream.dict();
    let unusual = ["SMask", "Mask", "SMaskInData", "ImageMask", "Alternates"];
    if unusual.iter().any(|key| dict.contains_key(key)) {
        return None;
    }
    let size = (dict.get::<u32>("Width")?, dict.get::<u32>("Height")?);
    let (channels, icc) = colours(page, dict)?;
    if !plain_decode(dict, channels) {
        return None;
    }
    let filters = stream.filters();
    let parms = dict.get::<Dict<'_>>("DecodeParms");
    let bits = dict.get::<u8>("BitsPerComponent")?;
    let (kind, depth) = match (filters.as_slice(), bits) {
        ([Filter::DctDecode], 8) if parms.is_none() => (Kind::Jpeg, Depth::Eight),
        ([] | [Filter::FlateDecode], 8 | 16) => {
            let depth = if bits == 16 { Depth::Sixteen } else { Depth::Eight };
            let flate = !filters.is_empty();
            let packed = Packed::read(parms.as_ref(), flate, size.0, channels, depth)?;
            (Kind::Samples(packed), depth)
        }
        _ => return None,
    };
    let turn = turn_of(lone.transform, size)?;
    let (width, height) = turn.size(size.0, size.1);
    let (x, y) = (density(width, points.0), density(height, points.1));
    // Rounding must not make square pixels oblong.
    let (x, y) = if (x / y - 1.0).abs() < 0.01 {
        ((x + y) / 2.0, (x + y) / 2.0)
    } else {
        (x, y)
    };
    Some(Single {
        lone,
        kind,
        size,
        channels,
        depth,
        turn,
        resolution: sane(x, y),
        icc,
    })
}

/// Channels and profile, where the samples are sRGB or grey as they stand, or say by a sound profile what they are.
fn colours(page: &Page<'_>, dict: &Dict<'_>) -> Option<(usize, Option<Vec<u8>>)> {
    let mut space = dict.get::<Object<'_>>("ColorSpace")?;
    if let Object::Name(name) = &space
        && let Some(named) = page.resources().color_spaces.get::<Object<'_>>(&**name)
    {
        space = named;
    }
    let defaults = ["DefaultRGB", "DefaultGray"];
    let redefined = defaults
        .iter()
        .any(|key| page.resources().color_spaces.contains_key(key));
    let device = |name: &[u8]| match name {
        b"DeviceRGB" if !redefined => Some((3, None)),
        b"DeviceGray" if !redefined => Some((1, None)),
        b"CalRGB" => Some((3, None)),
        b"CalGray" => Some((1, None)),
        _ => None,
    };
    match space {
        Object::Name(name) => device(&name),
        Object::Array(array) => {
            let mut items = array.iter::<Object<'_>>();
            let Object::Name(name) = items.next()? else {
                return None;
            };
            if &*name != b"ICCBased" {
                return device(&name);
            }
            let Object::Stream(profile) = items.next()? else {
                return None;
            };
            let channels = match profile.dict().get::<u8>("N")? {
                1 => 1,
                3 => 3,
                _ => return None,
            };
            let bytes = profile.decoded_data().ok()?.into_owned();
            (bytes.len() <= PROFILE_BYTES && embedded(&bytes, channels).is_ok()).then_some((channels, Some(bytes)))
        }
        _ => None,
    }
}

/// Whether samples mean what they are: no `Decode`, or the one that changes nothing.
fn plain_decode(dict: &Dict<'_>, channels: usize) -> bool {
    dict.get::<Array<'_>>("Decode").is_none_or(|decode| {
        let numbers: Vec<f32> = decode.iter::<f32>().take(channels * 2 + 1).collect();
        numbers == [0.0, 1.0].repeat(channels)
    })
}

fn input(file: &Scratch, format: DocumentFormat) -> Input {
    Input {
        path: file.path().to_owned(),
        format,
        page: 0,
    }
}

impl Single {
    /// Its head, in a document of so many pages.
    pub fn head(self, pages: u32) -> Head {
        let (width, height) = self.turn.size(self.size.0, self.size.1);
        Head {
            width,
            height,
            channels: self.channels,
            depth: self.depth,
            turn: self.turn,
            resolution: self.resolution,
            icc: self.icc.map(Into::into),
            pages,
        }
    }

    /// Writes it to a scratch file; the document is needed no longer then.
    pub fn take(&self, page: &Page<'_>, limits: &PressLimits) -> Result<Taken, PressError> {
        let stream = page
            .xref()
            .get::<Stream<'_>>(self.lone.id)
            .ok_or_else(super::unreadable)?;
        let (file, format) = self.write(&stream, limits)?;
        Ok(Taken { file, format })
    }

    fn write(&self, stream: &Stream<'_>, limits: &PressLimits) -> Result<(Scratch, DocumentFormat), PressError> {
        let raw = stream.raw_data();
        match self.kind {
            Kind::Jpeg => {
                let (scratch, mut file) = Scratch::new(&limits.scratch, "jpg")?;
                file.write_all(&raw)?;
                Ok((scratch, DocumentFormat::Jpeg))
            }
            Kind::Samples(packed) => {
                let (scratch, file) = Scratch::new(&limits.scratch, "tif")?;
                samples::write(&raw, packed, self.size, file)?;
                Ok((scratch, DocumentFormat::Tiff))
            }
        }
    }
}

/// A picture in its scratch file.
#[derive(Debug)]
pub struct Taken {
    file: Scratch,
    format: DocumentFormat,
}

impl Taken {
    /// Opens it with the source of its kind.
    pub fn open(self, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
        let inner = super::super::open(&input(&self.file, self.format), turn, Wish::default(), limits)?;
        Ok(Box::new(Out {
            inner,
            _file: self.file,
        }))
    }
}

/// A source with the scratch file that it reads.
struct Out {
    inner: Box<dyn Source>,
    _file: Scratch,
}

impl Source for Out {
    fn shape(&self) -> Shape {
        self.inner.shape()
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        self.inner.row(y, into)
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        self.inner.rewind()
    }
}
