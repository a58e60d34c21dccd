//! What people have switched or written down at a printer, or at the pool: it outlives a restart.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::{Timestamp, who};

/// Who turned a switch, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// Who; [`super::NOBODY`] gave no name.
    pub by: SmolStr,
    /// When.
    pub at: Timestamp,
    /// By how many seconds the clock of the studio was ahead of UTC then.
    pub offset: i32,
}

impl Turned {
    /// "by ann since Thu 26 Nov 22:30"
    fn shown(&self) -> SmolStr {
        match self.at.shown(self.offset) {
            Some(since) => format_smolstr!("by {} since {since}", who(&self.by)),
            None => format_smolstr!("by {}", who(&self.by)),
        }
    }
}

/// Switches and texts of one printer, or of the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrinterControl {
    /// Pause-Printer: nothing new is begun.
    pub paused: bool,
    /// Disable-Printer clears it: new jobs are refused.
    pub accepting: bool,
    /// Hold-New-Jobs (RFC 3998): new jobs are held until Release-Held-New-Jobs.
    pub holding_new: bool,
    /// Shutdown-Printer (RFC 3998): nothing is taken and nothing begun until Startup-Printer.
    pub shut_down: bool,
    /// `printer-info`; `None`: its name.
    pub info: Option<SmolStr>,
    /// `printer-location`
    pub location: SmolStr,
    /// `printer-geo-location`, a `geo:` URI (RFC 5870); `None`: unknown.
    pub geo_location: Option<SmolStr>,
    /// `printer-organization`
    pub organization: SmolStr,
    /// `printer-organizational-unit`
    pub organizational_unit: SmolStr,
    /// `printer-message-from-operator`
    pub message_from_operator: SmolStr,
    /// Who paused it or shut it down, while it is.
    pub stopped: Option<Turned>,
    /// Who has new jobs refused, while they are.
    pub refusing: Option<Turned>,
    /// When a switch was last turned.
    pub state_changed: Option<Timestamp>,
    /// When a text was last changed.
    pub config_changed: Option<Timestamp>,
}

impl Default for PrinterControl {
    fn default() -> Self {
        PrinterControl {
            paused: false,
            accepting: true,
            holding_new: false,
            shut_down: false,
            info: None,
            location: SmolStr::default(),
            geo_location: None,
            organization: SmolStr::default(),
            organizational_unit: SmolStr::default(),
            message_from_operator: SmolStr::default(),
            stopped: None,
            refusing: None,
            state_changed: None,
            config_changed: None,
        }
    }
}

impl PrinterControl {
    /// Whether jobs may be begun.
    pub fn prints(&self) -> bool {
        !self.paused && !self.shut_down
    }

    /// Whether new jobs are taken.
    pub fn takes_jobs(&self) -> bool {
        self.accepting && !self.shut_down
    }

    /// Carries a change out, and remembers who has stopped it by that, or has new jobs refused.
    pub fn turn(&mut self, change: impl FnOnce(&mut PrinterControl), by: &Turned) {
        let before = self.clone();
        change(self);
        let remember = |was: bool, is: bool, before: Option<Turned>| match (was, is) {
            (_, false) => None,
            (true, true) => before,
            (false, true) => Some(by.clone()),
        };
        self.stopped = remember(!before.prints(), !self.prints(), before.stopped);
        self.refusing = remember(!before.accepting, !self.accepting, before.refusing);
    }

    /// What people have switched that keeps jobs waiting or away, in words; of what is as usual nothing.
    pub fn in_words(&self) -> Vec<SmolStr> {
        let told = |what: &str, turned: &Option<Turned>| match turned {
            Some(turned) => format_smolstr!("{what} {}", turned.shown()),
            None => what.into(),
        };
        let mut words = Vec::new();
        if self.shut_down {
            words.push(told("switched off", &self.stopped));
        } else if self.paused {
            words.push(told("paused", &self.stopped));
        }
        if !self.accepting {
            words.push(told("new jobs are refused", &self.refusing));
        }
        words
    }

    /// The switches, to tell whether one was turned.
    pub fn switches(&self) -> [bool; 4] {
        [self.paused, self.accepting, self.holding_new, self.shut_down]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_stopped_it_is_remembered_until_it_goes_on() {
        let by = |who: &str, at| Turned {
            by: who.into(),
            at: Timestamp(at),
            offset: 3_600,
        };
        let mut control = PrinterControl::default();
        assert!(control.in_words().is_empty());
        control.turn(|c| c.paused = true, &by("ann", 0));
        assert_eq!(control.in_words(), ["paused by ann since Thu 1 Jan 01:00"]);
        // Who says it again changes nothing, and other switches do not either.
        control.turn(|c| c.paused = true, &by("bob", 60_000));
        control.turn(|c| c.accepting = false, &by(crate::model::NOBODY, 120_000));
        assert_eq!(
            control.in_words(),
            [
                "paused by ann since Thu 1 Jan 01:00",
                "new jobs are refused by somebody who gave no name since Thu 1 Jan 01:02"
            ]
        );
        control.turn(|c| c.location = "studio".into(), &by("bob", 180_000));
        assert_eq!(control.stopped, Some(by("ann", 0)));
        control.turn(|c| (c.paused, c.accepting) = (false, true), &by("bob", 240_000));
        assert_eq!((control.in_words().len(), &control.stopped), (0, &None));
        // What was paused by an older version.
        control.paused = true;
        assert_eq!(control.in_words(), ["paused"]);
    }
}
