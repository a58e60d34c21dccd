//! Building messages, and reading values out of them.

use smol_str::SmolStr;

use super::{Attribute, Group, Message, Value, tag};

/// Longest text (RFC 8011, 5.1.2), in octets.
const TEXT_OCTETS: usize = 1_023;
/// Longest name (RFC 8011, 5.1.3), in octets.
const NAME_OCTETS: usize = 255;

fn clip(text: &str, octets: usize) -> SmolStr {
    let mut end = text.len().min(octets);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    SmolStr::new(&text[..end])
}

impl Message {
    /// A request of version 2.0 whose operation group holds charset and language.
    pub fn request(operation: u16, request_id: i32) -> Self {
        let mut group = Group::new(super::group::OPERATION);
        group.push("attributes-charset", Value::charset("utf-8"));
        group.push("attributes-natural-language", Value::language("en"));
        Message {
            version: (2, 0),
            code: operation,
            request_id,
            groups: vec![group],
        }
    }

    /// The first group with this tag.
    pub fn group(&self, tag: u8) -> Option<&Group> {
        self.groups.iter().find(|g| g.tag == tag)
    }

    /// Every group with this tag.
    pub fn groups_of(&self, tag: u8) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |g| g.tag == tag)
    }
}

impl Group {
    /// An empty group.
    pub fn new(tag: u8) -> Self {
        Group {
            tag,
            attributes: Vec::new(),
        }
    }

    /// Adds an attribute of one value.
    pub fn push(&mut self, name: &str, value: Value) {
        self.attributes.push(Attribute::new(name, value));
    }

    /// Adds an attribute of several values; of none, adds nothing.
    pub fn push_all(&mut self, name: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.attributes.push(Attribute::new_all(name, values));
        }
    }

    /// The attribute of this name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The first value of the attribute of this name.
    pub fn first(&self, name: &str) -> Option<&Value> {
        self.get(name)?.values.first()
    }
}

impl Attribute {
    /// An attribute of one value.
    pub fn new(name: &str, value: Value) -> Self {
        Attribute {
            name: SmolStr::new(name),
            values: vec![value],
        }
    }

    /// An attribute of several values.
    pub fn new_all(name: &str, values: Vec<Value>) -> Self {
        Attribute {
            name: SmolStr::new(name),
            values,
        }
    }
}

impl Value {
    /// A `keyword`.
    pub fn keyword(word: &str) -> Self {
        Value::Keyword(clip(word, NAME_OCTETS))
    }

    /// A text, cut to its 1,023 octets between characters.
    pub fn text(text: &str) -> Self {
        Value::Text(clip(text, TEXT_OCTETS))
    }

    /// A name, cut to its 255 octets between characters.
    pub fn name(name: &str) -> Self {
        Value::Name(clip(name, NAME_OCTETS))
    }

    /// A `uri`.
    pub fn uri(uri: &str) -> Self {
        Value::Uri(SmolStr::new(uri))
    }

    /// A `charset`.
    pub fn charset(charset: &str) -> Self {
        Value::Charset(SmolStr::new(charset))
    }

    /// A `naturalLanguage`.
    pub fn language(language: &str) -> Self {
        Value::NaturalLanguage(SmolStr::new(language))
    }

    /// A `mimeMediaType`.
    pub fn mime(mime: &str) -> Self {
        Value::MimeMediaType(SmolStr::new(mime))
    }

    /// A `collection` of members.
    pub fn collection(members: Vec<Attribute>) -> Self {
        Value::Collection(members)
    }

    /// A `dateTime` in UTC, from seconds since 1970 (RFC 2579, DateAndTime).
    pub fn date_time(seconds: i64) -> Self {
        let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        let civil = jiff::tz::TimeZone::UTC.to_datetime(moment);
        let year = u16::try_from(civil.year()).unwrap_or(0).to_be_bytes();
        let part = |n: i8| n.unsigned_abs();
        Value::DateTime([
            year[0],
            year[1],
            part(civil.month()),
            part(civil.day()),
            part(civil.hour()),
            part(civil.minute()),
            part(civil.second()),
            0,
            b'+',
            0,
            0,
        ])
    }

