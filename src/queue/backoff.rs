//! How long a job waits before it is tried again at a printer that printed nothing of it.

use crate::model::TroubleClass;

/// The shortest wait, in milliseconds.
pub const SHORTEST_MS: i64 = 1_000;
/// The longest wait, in milliseconds.
pub const LONGEST_MS: i64 = 60_000;
/// How long a job waits that broke Platen down, in milliseconds: were it the first again after a restart, it would bring
/// Platen down before anything else is printed, and whatever ends Platen for another reason would hit the same job again.
pub const AFTER_CRASH_MS: i64 = 30_000;

/// Milliseconds before the next try after `failures` tries that printed nothing.
///
/// A printer that is busy is asked again soon, since it says itself that it will be free; anything else doubles from
/// one second to a minute, but for a breakdown of our own.
pub fn wait_ms(class: TroubleClass, failures: u32) -> i64 {
    let doubled = SHORTEST_MS
        .saturating_mul(1i64 << failures.saturating_sub(1).min(16))
        .min(LONGEST_MS);
    match class {
        TroubleClass::Busy => doubled.min(5_000),
        TroubleClass::Crash => AFTER_CRASH_MS,
        _ => doubled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_no_further() {
        let waits: Vec<i64> = (1..=8).map(|n| wait_ms(TroubleClass::Offline, n)).collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
        assert_eq!(wait_ms(TroubleClass::Offline, u32::MAX), LONGEST_MS);
        assert_eq!(wait_ms(TroubleClass::Busy, 30), 5_000);
        assert_eq!(wait_ms(TroubleClass::Crash, 1), AFTER_CRASH_MS);
    }
}
