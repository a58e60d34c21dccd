//! From the state of the house to what each of four lights does: a pure function.
//!
//! Whoever looks from three metres sees four lights in a row, each with its own meaning: **ready**, **busy**,
//! **attention**, **fault**. What a light says is told by place and pattern; its colour only helps.
//!
//! # The table
//!
//! First what concerns the whole box; the first row that holds has all four lights:
//!
//! | | what | ready | busy | attention | fault |
//! | --- | --- | --- | --- | --- | --- |
//! | 1 | a factory reset is armed | in turn | in turn | in turn | in turn |
//! | 2 | a reset of network and sign-in is armed | off | off | in turn | in turn |
//! | 3 | Identify-Printer | flickers | flickers | flickers | flickers |
//! | 4 | an update is being installed | breathes | breathes | off | off |
//! | 5 | starting | breathes | off | off | off |
//!
//! Else each light for itself, by its first row that holds:
//!
//! | light | 1 | 2 | 3 | 4 | else |
//! | --- | --- | --- | --- | --- | --- |
//! | ready | off: none can print | 2 flashes: some printer is paused | | | steady |
//! | busy | breathes: a printer prints | 1 flash: jobs wait | | | off |
//! | attention | 3 flashes: a question, or the panel asks | 2 flashes: paper is to be loaded | 1 flash: ink is low | | off |
//! | fault | 4 flashes: the house itself has trouble | steady: a printer needs a hand | 3 flashes: an update failed and was taken back | 2 flashes: a printer does not answer | off |
//!
//! A printer that is not known yet is no fault, and not ready.

use smol_str::{SmolStr, format_smolstr};

use super::facts::{Facts, How, PrinterFacts};
use super::pattern::Pattern;
use super::pins::LightRole;

/// What is reset when a button is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reset {
    /// Network and sign-in: pictures, jobs and settings stay.
    Access,
    /// Everything, as from the factory.
    Factory,
}

/// What the panel itself is about to do, as far as lights tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// A reset is armed.
    pub armed: Option<Reset>,
    /// The panel asks something of its own.
    pub asks: Option<SmolStr>,
}

/// One light: what it does and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Light {
    /// Which.
    pub role: LightRole,
    /// What it does.
    pub pattern: Pattern,
    /// Why, in words.
    pub why: SmolStr,
}

/// The four lights of a state.
pub fn lights(facts: &Facts, own: &Own) -> [Light; 4] {
    let (patterns, whys) = match whole(facts, own) {
        Some((patterns, why)) => (patterns, [why.clone(), why.clone(), why.clone(), why]),
        None => {
            let each = [ready(facts), busy(facts), attention(facts, own), fault(facts)];
            let patterns = each.each_ref().map(|(pattern, _)| *pattern);
            (patterns, each.map(|(_, why)| why))
        }
    };
    let mut whys = whys.into_iter();
    let mut light = |role, pattern| Light {
        role,
        pattern,
        why: whys.next().unwrap_or_default(),
    };
    let [ready, busy, attention, fault] = patterns;
    [
        light(LightRole::Ready, ready),
        light(LightRole::Busy, busy),
        light(LightRole::Attention, attention),
        light(LightRole::Fault, fault),
    ]
}

fn whole(facts: &Facts, own: &Own) -> Option<([Pattern; 4], SmolStr)> {
    use Pattern::{Alternate, Breathe, Flicker, Off};
    let (first, second) = (Alternate { first: true }, Alternate { first: false });
    if let Some(reset) = own.armed {
        return Some(match reset {
            Reset::Factory => (
                [first, second, first, second],
                "a factory reset is armed: let go to abort it".into(),
            ),
            Reset::Access => (
                [Off, Off, first, second],
                "a reset of network and sign-in is armed: let go to abort it".into(),
            ),
        });
    }
    if facts.identify.is_some() {
        return Some(([Flicker; 4], "somebody wants to see which box this is".into()));
    }
    if let Some(done) = facts.machine.updating {
        let why = match done {
            Some(per_cent) => format_smolstr!("an update is being installed: {per_cent} %"),
            None => "an update is being installed".into(),
        };
        return Some(([Breathe, Breathe, Off, Off], why));
    }
    facts
        .starting
        .then(|| ([Breathe, Off, Off, Off], SmolStr::new_static("Platen is starting")))
}

