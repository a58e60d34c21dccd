//! The machine that Platen runs on as an appliance.
//!
//! [`service`] tells systemd how it goes.

pub mod service;
