//! From a gesture and the state of things to what is to be done: pure.
//!
//! The panel asks before it does what can't be undone, and the person answers by **action** (yes) or **cancel** (no):
//!
//! | gesture | what comes of it |
//! | --- | --- |
//! | pause | the shown printer is paused, or resumed |
//! | pause, twice | all printers are; resumed when all are paused |
//! | cancel | closes what the display asks or shows |
//! | cancel, held 2 s | asks whether the job of the shown printer shall be canceled |
//! | select | the next printer, or the next answer |
//! | action | confirms; else opens the question at hand; else says that the paper which is asked for is loaded |
//! | action, held 1.5 s | offers a nozzle check and the status |
//! | select and action at once | Identify-Printer of the shown printer |
//! | setup | shows address and status |
//! | setup, held | armed from 2 s on; after 10 s network and sign-in are reset. When it was pressed within [`AT_START`] after the start: after 20 s everything is. Let go before, nothing is |
//!
//! While the display sleeps, the first press of any button only wakes it; holds count as always.

use smol_str::{SmolStr, format_smolstr};

use super::facts::{Facts, PrinterFacts};
use super::gestures::Gesture;
use super::lights::{Own, Reset};
use super::pins::ButtonRole;
use crate::model::{JobId, PrinterId};
use crate::queue::Answer;
use crate::queue::plan::LoadRequest;

/// How long after the start a hold of setup is one for the factory reset, in milliseconds.
pub const AT_START: u64 = 30_000;
/// How long a question of the panel stays without an answer, in milliseconds.
const PATIENCE: u64 = 30_000;
/// How long a note stays, in milliseconds.
const NOTE: u64 = 5_000;
/// How long the status stays, in milliseconds.
const STATUS: u64 = 30_000;
/// How long the display shows something after the last touch or change, in milliseconds. Such displays burn in.
pub const AWAKE: u64 = 120_000;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Pause-Printer
    Pause(PrinterId),
    /// Resume-Printer
    Resume(PrinterId),
    /// Pauses every printer.
    PauseAll,
    /// Resumes every printer.
    ResumeAll,
    /// Cancel-Job
    Cancel(JobId),
    /// Answers the question of a job.
    Answer(JobId, Answer),
    /// What was asked for lies in the printer.
    Loaded(LoadRequest),
    /// Prints a nozzle check.
    NozzleCheck(PrinterId),
    /// Identify-Printer
    Identify(PrinterId),
    /// Resets.
    Reset(Reset),
}

impl Act {
    /// Its word, for the log of events.
    pub fn keyword(&self) -> &'static str {
        match self {
            Act::Pause(_) | Act::PauseAll => "pause-printer",
            Act::Resume(_) | Act::ResumeAll => "resume-printer",
            Act::Cancel(_) => "cancel-job",
            Act::Answer(_, Answer::Done) => "answer-done",
            Act::Answer(_, Answer::PrintAgain) => "answer-print-again",
            Act::Answer(_, Answer::Spoiled) => "answer-spoiled",
            Act::Loaded(_) => "paper-loaded",
            Act::NozzleCheck(_) => "nozzle-check",
            Act::Identify(_) => "identify-printer",
            Act::Reset(Reset::Access) => "reset-access",
            Act::Reset(Reset::Factory) => "factory-reset",
        }
    }

    /// Whether it takes something away that can't be got back.
    pub fn destroys(&self) -> bool {
        matches!(self, Act::Cancel(_) | Act::Reset(_))
    }
}

/// What the panel asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Shall this job be canceled?
    Cancel {
        /// Which.
        job: JobId,
        /// `job-name`
        name: SmolStr,
    },
    /// What became of the sheet?
    Answer {
        /// Of which job.
        job: JobId,
        /// Which answer is chosen, of [`answers`].
        chosen: usize,
    },
    /// What shall this printer do?
    Menu {
        /// Which.
        printer: PrinterId,
        /// Which choice, of [`MENU`].
        chosen: usize,
    },
}

/// The choices of a long action.
pub const MENU: [&str; 2] = ["Print nozzle check", "Show status"];

/// The answers to a question, and their words.
pub fn answers(sheet: bool) -> &'static [(Answer, &'static str)] {
    match sheet {
        true => &[
            (Answer::Done, "Yes, it is finished"),
            (Answer::PrintAgain, "No sheet: print again"),
            (Answer::Spoiled, "Spoiled: print again"),
        ],
        false => &[(Answer::PrintAgain, "Print again")],
    }
}

/// What the panel itself remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// When it started, by the clock of the gestures, in milliseconds.
    pub started: u64,
    /// Whether there is a display, which sleeps.
    pub has_display: bool,
    /// The printer that is shown; none: the first.
    pub shown: Option<PrinterId>,
    /// What is asked, and until when.
    pub asked: Option<(Asked, u64)>,
    /// The reset that is armed, and when it comes.
    pub armed: Option<(Reset, u64)>,
    /// A line for the person, and until when.
    pub note: Option<(SmolStr, u64)>,
    /// The status is shown until then.
    pub status_until: u64,
    /// Until when the display is awake.
    pub awake_until: u64,
    /// The press that woke the display, of which nothing else comes.
    waking: Option<ButtonRole>,
}

