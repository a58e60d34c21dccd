//! `platen templates`: what templates there are, what one of them takes, and how it looks.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::color::{LinkCache, Profile};
use crate::model::{Margins, MediaSize, RasterFormat, RenderingIntent, Resolution};
use crate::press::layout::{FIELDS, Fields, Paper, Picture, Subject, short};
use crate::press::template::{Kind, Parameter, Template, TemplateLibrary, Values};
use crate::press::{Content, PressJob, PressLimits, PressStream};

use super::out::Out;
use super::target::{Pixels, Target};
use super::{RenderError, laid, sample, words};

/// Options of `platen templates`.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// A template to be told about: its name, or a TOML file. All are listed when it is left out
    name: Option<String>,
    /// Draw it with made-up pictures and words: a PNG, JPEG or TIFF, by the name
    #[arg(short, long, value_name = "OUT", requires = "name")]
    output: Option<PathBuf>,
    /// Paper of the drawing; the template's first size when left out
    #[arg(long, requires = "output")]
    paper: Option<String>,
    /// Draw it on paper that it is not made for, too
    #[arg(long, requires = "paper")]
    any_paper: bool,
    /// A parameter, or a word for its texts
    #[arg(long, value_name = "NAME=VALUE", requires = "output")]
    set: Vec<String>,
    /// Pixels of the drawing's longer side
    #[arg(long, default_value_t = 1_200, requires = "output", value_parser = clap::value_parser!(u32).range(200..=4_000))]
    side: u32,
}

/// Lists, tells or draws.
///
/// # Errors
/// [`RenderError`], for the person at the terminal.
pub fn run(options: &TemplateArgs, stop: &AtomicBool) -> Result<(), RenderError> {
    let said = match &options.name {
        None => list(),
        Some(name) => {
            let template = laid::template(name)?;
            if let Some(output) = &options.output {
                return draw(&template, options, output, stop);
            }
            told(&template)?
        }
    };
    let written = io::stdout().write_all(said.as_bytes());
    written.map_err(|e| RenderError::File(PathBuf::from("-"), e))
}

fn list() -> String {
    let library = TemplateLibrary::built_in();
    let lines = library
        .iter()
        .map(|(t, _)| format!("{:<16} {}\n", t.name, t.description));
    lines.collect()
}

/// A template in words.
fn told(template: &Template) -> Result<String, RenderError> {
    let wish = |e| laid::wish(&e);
    let layout = template.layout(&Values::new()).map_err(wish)?;
    let named = |name: &smol_str::SmolStr| MediaSize::from_name(name).map_or(name.to_string(), |s| s.shown());
    let sizes: Vec<String> = template.media.sizes.iter().map(named).collect();
    let paper = match (template.media.any, sizes.is_empty()) {
        (_, true) => "any".to_owned(),
        (true, _) => format!("any; best {}", sizes.join(", ")),
        (false, _) => sizes.join(", "),
    };
    let pictures = match layout.pictures() {
        0 => "none".to_owned(),
        many => format!("{many} on a page"),
    };
    let mut text = format!(
        "{}: {}\n{}\n\npaper       {paper}\nborderless  {}\npictures    {pictures}\n",
        template.name,
        template.title,
        template.description,
        if template.media.borderless { "yes" } else { "no" }
    );
    let mut rows: Vec<[String; 4]> = Vec::new();
    for parameter in &template.parameters {
        rows.push([
            parameter.name.to_string(),
            default(parameter),
            range(parameter),
            parameter.title.clone(),
        ]);
    }
    let words = template.words(&Values::new()).map_err(wish)?;
    let own = |name: &str| template.parameters.iter().any(|p| p.name == name);
    let shown = FIELDS.iter().filter(|name| words.contains(**name) && !own(name));
    let (filled, given): (Vec<&str>, Vec<&str>) = shown.partition(|name| words::KNOWN.contains(*name));
    if !rows.is_empty() {
        text.push_str("\nParameters, each with its default (--set NAME=VALUE):\n");
        text.push_str(&columns(&rows));
    }
    for (what, names) in [
        ("Words that it shows when they are given (--set NAME=VALUE): ", given),
        ("Words that are filled in: ", filled),
    ] {
        if !names.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "\n{what}{}", names.join(", "));
        }
    }
    Ok(text)
}

