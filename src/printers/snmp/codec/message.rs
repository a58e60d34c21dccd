//! Messages.

use super::ber::{self, Reader};
use super::{DecodeError, MOST_BINDINGS, Oid};

/// Which SNMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Version 1: no bulk, and one variable that is not there spoils the whole answer.
    V1,
    /// Version 2 with communities.
    V2c,
}

/// What a message is. Nothing that writes is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// GetRequest
    Get,
    /// GetNextRequest
    GetNext,
    /// GetBulkRequest, of 2c alone. Its two numbers take the places of error-status and error-index.
    GetBulk,
    /// Response
    Response,
}

impl Kind {
    const fn tag(self) -> u8 {
        match self {
            Kind::Get => 0xa0,
            Kind::GetNext => 0xa1,
            Kind::Response => 0xa2,
            Kind::GetBulk => 0xa5,
        }
    }
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// INTEGER; devices send more than 32 bits where they mean a size.
    Integer(i64),
    /// OCTET STRING
    Octets(Vec<u8>),
    /// NULL
    Null,
    /// OBJECT IDENTIFIER
    Oid(Oid),
    /// IpAddress
    Address(Vec<u8>),
    /// Counter32
    Counter(u32),
    /// Gauge32 (Unsigned32)
    Gauge(u32),
    /// TimeTicks, in hundredths of a second
    Ticks(u32),
    /// Opaque
    Opaque(Vec<u8>),
    /// Counter64
    Counter64(u64),
    /// noSuchObject
    NoSuchObject,
    /// noSuchInstance
    NoSuchInstance,
    /// endOfMibView
    EndOfMibView,
}

impl Value {
    /// Its number.
    pub fn number(&self) -> Option<i64> {
        match self {
            Value::Integer(n) => Some(*n),
            Value::Counter(n) | Value::Gauge(n) | Value::Ticks(n) => Some(i64::from(*n)),
            Value::Counter64(n) => i64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// Its octets.
    pub fn octets(&self) -> Option<&[u8]> {
        match self {
            Value::Octets(octets) => Some(octets),
            _ => None,
        }
    }

    fn decode(tag: u8, content: &[u8]) -> Result<Value, DecodeError> {
        let narrow = || u32::try_from(ber::unsigned(content)?).map_err(|_| DecodeError::Number);
        Ok(match tag {
            ber::INTEGER => Value::Integer(ber::signed(content)?),
            ber::OCTET_STRING => Value::Octets(content.to_vec()),
            ber::NULL => Value::Null,
            ber::OBJECT_IDENTIFIER => Value::Oid(Oid::decode(content)?),
            0x40 => Value::Address(content.to_vec()),
            0x41 => Value::Counter(narrow()?),
            0x42 => Value::Gauge(narrow()?),
            0x43 => Value::Ticks(narrow()?),
            0x44 => Value::Opaque(content.to_vec()),
            0x46 => Value::Counter64(ber::unsigned(content)?),
            0x80 => Value::NoSuchObject,
            0x81 => Value::NoSuchInstance,
            0x82 => Value::EndOfMibView,
            found => return Err(DecodeError::Type { found }),
        })
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Value::Integer(n) => ber::write(out, ber::INTEGER, &ber::number(*n)),
            Value::Octets(octets) => ber::write(out, ber::OCTET_STRING, octets),
            Value::Null => ber::write(out, ber::NULL, &[]),
            Value::Oid(oid) => ber::write(out, ber::OBJECT_IDENTIFIER, &oid.encode()),
            Value::Address(octets) => ber::write(out, 0x40, octets),
            Value::Counter(n) => ber::write(out, 0x41, &ber::natural(u64::from(*n))),
            Value::Gauge(n) => ber::write(out, 0x42, &ber::natural(u64::from(*n))),
            Value::Ticks(n) => ber::write(out, 0x43, &ber::natural(u64::from(*n))),
            Value::Opaque(octets) => ber::write(out, 0x44, octets),
            Value::Counter64(n) => ber::write(out, 0x46, &ber::natural(*n)),
            Value::NoSuchObject => ber::write(out, 0x80, &[]),
            Value::NoSuchInstance => ber::write(out, 0x81, &[]),
            Value::EndOfMibView => ber::write(out, 0x82, &[]),
        }
    }
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Its name.
    pub oid: Oid,
    /// What it holds.
    pub value: Value,
}

/// A request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which SNMP.
    pub version: Version,
    /// Who asks, in the clear.
    pub community: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// By which an answer is known.
    pub request_id: i32,
    /// error-status; non-repeaters of a bulk request.
    pub error_status: i32,
    /// error-index; max-repetitions of a bulk request.
    pub error_index: i32,
    /// The variables.
    pub bindings: Vec<Binding>,
}

