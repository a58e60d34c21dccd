//! The client's wishes, read out of the job attributes of a request.
//!
//! What is not known, or known with another value, goes back to the client as unsupported; with
//! `ipp-attribute-fidelity` true the job is then refused (RFC 8011, 4.2.1.2).

use smol_str::SmolStr;

use super::super::codec::{Attribute, Group, Value};
use super::hold::hold_value;
use super::media::read_media_size;
use super::pages::{read_overrides, read_ranges};
use crate::intake::{Ignored, Wish, Wishes};
use crate::model::{
    ColorMode, HoldUntil, Length, Margins, MediaSize, Orientation, PageChoice, PrintQuality, RenderingIntent,
    Resolution,
};

/// Out-of-band value `unsupported` (RFC 8010, table 4).
pub const UNSUPPORTED: Value = Value::OutOfBand(0x10);

/// Attributes that are understood and change nothing here when they have one of these values.
const HARMLESS: &[(&str, &[&str])] = &[
    ("sides", &["one-sided"]),
    ("output-bin", &["face-up", "auto"]),
    ("job-sheets", &["none"]),
    (
        "multiple-document-handling",
        &[
            "single-document",
            "separate-documents-uncollated-copies",
            "separate-documents-collated-copies",
            "single-document-new-sheet",
        ],
    ),
    ("print-content-optimize", &["auto", "photo", "graphic"]),
];

/// Wishes, and what of the request was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The wishes.
    pub wishes: Wishes,
    /// `job-priority`, 50 when not given.
    pub priority: u8,
    /// `job-hold-until` or `job-hold-until-time`, where it was given and holds.
    pub hold: Option<HoldUntil>,
    /// To be reported back.
    pub unsupported: Vec<Attribute>,
    /// Whether some of it was given up because no printer can do it together with the rest.
    pub conflict: bool,
}

/// Reads the job attributes group.
pub fn read_wishes(job: &Group) -> Asked {
    let mut asked = Asked {
        priority: 50,
        ..Asked::default()
    };
    for attribute in &job.attributes {
        let ok = match (attribute.name.as_str(), attribute.values.as_slice()) {
            ("page-ranges", values) => set(&mut asked.wishes.page_ranges, read_ranges(values)),
            ("overrides", values) => set(&mut asked.wishes.overrides, read_overrides(values)),
            ("finishings", values) => values.iter().all(|v| v.as_enum() == Some(3)),
            (name, [one]) => read_one(&mut asked, name, one),
            _ => false,
        };
        match ok {
            true => {}
            false if is_job_attribute(&attribute.name) => asked.unsupported.push(attribute.clone()),
            false => asked.unsupported.push(Attribute::new(&attribute.name, UNSUPPORTED)),
        }
    }
    asked
}

/// The attributes of a group that leave to the house what an earlier wish may have settled.
pub fn left_to_the_house(job: &Group) -> Vec<SmolStr> {
    let settled = ["print-color-mode", "print-rendering-intent"];
    let auto = |name: &&str| job.first(name).and_then(Value::as_str) == Some("auto");
    settled.into_iter().filter(auto).map(SmolStr::new).collect()
}

impl Asked {
    /// Adds the wishes that intake could not keep, with the values that the client gave.
    pub fn add_ignored(&mut self, ignored: &[Ignored], job: &Group) {
        for field in ignored {
            let names: &[&str] = match field {
                Ignored::Size => &["media", "media-col"],
                Ignored::MediaType | Ignored::Source | Ignored::Margins | Ignored::Border => &["media-col"],
                Ignored::Copies => &["copies"],
                Ignored::Quality => &["print-quality"],
                Ignored::Resolution => &["printer-resolution"],
            };
            for attribute in names.iter().filter_map(|name| job.get(name)) {
                if !self.unsupported.iter().any(|a| a.name == attribute.name) {
                    self.unsupported.push(attribute.clone());
                }
            }
        }
    }
}

