//! Pictures laid out by a template.

use std::path::Path;
use std::sync::Arc;

use crate::model::{Margins, MediaSize, Resolution};
use crate::press::layout::{FIELDS, Fields, Paper, Picture, Subject};
use crate::press::template::{Template, TemplateError, TemplateLibrary, Values};
use crate::press::{Content, Input, PressLimits, inspect_page};

use super::{RenderError, target};

/// Most bytes of a template's file.
const FILE_BYTES: u64 = crate::press::template::FILE_BYTES;

fn wish(error: &TemplateError) -> RenderError {
    RenderError::Wish(error.to_string())
}

/// A template by its name, or from a file.
fn template(name: &str) -> Result<Arc<Template>, RenderError> {
    let path = Path::new(name);
    if path.extension().is_some_and(|e| e == "toml") {
        let file_error = |e| RenderError::File(path.to_owned(), e);
        if std::fs::metadata(path).map_err(file_error)?.len() > FILE_BYTES {
            return Err(RenderError::Wish(format!("{name}: too large for a template")));
        }
        let text = std::fs::read_to_string(path).map_err(file_error)?;
        return Template::parse(&text, name).map(Arc::new).map_err(|e| wish(&e));
    }
    TemplateLibrary::built_in().get(name).map_err(|e| wish(&e))
}

/// The names of the templates that are always there, each with what it is.
pub fn list() -> String {
    let library = TemplateLibrary::built_in();
    library
        .iter()
        .map(|(t, _)| format!("{:<16} {}\n", t.name, t.description))
        .collect()
}

/// Lays all pages of all documents out. The inputs are then a page each.
pub fn out(
    name: &str,
    set: &[String],
    documents: Vec<Input>,
    (sheet, margin, dpi): (&MediaSize, f64, u32),
    limits: &PressLimits,
) -> Result<(Vec<Input>, Content), RenderError> {
    let template = template(name)?;
    let (mut values, mut fields) = (Values::new(), Fields::default());
    for pair in set {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| RenderError::Wish(format!("--set {pair}: give it as NAME=VALUE")))?;
        if template.parameters.iter().any(|p| p.name == key) {
            values.insert(key.to_owned(), value.to_owned());
        } else if FIELDS.contains(&key) {
            fields = fields.with(key, value);
        } else {
            let known: Vec<&str> = template
                .parameters
                .iter()
                .map(|p| p.name.as_str())
                .chain(FIELDS)
                .collect();
            return Err(RenderError::Wish(format!(
                "--set {key}: template {name} has no such parameter or word; it has {}",
                known.join(", ")
            )));
        }
    }
    let (mut inputs, mut subjects) = (Vec::new(), Vec::new());
    for document in documents {
        let look =
            |input: &Input| inspect_page(input, limits).map_err(|e| RenderError::Document(input.path.clone(), e));
        let pages = look(&document)?.pages;
        for page in 0..pages {
            let input = Input {
                page,
                ..document.clone()
            };
            let facts = look(&input)?;
            let file = input
                .path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            subjects.push(Subject {
                fields: Fields::default().with("filename", file),
                ..Subject::new(Picture {
                    width: facts.width,
                    height: facts.height,
                    resolution: facts.resolution,
                })
            });
            inputs.push(input);
        }
    }
    let paper = Paper {
        sheet: sheet.clone(),
        margins: if template.media.borderless {
            Margins::BORDERLESS
        } else {
            target::margins(margin)?
        },
        dots: Resolution::square(dpi),
    };
    let composition = template
        .compose(&values, paper, subjects, fields)
        .map_err(|e| wish(&e))?;
    Ok((inputs, Content::Composed(Arc::new(composition))))
}
