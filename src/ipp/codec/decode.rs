//! Bytes to messages: bounded, without recursion, refusing whatever would not encode to the same bytes again.

use smol_str::SmolStr;

use super::{Attribute, Group, Message, Value, group, tag};

/// Limits on one message head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes from the version to the end-of-attributes tag.
    pub head_bytes: usize,
    /// Most values, those of collection members included.
    pub values: usize,
    /// Deepest nesting of collections.
    pub depth: usize,
}

impl Limits {
    /// For what clients send: a full Print-Job has about 2 KiB.
    pub const SERVER: Limits = Limits {
        head_bytes: 256 << 10,
        values: 8_192,
        depth: 8,
    };
    /// For what printers answer: a large `media-col-database` has some hundred KiB.
    pub const CLIENT: Limits = Limits {
        head_bytes: 4 << 20,
        values: 131_072,
        depth: 8,
    };
}

/// Why bytes are no message. Offsets count from the first byte of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A limit was passed.
    #[error("more than {limit} bytes of attributes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A limit was passed.
    #[error("more than {limit} attribute values")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// A limit was passed.
    #[error("collections nested more than {limit} deep, at byte {at}")]
    TooDeep {
        /// The limit.
        limit: usize,
        /// Where.
        at: usize,
    },
    /// The bytes end inside the message.
    #[error("the message ends early, at byte {at}")]
    Truncated {
        /// Where.
        at: usize,
    },
    /// Something that RFC 8010 does not allow, or that could not be written again as it came.
    #[error("{what} at byte {at}")]
    Malformed {
        /// What.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

impl DecodeError {
    /// Whether a limit was passed, rather than a rule broken.
    pub const fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. } | Self::TooManyValues { .. } | Self::TooDeep { .. }
        )
    }
}

/// A cursor over the head.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(n).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(DecodeError::Truncated { at: self.bytes.len() })?;
        let slice = &self.bytes[self.at..end];
        self.at = end;
        Ok(slice)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        Ok(self.take(1)?[0])
    }

    /// A field with its two-byte length in front (RFC 8010, 3.1.3).
    fn field(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.take(2)?;
        let length = u16::from_be_bytes([length[0], length[1]]);
        if length > 0x7fff {
            return Err(DecodeError::Malformed {
                what: "a length that is negative",
                at: self.at - 2,
            });
        }
        self.take(usize::from(length))
    }
}

/// A collection that is being read: its members, and the member whose values are being read.
struct Open {
    members: Vec<Attribute>,
    /// A member name has come, and its first value is due.
    due: Option<SmolStr>,
}

impl Message {
    /// Reads a message head. Gives the message and how many bytes it took; document data follows them.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<(Message, usize), DecodeError> {
        let within = &bytes[..bytes.len().min(limits.head_bytes)];
        decode(within, limits).map_err(|error| match error {
            DecodeError::Truncated { .. } if within.len() < bytes.len() => DecodeError::TooLong {
                limit: limits.head_bytes,
            },
            other => other,
        })
    }
}

fn decode(bytes: &[u8], limits: &Limits) -> Result<(Message, usize), DecodeError> {
    let mut c = Cursor { bytes, at: 0 };
    let fixed = c.take(8)?;
    let mut message = Message {
        version: (fixed[0], fixed[1]),
        code: u16::from_be_bytes([fixed[2], fixed[3]]),
        request_id: i32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        groups: Vec::new(),
    };
    let mut open: Vec<Open> = Vec::new();
    let mut values = 0;
    loop {
        let at = c.at;
        let wrong = |what| Err(DecodeError::Malformed { what, at });
        let tag = c.byte()?;
        if tag < 0x10 {
            if !open.is_empty() {
                return wrong("a group tag inside a collection");
            }
            if tag == group::END {
                return Ok((message, c.at));
            }
            if tag == 0 {
                return wrong("the reserved tag 0");
            }
            values += 1;
            if values > limits.values {
                return Err(DecodeError::TooManyValues { limit: limits.values });
            }
            message.groups.push(Group {
                tag,
                attributes: Vec::new(),
            });
            continue;
        }
        let name = c.field()?;
        let raw = c.field()?;
        if tag == 0x7f {
            return wrong("an extension tag");
        }
        values += 1;
        if values > limits.values {
            return Err(DecodeError::TooManyValues { limit: limits.values });
        }
        let Some(group) = message.groups.last_mut() else {
            return wrong("an attribute before any group");
        };
        if !open.is_empty() && !name.is_empty() {
            return wrong("an attribute name inside a collection");
        }
        match tag {
            tag::MEMBER_NAME => {
                let Some(collection) = open.last_mut() else {
                    return wrong("a member name outside a collection");
                };
                if collection.due.is_some() {
                    return wrong("a member without a value");
                }
                collection.due = Some(word(raw).ok_or(DecodeError::Malformed {
                    what: "a bad member name",
                    at,
                })?);
            }
            tag::END_COLLECTION => {
                if !raw.is_empty() {
                    return wrong("an end of a collection with a value");
                }
                match open.pop() {
                    None => return wrong("an end of a collection that was never begun"),
                    Some(Open { due: Some(_), .. }) => return wrong("a member without a value"),
                    Some(Open { members, due: None }) => {
                        let target = open.last_mut();
                        put(target, group, Value::Collection(members), at)?;
                    }
                }
            }
            tag::BEGIN_COLLECTION => {
                if !raw.is_empty() {
                    return wrong("a begin of a collection with a value");
                }
                if open.len() >= limits.depth {
                    return Err(DecodeError::TooDeep {
                        limit: limits.depth,
                        at,
                    });
                }
                // The place of the collection is taken now, by an empty one; its end fills it.
                if open.is_empty() {
                    start(group, name, at)?;
                } else if let Some(collection) = open.last_mut() {
                    claim(collection, at)?;
                }
                open.push(Open {
                    members: Vec::new(),
                    due: None,
                });
            }
            _ => {
                let value = value(tag, raw, at)?;
                match open.last_mut() {
                    Some(collection) => {
                        claim(collection, at)?;
                        put(Some(collection), group, value, at)?;
                    }
                    None => {
                        start(group, name, at)?;
                        put(None, group, value, at)?;
                    }
                }
            }
        }
    }
}

