//! PWG raster (PWG 5102.4) and Apple raster as documents: pages of packed lines under a header each.
//!
//! Neither has an index. A page is found by walking over the lines of those before it, which costs little more than
//! reading the file; the same walk counts the pages and shows whether the file is whole.

mod lines;
mod pwg;
mod urf;

use std::fs::File;
use std::path::Path;

use super::super::layout::Turn;
use super::{
    Depth, Head, Input, PressError, PressLimits, RowMut, Shape, Source, damaged, hand, no_page, size, strange_row,
    turned, upright, working,
};
use crate::color::Profile;
use crate::model::{DocumentFormat, Resolution};

use lines::Lines;

/// Most pages of a document.
const PAGES: u32 = 1_000;

/// What samples mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// Ink: 0 is white.
    Black,
    /// Grey: 0 is black.
    Gray,
    /// sRGB, or the colours of the device that the document was made for: without a profile they are taken as sRGB.
    Rgb,
    /// AdobeRGB.
    AdobeRgb,
    /// Inks: 0 is paper.
    Cmyk,
}

impl Space {
    const fn channels(self) -> usize {
        match self {
            Space::Black | Space::Gray => 1,
            Space::Rgb | Space::AdobeRgb => 3,
            Space::Cmyk => 4,
        }
    }

    /// A byte of white.
    const fn white(self) -> u8 {
        match self {
            Space::Black | Space::Cmyk => 0,
            Space::Gray | Space::Rgb | Space::AdobeRgb => 255,
        }
    }
}

/// What a page's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page {
    width: u64,
    height: u64,
    /// Bits of a sample: 1, 8 or 16.
    bits: u32,
    space: Space,
    resolution: Option<Resolution>,
    /// Pages that the document claims to have; 0 when it does not say.
    pages: u32,
}

impl Page {
    /// Bytes that runs count in (5102.4, 4.2): a pixel, or eight pixels of one bit.
    const fn unit(&self) -> usize {
        match self.bits {
            1 => 1,
            bits => self.space.channels() * bits as usize / 8,
        }
    }

    /// Bytes of a line.
    const fn line(&self) -> usize {
        (self.width as usize * self.space.channels() * self.bits as usize).div_ceil(8)
    }

    const fn shape(&self) -> Shape {
        Shape {
            width: self.width as u32,
            height: self.height as u32,
            channels: self.space.channels(),
            depth: if self.bits == 16 { Depth::Sixteen } else { Depth::Eight },
        }
    }
}

/// The two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Pwg,
    Urf,
}

impl Format {
    fn of(format: DocumentFormat) -> Self {
        match format {
            DocumentFormat::Urf => Format::Urf,
            _ => Format::Pwg,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Format::Pwg => "PWG raster",
            Format::Urf => "Apple raster",
        }
    }

    fn wrong(self, why: impl std::fmt::Display) -> PressError {
        damaged(self.name(), why)
    }

    fn unsupported(self, what: impl std::fmt::Display) -> PressError {
        PressError::Unsupported(format!(
            "a {} of {what} can't be printed: send it as sRGB, AdobeRGB, grey or CMYK of 8 or 16 bits",
            self.name()
        ))
    }
}

/// Reads the next page's header and checks it; `None` at the end of the file.
fn next(lines: &mut Lines, format: Format, claimed: u32, limits: &PressLimits) -> Result<Option<Page>, PressError> {
    let page = match format {
        Format::Pwg => {
            let mut bytes = [0; pwg::SIZE];
            if !lines.header(&mut bytes)? {
                return Ok(None);
            }
            pwg::page(&bytes)?
        }
        Format::Urf => {
            let mut bytes = [0; urf::SIZE];
            if !lines.header(&mut bytes)? {
                return Ok(None);
            }
            urf::page(&bytes, claimed)?
        }
    };
    let (width, height) = size(page.width, page.height, limits)?;
    // A line as packed and one as given.
    working((page.line() + page.shape().row_bytes()) as u64, (width, height), limits)?;
    Ok(Some(page))
}