fn default(parameter: &Parameter) -> String {
    let value = &parameter.default;
    match (value.as_str(), value.as_float(), value.as_bool()) {
        (Some(""), ..) => "(nothing)".to_owned(),
        (Some(text), ..) => text.to_owned(),
        (_, Some(number), _) => short(number),
        (.., Some(yes)) => if yes { "yes" } else { "no" }.to_owned(),
        _ => value.to_string(),
    }
}

/// What a parameter may be.
fn range(parameter: &Parameter) -> String {
    let (least, most) = (short(parameter.min), short(parameter.max));
    match parameter.kind {
        Kind::Length => format!("length, {least} to {most} mm"),
        Kind::Number => format!("number, {least} to {most}"),
        Kind::Count => format!("count, {least} to {most}"),
        Kind::Text => format!("text, up to {most} letters"),
        Kind::Colour => "colour".to_owned(),
        Kind::Choice => format!("one of {}", parameter.choices.join(", ")),
        Kind::Switch => "yes or no".to_owned(),
    }
}

/// Rows with their columns below each other.
fn columns(rows: &[[String; 4]]) -> String {
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (a, b, c) = (wide(0), wide(1), wide(2));
    let line =
        |[name, default, range, title]: &[String; 4]| format!("  {name:a$}  {default:b$}  {range:c$}  {title}\n");
    rows.iter().map(line).collect()
}

/// Most made-up pictures of a page.
const PICTURES: usize = 100;
/// Bytes that a drawing may hold.
const MEMORY: u64 = 256_000_000;

/// Draws a template's first page with made-up pictures and words into a file.
fn draw(template: &Template, options: &TemplateArgs, output: &Path, stop: &AtomicBool) -> Result<(), RenderError> {
    let target = Target::new(output, None, Pixels::Srgb8, 300, None)?;
    if matches!(target.output.format, RasterFormat::Pwg | RasterFormat::Urf) {
        let why = format!(
            "{}: a drawing is a picture: end its name in .png, .jpg or .tif",
            output.display()
        );
        return Err(RenderError::Wish(why));
    }
    let sheet = laid::sheet(template, options.paper.as_deref(), options.any_paper)?;
    let folder = scratch()?;
    let mut stream = drawn(template, sheet, &options.set, options.side, target, folder.path())?;
    let file_error = |e| RenderError::File(output.to_owned(), e);
    let mut out = Out::begin(output).map_err(file_error)?;
    while let Some(piece) = stream.next_piece().map_err(RenderError::Page)? {
        if stop.load(Ordering::Relaxed) {
            return Err(RenderError::Stopped);
        }
        out.write_all(&piece).map_err(file_error)?;
    }
    out.finish().map_err(file_error)
}

/// A template's first page with made-up pictures and words, as PNG. `set` are parameters and words as `name=value`,
/// `side` the pixels of its longer side. Blocking.
///
/// # Errors
/// [`RenderError`].
pub fn preview(template: &Template, paper: Option<&str>, set: &[String], side: u32) -> Result<Vec<u8>, RenderError> {
    let target = Target::new(Path::new("preview.png"), None, Pixels::Srgb8, 300, None)?;
    let sheet = laid::sheet(template, paper, false)?;
    let folder = scratch()?;
    let mut stream = drawn(template, sheet, set, side, target, folder.path())?;
    let mut png = Vec::new();
    while let Some(piece) = stream.next_piece().map_err(RenderError::Page)? {
        png.extend_from_slice(&piece);
    }
    Ok(png)
}

fn scratch() -> Result<tempfile::TempDir, RenderError> {
    tempfile::tempdir().map_err(|e| RenderError::File(std::env::temp_dir(), e))
}

