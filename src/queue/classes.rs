//! Classes of trouble: what a printer says, or fails to say, and what follows from it for a job.
//!
//! Every `printer-state-reason` ([`REASONS`], [`EVENTS`]), every status with which a printer refuses ([`STATUSES`]) and
//! every failure of a delivery ([`of_trouble`]) belongs to one [`Class`]; each class decides two things ([`Class::act`]):
//! what happens to a job that was not begun there, and to one that the printer has. All of it is data, and pure.
//!
//! # Suffixes
//!
//! A reason may end in `-report`, `-warning` or `-error` (RFC 8011, 5.4.12). The keyword's row says what it means by
//! itself, as most printers send it; the suffix bends that:
//!
//! | suffix | what the standard says | what follows here |
//! | --- | --- | --- |
//! | none | | the row's class |
//! | `-report` | nothing that touches the output | a class that stops printing becomes [`Class::Warn`] |
//! | `-warning` | nothing that keeps a job from being finished | the same |
//! | `-error` | the printer is stopped by it | a class that only warns becomes what the row calls `stopped` |
//!
//! [`Class::Retry`] and [`Class::Offline`] are not bent down: that a printer can't be reached is what CUPS and this house
//! call `offline-report`, and it is no less gone for that. A few keywords of PWG 5107.3 end in `-error` themselves
//! (`media-path-input-feed-error`): a whole keyword is looked up before a suffix is taken off.

use smol_str::{SmolStr, format_smolstr};

use crate::model::TroubleClass;

mod events;
mod reasons;
mod statuses;

pub use events::{EVENTS, UNITS};
pub use reasons::REASONS;
pub use statuses::STATUSES;

/// What kind of trouble, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// None.
    Ok,
    /// It prints; a person should know.
    Warn,
    /// It passes by itself.
    Retry,
    /// Somebody has to load paper, or the right paper.
    HumanLoad,
    /// Somebody has to clear or close something. A sheet may be spoiled.
    HumanClear,
    /// Somebody has to change or seat a supply.
    HumanSupply,
    /// Somebody has switched something off, or keeps us out.
    Admin,
    /// It is not there.
    Offline,
    /// It is broken.
    Service,
    /// It can't print this job, and could print another.
    JobBad,
    /// Nobody can tell but a person who looks.
    Look,
}

/// What becomes of a job that was not begun at a printer with such trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotStarted {
    /// It is printed.
    Print,
    /// It is printed if the forecast of ink and paper covers it, else rerouted.
    PrintIfEnough,
    /// It waits there, longer each time, and may go to another printer meanwhile.
    BackOff,
    /// A person is asked; after [`GRACE_MS`] it may go to another printer.
    AskThenReroute,
    /// It goes to another printer.
    Reroute,
    /// It is not tried there again. When no other printer is left, it is aborted.
    Fail,
}

/// What becomes of a job that the printer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InFlight {
    /// It prints on.
    PrintOn,
    /// It is waited for, and the printer asked for its own job before anything else.
    AskById,
    /// It is waited for: the printer goes on by itself once its trouble is over.
    Hold,
    /// It is never sent again without a person's answer: was the sheet finished?
    NeverResend,
    /// It is aborted.
    Fail,
}

/// What follows from a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Act {
    /// For a job that was not begun.
    pub not_started: NotStarted,
    /// For one that the printer has.
    pub in_flight: InFlight,
}

/// How long a person may take before a job that was not begun goes elsewhere, in milliseconds: five minutes, time
/// enough to fetch paper. Chosen.
pub const GRACE_MS: i64 = 5 * 60 * 1_000;

impl Class {
    /// All of them.
    pub const ALL: [Class; 11] = [
        Self::Ok,
        Self::Warn,
        Self::Retry,
        Self::HumanLoad,
        Self::HumanClear,
        Self::HumanSupply,
        Self::Admin,
        Self::Offline,
        Self::Service,
        Self::JobBad,
        Self::Look,
    ];