fn can_print(printer: &PrinterFacts) -> bool {
    !printer.paused && matches!(printer.how, How::Idle | How::Printing)
}

fn ready(facts: &Facts) -> (Pattern, SmolStr) {
    let able = facts.printers.iter().filter(|p| can_print(p)).count();
    let paused = facts.printers.iter().find(|p| p.paused);
    match (able, paused) {
        (_, Some(printer)) => (Pattern::Flashes(2), format_smolstr!("{} is paused", printer.name)),
        (0, None) => (Pattern::Off, "no printer can print".into()),
        (1, None) => (Pattern::Steady, "a printer can print".into()),
        (able, None) => (Pattern::Steady, format_smolstr!("{able} printers can print")),
    }
}

fn busy(facts: &Facts) -> (Pattern, SmolStr) {
    if let Some(printer) = facts.printers.iter().find(|p| p.job.is_some()) {
        let job = printer.job.as_ref().map(|job| job.id.to_string()).unwrap_or_default();
        return (Pattern::Breathe, format_smolstr!("{} has job {job}", printer.name));
    }
    if let Some(printer) = facts.printers.iter().find(|p| p.how == How::Printing) {
        return (Pattern::Breathe, format_smolstr!("{} is printing", printer.name));
    }
    match facts.waiting {
        0 => (Pattern::Off, "nothing is being printed".into()),
        1 => (Pattern::Flashes(1), "a job waits".into()),
        waiting => (Pattern::Flashes(1), format_smolstr!("{waiting} jobs wait")),
    }
}

fn attention(facts: &Facts, own: &Own) -> (Pattern, SmolStr) {
    if let Some(asks) = &own.asks {
        return (Pattern::Flashes(3), format_smolstr!("the panel asks: {asks}"));
    }
    if let Some(question) = facts.questions.first() {
        let why = format_smolstr!("job {} has a question: {}", question.job, question.text);
        return (Pattern::Flashes(3), why);
    }
    if let Some(load) = facts.loads.first() {
        let why = format_smolstr!("{} is to be loaded in {}", load.paper, facts.name_of(&load.printer));
        return (Pattern::Flashes(2), why);
    }
    let waits = facts.printers.iter().find_map(|p| match &p.how {
        How::Paper(why) => Some(format_smolstr!("{}: {why}", p.name)),
        _ => None,
    });
    if let Some(why) = waits {
        return (Pattern::Flashes(2), why);
    }
    let low = facts.printers.iter().find_map(|p| Some((p, p.low.as_ref()?)));
    match low {
        Some((printer, (ink, level))) => {
            let why = format_smolstr!("{} of {} is at {level} %", ink, printer.name);
            (Pattern::Flashes(1), why)
        }
        None => (Pattern::Off, "nobody need do anything".into()),
    }
}

fn fault(facts: &Facts) -> (Pattern, SmolStr) {
    if let Some(trouble) = &facts.trouble {
        return (Pattern::Flashes(4), trouble.clone());
    }
    let broken = facts.printers.iter().find_map(|p| match &p.how {
        How::Fault(why) => Some(format_smolstr!("{}: {why}", p.name)),
        _ => None,
    });
    if let Some(why) = broken {
        return (Pattern::Steady, why);
    }
    if let Some(why) = &facts.machine.rolled_back {
        let why = format_smolstr!("an update failed and was taken back: {why}");
        return (Pattern::Flashes(3), why);
    }
    match facts.printers.iter().find(|p| p.how == How::Away) {
        Some(printer) => (Pattern::Flashes(2), format_smolstr!("{} does not answer", printer.name)),
        None => (Pattern::Off, "nothing is wrong".into()),
    }
}

#[cfg(test)]
pub(super) mod tests;