/// The page, about to be drawn. Made-up pictures lie in the folder, which stays until it is.
fn drawn(
    template: &Template,
    sheet: MediaSize,
    set: &[String],
    side: u32,
    target: Target,
    folder: &Path,
) -> Result<PressStream, RenderError> {
    let wish = |e| laid::wish(&e);
    let Target {
        output: mut spec,
        profile,
    } = target;
    let (values, given) = laid::set(template, set)?;
    let samples = sample::pictures(folder).map_err(|e| RenderError::File(folder.to_owned(), e))?;
    let many = template.layout(&values).map_err(wish)?.pictures().min(PICTURES);
    let (mut inputs, mut subjects) = (Vec::new(), Vec::new());
    for (index, (input, (width, height))) in samples.into_iter().cycle().take(many).enumerate() {
        let mut subject = Subject::new(Picture {
            width,
            height,
            resolution: None,
        });
        subject.fields.set("filename", format!("picture-{:02}", index + 1));
        subjects.push(subject);
        inputs.push(input);
    }
    let mut fields = made_up(template, &sheet, &profile);
    for (name, value) in given {
        fields.set(name, value);
    }
    let paper = Paper {
        sheet,
        margins: Margins::BORDERLESS,
        dots: Resolution::square(300),
    };
    let composition = template
        .compose(&values, paper, subjects, fields)
        .map_err(wish)?
        .upright()
        .and_then(|made| made.preview(side))
        .map_err(|e| RenderError::Wish(e.to_string()))?;
    let Paper { sheet, dots, .. } = composition.paper().clone();
    spec.resolution = dots;
    let first = composition.page(0).map_err(|e| RenderError::Wish(e.to_string()))?;
    let job = PressJob {
        inputs,
        content: Content::Pages([first].into()),
        sheet,
        media_type: "photographic".into(),
        quality: 5,
        output: spec,
        profile,
        intent: RenderingIntent::RELATIVE_BPC,
        proof: None,
        tone: None,
        dither: true,
        links: Arc::new(LinkCache::new(8)),
        sharpening: None,
        repeat: 1,
        workers: 1,
        band_rows: None,
        limits: PressLimits {
            pixels: 1 << 24,
            side: 10_000,
            memory: MEMORY,
            scratch: folder.to_owned(),
        },
    };
    PressStream::open(job).map_err(RenderError::Page)
}

/// Words that show where words go.
fn made_up(template: &Template, sheet: &MediaSize, profile: &Profile) -> Fields {
    let today = words::today();
    let mut fields = words::known(sheet, profile, RenderingIntent::RELATIVE_BPC, 300, today)
        .with("artist", "Artist")
        .with("copyright", "© Artist")
        .with("edition", "Edition")
        .with("number", "3")
        .with("of", "25")
        .with("printer", "Printer")
        .with("title", "Title")
        .with("year", today.year().to_string());
    let empty = template
        .parameters
        .iter()
        .filter(|p| p.kind == Kind::Text && p.default.as_str() == Some(""));
    for parameter in empty {
        fields.set(parameter.name.as_str(), format!("‹{}›", parameter.name));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(name: &str, output: &Path) -> TemplateArgs {
        TemplateArgs {
            name: Some(name.to_owned()),
            output: Some(output.to_owned()),
            paper: None,
            any_paper: false,
            set: Vec::new(),
            side: 200,
        }
    }

    #[test]
    fn every_template_is_told_and_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let library = TemplateLibrary::built_in();
        assert_eq!(list().lines().count(), library.iter().count());
        for (template, _) in library.iter() {
            let text = told(template).unwrap();
            assert!(template.parameters.iter().all(|p| text.contains(&p.title)), "{text}");
            let path = folder.path().join("page.png");
            run(&args(&template.name, &path), &AtomicBool::new(false)).unwrap();
            let reader = png::Decoder::new(io::BufReader::new(std::fs::File::open(&path).unwrap()))
                .read_info()
                .unwrap();
            let (width, height) = reader.info().size();
            assert!(
                (190..=201).contains(&width.max(height)),
                "{}: {width} × {height}",
                template.name
            );
        }
    }

    #[test]
    fn a_template_is_told_with_what_it_takes() {
        let text = told(&laid::template("edition-sheet").unwrap()).unwrap();
        for words in [
            "edition-sheet: Edition sheet\n",
            "paper       any; best A3+, A2, 17 × 22 in, A3\n",
            "  border  40         length, 15 to 120 mm     From the sheet's edges",
            "given (--set NAME=VALUE): artist, number, of, title, year\n",
            "filled in: date, intent, paper, profile\n",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let card = told(&laid::template("greeting-card").unwrap()).unwrap();
        assert!(
            card.contains("paper       A4\n") && card.contains("pictures    1 on a page"),
            "{card}"
        );
    }

    #[test]
    fn a_landscape_is_drawn_as_one_looks_at_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.png");
        run(&args("greeting-card", &path), &AtomicBool::new(false)).unwrap();
        let reader = png::Decoder::new(io::BufReader::new(std::fs::File::open(&path).unwrap()))
            .read_info()
            .unwrap();
        let (width, height) = reader.info().size();
        assert!(width > height);
        let refused = run(
            &args("greeting-card", &folder.path().join("card.pwg")),
            &AtomicBool::new(false),
        );
        assert!(refused.unwrap_err().to_string().contains(".png"));
    }
}