    /// Its word.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Retry => "retry",
            Self::HumanLoad => "human-load",
            Self::HumanClear => "human-clear",
            Self::HumanSupply => "human-supply",
            Self::Admin => "admin",
            Self::Offline => "offline",
            Self::Service => "service",
            Self::JobBad => "job-bad",
            Self::Look => "look",
        }
    }

    /// What follows from it.
    pub const fn act(self) -> Act {
        let (not_started, in_flight) = match self {
            Self::Ok => (NotStarted::Print, InFlight::PrintOn),
            Self::Warn => (NotStarted::PrintIfEnough, InFlight::PrintOn),
            Self::Retry => (NotStarted::BackOff, InFlight::AskById),
            Self::HumanLoad | Self::Look => (NotStarted::AskThenReroute, InFlight::Hold),
            Self::HumanClear | Self::Offline => (NotStarted::Reroute, InFlight::NeverResend),
            Self::HumanSupply | Self::Admin | Self::Service => (NotStarted::Reroute, InFlight::Hold),
            Self::JobBad => (NotStarted::Fail, InFlight::Fail),
        };
        Act { not_started, in_flight }
    }

    /// Whether a printer with such a reason prints all the same.
    pub const fn prints(self) -> bool {
        matches!(self, Self::Ok | Self::Warn)
    }

    /// Whether a person has to go to the printer.
    pub const fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::HumanLoad | Self::HumanClear | Self::HumanSupply | Self::Service | Self::Look
        )
    }

    /// How much it weighs beside others at the same printer: what asks for more care is more. What is known weighs more
    /// than what somebody has to look at, and a jam most, since a sheet hangs on it.
    const fn weight(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warn => 1,
            Self::Retry => 2,
            Self::Look => 3,
            Self::JobBad => 4,
            Self::HumanLoad => 5,
            Self::HumanSupply => 6,
            Self::Admin => 7,
            Self::Offline => 8,
            Self::Service => 9,
            Self::HumanClear => 10,
        }
    }
}

/// Whether a reason goes away without anybody's help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clears {
    /// There is nothing to clear.
    Nothing,
    /// By itself.
    Itself,
    /// By itself at times.
    Perhaps,
    /// When a person has done what the advice says: the printer notices.
    Person,
}

/// Keywords that mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// `printer-state-reasons`, without suffixes of severity.
    pub keywords: &'static [&'static str],
    /// The class.
    pub class: Class,
    /// The class when the printer says that it is stopped by it (`-error`).
    pub stopped: Class,
    /// Whether it clears itself.
    pub clears: Clears,
    /// What a person should do, a sentence; `{}` stands for the printer's name.
    pub advice: &'static str,
    /// Where the keywords are defined.
    pub source: &'static str,
}

/// How much a reason weighs, by its suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// No suffix.
    Plain,
    /// `-report`
    Report,
    /// `-warning`
    Warning,
    /// `-error`
    Error,
}

impl Severity {
    /// Takes the suffix off a reason.
    pub fn split(reason: &str) -> (&str, Severity) {
        for (suffix, severity) in [
            ("-report", Severity::Report),
            ("-warning", Severity::Warning),
            ("-error", Severity::Error),
        ] {
            if let Some(keyword) = reason.strip_suffix(suffix) {
                return (keyword, severity);
            }
        }
        (reason, Severity::Plain)
    }

    fn bend(self, class: Class, stopped: Class) -> Class {
        match self {
            Severity::Plain => class,
            Severity::Error => stopped,
            Severity::Report | Severity::Warning => match class {
                Class::Ok | Class::Retry | Class::Offline => class,
                _ => Class::Warn,
            },
        }
    }
}

/// The row of a reason and how severe it is; a keyword that nobody here knows has none.
pub fn row(reason: &str) -> (Option<&'static Reason>, Severity) {
    if let Some(row) = find(reason) {
        return (Some(row), Severity::Plain);
    }
    let (keyword, severity) = Severity::split(reason);
    (find(keyword), severity)
}

