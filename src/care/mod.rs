//! Care: the books of paper and ink, what they say, and what is loaded. Pure: entries and a given time in, answers out.
//!
//! ```text
//!   configuration ──► papers ─┐                    printer's marker-levels ─┐
//!   a person's counts ────────┤                    jobs (estimate) ─────────┤
//!   sheets printed, spoiled ──┴─► stock entries    cleanings, tanks ────────┴─► ink entries
//!                                     │                                            │
//!            sheets of open jobs ─► Stock                                    level ± error ◄─ calibration
//!                                 on hand, available,                              │
//!                                 low, out                       estimate ─► enough to finish?
//! ```
//!
//! Nothing is ever a bare number: every change of an account is an entry with its reason ([`crate::model::StockEntry`],
//! [`crate::model::InkEntry`]), kept by the store, written once. Care never touches a printer.
//!
//! What real hardware has not shown is *unproven* here: by which rule a PRO-1000 rounds its levels ([`ink`] learns it),
//! how it shares a picture out over its inks ([`estimate`] guesses, [`ink`] corrects the sum of it for each ink), and
//! which of its words on loaded media can be trusted ([`loaded`]).

pub mod estimate;
mod finish;
pub mod forecast;
pub mod ink;
pub mod loaded;
pub mod price;
pub mod stock;

pub use estimate::estimate;
pub use finish::finish_of;
pub use forecast::{Forecast, forecast};
pub use ink::{Account, Enough, accounts, enough};
pub use loaded::{Correction, corrections};
pub use stock::Stock;
