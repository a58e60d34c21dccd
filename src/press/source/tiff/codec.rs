//! Unpacks a strip or a tile as a stream: none, PackBits (TIFF 6.0, section 9), LZW (section 13), deflate (Adobe's
//! technical note of 2002). What is held is a window of the packed bytes and the decoder's own state, never the piece.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};
use weezl::decode::{Configuration, Decoder};
use weezl::{BitOrder, LzwStatus};

use super::super::super::PressError;
use super::{early, wrong};

/// Packed bytes that are read at once.
const WINDOW: usize = 32 << 10;
/// What one open stream holds: the window, and a decoder's state (inflate keeps 32 KiB and its tables; LZW 4,096
/// codes and as many bytes).
pub const STREAM_BYTES: u64 = 96 << 10;

/// How pieces are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// As they are.
    None,
    /// Runs of bytes.
    PackBits,
    /// LZW.
    Lzw,
    /// zlib streams.
    Deflate,
}

impl Compression {
    /// By tag 259.
    pub fn of_tag(value: u64) -> Result<Self, PressError> {
        let name = match value {
            1 => return Ok(Compression::None),
            5 => return Ok(Compression::Lzw),
            8 | 32_946 => return Ok(Compression::Deflate),
            32_773 => return Ok(Compression::PackBits),
            2..=4 => "fax".to_owned(),
            6 | 7 => "JPEG".to_owned(),
            34_925 => "LZMA".to_owned(),
            34_712 | 33_003..=33_005 => "JPEG 2000".to_owned(),
            50_000 => "Zstandard".to_owned(),
            50_001 => "WebP".to_owned(),
            n => format!("kind {n}"),
        };
        Err(PressError::Unsupported(format!(
            "a TIFF with {name} compression can't be printed: export it with LZW or ZIP compression, or without any"
        )))
    }

    /// Whether the predictor tag means anything with it.
    pub fn predicts(self) -> bool {
        matches!(self, Compression::Lzw | Compression::Deflate)
    }
}

enum State {
    Plain,
    /// A run of so many bytes: the byte that is repeated, or `None` while they come as they are.
    PackBits(usize, Option<u8>),
    Lzw(Box<Decoder>),
    Deflate(Box<Decompress>),
}

/// One piece on its way.
pub struct Unpack {
    file: Arc<File>,
    state: State,
    /// The packed bytes that were not read yet.
    at: u64,
    left: u64,
    /// Those that were, and how many of them were used.
    window: Vec<u8>,
    used: usize,
}

impl Unpack {
    /// For pieces of a file.
    pub fn new(file: Arc<File>, compression: Compression) -> Self {
        let state = match compression {
            Compression::None => State::Plain,
            Compression::PackBits => State::PackBits(0, None),
            // What follows the last pixel is not looked at: some writers leave the end code out.
            Compression::Lzw => State::Lzw(Box::new(
                Configuration::with_tiff_size_switch(BitOrder::Msb, 8)
                    .with_yield_on_full_buffer(true)
                    .build(),
            )),
            Compression::Deflate => State::Deflate(Box::new(Decompress::new(true))),
        };
        Unpack {
            file,
            state,
            at: 0,
            left: 0,
            window: Vec::new(),
            used: 0,
        }
    }

    /// Goes to the start of a piece.
    pub fn begin(&mut self, (at, bytes): (u64, u64)) {
        match &mut self.state {
            State::Plain => {}
            State::PackBits(left, byte) => (*left, *byte) = (0, None),
            State::Lzw(decoder) => decoder.reset(),
            State::Deflate(decoder) => decoder.reset(true),
        }
        (self.at, self.left) = (at, bytes);
        self.window.clear();
        self.used = 0;
    }

