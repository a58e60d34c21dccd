//! From edges with their times to what a hand did: a pure state machine.
//!
//! ```text
//!            edge, then quiet for `settle`                 released before any hold time
//!   up ────────────────────────────────────► down ──────────────────────────────────────► Press
//!    ▲                                       │ │ │         (twice within `double`, where a button has that: Double)
//!    │                                       │ │ └── `holds[0]` … still down ──► Hold 0, Hold 1 … ── released ──► LetGo
//!    │                                       │ └──── its partner is pressed within `together` ──► Chord, nothing else
//!    │ released ──► Freed                    └────── still down after `stuck` ──► Stuck, nothing else
//!    └──────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Beside that a button whose edges come faster than any hand makes them ([`Flood`]) is left out until it has been quiet
//! for a while. Both ends are told once.
//!
//! Time is in milliseconds of any clock that does not go back. How often [`Gestures::tick`] is called changes when
//! something is told, never what.

use super::flood::{Flood, Verdict};
use super::pins::ButtonRole;

/// What a hand did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gesture {
    /// A button went down: the display may wake.
    Down(ButtonRole),
    /// Pressed and released.
    Press(ButtonRole),
    /// Pressed twice.
    Double(ButtonRole),
    /// Both pressed at once; the lesser first.
    Chord(ButtonRole, ButtonRole),
    /// Held for the hold time of this number, and still down.
    Hold(ButtonRole, u8),
    /// Released after the hold of this number.
    LetGo(ButtonRole, u8),
    /// Down for longer than any hand holds it.
    Stuck(ButtonRole),
    /// Released after that.
    Freed(ButtonRole),
    /// Changes faster than any hand.
    Flooded(ButtonRole),
    /// Quiet again.
    Calm(ButtonRole),
}

/// How long things take, in milliseconds.
#[derive(Debug, Clone)]
pub struct Timing {
    /// A level that lasts so long is believed. Contacts of such buttons bounce for 5 ms and less.
    pub settle: u64,
    /// Most time between the release of a press and the next one that makes it a double one.
    pub double: u64,
    /// Most time between two buttons that are pressed together.
    pub together: u64,
    /// Down for so long is stuck. More than the longest hold.
    pub stuck: u64,
    /// Quiet for so long ends a flood.
    pub calm: u64,
    /// The hold times of each button, growing.
    pub holds: fn(ButtonRole) -> &'static [u64],
    /// Buttons whose presses wait for a second one.
    pub doubles: &'static [ButtonRole],
    /// Buttons that are pressed together; the lesser first.
    pub chords: &'static [(ButtonRole, ButtonRole)],
}

/// The hold times of the panel: cancel 2 s; action 1.5 s; setup armed after 2 s, 10 s for network and sign-in, 20 s for
/// everything.
fn holds(button: ButtonRole) -> &'static [u64] {
    match button {
        ButtonRole::Cancel => &[2_000],
        ButtonRole::Action => &[1_500],
        ButtonRole::Setup => &[2_000, 10_000, 20_000],
        ButtonRole::Pause | ButtonRole::Select => &[],
    }
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            settle: 20,
            double: 350,
            together: 150,
            stuck: 60_000,
            calm: 5_000,
            holds,
            doubles: &[ButtonRole::Pause],
            chords: &[(ButtonRole::Select, ButtonRole::Action)],
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// The level as it was last seen, and since when.
    raw: bool,
    raw_at: u64,
    /// The level that is believed.
    down: bool,
    down_at: u64,
    /// Hold times that were reached.
    stages: u8,
    /// Nothing more comes of this press.
    spent: bool,
    stuck: bool,
    /// A press that may be the first of two: when it was released.
    first: Option<u64>,
    /// This is the second of two.
    second: bool,
    flood: Flood,
    flooded: bool,
}

/// All buttons.
#[derive(Debug)]
pub struct Gestures {
    timing: Timing,
    now: u64,
    states: [State; ButtonRole::ALL.len()],
}

impl Gestures {
    /// All buttons up.
    pub fn new(timing: Timing) -> Self {
        Gestures {
            timing,
            now: 0,
            states: Default::default(),
        }
    }

    /// A button's level was seen to change, or is told for the first time.
    pub fn edge(&mut self, button: ButtonRole, down: bool, at: u64) -> Vec<Gesture> {
        let mut told = self.tick(at);
        let at = self.now;
        let state = &mut self.states[button as usize];
        match state.flood.edge(at) {
            Verdict::Pass => {}
            Verdict::Begins => {
                self.flooded(button, &mut told);
                return told;
            }
            Verdict::GoesOn => {
                state.raw = down;
                state.raw_at = at;
                return told;
            }
        }
        // The same level once more is a sample, not an edge: it must not put its belief off.
        if state.raw != down {
            state.raw = down;
            state.raw_at = at;
        }
        told
    }

    /// Somebody before us has found the button's edges too many, or quiet again.
    pub fn line_flooded(&mut self, button: ButtonRole, floods: bool, at: u64) -> Vec<Gesture> {
        let mut told = self.tick(at);
        let state = &mut self.states[button as usize];
        match (floods, state.flooded) {
            (true, false) => {
                state.flood.begin(self.now);
                self.flooded(button, &mut told);
            }
            (true, true) => state.flood.begin(self.now),
            (false, true) => self.calmed(button, &mut told),
            (false, false) => {}
        }
        told
    }

