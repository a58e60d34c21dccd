//! What a printer can do.

use smol_str::SmolStr;

use super::{LIST, clean, numbers, printer_group, words};
use crate::ipp::codec::{Group, Message, Value};
use crate::model::{Capabilities, RasterFormat, RasterType, Resolution, Trouble};

/// What [`capabilities`] reads.
pub const CAPABILITIES: &[&str] = &[
    "printer-make-and-model",
    "document-format-supported",
    "pwg-raster-document-type-supported",
    "pwg-raster-document-resolution-supported",
    "printer-resolution-supported",
    "urf-supported",
    "copies-supported",
    "media-supported",
    "media-type-supported",
    "media-source-supported",
    "media-col-supported",
    "media-top-margin-supported",
    "media-bottom-margin-supported",
    "media-left-margin-supported",
    "media-right-margin-supported",
    "print-scaling-supported",
    "print-quality-supported",
    "operations-supported",
];
fn resolutions(group: &Group, name: &str) -> Vec<Resolution> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    let dpi = |n: i32, units: i8| -> Option<u32> {
        let n = f64::from(n);
        // 3 is per inch, 4 per centimetre (RFC 8011, 5.1.16).
        let dpi = if units == 4 { n * 2.54 } else { n }.round();
        (1.0..=9_600.0).contains(&dpi).then_some(dpi as u32)
    };
    values
        .iter()
        .filter_map(|v| v.as_resolution())
        .filter_map(|(x, y, units)| {
            Some(Resolution {
                x: dpi(x, units)?,
                y: dpi(y, units)?,
            })
        })
        .take(LIST)
        .collect()
}

/// Pixel types of `urf-supported` (a list of words such as `SRGB24`, `W8-16`, `ADOBERGB24-48`).
fn urf_types(urf: &[SmolStr]) -> Vec<RasterType> {
    let has = |prefix: &str| urf.iter().any(|w| w.starts_with(prefix));
    [
        ("DEVRGB24", RasterType::Rgb8),
        ("ADOBERGB24", RasterType::AdobeRgb8),
        ("SRGB24", RasterType::Srgb8),
        ("W8", RasterType::Sgray8),
    ]
    .into_iter()
    .filter_map(|(word, kind)| has(word).then_some(kind))
    .collect()
}

/// Resolutions of `urf-supported`: `RS300-600`.
fn urf_resolutions(urf: &[SmolStr]) -> Vec<Resolution> {
    urf.iter()
        .filter_map(|w| w.strip_prefix("RS"))
        .flat_map(|list| list.split('-'))
        .filter_map(|n| n.parse().ok())
        .filter(|n| (1..=9_600).contains(n))
        .map(Resolution::square)
        .take(LIST)
        .collect()
}

/// Reads what a printer can do.
pub fn capabilities(answer: &Message) -> Result<Capabilities, Trouble> {
    let printer = printer_group(answer)?;
    let mime = words(printer, "document-format-supported");
    let takes = |format: RasterFormat| mime.iter().any(|m| m.eq_ignore_ascii_case(format.mime()));
    let urf = words(printer, "urf-supported");
    let pwg: Vec<RasterType> = words(printer, "pwg-raster-document-type-supported")
        .iter()
        .filter_map(|w| RasterType::from_keyword(w))
        .collect();
    // PWG raster first: its pixel types and resolutions are said in attributes of their own.
    let (formats, raster_types, mut dots) = if takes(RasterFormat::Pwg) && !pwg.is_empty() {
        let dots = resolutions(printer, "pwg-raster-document-resolution-supported");
        (vec![RasterFormat::Pwg], pwg, dots)
    } else if takes(RasterFormat::Urf) && !urf_types(&urf).is_empty() {
        (vec![RasterFormat::Urf], urf_types(&urf), urf_resolutions(&urf))
    } else {
        (vec![], vec![], vec![])
    };
    if dots.is_empty() {
        dots = resolutions(printer, "printer-resolution-supported");
    }
    let zero = |side: &str| numbers(printer, &format!("media-{side}-margin-supported")).contains(&0);
    Ok(Capabilities {
        make_and_model: printer
            .first("printer-make-and-model")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t)))
            .unwrap_or_default(),
        formats,
        raster_types,
        resolutions: dots,
        copies: printer
            .first("copies-supported")
            .and_then(Value::as_range)
            .and_then(|(_, most)| u32::try_from(most).ok())
            .unwrap_or(1)
            .max(1),
        media: words(printer, "media-supported"),
        media_types: words(printer, "media-type-supported"),
        media_sources: words(printer, "media-source-supported"),
        media_col: printer.get("media-col-supported").is_some(),
        print_scaling: words(printer, "print-scaling-supported").iter().any(|w| w == "none"),
        qualities: numbers(printer, "print-quality-supported"),
        borderless: ["top", "bottom", "left", "right"].into_iter().all(zero),
        create_job: {
            let operations = numbers(printer, "operations-supported");
            operations.contains(&0x0005) && operations.contains(&0x0006)
        },
    })
}
