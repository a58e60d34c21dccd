//! What a client may choose: job template attributes of a printer, `-default`, `-supported` and `-ready`.

use smol_str::SmolStr;

use super::super::codec::{Attribute, Value};
use super::media::{SHEETS, media_col, media_size};
use super::pages::OVERRIDES;
use super::printer::View;
use super::{NO_VALUE, Requested, integer};
use crate::intake::{DEFAULT_MARGINS, MOST_COPIES, Wishes, decide};
use crate::model::{HoldUntil, Length, Margins, Media, MediaSize, PageChoice, Resolution};

/// Adds the job template attributes of a view.
pub fn template_attributes(view: &View, requested: &Requested, all: &mut Vec<Attribute>) {
    simple(view, all);
    media(view, requested, all);
}

fn union<'a, T: PartialEq + 'a>(lists: impl Iterator<Item = &'a Vec<T>>) -> Vec<&'a T> {
    let mut seen: Vec<&T> = Vec::new();
    for item in lists.flatten() {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

fn simple(view: &View, all: &mut Vec<Attribute>) {
    let word = |all: &mut Vec<Attribute>, name: &str, default: &str, supported: &[&str]| {
        all.push(Attribute::new(&format!("{name}-default"), Value::keyword(default)));
        let values = supported.iter().map(|w| Value::keyword(w)).collect();
        all.push(Attribute::new_all(&format!("{name}-supported"), values));
    };
    word(all, "sides", "one-sided", &["one-sided"]);
    word(all, "output-bin", "face-up", &["face-up"]);
    word(all, "print-color-mode", "color", &["auto", "color", "monochrome"]);
    word(all, "print-content-optimize", "photo", &["auto", "photo", "graphic"]);
    let intents = [
        "auto",
        "perceptual",
        "relative",
        "relative-bpc",
        "saturation",
        "absolute",
    ];
    word(all, "print-rendering-intent", "relative-bpc", &intents);
    word(
        all,
        "print-scaling",
        "auto",
        &["auto", "auto-fit", "fill", "fit", "none"],
    );
    let handling = "separate-documents-collated-copies";
    word(all, "multiple-document-handling", handling, &[handling]);

    let mut qualities: Vec<i32> = union(view.capabilities().map(|c| &c.qualities))
        .into_iter()
        .copied()
        .collect();
    if qualities.is_empty() {
        qualities = vec![4, 5];
    }
    all.push(Attribute::new("print-quality-default", Value::Enum(5)));
    all.push(Attribute::new_all(
        "print-quality-supported",
        qualities.into_iter().map(Value::Enum).collect(),
    ));

    let resolution = |r: &Resolution| Value::Resolution {
        x: integer_dpi(r.x),
        y: integer_dpi(r.y),
        units: 3,
    };
    let mut resolutions = union(view.capabilities().map(|c| &c.resolutions));
    resolutions.sort_by_key(|r| (r.x, r.y));
    if let Some(finest) = resolutions.iter().rev().find(|r| r.x <= 600).or(resolutions.first()) {
        all.push(Attribute::new("printer-resolution-default", resolution(finest)));
        let values = resolutions.iter().map(|r| resolution(r)).collect();
        all.push(Attribute::new_all("printer-resolution-supported", values));
    }

    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("copies-default", Value::Integer(1));
    put("copies-supported", Value::Range(1, MOST_COPIES as i32));
    put("job-sheets-default", Value::keyword("none"));
    put("job-sheets-supported", Value::keyword("none"));
    put("number-up-default", Value::Integer(1));
    put("page-ranges-supported", Value::Boolean(true));
    put("finishings-default", Value::Enum(3));
    put("finishings-supported", Value::Enum(3));
    put("job-hold-until-default", Value::keyword("no-hold"));
    put("job-priority-default", Value::Integer(50));
    put("job-priority-supported", Value::Integer(100));
    put("orientation-requested-default", NO_VALUE);
    let holds = HoldUntil::KEYWORDS.iter().map(|(_, word)| *word);
    let holds = std::iter::once("no-hold").chain(holds).map(Value::keyword).collect();
    all.push(Attribute::new_all("job-hold-until-supported", holds));
    // Seconds from now (PWG 5100.7): any.
    all.push(Attribute::new(
        "job-hold-until-time-supported",
        Value::Range(0, i32::MAX),
    ));
    all.push(Attribute::new_all(
        "number-up-supported",
        PageChoice::NUMBER_UP.map(integer).to_vec(),
    ));
    all.push(Attribute::new_all(
        "overrides-supported",
        OVERRIDES.map(Value::keyword).to_vec(),
    ));
    let turns = [3, 4, 5, 6].map(Value::Enum).to_vec();
    all.push(Attribute::new_all("orientation-requested-supported", turns));
}

fn integer_dpi(dpi: u32) -> i32 {
    i32::try_from(dpi).unwrap_or(i32::MAX)
}

fn media(view: &View, requested: &Requested, all: &mut Vec<Attribute>) {
    let able: Vec<_> = view.capabilities().collect();
    let default = decide(&Wishes::default(), None, &able).ticket.media.value;
    let names: Vec<SmolStr> = {
        let known = union(able.iter().map(|c| &c.media));
        if known.is_empty() {
            vec![default.size.name.clone()]
        } else {
            known.into_iter().cloned().collect()
        }
    };
    let sizes: Vec<MediaSize> = names
        .iter()
        .filter(|n| !n.starts_with("custom_m"))
        .filter_map(|n| MediaSize::from_name(n).ok())
        .collect();
    let words = |lists: Vec<&SmolStr>, fallback: &'static str| -> Vec<SmolStr> {
        let mut words: Vec<SmolStr> = lists.into_iter().cloned().collect();
        if !words.iter().any(|w| w == fallback) {
            words.insert(0, SmolStr::new_static(fallback));
        }
        words
    };
    let types = words(union(able.iter().map(|c| &c.media_types)), "auto");
    let sources = words(union(able.iter().map(|c| &c.media_sources)), "auto");
    let borderless = able.iter().any(|c| c.borderless);
    let keywords = |list: &[SmolStr]| list.iter().map(|w| Value::keyword(w)).collect::<Vec<_>>();

    let mut ready: Vec<&Media> = Vec::new();
    for media in view.statuses().flat_map(|(_, s)| &s.media_ready) {
        if !ready.contains(&media) {
            ready.push(media);
        }
    }
    let mut ready_names: Vec<SmolStr> = ready.iter().map(|m| m.size.name.clone()).collect();
    ready_names.dedup();

    let mut put = |name: &str, values: Vec<Value>| {
        // Nothing is known to be loaded: `no-value`.
        let values = if values.is_empty() { vec![NO_VALUE] } else { values };
        all.push(Attribute::new_all(name, values));
    };
    put("media-default", vec![Value::keyword(&default.size.name)]);
    put("media-supported", keywords(&names));
    put("media-ready", keywords(&ready_names));
    put("media-col-default", vec![media_col(&default)]);
    let sheets = |media: &Media| {
        let here = view
            .loaded
            .iter()
            .filter(|l| view.printers.iter().any(|p| p.id == l.printer));
        let counts = here.filter(|l| l.media == *media && !l.is_empty()).map(|l| l.sheets);
        // Of several printers the sum; where one is not counted nobody knows it.
        counts.collect::<Option<Vec<u32>>>().filter(|counts| !counts.is_empty())
    };
    let ready = ready.into_iter().map(|media| {
        let mut col = media_col(media);
        if let (Value::Collection(members), Some(counts)) = (&mut col, sheets(media)) {
            let sum = counts.into_iter().fold(0u32, u32::saturating_add);
            members.push(Attribute::new(SHEETS, integer(sum)));
        }
        col
    });
    put("media-col-ready", ready.collect());
    let members = [
        "media-bottom-margin",
        "media-left-margin",
        "media-right-margin",
        "media-size",
        "media-size-name",
        "media-source",
        "media-top-margin",
        "media-type",
    ];
    put("media-col-supported", members.map(Value::keyword).to_vec());
    put("media-size-supported", sizes.iter().map(media_size).collect());
    put("media-type-default", vec![Value::keyword("auto")]);
    put("media-type-supported", keywords(&types));
    put("media-source-default", vec![Value::keyword("auto")]);
    put("media-source-supported", keywords(&sources));
    let margin = |normal: Length| {
        let zero = borderless.then_some(Length::ZERO);
        zero.into_iter()
            .chain([normal])
            .map(|m| integer(m.as_hundredths()))
            .collect::<Vec<_>>()
    };
    put("media-bottom-margin-supported", margin(DEFAULT_MARGINS.bottom));
    put("media-left-margin-supported", margin(DEFAULT_MARGINS.left));
    put("media-right-margin-supported", margin(DEFAULT_MARGINS.right));
    put("media-top-margin-supported", margin(DEFAULT_MARGINS.top));

    if requested.wants_database() {
        let mut database = Vec::new();
        for size in &sizes {
            for margins in [Some(DEFAULT_MARGINS), borderless.then_some(Margins::BORDERLESS)]
                .into_iter()
                .flatten()
            {
                let media = Media {
                    size: size.clone(),
                    media_type: SmolStr::new_static("auto"),
                    source: SmolStr::new_static("auto"),
                    margins,
                };
                database.push(media_col(&media));
            }
        }
        put("media-col-database", database);
    }
}
