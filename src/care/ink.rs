//! Ink: how much there is of each, with its error, worked out from the books.
//!
//! A printer tells its levels in steps (of ten per cent in a PRO-1000: 8 ml of its 80). Between two steps only the books
//! know what was used, and they are estimates. So a level is: what the last step says, less what was booked since, times
//! what the steps have taught about this ink's estimates.
//!
//! **Which side of a step is shown** is *unproven*: "30" may stand for 20 to 30, 25 to 35 or 30 to 40 per cent. All three
//! rules are followed side by side (`track`). They differ by where the first step of a new tank falls and where the last
//! number of an old one ends, so tanks tell them apart; the printer's inks vote together, since they share one rule. Until
//! they have, the error covers all three.
//!
//! **Conventions.** −1, −2 and −3 mean unknown, and change nothing. A level that falls by one step was passed just now.
//! One that falls by more lies somewhere in what is shown. One that rises by a step at most has trembled at its border; by
//! more, a new tank was fitted, which is full where the level can be a full one's. The first level ever lies anywhere in
//! what is shown, all equally likely. Every error is one standard deviation.

use std::collections::BTreeMap;
use std::fmt;

use smol_str::SmolStr;

use crate::model::{InkEntry, InkLevel, InkReason, Nanoliters, Need, Timestamp};

mod track;

/// A PFI-1000, the tank of a PRO-1000 (dealers' lists).
pub const TANK: Nanoliters = Nanoliters::ml(80);

/// One standard deviation of an estimate's bias before anything was learned of it: 30 per cent.
const PRIOR_SPREAD: f64 = 0.30;
/// One standard deviation of what one interval of ten per cent says of the bias: jobs differ, and so does the moment at
/// which the step is seen.
const INTERVAL_SPREAD: f64 = 0.15;
/// Bounds of the factor: what lies outside is use that nobody booked, not a bias.
const FACTOR: (f64, f64) = (0.4, 2.5);
/// Intervals that it is learned from, the newest.
const INTERVALS: usize = 24;
/// How sure one must be that an ink lasts, in standard deviations: nine times in ten.
const SURE: f64 = 1.28;

/// What the steps have taught about an ink's estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// What was used for each unit that was booked.
    pub factor: f64,
    /// One standard deviation of it.
    pub spread: f64,
    /// Intervals between steps that it was learned from.
    pub intervals: usize,
}

/// What the books say of an ink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Account {
    /// How much there is; `None`: the printer has told no level, and nobody has fitted a tank.
    pub level: Option<InkLevel>,
    /// What its estimates are worth.
    pub calibration: Calibration,
}

impl Account {
    /// An estimate by what was learned of this ink. What is booked stays as it was estimated.
    pub fn corrected(&self, need: Need) -> Need {
        let amount = need.amount.0 as f64;
        let error = (need.error.0 as f64 * self.calibration.factor).hypot(amount * self.calibration.spread);
        Need {
            amount: Nanoliters((amount * self.calibration.factor).round() as i64),
            error: Nanoliters(error.round() as i64),
        }
    }
}

/// The accounts of a printer's inks from their books, each oldest entry first. Tanks hold `capacity`.
pub fn accounts(books: &BTreeMap<SmolStr, Vec<InkEntry>>, capacity: Nanoliters) -> BTreeMap<SmolStr, Account> {
    let step = step(books.values().flatten());
    let full = capacity.0.max(1) as f64;
    let mut votes = [0.0; 3];
    let mut read = Vec::new();
    for (channel, entries) in books {
        let calibration = calibrate(entries, step, full);
        let tracks = track::follow(entries, step, full, &calibration);
        for (vote, track) in votes.iter_mut().zip(&tracks) {
            *vote += track.likelihood;
        }
        read.push((channel, entries.last().map(|e| e.entry.at), calibration, tracks));
    }
    let weights = weights(votes);
    let account = |(channel, at, calibration, tracks): (&SmolStr, Option<Timestamp>, Calibration, track::Tracks)| {
        let level = at.and_then(|at| mixed(&tracks, weights, capacity, at));
        (channel.clone(), Account { level, calibration })
    };
    read.into_iter().map(account).collect()
}

/// The step in which levels are told, in per cent: 10 unless something finer was ever told.
fn step<'a>(entries: impl Iterator<Item = &'a InkEntry>) -> f64 {
    let told = |entry: &InkEntry| match entry.entry.reason {
        InkReason::Reading { level } => (0..=100).contains(&level).then_some(level),
        _ => None,
    };
    let finest = |step: i32, level: i32| match level {
        tens if tens % 10 == 0 => step,
        fives if fives % 5 == 0 => step.min(5),
        _ => 1,
    };
    f64::from(entries.filter_map(told).fold(10, finest))
}

