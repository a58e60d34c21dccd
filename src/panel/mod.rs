//! The front panel: four lights, five buttons and a small display, each of which may be missing.
//!
//! It never blocks and never decides. What lights and display show is a pure function of the state of the house
//! ([`lights`], [`screens`]), which is read from the event log and the store ([`facts`]); what a hand does becomes a gesture
//! ([`gestures`]), and a gesture an act ([`acts`]), which is carried out by the operations of the queue that every door uses,
//! and written down as an event with its source.
//!
//! | | |
//! | --- | --- |
//! | pure | [`pins`] (which line is what), [`gestures`] and [`flood`], [`acts`], [`lights`] and [`pattern`], [`screens`], [`draw`] and [`words`] |
//! | parts | [`devices`]: behind the traits of `embedded-hal`, each in a thread of its own, opened again when it comes back |
//! | at work | [`Panel`] with its [`Remote`], which a page shows and presses |
//! | on paper | [`wiring`]: the diagram and the table of `hardware/`, drawn from the pin map |

pub mod acts;
pub mod canvas;
mod deeds;
pub mod devices;
pub mod draw;
pub mod facts;
pub mod flood;
pub mod gestures;
pub mod lights;
pub mod pattern;
pub mod pins;
mod run;
pub mod screens;
mod snapshot;
mod told;
mod watch;
pub mod wiring;
pub mod words;

pub use deeds::{Caretaker, NoCaretaker};
pub use facts::Machine;
pub use lights::Reset;
pub use pins::{ButtonRole, LightRole, Pins, PinsError};
pub use run::{House, Panel, Press, PressError, Remote};
pub use snapshot::Snapshot;