impl Message {
    /// Reads one.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Message, DecodeError> {
        let mut all = Reader::new(bytes);
        let mut message = Reader::new(all.expect(ber::SEQUENCE)?);
        if !all.is_empty() {
            return Err(DecodeError::Trailing);
        }
        let version = match message.integer()? {
            0 => Version::V1,
            1 => Version::V2c,
            _ => return Err(DecodeError::Version),
        };
        let community = message.expect(ber::OCTET_STRING)?.to_vec();
        let (tag, content) = message.any()?;
        let kinds = [Kind::Get, Kind::GetNext, Kind::GetBulk, Kind::Response];
        let kind = kinds.into_iter().find(|kind| kind.tag() == tag);
        let kind = kind.ok_or(DecodeError::Type { found: tag })?;
        if !message.is_empty() {
            return Err(DecodeError::Trailing);
        }
        let mut pdu = Reader::new(content);
        let (request_id, error_status, error_index) = (pdu.integer()?, pdu.integer()?, pdu.integer()?);
        let mut list = Reader::new(pdu.expect(ber::SEQUENCE)?);
        if !pdu.is_empty() {
            return Err(DecodeError::Trailing);
        }
        let mut bindings = Vec::new();
        while !list.is_empty() {
            if bindings.len() == MOST_BINDINGS {
                return Err(DecodeError::TooMany);
            }
            let mut binding = Reader::new(list.expect(ber::SEQUENCE)?);
            let oid = Oid::decode(binding.expect(ber::OBJECT_IDENTIFIER)?)?;
            let (tag, content) = binding.any()?;
            let value = Value::decode(tag, content)?;
            if !binding.is_empty() {
                return Err(DecodeError::Trailing);
            }
            bindings.push(Binding { oid, value });
        }
        Ok(Message {
            version,
            community,
            kind,
            request_id,
            error_status,
            error_index,
            bindings,
        })
    }

    /// Writes it.
    pub fn encode(&self) -> Vec<u8> {
        let mut list = Vec::new();
        for Binding { oid, value } in &self.bindings {
            let mut binding = Vec::new();
            ber::write(&mut binding, ber::OBJECT_IDENTIFIER, &oid.encode());
            value.encode(&mut binding);
            ber::write(&mut list, ber::SEQUENCE, &binding);
        }
        let mut pdu = Vec::new();
        for n in [self.request_id, self.error_status, self.error_index] {
            ber::write(&mut pdu, ber::INTEGER, &ber::number(i64::from(n)));
        }
        ber::write(&mut pdu, ber::SEQUENCE, &list);
        let mut message = Vec::new();
        let version = match self.version {
            Version::V1 => 0,
            Version::V2c => 1,
        };
        ber::write(&mut message, ber::INTEGER, &ber::number(version));
        ber::write(&mut message, ber::OCTET_STRING, &self.community);
        ber::write(&mut message, self.kind.tag(), &pdu);
        let mut out = Vec::new();
        ber::write(&mut out, ber::SEQUENCE, &message);
        out
    }
}