/// What was used for each unit booked, from the intervals between steps of one down: each is one step's worth of ink, by
/// whichever rule.
fn calibrate(entries: &[InkEntry], step: f64, full: f64) -> Calibration {
    let worth = full * step / 100.0;
    let mut booked: Vec<f64> = Vec::new();
    let mut since: Option<f64> = None;
    let mut shown: Option<i32> = None;
    for InkEntry { entry, .. } in entries {
        match entry.reason {
            InkReason::Job | InkReason::Cleaning => {
                since = since.map(|sum| sum + used(entry.delta));
            }
            InkReason::Fitted | InkReason::WrittenOff => since = None,
            InkReason::Reading { level } => {
                let level = (0..=100).contains(&level).then_some(level);
                match (shown, level) {
                    (Some(before), Some(now)) if f64::from(before - now) == step => {
                        // Use that nobody booked, or bookings that were never printed, are no bias.
                        booked.extend(since.map(|sum| sum.clamp(worth / 4.0, worth * 4.0)));
                        since = Some(0.0);
                    }
                    (Some(before), Some(now)) if before == now => {}
                    _ => since = None,
                }
                shown = level;
            }
        }
    }
    let newest = &booked[booked.len().saturating_sub(INTERVALS)..];
    let intervals = newest.len();
    // An interval of less ink says less.
    let noise = INTERVAL_SPREAD * (10.0 / step).sqrt();
    let prior = (noise / PRIOR_SPREAD).powi(2);
    let used = worth * (prior + intervals as f64);
    let factor = (used / (worth * prior + newest.iter().sum::<f64>())).clamp(FACTOR.0, FACTOR.1);
    Calibration {
        factor,
        spread: factor * noise / (prior + intervals as f64).sqrt(),
        intervals,
    }
}

/// What an entry took away.
fn used(delta: Nanoliters) -> f64 {
    delta.0.saturating_neg().max(0) as f64
}

/// How likely each rule is by the votes of all inks; none is ever ruled out for good.
fn weights(votes: [f64; 3]) -> [f64; 3] {
    let best = votes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw = votes.map(|vote| (vote - best).exp() + 0.001);
    let sum: f64 = raw.iter().sum();
    raw.map(|weight| weight / sum)
}

/// The level by all three rules together.
fn mixed(tracks: &track::Tracks, weights: [f64; 3], capacity: Nanoliters, at: Timestamp) -> Option<InkLevel> {
    let full = capacity.0.max(0) as f64;
    let mut guesses = [(0.0, 0.0); 3];
    for (guess, track) in guesses.iter_mut().zip(tracks) {
        *guess = track.now(full)?;
    }
    let together = || guesses.iter().zip(weights);
    let mean: f64 = together().map(|((level, _), weight)| level * weight).sum();
    let variance: f64 = together()
        .map(|((level, variance), weight)| weight * (variance + (level - mean).powi(2)))
        .sum();
    Some(InkLevel {
        level: Nanoliters(mean.clamp(0.0, full).round() as i64),
        error: Nanoliters(variance.max(0.0).sqrt().min(full).round() as i64),
        capacity,
        at,
    })
}

/// Whether the inks last for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enough {
    /// All do, nine times in ten or better.
    Yes,
    /// One may not.
    No {
        /// Which, the shortest.
        channel: SmolStr,
        /// What would have to be there beside what is, to be sure of it.
        short: Nanoliters,
    },
    /// Nobody knows how much of this one there is; of none is it known that it does not last.
    Unknown {
        /// Which.
        channel: SmolStr,
    },
}

impl fmt::Display for Enough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Enough::Yes => f.write_str("there is ink enough"),
            Enough::No { channel, short } => write!(f, "{channel} may run out: {short} more would be needed"),
            Enough::Unknown { channel } => write!(f, "it is not known how much {channel} there is"),
        }
    }
}

/// Whether a printer's inks last for what a job needs. Its estimates are corrected by what was learned of each ink.
pub fn enough(accounts: &BTreeMap<SmolStr, Account>, needs: &BTreeMap<SmolStr, Need>) -> Enough {
    let mut shortest: Option<(Nanoliters, &SmolStr)> = None;
    let mut unknown: Option<&SmolStr> = None;
    for (channel, need) in needs.iter().filter(|(_, need)| need.amount > Nanoliters::ZERO) {
        let account = accounts.get(channel);
        let Some((account, level)) = account.and_then(|a| Some((a, a.level?))) else {
            unknown = unknown.or(Some(channel));
            continue;
        };
        let need = account.corrected(*need);
        let doubt = SURE * (need.error.0 as f64).hypot(level.error.0 as f64);
        let short = need.amount + Nanoliters(doubt.ceil() as i64) - level.level;
        if short > shortest.map_or(Nanoliters::ZERO, |(most, _)| most) {
            shortest = Some((short, channel));
        }
    }
    match (shortest, unknown) {
        (Some((short, channel)), _) => Enough::No {
            channel: channel.clone(),
            short,
        },
        (None, Some(channel)) => Enough::Unknown {
            channel: channel.clone(),
        },
        (None, None) => Enough::Yes,
    }
}

#[cfg(test)]
mod tests;
