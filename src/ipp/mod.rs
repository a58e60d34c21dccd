//! The IPP door: being a printer on the LAN (RFC 8010, RFC 8011, PWG 5100.x).
//!
//! [`codec`] is the one part that stands on the ground floor: it is sans-IO, knows nothing but bytes, and serves
//! both ends of the wire ([`crate::printers`] and [`crate::simulate`] use it too).

pub mod codec;
