//! Presets: named ticket fragments.

use smol_str::SmolStr;

use crate::model::{Destination, PrinterId};

use super::Wishes;

/// A ticket fragment with a name, which clients see as a printer of its own: whoever prints there has wished for all
/// that it says, whatever else he asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its short name, beside those of the printers.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Where its jobs go.
    pub destination: Destination,
    /// What it says.
    pub wishes: Wishes,
}
