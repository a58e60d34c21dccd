//! What a start of the machine says of the update before it: a pure function of what is kept and of what runs now.
//!
//! ```text
//!             written                        the machine starts anew
//!   Waiting ──────────► Installed ─────────┬──────────────► slot B: Trying ──self-test──► Good
//!      │  Installing                       │                   │
//!      └──► Failed, Canceled               │                   └─ bad, or it stops, or never comes so far
//!                                          │                                            │
//!                                          └──────────────► slot A: RolledBack ◄────────┘
//! ```
//!
//! Whatever slot comes without having found itself good before is tried, also one that somebody has installed by hand.

use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use super::ledger::{Attempt, Ledger, Origin, Stage};
use super::version::Version;
use crate::model::Timestamp;

/// How often a new version may stop by itself before it has found itself good.
pub const MOST_STARTS: u32 = 3;

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booted {
    /// The slot, by the boot loader's name: `A` or `B`.
    pub slot: SmolStr,
    /// The version.
    pub version: Version,
    /// The machine's boot.
    pub boot: Option<Uuid>,
}

/// What a start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// One as ever.
    Ordinary,
    /// The version that runs has to find itself good.
    Trial,
    /// The version that runs has to find itself good, and has stopped too often without that.
    GiveUp,
    /// The version before runs again.
    RolledBack,
}

/// Looks at the ledger at a start, and writes into it what follows.
pub fn at_start(ledger: &mut Ledger, booted: &Booted, now: Timestamp) -> Start {
    let is_known_good = ledger
        .good
        .as_ref()
        .is_some_and(|(slot, version)| *slot == booted.slot && *version == booted.version);
    let is_first = ledger.good.is_none() && ledger.attempts.is_empty();
    if let Some(last) = ledger.last_mut() {
        match last.stage {
            Stage::Installed | Stage::Trying if last.to_slot.as_ref() == Some(&booted.slot) => {
                return try_it(last, now);
            }
            // The daemon alone was started anew.
            Stage::Installed if last.boot.is_some() && last.boot == booted.boot => return Start::Ordinary,
            Stage::Installed | Stage::Trying => {
                let why = why_back(last, None);
                last.comes_to(Stage::RolledBack, why, now);
                return Start::RolledBack;
            }
            Stage::Installing => {
                let why = "the machine or Platen stopped while it was being written: what ran goes on, and the other slot \
                           can't be started until an update has been installed";
                last.comes_to(Stage::Failed, why, now);
            }
            _ => {}
        }
    }
    if is_known_good || is_first {
        return Start::Ordinary;
    }
    // A slot that nobody here has written, or one that the boot loader went back to by itself.
    let went_back = ledger.attempts.iter().any(|attempt| {
        attempt.stage == Stage::Good
            && attempt.from_slot == booted.slot
            && attempt.from_version.as_ref() == Some(&booted.version)
    });
    if went_back {
        return Start::Ordinary;
    }
    ledger.begin(Attempt {
        origin: Origin::ByHand,
        version: Some(booted.version.clone()),
        from_version: ledger.good.as_ref().map(|(_, version)| version.clone()),
        from_slot: ledger.good.as_ref().map(|(slot, _)| slot.clone()).unwrap_or_default(),
        to_slot: Some(booted.slot.clone()),
        by: "somebody at the machine".into(),
        asked: now,
        at: now,
        ..Attempt::default()
    });
    ledger.last_mut().map_or(Start::Ordinary, |last| try_it(last, now))
}

fn try_it(last: &mut Attempt, now: Timestamp) -> Start {
    last.starts = last.starts.saturating_add(1);
    if last.starts > MOST_STARTS {
        let why = format_smolstr!("it stopped by itself {MOST_STARTS} times before it had looked at itself to the end");
        last.comes_to(Stage::Trying, why, now);
        return Start::GiveUp;
    }
    // What an earlier try has said of itself stays, until it is better.
    let why = match last.is_explained {
        true => std::mem::take(&mut last.why),
        false => "it runs, and looks at itself".into(),
    };
    last.comes_to(Stage::Trying, why, now);
    Start::Trial
}

/// Notes that the other slot holds a version that the boot loader does not start, of which nothing is kept: somebody has
/// installed it by hand, and it never came so far as to write anything down. Says whether there is such a one.
pub fn found_bad(ledger: &mut Ledger, booted: &Booted, (slot, version): (&SmolStr, &Version), now: Timestamp) -> bool {
    let is_kept =
        |attempt: &Attempt| attempt.version.as_ref() == Some(version) && attempt.to_slot.as_ref() == Some(slot);
    if ledger.attempts.iter().any(is_kept) {
        return false;
    }
    let mut attempt = Attempt {
        origin: Origin::ByHand,
        version: Some(version.clone()),
        from_version: Some(booted.version.clone()),
        from_slot: booted.slot.clone(),
        to_slot: Some(slot.clone()),
        by: "somebody at the machine".into(),
        asked: now,
        ..Attempt::default()
    };
    let why = why_back(&attempt, None);
    attempt.comes_to(Stage::RolledBack, why, now);
    ledger.begin(attempt);
    true
}

/// Why the machine has gone back, as far as it is known: what the new version said of itself, how far it came, and the
/// last that its log has of it.
pub fn why_back(attempt: &Attempt, log: Option<&str>) -> SmolStr {
    let said = match (attempt.is_explained, attempt.starts.min(MOST_STARTS)) {
        (true, _) => format_smolstr!("version {}: {}", attempt.shown(), attempt.why),
        (false, 0) => format_smolstr!(
            "version {} never came so far as to start Platen: its system or its daemon does not start",
            attempt.shown()
        ),
        (false, starts) => format_smolstr!(
            "version {} was started {} and stopped before it had looked at itself to the end",
            attempt.shown(),
            if starts == 1 {
                "once".to_owned()
            } else {
                format!("{starts} times")
            }
        ),
    };
    with_end_of(&said, log)
}

/// A reason, with the end of the failed start's log where that tells something.
pub fn with_end_of(why: &str, log: Option<&str>) -> SmolStr {
    match log.and_then(last_words) {
        Some(line) => format_smolstr!("{why}. Its log ends with: {line}"),
        None => why.into(),
    }
}

/// The line of a failed start's log that tells most: the last one of Platen's own that speaks of an error, or of systemd's
/// about it.
fn last_words(log: &str) -> Option<String> {
    let lines = log.lines().rev().take(2_000);
    let tells = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        let is_about = lower.contains("platen");
        let is_bad = [
            "error",
            "failed",
            "fatal",
            "panic",
            "refused",
            "can't",
            "could not",
            "damaged",
            "no such",
        ];
        is_about && is_bad.iter().any(|word| lower.contains(word))
    };
    let line = lines.clone().find(tells)?;
    Some(super::plan::one_line(line))
}

#[cfg(test)]
mod tests;
