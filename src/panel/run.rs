//! The running panel: one task that hears buttons and the house, and says what lights and display show.
//!
//! ```text
//!   buttons' threads ──Input──► ┌──────────┐ ──patterns──► lights' thread
//!   page ────────────Press────► │ the task │ ──picture───► display's thread
//!   watch::follow ──Facts─────► └──────────┘ ──Snapshot──► whoever shows the panel elsewhere
//!        ▲                        │      ▲
//!        │ event log              ▼ Deed │ what came of it
//!   store, queue ◄────────────── deeds' task
//! ```
//!
//! The task waits for nothing but news: what can take time is done by the others, and what they can't take is dropped and
//! said.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::acts::{Act, View, decide};
use super::deeds::{Caretaker, Hands};
use super::devices::part::Troubles;
use super::devices::{Clock, Input, Parts, Running};
use super::draw::drawn;
use super::facts::{Facts, Machine};
use super::gestures::{Gesture, Gestures, Timing};
use super::lights::lights;
use super::pattern::Pattern;
use super::pins::{ButtonRole, LightRole};
use super::screens::{Screen, screen};
use super::snapshot::Snapshot;
use super::watch::follow;
use crate::queue::Queue;
use crate::store::Store;

/// Who pressed a button of the box itself.
const SOURCE: &str = "panel";
/// Most acts that wait to be carried out.
const DEEDS: usize = 16;
/// Most presses of the page that wait.
const PRESSES: usize = 16;
/// The longest that the task sleeps, in milliseconds: troubles of parts are looked at then.
const LONGEST: u64 = 2_000;

/// How a button is pressed on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Press {
    /// Shortly.
    Short,
    /// Twice.
    Double,
    /// For its hold time.
    Long,
}

/// Why a press of a page was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// What resets the box is done by a hand at the box.
    #[error("network, sign-in and everything else are reset by holding SETUP at the box itself")]
    AtTheBox,
    /// It has no such gesture.
    #[error("holding or doubling this button does nothing")]
    Nothing,
    /// The panel has too much to do, or has stopped.
    #[error("the panel takes no press now: try again in a moment")]
    Busy,
}

/// Something for the deeds' task.
enum Deed {
    Act(Act, SmolStr),
    /// A button that is stuck or broken, or no longer.
    Note(&'static str, SmolStr),
}

/// What the panel needs of the house.
pub struct House {
    /// The store: its event log, and the house.
    pub store: Store,
    /// The queue: its operations.
    pub queue: Arc<Queue>,
    /// What is known of the machine around, and every change.
    pub machine: watch::Receiver<Machine>,
    /// Whoever resets it.
    pub caretaker: Arc<dyn Caretaker>,
}

/// The panel at work.
pub struct Panel {
    remote: Remote,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    others: [JoinHandle<()>; 2],
}

/// The panel for whoever shows it elsewhere: cheap to clone.
#[derive(Debug, Clone)]
pub struct Remote {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    presses: mpsc::Sender<(Gesture, SmolStr)>,
}

impl Remote {
    /// The panel now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// Every change of the panel.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Presses a button for somebody, whose name stands in the event.
    ///
    /// # Errors
    /// [`PressError`]: nothing was done.
    pub fn press(&self, button: ButtonRole, how: Press, who: &str) -> Result<(), PressError> {
        let gesture = match (button, how) {
            (ButtonRole::Setup, Press::Long) => return Err(PressError::AtTheBox),
            (_, Press::Short) => Gesture::Press(button),
            (ButtonRole::Pause, Press::Double) => Gesture::Double(button),
            (ButtonRole::Cancel | ButtonRole::Action, Press::Long) => Gesture::Hold(button, 0),
            _ => return Err(PressError::Nothing),
        };
        let source = format_smolstr!("{SOURCE}, by {who}");
        self.presses.try_send((gesture, source)).map_err(|_| PressError::Busy)
    }
}

impl Panel {
    /// Starts with these parts.
    pub fn start(parts: Parts, house: House) -> Panel {
        let clock = Clock::start();
        let troubles = Troubles::default();
        let has_display = parts.glass.is_some();
        let fitted_lights: Vec<LightRole> = parts.lamps.iter().map(|(role, _)| *role).collect();
        let fitted_buttons: Vec<ButtonRole> = parts.lines.iter().map(|(role, _)| *role).collect();
        let facts = Facts {
            starting: true,
            machine: house.machine.borrow().clone(),
            ..Facts::default()
        };
        let view = View::new(clock.now(), has_display);
        let snapshot = Snapshot {
            lights: lights(&facts, &view.own()),
            fitted_lights,
            fitted_buttons,
            has_display,
            screen: Screen::Starting,
            troubles: Vec::new(),
        };
        let (snapshots, seen) = watch::channel(Arc::new(snapshot));
        let (presses, pressed) = mpsc::channel(PRESSES);
        let (deeds, wanted) = mpsc::channel(DEEDS);
        let (said, heard) = mpsc::channel(DEEDS);
        let (know, known) = watch::channel(Arc::new(facts));
        let (stop, stopped) = watch::channel(false);
        let hands = Hands {
            queue: house.queue.clone(),
            store: house.store.clone(),
            caretaker: house.caretaker,
        };
        let others = [
            tokio::spawn(follow(house.store, house.queue.loads(), house.machine, know)),
            tokio::spawn(work(hands, wanted, said)),
        ];
        let task = Task {
            clock,
            gestures: Gestures::new(Timing::default()),
            view,
            facts: known,
            running: parts.start(clock, &troubles),
            troubles,
            deeds,
            snapshots,
        };
        Panel {
            remote: Remote {
                snapshots: seen,
                presses,
            },
            stop,
            task: tokio::spawn(task.run(pressed, heard, stopped)),
            others,
        }
    }

