//! The operations: what can be asked of the house, whoever asks and by whichever door. Each looks first whether its
//! caller may.

pub mod backup;
pub mod change;
pub mod clients;
pub mod events;
pub mod feeders;
pub mod jobs;
pub mod lan;
pub mod list;
pub mod machine;
mod names;
mod order;
pub mod panel;
pub mod papers;
pub mod presets;
pub mod printers;
pub mod profile_uses;
pub mod profiles;
pub mod proofs;
pub mod quotes;
pub mod routines;
pub mod settings;
pub mod submit;
pub mod supplies;
pub mod support;
pub mod switches;
pub mod system;
pub mod templates;
pub mod ticket;
pub mod updates;
pub mod uploads;
pub mod users;
pub mod webhooks;

#[cfg(test)]
mod tests;
