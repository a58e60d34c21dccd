//! Packed lines (PWG 5102.4, 4.2): a count of equal lines, then runs of pixels.
//!
//! A run's count of 128 clears the rest of the line to white. The PWG reserves it; Apple raster uses it, and CUPS reads
//! it in both.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};

use super::super::PressError;
use super::{Format, Page};

/// Bytes that are read at once.
const WINDOW: usize = 128 << 10;

/// A raster file, read forward.
pub struct Lines {
    file: BufReader<File>,
    format: Format,
    /// Where the next byte lies.
    at: u64,
}

/// A run of pixels.
enum Run {
    /// One pixel, so many times.
    Equal(usize),
    /// So many pixels.
    Different(usize),
    /// White to the end of the line.
    Clear,
}

impl Lines {
    pub fn new(file: File, format: Format) -> Self {
        Lines {
            file: BufReader::with_capacity(WINDOW, file),
            format,
            at: 0,
        }
    }

    /// Where the next byte lies.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Goes to a place.
    pub fn seek(&mut self, at: u64) -> Result<(), PressError> {
        self.file.seek(SeekFrom::Start(at))?;
        self.at = at;
        Ok(())
    }

    fn early(&self) -> PressError {
        self.format.wrong("it ends early: the upload or the file is incomplete")
    }

    /// Hands on the next bytes, piece by piece.
    fn pieces(&mut self, mut bytes: usize, mut each: impl FnMut(&[u8])) -> Result<(), PressError> {
        while bytes > 0 {
            let window = self.file.fill_buf()?;
            let n = window.len().min(bytes);
            if n == 0 {
                return Err(self.early());
            }
            each(&window[..n]);
            self.file.consume(n);
            self.at += n as u64;
            bytes -= n;
        }
        Ok(())
    }

    /// The next bytes.
    pub fn take(&mut self, into: &mut [u8]) -> Result<(), PressError> {
        let mut at = 0;
        self.pieces(into.len(), |piece| {
            into[at..at + piece.len()].copy_from_slice(piece);
            at += piece.len();
        })
    }

    /// A page's header; false at the end of the file.
    pub fn header(&mut self, into: &mut [u8]) -> Result<bool, PressError> {
        if self.file.fill_buf()?.is_empty() {
            return Ok(false);
        }
        self.take(into)?;
        Ok(true)
    }

    fn byte(&mut self) -> Result<u8, PressError> {
        let mut byte = [0];
        self.take(&mut byte)?;
        Ok(byte[0])
    }

    /// How many of the `most` lines that are missing the next one stands for.
    fn repeats(&mut self, most: u32) -> Result<u32, PressError> {
        let count = u32::from(self.byte()?) + 1;
        if count > most {
            return Err(self.format.wrong("its lines are more than its page has"));
        }
        Ok(count)
    }

    /// The next run, which may have at most so many pixels.
    fn run(&mut self, most: usize) -> Result<Run, PressError> {
        let (run, pixels) = match self.byte()? {
            128 => return Ok(Run::Clear),
            n @ 0..=127 => (Run::Equal(usize::from(n) + 1), usize::from(n) + 1),
            n => (Run::Different(257 - usize::from(n)), 257 - usize::from(n)),
        };
        if pixels > most {
            return Err(self.format.wrong("a line has more pixels than its page is wide"));
        }
        Ok(run)
    }

    /// Unpacks a line; gives how many rows it stands for, at most `most`.
    pub fn line(&mut self, page: &Page, most: u32, into: &mut [u8]) -> Result<u32, PressError> {
        let count = self.repeats(most)?;
        let unit = page.unit();
        let mut at = 0;
        while at < into.len() {
            let rest = &mut into[at..];
            match self.run(rest.len() / unit)? {
                Run::Clear => {
                    rest.fill(page.space.white());
                    at += rest.len();
                }
                Run::Equal(n) => {
                    let (pixel, others) = rest[..n * unit].split_at_mut(unit);
                    self.take(pixel)?;
                    for other in others.chunks_exact_mut(unit) {
                        other.copy_from_slice(pixel);
                    }
                    at += n * unit;
                }
                Run::Different(n) => {
                    self.take(&mut rest[..n * unit])?;
                    at += n * unit;
                }
            }
        }
        Ok(count)
    }

    /// Walks over a page's lines.
    pub fn skip_page(&mut self, page: &Page) -> Result<(), PressError> {
        let unit = page.unit();
        let pixels = page.line() / unit;
        let mut rows = page.shape().height;
        while rows > 0 {
            rows -= self.repeats(rows)?;
            let mut left = pixels;
            while left > 0 {
                let (pixels, bytes) = match self.run(left)? {
                    Run::Clear => (left, 0),
                    Run::Equal(n) => (n, unit),
                    Run::Different(n) => (n, n * unit),
                };
                self.pieces(bytes, |_| {})?;
                left -= pixels;
            }
        }
        Ok(())
    }
}
