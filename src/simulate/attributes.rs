//! What the printer says of itself and of its jobs. Modelled on published facts of a PRO-1000, not on a dump of one.

use crate::ipp::codec::{Attribute, Group, Value, group, op};

use super::Shared;
use super::machine::{Job, Machine, TANKS, WASTE};

/// What it can be asked to do.
pub const OPERATIONS: [u16; 11] = [
    op::PRINT_JOB,
    op::VALIDATE_JOB,
    op::CREATE_JOB,
    op::SEND_DOCUMENT,
    op::CANCEL_JOB,
    op::GET_JOB_ATTRIBUTES,
    op::GET_JOBS,
    op::GET_PRINTER_ATTRIBUTES,
    op::CLOSE_JOB,
    op::IDENTIFY_PRINTER,
    op::CANCEL_MY_JOBS,
];
/// Sizes by name and sides, in hundredths of a millimetre.
const SIZES: [(&str, i32, i32); 10] = [
    ("iso_a4_210x297mm", 21_000, 29_700),
    ("iso_a3_297x420mm", 29_700, 42_000),
    ("iso_a2_420x594mm", 42_000, 59_400),
    ("na_letter_8.5x11in", 21_590, 27_940),
    ("na_ledger_11x17in", 27_940, 43_180),
    ("na_super-b_13x19in", 33_020, 48_260),
    ("na_c_17x22in", 43_180, 55_880),
    ("na_govt-letter_8x10in", 20_320, 25_400),
    ("na_5x7_5x7in", 12_700, 17_780),
    ("na_index-4x6_4x6in", 10_160, 15_240),
];
const TYPES: [&str; 8] = [
    "stationery",
    "photographic",
    "photographic-glossy",
    "photographic-semi-gloss",
    "photographic-matte",
    "com.canon.pro-luster",
    "com.canon.fineart",
    "com.canon.baryta",
];
const SOURCES: [&str; 2] = ["rear", "manual"];
/// Bottom, top and side margins in hundredths of a millimetre. Not proven on a real printer.
const MARGINS: (i32, i32, i32) = (500, 300, 340);

/// `300-600`
fn resolutions_of(options: &super::Options) -> String {
    let words: Vec<String> = options.resolutions.iter().map(i32::to_string).collect();
    words.join("-")
}

fn keywords<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Vec<Value> {
    words.into_iter().map(|w| Value::keyword(w.as_ref())).collect()
}

fn dots(dpi: i32) -> Value {
    Value::Resolution {
        x: dpi,
        y: dpi,
        units: 3,
    }
}

fn media_size(x: i32, y: i32) -> Value {
    Value::collection(vec![
        Attribute::new("x-dimension", Value::Integer(x)),
        Attribute::new("y-dimension", Value::Integer(y)),
    ])
}

fn media_col(x: i32, y: i32, kind: &str, borderless: bool) -> Value {
    let (bottom, top, side) = if borderless { (0, 0, 0) } else { MARGINS };
    Value::collection(vec![
        Attribute::new("media-size", media_size(x, y)),
        Attribute::new("media-bottom-margin", Value::Integer(bottom)),
        Attribute::new("media-left-margin", Value::Integer(side)),
        Attribute::new("media-right-margin", Value::Integer(side)),
        Attribute::new("media-top-margin", Value::Integer(top)),
        Attribute::new("media-source", Value::keyword("rear")),
        Attribute::new("media-type", Value::keyword(kind)),
    ])
}

