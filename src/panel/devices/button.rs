//! Buttons: a line whose edges the kernel tells, or any input pin that is looked at again and again.
//!
//! A line whose edges are too many is closed: not even the kernel has work with it. It is looked at again after a while,
//! and told to be quiet when it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use embedded_hal::digital::InputPin;
use tokio::sync::mpsc;

use super::part::{Part, Troubles};
use super::{Clock, Input};
use crate::panel::flood::{Flood, Verdict};
use crate::panel::pins::{Active, ButtonRole};

/// Longest wait for an edge; then it is looked whether the panel stops.
const WAIT: Duration = Duration::from_millis(500);
/// The kernel's debounce hides a flood from us: so often it is looked for without, in milliseconds.
const PROBE: u64 = 10_000;
/// How long a flooding line stays closed at first, in milliseconds; it doubles up to [`LONGEST`].
const CLOSED: u64 = 5_000;
/// The longest of these pauses, in milliseconds.
const LONGEST: u64 = 60_000;
/// Between two looks at a pin that tells no edges: four looks in a settling time.
const SAMPLE: Duration = Duration::from_millis(5);

/// One button's line.
pub trait Line: Send {
    /// Whether it is pressed now.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn is_down(&mut self) -> Result<bool, String>;

    /// Waits for its level to change; the new one, or `None` when it did not.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn wait(&mut self, most: Duration) -> Result<Option<bool>, String>;

    /// Whether it changes faster than any hand, though [`Line::wait`] may not tell.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn floods(&mut self) -> Result<bool, String> {
        Ok(false)
    }
}

/// An input pin that tells no edges.
#[derive(Debug)]
pub struct SampledLine<P> {
    pin: P,
    active: Active,
    last: bool,
    pause: Duration,
}

impl<P: InputPin> SampledLine<P> {
    /// A button that is pressed at this level of the pin.
    pub fn new(pin: P, active: Active) -> Self {
        SampledLine {
            pin,
            active,
            last: false,
            pause: SAMPLE,
        }
    }
}

impl<P: InputPin + Send> Line for SampledLine<P> {
    fn is_down(&mut self) -> Result<bool, String> {
        let high = self
            .pin
            .is_high()
            .map_err(|error| format!("can't be read: {error:?}"))?;
        self.last = high == (self.active == Active::High);
        Ok(self.last)
    }

    fn wait(&mut self, most: Duration) -> Result<Option<bool>, String> {
        for _ in 0..(most.as_millis() / self.pause.as_millis().max(1)).max(1) {
            std::thread::sleep(self.pause);
            let before = self.last;
            if self.is_down()? != before {
                return Ok(Some(self.last));
            }
        }
        Ok(None)
    }
}

/// Watches one button.
pub(super) struct Watch {
    role: ButtonRole,
    line: Part<Box<dyn Line>>,
    sender: mpsc::Sender<Input>,
    clock: Clock,
    troubles: Troubles,
    flood: Flood,
    /// The level that was told last.
    told: bool,
    probed_at: u64,
    /// While it floods: when it is looked at again, and the pause before that.
    closed: Option<(u64, u64)>,
}

impl Watch {
    pub fn new(
        role: ButtonRole,
        line: Part<Box<dyn Line>>,
        sender: mpsc::Sender<Input>,
        clock: Clock,
        troubles: Troubles,
    ) -> Self {
        Watch {
            role,
            line,
            sender,
            clock,
            troubles,
            flood: Flood::default(),
            told: false,
            probed_at: 0,
            closed: None,
        }
    }

    /// Until `stop` is set.
    pub fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let now = self.clock.now();
            if !self.turn(now) {
                std::thread::sleep(WAIT);
            }
        }
    }

    /// One wait. Says whether it has waited by itself.
    fn turn(&mut self, now: u64) -> bool {
        if let Some((until, pause)) = self.closed {
            if now < until {
                return false;
            }
            match self.line.with(now, &self.troubles, |line| line.floods()) {
                Some(false) => {
                    (self.closed, self.flood, self.told) = (None, Flood::default(), false);
                    self.tell(Input::Flood {
                        button: self.role,
                        floods: false,
                        at: now,
                    });
                }
                Some(true) => {
                    self.line.close();
                    let pause = (pause * 2).min(LONGEST);
                    self.closed = Some((now + pause, pause));
                    return false;
                }
                None => return false,
            }
        }
        let was_open = self.line.is_open();
        let probe = now >= self.probed_at + PROBE && !self.told;
        if probe {
            self.probed_at = now;
        }
        let found = self.line.with(now, &self.troubles, |line| {
            if probe && line.floods()? {
                return Ok(Found::Flood);
            }
            match was_open {
                true => line.wait(WAIT).map(|level| level.map_or(Found::Nothing, Found::Level)),
                false => line.is_down().map(Found::Level),
            }
        });
        match found {
            None => false,
            Some(Found::Flood) => {
                self.flooded(now);
                true
            }
            Some(Found::Level(down)) => {
                let at = self.clock.now().max(now);
                match self.flood.edge(at) {
                    Verdict::Pass => self.level(down, at),
                    Verdict::Begins | Verdict::GoesOn => self.flooded(at),
                }
                true
            }
            Some(Found::Nothing) => {
                // An edge may have been lost on the way, of which the level knows.
                if let Some(down) = self.line.with(now, &self.troubles, |line| line.is_down())
                    && down != self.told
                {
                    self.level(down, self.clock.now().max(now));
                }
                true
            }
        }
    }

    fn level(&mut self, down: bool, at: u64) {
        let edge = Input::Edge {
            button: self.role,
            down,
            at,
        };
        if self.tell(edge) {
            self.told = down;
        }
    }

    fn flooded(&mut self, at: u64) {
        self.line.close();
        self.closed = Some((at + CLOSED, CLOSED));
        self.tell(Input::Flood {
            button: self.role,
            floods: true,
            at,
        });
    }

    /// Nobody waits: what does not fit is lost, and found again by the level.
    fn tell(&self, input: Input) -> bool {
        self.sender.try_send(input).is_ok()
    }
}

enum Found {
    Nothing,
    Level(bool),
    Flood,
}

#[cfg(test)]
mod tests;
