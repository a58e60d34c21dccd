//! Streams that unpack to more than a page may hold, found before anybody unpacks them.
//!
//! The library unpacks a stream whole, whatever its size. So the file's bytes are looked through for `stream` first, and
//! what follows is inflated (RFC 1951, behind two bytes of RFC 1950 that the library does not insist on) without being
//! kept, up to the limit. What is no deflate ends that at once. Deflate packs at most 1,032 to 1 (a match of 258 bytes
//! costs two bits), so short streams need no look. Streams that are packed otherwise, or in layers, are judged by their
//! filters once the structure is read.
//! What is unpacked while the structure is read is looked at before ([`structure`]).

use std::io::Read;

use flate2::read::DeflateDecoder;
use hayro::hayro_syntax::object::{Array, Object, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{Filter, Pdf};

use super::super::super::PressError;
use super::{images, structure};

/// Most that deflate packs into a byte.
pub const RATIO: u64 = 1_032;
/// Most that LZW packs into a byte: 4,096 bytes in a code of 12 bits.
pub const LZW_RATIO: u64 = 2_731;
/// Most that run lengths pack into a byte.
pub const RUN_RATIO: u64 = 64;

/// Refuses a file with a stream of more than `most` bytes unpacked.
///
/// # Errors
/// [`PressError::Unsupported`] in words.
pub fn check(file: &[u8], encrypted: bool, most: u64) -> Result<(), PressError> {
    structure::check(file, encrypted, most)?;
    let mut rest = file;
    while let Some(at) = find(rest, b"stream") {
        rest = rest.get(at + b"stream".len()..).unwrap_or_default();
        let body = rest.trim_ascii_start();
        let end = find(body, b"endstream").unwrap_or(body.len());
        if (end as u64).saturating_mul(RATIO) > most && unpacked(body, most) > most {
            return Err(too_much(most));
        }
    }
    Ok(())
}

/// Refuses streams whose filters can unpack to more than `most`, where [`check`] does not see what they pack.
///
/// # Errors
/// [`PressError::Unsupported`] in words.
pub fn layers(pdf: &Pdf, encrypted: bool, most: u64) -> Result<(), PressError> {
    for object in pdf.objects() {
        let Object::Stream(stream) = object else {
            continue;
        };
        let filters = stream.filters();
        let ratio = |filter: &Filter| match filter {
            Filter::FlateDecode => RATIO,
            Filter::LzwDecode => LZW_RATIO,
            Filter::RunLengthDecode => RUN_RATIO,
            _ => 1,
        };
        let raw = stream.raw_data();
        let bound = filters.iter().map(ratio).fold(raw.len() as u64, u64::saturating_mul);
        if bound <= most {
            continue;
        }
        let inflated = |bytes: &[u8]| unpacked(bytes, most) > most;
        let refused = match filters.as_slice() {
            // The file's own bytes were looked at, up to the first word that seems to end them.
            [Filter::FlateDecode] | [Filter::FlateDecode, Filter::DctDecode | Filter::JpxDecode] => {
                (encrypted || find(&raw, b"endstream").is_some()) && inflated(&raw)
            }
            [Filter::Ascii85Decode, Filter::FlateDecode] => inflated(&images::ascii85(&raw)),
            [Filter::AsciiHexDecode, Filter::FlateDecode] => inflated(&images::hex(&raw)),
            _ => true,
        };
        if refused {
            return Err(too_much(most));
        }
    }
    Ok(())
}

/// Refuses a page whose content streams together unpack to more than `most`: the library joins them, and one may be
/// named a thousand times.
///
/// # Errors
/// [`PressError::Unsupported`] in words.
pub fn content(page: &Page<'_>, most: u64) -> Result<(), PressError> {
    let Some(parts) = page.raw().get::<Array<'_>>("Contents") else {
        return Ok(());
    };
    let mut bytes = 0u64;
    for part in parts.iter::<Stream<'_>>() {
        let raw = part.raw_data();
        let packed = part.filters().contains(&Filter::FlateDecode);
        let more = if packed { unpacked(&raw, most) } else { raw.len() as u64 };
        bytes = bytes.saturating_add(more);
        if bytes > most {
            return Err(too_much(most));
        }
    }
    Ok(())
}

pub fn too_much(most: u64) -> PressError {
    PressError::Unsupported(format!(
        "a part of the PDF unpacks to more than {} MB, or may do so: export it again with smaller pictures, packed by \
         JPEG or Flate",
        most / 1_000_000
    ))
}

/// Bytes that `body` inflates to, counted to just over `most`. What is broken counts as far as it goes.
pub fn unpacked(body: &[u8], most: u64) -> u64 {
    let mut inflate = DeflateDecoder::new(body.get(2..).unwrap_or_default());
    let mut piece = vec![0; 64 << 10];
    let mut bytes = 0u64;
    while bytes <= most {
        match inflate.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(n) => bytes = bytes.saturating_add(n as u64),
        }
    }
    bytes
}

/// Where `needle` begins first.
pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|b| *b == first)?;
        if bytes.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}