impl View {
    /// As it is at the start.
    pub fn new(started: u64, has_display: bool) -> Self {
        View {
            started,
            has_display,
            shown: None,
            asked: None,
            armed: None,
            note: None,
            status_until: 0,
            awake_until: started + AWAKE,
            waking: None,
        }
    }

    /// The printer that is shown.
    pub fn printer<'a>(&self, facts: &'a Facts) -> Option<&'a PrinterFacts> {
        let shown = self.shown.as_ref().and_then(|id| facts.printer(id));
        shown.or(facts.printers.first())
    }

    /// Whether the display shows anything.
    pub fn is_awake(&self, at: u64) -> bool {
        at < self.awake_until
    }

    /// Something is to be seen.
    pub fn wake(&mut self, at: u64) {
        self.awake_until = self.awake_until.max(at + AWAKE);
    }

    /// A line for the person.
    pub fn tell(&mut self, text: impl Into<SmolStr>, at: u64) {
        self.note = Some((text.into(), at + NOTE));
        self.wake(at);
    }

    /// What is over by the time, or has no object any more, is forgotten.
    pub fn settle(&mut self, facts: &Facts, at: u64) {
        let has_object = |asked: &Asked| match asked {
            Asked::Cancel { job, .. } => facts
                .printers
                .iter()
                .any(|p| p.job.as_ref().is_some_and(|j| j.id == *job && !j.is_canceling)),
            Asked::Answer { job, .. } => facts.questions.iter().any(|q| q.job == *job),
            Asked::Menu { printer, .. } => facts.printer(printer).is_some(),
        };
        self.asked = self
            .asked
            .take()
            .filter(|(asked, until)| at < *until && has_object(asked));
        self.note = self.note.take().filter(|(_, until)| at < *until);
        if self.status_until <= at {
            self.status_until = 0;
        }
    }

    /// What lights tell of the panel itself.
    pub fn own(&self) -> Own {
        Own {
            armed: self.armed.map(|(reset, _)| reset),
            asks: self.asked.as_ref().map(|(asked, _)| match asked {
                Asked::Cancel { job, .. } => format_smolstr!("shall job {job} be canceled?"),
                Asked::Answer { job, .. } => format_smolstr!("what became of job {job}?"),
                Asked::Menu { .. } => "what is to be done?".into(),
            }),
        }
    }

    /// When something of this is over by itself.
    pub fn due(&self) -> Option<u64> {
        let times = [
            self.asked.as_ref().map(|(_, until)| *until),
            self.note.as_ref().map(|(_, until)| *until),
            (self.status_until > 0).then_some(self.status_until),
        ];
        times.into_iter().flatten().min()
    }
}

/// What a gesture does. Changes what the panel remembers, and says what the house shall do.
pub fn decide(view: &mut View, facts: &Facts, gesture: Gesture, at: u64) -> Vec<Act> {
    view.settle(facts, at);
    match gesture {
        Gesture::Down(button) => {
            if view.has_display && !view.is_awake(at) {
                view.waking = Some(button);
            }
            view.wake(at);
            Vec::new()
        }
        Gesture::Press(button) | Gesture::Double(button) if view.waking == Some(button) => {
            view.waking = None;
            Vec::new()
        }
        Gesture::Press(button) => pressed(view, facts, button, at),
        Gesture::Double(ButtonRole::Pause) => match facts.printers.iter().all(|p| p.paused) {
            true => vec![Act::ResumeAll],
            false => vec![Act::PauseAll],
        },
        Gesture::Double(_) => Vec::new(),
        Gesture::Chord(..) => view
            .printer(facts)
            .map(|p| Act::Identify(p.id.clone()))
            .into_iter()
            .collect(),
        Gesture::Hold(button, stage) => {
            view.waking = None;
            held(view, facts, button, stage, at)
        }
        Gesture::LetGo(ButtonRole::Setup, _) => {
            if view.armed.take().is_some() {
                view.tell("Let go in time: nothing was reset", at);
            }
            Vec::new()
        }
        Gesture::LetGo(..) => Vec::new(),
        Gesture::Stuck(button) => {
            view.armed = view.armed.filter(|_| button != ButtonRole::Setup);
            Vec::new()
        }
        Gesture::Flooded(button) => {
            view.armed = view.armed.filter(|_| button != ButtonRole::Setup);
            Vec::new()
        }
        Gesture::Freed(_) | Gesture::Calm(_) => Vec::new(),
    }
}

