//! Finding the end of a message's attributes while they arrive, without holding more than the limits allow.

use bytes::{Bytes, BytesMut};

use super::{DecodeError, Limits, Message, group, tag};

/// What a push brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// The attributes go on.
    NeedMore,
    /// The attributes end after `used` bytes of the chunk.
    Complete {
        /// Bytes of the chunk that belong to the head.
        used: usize,
    },
}

/// Where the scanner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Bytes of version, code and request-id still to come.
    Fixed(u8),
    Tag,
    /// First or second byte of the name's length; then the name.
    NameLength(Option<u8>),
    Name(u16),
    ValueLength(Option<u8>),
    Value(u16),
}

/// Follows the structure of a head byte by byte, counting bytes, values and depth. Holds nothing.
#[derive(Debug, Clone)]
pub struct Scanner {
    limits: Limits,
    place: Place,
    bytes: usize,
    values: usize,
    depth: usize,
}

impl Scanner {
    /// A scanner at the first byte of a message.
    pub fn new(limits: Limits) -> Self {
        Scanner {
            limits,
            place: Place::Fixed(8),
            bytes: 0,
            values: 0,
            depth: 0,
        }
    }

    /// Looks at the next bytes.
    ///
    /// # Errors
    /// [`DecodeError`] as soon as a limit is passed.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Scan, DecodeError> {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            let mut step = 1;
            self.place = match self.place {
                Place::Fixed(1) => Place::Tag,
                Place::Fixed(n) => Place::Fixed(n.saturating_sub(1)),
                Place::Tag if byte == group::END => return Ok(Scan::Complete { used: at + 1 }),
                Place::Tag if byte < 0x10 => {
                    // An empty group costs its reader as much as a value.
                    self.count(byte)?;
                    Place::Tag
                }
                Place::Tag => {
                    self.count(byte)?;
                    Place::NameLength(None)
                }
                Place::NameLength(None) => Place::NameLength(Some(byte)),
                Place::NameLength(Some(high)) => match u16::from_be_bytes([high, byte]) {
                    0 => Place::ValueLength(None),
                    n => Place::Name(n),
                },
                Place::ValueLength(None) => Place::ValueLength(Some(byte)),
                Place::ValueLength(Some(high)) => match u16::from_be_bytes([high, byte]) {
                    0 => Place::Tag,
                    n => Place::Value(n),
                },
                Place::Name(n) | Place::Value(n) => {
                    step = usize::from(n).min(chunk.len() - at);
                    let left = n - step as u16;
                    match (self.place, left) {
                        (Place::Name(_), 0) => Place::ValueLength(None),
                        (Place::Name(_), n) => Place::Name(n),
                        (_, 0) => Place::Tag,
                        (_, n) => Place::Value(n),
                    }
                }
            };
            at += step;
            self.bytes = self.bytes.saturating_add(step);
            if self.bytes >= self.limits.head_bytes {
                return Err(DecodeError::TooLong {
                    limit: self.limits.head_bytes,
                });
            }
        }
        Ok(Scan::NeedMore)
    }

    fn count(&mut self, value_tag: u8) -> Result<(), DecodeError> {
        self.values += 1;
        if self.values > self.limits.values {
            return Err(DecodeError::TooManyValues {
                limit: self.limits.values,
            });
        }
        match value_tag {
            tag::BEGIN_COLLECTION => self.depth += 1,
            tag::END_COLLECTION => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > self.limits.depth {
            return Err(DecodeError::TooDeep {
                limit: self.limits.depth,
                at: self.bytes,
            });
        }
        Ok(())
    }
}

/// Collects a head from chunks and decodes it.
#[derive(Debug)]
pub struct HeadReader {
    scanner: Scanner,
    limits: Limits,
    held: BytesMut,
}

impl HeadReader {
    /// A reader at the first byte of a message.
    pub fn new(limits: Limits) -> Self {
        HeadReader {
            scanner: Scanner::new(limits),
            limits,
            held: BytesMut::new(),
        }
    }

    /// Takes the next bytes. Gives the message, and what of the chunk came after it, once the head is complete.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn push(&mut self, mut chunk: Bytes) -> Result<Option<(Message, Bytes)>, DecodeError> {
        // The fixed part is kept even of a chunk that breaks a limit, so that the request can be answered.
        let missing = 8usize.saturating_sub(self.held.len()).min(chunk.len());
        let fixed = chunk.split_to(missing);
        self.held.extend_from_slice(&fixed);
        self.scanner.push(&fixed)?;
        match self.scanner.push(&chunk)? {
            Scan::NeedMore => {
                self.held.extend_from_slice(&chunk);
                Ok(None)
            }
            Scan::Complete { used } => {
                self.held.extend_from_slice(&chunk.split_to(used));
                let (message, _) = Message::decode(&self.held, &self.limits)?;
                Ok(Some((message, chunk)))
            }
        }
    }

    /// Version, code and request-id, as a message without groups, once they have come.
    pub fn prefix(&self) -> Option<Message> {
        Message::prefix(&self.held)
    }
}

impl Message {
    /// Version, code and request-id from the first eight bytes, as a message without groups.
    pub fn prefix(bytes: &[u8]) -> Option<Message> {
        match bytes.get(..8)? {
            [major, minor, a, b, c, d, e, f] => Some(Message {
                version: (*major, *minor),
                code: u16::from_be_bytes([*a, *b]),
                request_id: i32::from_be_bytes([*c, *d, *e, *f]),
                groups: Vec::new(),
            }),
            _ => None,
        }
    }
}
