//! Pictures laid out by a template: for the page that is printed, and for those who look at it before.

use std::path::Path;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::model::{Margins, MediaSize, Resolution, TemplateChoice};
use crate::press::layout::{Composition, Fields, Paper, Picture, Subject};
use crate::press::template::{Template, TemplateError, TemplateLibrary, known};
use crate::press::{Content, Input, PressError, PressJob, PressLimits, inspect_page};

/// The templates of the house. A clone is the same.
#[derive(Debug, Clone)]
pub(super) struct Templates(Arc<TemplateLibrary>);

impl Templates {
    /// Those of a library.
    pub fn of(library: Arc<TemplateLibrary>) -> Templates {
        Templates(library)
    }

    /// One by its name.
    pub fn get(&self, name: &str) -> Result<Arc<Template>, TemplateError> {
        self.0.get(name)
    }
}

/// Why pictures can't be laid out.
#[derive(Debug, thiserror::Error)]
pub(super) enum LaidError {
    /// The template, what was filled in, or the sheet.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A document.
    #[error(transparent)]
    Document(#[from] PressError),
}

/// What is to be laid out, and how.
#[derive(Debug, Clone)]
pub(super) struct Laid {
    pub templates: Templates,
    pub choice: TemplateChoice,
    /// Of the paper.
    pub margins: Margins,
    /// Names of the documents.
    pub names: Vec<Option<SmolStr>>,
    pub printer: Option<SmolStr>,
    pub edition: Option<SmolStr>,
    pub date: jiff::civil::Date,
}

/// Pictures of documents, as a layout counts them.
pub(super) struct Subjects {
    /// A page of a document each.
    pub inputs: Vec<Input>,
    pub subjects: Vec<Subject>,
    /// The document of each, from 0.
    pub documents: Vec<usize>,
}

impl Laid {
    /// The pages of a job by the template, and which document each of its inputs is of. Blocking.
    pub fn lay_out(&self, job: PressJob) -> Result<(PressJob, Vec<usize>), LaidError> {
        let mut fields = known(&job.sheet, &job.profile, job.intent, job.output.resolution.x, self.date);
        if let Some(printer) = &self.printer {
            fields.set("printer", printer.as_str());
        }
        let of_documents = subjects(&job.inputs, &self.names, &job.limits)?;
        let documents = of_documents.documents.clone();
        let (inputs, composition) = self.compose(&job.sheet, job.output.resolution, of_documents, fields)?;
        let job = PressJob {
            inputs,
            content: Content::Composed(Arc::new(composition)),
            ..job
        };
        Ok((job, documents))
    }

    /// The same on a sheet with these dots. `fields` are words of the house.
    pub fn compose(
        &self,
        sheet: &MediaSize,
        dots: Resolution,
        of_documents: Subjects,
        mut fields: Fields,
    ) -> Result<(Vec<Input>, Composition), LaidError> {
        let template = self.templates.get(&self.choice.name)?;
        template.suits(sheet)?;
        if let Some(edition) = &self.edition {
            fields.set("edition", edition.as_str());
        }
        let (values, words) = template.given(&self.choice.fields)?;
        let Subjects {
            inputs, mut subjects, ..
        } = of_documents;
        // A word that is given for all pictures wins over each one's own.
        if let Some(name) = words.get("filename") {
            subjects
                .iter_mut()
                .for_each(|subject| subject.fields.set("filename", name.as_str()));
        }
        for (name, word) in words {
            fields.set(name, word);
        }
        let paper = Paper {
            sheet: sheet.clone(),
            margins: self.margins,
            dots,
        };
        let composition = template.compose(&values, paper, subjects, fields)?;
        Ok((inputs, composition))
    }
}

/// Every page of every document as a picture to be laid out. Blocking.
pub(super) fn subjects(
    documents: &[Input],
    names: &[Option<SmolStr>],
    limits: &PressLimits,
) -> Result<Subjects, PressError> {
    let mut all = Subjects {
        inputs: Vec::new(),
        subjects: Vec::new(),
        documents: Vec::new(),
    };
    for (place, document) in documents.iter().enumerate() {
        let name = names.get(place).and_then(Option::as_deref).unwrap_or("");
        let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        let pages = inspect_page(document, limits)?.pages;
        for page in 0..pages {
            if all.inputs.len() >= crate::press::layout::limits::PICTURES {
                let text = "a template lays out too many pictures: send them in parts".to_owned();
                return Err(PressError::Unsupported(text));
            }
            let input = Input {
                page,
                ..document.clone()
            };
            let facts = inspect_page(&input, limits)?;
            let mut subject = Subject::new(Picture {
                width: facts.width,
                height: facts.height,
                resolution: facts.resolution,
            });
            if !stem.is_empty() {
                subject.fields.set("filename", stem.as_ref());
            }
            all.subjects.push(subject);
            all.inputs.push(input);
            all.documents.push(place);
        }
    }
    Ok(all)
}