/// All printer attributes.
pub fn printer(shared: &Shared, machine: &Machine) -> Group {
    let mut g = Group::new(group::PRINTER);
    let options = &shared.options;
    g.push("printer-uri-supported", Value::uri(&shared.uri));
    g.push("uri-security-supported", Value::keyword("none"));
    g.push("uri-authentication-supported", Value::keyword("none"));
    g.push("printer-name", Value::name(&options.name));
    g.push("printer-info", Value::text(&options.name));
    g.push("printer-location", Value::text("simulated"));
    g.push(
        "printer-make-and-model",
        Value::text("Canon PRO-1000 series (simulated)"),
    );
    g.push(
        "printer-device-id",
        Value::text("MFG:Canon;CMD:URF,PWGRaster;MDL:PRO-1000 series;CLS:PRINTER;DES:Canon PRO-1000 series;"),
    );
    g.push("printer-uuid", Value::uri(&format!("urn:uuid:{}", shared.uuid)));
    g.push(
        "printer-more-info",
        Value::uri(&shared.uri.replacen("ipp://", "http://", 1)),
    );
    status(&mut g, machine);
    let can: Vec<Value> = OPERATIONS
        .into_iter()
        .filter(|o| !(options.no_create_job && matches!(*o, op::CREATE_JOB | op::SEND_DOCUMENT)))
        .map(|o| Value::Enum(i32::from(o)))
        .collect();
    g.push_all("operations-supported", can);
    g.push_all("ipp-versions-supported", keywords(["1.1", "2.0"]));
    g.push_all("ipp-features-supported", keywords(["airprint-1.4", "ipp-everywhere"]));
    g.push("charset-configured", Value::charset("utf-8"));
    g.push("charset-supported", Value::charset("utf-8"));
    g.push("natural-language-configured", Value::language("en"));
    g.push("generated-natural-language-supported", Value::language("en"));
    let mut formats: Vec<Value> = vec![Value::mime("application/octet-stream")];
    formats.extend(options.formats.iter().map(|f| Value::mime(f)));
    g.push_all("document-format-supported", formats);
    g.push("document-format-default", Value::mime("application/octet-stream"));
    g.push("compression-supported", Value::keyword("none"));
    g.push("pdl-override-supported", Value::keyword("attempted"));
    g.push("multiple-document-jobs-supported", Value::Boolean(false));
    g.push(
        "multiple-operation-time-out",
        Value::Integer(super::machine::TIME_OUT as i32),
    );
    g.push("color-supported", Value::Boolean(true));
    g.push("pages-per-minute", Value::Integer(1));
    g.push("copies-default", Value::Integer(1));
    g.push("copies-supported", Value::Range(1, 99));
    g.push("sides-default", Value::keyword("one-sided"));
    g.push("sides-supported", Value::keyword("one-sided"));
    g.push("print-quality-default", Value::Enum(4));
    g.push_all("print-quality-supported", [3, 4, 5].map(Value::Enum).to_vec());
    g.push("print-color-mode-default", Value::keyword("color"));
    g.push_all("print-color-mode-supported", keywords(["auto", "color", "monochrome"]));
    g.push("print-scaling-default", Value::keyword("auto"));
    g.push_all(
        "print-scaling-supported",
        keywords(["auto", "auto-fit", "fill", "fit", "none"]),
    );
    let resolutions: Vec<Value> = options.resolutions.iter().map(|dpi| dots(*dpi)).collect();
    g.push_all(
        "printer-resolution-default",
        resolutions.last().cloned().into_iter().collect(),
    );
    g.push_all("printer-resolution-supported", resolutions.clone());
    g.push_all("pwg-raster-document-resolution-supported", resolutions);
    g.push_all("pwg-raster-document-type-supported", keywords(&options.raster_types));
    g.push("pwg-raster-document-sheet-back", Value::keyword("normal"));
    g.push_all(
        "urf-supported",
        keywords([
            "CP1",
            "IS4",
            "MT1-8",
            "OB9",
            "PQ3-4-5",
            &format!("RS{}", resolutions_of(options)),
            "SRGB24",
            "ADOBERGB24",
            "W8",
            "V1.4",
        ]),
    );
    media(&mut g, machine);
    g
}

/// What changes from moment to moment.
fn status(g: &mut Group, machine: &Machine) {
    let up = machine.now() - machine.up_since;
    let mut reasons = machine.stops();
    reasons.extend(machine.warnings());
    if reasons.is_empty() {
        reasons.push("none");
    }
    g.push("printer-state", Value::Enum(machine.state()));
    g.push("printer-state-message", Value::text(message(&reasons)));
    g.push_all("printer-state-reasons", keywords(&reasons));
    g.push("printer-is-accepting-jobs", Value::Boolean(machine.accepting));
    g.push("printer-up-time", Value::Integer(up as i32 + 1));
    g.push(
        "queued-job-count",
        Value::Integer(i32::try_from(machine.open_jobs()).unwrap_or(i32::MAX)),
    );
    let each = |f: &dyn Fn(usize) -> Value| (0..TANKS.len()).map(f).collect::<Vec<_>>();
    g.push_all("marker-names", each(&|i| Value::name(TANKS[i].0)));
    g.push_all("marker-colors", each(&|i| Value::name(TANKS[i].1)));
    let kind = |i: usize| if i == WASTE { "waste-ink" } else { "ink-cartridge" };
    g.push_all("marker-types", each(&|i| Value::keyword(kind(i))));
    // The real one tells its levels in steps of ten.
    let level = |i: usize| Value::Integer((machine.levels[i] / 10.0).ceil() as i32 * 10);
    g.push_all("marker-levels", each(&level));
    let bounds = |i: usize, waste: i32, ink: i32| Value::Integer(if i == WASTE { waste } else { ink });
    g.push_all("marker-low-levels", each(&|i| bounds(i, 0, 10)));
    g.push_all("marker-high-levels", each(&|i| bounds(i, 90, 100)));
}

