//! Settings of the house that can be changed while it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use smol_str::SmolStr;

use super::Price;

/// Longest text of a setting, in bytes.
const MOST_TEXT: usize = 100;
/// Highest margin in per cent.
const MOST_MARGIN: u32 = 1_000;
/// Most bytes of documents that are kept: a petabyte, as good as all of any disk.
const MOST_BYTES: u64 = 1_000_000_000_000_000;

/// Who may turn switches by IPP and reorder the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IppOperators {
    /// Whoever calls from this machine.
    ThisMachine,
    /// Whoever reaches the port.
    Network,
}

/// The settings. Each has its value in the configuration file, or a default; one that somebody changed wins over it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseSettings {
    /// What the studio is called.
    pub studio_name: SmolStr,
    /// The currency of all prices (ISO 4217).
    pub currency: SmolStr,
    /// Of a millilitre of ink.
    pub ink_price_per_ml: Price,
    /// Of a job, whatever is printed.
    pub handling_price: Price,
    /// Of the work on a sheet.
    pub labour_price_per_sheet: Price,
    /// Per cent on top of all of it.
    pub margin_percent: u32,
    /// Per cent of a tank at which an ink is told to be low.
    pub low_ink_percent: u8,
    /// Days to its end at which an ink is told to be low.
    pub low_ink_days: u16,
    /// Per cent of the maintenance cartridge at which it is told to be nearly full.
    pub full_waste_percent: u8,
    /// Who is an operator by IPP.
    pub ipp_operators: IppOperators,
    /// Days after a job's end that its documents are kept.
    pub document_days: u32,
    /// Most jobs that have ended and whose documents are kept.
    pub document_jobs: u32,
    /// Most bytes of all these documents.
    pub document_bytes: u64,
}

impl Default for HouseSettings {
    fn default() -> Self {
        HouseSettings {
            studio_name: SmolStr::new_static("Platen"),
            currency: SmolStr::new_static("EUR"),
            // What a PFI-1000 of 80 ml costs at dealers, about 60 euros (from memory: *unproven*).
            ink_price_per_ml: Price(750_000),
            handling_price: Price(0),
            labour_price_per_sheet: Price(0),
            margin_percent: 0,
            low_ink_percent: 20,
            low_ink_days: 14,
            full_waste_percent: 80,
            ipp_operators: IppOperators::ThisMachine,
            document_days: 30,
            document_jobs: 10_000,
            document_bytes: 20_000_000_000,
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct SettingError {
    /// Which.
    pub field: String,
    /// What would be right.
    pub why: String,
}

impl HouseSettings {
    /// These settings with others in their places.
    ///
    /// # Errors
    /// The first that can't be taken.
    pub fn with(&self, others: &BTreeMap<String, Value>) -> Result<HouseSettings, SettingError> {
        let wrong = |field: &str, why: &dyn std::fmt::Display| SettingError {
            field: field.to_owned(),
            why: why.to_string(),
        };
        let base = serde_json::to_value(self).map_err(|e| wrong("", &e))?;
        let mut changed = self.clone();
        // One after the other, so that it is known which one is wrong.
        for (field, value) in others {
            if base.get(field).is_none() {
                let known: Vec<&str> = base
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(key, _)| key.as_str())
                    .collect();
                let why = format!("there is no such setting; these there are: {}", known.join(", "));
                return Err(wrong(field, &why));
            }
            let mut now = serde_json::to_value(&changed).map_err(|e| wrong(field, &e))?;
            now[field.as_str()] = value.clone();
            changed = serde_json::from_value(now).map_err(|e| wrong(field, &e))?;
            changed.check().map_err(|why| wrong(field, &why))?;
        }
        Ok(changed)
    }

    /// Whether each of them is what it may be.
    ///
    /// # Errors
    /// What would be right, of the first that is not.
    pub fn check(&self) -> Result<(), &'static str> {
        let is_line = |text: &str| text.len() <= MOST_TEXT && !text.chars().any(char::is_control);
        if self.studio_name.trim().is_empty() || !is_line(&self.studio_name) {
            return Err("give a name of one line, of 100 bytes at most");
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("give three capital letters, such as EUR (ISO 4217)");
        }
        if self.low_ink_percent > 100 || self.full_waste_percent > 100 {
            return Err("give a number from 0 to 100");
        }
        if self.margin_percent > MOST_MARGIN {
            return Err("give 1000 per cent at most");
        }
        if self.document_days > 36_500 {
            return Err("give 36500 days at most");
        }
        if self.document_bytes > MOST_BYTES {
            return Err("give 1000000000000000 bytes at most");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(field: &str, value: Value) -> Result<HouseSettings, SettingError> {
        HouseSettings::default().with(&[(field.to_owned(), value)].into())
    }

    #[test]
    fn each_setting_is_checked_by_its_name() {
        let changed = set("ink_price_per_ml", json!("0.9")).unwrap();
        assert_eq!(changed.ink_price_per_ml, Price(900_000));
        assert_eq!(
            set("ipp_operators", json!("network")).unwrap().ipp_operators,
            IppOperators::Network
        );
        for (field, value) in [
            ("studio_name", json!("a\nb")),
            ("studio_name", json!(" ")),
            ("currency", json!("euro")),
            ("margin_percent", json!(1_001)),
            ("low_ink_percent", json!(101)),
            ("low_ink_percent", json!(-1)),
            ("document_days", json!(null)),
            ("document_days", json!("many")),
            ("document_bytes", json!(u64::MAX)),
            ("ipp_operators", json!("all")),
            ("nothing", json!(1)),
        ] {
            let error = set(field, value.clone()).unwrap_err();
            assert_eq!(error.field, field, "{value}");
        }
        let both = [
            ("low_ink_days".to_owned(), json!(7)),
            ("studio_name".to_owned(), json!("Ateliér")),
        ]
        .into();
        let changed = HouseSettings::default().with(&both).unwrap();
        assert_eq!((changed.low_ink_days, changed.studio_name.as_str()), (7, "Ateliér"));
    }
}
