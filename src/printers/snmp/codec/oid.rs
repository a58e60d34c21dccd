//! Object identifiers.

use std::fmt;

use super::DecodeError;

/// Most parts (RFC 2578, 3.5).
const MOST_PARTS: usize = 128;

/// An object identifier. They are ordered as an agent orders them: part by part, as numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Vec<u32>);

impl Oid {
    /// One of these parts: two of them at least and 128 at most, of which the first is 0, 1 or 2, and the second below 40
    /// when the first is not 2.
    pub fn new(parts: &[u32]) -> Option<Oid> {
        let begins_well = match parts {
            [0 | 1, second, ..] => *second < 40,
            [2, second, ..] => *second <= u32::MAX - 80,
            _ => false,
        };
        (begins_well && parts.len() <= MOST_PARTS).then(|| Oid(parts.to_vec()))
    }

    /// One of a text such as `1.3.6.1.2.1.43`.
    pub fn parse(text: &str) -> Option<Oid> {
        if text.len() > MOST_PARTS * 11 {
            return None;
        }
        let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        Oid::new(&parts?)
    }

    /// One below this one.
    pub fn child(&self, parts: &[u32]) -> Oid {
        let mut all = self.0.clone();
        all.extend(parts.iter().take(MOST_PARTS - self.0.len().min(MOST_PARTS)));
        Oid(all)
    }

    /// Its parts.
    pub fn parts(&self) -> &[u32] {
        &self.0
    }

    /// The parts that it has below another one; `None` when it does not lie there.
    pub fn below(&self, root: &Oid) -> Option<&[u32]> {
        self.0.strip_prefix(root.0.as_slice())
    }

    /// Reads its content.
    pub fn decode(content: &[u8]) -> Result<Oid, DecodeError> {
        // Some devices write the null identifier with nothing in it.
        if content.is_empty() {
            return Ok(Oid(vec![0, 0]));
        }
        let mut parts = Vec::new();
        let mut part = 0u32;
        for (at, byte) in content.iter().enumerate() {
            part = part
                .checked_mul(128)
                .and_then(|part| part.checked_add(u32::from(byte & 0x7f)))
                .ok_or(DecodeError::Number)?;
            if byte & 0x80 != 0 {
                if at + 1 == content.len() {
                    return Err(DecodeError::Oid);
                }
                continue;
            }
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.push(first);
                parts.push(part - first * 40);
            } else {
                parts.push(part);
            }
            part = 0;
            if parts.len() > MOST_PARTS {
                return Err(DecodeError::Oid);
            }
        }
        Ok(Oid(parts))
    }

    /// Its content.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.len() + 4);
        let (first, rest) = match self.0.as_slice() {
            [first, second, rest @ ..] => (first * 40 + second, rest),
            _ => (0, &[][..]),
        };
        for part in std::iter::once(&first).chain(rest) {
            let digits = (32 - part.leading_zeros()).div_ceil(7).max(1);
            for digit in (0..digits).rev() {
                let more = if digit == 0 { 0 } else { 0x80 };
                out.push((part >> (7 * digit)) as u8 & 0x7f | more);
            }
        }
        out
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}{part}")?;
        }
        Ok(())
    }
}