fn find(keyword: &str) -> Option<&'static Reason> {
    let has = |row: &&Reason, word: &str| row.keywords.contains(&word);
    if let Some(row) = REASONS.iter().copied().flatten().find(|row| has(row, keyword)) {
        return Some(row);
    }
    // Units of a finisher: `stapler-empty`.
    let event = UNITS
        .iter()
        .find_map(|unit| keyword.strip_prefix(unit)?.strip_prefix('-'))?;
    EVENTS.iter().find(|row| has(row, event))
}

/// The class of a `printer-state-reason`, suffix and all.
pub fn classify(reason: &str) -> Class {
    match row(reason) {
        (Some(row), severity) => severity.bend(row.class, row.stopped),
        (None, severity) => severity.bend(Class::Look, Class::Look),
    }
}

/// Most characters of a printer's own keyword that are repeated to a person.
const MOST_OF_A_KEYWORD: usize = 100;

/// What a person should do about a reason at the printer of this name: a sentence, empty when there is nothing to do.
pub fn advice(reason: &str, printer: &str) -> SmolStr {
    match row(reason) {
        (Some(row), _) => row.advice.replace("{}", printer).into(),
        (None, _) => {
            let said: String = reason.chars().take(MOST_OF_A_KEYWORD).collect();
            format_smolstr!("Look at {printer}: it says {said}, which is not known here.")
        }
    }
}

/// The reason that weighs most, and its class; the first of several. Without any it is `none`.
pub fn worst<'a>(reasons: impl IntoIterator<Item = &'a str>) -> (Class, &'a str) {
    let mut worst = (Class::Ok, "none");
    for reason in reasons {
        let class = classify(reason);
        if class.weight() > worst.0.weight() {
            worst = (class, reason);
        }
    }
    worst
}

/// Whether nothing but paper keeps a printer from printing: somebody has to load some, and nothing else stops it.
pub fn only_lacks_paper<'a>(reasons: impl IntoIterator<Item = &'a str>) -> bool {
    let mut lacks = false;
    for reason in reasons {
        match classify(reason) {
            Class::HumanLoad => lacks = true,
            class if class.prints() => {}
            _ => return false,
        }
    }
    lacks
}

/// A status with which a printer may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// IPP `status-code`.
    pub code: u16,
    /// Its name.
    pub name: &'static str,
    /// The class.
    pub class: Class,
    /// Where it is defined.
    pub source: &'static str,
}

/// The class of an IPP status: a success is [`Class::Ok`], one that nobody here knows is to be looked at.
pub fn of_status(code: u16) -> Class {
    if code < 0x0100 {
        return Class::Ok;
    }
    let row = STATUSES.iter().find(|status| status.code == code);
    row.map_or(Class::Look, |status| status.class)
}

/// The class of a delivery's failure.
///
/// [`TroubleClass::House`] and [`TroubleClass::Crash`] are no printer's fault; they pass, or a person is asked by other
/// rules (tries, strikes).
pub const fn of_trouble(trouble: TroubleClass) -> Class {
    match trouble {
        // It says itself that it will be free, or that a cause of the moment has kept it.
        TroubleClass::Busy | TroubleClass::Unavailable | TroubleClass::Untaken => Class::Retry,
        // No address, no route, connection refused or torn, no answer in time.
        TroubleClass::Offline => Class::Offline,
        // An answer that is none of HTTP or IPP; or something is wrong with it that its status will tell.
        TroubleClass::Protocol | TroubleClass::Device => Class::Look,
        TroubleClass::NotAccepting => Class::Admin,
        TroubleClass::PaperOut => Class::HumanLoad,
        TroubleClass::JobBad | TroubleClass::Render => Class::JobBad,
        TroubleClass::House | TroubleClass::Crash => Class::Retry,
    }
}

#[cfg(test)]
mod tests;
