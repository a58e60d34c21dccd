//! What a printer, or the pool, takes and does.

use super::super::codec::{Attribute, Value};
use super::super::{inflate, notify, ops, validate};
use super::printer::{PRINTER_SETTABLE, View};
use super::{SETTABLE, integer};
use crate::model::{DocumentFormat, NotifyEvent, RasterType};

/// `document-format-supported`, beside what is told apart by its bytes.
const FORMATS: [DocumentFormat; 6] = [
    DocumentFormat::Pdf,
    DocumentFormat::Jpeg,
    DocumentFormat::Png,
    DocumentFormat::PwgRaster,
    DocumentFormat::Tiff,
    DocumentFormat::Urf,
];

/// `job-creation-attributes-supported`
const CREATION: [&str; 26] = [
    "compression",
    "copies",
    "document-format",
    "document-name",
    "finishings",
    "ipp-attribute-fidelity",
    "job-hold-until",
    "job-hold-until-time",
    "job-name",
    "job-priority",
    "job-sheets",
    "media",
    "media-col",
    "multiple-document-handling",
    "number-up",
    "orientation-requested",
    "output-bin",
    "overrides",
    "page-ranges",
    "print-color-mode",
    "print-content-optimize",
    "print-quality",
    "print-rendering-intent",
    "print-scaling",
    "printer-resolution",
    "sides",
];

/// Adds the attributes.
pub fn abilities(view: &View, all: &mut Vec<Attribute>) {
    protocol(view, all);
    notifications(all);
    documents(view, all);
}

fn keywords(words: &[&str]) -> Vec<Value> {
    words.iter().map(|w| Value::keyword(w)).collect()
}

fn protocol(view: &View, all: &mut Vec<Attribute>) {
    let versions = validate::VERSIONS.iter().filter(|v| **v != (1, 0));
    let versions: Vec<Value> = versions.map(|(a, b)| Value::keyword(&format!("{a}.{b}"))).collect();
    let operations = ops::SUPPORTED.iter().map(|op| Value::Enum(i32::from(*op))).collect();
    let mut put = |name: &str, values: Vec<Value>| all.push(Attribute::new_all(name, values));
    put("ipp-versions-supported", versions);
    put("operations-supported", operations);
    put(
        "ipp-features-supported",
        keywords(&[
            "ipp-everywhere",
            "ipp-everywhere-server",
            "document-object",
            "page-overrides",
            "subscription-object",
        ]),
    );
    put("which-jobs-supported", keywords(&ops::WHICH_JOBS));
    put("job-creation-attributes-supported", keywords(&CREATION));
    put("job-settable-attributes-supported", keywords(&SETTABLE));
    put("printer-settable-attributes-supported", keywords(&PRINTER_SETTABLE));
    put("printer-get-attributes-supported", keywords(&["document-format"]));
    put("identify-actions-supported", keywords(&ops::IDENTIFY_ACTIONS));
    put("identify-actions-default", keywords(&ops::IDENTIFY_ACTIONS[..1]));
    put("preferred-attributes-supported", vec![Value::Boolean(false)]);
    put("job-ids-supported", vec![Value::Boolean(true)]);
    put("multiple-document-jobs-supported", vec![Value::Boolean(true)]);
    put(
        "multiple-operation-time-out",
        vec![integer(view.multiple_operation_time_out)],
    );
    put("multiple-operation-time-out-action", keywords(&["abort-job"]));
    put("pdl-override-supported", keywords(&["attempted"]));
}

fn notifications(all: &mut Vec<Attribute>) {
    let mut put = |name: &str, values: Vec<Value>| all.push(Attribute::new_all(name, values));
    put(
        "notify-events-supported",
        NotifyEvent::ALL.map(|(_, word)| Value::keyword(word)).to_vec(),
    );
    put("notify-events-default", keywords(&["job-completed"]));
    put("notify-pull-method-supported", keywords(&["ippget"]));
    put("notify-max-events-supported", vec![Value::Integer(ops::EVENTS_MOST)]);
    put(
        "notify-lease-duration-default",
        vec![Value::Integer(ops::LEASE_DEFAULT)],
    );
    put(
        "notify-lease-duration-supported",
        vec![Value::Range(1, ops::LEASE_MOST)],
    );
    put("ippget-event-life", vec![integer(notify::EVENT_LIFE)]);
}

