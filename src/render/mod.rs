//! `platen render` and `platen proof`: the whole press as a command, so that anyone can run it beside other tools.

mod chart;
mod check;
mod documents;
mod laid;
mod out;
mod progress;
mod sample;
mod target;
mod templates;
mod warnings;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::color::{LinkCache, Profile, ProofOptions, SoftProof, Tone};
use crate::model::{Orientation, PrintScaling, RasterFormat, RasterType, Rendering};
use crate::press::{Content, PressError, PressJob, PressLimits, PressStream, Proof, Sharpening, Strength, Surface};

use chart::Chart;
use documents::Documents;
use laid::Laid;
use out::{Out, is_same};
use progress::Progress;
use target::{OutputFormat, Pixels, Target};
pub use templates::{TemplateArgs, preview, run as templates};

/// Options of `platen render`.
#[derive(Debug, Args)]
pub struct Options {
    /// Pictures or documents: JPEG, PNG, TIFF, PDF, PWG raster, Apple raster; `-` is the standard input
    #[arg(required_unless_present = "template", value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// File to write; `-` is the standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// What to write; by the name of OUT when left out
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
    /// Paper: a short name (`a3+`, see --help), sides (`297x420mm`, `17x22in`) or a PWG name (`iso_a4_210x297mm`)
    ///
    /// A4 when left out, or the first size that the template is made for.
    #[arg(long, long_help = target::paper_help())]
    paper: Option<String>,
    /// Take paper that the template is not made for, too
    #[arg(long, requires = "template")]
    any_paper: bool,
    /// Dots per inch
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(10..=4_800))]
    dpi: u32,
    /// Margins in millimetres, kept white; none when left out
    #[arg(long)]
    margin: Option<f64>,
    /// Pixel type of the output; rgb8 when left out
    #[arg(long, value_enum)]
    pixels: Option<Pixels>,
    /// The printer's profile for the paper; the standard one of the pixel type when left out
    #[arg(long, value_name = "ICC")]
    profile: Option<PathBuf>,
    /// Rendering intent
    #[arg(long, value_enum, default_value = "relative")]
    intent: Intent,
    /// Leave black point compensation out
    #[arg(long)]
    no_bpc: bool,
    /// How the picture fills the sheet; `actual` is the size that it tells, at 300 dpi where it tells none
    #[arg(long, value_enum, default_value = "fit", conflicts_with = "template")]
    layout: Layout,
    /// How the picture is turned; `auto` by its shape
    #[arg(long, value_enum, default_value = "auto", conflicts_with = "template")]
    turn: Turn,
    /// Lay the pictures out by a template: a name of `platen templates`, or a TOML file
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// A parameter of the template, or a word for its texts: title=Dawn, border=20
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Write the patches of the template's chart there, for the software that measures them: Argyll's .ti2, else CGATS
    #[arg(long, value_name = "FILE", requires = "template")]
    chart: Option<PathBuf>,
    /// Monochrome, in this tone: pictures and texts. Patches in the printer's own values stay as they are
    #[arg(long, value_enum)]
    tone: Option<ToneName>,
    /// Round to 8 bits without dither
    #[arg(long)]
    no_dither: bool,
    /// Output sharpening
    #[arg(long, value_enum)]
    sharpen: Option<Strength>,
    /// The paper's surface, for sharpening
    #[arg(long, value_enum, default_value = "glossy", requires = "sharpen")]
    surface: Surface,
    /// Threads that paint; 1 does all in one
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=64))]
    workers: Option<u32>,
    /// Rows of a band; changes no byte of the output
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    band: Option<u32>,
    /// Most megabytes that a page may hold in memory
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(16..=1_000_000))]
    memory: u64,
    /// Folder for tile files; beside OUT when left out
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// No progress bar, and nothing said of pictures without a profile and the like
    #[arg(short, long)]
    quiet: bool,
}

/// Options of `platen proof`.
#[derive(Debug, Args)]
pub struct ProofArgs {
    #[command(flatten)]
    render: Options,
    /// Show the paper's white and the ink's black as they are beside the screen's
    #[arg(long)]
    paper_white: bool,
    /// Show the ink's black as light as it is
    #[arg(long)]
    black_ink: bool,
    /// Lay a colour over what the printer misses by more than this ΔE2000 (2 to 3 is usual)
    #[arg(long, value_name = "DELTA_E", value_parser = delta_e)]
    gamut: Option<f64>,
}

