//! `[prices]`: what the studio reckons with when it tells a price, until somebody changes it in the settings.

use serde::Deserialize;
use smol_str::SmolStr;

use crate::model::{HouseSettings, Price};

/// The first values of the settings that make prices. What is left out is as in [`HouseSettings`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PriceList {
    /// ISO 4217: `EUR`.
    pub currency: Option<SmolStr>,
    /// Of a millilitre of ink.
    pub ink_per_ml: Option<Price>,
    /// Of a job, whatever is printed.
    pub handling_per_job: Option<Price>,
    /// Of the work on a sheet.
    pub labour_per_sheet: Option<Price>,
    /// Per cent on top of all of it.
    pub margin_percent: Option<u32>,
}

impl PriceList {
    /// The settings with these in their places.
    ///
    /// # Errors
    /// In words, for the person who wrote it.
    pub fn over(&self, settings: HouseSettings) -> Result<HouseSettings, String> {
        let settings = HouseSettings {
            currency: self.currency.clone().unwrap_or(settings.currency),
            ink_price_per_ml: self.ink_per_ml.unwrap_or(settings.ink_price_per_ml),
            handling_price: self.handling_per_job.unwrap_or(settings.handling_price),
            labour_price_per_sheet: self.labour_per_sheet.unwrap_or(settings.labour_price_per_sheet),
            margin_percent: self.margin_percent.unwrap_or(settings.margin_percent),
            ..settings
        };
        let checked = settings.check();
        checked.map_err(|why| format!("something in [prices] can't be used: {why}"))?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;
    use crate::model::{HouseSettings, Price};

    #[test]
    fn prices_are_read_and_checked() {
        let read = |prices: &str| {
            let text = format!("[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[prices]\n{prices}");
            Config::parse(&text, Path::new("platen.toml")).map_err(|e| e.to_string())
        };
        let config = read("currency = \"CHF\"\nink-per-ml = 0.8\nlabour-per-sheet = \"1.50\"\nmargin-percent = 40\n");
        let settings = config.unwrap().prices.over(HouseSettings::default()).unwrap();
        assert_eq!(
            (settings.currency.as_str(), settings.ink_price_per_ml),
            ("CHF", Price(800_000))
        );
        assert_eq!(
            (settings.labour_price_per_sheet, settings.margin_percent),
            (Price(1_500_000), 40)
        );
        assert_eq!(settings.handling_price, HouseSettings::default().handling_price);
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