fn documents(view: &View, all: &mut Vec<Attribute>) {
    let mut formats = vec![Value::mime("application/octet-stream")];
    formats.extend(FORMATS.map(|f| Value::mime(f.mime())));
    let k_octets = Value::Range(0, i32::try_from(view.document_bytes / 1024).unwrap_or(i32::MAX));
    let color = view
        .capabilities()
        .any(|c| c.raster_types.iter().any(|t| t.channels() == 3));
    let color = color || view.capabilities().next().is_none();
    let mut put = |name: &str, values: Vec<Value>| all.push(Attribute::new_all(name, values));
    put("document-format-default", vec![Value::mime("application/octet-stream")]);
    put("document-format-supported", formats);
    put("document-password-supported", vec![Value::Integer(0)]);
    put("compression-default", keywords(&["none"]));
    put("compression-supported", keywords(&inflate::SUPPORTED));
    put("color-supported", vec![Value::Boolean(color)]);
    put("job-k-octets-supported", vec![k_octets.clone()]);
    put("jpeg-features-supported", keywords(&["cmyk", "icc", "progressive"]));
    put("jpeg-k-octets-supported", vec![k_octets.clone()]);
    // A JPEG counts its sides in 16 bits.
    let side = i32::try_from(view.side.min(65_535)).unwrap_or(65_535);
    put("jpeg-x-dimension-supported", vec![Value::Range(0, side)]);
    put("jpeg-y-dimension-supported", vec![Value::Range(1, side)]);
    put("pdf-k-octets-supported", vec![k_octets]);
    put(
        "pdf-versions-supported",
        keywords(&["adobe-1.3", "adobe-1.4", "adobe-1.5", "adobe-1.6", "iso-32000-1_2008"]),
    );
    rasters(view, all);
    let mut put = |name: &str, values: Vec<Value>| all.push(Attribute::new_all(name, values));
    put("pages-per-minute", vec![Value::Integer(1)]);
    if color {
        put("pages-per-minute-color", vec![Value::Integer(1)]);
    }
}

/// Numbers of `media-type` in `urf-supported`, as PAPPL gives them; 0 is `auto`.
const URF_PAPERS: [(&str, u8); 6] = [
    ("stationery", 1),
    ("photographic-matte", 8),
    ("photographic-satin", 9),
    ("photographic-semi-gloss", 10),
    ("photographic-glossy", 11),
    ("photographic-high-gloss", 12),
];

/// What of PWG raster and Apple raster is taken: by the press, whatever the printers behind take.
fn rasters(view: &View, all: &mut Vec<Attribute>) {
    let mut dpi: Vec<u32> = view.capabilities().flat_map(|c| &c.resolutions).map(|r| r.x).collect();
    dpi.sort_unstable();
    dpi.dedup();
    if dpi.is_empty() {
        dpi = vec![300, 600];
    }
    let resolutions = dpi.iter().map(|d| Value::Resolution {
        x: i32::try_from(*d).unwrap_or(i32::MAX),
        y: i32::try_from(*d).unwrap_or(i32::MAX),
        units: 3,
    });
    all.push(Attribute::new_all(
        "pwg-raster-document-resolution-supported",
        resolutions.collect(),
    ));
    let types = [
        RasterType::Sgray8,
        RasterType::Sgray16,
        RasterType::Srgb8,
        RasterType::Srgb16,
        RasterType::AdobeRgb8,
        RasterType::AdobeRgb16,
    ];
    let mut types: Vec<Value> = types.iter().map(|t| Value::keyword(t.keyword())).collect();
    types.push(Value::keyword("black_1"));
    all.push(Attribute::new_all("pwg-raster-document-type-supported", types));
    // Nothing is printed on the back; a suite of CUPS asks for it all the same.
    all.push(Attribute::new(
        "pwg-raster-document-sheet-back",
        Value::keyword("normal"),
    ));
    let resolutions: Vec<String> = dpi.iter().map(u32::to_string).collect();
    let papers = URF_PAPERS.iter().filter(|(name, _)| {
        let mut types = view.capabilities().flat_map(|c| &c.media_types);
        types.any(|known| known == name)
    });
    let papers: String = papers.map(|(_, number)| format!("-{number}")).collect();
    let urf = [
        "V1.4".to_owned(),
        "W8-16".into(),
        // CUPS knows no `SRGB24-48`, and would leave colour out.
        "SRGB24".into(),
        "ADOBERGB24-48".into(),
        "PQ3-4-5".into(),
        format!("RS{}", resolutions.join("-")),
        format!("CP{}", crate::intake::MOST_COPIES.min(255)),
        "OB9".into(),
        "OFU0".into(),
        "IS1".into(),
        format!("MT0{papers}"),
    ];
    all.push(Attribute::new_all(
        "urf-supported",
        urf.iter().map(|w| Value::keyword(w)).collect(),
    ));
}
