//! Ink: amounts, the entries of a channel's account, levels with their error, and what a picture covers.
//!
//! A channel is the code that stands in `marker-names`: PM R C PGY MBK PBK B CO GY Y M PC in a PRO-1000.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{JobId, PrinterId, Timestamp};

/// An amount of ink in nanolitres (a millionth of a millilitre).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nanoliters(pub i64);

impl Nanoliters {
    /// None.
    pub const ZERO: Nanoliters = Nanoliters(0);

    /// Whole millilitres.
    pub const fn ml(ml: i64) -> Self {
        Nanoliters(ml.saturating_mul(1_000_000))
    }

    /// In millilitres.
    pub fn as_ml(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Nanoliters {
    type Output = Nanoliters;
    fn add(self, other: Nanoliters) -> Nanoliters {
        Nanoliters(self.0.saturating_add(other.0))
    }
}

impl Sub for Nanoliters {
    type Output = Nanoliters;
    fn sub(self, other: Nanoliters) -> Nanoliters {
        Nanoliters(self.0.saturating_sub(other.0))
    }
}

impl Neg for Nanoliters {
    type Output = Nanoliters;
    fn neg(self) -> Nanoliters {
        Nanoliters(self.0.saturating_neg())
    }
}

impl Mul<i64> for Nanoliters {
    type Output = Nanoliters;
    fn mul(self, times: i64) -> Nanoliters {
        Nanoliters(self.0.saturating_mul(times))
    }
}

impl std::iter::Sum for Nanoliters {
    fn sum<I: Iterator<Item = Nanoliters>>(amounts: I) -> Nanoliters {
        amounts.fold(Nanoliters::ZERO, Add::add)
    }
}

impl fmt::Display for Nanoliters {
    /// In millilitres with a tenth: "12.5 ml".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ml", self.as_ml())
    }
}

/// Entries of each ink that are worth reading when its level is worked out: some four tanks.
pub const INK_HISTORY: u32 = 1_000;

/// Why a channel's account has an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum InkReason {
    /// A job used it, by the estimate.
    Job,
    /// A cleaning used it, by the estimate.
    Cleaning,
    /// Somebody fitted a tank: the amount is all that it holds, whatever was left in the old one.
    Fitted,
    /// It was lost otherwise.
    WrittenOff,
    /// The printer told another level. The amount is 0: it is an observation, and the level is worked out from it.
    Reading {
        /// `marker-levels`: 0 to 100 per cent in steps of ten; −1, −2 and −3 are not known.
        level: i32,
    },
}

impl InkReason {
    /// The word under which it is kept.
    pub const fn word(self) -> &'static str {
        match self {
            InkReason::Job => "job",
            InkReason::Cleaning => "cleaning",
            InkReason::Fitted => "fitted",
            InkReason::WrittenOff => "written-off",
            InkReason::Reading { .. } => "reading",
        }
    }

    /// The reason of a word, and of a level where it is a reading.
    pub fn from_word(word: &str, level: Option<i32>) -> Option<Self> {
        Some(match (word, level) {
            ("job", None) => InkReason::Job,
            ("cleaning", None) => InkReason::Cleaning,
            ("fitted", None) => InkReason::Fitted,
            ("written-off", None) => InkReason::WrittenOff,
            ("reading", Some(level)) => InkReason::Reading { level },
            _ => return None,
        })
    }
}

/// An entry that is to be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInkEntry {
    /// In which printer.
    pub printer: PrinterId,
    /// Which ink.
    pub channel: SmolStr,
    /// What came, or went where it is below 0.
    pub delta: Nanoliters,
    /// Why.
    #[serde(flatten)]
    pub reason: InkReason,
    /// For which job.
    pub job: Option<JobId>,
    /// Who booked it: a person's name, or `platen`.
    pub by: SmolStr,
    /// What that person wrote.
    pub note: SmolStr,
    /// When.
    pub at: Timestamp,
}

/// An entry of the books: written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InkEntry {
    /// Its number; grows.
    pub id: i64,
    /// What was booked.
    #[serde(flatten)]
    pub entry: NewInkEntry,
}

/// How much of an ink there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InkLevel {
    /// The best guess, between 0 and `capacity`.
    pub level: Nanoliters,
    /// One standard deviation of the truth around it; never below 0.
    pub error: Nanoliters,
    /// What a full tank holds.
    pub capacity: Nanoliters,
    /// When the last entry was made that it takes into account.
    pub at: Timestamp,
}

/// What a job needs of an ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Need {
    /// The best guess.
    pub amount: Nanoliters,
    /// One standard deviation around it.
    pub error: Nanoliters,
}

/// What a picture covers of its sheet, measured from the rendered raster. Everything in 1/65536, 0 to 65536.
///
/// The four means are over the whole sheet, white paper and all, of values between 0 (paper) and 1 (full): of 1−R, 1−G
/// and 1−B of the pixels as they are sent, and of 1−L, L the lightness of CIELAB over 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coverage {
    /// Mean of 1−R.
    pub red: u32,
    /// Mean of 1−G.
    pub green: u32,
    /// Mean of 1−B.
    pub blue: u32,
    /// Mean of 1−L.
    pub light: u32,
    /// Share of the sheet that is not paper white.
    pub inked: u32,
}

impl Coverage {
    /// What stands for 1.
    pub const FULL: u32 = 65_536;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_come_back_from_their_words() {
        for reason in [
            InkReason::Job,
            InkReason::Cleaning,
            InkReason::Fitted,
            InkReason::WrittenOff,
            InkReason::Reading { level: -2 },
        ] {
            let level = match reason {
                InkReason::Reading { level } => Some(level),
                _ => None,
            };
            assert_eq!(InkReason::from_word(reason.word(), level), Some(reason));
        }
        assert_eq!(InkReason::from_word("reading", None), None);
    }

    #[test]
    fn amounts_are_told_in_millilitres() {
        let some = Nanoliters::ml(12) + Nanoliters(540_000);
        assert_eq!(some.to_string(), "12.5 ml");
        assert_eq!((some - some * 2 + some).0, 0);
    }
}
