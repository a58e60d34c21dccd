//! `platen render` and `platen proof`: the whole press as a command, so that anyone can run it beside other tools.

mod laid;
mod progress;
mod target;

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::color::{LinkCache, Profile, ProofOptions, Tone};
use crate::model::{DocumentFormat, Orientation, PrintScaling, RasterType, Rendering};
use crate::press::{
    Content, Input, PressError, PressJob, PressLimits, PressStream, Proof, Sharpening, Strength, Surface,
};

pub use laid::list as templates;
use progress::Progress;
use target::{OutputFormat, Pixels, Target};

/// Options of `platen render`.
#[derive(Debug, Args)]
pub struct Options {
    /// Pictures or documents: JPEG, PNG, TIFF, PDF, PWG raster, Apple raster
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// File to write; `-` is the standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// What to write; by the name of OUT when left out
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
    /// Paper: a PWG name (`iso_a4_210x297mm`, `na_c_17x22in`), a short one (`a3+`, `17x22in`) or `297x420mm`
    #[arg(long, default_value = "a4")]
    paper: String,
    /// Dots per inch
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(10..=4_800))]
    dpi: u32,
    /// Margins in millimetres, kept white
    #[arg(long, default_value_t = 0.0)]
    margin: f64,
    /// Pixel type of the output
    #[arg(long, value_enum, default_value = "rgb8")]
    pixels: Pixels,
    /// The printer's profile for the paper; the standard one of the pixel type when left out
    #[arg(long, value_name = "ICC")]
    profile: Option<PathBuf>,
    /// Rendering intent
    #[arg(long, value_enum, default_value = "relative")]
    intent: Intent,
    /// Leave black point compensation out
    #[arg(long)]
    no_bpc: bool,
    /// How the picture fills the sheet
    #[arg(long, value_enum, default_value = "fit")]
    layout: Layout,
    /// How the picture is turned; `auto` by its shape
    #[arg(long, value_enum, default_value = "auto")]
    turn: Turn,
    /// Lay the pictures out by a template: a name of `platen templates`, or a TOML file
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// A parameter of the template, or a word for its texts: title=Dawn, border=20
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Monochrome, in this tone
    #[arg(long, value_enum)]
    tone: Option<ToneName>,
    /// Round to 8 bits without dither
    #[arg(long)]
    no_dither: bool,
    /// Output sharpening
    #[arg(long, value_enum)]
    sharpen: Option<Strength>,
    /// The paper's surface, for sharpening
    #[arg(long, value_enum, default_value = "glossy")]
    surface: Surface,
    /// Threads that paint; 1 does all in one
    #[arg(long)]
    workers: Option<usize>,
    /// Rows of a band; changes no byte of the output
    #[arg(long)]
    band: Option<u32>,
    /// Most megabytes that a page may hold in memory
    #[arg(long, default_value_t = 256)]
    memory: u64,
    /// Folder for tile files; beside OUT when left out
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// No progress bar
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
    #[arg(long, value_name = "DELTA_E")]
    gamut: Option<f64>,
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
    /// A file.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The command line asks for what can't be.
    #[error("{0}")]
    Wish(String),
}

impl RenderError {
    /// EX_DATAERR, EX_IOERR or EX_USAGE of sysexits(3).
    pub fn exit_code(&self) -> u8 {
        match self {
            RenderError::Document(..) => 65,
            RenderError::File(..) => 74,
            RenderError::Wish(_) => 64,
        }
    }
}

/// Most of a file's start that tells its format.
const HEAD: usize = 16;

fn input(path: &Path) -> Result<Input, RenderError> {
    let file_error = |e| RenderError::File(path.to_owned(), e);
    let mut start = Vec::with_capacity(HEAD);
    let file = File::open(path).map_err(file_error)?;
    file.take(HEAD as u64).read_to_end(&mut start).map_err(file_error)?;
    let format = DocumentFormat::sniff(&start).ok_or_else(|| {
        RenderError::Wish(format!(
            "{}: not a format that is known here: JPEG, PNG, TIFF, PDF, PWG raster and Apple raster are",
            path.display()
        ))
    })?;
    Ok(Input {
        path: path.to_owned(),
        format,
        page: 0,
    })
}

