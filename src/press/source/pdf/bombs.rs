//! Streams that unpack to more than a page may hold, found before anybody unpacks them.
//!
//! The library unpacks a stream whole, whatever its size. So the file's bytes are looked through for `stream` first, and
//! what looks like zlib (RFC 1950) behind it is inflated without being kept, up to the limit. Deflate packs at most
//! 1,032 to 1 (a match of 258 bytes costs two bits), so short streams need no look.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::super::super::PressError;

/// Most that deflate packs into a byte.
const RATIO: u64 = 1_032;

/// Refuses a file with a stream of more than `most` bytes unpacked.
///
/// # Errors
/// [`PressError::Unsupported`] in words.
pub fn check(file: &[u8], most: u64) -> Result<(), PressError> {
    let mut rest = file;
    while let Some(at) = find(rest, b"stream") {
        rest = rest.get(at + b"stream".len()..).unwrap_or_default();
        let body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"));
        let Some(body) = body.or_else(|| rest.strip_prefix(b"\r")) else {
            continue;
        };
        let zlib = matches!(body, [a, b, ..] if a & 15 == 8 && (u16::from(*a) << 8 | u16::from(*b)).is_multiple_of(31));
        let end = find(body, b"endstream").unwrap_or(body.len());
        if zlib && (end as u64).saturating_mul(RATIO) > most && unpacked(body, most) > most {
            return Err(PressError::Unsupported(format!(
                "a part of the PDF unpacks to more than {} MB: export it again with smaller pictures",
                most / 1_000_000
            )));
        }
    }
    Ok(())
}

/// Bytes that `body` inflates to, counted to just over `most`. What is broken counts as far as it goes.
fn unpacked(body: &[u8], most: u64) -> u64 {
    let mut inflate = ZlibDecoder::new(body);
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
