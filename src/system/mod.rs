//! The machine that Platen runs on as an appliance.
//!
//! [`service`] tells systemd how it goes; [`update`] brings new versions, and goes back from those that are not good;
//! [`machine`] sets name, network and clock, and forgets them; [`support`] takes secrets out of what is handed to helpers.

pub mod machine;
pub mod service;
pub mod support;
pub mod update;