/// Renders.
///
/// # Errors
/// [`RenderError`], for the person at the terminal. A file that was begun is removed.
pub fn run(options: &Options) -> Result<(), RenderError> {
    write(options, job(options)?)
}

/// `platen proof`: the page as a display shows how it would print.
///
/// # Errors
/// [`RenderError`], for the person at the terminal. A file that was begun is removed.
pub fn proof(options: &ProofArgs) -> Result<(), RenderError> {
    let render = &options.render;
    let Some(path) = &render.profile else {
        return Err(RenderError::Wish(
            "a proof needs the printer's profile for the paper: --profile ICC".into(),
        ));
    };
    let mut job = job(render)?;
    job.proof = Some(Proof {
        printer: Arc::new(target::read_profile(path)?),
        options: ProofOptions {
            paper_white: options.paper_white,
            black_ink: options.black_ink,
            gamut_warning: options.gamut,
            ..ProofOptions::default()
        },
    });
    job.profile = Arc::new(Profile::srgb());
    job.output.raster_type = RasterType::Srgb8;
    write(render, job)
}

fn write(options: &Options, job: PressJob) -> Result<(), RenderError> {
    let first = options.inputs.first().cloned().unwrap_or_default();
    let document = |e: PressError| RenderError::Document(first.clone(), e);
    let mut stream = PressStream::open(job).map_err(document)?;
    let to_stdout = options.output == Path::new("-");
    let file_error = |e| RenderError::File(options.output.clone(), e);
    let mut out: Box<dyn Write> = if to_stdout {
        Box::new(std::io::stdout().lock())
    } else {
        Box::new(BufWriter::with_capacity(
            0,
            File::create(&options.output).map_err(file_error)?,
        ))
    };
    let mut progress = Progress::new(options.quiet);
    let mut render = || -> Result<(), RenderError> {
        while let Some(piece) = stream.next_piece().map_err(document)? {
            out.write_all(&piece).map_err(file_error)?;
            progress.show(stream.pages(), stream.progress());
        }
        out.flush().map_err(file_error)
    };
    let result = render();
    progress.end();
    if result.is_err() && !to_stdout {
        // Half a page is worse than none.
        let _ = std::fs::remove_file(&options.output);
    }
    result
}

/// How the documents come onto pages.
fn content(options: &Options) -> Result<Content, RenderError> {
    Ok(Content::Documents {
        margins: target::margins(options.margin)?,
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

fn job(options: &Options) -> Result<PressJob, RenderError> {
    let limits = limits(options);
    let inputs = options.inputs.iter().map(|p| input(p)).collect::<Result<Vec<_>, _>>()?;
    let target = Target::new(
        &options.output,
        options.format,
        options.pixels,
        options.dpi,
        options.profile.as_deref(),
    )?;
    let sheet = target::paper(&options.paper)?;
    let (inputs, content) = match &options.template {
        None => (inputs, content(options)?),
        Some(name) => laid::out(
            name,
            &options.set,
            inputs,
            (&sheet, options.margin, options.dpi),
            &limits,
        )?,
    };
    let intent = match options.intent {
        Intent::Perceptual => Rendering::Perceptual,
        Intent::Relative => Rendering::Relative,
        Intent::Saturation => Rendering::Saturation,
        Intent::Absolute => Rendering::Absolute,
    };
    Ok(PressJob {
        inputs,
        content,
        sheet,
        media_type: "photographic".into(),
        quality: 5,
        output: target.output,
        profile: target.profile,
        intent: target::intent(intent, !options.no_bpc),
        proof: None,
        tone: options.tone.map(ToneName::tone),
        dither: !options.no_dither,
        links: Arc::new(LinkCache::new(8)),
        sharpening: options
            .sharpen
            .map(|strength| Sharpening::new(strength, options.surface, options.dpi)),
        repeat: 1,
        workers: options
            .workers
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get().min(4))),
        band_rows: options.band,
        limits,
    })
}
