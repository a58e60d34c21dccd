//! Platen: the print server of a fine-art print studio.
//!
//! The crate is one house of rooms on four floors; a room uses only rooms on floors below its own.
//!
//! | floor | rooms |
//! | --- | --- |
//! | doors | [`api`], [`ipp`], [`panel`] |
//! | work | [`intake`], [`queue`], [`press`], [`printers`], [`care`], [`watch`], [`system`] |
//! | ground | [`store`], [`spool`], [`color`] |
//! | words | [`model`], and the sans-IO message codec [`ipp::codec`] that both ends of the wire share |
//!
//! [`appliance`] is the one place that knows every room: it builds them from [`config`] and stops them in order.
//! [`render`] is the press as a command, [`simulate_day`] the plan of the queue in virtual time. [`simulate`] is a program
//! of its own in the same binary, a fake printer for tests and demonstrations; it shares nothing with the drivers but the
//! codec.
#![warn(missing_docs)]

pub mod appliance;
pub mod config;
pub mod crypto;
pub mod door;
pub mod logging;
pub mod simd;
pub mod tls;

pub mod api;
pub mod ipp;
pub mod panel;

pub mod care;
pub mod intake;
pub mod press;
pub mod printers;
pub mod queue;
pub mod system;
pub mod watch;

pub mod color;
pub mod spool;
pub mod store;

pub mod model;

pub mod render;
pub mod simulate;
pub mod simulate_day;
