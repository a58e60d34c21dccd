//! `page-ranges`, `number-up` and `overrides`: read from requests, and told of jobs.

use super::super::codec::{Attribute, Value};
use super::wishes::read_orientation;
use crate::model::{NumberRange, Orientation, PageChoice, PageOverride, PrintScaling};

/// Most ranges of `page-ranges`, and of all `overrides` together.
const MOST_RANGES: usize = 100;
/// Most overrides of a job.
const MOST_OVERRIDES: usize = 50;

/// `overrides-supported`: by what pages are named, and what can be different for them. `document-number` is what one
/// of CUPS' suites calls `document-numbers`.
pub const OVERRIDES: [&str; 5] = [
    "document-number",
    "document-numbers",
    "orientation-requested",
    "pages",
    "print-scaling",
];

/// Ranges of numbers from 1, ascending and apart.
pub fn read_ranges(values: &[Value]) -> Option<Vec<NumberRange>> {
    if values.is_empty() || values.len() > MOST_RANGES {
        return None;
    }
    let one = |value: &Value| {
        let (first, last) = value.as_range().or_else(|| value.as_integer().map(|n| (n, n)))?;
        Some(NumberRange {
            first: u32::try_from(first).ok()?,
            last: u32::try_from(last).ok()?,
        })
    };
    let ranges: Vec<NumberRange> = values.iter().map(one).collect::<Option<_>>()?;
    PageChoice::are_good(&ranges).then_some(ranges)
}

/// `overrides`; `None` when one of them is not understood whole.
pub fn read_overrides(values: &[Value]) -> Option<Vec<PageOverride>> {
    if values.len() > MOST_OVERRIDES {
        return None;
    }
    let overrides: Vec<PageOverride> = values.iter().map(read_override).collect::<Option<_>>()?;
    let ranges: usize = overrides.iter().map(|o| o.pages.len() + o.documents.len()).sum();
    (ranges <= MOST_RANGES).then_some(overrides)
}

fn read_override(value: &Value) -> Option<PageOverride> {
    let mut found = PageOverride {
        pages: Vec::new(),
        documents: Vec::new(),
        scaling: None,
        orientation: None,
    };
    for member in value.as_collection()? {
        let one = member.values.first()?;
        match member.name.as_str() {
            "pages" => found.pages = read_ranges(&member.values)?,
            "document-numbers" | "document-number" => found.documents = read_ranges(&member.values)?,
            "orientation-requested" => found.orientation = Some(read_orientation(one)?),
            "print-scaling" => {
                found.scaling = Some(match one.as_str()? {
                    "auto" | "auto-fit" | "fit" => PrintScaling::Fit,
                    "fill" => PrintScaling::Fill,
                    "none" => PrintScaling::None,
                    _ => return None,
                });
            }
            _ => return None,
        }
    }
    Some(found)
}

fn ranges(ranges: &[NumberRange]) -> Vec<Value> {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    ranges
        .iter()
        .map(|r| Value::Range(number(r.first), number(r.last)))
        .collect()
}

/// What a job's choice of pages is told as; nothing of what was not chosen.
pub fn page_attributes(choice: &PageChoice, all: &mut Vec<Attribute>) {
    if !choice.ranges.is_empty() {
        all.push(Attribute::new_all("page-ranges", ranges(&choice.ranges)));
    }
    if choice.number_up > 0 {
        let number = i32::try_from(choice.number_up).unwrap_or(1);
        all.push(Attribute::new("number-up", Value::Integer(number)));
    }
    let overrides: Vec<Value> = choice.overrides.iter().map(override_collection).collect();
    if !overrides.is_empty() {
        all.push(Attribute::new_all("overrides", overrides));
    }
}

fn override_collection(over: &PageOverride) -> Value {
    let mut members = Vec::new();
    if !over.pages.is_empty() {
        members.push(Attribute::new_all("pages", ranges(&over.pages)));
    }
    if !over.documents.is_empty() {
        members.push(Attribute::new_all("document-numbers", ranges(&over.documents)));
    }
    if let Some(orientation) = over.orientation.and_then(orientation_enum) {
        members.push(Attribute::new("orientation-requested", Value::Enum(orientation)));
    }
    if let Some(scaling) = over.scaling {
        members.push(Attribute::new("print-scaling", Value::keyword(scaling.keyword())));
    }
    Value::Collection(members)
}

/// `orientation-requested` as the IPP enum; none where the picture's shape decides.
pub const fn orientation_enum(orientation: Orientation) -> Option<i32> {
    match orientation {
        Orientation::Auto => None,
        Orientation::Portrait => Some(3),
        Orientation::Landscape => Some(4),
        Orientation::ReverseLandscape => Some(5),
        Orientation::ReversePortrait => Some(6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_told() {
        let over = Value::Collection(vec![
            Attribute::new_all("pages", vec![Value::Range(2, 3)]),
            Attribute::new_all("document-numbers", vec![Value::Range(1, 1)]),
            Attribute::new("orientation-requested", Value::Enum(4)),
            Attribute::new("print-scaling", Value::keyword("fill")),
        ]);
        let choice = PageChoice {
            ranges: read_ranges(&[Value::Range(1, 2), Value::Range(5, i32::MAX)]).unwrap(),
            overrides: read_overrides(std::slice::from_ref(&over)).unwrap(),
            number_up: 2,
        };
        let mut told = Vec::new();
        page_attributes(&choice, &mut told);
        assert_eq!(told[0].values, [Value::Range(1, 2), Value::Range(5, i32::MAX)]);
        assert_eq!(told[1].values, [Value::Integer(2)]);
        assert_eq!(told[2].values, [over]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(read_ranges(&[Value::Range(3, 2)]), None);
        assert_eq!(read_ranges(&[Value::Range(-1, 2)]), None);
        assert_eq!(read_ranges(&vec![Value::Range(1, 1); 101]), None);
        let media = Value::Collection(vec![Attribute::new("media", Value::keyword("iso_a4_210x297mm"))]);
        assert_eq!(
            read_overrides(&[media]),
            None,
            "another sheet for a page is not to be had"
        );
        assert_eq!(read_overrides(&[Value::Integer(1)]), None);
    }
}
