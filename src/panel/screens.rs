//! What the display shows: a pure choice from the state, the first that holds.
//!
//! 1. nothing, while it sleeps;
//! 2. a reset that is armed; 3. Identify-Printer; 4. what the panel asks; 5. a note; 6. the status that was asked for;
//! 7. an update; 8. the start; 9. the setup code of the first start;
//! 10. a question about a sheet; 11. a paper to load; 12. what is wrong; 13. the job of the shown printer;
//! 14. the printers.
//!
//! What asks for a person keeps the display awake; the rest lets it sleep ([`super::acts::AWAKE`]).

use smol_str::{SmolStr, format_smolstr};

use super::acts::{Asked, MENU, View, answers};
use super::facts::{Facts, How, JobFacts, PrinterFacts};
use super::lights::Reset;

/// One screen, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// It sleeps.
    Asleep,
    /// A reset comes in so many seconds.
    Armed {
        /// Which.
        reset: Reset,
        /// Seconds.
        left: u64,
    },
    /// This is the box.
    Identify {
        /// The printer's name, if it is about one.
        printer: SmolStr,
        /// Somebody's words.
        message: SmolStr,
    },
    /// Words, and choices below.
    Choice {
        /// The heading.
        title: SmolStr,
        /// What is asked.
        text: SmolStr,
        /// The choices.
        choices: Vec<SmolStr>,
        /// The chosen one.
        chosen: usize,
    },
    /// Yes or no, by two buttons.
    YesNo {
        /// The heading.
        title: SmolStr,
        /// What is asked.
        text: SmolStr,
    },
    /// A line for the person.
    Note(SmolStr),
    /// Address, version, last event.
    Status(Vec<SmolStr>),
    /// An update is being installed.
    Updating(Option<u8>),
    /// The daemon starts.
    Starting,
    /// The first start.
    Setup {
        /// Where to go with a browser.
        address: SmolStr,
        /// The code to type there.
        code: SmolStr,
    },
    /// A job has a question.
    Question {
        /// The heading.
        title: SmolStr,
        /// The question.
        text: SmolStr,
    },
    /// A paper is to be loaded.
    Load {
        /// Where.
        printer: SmolStr,
        /// What.
        paper: SmolStr,
        /// Its size.
        size: SmolStr,
        /// How many sheets for how many jobs.
        count: SmolStr,
    },
    /// Something is wrong.
    Trouble {
        /// Where.
        title: SmolStr,
        /// What.
        text: SmolStr,
    },
    /// A job is being printed.
    Job {
        /// Where.
        printer: SmolStr,
        /// `job-name`
        name: SmolStr,
        /// Whose, and which number.
        user: SmolStr,
        /// Sheets done, and of how many; 0: not known.
        sheets: (u32, u32),
        /// How it stands.
        message: SmolStr,
    },
    /// The printers, a line each, and the last event.
    Printers {
        /// Name and state; the shown one is marked.
        lines: Vec<(SmolStr, SmolStr, bool)>,
        /// The last event.
        last: SmolStr,
    },
}

/// Most printers that are listed at once.
pub const LISTED: usize = 4;

/// What is shown at a time, in milliseconds of the gestures' clock.
pub fn screen(view: &View, facts: &Facts, at: u64) -> Screen {
    if let Some((reset, due)) = view.armed {
        return Screen::Armed {
            reset,
            left: due.saturating_sub(at).div_ceil(1_000),
        };
    }
    if let Some(identify) = &facts.identify {
        let printer = identify.printer.as_ref().map(|id| facts.name_of(id).into());
        return Screen::Identify {
            printer: printer.unwrap_or_default(),
            message: identify.message.clone(),
        };
    }
    if let Some((asked, _)) = &view.asked {
        return of_asked(asked, facts);
    }
    if let Some((note, _)) = &view.note {
        return Screen::Note(note.clone());
    }
    if view.status_until > at {
        return Screen::Status(status(facts));
    }
    let machine = &facts.machine;
    if let Some(done) = machine.updating {
        return Screen::Updating(done);
    }
    if facts.starting {
        return Screen::Starting;
    }
    if let Some(code) = &machine.setup_code {
        return Screen::Setup {
            address: machine
                .addresses
                .first()
                .cloned()
                .unwrap_or_else(|| "no network yet".into()),
            code: code.clone(),
        };
    }
    let shown = view.printer(facts);
    if let Some(question) = facts.question(shown.map(|p| &p.id)) {
        return Screen::Question {
            title: format_smolstr!("Job {}: {}", question.job, facts.name_of(&question.printer)),
            text: question.text.clone(),
        };
    }
    if let Some(load) = facts.load(shown.map(|p| &p.id)) {
        return Screen::Load {
            printer: facts.name_of(&load.printer).into(),
            paper: load.paper.clone(),
            size: load.media.size.shown().into(),
            count: format_smolstr!("{} for {}", counted(load.sheets, "sheet"), counted(load.jobs, "job")),
        };
    }
    if !view.is_awake(at) && view.has_display {
        return Screen::Asleep;
    }
    if let Some((title, text)) = trouble(facts, shown) {
        return Screen::Trouble { title, text };
    }
    match shown.and_then(|p| Some((p, p.job.as_ref()?))) {
        Some((printer, job)) => of_job(printer, job),
        None => printers(view, facts),
    }
}