/// A difference that can be seen: 0.1 to 100.
fn delta_e(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.1..=100.0).contains(&value) => Ok(value),
        _ => Err("it is a number from 0.1 to 100; 2 to 3 is usual".into()),
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Intent {
    Perceptual,
    Relative,
    Saturation,
    Absolute,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Layout {
    Fit,
    Fill,
    Actual,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Turn {
    Auto,
    None,
    Left,
    Right,
    Half,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ToneName {
    Neutral,
    Warm,
    Cool,
    Sepia,
    Selenium,
}

impl ToneName {
    fn tone(self) -> Tone {
        match self {
            ToneName::Neutral => Tone::NEUTRAL,
            ToneName::Warm => Tone::WARM,
            ToneName::Cool => Tone::COOL,
            ToneName::Sepia => Tone::SEPIA,
            ToneName::Selenium => Tone::SELENIUM,
        }
    }
}

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A document.
    #[error("{0}: {1}")]
    Document(PathBuf, PressError),
    /// What was given is no document that can be printed.
    #[error("{0}: {1}")]
    Unprintable(PathBuf, &'static str),
    /// A file.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The page, whatever document is on it.
    #[error("{0}")]
    Page(PressError),
    /// The command line asks for what can't be.
    #[error("{0}")]
    Wish(String),
    /// Somebody stopped it.
    #[error("stopped: nothing was written")]
    Stopped,
}

impl RenderError {
    /// Whether whoever read the standard output has had enough, as `head` does: nobody is to be told.
    pub fn is_quiet(&self) -> bool {
        matches!(self, RenderError::File(path, e)
            if path == Path::new("-") && e.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// EX_DATAERR, EX_IOERR or EX_USAGE of sysexits(3), or what a shell says of a program that Ctrl-C or a closed pipe
    /// ended.
    pub fn exit_code(&self) -> u8 {
        match self {
            _ if self.is_quiet() => 141,
            RenderError::Document(_, e) | RenderError::Page(e) if matches!(e.cause(), PressError::Io(_)) => 74,
            RenderError::Document(_, e) if matches!(e.cause(), PressError::Link(_)) => 64,
            RenderError::Document(..) | RenderError::Unprintable(..) => 65,
            RenderError::Page(_) => 64,
            RenderError::Stopped => 130,
            RenderError::File(..) => 74,
            RenderError::Wish(_) => 64,
        }
    }
}

/// Renders. `stop` is looked at between the pieces of a page.
///
/// # Errors
/// [`RenderError`], for the person at the terminal. What was at the output's place stays then.
pub fn run(options: &Options, stop: &AtomicBool) -> Result<(), RenderError> {
    check::page(options)?;
    let documents = Documents::read(&options.inputs, &limits(options).scratch, stop)?;
    let job = job(options, &documents)?;
    if let Some(path) = &options.profile {
        target::check_profile(path, &job.profile, Some(job.output.raster_type), job.intent)?;
    }
    let chart = Chart::of(&job, options.chart.as_deref(), &options.output)?;
    write(options, job, &documents, stop)?;
    chart.map_or(Ok(()), Chart::write)
}

/// `platen proof`: the page as a display shows how it would print.
///
/// # Errors
/// [`RenderError`], for the person at the terminal. What was at the output's place stays then.
pub fn proof(options: &ProofArgs, stop: &AtomicBool) -> Result<(), RenderError> {
    let render = &options.render;
    let Some(path) = &render.profile else {
        return Err(RenderError::Wish(
            "a proof needs the printer's profile for the paper: --profile ICC".into(),
        ));
    };
    check::page(render)?;
    check::proof(render)?;
    let shown = ProofOptions {
        paper_white: options.paper_white,
        black_ink: options.black_ink,
        gamut_warning: options.gamut,
        ..ProofOptions::default()
    };
    let documents = Documents::read(&render.inputs, &limits(render).scratch, stop)?;
    let mut job = job(render, &documents)?;
    let printer = std::mem::replace(&mut job.profile, Arc::new(Profile::srgb()));
    target::check_profile(path, &printer, None, job.intent)?;
    // A profile may be printed by and say nothing of how that looks.
    SoftProof::of_device(&printer, &job.profile, shown)
        .map_err(|e| RenderError::Wish(format!("{}: a proof can't be made by it ({e})", path.display())))?;
    job.proof = Some(Proof {
        printer,
        options: shown,
    });
    job.output.raster_type = RasterType::Srgb8;
    write(render, job, &documents, stop)
}

fn write(options: &Options, job: PressJob, documents: &Documents, stop: &AtomicBool) -> Result<(), RenderError> {
    let names = job.inputs.iter().map(|input| documents.named(&input.path).0.to_owned());
    let names: Vec<PathBuf> = names.collect();
    let page = |e: PressError| match e.input().and_then(|input| names.get(input)) {
        Some(name) => RenderError::Document(name.clone(), e),
        None => RenderError::Page(e),
    };
    let file_error = |e| RenderError::File(options.output.clone(), e);
    if let Some(same) = options.inputs.iter().find(|input| is_same(input, &options.output)) {
        return Err(RenderError::Wish(format!(
            "{}: this is one of the documents, and would be lost: give the page another name",
            same.display()
        )));
    }
    let format = job.output.format;
    let twice = warnings::twice(
        options.profile.as_ref().filter(|_| job.proof.is_none()),
        job.output.raster_type,
    );
    let mut stream = PressStream::open(job).map_err(page)?;
    let (_, pages) = stream.pages();
    if format == RasterFormat::Png && pages > 1 {
        // A printer's file would hold one PNG behind the other, which no viewer shows.
        return Err(RenderError::Wish(format!(
            "a PNG holds one page, and there are {pages}: write .tif, .pwg or .urf, or one document at a time"
        )));
    }
    let mut out = Out::begin(&options.output).map_err(file_error)?;
    if !options.quiet {
        let untold = stream.untagged();
        let untagged = warnings::untagged(
            untold
                .iter()
                .filter_map(|input| names.get(*input))
                .map(PathBuf::as_path),
        );
        for line in twice.into_iter().chain(untagged) {
            eprintln!("platen: {line}");
        }
    }
    let mut progress = Progress::new(options.quiet);
    let mut render = || -> Result<(), RenderError> {
        while let Some(piece) = stream.next_piece().map_err(page)? {
            if stop.load(Ordering::Relaxed) {
                return Err(RenderError::Stopped);
            }
            out.write_all(&piece).map_err(file_error)?;
            progress.show(stream.pages(), stream.progress());
        }
        Ok(())
    };
    let result = render();
    progress.end();
    result?;
    out.finish().map_err(file_error)
}

/// How the documents come onto pages.
fn content(options: &Options) -> Result<Content, RenderError> {
    Ok(Content::Documents {
        margins: target::margins(options.margin.unwrap_or(0.0))?,
        scaling: match options.layout {
            Layout::Fit => PrintScaling::Fit,
            Layout::Fill => PrintScaling::Fill,
            Layout::Actual => PrintScaling::None,
        },
        orientation: match options.turn {
            Turn::Auto => Orientation::Auto,
            Turn::None => Orientation::Portrait,
            Turn::Left => Orientation::Landscape,
            Turn::Right => Orientation::ReverseLandscape,
            Turn::Half => Orientation::ReversePortrait,
        },
    })
}

fn limits(options: &Options) -> PressLimits {
    let folder = options.output.parent().filter(|p| !p.as_os_str().is_empty());
    PressLimits {
        pixels: 1_000_000_000,
        side: 100_000,
        memory: options.memory.saturating_mul(1_000_000),
        scratch: options
            .scratch
            .clone()
            .or_else(|| folder.map(Path::to_owned))
            .unwrap_or_else(|| PathBuf::from(".")),
    }
}

fn job(options: &Options, documents: &Documents) -> Result<PressJob, RenderError> {
    let limits = limits(options);
    let target = Target::new(
        &options.output,
        options.format,
        options.pixels.unwrap_or_default(),
        options.dpi,
        options.profile.as_deref(),
    )?;
    let intent = match options.intent {
        Intent::Perceptual => Rendering::Perceptual,
        Intent::Relative => Rendering::Relative,
        Intent::Saturation => Rendering::Saturation,
        Intent::Absolute => Rendering::Absolute,
    };
    let intent = target::intent(intent, !options.no_bpc);
    let Laid { inputs, content, sheet } = match &options.template {
        None if !options.set.is_empty() => {
            return Err(RenderError::Wish(
                "--set gives words and numbers to a template: name one with --template".into(),
            ));
        }
        None => Laid {
            inputs: documents.inputs.clone(),
            content: content(options)?,
            sheet: target::paper(options.paper.as_deref().unwrap_or(target::PAPER))?,
        },
        Some(name) => laid::out(name, options, documents, (&target, intent), &limits)?,
    };
    Ok(PressJob {
        inputs,
        content,
        sheet,
        media_type: "photographic".into(),
        quality: 5,
        output: target.output,
        profile: target.profile,
        intent,
        proof: None,
        tone: options.tone.map(ToneName::tone),
        dither: !options.no_dither,
        links: Arc::new(LinkCache::new(8)),
        sharpening: options
            .sharpen
            .map(|strength| Sharpening::new(strength, options.surface, options.dpi)),
        repeat: 1,
        workers: options.workers.map_or_else(
            || std::thread::available_parallelism().map_or(1, |n| n.get().min(4)),
            |n| n as usize,
        ),
        band_rows: options.band,
        limits,
    })
}
