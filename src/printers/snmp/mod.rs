//! Status by SNMP: read, never written.
//!
//! ```text
//!   client ──► rows of a branch ──► printer_mib (RFC 3805, RFC 2790) ──┐
//!   (UDP)                      └──► canon (its status document)      ──┴──► Readings ──► merged
//! ```
//!
//! The community is sent in the clear, so no more than what anybody on the LAN may read is expected of it.

pub mod canon;
mod client;
pub mod codec;
pub mod printer_mib;
mod read;
mod walk;

pub use client::{Client, SnmpError};
pub use read::{Answers, gather, read, understand};
pub use walk::{Bounds, Row, Walk};

/// Where agents listen (RFC 3417, 3.2).
pub const PORT: u16 = 161;
/// The community that printers are shipped with.
pub const COMMUNITY: &str = "public";
