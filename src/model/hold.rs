//! Holding a job until a time: IPP's `job-hold-until` (RFC 8011, 5.2.2) and `job-hold-until-time` (PWG 5100.7, 6.1.4).

use jiff::civil::Weekday;
use jiff::{ToSpan, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::Timestamp;

/// A keyword of `job-hold-until` that holds, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldUntil {
    /// Until somebody releases it.
    Indefinite,
    /// 06:00 to 18:00
    DayTime,
    /// 18:00 to 06:00
    Evening,
    /// As evening.
    Night,
    /// Saturday and Sunday
    Weekend,
    /// 16:00 to midnight
    SecondShift,
    /// Midnight to 08:00
    ThirdShift,
    /// The moment of `job-hold-until-time`.
    Time(Timestamp),
    /// The next time that the clock of the studio shows this: seconds after midnight, 86,399 at most. `lp -H 22:30` asks
    /// for it; CUPS takes such a time as UTC, which nobody means.
    Clock(u32),
    /// Until Release-Held-New-Jobs: the printer held new jobs when it came (RFC 3998). Not to be asked for by a job.
    ReleaseOfNewJobs,
    /// Until somebody approves it: it was sent as a draft. Not to be asked for by `job-hold-until`.
    Approval,
}

/// A hold, and when it is over by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What was asked for.
    pub until: HoldUntil,
    /// When the job may go; `None`: not by itself.
    pub over: Option<Timestamp>,
    /// By how many seconds the clock of the studio is ahead of UTC then.
    #[serde(default)]
    pub offset: i32,
}

impl Hold {
    /// Until somebody lets it go.
    pub const INDEFINITE: Hold = Hold {
        until: HoldUntil::Indefinite,
        over: None,
        offset: 0,
    };

    /// That of a draft.
    pub const OF_DRAFT: Hold = Hold {
        until: HoldUntil::Approval,
        over: None,
        offset: 0,
    };

    /// That of a job that came while its printer held new jobs.
    pub const OF_NEW_JOBS: Hold = Hold {
        until: HoldUntil::ReleaseOfNewJobs,
        over: None,
        offset: 0,
    };

    /// When it is over, by the clock of the studio: `Thu 26 Nov 22:30`.
    pub fn over_shown(&self) -> Option<String> {
        self.over?.shown(self.offset)
    }
}

impl HoldUntil {
    /// What has a keyword. The hours are those of CUPS, where the standard leaves them to the site.
    pub const KEYWORDS: [(HoldUntil, &'static str); 7] = [
        (HoldUntil::Indefinite, "indefinite"),
        (HoldUntil::DayTime, "day-time"),
        (HoldUntil::Evening, "evening"),
        (HoldUntil::Night, "night"),
        (HoldUntil::Weekend, "weekend"),
        (HoldUntil::SecondShift, "second-shift"),
        (HoldUntil::ThirdShift, "third-shift"),
    ];

    /// The IPP keyword of what a job asked for; none for a moment, or when it was not the job that asked.
    pub fn keyword(self) -> Option<&'static str> {
        HoldUntil::KEYWORDS
            .iter()
            .find(|(h, _)| *h == self)
            .map(|(_, word)| *word)
    }

    /// What a keyword asks for.
    pub fn from_keyword(word: &str) -> Option<HoldUntil> {
        HoldUntil::KEYWORDS.iter().find(|(_, k)| *k == word).map(|(h, _)| *h)
    }

    /// The hold of a job that comes `now`, by the clock of the studio; `None` when the time that was asked for is
    /// already there.
    pub fn from(self, now: &ZonedDateTime) -> Option<Hold> {
        let hours = |from: i8, to: i8| {
            let hour = now.hour();
            let inside = if from < to {
                (from..to).contains(&hour)
            } else {
                hour >= from || hour < to
            };
            if inside {
                Some(None)
            } else {
                next(now, |at| at.hour() == from).map(Some)
            }
        };
        let over = match self {
            HoldUntil::Indefinite | HoldUntil::ReleaseOfNewJobs | HoldUntil::Approval => {
                return Some(Hold {
                    until: self,
                    over: None,
                    offset: 0,
                });
            }
            HoldUntil::Time(at) => (at > Timestamp(now.timestamp().as_millisecond())).then_some(at),
            HoldUntil::Clock(seconds) => Some(next_at(now, seconds)?),
            HoldUntil::DayTime => hours(6, 18)?,
            HoldUntil::Evening | HoldUntil::Night => hours(18, 6)?,
            HoldUntil::SecondShift => hours(16, 24)?,
            HoldUntil::ThirdShift => hours(0, 8)?,
            HoldUntil::Weekend => match now.weekday() {
                Weekday::Saturday | Weekday::Sunday => None,
                _ => next(now, |at| at.weekday() == Weekday::Saturday),
            },
        };
        over.map(|over| Hold {
            until: self,
            over: Some(over),
            offset: jiff::Timestamp::from_millisecond(over.0)
                .map_or(0, |moment| now.time_zone().to_offset(moment).seconds()),
        })
    }

