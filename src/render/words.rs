//! Words that templates show and that the command line knows.

pub use crate::press::template::{KNOWN, known};

/// The date where this machine stands.
pub fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
}
