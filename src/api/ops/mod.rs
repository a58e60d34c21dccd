//! The operations: what can be asked of the house, whoever asks and by whichever door. Each looks first whether its
//! caller may.

pub mod change;
pub mod clients;
pub mod events;
pub mod jobs;
pub mod list;
mod order;
pub mod proofs;
pub mod quotes;
pub mod submit;
pub mod ticket;
pub mod uploads;
pub mod users;
pub mod webhooks;

#[cfg(test)]
mod tests;
