//! Maintenance windows: when a printer is kept for its care, by the clock of the studio. Pure.

use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, ToSpan, ZonedDateTime};

use super::{PrinterId, Routine, Timestamp};

/// How far ahead is looked: a window comes once a week at least.
const DAYS: i32 = 8;

/// A rule of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRule {
    /// The printers that are kept; none: every one.
    pub printers: Vec<PrinterId>,
    /// The days on which it begins; none: every day.
    pub weekdays: Vec<Weekday>,
    /// When it begins, by the clock on the wall.
    pub at: Time,
    /// How long it lasts.
    pub minutes: u32,
    /// What is done in it, if that is for Platen to do.
    pub routine: Option<Routine>,
}

/// A window of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

impl WindowRule {
    /// Whether it keeps a printer.
    pub fn keeps(&self, printer: &PrinterId) -> bool {
        self.printers.is_empty() || self.printers.contains(printer)
    }

    /// What it is for, as a noun with its article.
    pub fn purpose(&self) -> String {
        match self.routine {
            Some(routine) => format!("its {}", routine.shown()),
            None => "its care".to_owned(),
        }
    }

    /// Whether a window of it and one of another rule go on at one time, by a clock that nobody puts.
    pub fn meets(&self, other: &WindowRule) -> bool {
        const DAY: i64 = 24 * 60;
        let begins = |rule: &WindowRule| {
            let at = i64::from(rule.at.hour()) * 60 + i64::from(rule.at.minute());
            let days = (0..7).filter(|day| {
                let is_on = |weekday: &Weekday| i64::from(weekday.to_monday_zero_offset()) == *day;
                rule.weekdays.is_empty() || rule.weekdays.iter().any(is_on)
            });
            days.map(|day| day * DAY + at).collect::<Vec<i64>>()
        };
        // Each lasts half a day at most, so that the week before and the one after are enough.
        let theirs = begins(other);
        begins(self).into_iter().any(|from| {
            let apart = |their: &i64| (from - their).rem_euclid(7 * DAY);
            theirs.iter().any(|their| {
                apart(their) < i64::from(other.minutes) || 7 * DAY - apart(their) < i64::from(self.minutes)
            })
        })
    }

    /// The window that goes on `now`, else the next one.
    pub fn next(&self, now: &ZonedDateTime) -> Option<Span> {
        let lasts = SignedDuration::from_mins(i64::from(self.minutes));
        // One that began yesterday may go on.
        (-1..DAYS).find_map(|day| {
            let date = now.date().checked_add(day.days()).ok()?;
            if !self.weekdays.is_empty() && !self.weekdays.contains(&date.weekday()) {
                return None;
            }
            // Where a clock is put forward over it, it begins when the clock has been put.
            let from = date
                .to_datetime(self.at)
                .to_zoned_datetime(now.time_zone().clone())
                .ok()?;
            let to = from.checked_add(lasts).ok()?;
            let at = |moment: &ZonedDateTime| Timestamp(moment.timestamp().as_millisecond());
            (to > *now).then(|| Span {
                from: at(&from),
                to: at(&to),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;

    use super::*;

    fn rule(weekdays: &[Weekday], at: Time, minutes: u32) -> WindowRule {
        WindowRule {
            printers: vec![],
            weekdays: weekdays.to_vec(),
            at,
            minutes,
            routine: Some(Routine::NozzleCheck),
        }
    }

    /// Begin and end in minutes from `now`.
    fn from_now(rule: &WindowRule, now: &ZonedDateTime) -> (i64, i64) {
        let span = rule.next(now).unwrap();
        let minutes = |at: Timestamp| (at.0 - now.timestamp().as_millisecond()) / 60_000;
        (minutes(span.from), minutes(span.to))
    }

    #[test]
    fn the_next_or_the_one_that_goes_on() {
        // A Wednesday.
        let now = date(2026, 11, 25)
            .at(6, 40, 0, 0)
            .to_zoned_datetime(TimeZone::UTC)
            .unwrap();
        assert_eq!(from_now(&rule(&[], time(6, 30, 0, 0), 20), &now), (-10, 10));
        assert_eq!(
            from_now(&rule(&[], time(6, 30, 0, 0), 10), &now),
            (24 * 60 - 10, 24 * 60)
        );
        assert_eq!(
            from_now(&rule(&[Weekday::Wednesday], time(6, 30, 0, 0), 10), &now),
            (7 * 24 * 60 - 10, 7 * 24 * 60)
        );
        assert_eq!(
            from_now(&rule(&[Weekday::Friday], time(6, 40, 0, 0), 5), &now),
            (2 * 24 * 60, 2 * 24 * 60 + 5)
        );
        assert_eq!(
            from_now(&rule(&[], time(23, 0, 0, 0), 600), &now),
            (-460, 140),
            "over midnight"
        );
    }

    #[test]
    fn windows_meet_on_their_days_and_over_midnight() {
        let at = |weekdays: &[Weekday], hour: i8, minutes: u32| rule(weekdays, time(hour, 0, 0, 0), minutes);
        assert!(at(&[], 6, 60).meets(&at(&[], 6, 60)));
        assert!(!at(&[], 6, 60).meets(&at(&[], 7, 60)) && !at(&[], 7, 60).meets(&at(&[], 6, 60)));
        assert!(at(&[], 6, 61).meets(&at(&[], 7, 60)) && at(&[], 7, 60).meets(&at(&[], 6, 61)));
        assert!(!at(&[Weekday::Monday], 6, 90).meets(&at(&[Weekday::Tuesday], 6, 90)));
        assert!(
            at(&[Weekday::Sunday], 23, 120).meets(&at(&[Weekday::Monday], 0, 10)),
            "the week is round"
        );
        assert!(at(&[Weekday::Monday], 0, 10).meets(&at(&[Weekday::Sunday], 23, 120)));
        assert!(!at(&[Weekday::Saturday], 23, 120).meets(&at(&[Weekday::Monday], 0, 10)));
    }

    #[test]
    fn clocks_that_are_put_forward_and_back() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // 02:30 is not there on the 29th of March 2026, and twice on the 25th of October.
        for (month, day, expected) in [(3, 28, 24 * 60), (10, 24, 24 * 60)] {
            let now = date(2026, month, day)
                .at(2, 30, 0, 0)
                .to_zoned_datetime(zone.clone())
                .unwrap();
            let after = now.checked_add(1.minute()).unwrap();
            let (from, to) = from_now(&rule(&[], time(2, 30, 0, 0), 1), &after);
            assert_eq!((from, to), (expected - 1, expected));
        }
    }
}
