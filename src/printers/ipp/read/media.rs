//! What lies in a printer, as far as it knows.

use smol_str::SmolStr;

use super::{LIST, words};
use crate::ipp::codec::{Attribute, Group, Value};
use crate::model::{Length, Margins, Media, MediaSize};

/// Most media that are told of as ready.
const MOST_READY: usize = 64;

/// `media-col-ready`, or what `media-ready` says of sizes alone; each once.
pub fn ready(printer: &Group) -> Vec<Media> {
    let plain = |name: &SmolStr| {
        Some(Media {
            size: MediaSize::from_name(name).ok()?,
            media_type: SmolStr::default(),
            source: SmolStr::default(),
            margins: Margins::default(),
        })
    };
    let mut ready: Vec<Media> = Vec::new();
    let known = printer.get("media-col-ready").map(|attribute| {
        let values = attribute.values.iter().take(LIST);
        values.filter_map(|value| media(value.as_collection()?)).collect()
    });
    // Some printers say no-value there while paper lies in them.
    let told: Vec<Media> = match known {
        Some(media) if !Vec::is_empty(&media) => media,
        _ => words(printer, "media-ready").iter().filter_map(plain).collect(),
    };
    for media in told {
        if ready.len() < MOST_READY && !ready.contains(&media) {
            ready.push(media);
        }
    }
    ready
}

fn media(members: &[Attribute]) -> Option<Media> {
    let first = |name: &str| members.iter().find(|m| m.name == name)?.values.first();
    let number = |members: &[Attribute], name: &str| {
        members
            .iter()
            .find(|m| m.name == name)?
            .values
            .first()?
            .as_integer()
            .filter(|n| (0..=1_000_000).contains(n))
    };
    let named = |name: &str| MediaSize::from_name(first(name)?.as_str()?).ok();
    let margin = |side: &str| Length::hundredths(number(members, &format!("media-{side}-margin")).unwrap_or(0));
    let word = |name: &str| {
        first(name)
            .and_then(Value::as_str)
            .map(SmolStr::new)
            .unwrap_or_default()
    };
    let sides = first("media-size").and_then(Value::as_collection).and_then(|size| {
        let (x, y) = (number(size, "x-dimension")?, number(size, "y-dimension")?);
        (x > 0 && y > 0).then(|| MediaSize::from_sides(Length::hundredths(x), Length::hundredths(y)))
    });
    Some(Media {
        // A size that is told by its name alone (PWG 5100.7).
        size: sides.or_else(|| named("media-size-name"))?,
        media_type: word("media-type"),
        source: word("media-source"),
        margins: Margins {
            top: margin("top"),
            bottom: margin("bottom"),
            left: margin("left"),
            right: margin("right"),
        },
    })
}