fn counted(number: u32, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn of_asked(asked: &Asked, facts: &Facts) -> Screen {
    match asked {
        Asked::Cancel { job, name } => Screen::YesNo {
            title: format_smolstr!("Cancel job {job}?"),
            text: name.clone(),
        },
        Asked::Answer { job, chosen } => {
            let question = facts.questions.iter().find(|q| q.job == *job);
            let choices = answers(question.is_some_and(|q| q.sheet)).iter();
            Screen::Choice {
                title: format_smolstr!("Job {job}: the sheet?"),
                text: question.map(|q| q.name.clone()).unwrap_or_default(),
                choices: choices.map(|(_, words)| SmolStr::new_static(words)).collect(),
                chosen: *chosen,
            }
        }
        Asked::Menu { printer, chosen } => Screen::Choice {
            title: facts.name_of(printer).into(),
            text: SmolStr::default(),
            choices: MENU.iter().map(SmolStr::new).collect(),
            chosen: *chosen,
        },
    }
}

fn status(facts: &Facts) -> Vec<SmolStr> {
    let machine = &facts.machine;
    let mut lines = match machine.addresses.is_empty() {
        true => vec![SmolStr::new_static("no network")],
        false => machine.addresses.iter().take(2).cloned().collect(),
    };
    if !machine.version.is_empty() {
        lines.push(format_smolstr!("version {}", machine.version));
    }
    if let Some(why) = &machine.rolled_back {
        lines.push(format_smolstr!("update taken back: {why}"));
    }
    lines.push(match facts.waiting {
        0 => "no jobs wait".into(),
        1 => "1 job waits".into(),
        waiting => format_smolstr!("{waiting} jobs wait"),
    });
    lines.extend(facts.last.as_ref().map(|last| last.text.clone()));
    lines
}

fn trouble(facts: &Facts, shown: Option<&PrinterFacts>) -> Option<(SmolStr, SmolStr)> {
    if let Some(text) = &facts.trouble {
        return Some(("Platen".into(), text.clone()));
    }
    match shown.map(|p| (p, &p.how)) {
        Some((printer, How::Fault(why) | How::Paper(why))) => Some((printer.name.clone(), why.clone())),
        _ => None,
    }
}

fn of_job(printer: &PrinterFacts, job: &JobFacts) -> Screen {
    Screen::Job {
        printer: printer.name.clone(),
        name: job.name.clone(),
        user: format_smolstr!("{} of {}", job.id, job.user),
        sheets: (job.done.min(job.sheets), job.sheets),
        message: match (job.is_canceling, printer.paused) {
            (true, _) => "is being canceled".into(),
            (false, true) => "then: paused".into(),
            (false, false) => job.message.clone(),
        },
    }
}

fn printers(view: &View, facts: &Facts) -> Screen {
    let shown = view.printer(facts).map(|p| &p.id);
    let place = facts.printers.iter().position(|p| Some(&p.id) == shown).unwrap_or(0);
    // The shown one is always among those that are listed.
    let from = place.saturating_sub(LISTED - 1);
    let line = |p: &PrinterFacts| {
        let how = match (&p.how, p.paused) {
            (How::Fault(_), _) => SmolStr::new_static("fault"),
            (How::Away, _) => "away".into(),
            (_, true) => "paused".into(),
            (How::Paper(_), _) => "paper".into(),
            (How::Printing, _) => "printing".into(),
            (How::Unknown, _) => "...".into(),
            (How::Idle, _) => match &p.low {
                Some((ink, level)) => format_smolstr!("{ink} {level}%"),
                None => "ready".into(),
            },
        };
        (p.name.clone(), how, Some(&p.id) == shown)
    };
    Screen::Printers {
        lines: facts.printers.iter().skip(from).take(LISTED).map(line).collect(),
        last: facts.last.as_ref().map(|last| last.text.clone()).unwrap_or_default(),
    }
}
