//! What the end of an attempt, or a person's answer, changes in the books.

use smol_str::SmolStr;

use super::{NewInkEntry, NewStockEntry, PrinterId};

/// Entries to be booked together with the change that they come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bookings {
    /// Of paper.
    pub stock: Vec<NewStockEntry>,
    /// Of ink.
    pub ink: Vec<NewInkEntry>,
    /// Sheets that left a feeder: printer, `media-source`, how many.
    pub fed: Option<(PrinterId, SmolStr, u32)>,
}
