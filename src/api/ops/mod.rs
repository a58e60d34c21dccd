//! The operations: what can be asked of the house, whoever asks and by whichever door. Each looks first whether its
//! caller may.

pub mod clients;
pub mod events;
pub mod jobs;
pub mod users;
pub mod webhooks;
