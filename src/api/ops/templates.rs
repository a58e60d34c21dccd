//! Templates: what there is, what one takes, how it looks.

use bytes::Bytes;
use serde::Serialize;
use smol_str::{SmolStr, format_smolstr};

use crate::api::estate::Drawing;
use crate::api::studio::busy;
use crate::api::{Api, Caller, Problem};
use crate::model::{MediaSize, Scope};
use crate::press::layout::FIELDS;
use crate::press::template::{Kind, Origin, Parameter, Template, Values};

/// Pixels of the longer side of a picture.
const SIDES: std::ops::RangeInclusive<u32> = 100..=1_600;
/// Those of a picture of which nobody says how large.
pub const SIDE: u32 = 600;
/// Most values that are set for a picture.
const MOST_SET: usize = 100;

/// A template in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TemplateLine {
    /// What it is called by.
    pub name: SmolStr,
    /// What people read.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// Whether it is part of Platen; else it is the owner's.
    pub built_in: bool,
    /// Sizes that it is made for: PWG names, the best first.
    pub media: Vec<SmolStr>,
    /// What people call these.
    pub sizes: Vec<String>,
    /// Whether it adapts to every sheet.
    pub any_media: bool,
    /// Whether it wants paper without margins.
    pub borderless: bool,
    /// Pictures on a page.
    pub pictures: usize,
}

/// A template with what can be set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TemplateView {
    /// What it is.
    #[serde(flatten)]
    pub line: TemplateLine,
    /// Counts the changes that its owner made.
    pub revision: u32,
    /// What can be set.
    pub parameters: Vec<ParameterView>,
    /// Words that its texts show, and that the house or a person gives.
    pub words: Vec<String>,
}

/// What can be set in a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterView {
    /// Its name.
    pub name: SmolStr,
    /// What people read.
    pub title: String,
    /// `length` (millimetres), `number`, `count`, `text`, `colour`, `choice`, `switch`
    pub kind: &'static str,
    /// Its value when nobody sets it.
    pub default: serde_json::Value,
    /// The least; of a text its letters.
    pub min: Option<f64>,
    /// The most.
    pub max: Option<f64>,
    /// What a choice may be.
    pub choices: Vec<String>,
}

impl ParameterView {
    fn of(parameter: &Parameter) -> ParameterView {
        let (kind, has_ends) = match parameter.kind {
            Kind::Length => ("length", true),
            Kind::Number => ("number", true),
            Kind::Count => ("count", true),
            Kind::Text => ("text", true),
            Kind::Colour => ("colour", false),
            Kind::Choice => ("choice", false),
            Kind::Switch => ("switch", false),
        };
        ParameterView {
            name: parameter.name.clone(),
            title: parameter.title.clone(),
            kind,
            default: serde_json::to_value(&parameter.default).unwrap_or_default(),
            min: has_ends.then_some(parameter.min),
            max: has_ends.then_some(parameter.max),
            choices: parameter.choices.clone(),
        }
    }
}

fn line(template: &Template, origin: &Origin) -> TemplateLine {
    let shown = |name: &SmolStr| MediaSize::from_name(name).map_or(name.to_string(), |size| size.shown());
    TemplateLine {
        name: template.name.clone(),
        title: template.title.clone(),
        description: template.description.clone(),
        built_in: *origin == Origin::BuiltIn,
        media: template.media.sizes.clone(),
        sizes: template.media.sizes.iter().map(shown).collect(),
        any_media: template.media.any,
        borderless: template.media.borderless,
        pictures: template.layout(&Values::new()).map_or(0, |layout| layout.pictures()),
    }
}

impl Api {
    /// The templates, by their names.
    ///
    /// # Errors
    /// 403.
    pub async fn templates(&self, caller: &Caller) -> Result<Vec<TemplateLine>, Problem> {
        caller.needs(Scope::TemplatesRead)?;
        let library = self.estate.templates();
        Ok(library
            .iter()
            .map(|(template, origin)| line(template, origin))
            .collect())
    }

    /// A template.
    ///
    /// # Errors
    /// 404 `template-not-found`.
    pub async fn template(&self, caller: &Caller, name: &str) -> Result<TemplateView, Problem> {
        caller.needs(Scope::TemplatesRead)?;
        let library = self.estate.templates();
        let found = library.iter().find(|(template, _)| template.name == name);
        let (template, origin) = found.ok_or_else(|| no_template(name))?;
        let own = |word: &String| template.parameters.iter().any(|p| p.name == word.as_str());
        let words = template.words(&Values::new()).unwrap_or_default();
        Ok(TemplateView {
            line: line(template, origin),
            revision: template.revision,
            parameters: template.parameters.iter().map(ParameterView::of).collect(),
            words: words
                .into_iter()
                .filter(|word| FIELDS.contains(&word.as_str()) && !own(word))
                .collect(),
        })
    }

    /// A template's first page with made-up pictures and words, as PNG.
    ///
    /// # Errors
    /// 404 `template-not-found`, 422 for a value that it does not take, 503 `busy` when many wait for one already.
    pub async fn draw_template(&self, caller: &Caller, drawing: Drawing) -> Result<Bytes, Problem> {
        caller.needs(Scope::TemplatesRead)?;
        if self.estate.templates().get(&drawing.template).is_err() {
            return Err(no_template(&drawing.template));
        }
        if !SIDES.contains(&drawing.side) {
            let why = format_smolstr!("give pixels from {} to {}", SIDES.start(), SIDES.end());
            return Err(Problem::invalid("side", why));
        }
        if drawing.set.len() > MOST_SET {
            return Err(Problem::invalid(
                "set",
                format_smolstr!("give {MOST_SET} values at most"),
            ));
        }
        if let Some(kept) = self.kept.previews.get(&drawing) {
            return Ok(kept);
        }
        let Ok(waits) = self.kept.previews.waiting.clone().try_acquire_owned() else {
            return Err(busy());
        };
        // Whoever has gone meanwhile has his picture drawn all the same: it holds up the others either way.
        let (estate, previews) = (self.estate.clone(), self.kept.previews.clone());
        let drawn = tokio::spawn(async move {
            let _waits = waits;
            let _turn = previews.easel.acquire().await.map_err(|e| Problem::internal(&e))?;
            if let Some(kept) = previews.get(&drawing) {
                return Ok(kept);
            }
            let drawn = estate.draw(drawing.clone()).await;
            let drawn = Bytes::from(drawn.map_err(|why| Problem::invalid("set", why))?);
            previews.put(drawing, &drawn);
            Ok(drawn)
        });
        drawn.await.map_err(|e| Problem::internal(&e))?
    }
}

fn no_template(name: &str) -> Problem {
    let shown: String = name.chars().take(48).collect();
    Problem::not_found("template-not-found", format_args!("template \"{shown}\""))
}
