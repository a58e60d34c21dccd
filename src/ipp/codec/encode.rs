//! Messages to bytes. Lengths are checked, never cut.

use super::{Attribute, Message, Value, group, tag};

/// Why a message can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A name or value is longer than its two-byte length can say (RFC 8010, 3.1.3: 32,767 octets).
    #[error("{name} holds {octets} octets, more than 32,767")]
    TooLong {
        /// The attribute.
        name: String,
        /// How long it is.
        octets: usize,
    },
    /// An attribute has no name or no value.
    #[error("the attribute \"{0}\" has no name or no value")]
    Empty(String),
}

impl Message {
    /// Appends the message head to `out`; document data may follow.
    ///
    /// # Errors
    /// [`EncodeError`]; `out` may then hold a part.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.encode_open(out)?;
        out.push(group::END);
        Ok(())
    }

    /// The same without the end: more groups follow, by [`encode_group`], and then [`group::END`].
    ///
    /// # Errors
    /// As for [`Message::encode`].
    pub fn encode_open(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(&[self.version.0, self.version.1]);
        out.extend_from_slice(&self.code.to_be_bytes());
        out.extend_from_slice(&self.request_id.to_be_bytes());
        let mut groups = self.groups.iter();
        groups.try_for_each(|group| encode_group(group.tag, &group.attributes, out))
    }
}

/// Appends one group to a message whose end is still to come.
///
/// # Errors
/// [`EncodeError`]; `out` may then hold a part.
pub fn encode_group(tag: u8, attributes: &[Attribute], out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.push(tag);
    for attribute in attributes {
        if attribute.name.is_empty() || attribute.values.is_empty() {
            return Err(EncodeError::Empty(attribute.name.to_string()));
        }
        let mut name = attribute.name.as_str();
        for value in &attribute.values {
            encode_value(out, name, &attribute.name, value)?;
            name = "";
        }
    }
    Ok(())
}

fn field(out: &mut Vec<u8>, of: &str, bytes: &[u8]) -> Result<(), EncodeError> {
    let too_long = || EncodeError::TooLong {
        name: of.to_owned(),
        octets: bytes.len(),
    };
    let length = u16::try_from(bytes.len())
        .ok()
        .filter(|n| *n <= 0x7fff)
        .ok_or_else(too_long)?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

/// `name` is what is written; `of` names the attribute in an error.
fn encode_value(out: &mut Vec<u8>, name: &str, of: &str, value: &Value) -> Result<(), EncodeError> {
    out.push(value.tag());
    field(out, of, name.as_bytes())?;
    match value {
        Value::OutOfBand(_) => field(out, of, &[]),
        Value::Integer(n) | Value::Enum(n) => field(out, of, &n.to_be_bytes()),
        Value::Boolean(b) => field(out, of, &[u8::from(*b)]),
        Value::OctetString(bytes) | Value::Other { bytes, .. } => field(out, of, bytes),
        Value::DateTime(bytes) => field(out, of, bytes),
        Value::Resolution { x, y, units } => {
            let mut raw = [0; 9];
            raw[..4].copy_from_slice(&x.to_be_bytes());
            raw[4..8].copy_from_slice(&y.to_be_bytes());
            raw[8..].copy_from_slice(&units.to_be_bytes());
            field(out, of, &raw)
        }
        Value::Range(a, b) => {
            let mut raw = [0; 8];
            raw[..4].copy_from_slice(&a.to_be_bytes());
            raw[4..].copy_from_slice(&b.to_be_bytes());
            field(out, of, &raw)
        }
        Value::TextWithLanguage(language, text) | Value::NameWithLanguage(language, text) => {
            let mut raw = Vec::with_capacity(language.len() + text.len() + 4);
            field(&mut raw, of, language.as_bytes())?;
            field(&mut raw, of, text.as_bytes())?;
            field(out, of, &raw)
        }
        Value::Text(t)
        | Value::Name(t)
        | Value::Keyword(t)
        | Value::Uri(t)
        | Value::UriScheme(t)
        | Value::Charset(t)
        | Value::NaturalLanguage(t)
        | Value::MimeMediaType(t) => field(out, of, t.as_bytes()),
        Value::Collection(members) => {
            field(out, of, &[])?;
            members.iter().try_for_each(|member| encode_member(out, member))?;
            out.extend_from_slice(&[tag::END_COLLECTION, 0, 0, 0, 0]);
            Ok(())
        }
    }
}

fn encode_member(out: &mut Vec<u8>, member: &Attribute) -> Result<(), EncodeError> {
    if member.name.is_empty() || member.values.is_empty() {
        return Err(EncodeError::Empty(member.name.to_string()));
    }
    out.push(tag::MEMBER_NAME);
    field(out, &member.name, b"")?;
    field(out, &member.name, member.name.as_bytes())?;
    member
        .values
        .iter()
        .try_for_each(|value| encode_value(out, "", &member.name, value))
}
