//! Pictures laid out by a template.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::model::{Margins, MediaSize, RenderingIntent, Resolution};
use crate::press::layout::{LayoutError, Paper, Picture, Subject};
use crate::press::template::{FILE_BYTES, Template, TemplateError, TemplateLibrary, Values};
use crate::press::{Content, Input, PressLimits, inspect_page};

use super::documents::Documents;
use super::target::Target;
use super::{Options, RenderError, target, words};

/// Pages that a template made.
pub struct Laid {
    /// A page of a document each, as the layout counts its pictures.
    pub inputs: Vec<Input>,
    /// The pages.
    pub content: Content,
    /// What they are printed on.
    pub sheet: MediaSize,
}

pub(super) fn wish(error: &TemplateError) -> RenderError {
    RenderError::Wish(error.to_string())
}

/// A template by its name, or from a file.
pub(super) fn template(name: &str) -> Result<Arc<Template>, RenderError> {
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

/// The sheet: as it was named, or the template's first.
pub(super) fn sheet(template: &Template, named: Option<&str>, any: bool) -> Result<MediaSize, RenderError> {
    let Some(name) = named else {
        return template.first_size().map_or_else(|| target::paper(target::PAPER), Ok);
    };
    let sheet = target::paper(name)?;
    match template.suits(&sheet) {
        Err(error) if !any => Err(RenderError::Wish(format!(
            "{error}: choose one of those with --paper, or say --any-paper and look at a small picture of it first"
        ))),
        _ => Ok(sheet),
    }
}

/// What `--set` gives to a template: values of its parameters, and words that its texts show.
pub(super) fn set(template: &Template, pairs: &[String]) -> Result<(Values, BTreeMap<String, String>), RenderError> {
    let mut all = BTreeMap::new();
    for pair in pairs {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| RenderError::Wish(format!("--set {pair}: give it as NAME=VALUE")))?;
        if all.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(RenderError::Wish(format!("--set {key}: it is given twice")));
        }
    }
    template.given(&all).map_err(|error| match error {
        TemplateError::Value { .. } => RenderError::Wish(format!("--set: {error}")),
        other => wish(&other),
    })
}

/// Lays all pages of all documents out. The inputs are then a page each. `documents` are those of `options`.
pub fn out(
    name: &str,
    options: &Options,
    documents: &Documents,
    (target, intent): (&Target, RenderingIntent),
    limits: &PressLimits,
) -> Result<Laid, RenderError> {
    let template = template(name)?;
    let sheet = sheet(&template, options.paper.as_deref(), options.any_paper)?;
    let (values, given) = set(&template, &options.set)?;
    let pictures = template.layout(&values).map_err(|e| wish(&e))?.pictures();
    if let (0, Some(first)) = (pictures, options.inputs.first()) {
        return Err(RenderError::Wish(format!(
            "template {} shows no pictures: leave {} out",
            template.name,
            first.display()
        )));
    }
    if pictures == 0 && options.sharpen.is_some() {
        return Err(RenderError::Wish(format!(
            "--sharpen: template {} shows no pictures: leave --sharpen out",
            template.name
        )));
    }
    let margins = match (template.media.borderless, options.margin) {
        (true, Some(_)) => {
            let why = format!(
                "template {} prints to the sheet's edges: leave --margin out",
                template.name
            );
            return Err(RenderError::Wish(why));
        }
        (true, None) => Margins::BORDERLESS,
        (false, margin) => target::margins(margin.unwrap_or(0.0))?,
    };
    let dots = target.output.resolution;
    let today = words::today();
    let mut fields = words::known(&sheet, &target.profile, intent, dots.x, today);
    for (key, value) in &given {
        fields.set(key.as_str(), value);
    }
    let (inputs, subjects) = subjects(documents, given.contains_key("filename"), limits)?;
    let paper = Paper {
        sheet: sheet.clone(),
        margins,
        dots: Resolution::square(dots.x),
    };
    let composition = template
        .compose(&values, paper, subjects, fields)
        .map_err(|e| match &e {
            TemplateError::Layout {
                why: LayoutError::Letters { place, .. },
                ..
            } if place == "{filename}" => {
                RenderError::Wish(format!("{e}, or say --set filename=WORDS for all pictures"))
            }
            _ => wish(&e),
        })?;
    Ok(Laid {
        inputs,
        content: Content::Composed(Arc::new(composition)),
        sheet,
    })
}

/// Every page of every document as a picture to be laid out, called by the name of its file unless all are `renamed`.
fn subjects(
    documents: &Documents,
    renamed: bool,
    limits: &PressLimits,
) -> Result<(Vec<Input>, Vec<Subject>), RenderError> {
    let (mut inputs, mut subjects) = (Vec::new(), Vec::new());
    for document in &documents.inputs {
        let (name, is_file) = documents.named(&document.path);
        let look = |input: &Input| inspect_page(input, limits).map_err(|e| RenderError::Document(name.to_owned(), e));
        let stem = name.file_stem().unwrap_or_default().to_string_lossy();
        for page in 0..look(document)?.pages {
            let input = Input {
                page,
                ..document.clone()
            };
            let facts = look(&input)?;
            let mut subject = Subject::new(Picture {
                width: facts.width,
                height: facts.height,
                resolution: facts.resolution,
            });
            if is_file && !renamed {
                subject.fields.set("filename", stem.as_ref());
            }
            subjects.push(subject);
            inputs.push(input);
        }
    }
    Ok((inputs, subjects))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T>(result: Result<T, RenderError>) -> String {
        match result {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_sheet_is_the_templates_own_unless_it_adapts_or_somebody_insists() {
        let card = template("greeting-card").unwrap();
        assert_eq!(sheet(&card, None, false).unwrap().shown(), "A4");
        assert_eq!(sheet(&card, Some("a4"), false).unwrap().shown(), "A4");
        let refused = told(sheet(&card, Some("a3+"), false));
        assert!(
            refused.contains("A4 (iso_a4_210x297mm)") && refused.contains("--any-paper"),
            "{refused}"
        );
        assert_eq!(sheet(&card, Some("a3+"), true).unwrap().shown(), "A3+");
        let border = template("white-border").unwrap();
        assert_eq!(sheet(&border, Some("10x15"), false).unwrap().shown(), "10 × 15 cm");
    }

    #[test]
    fn words_that_nothing_shows_are_refused() {
        let set = |name: &str, pairs: &[&str]| {
            let pairs: Vec<String> = pairs.iter().map(|p| (*p).to_owned()).collect();
            super::set(&template(name).unwrap(), &pairs)
        };
        let (values, given) = set("edition-sheet", &["title=Dawn", "studio=Us", "date="]).unwrap();
        assert_eq!((values.len(), given.len()), (1, 2));
        for (name, pair, words) in [
            ("white-border", "title=Dawn", "border, crop"),
            ("contact-sheet", "page=3", "title"),
            ("full-bleed", "nonsense=1", "overspray"),
            ("edition-sheet", "title", "NAME=VALUE"),
        ] {
            let refused = told(set(name, &[pair]));
            assert!(refused.contains(words) && refused.contains("--set"), "{refused}");
        }
        assert!(told(set("edition-sheet", &["title=Dawn", "title=Dusk"])).contains("twice"));
        assert!(told(set("edition-sheet", &[&format!("title={}", "x".repeat(401))])).contains("401 letters"));
    }
}