    /// Its tag on the wire (RFC 8010, 3.5.2).
    pub fn tag(&self) -> u8 {
        match self {
            Value::OutOfBand(tag) | Value::Other { tag, .. } => *tag,
            Value::Integer(_) => tag::INTEGER,
            Value::Boolean(_) => tag::BOOLEAN,
            Value::Enum(_) => tag::ENUM,
            Value::OctetString(_) => tag::OCTET_STRING,
            Value::DateTime(_) => tag::DATE_TIME,
            Value::Resolution { .. } => tag::RESOLUTION,
            Value::Range(..) => tag::RANGE,
            Value::TextWithLanguage(..) => tag::TEXT_WITH_LANGUAGE,
            Value::NameWithLanguage(..) => tag::NAME_WITH_LANGUAGE,
            Value::Text(_) => tag::TEXT,
            Value::Name(_) => tag::NAME,
            Value::Keyword(_) => tag::KEYWORD,
            Value::Uri(_) => tag::URI,
            Value::UriScheme(_) => tag::URI_SCHEME,
            Value::Charset(_) => tag::CHARSET,
            Value::NaturalLanguage(_) => tag::NATURAL_LANGUAGE,
            Value::MimeMediaType(_) => tag::MIME,
            Value::Collection(_) => tag::BEGIN_COLLECTION,
        }
    }

    /// The text of any string syntax, without its language.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::TextWithLanguage(_, t)
            | Value::NameWithLanguage(_, t)
            | Value::Text(t)
            | Value::Name(t)
            | Value::Keyword(t)
            | Value::Uri(t)
            | Value::UriScheme(t)
            | Value::Charset(t)
            | Value::NaturalLanguage(t)
            | Value::MimeMediaType(t) => Some(t),
            _ => None,
        }
    }

    /// The word of a `keyword` or a name.
    pub fn as_keyword_or_name(&self) -> Option<&str> {
        match self {
            Value::Keyword(t) | Value::Name(t) | Value::NameWithLanguage(_, t) => Some(t),
            _ => None,
        }
    }

    /// The `uri`.
    pub fn as_uri(&self) -> Option<&str> {
        match self {
            Value::Uri(t) => Some(t),
            _ => None,
        }
    }

    /// The `integer`.
    pub fn as_integer(&self) -> Option<i32> {
        match self {
            Value::Integer(n) => Some(*n),
            _ => None,
        }
    }

    /// The `enum`.
    pub fn as_enum(&self) -> Option<i32> {
        match self {
            Value::Enum(n) => Some(*n),
            _ => None,
        }
    }

    /// The `dateTime` in seconds since 1970 (RFC 2579, DateAndTime).
    pub fn as_date_time(&self) -> Option<i64> {
        let Value::DateTime([y1, y2, month, day, hour, minute, second, _, sign, h, m]) = self else {
            return None;
        };
        let part = |n: &u8| i8::try_from(*n).ok();
        let year = i16::try_from(u16::from_be_bytes([*y1, *y2])).ok()?;
        // 60 is a leap second there; the second before it is near enough.
        let second = part(second)?.min(59);
        let civil = jiff::civil::DateTime::new(year, part(month)?, part(day)?, part(hour)?, part(minute)?, second, 0);
        let utc = civil.ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?;
        let offset = (i64::from(*h) * 60 + i64::from(*m)) * 60;
        match sign {
            b'+' => utc.timestamp().as_second().checked_sub(offset),
            b'-' => utc.timestamp().as_second().checked_add(offset),
            _ => None,
        }
    }

    /// The `boolean`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(b) => Some(*b),
            _ => None,
        }
    }

    /// The members of a `collection`.
    pub fn as_collection(&self) -> Option<&[Attribute]> {
        match self {
            Value::Collection(members) => Some(members),
            _ => None,
        }
    }

    /// Both ends of a `rangeOfInteger`; of an `integer`, itself twice.
    pub fn as_range(&self) -> Option<(i32, i32)> {
        match self {
            Value::Range(a, b) => Some((*a, *b)),
            Value::Integer(n) => Some((*n, *n)),
            _ => None,
        }
    }

    /// The `resolution`: cross-feed, feed, units (3 per inch, 4 per centimetre).
    pub fn as_resolution(&self) -> Option<(i32, i32, i8)> {
        match self {
            Value::Resolution { x, y, units } => Some((*x, *y, *units)),
            _ => None,
        }
    }
}
