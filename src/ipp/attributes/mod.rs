//! IPP attributes of printers and jobs, and the client's wishes read out of a request.

mod abilities;
mod constraints;
mod document;
mod hold;
mod job;
mod media;
mod pages;
mod preset;
mod printer;
mod requested;
mod state;
mod supplies;
mod template;
mod wishes;

pub use document::{DOCUMENT_SETTABLE, document_attributes};
pub use hold::read_hold;
pub use job::{DETAILS, HEAD, SETTABLE, Telling, head_attributes, job_attributes, submitted, with_choices};
pub use media::SHEETS;
pub use printer::{PRINTER_SETTABLE, View, printer_attributes};
pub use requested::Requested;
pub use state::{Behind, Standing};
pub use wishes::{Asked, UNSUPPORTED, is_job_attribute, left_to_the_house, read_media_col, read_wishes};

use super::codec::Value;
use crate::model::Timestamp;

/// Out-of-band value `not-settable` (RFC 3380, 8.1).
pub const NOT_SETTABLE: Value = Value::OutOfBand(0x15);

/// Out-of-band value `no-value` (RFC 8010, table 4).
const NO_VALUE: Value = Value::OutOfBand(0x13);

/// Out-of-band value `unknown` (RFC 8010, table 4).
const UNKNOWN: Value = Value::OutOfBand(0x12);

/// A moment as IPP's dateTime.
fn date_time(at: Timestamp) -> Value {
    Value::date_time(at.as_seconds())
}

/// A count as IPP's integer, at most 2³¹−1.
fn integer(value: impl TryInto<i32>) -> Value {
    Value::Integer(value.try_into().unwrap_or(i32::MAX))
}