    /// For whoever shows the panel elsewhere.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Stops: lights and display go dark, or back to what the kernel makes of them.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            log::error!("the panel did not stop as it should: {error}");
        }
        for other in self.others {
            other.abort();
        }
    }
}

/// Carries out what is wanted, one after the other.
async fn work(hands: Hands, mut wanted: mpsc::Receiver<Deed>, said: mpsc::Sender<SmolStr>) {
    let source = SmolStr::new_static(SOURCE);
    while let Some(deed) = wanted.recv().await {
        match deed {
            Deed::Act(act, source) => {
                let words = hands.carry_out(&act, &source).await;
                if said.send(words).await.is_err() {
                    return;
                }
            }
            Deed::Note(what, words) => hands.write_down(None, what, &source, &words).await,
        }
    }
}

struct Task {
    clock: Clock,
    gestures: Gestures,
    view: View,
    facts: watch::Receiver<Arc<Facts>>,
    running: Running,
    troubles: Troubles,
    deeds: mpsc::Sender<Deed>,
    snapshots: watch::Sender<Arc<Snapshot>>,
}

impl Task {
    async fn run(
        mut self,
        mut pressed: mpsc::Receiver<(Gesture, SmolStr)>,
        mut heard: mpsc::Receiver<SmolStr>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let source = SmolStr::new_static(SOURCE);
        loop {
            let wake = self.clock.at(self.next(self.clock.now()));
            tokio::select! {
                _ = stopped.changed() => break,
                Some(input) = self.running.inputs.recv() => {
                    let told = match input {
                        Input::Edge { button, down, at } => self.gestures.edge(button, down, at),
                        Input::Flood { button, floods, at } => self.gestures.line_flooded(button, floods, at),
                    };
                    self.took(&told, &source);
                }
                Some((gesture, by)) = pressed.recv() => {
                    self.view.wake(self.clock.now());
                    self.took(&[gesture], &by);
                }
                Some(said) = heard.recv() => self.view.tell(said, self.clock.now()),
                Ok(()) = self.facts.changed() => {}
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            let told = self.gestures.tick(self.clock.now());
            self.took(&told, &source);
            self.show();
        }
        let running = self.running;
        // Threads are joined.
        let _ = tokio::task::spawn_blocking(move || running.stop()).await;
    }

    /// When something is to be done though nothing happens.
    fn next(&self, now: u64) -> u64 {
        let awake = self.view.is_awake(now).then_some(self.view.awake_until);
        // A reset that is armed counts its seconds.
        let count = self
            .view
            .armed
            .map(|(_, due)| now + (due.saturating_sub(now) % 1_000).max(1));
        let times = [self.gestures.wake(), self.view.due(), awake, count];
        times.into_iter().flatten().fold(now + LONGEST, u64::min).max(now + 1)
    }

    /// Does what gestures ask for.
    fn took(&mut self, gestures: &[Gesture], source: &SmolStr) {
        for gesture in gestures {
            let note = match gesture {
                Gesture::Stuck(button) => {
                    Some(("button-stuck", *button, "is held down, and left out until it is let go"))
                }
                Gesture::Freed(button) => Some(("button-freed", *button, "was let go, and works again")),
                Gesture::Flooded(button) => Some(("button-broken", *button, "changes too fast, and is left out")),
                Gesture::Calm(button) => Some(("button-calm", *button, "is quiet, and works again")),
                _ => None,
            };
            if let Some((what, button, words)) = note {
                let words = format_smolstr!("Button {} {words}", button.keyword());
                self.want(Deed::Note(what, words));
            }
            let facts = self.facts.borrow().clone();
            for act in decide(&mut self.view, &facts, *gesture, self.clock.now()) {
                self.want(Deed::Act(act, source.clone()));
            }
        }
    }

    fn want(&mut self, deed: Deed) {
        if self.deeds.try_send(deed).is_err() {
            self.view.tell("Too much at once: try again", self.clock.now());
        }
    }

    /// Shows what there is to see.
    fn show(&mut self) {
        let now = self.clock.now();
        let facts = self.facts.borrow_and_update().clone();
        self.view.settle(&facts, now);
        let lights = lights(&facts, &self.view.own());
        let patterns = |lights: &[super::lights::Light; 4]| -> Vec<(LightRole, Pattern)> {
            lights.iter().map(|light| (light.role, light.pattern)).collect()
        };
        let old = self.snapshots.borrow().clone();
        // What changes the lights is worth a look at the display.
        if patterns(&old.lights) != patterns(&lights) {
            self.view.wake(now);
        }
        let screen = screen(&self.view, &facts, now);
        self.running.patterns.set(patterns(&lights));
        let new = Snapshot {
            lights,
            screen,
            troubles: self.troubles.all().into_iter().map(SmolStr::from).collect(),
            ..(*old).clone()
        };
        if self.view.has_display {
            let picture = (new.screen != Screen::Asleep).then(|| drawn(&new.screen));
            self.running.picture.set(picture);
        }
        if new != *old {
            self.snapshots.send_replace(Arc::new(new));
        }
    }
}

#[cfg(test)]
mod tests;
