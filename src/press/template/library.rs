//! The template library: those that are built in, and the owner's folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use super::{FILE_BYTES, Template, TemplateError};

/// Most files of a folder that are read.
const FILES: usize = 1_000;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// Files of the templates that are built in.
        pub(super) const BUILT_IN: &[(&str, &str)] = &[
            $((concat!($name, ".toml"), include_str!(concat!("../../../assets/templates/", $name, ".toml")))),*
        ];
    };
}

built_in![
    "card-2up",
    "contact-sheet",
    "edition-sheet",
    "four-up",
    "full-bleed",
    "gallery-wrap",
    "greeting-card",
    "passe-partout",
    "picture-package",
    "profile-target",
    "square",
    "step-wedge",
    "test-strip",
    "triptych",
    "white-border",
];

/// Where a template comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is part of Platen.
    BuiltIn,
    /// The owner's file.
    File(PathBuf),
}

/// Templates by name.
#[derive(Debug, Clone, Default)]
pub struct TemplateLibrary {
    templates: BTreeMap<SmolStr, (Arc<Template>, Origin)>,
}

impl TemplateLibrary {
    /// The templates that are built in.
    pub fn built_in() -> TemplateLibrary {
        let mut library = TemplateLibrary::default();
        // Tests see to it that each of them reads.
        for template in BUILT_IN
            .iter()
            .filter_map(|(file, text)| Template::parse(text, file).ok())
        {
            library.add(template, Origin::BuiltIn);
        }
        library
    }

    /// The built-in templates and those of a folder's `*.toml` files, which win over built-in ones of their name. What
    /// can't be used is left out and told; a folder that is not there is empty.
    pub fn load(folder: &Path) -> (TemplateLibrary, Vec<TemplateError>) {
        let (mut library, mut wrong) = (TemplateLibrary::built_in(), Vec::new());
        let mut tell = |path: &Path, why: String| {
            wrong.push(TemplateError::File {
                file: path.display().to_string(),
                why,
            });
        };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (library, wrong),
            Err(error) => {
                tell(
                    folder,
                    format!("the folder can't be read ({error}); see to its permissions"),
                );
                return (library, wrong);
            }
        };
        let is_toml = |p: &PathBuf| p.extension().is_some_and(|e| e == "toml");
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).filter(is_toml).collect();
        paths.sort();
        if paths.len() > FILES {
            tell(
                folder,
                format!("it has more than {FILES} templates; the others are not read"),
            );
        }
        for path in paths.into_iter().take(FILES) {
            let name = path
                .file_name()
                .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let read = text(&path).and_then(|text| {
                Template::parse(&text, &name).map_err(|error| match error {
                    TemplateError::File { why, .. } => why,
                    other => other.to_string(),
                })
            });
            match read {
                Err(why) => tell(&path, why),
                Ok(template) => match library.origin(&template.name) {
                    Some(Origin::File(first)) => {
                        let why = format!(
                            "name: \"{}\" is the name of {} already; choose another",
                            template.name,
                            first.display()
                        );
                        tell(&path, why);
                    }
                    _ => library.add(template, Origin::File(path)),
                },
            }
        }
        (library, wrong)
    }

    fn add(&mut self, template: Template, origin: Origin) {
        self.templates
            .insert(template.name.clone(), (Arc::new(template), origin));
    }

    /// A template.
    ///
    /// # Errors
    /// [`TemplateError::Unknown`], with the names that there are.
    pub fn get(&self, name: &str) -> Result<Arc<Template>, TemplateError> {
        self.templates.get(name).map(|(t, _)| Arc::clone(t)).ok_or_else(|| {
            let known: Vec<&str> = self.templates.keys().map(SmolStr::as_str).collect();
            TemplateError::Unknown(name.chars().take(48).collect(), known.join(", "))
        })
    }

    /// Where a template comes from.
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.templates.get(name).map(|(_, origin)| origin)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Template, &Origin)> {
        self.templates
            .values()
            .map(|(template, origin)| (template.as_ref(), origin))
    }
}

/// A file's text, under its limit.
fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("it can't be read ({error}); see to the file");
    // Asked before it is opened: to open a pipe is to wait for its other end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("it is not a file; remove it from the folder".to_owned());
    }
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(FILE_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(text)
}