/// Whether this is an attribute of a job that is read here, or at least understood.
pub fn is_job_attribute(name: &str) -> bool {
    HARMLESS.iter().any(|(known, _)| *known == name)
        || [
            "copies",
            "finishings",
            "job-hold-until",
            "job-hold-until-time",
            "job-priority",
            "media",
            "media-col",
            "number-up",
            "orientation-requested",
            "overrides",
            "page-ranges",
            "print-color-mode",
            "print-quality",
            "print-rendering-intent",
            "print-scaling",
            "printer-resolution",
        ]
        .contains(&name)
}

/// Reads one single-valued attribute; whether it was understood.
fn read_one(asked: &mut Asked, name: &str, value: &Value) -> bool {
    let wishes = &mut asked.wishes;
    let word = value.as_str();
    match name {
        "copies" => set(
            &mut wishes.copies,
            value.as_integer().and_then(|n| u32::try_from(n).ok()),
        ),
        "number-up" => {
            let number = value.as_integer().and_then(|n| u32::try_from(n).ok());
            set(
                &mut wishes.number_up,
                number.filter(|n| PageChoice::NUMBER_UP.contains(n)),
            )
        }
        "job-hold-until" | "job-hold-until-time" => match hold_value(name, value) {
            Some(hold) => {
                asked.hold = hold.until.or(asked.hold);
                true
            }
            None => false,
        },
        "job-priority" => match value.as_integer() {
            Some(n @ 1..=100) => {
                asked.priority = n as u8;
                true
            }
            _ => false,
        },
        // media-col says more; where both are given it wins (PWG 5100.7: they must not both be given).
        "media" if wishes.size.is_some() => true,
        "media" => set(&mut wishes.size, word.and_then(|w| MediaSize::from_name(w).ok())),
        "media-col" => value
            .as_collection()
            .is_some_and(|members| read_media_col(wishes, members)),
        "orientation-requested" => set(&mut wishes.orientation, read_orientation(value)),
        "print-color-mode" => match word {
            Some("auto") => true,
            Some("color") => set(&mut wishes.color_mode, Some(ColorMode::Color)),
            Some("monochrome" | "auto-monochrome" | "process-monochrome") => {
                set(&mut wishes.color_mode, Some(ColorMode::Monochrome))
            }
            _ => false,
        },
        "print-quality" => set(&mut wishes.quality, value.as_enum().and_then(PrintQuality::from_enum)),
        "print-rendering-intent" => match word {
            Some("auto") => true,
            _ => set(&mut wishes.intent, word.and_then(RenderingIntent::from_keyword)),
        },
        "print-scaling" => {
            let wish = match word {
                Some("auto") => Some(Wish::Auto),
                Some("auto-fit") => Some(Wish::AutoFit),
                Some("fit") => Some(Wish::Fit),
                Some("fill") => Some(Wish::Fill),
                Some("none") => Some(Wish::None),
                _ => None,
            };
            set(&mut wishes.scaling, wish)
        }
        "printer-resolution" => set(&mut wishes.resolution, value.as_resolution().and_then(read_resolution)),
        _ => HARMLESS
            .iter()
            .any(|(known, values)| *known == name && word.is_some_and(|w| values.contains(&w))),
    }
}

/// `orientation-requested` (RFC 8011, 5.2.10). PWG 5100.13's 7, `none`, is not among them: the suites allow no printer to
/// list it, and what is not listed is not taken. Whoever leaves the attribute out gets the same.
pub fn read_orientation(value: &Value) -> Option<Orientation> {
    Some(match value.as_enum()? {
        3 => Orientation::Portrait,
        4 => Orientation::Landscape,
        5 => Orientation::ReverseLandscape,
        6 => Orientation::ReversePortrait,
        _ => return None,
    })
}

fn set<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *field = value;
    }
    understood
}

/// Dots per inch (units 3) or per centimetre (units 4).
fn read_resolution((x, y, units): (i32, i32, i8)) -> Option<Resolution> {
    let dpi = |n: i32| match units {
        3 => u32::try_from(n).ok(),
        4 => u32::try_from(i64::from(n) * 254 / 100).ok(),
        _ => None,
    };
    // libcups' own bounds for a resolution.
    let within = |n: u32| (1..=9_600).contains(&n);
    let (x, y) = (dpi(x)?, dpi(y)?);
    (within(x) && within(y)).then_some(Resolution { x, y })
}

