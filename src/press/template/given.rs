//! What was given to a template: values of its parameters, and words that its texts show. What would show nowhere is
//! refused: whoever gives it expects to see it on the paper.

use std::collections::BTreeMap;

use super::super::layout::{FIELDS, limits};
use super::{Template, TemplateError, Values};

impl Template {
    /// Sorts out what was given.
    ///
    /// # Errors
    /// [`TemplateError::Value`] for what shows nowhere or is too long, and for values that a parameter can't take;
    /// [`TemplateError::Layout`].
    pub fn given(&self, all: &BTreeMap<String, String>) -> Result<(Values, BTreeMap<String, String>), TemplateError> {
        let wrong = |parameter: &str, why: String| TemplateError::Value {
            template: self.name.clone(),
            parameter: parameter.chars().take(60).collect(),
            why,
        };
        let (mut values, mut words) = (Values::new(), BTreeMap::new());
        for (name, value) in all {
            let letters = value.chars().count();
            if letters > limits::VALUE {
                let why = format!("it has {letters} letters and may have {}", limits::VALUE);
                return Err(wrong(name, why));
            }
            let is_parameter = self.parameters.iter().any(|p| p.name == name.as_str());
            let place = if is_parameter { &mut values } else { &mut words };
            place.insert(name.clone(), value.clone());
        }
        let shown = self.words(&values)?;
        // Pages count themselves.
        let free = |name: &str| FIELDS.contains(&name) && name != "page" && name != "pages";
        if let Some(name) = words.keys().find(|name| !free(name) || !shown.contains(*name)) {
            let parameters = self.parameters.iter().map(|p| p.name.as_str());
            let known: Vec<&str> = parameters
                .chain(shown.iter().map(String::as_str).filter(|name| free(name)))
                .collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            let why = format!("it has no such parameter, and its texts show no such word; there is: {known}");
            return Err(wrong(name, why));
        }
        Ok((values, words))
    }
}
