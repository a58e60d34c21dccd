//! The IPP message codec (RFC 8010, section 3): sans-IO, bounded, byte-exact.

use smol_str::SmolStr;

/// An IPP request or response without its document data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Major and minor version, for example (2, 0).
    pub version: (u8, u8),
    /// `operation-id` of a request, `status-code` of a response.
    pub code: u16,
    /// `request-id`. A well-behaved client's is 1 or more; the codec carries any.
    pub request_id: i32,
    /// Attribute groups in wire order; a tag may come more than once.
    pub groups: Vec<Group>,
}

/// A group of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The delimiter tag, see [`group`].
    pub tag: u8,
    /// The attributes in wire order.
    pub attributes: Vec<Attribute>,
}

/// An attribute: a name and one or more values. The members of a collection are attributes too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name: an IPP keyword, never empty.
    pub name: SmolStr,
    /// Its values, at least one.
    pub values: Vec<Value>,
}

/// A value with its syntax (RFC 8010, 3.9). Strings are UTF-8; a string on the wire that is not arrives as [`Value::Other`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An out-of-band value, by its tag: 0x10 unsupported, 0x12 unknown, 0x13 no-value, …
    OutOfBand(u8),
    /// `integer`
    Integer(i32),
    /// `boolean`
    Boolean(bool),
    /// `enum`
    Enum(i32),
    /// `octetString`
    OctetString(Vec<u8>),
    /// `dateTime` (RFC 2579 DateAndTime, 11 octets)
    DateTime([u8; 11]),
    /// `resolution`; units 3 is dots per inch, 4 dots per centimetre
    Resolution {
        /// Cross-feed.
        x: i32,
        /// Feed.
        y: i32,
        /// 3 or 4.
        units: i8,
    },
    /// `rangeOfInteger`, both ends inside
    Range(i32, i32),
    /// `textWithLanguage`: language, text
    TextWithLanguage(SmolStr, SmolStr),
    /// `nameWithLanguage`: language, name
    NameWithLanguage(SmolStr, SmolStr),
    /// `textWithoutLanguage`
    Text(SmolStr),
    /// `nameWithoutLanguage`
    Name(SmolStr),
    /// `keyword`
    Keyword(SmolStr),
    /// `uri`
    Uri(SmolStr),
    /// `uriScheme`
    UriScheme(SmolStr),
    /// `charset`
    Charset(SmolStr),
    /// `naturalLanguage`
    NaturalLanguage(SmolStr),
    /// `mimeMediaType`
    MimeMediaType(SmolStr),
    /// `collection`: members in wire order
    Collection(Vec<Attribute>),
    /// Any other tag, or a string that is not UTF-8: kept as it came.
    Other {
        /// Value tag.
        tag: u8,
        /// The octets.
        bytes: Vec<u8>,
    },
}

/// Delimiter tags (RFC 8010, 3.5.1; RFC 3995).
pub mod group {
    /// operation-attributes-tag
    pub const OPERATION: u8 = 0x01;
    /// job-attributes-tag
    pub const JOB: u8 = 0x02;
    /// end-of-attributes-tag
    pub const END: u8 = 0x03;
    /// printer-attributes-tag
    pub const PRINTER: u8 = 0x04;
    /// unsupported-attributes-tag
    pub const UNSUPPORTED: u8 = 0x05;
}
