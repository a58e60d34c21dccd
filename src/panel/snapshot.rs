//! The panel at a moment, for whoever shows it elsewhere.

use std::time::Duration;

use smol_str::SmolStr;

use super::canvas::Canvas;
use super::draw::drawn;
use super::lights::Light;
use super::pins::{ButtonRole, LightRole};
use super::screens::Screen;
use super::told::told;

/// The panel at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What the lights say and why, from left to right, fitted or not.
    pub lights: [Light; 4],
    /// The lights that are there.
    pub fitted_lights: Vec<LightRole>,
    /// The buttons that are there.
    pub fitted_buttons: Vec<ButtonRole>,
    /// Whether there is a display.
    pub has_display: bool,
    /// What the display shows, or would.
    pub screen: Screen,
    /// Parts that do not work, in words.
    pub troubles: Vec<SmolStr>,
}

impl Snapshot {
    /// The dots of the display.
    pub fn canvas(&self) -> Canvas {
        drawn(&self.screen)
    }

    /// What the display shows, in words, line by line.
    pub fn told(&self) -> Vec<SmolStr> {
        told(&self.screen)
    }

    /// The display as a PNG, each dot `scale` pixels wide.
    ///
    /// # Errors
    /// What the library says; none is known.
    pub fn png(&self, scale: usize) -> Result<Vec<u8>, png::EncodingError> {
        self.canvas().png(scale)
    }

    /// How bright each light is, 0 to 255, so long after any beginning: a page can play the patterns.
    pub fn levels(&self, since: Duration) -> [u8; 4] {
        let at = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.lights.each_ref().map(|light| light.pattern.level(at))
    }
}
