//! The port to the front panel: how it looks, and its buttons. [`crate::appliance`] puts the panel behind it.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most streams of the panel at once: a few people look on, each by one.
const STREAMS: usize = 16;

/// How a button is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanelPress {
    /// Shortly.
    Short,
    /// Twice.
    Double,
    /// For its hold time.
    Long,
}

/// A light.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LightView {
    /// `ready`, `busy`, `attention`, `fault`.
    pub light: &'static str,
    /// Whether it is there.
    pub fitted: bool,
    /// `off`, `steady`, `breathes`, `flashes`, `flickers`, `in-turn`.
    pub pattern: &'static str,
    /// How many flashes there are before each pause, of `flashes`.
    pub flashes: Option<u8>,
    /// What it does, in words.
    pub shown: String,
    /// Why, in words.
    pub why: SmolStr,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ButtonView {
    /// `pause`, `cancel`, `select`, `action`, `setup`.
    pub button: &'static str,
    /// Whether it is there. One that is not can be pressed from here all the same.
    pub fitted: bool,
    /// How long it is held to do something else, in milliseconds; none: holding it does nothing from here.
    pub hold_ms: Option<u64>,
    /// Whether pressing it twice does something else.
    pub double: bool,
}

/// The display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisplayView {
    /// Whether it is there. What one would show is told all the same.
    pub fitted: bool,
    /// Whether it shows anything.
    pub awake: bool,
    /// What it shows, line by line.
    pub text: Vec<SmolStr>,
    /// A word that is another one when the picture is.
    pub edition: SmolStr,
}

/// The panel at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelView {
    /// Its lights, from left to right.
    pub lights: Vec<LightView>,
    /// Its buttons, from left to right.
    pub buttons: Vec<ButtonView>,
    /// Its display.
    pub display: DisplayView,
    /// Parts that do not work, in words.
    pub troubles: Vec<SmolStr>,
}

/// Why a press was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPressed {
    /// There is no such button.
    NoSuchButton,
    /// It is only done by a hand at the box.
    AtTheBox,
    /// The button has no such gesture.
    Nothing,
    /// The panel has too much to do.
    Busy,
}

/// A panel that runs.
#[async_trait]
pub trait FrontPanel: Send + Sync + 'static {
    /// How it looks.
    fn view(&self) -> PanelView;

    /// The display as a PNG, each dot `scale` pixels wide.
    ///
    /// # Errors
    /// What the library says, in words.
    fn picture(&self, scale: usize) -> Result<Vec<u8>, SmolStr>;

    /// Presses a button for somebody, whose name stands in the event.
    ///
    /// # Errors
    /// [`NotPressed`]: nothing was done.
    fn press(&self, button: &str, how: PanelPress, who: &str) -> Result<(), NotPressed>;

    /// Waits until it looks other than so. False: it has stopped.
    async fn looks_other_than(&self, seen: &PanelView) -> bool;
}

/// The panel with its bounds. Clones share all.
#[derive(Clone)]
pub struct PanelPort {
    panel: Arc<dyn FrontPanel>,
    streams: Arc<Semaphore>,
}

impl PanelPort {
    /// To a panel.
    pub fn new(panel: impl FrontPanel) -> PanelPort {
        PanelPort {
            panel: Arc::new(panel),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    /// A place among the streams, as long as it is held; none while all are taken.
    pub fn stream(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().ok()
    }
}

impl std::ops::Deref for PanelPort {
    type Target = dyn FrontPanel;

    fn deref(&self) -> &Self::Target {
        &*self.panel
    }
}
