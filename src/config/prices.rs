//! `[prices]`: what the studio reckons with when it tells a price.

use serde::Deserialize;
use smol_str::SmolStr;

use crate::care::price::Prices;
use crate::model::Price;

/// Highest margin in per cent.
const MOST_MARGIN: u32 = 1_000;

/// What the studio reckons with. What is left out is as in [`Prices`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PriceList {
    /// ISO 4217: `EUR`.
    pub currency: Option<SmolStr>,
    /// Of a millilitre of ink.
    pub ink_per_ml: Option<Price>,
    /// Of the work on a sheet.
    pub labour_per_sheet: Option<Price>,
    /// Per cent on top of all of it.
    pub margin_percent: u32,
}

impl PriceList {
    /// As they are reckoned with.
    ///
    /// # Errors
    /// In words, for the person who wrote it.
    pub fn prices(&self) -> Result<Prices, String> {
        let standard = Prices::default();
        let currency = self.currency.clone().unwrap_or(standard.currency);
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!(
                "the currency \"{currency}\" of [prices] must be three capital letters, such as EUR"
            ));
        }
        if self.margin_percent > MOST_MARGIN {
            return Err(format!("margin-percent of [prices] must be {MOST_MARGIN} at most"));
        }
        Ok(Prices {
            currency,
            ink_per_ml: self.ink_per_ml.map_or(standard.ink_per_ml, |price| price.0),
            labour_per_sheet: self.labour_per_sheet.map_or(standard.labour_per_sheet, |price| price.0),
            margin_percent: self.margin_percent,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;

    #[test]
    fn prices_are_read_and_checked() {
        let read = |prices: &str| {
            let text = format!("[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[prices]\n{prices}");
            Config::parse(&text, Path::new("platen.toml")).map_err(|e| e.to_string())
        };
        let config = read("currency = \"CHF\"\nink-per-ml = 0.8\nlabour-per-sheet = \"1.50\"\nmargin-percent = 40\n");
        let prices = config.unwrap().prices.prices().unwrap();
        assert_eq!((prices.currency.as_str(), prices.ink_per_ml), ("CHF", 800_000));
        assert_eq!((prices.labour_per_sheet, prices.margin_percent), (1_500_000, 40));
        for (bad, says) in [
            ("currency = \"€\"", "capital"),
            ("margin-percent = 2000", "at most"),
            ("tax = 1", "tax"),
        ] {
            let said = read(bad).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
    }
}
