//! Type, length, value.

use super::DecodeError;

/// INTEGER
pub const INTEGER: u8 = 0x02;
/// OCTET STRING
pub const OCTET_STRING: u8 = 0x04;
/// NULL
pub const NULL: u8 = 0x05;
/// OBJECT IDENTIFIER
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// SEQUENCE
pub const SEQUENCE: u8 = 0x30;

/// What is left to read of something.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader(bytes)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.0.split_first().ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    /// The identifier octet that comes next, and its content.
    pub fn any(&mut self) -> Result<(u8, &'a [u8]), DecodeError> {
        let tag = self.byte()?;
        let length = match self.byte()? {
            short @ 0..=0x7f => usize::from(short),
            // Up to four octets, leading zeros included (X.690, 8.1.3.5); 0x80 is the indefinite form, which SNMP has not
            // (RFC 3417, 8).
            long @ 0x81..=0x84 => {
                let mut length = 0usize;
                for _ in 0..long & 0x7f {
                    length = length << 8 | usize::from(self.byte()?);
                }
                length
            }
            _ => return Err(DecodeError::Length),
        };
        if length > super::MOST_BYTES {
            return Err(DecodeError::Length);
        }
        let (content, rest) = self.0.split_at_checked(length).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok((tag, content))
    }

    /// The content of what comes next, which has to be of this type.
    pub fn expect(&mut self, tag: u8) -> Result<&'a [u8], DecodeError> {
        match self.any()? {
            (found, content) if found == tag => Ok(content),
            (found, _) => Err(DecodeError::Type { found }),
        }
    }

    /// An INTEGER of 32 bits.
    pub fn integer(&mut self) -> Result<i32, DecodeError> {
        i32::try_from(signed(self.expect(INTEGER)?)?).map_err(|_| DecodeError::Number)
    }
}

/// A number in two's complement, of any length up to eight octets.
pub fn signed(content: &[u8]) -> Result<i64, DecodeError> {
    let first = *content.first().ok_or(DecodeError::Truncated)?;
    if content.len() > 8 {
        return Err(DecodeError::Number);
    }
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    Ok(content.iter().fold(start, |n, byte| n << 8 | i64::from(*byte)))
}

/// A number without a sign. Devices leave out the leading zero that would keep it positive.
pub fn unsigned(content: &[u8]) -> Result<u64, DecodeError> {
    let digits = match content {
        [] => return Err(DecodeError::Truncated),
        [0, rest @ ..] => rest,
        all => all,
    };
    if digits.len() > 8 {
        return Err(DecodeError::Number);
    }
    Ok(digits.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

/// Appends something of this type.
pub fn write(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    let length = content.len();
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        0x100..=0xffff => out.extend([0x82, (length >> 8) as u8, length as u8]),
        _ => out.extend([0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
}

/// A number in as few octets as it needs.
pub fn number(n: i64) -> Vec<u8> {
    let bytes = n.to_be_bytes();
    let is_spare = |at: usize| {
        let sign = if bytes[at + 1] & 0x80 == 0 { 0 } else { 0xff };
        bytes[at] == sign
    };
    let spare = (0..7).take_while(|at| is_spare(*at)).count();
    bytes[spare..].to_vec()
}

/// A number without a sign, with the zero that keeps it positive.
pub fn natural(n: u64) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(n.to_be_bytes());
    let spare = (0..8)
        .take_while(|at| bytes[*at] == 0 && bytes[at + 1] & 0x80 == 0)
        .count();
    bytes.split_off(spare)
}