fn pressed(view: &mut View, facts: &Facts, button: ButtonRole, at: u64) -> Vec<Act> {
    match button {
        ButtonRole::Pause => match view.printer(facts) {
            Some(printer) if printer.paused => vec![Act::Resume(printer.id.clone())],
            Some(printer) => vec![Act::Pause(printer.id.clone())],
            None => none_there(view, at),
        },
        ButtonRole::Cancel => {
            let shown = view.asked.take().is_some() || view.note.take().is_some() || view.status_until > 0;
            view.status_until = 0;
            if !shown {
                view.tell("To cancel a job, hold CANCEL for 2 seconds", at);
            }
            Vec::new()
        }
        ButtonRole::Select => {
            select(view, facts, at);
            Vec::new()
        }
        ButtonRole::Action => act(view, facts, at),
        ButtonRole::Setup => {
            view.status_until = at + STATUS;
            Vec::new()
        }
    }
}

fn none_there(view: &mut View, at: u64) -> Vec<Act> {
    view.tell("There is no printer", at);
    Vec::new()
}

fn select(view: &mut View, facts: &Facts, at: u64) {
    match &mut view.asked {
        Some((Asked::Answer { job, chosen }, until)) => {
            let sheet = facts.questions.iter().any(|q| q.job == *job && q.sheet);
            *chosen = (*chosen + 1) % answers(sheet).len();
            *until = at + PATIENCE;
        }
        Some((Asked::Menu { chosen, .. }, until)) => {
            *chosen = (*chosen + 1) % MENU.len();
            *until = at + PATIENCE;
        }
        // Yes or no: whatever is not yes is no.
        Some((Asked::Cancel { .. }, _)) => view.asked = None,
        None => {
            let now = view.printer(facts).map(|p| p.id.clone());
            let place = facts.printers.iter().position(|p| Some(&p.id) == now.as_ref());
            let next = place.map_or(0, |place| (place + 1) % facts.printers.len());
            view.shown = facts.printers.get(next).map(|p| p.id.clone());
            (view.note, view.status_until) = (None, 0);
        }
    }
}

/// The action button: yes, or what the display offers.
fn act(view: &mut View, facts: &Facts, at: u64) -> Vec<Act> {
    let shown = view.printer(facts).map(|p| p.id.clone());
    match view.asked.take() {
        Some((Asked::Cancel { job, .. }, _)) => return vec![Act::Cancel(job)],
        Some((Asked::Answer { job, chosen }, _)) => {
            let sheet = facts.questions.iter().any(|q| q.job == job && q.sheet);
            let answer = answers(sheet).get(chosen).map(|(answer, _)| *answer);
            return answer.map(|answer| Act::Answer(job, answer)).into_iter().collect();
        }
        Some((Asked::Menu { printer, chosen }, _)) => {
            if chosen == 0 {
                return vec![Act::NozzleCheck(printer)];
            }
            view.status_until = at + STATUS;
            return Vec::new();
        }
        None => {}
    }
    if let Some(question) = facts.question(shown.as_ref()) {
        let asked = Asked::Answer {
            job: question.job,
            chosen: 0,
        };
        view.asked = Some((asked, at + PATIENCE));
        return Vec::new();
    }
    if let Some(load) = facts.load(shown.as_ref()) {
        return vec![Act::Loaded(load.clone())];
    }
    view.tell("Nothing is asked. Hold ACTION for the menu", at);
    Vec::new()
}

fn held(view: &mut View, facts: &Facts, button: ButtonRole, stage: u8, at: u64) -> Vec<Act> {
    match (button, stage) {
        (ButtonRole::Cancel, _) => {
            let Some(printer) = view.printer(facts) else {
                return none_there(view, at);
            };
            match &printer.job {
                Some(job) if job.is_canceling => view.tell(format_smolstr!("Job {} is being canceled", job.id), at),
                Some(job) => {
                    let asked = Asked::Cancel {
                        job: job.id,
                        name: job.name.clone(),
                    };
                    view.asked = Some((asked, at + PATIENCE));
                }
                None => view.tell(format_smolstr!("{} has no job to cancel", printer.name), at),
            }
            Vec::new()
        }
        (ButtonRole::Action, _) => {
            match view.printer(facts) {
                Some(printer) => {
                    let asked = Asked::Menu {
                        printer: printer.id.clone(),
                        chosen: 0,
                    };
                    view.asked = Some((asked, at + PATIENCE));
                }
                None => view.status_until = at + STATUS,
            }
            Vec::new()
        }
        (ButtonRole::Setup, 0) => {
            // Pressed 2 s ago.
            let at_start = at <= view.started + AT_START + 2_000;
            view.armed = Some(match at_start {
                true => (Reset::Factory, at + 18_000),
                false => (Reset::Access, at + 8_000),
            });
            view.asked = None;
            Vec::new()
        }
        (ButtonRole::Setup, stage) => {
            let due = if stage == 1 { Reset::Access } else { Reset::Factory };
            match view.armed {
                Some((reset, _)) if reset == due => {
                    view.armed = None;
                    vec![Act::Reset(reset)]
                }
                _ => Vec::new(),
            }
        }
        (ButtonRole::Pause | ButtonRole::Select, _) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
