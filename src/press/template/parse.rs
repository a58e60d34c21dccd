//! A template from its file's text.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;
use toml::{Table, Value};

use crate::model::MediaSize;

use super::super::layout::{self, Layout, LayoutError};
use super::parameter::{Parameter, RawParameter};
use super::{CHOICES, FILE_BYTES, MediaHints, PARAMETERS, Template, TemplateError};

/// Depth of tables in a layout that parameters are put into.
const DEPTH: u32 = 16;

/// A file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    version: i64,
    name: String,
    title: String,
    description: String,
    #[serde(default = "first")]
    revision: u32,
    #[serde(default)]
    media: MediaHints,
    #[serde(default)]
    parameter: BTreeMap<String, RawParameter>,
    layout: Table,
}

fn first() -> u32 {
    1
}

impl Template {
    /// Reads and checks a template; `file` is named in errors.
    ///
    /// # Errors
    /// [`TemplateError::File`], with the field and what to do.
    pub fn parse(text: &str, file: &str) -> Result<Template, TemplateError> {
        let wrong = |why: String| TemplateError::File {
            file: file.to_owned(),
            why,
        };
        if text.len() as u64 > FILE_BYTES {
            return Err(wrong(format!("it has more than {FILE_BYTES} bytes; make it smaller")));
        }
        let read: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|s| text.get(..s.start).unwrap_or_default().matches('\n').count() + 1);
            let place = line.map_or(String::new(), |l| format!("line {l}: "));
            wrong(format!("{place}{}", error.message().replace('\n', " ")))
        })?;
        if read.version != 1 {
            return Err(wrong(format!(
                "version: {} is not known; this Platen reads version 1",
                read.version
            )));
        }
        let named = |n: &str| {
            let plain = n
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            plain && !n.is_empty() && n.len() <= 48
        };
        if !named(&read.name) {
            return Err(wrong(
                "name: use 1 to 48 lower-case letters, digits and hyphens".to_owned(),
            ));
        }
        if read.title.trim().is_empty() || read.title.chars().count() > 80 || read.description.chars().count() > 600 {
            return Err(wrong(
                "title, description: a title has 1 to 80 letters, a description at most 600".to_owned(),
            ));
        }
        for size in read.media.sizes.iter().take(64) {
            MediaSize::from_name(size).map_err(|e| wrong(format!("media.sizes: {e}")))?;
        }
        if read.parameter.len() > PARAMETERS || read.media.sizes.len() > 64 {
            return Err(wrong(format!(
                "at most {PARAMETERS} parameters and 64 sizes; make them fewer"
            )));
        }
        let mut parameters = Vec::new();
        for (name, raw) in read.parameter {
            if !named(&name) {
                return Err(wrong(format!(
                    "parameter.{}: a name has 1 to 48 lower-case letters, digits and hyphens",
                    name.chars().take(48).collect::<String>()
                )));
            }
            parameters.push(Parameter::new(&name, raw).map_err(|why| wrong(format!("parameter.{name}: {why}")))?);
        }
        if parameters.iter().map(|p| p.choices.len()).sum::<usize>() > CHOICES {
            return Err(wrong(format!(
                "the parameters have more than {CHOICES} choices together; make them fewer"
            )));
        }
        let template = Template {
            name: SmolStr::new(&read.name),
            title: read.title,
            description: read.description,
            revision: read.revision,
            media: read.media,
            parameters,
            table: read.layout,
        };
        template.check().map_err(|why| wrong(why.to_string()))?;
        Ok(template)
    }
}

/// Puts values into a layout's table and reads it.
pub(super) fn layout(table: &Table, values: &BTreeMap<SmolStr, Value>) -> Result<Layout, LayoutError> {
    let mut table = Value::Table(table.clone());
    put(&mut table, values, DEPTH)?;
    match table {
        Value::Table(table) => layout::read(table),
        _ => layout::read(Table::new()),
    }
}

/// Replaces every `"$name"` by the parameter's value; `"$$..."` is a text that begins with the sign.
fn put(value: &mut Value, values: &BTreeMap<SmolStr, Value>, depth: u32) -> Result<(), LayoutError> {
    let wrong = |why: String| LayoutError::Field {
        place: "layout".to_owned(),
        why,
    };
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(wrong(format!("tables go {DEPTH} deep at most")));
    };
    match value {
        Value::String(text) => {
            let Some(name) = text.strip_prefix('$') else {
                return Ok(());
            };
            if let Some(rest) = name.strip_prefix('$') {
                *text = format!("${rest}");
                return Ok(());
            }
            let shown: String = name.chars().take(40).collect();
            *value = values.get(name).cloned().ok_or_else(|| {
                wrong(format!(
                    "\"${shown}\" stands for no parameter; add [parameter.{shown}] or write $$ for the sign"
                ))
            })?;
            Ok(())
        }
        Value::Array(all) => all.iter_mut().try_for_each(|v| put(v, values, deeper)),
        Value::Table(table) => table.iter_mut().try_for_each(|(_, v)| put(v, values, deeper)),
        _ => Ok(()),
    }
}
