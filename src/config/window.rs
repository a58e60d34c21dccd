//! Maintenance windows of the configuration.

use jiff::civil::{Time, Weekday};
use serde::Deserialize;
use smol_str::SmolStr;

use crate::model::{PrinterId, Routine, WindowRule};

/// The longest window: half a day.
const MOST_MINUTES: u32 = 12 * 60;

/// When a printer is kept for its care.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Window {
    /// The printers, by name; left out: every one.
    #[serde(default)]
    pub printers: Option<Vec<SmolStr>>,
    /// `mon`, `tue` …; left out: every day.
    #[serde(default)]
    pub weekdays: Option<Vec<SmolStr>>,
    /// When it begins: `06:30`, by the clock of the studio.
    pub at: SmolStr,
    /// How long it lasts.
    pub minutes: u32,
    /// What is done in it: `nozzle-check`, `cleaning`, `calibration-print` … Left out: what people do.
    #[serde(default)]
    pub routine: Option<SmolStr>,
}

impl Window {
    /// The rule, where it is right for these printers.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn rule(&self, known: &[PrinterId]) -> Result<WindowRule, String> {
        let wrong = |what: String| format!("the window at \"{}\" {what}", self.at);
        let is_empty = |list: &Option<Vec<SmolStr>>| list.as_ref().is_some_and(Vec::is_empty);
        if is_empty(&self.printers) || is_empty(&self.weekdays) {
            let what = "has an empty list: name some, or leave it out for all";
            return Err(wrong(what.to_owned()));
        }
        let mut printers = Vec::new();
        for name in self.printers.iter().flatten() {
            let id = PrinterId::from_name(name).ok().filter(|id| known.contains(id));
            printers.push(id.ok_or_else(|| wrong(format!("is for {name}, which is no [[printer]]")))?);
        }
        let mut weekdays = Vec::new();
        for word in self.weekdays.iter().flatten() {
            weekdays.push(weekday(word).ok_or_else(|| {
                wrong(format!(
                    "is on \"{word}\"; days are mon, tue, wed, thu, fri, sat and sun"
                ))
            })?);
        }
        let at: Time = self
            .at
            .parse()
            .map_err(|_| wrong("begins at no time of the day; write it as 06:30".to_owned()))?;
        if !(1..=MOST_MINUTES).contains(&self.minutes) {
            return Err(wrong(format!(
                "lasts {} minutes; 1 to {MOST_MINUTES} can be",
                self.minutes
            )));
        }
        let routine = match &self.routine {
            None => None,
            Some(word) => Some(Routine::from_keyword(word).ok_or_else(|| {
                let known: Vec<&str> = Routine::ALL.iter().map(|routine| routine.keyword()).collect();
                wrong(format!("is for \"{word}\"; one of {} is known", known.join(", ")))
            })?),
        };
        Ok(WindowRule {
            printers,
            weekdays,
            at,
            minutes: self.minutes,
            routine,
        })
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.to_ascii_lowercase().as_str() {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Result<WindowRule, String> {
        let window: Window = toml::from_str(text).unwrap();
        window.rule(&[PrinterId::new("gertie").unwrap()])
    }

    #[test]
    fn windows_are_checked() {
        let good = rule(
            "printers = [\"Gertie\"]\nweekdays = [\"mon\", \"Thu\"]\nat = \"06:30\"\nminutes = 20\nroutine = \"nozzle-check\"",
        )
        .unwrap();
        assert_eq!((good.weekdays.len(), good.routine), (2, Some(Routine::NozzleCheck)));
        assert_eq!((good.at.hour(), good.at.minute()), (6, 30));
        for (text, says) in [
            ("at = \"25:00\"\nminutes = 5", "06:30"),
            ("at = \"noon\"\nminutes = 5", "06:30"),
            ("at = \"06:30\"\nminutes = 5\nprinters = []", "leave it out"),
            ("at = \"06:30\"\nminutes = 5\nweekdays = []", "leave it out"),
            ("at = \"06:30\"\nminutes = 0", "1 to 720"),
            ("at = \"06:30\"\nminutes = 5\nweekdays = [\"monday\"]", "mon, tue"),
            ("at = \"06:30\"\nminutes = 5\nprinters = [\"Third\"]", "no [[printer]]"),
            ("at = \"06:30\"\nminutes = 5\nroutine = \"choke\"", "nozzle-check"),
        ] {
            let said = rule(text).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
    }
}
