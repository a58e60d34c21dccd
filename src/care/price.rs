//! What a print costs: its paper, its ink, the hand that feeds it, and the studio's margin. Pure, in whole millionths of
//! the studio's currency.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::model::{HouseSettings, Nanoliters, Need};

/// A price and what it is made of, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// The sheets; `None`: nobody has said what one costs.
    pub paper: Option<i64>,
    /// The ink.
    pub ink: i64,
    /// One standard deviation of the ink's part.
    pub ink_error: i64,
    /// The work: of the job, and of each sheet.
    pub labour: i64,
    /// On top.
    pub margin: i64,
    /// All of it, without the paper where that is not known.
    pub total: i64,
}

/// The price of a job of so many sheets that take this ink, by what the studio reckons with.
pub fn price(sheets: u32, sheet: Option<i64>, ink: &BTreeMap<SmolStr, Need>, settings: &HouseSettings) -> Price {
    let sheets = i64::from(sheets);
    let of_ink = |amount: Nanoliters| {
        let millionths = i128::from(amount.0.max(0)) * i128::from(settings.ink_price_per_ml.0) / 1_000_000;
        i64::try_from(millionths).unwrap_or(i64::MAX)
    };
    let paper = sheet.map(|sheet| sheet.saturating_mul(sheets));
    let labour = settings.labour_price_per_sheet.0.saturating_mul(sheets);
    let labour = labour.saturating_add(settings.handling_price.0);
    let amount = of_ink(ink.values().map(|need| need.amount).sum());
    // The same picture misleads about all inks alike.
    let ink_error = of_ink(ink.values().map(|need| need.error).sum());
    let costs = paper.unwrap_or(0).saturating_add(amount).saturating_add(labour);
    let margin = i64::try_from(i128::from(costs) * i128::from(settings.margin_percent) / 100).unwrap_or(i64::MAX);
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
    use crate::model::Price as Money;

    fn inks(ml: i64) -> BTreeMap<SmolStr, Need> {
        let need = Need {
            amount: Nanoliters::ml(ml),
            error: Nanoliters::ml(ml) * 1,
        };
        [("C".into(), need), ("M".into(), need)].into()
    }

    #[test]
    fn a_price_is_the_sum_of_its_parts() {
        let settings = HouseSettings {
            ink_price_per_ml: Money(500_000),
            handling_price: Money(600_000),
            labour_price_per_sheet: Money(1_000_000),
            margin_percent: 50,
            ..HouseSettings::default()
        };
        let made = price(2, Some(4_200_000), &inks(1), &settings);
        assert_eq!(
            (made.paper, made.ink, made.labour, made.margin, made.total),
            (Some(8_400_000), 1_000_000, 2_600_000, 6_000_000, 18_000_000)
        );
        assert_eq!(price(2, None, &inks(1), &settings).total, 5_400_000);
    }

    proptest! {
        /// Nothing breaks the arithmetic, and more sheets never cost less.
        #[test]
        fn prices_grow_with_sheets(sheets in 0u32..100_000, sheet in 0i64..1_000_000_000_000, ml in 0i64..1_000_000, percent in 0u32..1_000) {
            let settings = HouseSettings {
                margin_percent: percent,
                labour_price_per_sheet: Money(5),
                ..HouseSettings::default()
            };
            let one = price(sheets, Some(sheet), &inks(ml), &settings);
            let more = price(sheets + 1, Some(sheet), &inks(ml), &settings);
            prop_assert!(more.total >= one.total && one.total >= one.ink + one.labour);
        }
    }
}
