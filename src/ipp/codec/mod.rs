//! The IPP message codec (RFC 8010, section 3): sans-IO, bounded, byte-exact.

//!
//! [`Message::decode`] and [`Message::encode`] are each other's inverse on every message that is accepted: what would
//! not be written again byte for byte is refused. [`Limits`] bound bytes, values and nesting while the bytes still
//! arrive ([`Scanner`]), so that nothing a peer sends is ever held beyond them.

mod build;
mod codes;
mod decode;
mod encode;
mod head;
pub mod json;

use smol_str::SmolStr;

pub use codes::{op, status};
pub use decode::{DecodeError, Limits};
pub use encode::{EncodeError, encode_group};
pub use head::{HeadReader, Scan, Scanner};

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
    /// subscription-attributes-tag (RFC 3995)
    pub const SUBSCRIPTION: u8 = 0x06;
    /// event-notification-attributes-tag (RFC 3995)
    pub const EVENT_NOTIFICATION: u8 = 0x07;
    /// document-attributes-tag (PWG 5100.5)
    pub const DOCUMENT: u8 = 0x09;
}

/// Value tags (RFC 8010, 3.5.2).
pub mod tag {
    /// integer
    pub const INTEGER: u8 = 0x21;
    /// boolean
    pub const BOOLEAN: u8 = 0x22;
    /// enum
    pub const ENUM: u8 = 0x23;
    /// octetString
    pub const OCTET_STRING: u8 = 0x30;
    /// dateTime
    pub const DATE_TIME: u8 = 0x31;
    /// resolution
    pub const RESOLUTION: u8 = 0x32;
    /// rangeOfInteger
    pub const RANGE: u8 = 0x33;
    /// begCollection
    pub const BEGIN_COLLECTION: u8 = 0x34;
    /// textWithLanguage
    pub const TEXT_WITH_LANGUAGE: u8 = 0x35;
    /// nameWithLanguage
    pub const NAME_WITH_LANGUAGE: u8 = 0x36;
    /// endCollection
    pub const END_COLLECTION: u8 = 0x37;
    /// textWithoutLanguage
    pub const TEXT: u8 = 0x41;
    /// nameWithoutLanguage
    pub const NAME: u8 = 0x42;
    /// keyword
    pub const KEYWORD: u8 = 0x44;
    /// uri
    pub const URI: u8 = 0x45;
    /// uriScheme
    pub const URI_SCHEME: u8 = 0x46;
    /// charset
    pub const CHARSET: u8 = 0x47;
    /// naturalLanguage
    pub const NATURAL_LANGUAGE: u8 = 0x48;
    /// mimeMediaType
    pub const MIME: u8 = 0x49;
    /// memberAttrName
    pub const MEMBER_NAME: u8 = 0x4a;
}

#[cfg(test)]
mod tests;