fn message(reasons: &[&str]) -> &'static str {
    match reasons.first().copied() {
        Some("paused") => "The printer is paused.",
        Some("media-jam-error") => "The paper is jammed.",
        Some("cover-open-error") => "The cover is open.",
        Some("media-empty-error") => "Out of paper.",
        Some("marker-supply-empty-error") => "An ink tank is empty.",
        Some("marker-waste-full-error") => "The maintenance cartridge is full.",
        _ => "",
    }
}

fn media(g: &mut Group, machine: &Machine) {
    g.push("media-default", Value::keyword("iso_a4_210x297mm"));
    g.push_all("media-supported", keywords(SIZES.map(|(name, ..)| name)));
    g.push_all("media-type-supported", keywords(TYPES));
    g.push_all("media-source-supported", keywords(SOURCES));
    g.push_all(
        "media-col-supported",
        keywords([
            "media-size",
            "media-bottom-margin",
            "media-left-margin",
            "media-right-margin",
            "media-top-margin",
            "media-source",
            "media-type",
        ]),
    );
    g.push("media-col-default", media_col(21_000, 29_700, "photographic", false));
    let database = SIZES
        .iter()
        .flat_map(|(_, x, y)| {
            [
                media_col(*x, *y, "photographic", false),
                media_col(*x, *y, "photographic", true),
            ]
        })
        .collect();
    g.push_all("media-col-database", database);
    let sizes = SIZES.iter().map(|(_, x, y)| media_size(*x, *y)).collect();
    g.push_all("media-size-supported", sizes);
    for (name, margin) in [
        ("media-bottom-margin-supported", MARGINS.0),
        ("media-top-margin-supported", MARGINS.1),
        ("media-left-margin-supported", MARGINS.2),
        ("media-right-margin-supported", MARGINS.2),
    ] {
        g.push_all(name, vec![Value::Integer(0), Value::Integer(margin)]);
    }
    if machine.sheets > 0 {
        g.push("media-ready", Value::keyword(&machine.media));
        if let Some((_, x, y)) = SIZES.iter().find(|(name, ..)| *name == machine.media) {
            g.push("media-col-ready", media_col(*x, *y, "photographic", false));
        }
    }
}

/// All attributes of a job.
pub fn job(shared: &Shared, machine: &Machine, job: &Job) -> Group {
    let mut g = Group::new(group::JOB);
    let time = |at: Option<f64>| match at {
        Some(at) => Value::Integer((at - machine.up_since).max(0.0) as i32 + 1),
        // no-value: it has not happened.
        None => Value::OutOfBand(0x13),
    };
    let count = Value::Integer(i32::try_from(job.done).unwrap_or(i32::MAX));
    g.push("job-id", Value::Integer(job.id));
    g.push("job-uri", Value::uri(&format!("{}/{}", shared.uri, job.id)));
    g.push("job-printer-uri", Value::uri(&shared.uri));
    g.push("job-name", Value::name(&job.name));
    g.push("job-originating-user-name", Value::name(&job.user));
    g.push("job-state", Value::Enum(job.state));
    g.push("job-state-reasons", Value::keyword(job.reason));
    g.push("copies", Value::Integer(i32::try_from(job.copies).unwrap_or(1)));
    g.push("job-impressions-completed", count.clone());
    g.push("job-media-sheets-completed", count);
    g.push("job-printer-up-time", time(Some(machine.now())));
    g.push("time-at-creation", time(Some(job.created)));
    g.push("time-at-processing", time(job.processing));
    g.push("time-at-completed", time(job.completed));
    g
}

/// Only what was asked for: names, or groups of them.
pub fn requested(mut all: Group, names: &[String], default: &[&str]) -> Group {
    let asked: Vec<&str> = if names.is_empty() {
        default.to_vec()
    } else {
        names.iter().map(String::as_str).collect()
    };
    let everything = [
        "all",
        "printer-description",
        "job-description",
        "job-template",
        "media-col-database",
    ];
    if asked.is_empty() || asked.iter().any(|n| everything[..4].contains(n)) {
        // The database is long: only for those who name it (PWG 5100.7).
        if !asked.contains(&"media-col-database") {
            all.attributes.retain(|a| a.name != "media-col-database");
        }
        return all;
    }
    all.attributes.retain(|a| asked.contains(&a.name.as_str()));
    all
}
