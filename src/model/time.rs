//! Moments.

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, by the wall clock.
///
/// The core never reads a clock; whoever calls it says what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The wall clock now. Only the rims of the house call this.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Whole seconds since 1970.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// By a clock that is so many seconds ahead of UTC, for people: `Thu 26 Nov 22:30`.
    pub fn shown(self, offset: i32) -> Option<String> {
        let moment = jiff::Timestamp::from_millisecond(self.0).ok()?;
        let offset = jiff::tz::Offset::from_seconds(offset).ok()?;
        Some(offset.to_datetime(moment).strftime("%a %-d %b %H:%M").to_string())
    }

    /// This moment and `ms` milliseconds.
    pub fn plus_ms(self, ms: i64) -> Self {
        Timestamp(self.0.saturating_add(ms))
    }
}