    /// What a time of day asks for: `22:30` or `22:30:15`.
    pub fn from_clock(text: &str) -> Option<HoldUntil> {
        let parts: Vec<&str> = text.split(':').collect();
        let number = |part: &str, most: u32| {
            let is_number = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|n: &u32| is_number && *n <= most)
        };
        let (hours, minutes, seconds) = match parts.as_slice() {
            [hours, minutes] => (hours, minutes, &"0"),
            [hours, minutes, seconds] => (hours, minutes, seconds),
            _ => return None,
        };
        let hours = number(hours, 23)? * 3600;
        Some(HoldUntil::Clock(
            hours + number(minutes, 59)? * 60 + number(seconds, 59)?,
        ))
    }

    /// The value of `job-hold-until`: a keyword, or the time of day that was asked for.
    pub fn word(self) -> Option<String> {
        match self {
            HoldUntil::Clock(at) if at % 60 == 0 => Some(format!("{:02}:{:02}", at / 3600, at / 60 % 60)),
            HoldUntil::Clock(at) => Some(format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60)),
            other => other.keyword().map(str::to_owned),
        }
    }
}

/// The next time that the clock shows so many seconds after midnight. Where it is put forward over that, when it has been
/// put.
fn next_at(now: &ZonedDateTime, seconds: u32) -> Option<Timestamp> {
    let part = |n: u32| i8::try_from(n).ok();
    let (hours, minutes) = (part(seconds / 3600)?, part(seconds / 60 % 60)?);
    let time = jiff::civil::Time::new(hours, minutes, part(seconds % 60)?, 0).ok()?;
    (0..3).find_map(|day| {
        let date = now.date().checked_add(day.days()).ok()?;
        let at = date.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok()?;
        (at > *now).then(|| Timestamp(at.timestamp().as_millisecond()))
    })
}

/// The next full hour that is as wanted. Looked for hour by hour, so that it is right where a clock is put forward or
/// back.
fn next(now: &ZonedDateTime, wanted: impl Fn(&ZonedDateTime) -> bool) -> Option<Timestamp> {
    let mut at = now.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?;
    for _ in 0..24 * 8 {
        at = at.checked_add(1.hour()).ok()?;
        if wanted(&at) {
            return Some(Timestamp(at.timestamp().as_millisecond()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> ZonedDateTime {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        civil.to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap()
    }

    /// From `now` to the end of the hold, in hours.
    fn hours(until: HoldUntil, now: &str) -> Option<f64> {
        let now = utc(now);
        let over = until.from(&now)?.over?;
        Some((over.0 - now.timestamp().as_millisecond()) as f64 / 3_600_000.0)
    }

    #[test]
    fn named_times_end_when_they_begin() {
        // A Wednesday.
        let noon = "2026-11-25T12:30:00";
        assert_eq!(hours(HoldUntil::DayTime, noon), None);
        assert_eq!(hours(HoldUntil::Evening, noon), Some(5.5));
        assert_eq!(hours(HoldUntil::Night, noon), Some(5.5));
        assert_eq!(hours(HoldUntil::SecondShift, noon), Some(3.5));
        assert_eq!(hours(HoldUntil::ThirdShift, noon), Some(11.5));
        assert_eq!(hours(HoldUntil::Weekend, noon), Some(59.5));
        assert_eq!(hours(HoldUntil::Indefinite, noon), None);
        assert!(HoldUntil::Indefinite.from(&utc(noon)).is_some());
        let late = "2026-11-28T23:00:00";
        assert_eq!(hours(HoldUntil::Weekend, late), None);
        assert_eq!(hours(HoldUntil::Night, late), None);
        assert_eq!(hours(HoldUntil::SecondShift, late), None);
        assert_eq!(hours(HoldUntil::DayTime, late), Some(7.0));
    }

    #[test]
    fn a_moment_that_has_passed_holds_nothing() {
        let now = "2026-11-25T12:30:00";
        let at = utc(now);
        let ms = at.timestamp().as_millisecond();
        assert_eq!(hours(HoldUntil::Time(Timestamp(ms + 3_600_000)), now), Some(1.0));
        assert_eq!(HoldUntil::Time(Timestamp(ms)).from(&at), None);
    }

    #[test]
    fn a_time_of_day_is_the_next_one_by_the_clock() {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let civil: jiff::civil::DateTime = "2026-11-25T12:30:00".parse().unwrap();
        let now = civil.to_zoned_datetime(zone).unwrap();
        let shown = |text: &str| {
            HoldUntil::from_clock(text)
                .unwrap()
                .from(&now)
                .unwrap()
                .over_shown()
                .unwrap()
        };
        assert_eq!(shown("22:30"), "Wed 25 Nov 22:30");
        assert_eq!(shown("6:05:30"), "Thu 26 Nov 06:05");
        assert_eq!(shown("12:30"), "Thu 26 Nov 12:30", "this minute has begun");
        assert_eq!(HoldUntil::from_clock("06:05:30").unwrap().word().unwrap(), "06:05:30");
        assert_eq!(HoldUntil::from_clock("6:05").unwrap().word().unwrap(), "06:05");
        for bad in ["24:00", "12", "12:60", "12:3a", "+1:00", "", "1:2:3:4", "012:30"] {
            assert_eq!(HoldUntil::from_clock(bad), None, "{bad}");
        }
        assert_eq!(Hold::OF_NEW_JOBS.over_shown(), None);
    }

    #[test]
    fn keywords_there_and_back() {
        for (until, word) in HoldUntil::KEYWORDS {
            assert_eq!(
                (until.keyword(), HoldUntil::from_keyword(word)),
                (Some(word), Some(until))
            );
        }
        assert_eq!(HoldUntil::from_keyword("no-hold"), None);
    }
}
