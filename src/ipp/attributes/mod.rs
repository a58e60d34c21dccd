//! IPP attributes of printers and jobs, and the client's wishes read out of a request.

mod hold;
mod job;
mod media;
mod printer;
mod requested;
mod template;
mod wishes;

pub use hold::read_hold;
pub use job::{job_attributes, submitted};
pub use printer::{View, printer_attributes};
pub use requested::Requested;
pub use wishes::{UNSUPPORTED, is_job_attribute, read_wishes};

use super::codec::Value;
use crate::model::Timestamp;

/// A moment as IPP's dateTime.
fn date_time(at: Timestamp) -> Value {
    Value::date_time(at.as_seconds())
}

/// A count as IPP's integer, at most 2³¹−1.
fn integer(value: impl TryInto<i32>) -> Value {
    Value::Integer(value.try_into().unwrap_or(i32::MAX))
}
