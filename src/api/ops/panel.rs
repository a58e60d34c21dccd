//! The front panel: looking at it, and pressing its buttons from afar.
//!
//! Its display tells of everybody's jobs, and its buttons act on them: whoever looks must be let see all jobs, and whoever
//! presses must be let act on them.

use std::time::Duration;

use hyper::StatusCode;

use crate::api::panel::{NotPressed, PanelPort, PanelPress, PanelView};
use crate::api::{Api, Caller, Problem};
use crate::model::Scope;

/// Pixels of a dot of the display, when nobody says, and at most.
const SCALE: usize = 4;
const MOST_SCALE: usize = 8;

impl Api {
    /// The panel, for those who may look at it.
    ///
    /// # Errors
    /// 403, 404 `no-panel`.
    pub fn panel_port(&self, caller: &Caller) -> Result<PanelPort, Problem> {
        caller.needs(Scope::PrintersRead)?;
        caller.needs(Scope::JobsAll)?;
        let none = || Problem::not_found("no-panel", "front panel here: the configuration names none");
        self.estate.panel().ok_or_else(none)
    }

    /// How the panel looks.
    ///
    /// # Errors
    /// 403, 404 `no-panel`.
    pub fn panel(&self, caller: &Caller) -> Result<PanelView, Problem> {
        Ok(self.panel_port(caller)?.view())
    }

    /// What the display shows, as a PNG.
    ///
    /// # Errors
    /// 403, 404 `no-panel`, 422.
    pub fn panel_picture(&self, caller: &Caller, scale: Option<usize>) -> Result<Vec<u8>, Problem> {
        let panel = self.panel_port(caller)?;
        let scale = scale.unwrap_or(SCALE);
        if !(1..=MOST_SCALE).contains(&scale) {
            return Err(Problem::invalid("scale", "a dot is 1 to 8 pixels wide"));
        }
        panel.picture(scale).map_err(|error| Problem::internal(&error))
    }

    /// Presses a button: what comes of it is told by the display, and by an event with the caller's name.
    ///
    /// # Errors
    /// 403, 404 `no-panel`, `no-such-button`, 409 `at-the-box`, 422, 503 `panel-busy`.
    pub fn press_panel(&self, caller: &Caller, button: &str, how: PanelPress) -> Result<(), Problem> {
        let panel = self.panel_port(caller)?;
        caller.needs(Scope::PrintersControl)?;
        caller.needs(Scope::JobsWrite)?;
        panel.press(button, how, &caller.name).map_err(|why| match why {
            NotPressed::NoSuchButton => Problem::not_found(
                "no-such-button",
                "such button on the panel: it has pause, cancel, select, action and setup",
            ),
            NotPressed::AtTheBox => Problem::conflict(
                "at-the-box",
                "network, sign-in and everything else are reset by holding SETUP at the box itself, and not from here",
            ),
            NotPressed::Nothing => Problem::invalid("how", "this button does nothing when it is pressed so"),
            NotPressed::Busy => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "panel-busy",
                "the panel takes no press now: try again in a moment",
            )
            .after(Duration::from_secs(1)),
        })
    }
}
