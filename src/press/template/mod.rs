//! Templates: layouts as data that a studio keeps, names and fills in.
//!
//! A template is a TOML file:
//!
//! ```toml
//! version = 1
//! name = "white-border"
//! title = "White border"
//! description = "The whole picture with an even white border."
//!
//! [media]
//! sizes = ["iso_a4_210x297mm"]
//!
//! [parameter.border]
//! kind = "length"
//! title = "Width of the border in mm"
//! default = 12.0
//! max = 100.0
//!
//! [layout]
//! orientation = "auto"
//!
//! [[layout.block]]
//! kind = "picture"
//! border.width = "$border"
//! ```
//!
//! `"$name"` anywhere in the layout stands for the parameter's value; `{name}` in a text for a field's or a text
//! parameter's. Everything is checked when the file is read: unknown keys, limits, the layout with its defaults and with
//! each number at its least and its most. `docs/templates.md` tells all of it to those who write templates.

mod fit;
mod given;
mod library;
mod parameter;
mod parse;
mod place;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;
use toml::Table;

use super::layout::{self, Composition, Fields, Layout, LayoutError, Paper, Subject};

pub use library::{Origin, TemplateLibrary};
pub use parameter::{Kind, Parameter};
pub use words::{KNOWN, known};

/// Most bytes of a template's file.
pub const FILE_BYTES: u64 = 256 << 10;
/// Most parameters of a template.
pub const PARAMETERS: usize = 64;
/// Most choices of all of them: the layout is read with each.
pub const CHOICES: usize = 256;

/// What is wrong with a template, for a person.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TemplateError {
    /// A file that can't be used.
    #[error("{file}: {why}")]
    File {
        /// The file, or `name` for a template without one.
        file: String,
        /// The field and what to do.
        why: String,
    },
    /// No template has this name.
    #[error("there is no template \"{0}\"; these there are: {1}")]
    Unknown(String, String),
    /// A sheet that the template is not made for.
    #[error("template {template} is made for {sizes}, and not for {sheet}")]
    Paper {
        /// Name.
        template: SmolStr,
        /// The sizes that it is made for.
        sizes: String,
        /// The sheet.
        sheet: String,
    },
    /// A value that was given for a parameter.
    #[error("template {template}, parameter {parameter}: {why}")]
    Value {
        /// Name.
        template: SmolStr,
        /// Name.
        parameter: String,
        /// What is right.
        why: String,
    },
    /// The layout, with the values and the paper given.
    #[error("template {template}: {why}")]
    Layout {
        /// Name.
        template: SmolStr,
        /// Why.
        why: LayoutError,
    },
}

/// Values for a template's parameters, as a person types them.
pub type Values = BTreeMap<String, String>;

/// What a template is made to be printed on; [`Template::suits`] asks it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MediaHints {
    /// PWG names of sheets, the best first.
    pub sizes: Vec<SmolStr>,
    /// The layout adapts to every sheet; those of `sizes` are where it is best.
    pub any: bool,
    /// It wants paper without margins.
    pub borderless: bool,
}

/// A template, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What it is called by: lower-case letters, digits and hyphens.
    pub name: SmolStr,
    /// What people read.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// Counts the changes that its owner made.
    pub revision: u32,
    /// Paper.
    pub media: MediaHints,
    /// What can be set, in the file's order of names.
    pub parameters: Vec<Parameter>,
    /// The `[layout]` table, parameters not put in.
    pub(super) table: Table,
}

impl Template {
    /// The layout with these values for the parameters; the others take their defaults.
    ///
    /// # Errors
    /// [`TemplateError::Value`] for an unknown parameter or a wrong value, [`TemplateError::Layout`].
    pub fn layout(&self, values: &Values) -> Result<Layout, TemplateError> {
        let wrong = |parameter: &str, why: String| TemplateError::Value {
            template: self.name.clone(),
            parameter: parameter.to_owned(),
            why,
        };
        let mut set = BTreeMap::new();
        for parameter in &self.parameters {
            let value = match values.get(parameter.name.as_str()) {
                Some(text) => parameter.read(text).map_err(|why| wrong(&parameter.name, why))?,
                None => parameter.default.clone(),
            };
            set.insert(parameter.name.clone(), value);
        }
        if let Some(unknown) = values.keys().find(|k| !set.contains_key(k.as_str())) {
            let known: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
            let shown: String = unknown.chars().take(40).collect();
            return Err(wrong(
                &shown,
                format!("there is none; these there are: {}", known.join(", ")),
            ));
        }
        parse::layout(&self.table, &set).map_err(|why| TemplateError::Layout {
            template: self.name.clone(),
            why,
        })
    }

    /// The words that its texts show with these values: its own text parameters, and fields that the house knows or a
    /// person gives.
    ///
    /// # Errors
    /// As [`Template::layout`].
    pub fn words(&self, values: &Values) -> Result<BTreeSet<String>, TemplateError> {
        Ok(self.layout(values)?.words())
    }

    /// The template on paper with pictures. `fields` are the words that the house knows (title, date, paper, ...); text
    /// parameters of the template are added, and win where they are set.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn compose(
        &self,
        values: &Values,
        paper: Paper,
        subjects: Vec<Subject>,
        mut fields: Fields,
    ) -> Result<Composition, TemplateError> {
        let layout = self.layout(values)?;
        for parameter in self.parameters.iter().filter(|p| p.kind == Kind::Text) {
            let given = values.get(parameter.name.as_str()).map(String::as_str);
            let default = parameter.default.as_str().unwrap_or_default();
            match given {
                Some(text) => fields.set(parameter.name.as_str(), text),
                None if fields.get(&parameter.name).is_none() => fields.set(parameter.name.as_str(), default),
                None => {}
            }
        }
        Composition::new(layout, paper, subjects, fields).map_err(|why| TemplateError::Layout {
            template: self.name.clone(),
            why,
        })
    }

    /// Checks that the layout reads with the defaults and with each number at its ends, and that its texts know their
    /// fields.
    fn check(&self) -> Result<(), LayoutError> {
        let defaults: BTreeMap<_, _> = self
            .parameters
            .iter()
            .map(|p| (p.name.clone(), p.default.clone()))
            .collect();
        let layout = parse::layout(&self.table, &defaults)?;
        for (number, block) in layout.blocks.iter().enumerate() {
            for (field, text) in block.texts() {
                self.check_fields(text).map_err(|why| LayoutError::Field {
                    place: format!("block {}, {field}", number + 1),
                    why,
                })?;
            }
        }
        for parameter in &self.parameters {
            for end in parameter.ends() {
                let mut values = defaults.clone();
                values.insert(parameter.name.clone(), end.clone());
                parse::layout(&self.table, &values).map_err(|error| LayoutError::Field {
                    place: format!("parameter {} at {end}", parameter.name),
                    why: error.to_string(),
                })?;
            }
        }
        Ok(())
    }

    fn check_fields(&self, text: &str) -> Result<(), String> {
        for name in layout::field_names(text)? {
            let known = layout::FIELDS.contains(&name.as_str())
                || self.parameters.iter().any(|p| p.name == name && p.kind == Kind::Text);
            if !known {
                return Err(format!(
                    "{{{name}}} is no field; use one of {}, or a parameter of kind \"text\"",
                    layout::FIELDS.join(", ")
                ));
            }
        }
        Ok(())
    }
}
