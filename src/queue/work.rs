//! How long a job will take on a printer, as far as can be said beforehand. Pure.

use crate::model::{Job, MediaSize, PrintQuality};

/// Milliseconds for a square metre at normal quality. Owners tell of 2 to 4 minutes for an A3+ (0.159 m²) and 4 to 7 for
/// 17 × 22 inches (0.241 m²), from memory: *unproven*. It decides what is worth a change of paper, never a promise.
const MS_PER_SQUARE_METRE: f64 = 1_100_000.0;
/// A sheet is fed and put out in so many milliseconds at least.
const SHEET_MS: f64 = 15_000.0;

/// Milliseconds for a sheet.
pub fn sheet_ms(size: &MediaSize, quality: PrintQuality) -> i64 {
    let square_metres = size.x.as_mm() * size.y.as_mm() / 1e6;
    let slower = match quality {
        PrintQuality::Draft => 0.5,
        PrintQuality::Normal => 1.0,
        PrintQuality::High => 1.5,
    };
    (SHEET_MS + square_metres * MS_PER_SQUARE_METRE * slower) as i64
}

/// Milliseconds for all sheets of a job.
pub fn work_ms(job: &Job) -> i64 {
    let ticket = &job.ticket;
    let sheet = sheet_ms(&ticket.media.value.size, ticket.quality.value);
    sheet.saturating_mul(i64::from(job.sheets_left().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_owners_tell_is_within() {
        let minutes = |name: &str, quality| {
            let size = MediaSize::from_name(name).unwrap();
            sheet_ms(&size, quality) as f64 / 60_000.0
        };
        for (quality, least, most) in [(PrintQuality::Draft, 1.0, 2.0), (PrintQuality::Normal, 2.0, 4.0)] {
            let a3_plus = minutes("na_super-b_13x19in", quality);
            assert!((least..most).contains(&a3_plus), "{a3_plus}");
        }
        let big = minutes("na_c_17x22in", PrintQuality::High);
        assert!((4.0..7.5).contains(&big), "{big}");
    }
}