/// Begins the attribute `name` in a group; an empty name goes on with the last one.
fn start(group: &mut Group, name: &[u8], at: usize) -> Result<(), DecodeError> {
    if name.is_empty() {
        return match group.attributes.last() {
            Some(_) => Ok(()),
            None => Err(DecodeError::Malformed {
                what: "a value before any attribute name",
                at,
            }),
        };
    }
    let name = word(name).ok_or(DecodeError::Malformed {
        what: "a bad attribute name",
        at,
    })?;
    group.attributes.push(Attribute {
        name,
        values: Vec::new(),
    });
    Ok(())
}

/// Begins the member whose name has come; without one, goes on with the last one.
fn claim(collection: &mut Open, at: usize) -> Result<(), DecodeError> {
    match collection.due.take() {
        Some(name) => collection.members.push(Attribute {
            name,
            values: Vec::new(),
        }),
        None if collection.members.is_empty() => {
            return Err(DecodeError::Malformed {
                what: "a value before any member name",
                at,
            });
        }
        None => {}
    }
    Ok(())
}

/// Puts a value where it belongs: the last member of the innermost open collection, or the last attribute.
fn put(collection: Option<&mut Open>, group: &mut Group, value: Value, at: usize) -> Result<(), DecodeError> {
    let last = match collection {
        Some(collection) => collection.members.last_mut(),
        None => group.attributes.last_mut(),
    };
    match last {
        Some(attribute) => {
            attribute.values.push(value);
            Ok(())
        }
        None => Err(DecodeError::Malformed {
            what: "a value without an attribute",
            at,
        }),
    }
}

/// A name: not empty, printable ASCII without spaces (IPP keywords, and nothing that could forge a log line).
fn word(bytes: &[u8]) -> Option<SmolStr> {
    let fits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic);
    fits.then(|| std::str::from_utf8(bytes).ok().map(SmolStr::new))
        .flatten()
}

fn value(tag: u8, raw: &[u8], at: usize) -> Result<Value, DecodeError> {
    let wrong = |what| DecodeError::Malformed { what, at };
    let integer = || {
        <[u8; 4]>::try_from(raw)
            .map(i32::from_be_bytes)
            .map_err(|_| wrong("an integer that is not of 4 octets"))
    };
    let other = || Value::Other {
        tag,
        bytes: raw.to_vec(),
    };
    let text =
        |make: fn(SmolStr) -> Value| std::str::from_utf8(raw).map_or_else(|_| other(), |t| make(SmolStr::new(t)));
    Ok(match tag {
        0x10..=0x1f if raw.is_empty() => Value::OutOfBand(tag),
        tag::INTEGER => Value::Integer(integer()?),
        tag::ENUM => Value::Enum(integer()?),
        tag::BOOLEAN => match raw {
            [0] => Value::Boolean(false),
            [1] => Value::Boolean(true),
            _ => return Err(wrong("a boolean that is neither 0 nor 1")),
        },
        tag::OCTET_STRING => Value::OctetString(raw.to_vec()),
        tag::DATE_TIME => Value::DateTime(
            raw.try_into()
                .map_err(|_| wrong("a dateTime that is not of 11 octets"))?,
        ),
        tag::RESOLUTION => match raw {
            [a, b, c, d, e, f, g, h, units] => Value::Resolution {
                x: i32::from_be_bytes([*a, *b, *c, *d]),
                y: i32::from_be_bytes([*e, *f, *g, *h]),
                units: i8::from_be_bytes([*units]),
            },
            _ => return Err(wrong("a resolution that is not of 9 octets")),
        },
        tag::RANGE => match raw {
            [a, b, c, d, e, f, g, h] => Value::Range(
                i32::from_be_bytes([*a, *b, *c, *d]),
                i32::from_be_bytes([*e, *f, *g, *h]),
            ),
            _ => return Err(wrong("a rangeOfInteger that is not of 8 octets")),
        },
        tag::TEXT_WITH_LANGUAGE | tag::NAME_WITH_LANGUAGE => {
            let (language, text) = with_language(raw).ok_or_else(|| wrong("a text with language of wrong lengths"))?;
            match (std::str::from_utf8(language), std::str::from_utf8(text)) {
                (Ok(l), Ok(t)) if tag == tag::TEXT_WITH_LANGUAGE => Value::TextWithLanguage(l.into(), t.into()),
                (Ok(l), Ok(t)) => Value::NameWithLanguage(l.into(), t.into()),
                _ => other(),
            }
        }
        tag::TEXT => text(Value::Text),
        tag::NAME => text(Value::Name),
        tag::KEYWORD => text(Value::Keyword),
        tag::URI => text(Value::Uri),
        tag::URI_SCHEME => text(Value::UriScheme),
        tag::CHARSET => text(Value::Charset),
        tag::NATURAL_LANGUAGE => text(Value::NaturalLanguage),
        tag::MIME => text(Value::MimeMediaType),
        _ => other(),
    })
}

/// Two fields, each with its length, that fill the value exactly (RFC 8010, 3.9).
fn with_language(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut c = Cursor { bytes: raw, at: 0 };
    let language = c.field().ok()?;
    let text = c.field().ok()?;
    (c.at == raw.len()).then_some((language, text))
}