/// Reads a `media-col` into wishes; says whether all of it was understood.
pub fn read_media_col(wishes: &mut Wishes, members: &[Attribute]) -> bool {
    let mut understood = true;
    let mut margins = Margins::BORDERLESS;
    let mut has_margins = 0;
    for member in members {
        let value = match member.values.as_slice() {
            [one] => one,
            _ => {
                understood = false;
                continue;
            }
        };
        let word = value.as_str().filter(|w| !w.is_empty() && w.len() <= 255);
        let mut margin = |side: &mut Length| match value.as_integer() {
            Some(n @ 0..=100_000) => {
                *side = Length::hundredths(n);
                has_margins += 1;
                true
            }
            _ => false,
        };
        understood &= match member.name.as_str() {
            "media-size" => set(&mut wishes.size, value.as_collection().and_then(read_media_size)),
            "media-size-name" | "media-key" if wishes.size.is_some() => true,
            "media-size-name" | "media-key" => set(&mut wishes.size, word.and_then(|w| MediaSize::from_name(w).ok())),
            "media-type" => set(&mut wishes.media_type, word.map(SmolStr::new)),
            "media-source" => set(&mut wishes.source, word.map(SmolStr::new)),
            "media-top-margin" => margin(&mut margins.top),
            "media-bottom-margin" => margin(&mut margins.bottom),
            "media-left-margin" => margin(&mut margins.left),
            "media-right-margin" => margin(&mut margins.right),
            _ => false,
        };
    }
    if has_margins == 4 {
        wishes.margins = Some(margins);
    }
    understood && (has_margins == 0 || has_margins == 4)
}

#[cfg(test)]
mod tests {
    use super::super::super::codec::group;
    use super::*;

    fn job(attributes: Vec<Attribute>) -> Group {
        Group {
            tag: group::JOB,
            attributes,
        }
    }

    #[test]
    fn a_full_wish_is_read() {
        let size = vec![
            Attribute::new("x-dimension", Value::Integer(29_700)),
            Attribute::new("y-dimension", Value::Integer(42_000)),
        ];
        let col = Value::Collection(vec![
            Attribute::new("media-size", Value::Collection(size)),
            Attribute::new("media-type", Value::keyword("photographic-glossy")),
            Attribute::new("media-top-margin", Value::Integer(0)),
            Attribute::new("media-bottom-margin", Value::Integer(0)),
            Attribute::new("media-left-margin", Value::Integer(0)),
            Attribute::new("media-right-margin", Value::Integer(0)),
        ]);
        let asked = read_wishes(&job(vec![
            Attribute::new("copies", Value::Integer(2)),
            Attribute::new("media-col", col),
            Attribute::new("print-rendering-intent", Value::keyword("perceptual")),
            Attribute::new(
                "printer-resolution",
                Value::Resolution {
                    x: 600,
                    y: 600,
                    units: 3,
                },
            ),
            Attribute::new("job-priority", Value::Integer(70)),
            Attribute::new("sides", Value::keyword("one-sided")),
        ]));
        assert_eq!(asked.unsupported, []);
        assert_eq!(asked.priority, 70);
        assert_eq!(asked.wishes.size.unwrap().name, "iso_a3_297x420mm");
        assert_eq!(asked.wishes.margins, Some(Margins::BORDERLESS));
        assert_eq!(asked.wishes.resolution, Some(Resolution::square(600)));
    }

    #[test]
    fn what_is_not_understood_goes_back() {
        let asked = read_wishes(&job(vec![
            Attribute::new("x-staple", Value::keyword("yes")),
            Attribute::new("sides", Value::keyword("two-sided-long-edge")),
            Attribute::new("media", Value::keyword("papyrus")),
            Attribute::new("copies", Value::keyword("many")),
        ]));
        let names: Vec<&str> = asked.unsupported.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["x-staple", "sides", "media", "copies"]);
        assert_eq!(asked.unsupported[0].values, [UNSUPPORTED]);
        assert_eq!(asked.unsupported[1].values, [Value::keyword("two-sided-long-edge")]);
    }
}
