//! What a print costs: its paper, its ink, the hand that feeds it, and the studio's margin. Pure, in whole millionths of
//! the studio's currency.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::model::{Nanoliters, Need};

/// What the studio reckons with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// ISO 4217: `EUR`.
    pub currency: SmolStr,
    /// Of a millilitre of any ink, in millionths.
    pub ink_per_ml: i64,
    /// Of the work on a sheet, in millionths.
    pub labour_per_sheet: i64,
    /// Per cent on top of all of it.
    pub margin_percent: u32,
}

impl Default for Prices {
    /// Ink as a PRO-1000's tanks of 80 ml cost, about 60 a piece (from memory: *unproven*); nothing for work and margin.
    fn default() -> Self {
        Prices {
            currency: SmolStr::new_static("EUR"),
            ink_per_ml: 750_000,
            labour_per_sheet: 0,
            margin_percent: 0,
        }
    }
}

/// A price and what it is made of, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// The sheets; `None`: nobody has said what one costs.
    pub paper: Option<i64>,
    /// The ink.
    pub ink: i64,
    /// One standard deviation of the ink's part.
    pub ink_error: i64,
    /// The work.
    pub labour: i64,
    /// On top.
    pub margin: i64,
    /// All of it, without the paper where that is not known.
    pub total: i64,
}

/// The price of so many sheets that take this ink.
pub fn price(sheets: u32, sheet: Option<i64>, ink: &BTreeMap<SmolStr, Need>, prices: &Prices) -> Price {
    let sheets = i64::from(sheets);
    let of_ink = |amount: Nanoliters| {
        let millionths = i128::from(amount.0.max(0)) * i128::from(prices.ink_per_ml) / 1_000_000;
        i64::try_from(millionths).unwrap_or(i64::MAX)
    };
    let paper = sheet.map(|sheet| sheet.saturating_mul(sheets));
    let labour = prices.labour_per_sheet.saturating_mul(sheets);
    let amount = of_ink(ink.values().map(|need| need.amount).sum());
    // The same picture misleads about all inks alike.
    let ink_error = of_ink(ink.values().map(|need| need.error).sum());
    let costs = paper.unwrap_or(0).saturating_add(amount).saturating_add(labour);
    let margin = i64::try_from(i128::from(costs) * i128::from(prices.margin_percent) / 100).unwrap_or(i64::MAX);
    Price {
        paper,
        ink: amount,
        ink_error,
        labour,
        margin,
        total: costs.saturating_add(margin),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inks(ml: i64) -> BTreeMap<SmolStr, Need> {
        let need = Need {
            amount: Nanoliters::ml(ml),
            error: Nanoliters::ml(ml) * 1,
        };
        [("C".into(), need), ("M".into(), need)].into()
    }

    #[test]
    fn a_price_is_the_sum_of_its_parts() {
        let prices = Prices {
            ink_per_ml: 500_000,
            labour_per_sheet: 1_000_000,
            margin_percent: 50,
            ..Prices::default()
        };
        let made = price(2, Some(4_200_000), &inks(1), &prices);
        assert_eq!(
            (made.paper, made.ink, made.labour, made.margin, made.total),
            (Some(8_400_000), 1_000_000, 2_000_000, 5_700_000, 17_100_000)
        );
        assert_eq!(price(2, None, &inks(1), &prices).total, 4_500_000);
    }

    proptest! {
        /// Nothing breaks the arithmetic, and more sheets never cost less.
        #[test]
        fn prices_grow_with_sheets(sheets in 0u32..100_000, sheet in 0i64..1_000_000_000_000, ml in 0i64..1_000_000, percent in 0u32..1_000) {
            let prices = Prices { margin_percent: percent, labour_per_sheet: 5, ..Prices::default() };
            let one = price(sheets, Some(sheet), &inks(ml), &prices);
            let more = price(sheets + 1, Some(sheet), &inks(ml), &prices);
            prop_assert!(more.total >= one.total && one.total >= one.ink + one.labour);
        }
    }
}
