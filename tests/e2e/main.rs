//! End to end: the real daemon, real clients (`ipptool`), and real printers that we did not write (`ippeveprinter`)
//! beside our own simulator. Needs Debian's `cups-ipp-utils` and `dbus-daemon`; `tests/run` installs them.

// A test may stop where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_days;
mod bad_input;
mod cli;
mod command;
mod common;
mod conformance;
mod cups_queue;
mod disk;
mod documents;
mod first_print;
mod hostile;
mod jobs;
mod kill;
mod lpstat;
mod memory;
mod operations;
mod opinions;
mod panel;
mod presets;
mod proof;
mod routing;
mod service;
mod subscriptions;
mod tls;
mod torn;
mod updates;
mod waiting;
