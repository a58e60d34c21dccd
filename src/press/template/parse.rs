//! A template from its file's text.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;
use toml::{Table, Value};

use crate::model::MediaSize;

use super::super::layout::{self, Layout, LayoutError};
use super::parameter::{Parameter, RawParameter};
use super::{CHOICES, FILE_BYTES, MediaHints, PARAMETERS, Template, TemplateError, place};

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
        let wrong_at = |path: &[&str], why: String| {
            let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
            let line = place::find(text, &path).map_or(String::new(), |offset| place::told(text, offset));
            wrong(format!("{line}{why}"))
        };
        if text.len() as u64 > FILE_BYTES {
            return Err(wrong(format!("it has more than {FILE_BYTES} bytes; make it smaller")));
        }
        let read: File = toml::from_str(text).map_err(|error| {
            // What is missing from the file as a whole has no line.
            let is_whole = |start: usize| start == 0 && error.message().starts_with("missing field");
            let span = error.span().filter(|span| !is_whole(span.start));
            let line = span.map_or(String::new(), |span| place::told(text, span.start));
            wrong(format!("{line}{}", error.message().replace('\n', " ")))
        })?;
        if read.version != 1 {
            let why = format!("version: {} is not known; this Platen reads version 1", read.version);
            return Err(wrong_at(&["version"], why));
        }
        let named = |n: &str| {
            let plain = n
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            plain && !n.is_empty() && n.len() <= 48
        };
        if !named(&read.name) {
            let why = "name: use 1 to 48 lower-case letters, digits and hyphens".to_owned();
            return Err(wrong_at(&["name"], why));
        }
        if read.title.trim().is_empty() || read.title.chars().count() > 80 {
            return Err(wrong_at(&["title"], "title: it has 1 to 80 letters".to_owned()));
        }
        if read.description.chars().count() > 600 {
            let why = "description: it has at most 600 letters".to_owned();
            return Err(wrong_at(&["description"], why));
        }
        for size in read.media.sizes.iter().take(64) {
            MediaSize::from_name(size).map_err(|e| wrong_at(&["media", "sizes"], format!("media.sizes: {e}")))?;
        }
        if read.parameter.len() > PARAMETERS || read.media.sizes.len() > 64 {
            return Err(wrong(format!(
                "at most {PARAMETERS} parameters and 64 sizes; make them fewer"
            )));
        }
        let mut parameters = Vec::new();
        for (name, raw) in read.parameter {
            let here = |why: String| {
                let shown: String = name.chars().take(48).collect();
                wrong_at(&["parameter", &name], format!("parameter.{shown}: {why}"))
            };
            if !named(&name) {
                let why = "a name has 1 to 48 lower-case letters, digits and hyphens";
                return Err(here(why.to_owned()));
            }
            parameters.push(Parameter::new(&name, raw).map_err(here)?);
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
        template.check().map_err(|error| {
            let path = match &error {
                LayoutError::Field { place, why } => place::path(place, why),
                _ => Vec::new(),
            };
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            wrong_at(&path, error.to_string())
        })?;
        Ok(template)
    }
}

/// Puts values into a layout's table and reads it.
pub(super) fn layout(table: &Table, values: &BTreeMap<SmolStr, Value>) -> Result<Layout, LayoutError> {
    let mut table = Value::Table(table.clone());
    put(&mut table, values, DEPTH).map_err(|Astray { path, why }| LayoutError::Field {
        place: named(path),
        why,
    })?;
    match table {
        Value::Table(table) => layout::read(table),
        _ => layout::read(Table::new()),
    }
}

/// A value that can't be put in.
struct Astray {
    /// The keys that lead to it, the innermost first.
    path: Vec<String>,
    why: String,
}

/// The place of a path as the layout's own errors name it.
fn named(innermost_first: Vec<String>) -> String {
    let mut path: Vec<String> = innermost_first.into_iter().rev().collect();
    if path.first().is_some_and(|key| key == "block") && path.len() > 1 {
        let number = path[1].parse::<usize>().unwrap_or(0) + 1;
        let rest = path.split_off(2);
        return format!("block {number}, {}", rest.join("."));
    }
    match path.is_empty() {
        true => "layout".to_owned(),
        false => path.join("."),
    }
}

/// Replaces every `"$name"` by the parameter's value; `"$$..."` is a text that begins with the sign.
fn put(value: &mut Value, values: &BTreeMap<SmolStr, Value>, depth: u32) -> Result<(), Astray> {
    let wrong = |why: String| Astray { path: Vec::new(), why };
    let within = |key: String| {
        move |mut astray: Astray| {
            astray.path.push(key);
            astray
        }
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
        Value::Array(all) => {
            let mut items = all.iter_mut().enumerate();
            items.try_for_each(|(index, v)| put(v, values, deeper).map_err(within(index.to_string())))
        }
        Value::Table(table) => table
            .iter_mut()
            .try_for_each(|(key, v)| put(v, values, deeper).map_err(within(key.clone()))),
        _ => Ok(()),
    }
}