    fn flooded(&mut self, button: ButtonRole, told: &mut Vec<Gesture>) {
        let state = &mut self.states[button as usize];
        if let Some(stage) = state.stages.checked_sub(1).filter(|_| !state.spent) {
            told.push(Gesture::LetGo(button, stage));
        }
        state.flooded = true;
        (state.down, state.stages, state.spent, state.stuck) = (false, 0, false, false);
        (state.first, state.second) = (None, false);
        told.push(Gesture::Flooded(button));
    }

    fn calmed(&mut self, button: ButtonRole, told: &mut Vec<Gesture>) {
        let state = &mut self.states[button as usize];
        state.flood = Flood::default();
        state.flooded = false;
        // Should it be down, then by no hand that meant something by it.
        (state.down, state.spent, state.down_at) = (state.raw, state.raw, self.now);
        told.push(Gesture::Calm(button));
    }

    /// Time has passed.
    pub fn tick(&mut self, to: u64) -> Vec<Gesture> {
        let mut told = Vec::new();
        let to = to.max(self.now);
        // Each turn ends a wait of one button, of which it has a few: it ends.
        while let Some((at, button)) = self.next().filter(|(at, _)| *at <= to) {
            self.now = self.now.max(at);
            self.due(button, &mut told);
        }
        self.now = to;
        told
    }

    /// When a tick is needed next, should nothing happen before.
    pub fn wake(&self) -> Option<u64> {
        self.next().map(|(at, _)| at)
    }

    fn next(&self) -> Option<(u64, ButtonRole)> {
        let due = |button: &ButtonRole| Some((self.due_at(*button)?, *button));
        ButtonRole::ALL.iter().filter_map(due).min_by_key(|(at, _)| *at)
    }

    /// The next moment at which something becomes certain of a button.
    fn due_at(&self, button: ButtonRole) -> Option<u64> {
        let (state, timing) = (&self.states[button as usize], &self.timing);
        if state.flooded {
            return Some(state.raw_at.max(state.flood.last()) + timing.calm);
        }
        if state.raw != state.down {
            return Some(state.raw_at + timing.settle);
        }
        if !state.down {
            return state.first.map(|at| at + timing.double + 1);
        }
        if state.stuck {
            return None;
        }
        let stuck = state.down_at + timing.stuck;
        let hold = (timing.holds)(button)
            .get(usize::from(state.stages))
            .filter(|_| !state.spent)
            // A release that turns out to be a bounce has put it off.
            .map(|hold| (state.down_at + hold).max(state.raw_at));
        Some(hold.map_or(stuck, |hold| hold.min(stuck)))
    }

    fn due(&mut self, button: ButtonRole, told: &mut Vec<Gesture>) {
        let state = &mut self.states[button as usize];
        if state.flooded {
            self.calmed(button, told);
        } else if state.raw != state.down {
            match state.raw {
                true => self.pressed(button, told),
                false => self.released(button, told),
            }
        } else if !state.down {
            state.first = None;
            told.push(Gesture::Press(button));
        } else if self.now >= state.down_at + self.timing.stuck {
            if let Some(stage) = state.stages.checked_sub(1).filter(|_| !state.spent) {
                told.push(Gesture::LetGo(button, stage));
            }
            (state.stuck, state.spent) = (true, true);
            told.push(Gesture::Stuck(button));
        } else {
            if std::mem::take(&mut state.second) {
                told.push(Gesture::Press(button));
            }
            told.push(Gesture::Hold(button, state.stages));
            state.stages += 1;
        }
    }

    fn pressed(&mut self, button: ButtonRole, told: &mut Vec<Gesture>) {
        let timing = &self.timing;
        let state = &mut self.states[button as usize];
        let at = state.raw_at;
        (state.down, state.down_at, state.stages, state.spent) = (true, at, 0, false);
        match state.first.take() {
            Some(first) if at <= first + timing.double => state.second = true,
            Some(_) => told.push(Gesture::Press(button)),
            None => {}
        }
        told.push(Gesture::Down(button));
        let partner = timing.chords.iter().find_map(|(one, other)| match button {
            b if b == *one => Some(*other),
            b if b == *other => Some(*one),
            _ => None,
        });
        let Some(partner) = partner else { return };
        let other = &self.states[partner as usize];
        let together = other.down
            && !other.spent
            && other.stages == 0
            && !other.flooded
            && at.abs_diff(other.down_at) <= timing.together;
        if together {
            for of in [button, partner] {
                let state = &mut self.states[of as usize];
                state.spent = true;
                if std::mem::take(&mut state.second) {
                    told.push(Gesture::Press(of));
                }
            }
            told.push(Gesture::Chord(button.min(partner), button.max(partner)));
        }
    }

    fn released(&mut self, button: ButtonRole, told: &mut Vec<Gesture>) {
        let doubles = self.timing.doubles.contains(&button);
        let state = &mut self.states[button as usize];
        state.down = false;
        let stages = std::mem::take(&mut state.stages);
        let second = std::mem::take(&mut state.second);
        if std::mem::take(&mut state.stuck) {
            state.spent = false;
            told.push(Gesture::Freed(button));
        } else if std::mem::take(&mut state.spent) {
            // A chord, or what a flood has left.
        } else if let Some(stage) = stages.checked_sub(1) {
            told.push(Gesture::LetGo(button, stage));
        } else if second {
            told.push(Gesture::Double(button));
        } else if doubles {
            state.first = Some(state.raw_at);
        } else {
            told.push(Gesture::Press(button));
        }
    }
}

#[cfg(test)]
mod tests;
