//! SNMP messages of versions 1 and 2c (RFC 1157, RFC 3416) in the part of BER that they use (X.690): sans-IO, bounded.
//!
//! Our own because both ends are wanted, the driver's and the simulator's; the crates that there are bring either a parser
//! alone or a client with a socket of its own. What is read may be written in any of BER's forms, as devices do; what is
//! written has one. Nothing here recurses: a message has a fixed shape.

mod ber;
mod message;
mod oid;
#[cfg(test)]
mod tests;

pub use message::{Binding, Kind, Message, Value, Version};
pub use oid::Oid;

/// Longest message, in bytes: what fits into one UDP datagram.
pub const MOST_BYTES: usize = 65_507;
/// Most variables of one message.
pub const MOST_BINDINGS: usize = 512;

/// Why bytes are no message. Offsets count from the first byte of what was read last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside of something.
    #[error("it ends early")]
    Truncated,
    /// A length that is indefinite, or larger than a datagram.
    #[error("it has a length that can't be")]
    Length,
    /// Another type than is due.
    #[error("type 0x{found:02x} stands where another one is due")]
    Type {
        /// The identifier octet.
        found: u8,
    },
    /// A number that does not fit its type.
    #[error("a number is too large")]
    Number,
    /// An object identifier that is none.
    #[error("an object identifier is malformed")]
    Oid,
    /// A version that is neither 1 nor 2c.
    #[error("it is of another version than 1 and 2c")]
    Version,
    /// More variables than [`MOST_BINDINGS`].
    #[error("it has too many variables")]
    TooMany,
    /// Bytes after the end.
    #[error("there is something after its end")]
    Trailing,
}
