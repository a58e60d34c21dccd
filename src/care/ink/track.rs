//! One ink's level through its books, by each of the three rules by which a printer may round.

use crate::model::{InkEntry, InkReason};

use super::{Calibration, used};

/// One standard deviation of what a single booking is off by, beside the bias that all share.
const BOOKING_SPREAD: f64 = 0.25;
/// One standard deviation of a full tank's contents, of its capacity. A guess: *unproven*.
const FILL_SPREAD: f64 = 0.02;
/// One standard deviation of a step's place, of the capacity: the printer's own counting, and when it was asked.
const STEP_SPREAD: f64 = 0.0025;
/// Standard deviations beyond which what is shown and what is believed do not go together.
const APART: f64 = 3.0;
/// The most that one step can speak against a rule, in squared standard deviations.
const MOST_DOUBT: f64 = 9.0;

/// By each rule: "30" stands for 20 to 30, 25 to 35, 30 to 40 per cent.
pub(super) type Tracks = [Track; 3];

/// What is believed by one rule, in nanolitres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Track {
    /// How far above the number that is shown its range ends, in per cent: 0, half a step, a step.
    above: f64,
    step: f64,
    full: f64,
    belief: Option<Belief>,
    shown: Option<f64>,
    /// What the newest entry took away, where it is a booking: it may have passed a step at any moment of it.
    newest: f64,
    /// The logarithm of how likely its steps are by this rule, but for what all rules share.
    pub likelihood: f64,
}

#[derive(Debug, Clone, Copy)]
struct Belief {
    level: f64,
    /// Variance of the level when it was last set by a step or a tank.
    variance: f64,
    /// Variance of the bookings since, each by itself.
    noise: f64,
    /// What was booked since: its bias is shared.
    booked: f64,
}

impl Belief {
    fn fresh(level: f64, variance: f64) -> Self {
        Belief {
            level,
            variance,
            noise: 0.0,
            booked: 0.0,
        }
    }

    fn variance(&self, calibration: &Calibration) -> f64 {
        self.variance + self.noise + (calibration.spread * self.booked).powi(2)
    }
}

/// Follows the books by all three rules.
pub(super) fn follow(entries: &[InkEntry], step: f64, full: f64, calibration: &Calibration) -> Tracks {
    [0.0, step / 2.0, step].map(|above| {
        let mut track = Track {
            above,
            step,
            full,
            belief: None,
            shown: None,
            newest: 0.0,
            likelihood: 0.0,
        };
        for entry in entries {
            track.take(entry, calibration);
        }
        // What is believed at the end, with all that makes it uncertain.
        track.belief = track.belief.map(|b| Belief::fresh(b.level, b.variance(calibration)));
        track
    })
}

impl Track {
    /// The level and its variance. What is shown bounds them: a level that had left its range would show another number.
    pub fn now(&self, full: f64) -> Option<(f64, f64)> {
        let belief = self.belief?;
        let (low, high) = match self.shown {
            // The newest booking may have taken it out of its range, and the printer was not asked since.
            Some(shown) => {
                let (low, high) = self.range(shown);
                ((low - self.newest).max(0.0), high)
            }
            None => (0.0, full),
        };
        let variance = belief.variance.min((high - low).powi(2) / 12.0);
        Some((belief.level.clamp(low, high), variance))
    }

    /// What a number stands for by this rule.
    fn range(&self, shown: f64) -> (f64, f64) {
        let share = |percent: f64| (percent / 100.0).clamp(0.0, 1.0) * self.full;
        (share(shown - self.step + self.above), share(shown + self.above))
    }

    fn take(&mut self, InkEntry { entry, .. }: &InkEntry, calibration: &Calibration) {
        let newest = std::mem::take(&mut self.newest);
        match entry.reason {
            InkReason::Job | InkReason::Cleaning => {
                let amount = used(entry.delta);
                self.newest = amount * calibration.factor;
                if let Some(belief) = &mut self.belief {
                    belief.level -= self.newest;
                    belief.booked += amount;
                    belief.noise += (BOOKING_SPREAD * self.newest).powi(2);
                }
            }
            InkReason::WrittenOff => {
                if let Some(belief) = &mut self.belief {
                    belief.level -= used(entry.delta);
                }
            }
            InkReason::Fitted => {
                let held = (entry.delta.0.max(0) as f64).min(self.full);
                self.belief = Some(Belief::fresh(held, (FILL_SPREAD * self.full).powi(2)));
                self.shown = None;
            }
            InkReason::Reading { level } if (0..=100).contains(&level) => {
                self.read(f64::from(level), newest, calibration);
            }
            InkReason::Reading { .. } => self.shown = None,
        }
    }

    fn read(&mut self, now: f64, newest: f64, calibration: &Calibration) {
        let before = self.shown.replace(now);
        let border = |shown: f64| ((shown + self.above) / 100.0).clamp(0.0, 1.0) * self.full;
        match before {
            Some(before) if before == now => {}
            Some(before) if before - now == self.step => {
                // It was passed somewhere in the newest booking.
                let level = border(now) - newest / 2.0;
                let variance = newest * newest / 12.0 + self.slack();
                if let Some(belief) = &self.belief {
                    let apart = (belief.level - level).powi(2) / (belief.variance(calibration) + variance);
                    self.likelihood -= apart.min(MOST_DOUBT) / 2.0;
                }
                self.belief = Some(Belief::fresh(level, variance));
            }
            Some(before) if now > before && now - before <= self.step => {
                let width = self.full * self.step / 100.0;
                self.belief = Some(Belief::fresh(border(before), (width / 4.0).powi(2)));
            }
            Some(before) if now > before => {
                // The old tank has shown its last number to its end: it should not have been used beyond that.
                if let Some(belief) = &self.belief {
                    let beyond = (self.range(before).0 - belief.level).max(0.0);
                    let variance = belief.variance(calibration) + newest * newest / 12.0 + self.slack();
                    self.likelihood -= (beyond * beyond / variance).min(MOST_DOUBT) / 2.0;
                }
                self.belief = Some(self.tank(now));
            }
            _ => self.belief = Some(self.within(now, calibration)),
        }
    }

    /// What is believed goes on as far as it lies in what is shown; else it is anywhere in that.
    fn within(&self, now: f64, calibration: &Calibration) -> Belief {
        let (low, high) = self.range(now);
        let Some(belief) = self.belief else {
            return self.anywhere(now);
        };
        let variance = belief.variance(calibration);
        let reach = APART * variance.sqrt();
        if belief.level + reach < low {
            // More than there could be: a tank was fitted while nobody looked.
            return self.tank(now);
        }
        if belief.level - reach > high {
            return self.anywhere(now);
        }
        let width = high - low;
        Belief::fresh(belief.level.clamp(low, high), variance.min(width * width / 12.0))
    }

    /// The variance of a step's place.
    fn slack(&self) -> f64 {
        (STEP_SPREAD * self.full).powi(2)
    }

    /// A tank that was fitted is full where what is shown lets it be: used ones are seldom put back.
    fn tank(&self, shown: f64) -> Belief {
        if self.range(shown).1 >= self.full {
            Belief::fresh(self.full, (FILL_SPREAD * self.full).powi(2))
        } else {
            self.anywhere(shown)
        }
    }

    fn anywhere(&self, shown: f64) -> Belief {
        let (low, high) = self.range(shown);
        Belief::fresh((low + high) / 2.0, (high - low).powi(2) / 12.0)
    }
}
