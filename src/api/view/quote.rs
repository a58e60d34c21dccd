//! How a price, a time and an amount of ink are told.

use serde::Serialize;
use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::Moment;
use crate::care::price::Price;

/// What a print takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuoteView {
    /// Sheets of all copies.
    pub sheets: u32,
    /// What it costs.
    pub price: PriceView,
    /// When it may be done; none when no printer can print it.
    pub time: Option<TimeView>,
    /// Ink by channel, as far as it can be said beforehand.
    pub ink: Vec<QuotedInkView>,
    /// The paper, where the house counts it.
    pub paper: Option<PaperNeed>,
    /// What a person should know of it.
    pub warnings: Vec<SmolStr>,
}

/// A price: decimal numbers as text, so that nothing is lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceView {
    /// ISO 4217.
    pub currency: SmolStr,
    /// All of it; without the paper where its price is not known.
    pub total: SmolStr,
    /// The sheets; none: nobody has said what one costs.
    pub paper: Option<SmolStr>,
    /// The ink.
    pub ink: SmolStr,
    /// One standard deviation of the ink's part.
    pub ink_error: SmolStr,
    /// The work.
    pub labour: SmolStr,
    /// On top.
    pub margin: SmolStr,
}

impl PriceView {
    /// That of a price.
    pub fn of(price: &Price, currency: &SmolStr) -> PriceView {
        PriceView {
            currency: currency.clone(),
            total: money(price.total),
            paper: price.paper.map(money),
            ink: money(price.ink),
            ink_error: money(price.ink_error),
            labour: money(price.labour),
            margin: money(price.margin),
        }
    }
}

/// Millionths with two decimals, rounded to the nearest.
fn money(millionths: i64) -> SmolStr {
    let cents = (i128::from(millionths) + 5_000).div_euclid(10_000);
    format_smolstr!("{}.{:02}", cents / 100, cents.rem_euclid(100))
}

/// How long it takes, as far as can be said: a guess to plan by, never a promise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeView {
    /// Seconds until it may begin, by what waits before it.
    pub wait_seconds: i64,
    /// Seconds that it prints.
    pub work_seconds: i64,
    /// When it may be done.
    pub done: Moment,
}

/// Ink of a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuotedInkView {
    /// As in `marker-names`.
    pub channel: SmolStr,
    /// Millilitres.
    pub ml: f64,
    /// One standard deviation.
    pub error_ml: f64,
}

/// Sheets that are needed, and those that there are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperNeed {
    /// Its short name.
    pub id: SmolStr,
    /// What people call it.
    pub name: SmolStr,
    /// Sheets on hand; none: nobody counts them.
    pub on_hand: Option<i64>,
    /// Whether they are too few.
    pub short: bool,
}

impl PaperNeed {
    /// That of a paper for so many sheets.
    pub fn of(paper: &crate::model::Paper, on_hand: Option<i64>, sheets: u32) -> PaperNeed {
        PaperNeed {
            id: paper.id.as_str().into(),
            name: paper.to_smolstr(),
            on_hand,
            short: on_hand.is_some_and(|sheets_left| sheets_left < i64::from(sheets)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_two_decimals() {
        for (millionths, told) in [
            (0, "0.00"),
            (4_994_999, "4.99"),
            (4_995_000, "5.00"),
            (12_340_000, "12.34"),
            (i64::MAX, "9223372036854.78"),
        ] {
            assert_eq!(money(millionths), told);
        }
    }
}