    /// Packed bytes that are there now; none at the end of the piece.
    fn packed(&mut self) -> Result<(), PressError> {
        if self.used == self.window.len() {
            let next = self.left.min(WINDOW as u64);
            self.window.resize(next as usize, 0);
            self.used = 0;
            self.file.read_exact_at(&mut self.window, self.at)?;
            self.at += next;
            self.left -= next;
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, PressError> {
        self.packed()?;
        let byte = *self.window.get(self.used).ok_or_else(early)?;
        self.used += 1;
        Ok(byte)
    }

    /// The next bytes.
    pub fn fill(&mut self, mut out: &mut [u8]) -> Result<(), PressError> {
        while !out.is_empty() {
            let made = self.some(out)?;
            out = &mut out[made..];
        }
        Ok(())
    }

    /// Leaves bytes out.
    pub fn skip(&mut self, mut bytes: u64, scratch: &mut [u8]) -> Result<(), PressError> {
        if matches!(self.state, State::Plain) {
            let held = (self.window.len() - self.used) as u64;
            let from_window = held.min(bytes);
            self.used += from_window as usize;
            bytes -= from_window;
            if bytes > self.left {
                return Err(early());
            }
            self.at += bytes;
            self.left -= bytes;
            return Ok(());
        }
        while bytes > 0 && !scratch.is_empty() {
            let next = bytes.min(scratch.len() as u64);
            self.fill(&mut scratch[..next as usize])?;
            bytes -= next;
        }
        Ok(())
    }

    /// At least one byte more, or an error.
    fn some(&mut self, out: &mut [u8]) -> Result<usize, PressError> {
        if let State::PackBits(0, _) = self.state {
            let run = match self.byte()? {
                n @ 0..=127 => (usize::from(n) + 1, None),
                // Nothing.
                128 => return Ok(0),
                n => (257 - usize::from(n), Some(self.byte()?)),
            };
            self.state = State::PackBits(run.0, run.1);
        }
        if let State::PackBits(left, Some(byte)) = &mut self.state {
            let n = (*left).min(out.len());
            out[..n].fill(*byte);
            *left -= n;
            return Ok(n);
        }
        self.packed()?;
        let packed = &self.window[self.used..];
        match &mut self.state {
            State::Plain => {
                let n = packed.len().min(out.len());
                if n == 0 {
                    return Err(early());
                }
                out[..n].copy_from_slice(&packed[..n]);
                self.used += n;
                Ok(n)
            }
            State::PackBits(left, _) => {
                let n = packed.len().min(out.len()).min(*left);
                if n == 0 {
                    return Err(early());
                }
                out[..n].copy_from_slice(&packed[..n]);
                self.used += n;
                *left -= n;
                Ok(n)
            }
            State::Lzw(decoder) => {
                let step = decoder.decode_bytes(packed, out);
                self.used += step.consumed_in;
                let stuck = step.consumed_in == 0 && step.consumed_out == 0;
                match step.status {
                    Err(_) => Err(wrong("its LZW codes make no sense")),
                    Ok(LzwStatus::Done) if step.consumed_out < out.len() => Err(early()),
                    Ok(_) if stuck => Err(early()),
                    Ok(_) => Ok(step.consumed_out),
                }
            }
            State::Deflate(decoder) => {
                let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
                let status = decoder
                    .decompress(packed, out, FlushDecompress::None)
                    .map_err(|e| wrong(format!("its deflate stream is broken: {e}")))?;
                let (taken, made) = (decoder.total_in() - before_in, decoder.total_out() - before_out);
                self.used += taken as usize;
                let stuck = taken == 0 && made == 0;
                if (status == Status::StreamEnd && (made as usize) < out.len()) || stuck {
                    return Err(early());
                }
                Ok(made as usize)
            }
        }
    }

    /// After the last row: a deflate stream's checksum is read, so that a broken picture does not go by. Whatever else
    /// follows is nobody's.
    pub fn end(&mut self) -> Result<(), PressError> {
        if !matches!(self.state, State::Deflate(_)) {
            return Ok(());
        }
        // The checksum is at most a window and a byte away, or there are more pixels than are wanted.
        for _ in 0..2 {
            self.packed()?;
            let packed = &self.window[self.used..];
            let State::Deflate(decoder) = &mut self.state else {
                break;
            };
            let before = decoder.total_in();
            let status = decoder
                .decompress(packed, &mut [0], FlushDecompress::None)
                .map_err(|e| wrong(format!("its deflate stream is broken: {e}")))?;
            self.used += (decoder.total_in() - before) as usize;
            if status != Status::Ok {
                break;
            }
        }
        Ok(())
    }
}
