//! The parts: lights, buttons and the display behind small traits, each driven by a thread of its own.
//!
//! Whoever decides never waits for a part. What lights and display shall show is put into a place of which the thread
//! takes the newest ([`latest::Latest`]); edges of buttons come through a bounded channel. A part that can't be opened, or
//! fails, is told once, closed, and tried again with growing pauses ([`part::Part`]): the others go on.

pub mod button;
pub mod glass;
pub mod lamp;
pub mod latest;
pub mod linux;
pub mod part;
#[cfg(feature = "rppal")]
pub mod rppal;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::mpsc;

use super::canvas::Canvas;
use super::pattern::Pattern;
use super::pins::{ButtonRole, LightRole};
use button::Line;
use glass::Glass;
use lamp::Lamp;
use latest::Latest;
use part::{Part, Troubles};

/// Milliseconds since the panel began: what gestures and patterns count in.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// Begins now.
    pub fn start() -> Self {
        Clock(Instant::now())
    }

    /// Now.
    pub fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A moment of this clock.
    pub fn at(self, ms: u64) -> Instant {
        // Further away than any wait is: a day.
        self.0 + std::time::Duration::from_millis(ms.min(self.now() + 86_400_000))
    }
}

/// What comes from a button's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Its level changed, or is told for the first time.
    Edge {
        /// Which button.
        button: ButtonRole,
        /// Whether it is down.
        down: bool,
        /// When.
        at: u64,
    },
    /// Its edges are too many, or no longer.
    Flood {
        /// Which button.
        button: ButtonRole,
        /// Whether they are.
        floods: bool,
        /// When.
        at: u64,
    },
}

/// The parts of a panel, not opened yet.
#[derive(Default)]
pub struct Parts {
    /// The lights.
    pub lamps: Vec<(LightRole, Part<Box<dyn Lamp>>)>,
    /// The buttons.
    pub lines: Vec<(ButtonRole, Part<Box<dyn Line>>)>,
    /// The display.
    pub glass: Option<Part<Box<dyn Glass>>>,
}

/// The threads at work.
pub struct Running {
    /// What the lights shall do.
    pub patterns: Arc<Latest<Vec<(LightRole, Pattern)>>>,
    /// What the display shall show; `None`: nothing.
    pub picture: Arc<Latest<Option<Canvas>>>,
    /// What the buttons do.
    pub inputs: mpsc::Receiver<Input>,
    threads: Vec<JoinHandle<()>>,
    stop: Arc<std::sync::atomic::AtomicBool>,
}

/// Most inputs that wait: more than all buttons send in the time that a busy machine may need.
const INPUTS: usize = 512;

impl Parts {
    /// Starts a thread for the lights, one for each button, and one for the display.
    pub fn start(self, clock: Clock, troubles: &Troubles) -> Running {
        let (sender, inputs) = mpsc::channel(INPUTS);
        let patterns = Arc::new(Latest::new(Vec::new()));
        let picture = Arc::new(Latest::new(None));
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let mut threads = Vec::new();
        let mut spawn = |name: String, work: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new()
                .name(name.clone())
                .stack_size(256 << 10)
                .spawn(work);
            match started {
                Ok(thread) => threads.push(thread),
                Err(error) => log::warn!("the panel's {name} does not work: no thread can be started: {error}"),
            }
        };
        if !self.lamps.is_empty() {
            let (lamps, patterns, troubles) = (self.lamps, patterns.clone(), troubles.clone());
            spawn(
                "panel lights".into(),
                Box::new(move || lamp::light(lamps, &patterns, clock, &troubles)),
            );
        }
        for (role, line) in self.lines {
            let (sender, troubles, stop) = (sender.clone(), troubles.clone(), stop.clone());
            let watch = button::Watch::new(role, line, sender, clock, troubles);
            spawn(format!("panel {}", role.keyword()), Box::new(move || watch.run(&stop)));
        }
        if let Some(glass) = self.glass {
            let (picture, troubles) = (picture.clone(), troubles.clone());
            spawn(
                "panel display".into(),
                Box::new(move || glass::show(glass, &picture, clock, &troubles)),
            );
        }
        Running {
            patterns,
            picture,
            inputs,
            threads,
            stop,
        }
    }
}

impl Running {
    /// Ends the threads: lights and display go dark. Blocking, for half a second at the most while parts answer.
    pub fn stop(self) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        self.patterns.close();
        self.picture.close();
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}
