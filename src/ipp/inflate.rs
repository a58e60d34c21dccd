//! Compressed documents (`compression`, RFC 8011, 4.2.1.1 and 5.4.32): unpacked while they arrive, bounded.

use std::io::Write;

use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::codec::{Attribute, Value, status};
use super::failure::Failure;

/// The values of `compression-supported`.
pub const SUPPORTED: [&str; 3] = ["none", "gzip", "deflate"];

/// Bytes that are unpacked at a time: what comes of them is held, at most 1,032 times as much (the most that deflate
/// packs).
pub const STEP: usize = 4096;

/// Up to here a document may unpack to whatever it likes.
const FREE: u64 = 64 << 20;
/// Beyond, to so many times what arrived. Page rasters with nothing on them reach 250; bombs 1,000.
const MOST_RATIO: u64 = 400;

/// How a document is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952
    Gzip,
    /// RFC 1951; some clients put RFC 1950 around it.
    Deflate,
}

impl Compression {
    /// Reads the operation attribute.
    ///
    /// # Errors
    /// `client-error-compression-not-supported`.
    pub fn read(attribute: Option<&Attribute>) -> Result<Compression, Failure> {
        let Some(attribute) = attribute else {
            return Ok(Compression::None);
        };
        match attribute.values.as_slice() {
            [Value::Keyword(word)] if word == "none" => Ok(Compression::None),
            [Value::Keyword(word)] if word == "gzip" => Ok(Compression::Gzip),
            [Value::Keyword(word)] if word == "deflate" => Ok(Compression::Deflate),
            _ => {
                let mut failure = Failure::new(
                    status::CLIENT_ERROR_COMPRESSION_NOT_SUPPORTED,
                    "this compression is not known: send the document with gzip, deflate, or as it is",
                );
                failure.unsupported = vec![attribute.clone()];
                Err(failure)
            }
        }
    }
}

/// A document that is being unpacked.
pub struct Inflate {
    state: State,
    taken: u64,
    given: u64,
}

enum State {
    Gzip(GzDecoder<Vec<u8>>),
    /// Deflate whose first two bytes are not here yet.
    Begin(Vec<u8>),
    Zlib(ZlibDecoder<Vec<u8>>),
    Raw(DeflateDecoder<Vec<u8>>),
}

impl Inflate {
    /// For a packed document; `None` for one that is not.
    pub fn new(compression: Compression) -> Option<Inflate> {
        let state = match compression {
            Compression::None => return None,
            Compression::Gzip => State::Gzip(GzDecoder::new(Vec::new())),
            Compression::Deflate => State::Begin(Vec::new()),
        };
        Some(Inflate {
            state,
            taken: 0,
            given: 0,
        })
    }

    /// Takes at most [`STEP`] bytes; gives what came out.
    ///
    /// # Errors
    /// `client-error-compression-error` when they make no sense, or unpack to far too much.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        let out = self.unpack(bytes)?;
        self.given = self.given.saturating_add(out.len() as u64);
        if self.given > FREE && self.given / MOST_RATIO > self.taken {
            return Err(wrong(
                "the compressed document unpacks to far more than a page holds, and was not taken: send it as it is",
            ));
        }
        Ok(out)
    }

    fn unpack(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        if let State::Begin(held) = &mut self.state {
            held.extend_from_slice(bytes);
            if held.len() < 2 {
                return Ok(Vec::new());
            }
            let held = std::mem::take(held);
            self.state = if is_zlib(&held) {
                State::Zlib(ZlibDecoder::new(Vec::new()))
            } else {
                State::Raw(DeflateDecoder::new(Vec::new()))
            };
            return self.unpack(&held);
        }
        let damaged = |_| wrong("the compressed document is damaged: send it again");
        match &mut self.state {
            State::Gzip(decoder) => {
                decoder.write_all(bytes).map_err(damaged)?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            State::Zlib(decoder) => {
                decoder.write_all(bytes).map_err(damaged)?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            State::Raw(decoder) => {
                decoder.write_all(bytes).map_err(damaged)?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            State::Begin(_) => Ok(Vec::new()),
        }
    }

    /// The end has come; gives what was left.
    ///
    /// # Errors
    /// `client-error-compression-error` when it should not have come yet.
    pub fn finish(self) -> Result<Vec<u8>, Failure> {
        let early = |_| wrong("the compressed document ends early: send it again");
        match self.state {
            State::Gzip(decoder) => decoder.finish().map_err(early),
            State::Zlib(decoder) => decoder.finish().map_err(early),
            State::Raw(decoder) => decoder.finish().map_err(early),
            State::Begin(held) if held.is_empty() => Ok(Vec::new()),
            State::Begin(_) => Err(wrong("the compressed document ends early: send it again")),
        }
    }
}

/// The header of RFC 1950: method 8, and a check that makes the two bytes a multiple of 31. As the start of RFC 1951
/// it would be a stored block with padding that no writer makes.
fn is_zlib(start: &[u8]) -> bool {
    matches!(start, [cmf, flags, ..] if cmf & 15 == 8 && (u32::from(*cmf) * 256 + u32::from(*flags)).is_multiple_of(31))
}

fn wrong(text: &str) -> Failure {
    Failure::new(status::CLIENT_ERROR_COMPRESSION_ERROR, text)
}

#[cfg(test)]
mod tests {
    use flate2::Compression as Level;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn unpack(compression: Compression, packed: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut inflate = Inflate::new(compression).unwrap();
        let mut all = Vec::new();
        for bytes in packed.chunks(7) {
            all.extend(inflate.push(bytes)?);
        }
        all.extend(inflate.finish()?);
        Ok(all)
    }

    fn packed(bytes: &[u8]) -> [(Compression, Vec<u8>); 3] {
        let mut gzip = GzEncoder::new(Vec::new(), Level::fast());
        let mut raw = DeflateEncoder::new(Vec::new(), Level::fast());
        let mut zlib = ZlibEncoder::new(Vec::new(), Level::fast());
        gzip.write_all(bytes).unwrap();
        raw.write_all(bytes).unwrap();
        zlib.write_all(bytes).unwrap();
        [
            (Compression::Gzip, gzip.finish().unwrap()),
            (Compression::Deflate, raw.finish().unwrap()),
            (Compression::Deflate, zlib.finish().unwrap()),
        ]
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        for (compression, packed) in packed(&bytes) {
            assert_eq!(unpack(compression, &packed).unwrap(), bytes);
        }
        assert_eq!(unpack(Compression::Deflate, &[]).unwrap(), b"");
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_refused() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        for (compression, packed) in packed(&bytes) {
            let error = unpack(compression, &packed[..packed.len() / 2]).unwrap_err();
            assert_eq!(error.status, status::CLIENT_ERROR_COMPRESSION_ERROR);
            assert!(error.message.contains("ends early"), "{}", error.message);
        }
        for compression in [Compression::Gzip, Compression::Deflate] {
            assert!(unpack(compression, &[0xff; 300]).is_err());
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        let mut encoder = GzEncoder::new(Vec::new(), Level::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..200 {
            encoder.write_all(&zeros).unwrap();
        }
        let packed = encoder.finish().unwrap();
        let mut inflate = Inflate::new(Compression::Gzip).unwrap();
        let mut given = 0;
        let failed = packed.chunks(STEP).find_map(|bytes| match inflate.push(bytes) {
            Ok(out) => {
                given += out.len();
                None
            }
            Err(failure) => Some(failure),
        });
        assert!(failed.unwrap().message.contains("far more"));
        assert!(given < 80 << 20);
    }
}
