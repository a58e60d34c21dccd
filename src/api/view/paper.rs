//! How papers and the books of paper and ink are told of.

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use crate::care::Stock;
use crate::model::{Finish, InkEntry, InkReason, Price, StockEntry, StockReason};

/// A paper with its stock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperView {
    /// Short name.
    pub id: SmolStr,
    /// What people call it, without its size.
    pub name: SmolStr,
    /// With its size.
    pub shown: String,
    /// Whether it stands in the configuration file, and so can't be changed or removed here.
    pub configured: bool,
    /// PWG name of its size.
    pub media: SmolStr,
    /// Millimetres.
    pub width: f64,
    /// Millimetres.
    pub height: f64,
    /// The `media-type` that it is printed as.
    pub media_type: SmolStr,
    /// Its surface.
    pub finish: Finish,
    /// Grams per square metre.
    pub weight: Option<u16>,
    /// Of a sheet.
    pub price: Option<Price>,
    /// Sheets at which it is low; 0: never.
    pub low: u32,
    /// Sheets on hand; none: never counted.
    pub on_hand: Option<i64>,
    /// Sheets that open jobs need.
    pub reserved: u64,
    /// Sheets that nobody has spoken for.
    pub available: Option<i64>,
    /// Whether it is time to buy.
    pub is_low: bool,
    /// Whether there is not a sheet left.
    pub is_out: bool,
    /// All that in words.
    pub stock: String,
}

impl PaperView {
    /// That of a paper.
    pub fn of(stock: &Stock<'_>, configured: bool) -> PaperView {
        let paper = stock.paper;
        PaperView {
            id: paper.id.as_str().into(),
            name: paper.name.clone(),
            shown: paper.to_string(),
            configured,
            media: paper.size.name.clone(),
            width: paper.size.x.as_mm(),
            height: paper.size.y.as_mm(),
            media_type: paper.media_type.clone(),
            finish: paper.finish,
            weight: paper.weight,
            price: paper.price.map(Price),
            low: paper.low,
            on_hand: stock.on_hand,
            reserved: stock.reserved,
            available: stock.available(),
            is_low: stock.is_low(),
            is_out: stock.is_out(),
            stock: stock.to_string(),
        }
    }
}

/// An entry of a paper's ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct StockEntryView {
    pub id: i64,
    /// Sheets that came, or went where it is below 0.
    pub delta: i64,
    pub reason: StockReason,
    pub job: Option<i64>,
    pub by: SmolStr,
    pub note: SmolStr,
    pub at: Moment,
    /// Sheets after it.
    pub on_hand: i64,
}

impl StockEntryView {
    /// That of an entry.
    pub fn of(entry: &StockEntry) -> StockEntryView {
        let StockEntry { id, entry, on_hand } = entry;
        StockEntryView {
            id: *id,
            delta: entry.delta,
            reason: entry.reason,
            job: entry.job.map(|job| job.0),
            by: entry.by.clone(),
            note: entry.note.clone(),
            at: Moment(entry.at),
            on_hand: *on_hand,
        }
    }
}

/// An entry of an ink's ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct InkEntryView {
    pub id: i64,
    /// Millilitres that came, or went where it is below 0; 0 of a reading.
    pub delta_ml: f64,
    /// `job`, `cleaning`, `fitted`, `written-off`, `reading`
    pub reason: &'static str,
    /// Of a reading: what the printer told, in per cent; below 0: not known.
    pub level: Option<i32>,
    pub job: Option<i64>,
    pub by: SmolStr,
    pub note: SmolStr,
    pub at: Moment,
}

impl InkEntryView {
    /// That of an entry.
    pub fn of(entry: &InkEntry) -> InkEntryView {
        let InkEntry { id, entry } = entry;
        InkEntryView {
            id: *id,
            delta_ml: entry.delta.as_ml(),
            reason: entry.reason.word(),
            level: match entry.reason {
                InkReason::Reading { level } => Some(level),
                _ => None,
            },
            job: entry.job.map(|job| job.0),
            by: entry.by.clone(),
            note: entry.note.clone(),
            at: Moment(entry.at),
        }
    }
}
