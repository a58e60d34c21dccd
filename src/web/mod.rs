//! The door for people: pages that the daemon draws, by HTTPS.
//!
//! ```text
//!   door ─► exchange ─► router ─► routes/* ─► api::ops ─► pages/*.html
//!           (who is it?  (path)    (forms in)  (the same as  (askama)
//!            sign in)                           programs ask)
//! ```
//!
//! Pages work without scripts, but for dropping pictures onto a sheet. [`assets`] has a little of our own JavaScript: it
//! follows the log and fetches the parts of a page anew that changed, as the server draws them, so that there is one
//! place where things are drawn.

mod assets;
mod exchange;
mod form;
mod frame;
mod gone;
mod qr;
mod routes;
mod words;

pub use exchange::Exchange;