/// Opens a document and walks to a page. Its lines come next.
fn walk(path: &Path, format: Format, wanted: u32, limits: &PressLimits) -> Result<(Lines, Page, u32), PressError> {
    let mut lines = Lines::new(File::open(path)?, format);
    let claimed = match format {
        Format::Pwg => {
            let mut magic = [0; 4];
            lines.take(&mut magic)?;
            if &magic != b"RaS2" {
                return Err(format.wrong("it does not begin as one does"));
            }
            0
        }
        Format::Urf => {
            let mut head = [0; urf::FILE_SIZE];
            lines.take(&mut head)?;
            urf::file(&head)?
        }
    };
    let mut number = 0;
    loop {
        let Some(page) = next(&mut lines, format, claimed, limits)? else {
            if number == 0 {
                return Err(format.wrong("it has no page"));
            }
            return Err(no_page(wanted, number));
        };
        if number == wanted {
            return Ok((lines, page, number));
        }
        lines.skip_page(&page)?;
        number += 1;
        if number >= PAGES {
            return Err(format.unsupported(format_args!("more than {PAGES} pages")));
        }
    }
}

/// Reads the head of a page, and walks over the whole document.
pub fn head(input: &Input, limits: &PressLimits) -> Result<Head, PressError> {
    let format = Format::of(input.format);
    let (mut lines, page, number) = walk(&input.path, format, input.page, limits)?;
    let mut pages = number + 1;
    lines.skip_page(&page)?;
    while let Some(other) = next(&mut lines, format, page.pages, limits)? {
        lines.skip_page(&other)?;
        pages += 1;
        if pages > PAGES {
            return Err(format.unsupported(format_args!("more than {PAGES} pages")));
        }
    }
    if pages < page.pages {
        return Err(format.wrong(format_args!(
            "it says that it has {} pages and holds {pages}: the upload or the file is incomplete",
            page.pages
        )));
    }
    let shape = page.shape();
    let icc = (page.space == Space::AdobeRgb).then(|| Profile::adobe_rgb().as_bytes().into());
    let mut head = upright(
        (shape.width, shape.height),
        (shape.channels, shape.depth),
        Turn::NONE,
        page.resolution,
        icc,
    );
    head.pages = pages;
    Ok(head)
}

/// Opens a page.
pub fn open(input: &Input, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    let (lines, page, _) = walk(&input.path, Format::of(input.format), input.page, limits)?;
    let rows = Rows {
        start: lines.position(),
        lines,
        packed: vec![0; page.line()],
        row: vec![0; page.shape().row_bytes()],
        page,
        converted: false,
        first: 0,
        end: 0,
    };
    turned(Box::new(rows), turn, limits)
}

/// Lines of a page, unpacked as they are asked for.
struct Rows {
    lines: Lines,
    page: Page,
    /// Where the page's lines begin.
    start: u64,
    /// The line that was unpacked last, as it came.
    packed: Vec<u8>,
    /// The same as it is given, once it is.
    row: Vec<u8>,
    converted: bool,
    /// The first row that it stands for, and the row after the last.
    first: u32,
    end: u32,
}

impl Source for Rows {
    fn shape(&self) -> Shape {
        self.page.shape()
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        let shape = self.shape();
        if y >= shape.height || y < self.first {
            return Err(strange_row());
        }
        while self.end <= y {
            let most = shape.height - self.end;
            self.converted = false;
            self.first = self.end;
            self.end += self.lines.line(&self.page, most, &mut self.packed)?;
        }
        if !self.converted {
            convert(&self.page, &self.packed, &mut self.row);
            self.converted = true;
        }
        hand(shape.depth, &self.row, into)
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        self.lines.seek(self.start)?;
        (self.first, self.end) = (0, 0);
        self.converted = false;
        Ok(())
    }
}

/// From packed samples to rows of ours.
fn convert(page: &Page, from: &[u8], into: &mut [u8]) {
    let flip = if page.space == Space::Black { 0xff } else { 0 };
    match page.bits {
        1 => {
            for (i, out) in into.iter_mut().enumerate() {
                let bit = from.get(i / 8).is_some_and(|byte| byte >> (7 - i % 8) & 1 == 1);
                *out = if bit { 255 } else { 0 } ^ flip;
            }
        }
        16 => {
            for (out, pair) in into.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<2>().0) {
                *out = (u16::from_be_bytes(*pair) ^ u16::from_be_bytes([flip; 2])).to_ne_bytes();
            }
        }
        _ => {
            for (out, byte) in into.iter_mut().zip(from) {
                *out = byte ^ flip;
            }
        }
    }
}
