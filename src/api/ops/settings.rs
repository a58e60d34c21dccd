//! Settings of the house.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use smol_str::format_smolstr;

use crate::api::patch::Patch;
use crate::api::{Api, Caller, Problem, words};
use crate::model::{HouseSettings, Scope, SettingError, Timestamp};

/// The settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettingsView {
    /// As they are.
    pub settings: HouseSettings,
    /// As they would be if nobody had changed any.
    pub configured: HouseSettings,
    /// Names of those that somebody changed.
    pub changed: Vec<String>,
    /// What changes with the configuration file alone, by its names.
    pub configuration: Value,
}

impl Api {
    /// The settings.
    ///
    /// # Errors
    /// 403.
    pub async fn settings(&self, caller: &Caller) -> Result<SettingsView, Problem> {
        caller.needs(Scope::SettingsRead)?;
        Ok(SettingsView {
            settings: self.estate.settings(),
            configured: self.estate.configured_settings(),
            changed: self.store.overrides().await?.into_keys().collect(),
            configuration: self.estate.facts().configuration,
        })
    }

    /// Changes settings, all that are named or none; null makes one the configuration's again.
    ///
    /// # Errors
    /// 422 with the setting at fault.
    pub async fn change_settings(&self, caller: &Caller, patch: Patch) -> Result<SettingsView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::SettingsRead)?;
        let base = self.estate.configured_settings();
        let known = serde_json::to_value(&base).map_err(|e| Problem::internal(&e))?;
        let mut texts = BTreeMap::new();
        let mut values = BTreeMap::new();
        for (key, value) in patch {
            if known.get(&key).is_none() {
                let why = format_smolstr!("there is no such setting");
                return Err(Problem::invalid(key, why));
            }
            texts.insert(key.clone(), Some(value.to_string()).filter(|_| !value.is_null()));
            if !value.is_null() {
                values.insert(key, value);
            }
        }
        self.checked_settings(&values)?;
        let keys: Vec<String> = texts.keys().cloned().collect();
        self.store.set_overrides(texts, Timestamp::now()).await?;
        self.estate.settle().await?;
        log::info!("settings: {} were changed by {}", keys.join(", "), caller.name);
        self.settings(caller).await
    }

    pub(super) fn checked_settings(&self, values: &BTreeMap<String, Value>) -> Result<(), Problem> {
        let checked = self.estate.configured_settings().with(values);
        checked
            .map(drop)
            .map_err(|SettingError { field, why }| Problem::invalid(&field, words::plain(&field, &why)))
    }
}
