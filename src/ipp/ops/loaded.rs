//! What somebody has put into a printer's feeders: `media-col-ready`, set by Set-Printer-Attributes (RFC 3380, 4.1).

use smol_str::SmolStr;

use super::super::attributes::read_media_col;
use super::super::codec::{Attribute, Value};
use crate::intake::{DEFAULT_MARGINS, Wishes};
use crate::model::{Loaded, LoadedBy, Media, Paper, PrinterId, Timestamp};

/// How many sheets lie there: a member of ours, as IPP has none in `media-col`.
pub const SHEETS: &str = "platen-media-sheets";
/// Most feeders of a printer.
const FEEDERS: usize = 16;
/// Most sheets of a feeder.
const MOST_SHEETS: i32 = 10_000;
/// The feeder of a printer that has one.
const ONLY: &str = "main";

/// The records that this value makes; `None` when it is not one.
pub fn read(attribute: &Attribute, printer: &PrinterId, papers: &[Paper], at: Timestamp) -> Option<Vec<Loaded>> {
    let values = &attribute.values;
    if values.len() > FEEDERS {
        return None;
    }
    let mut all: Vec<Loaded> = Vec::new();
    for value in values {
        let loaded = feeder(value, printer, papers, at)?;
        if all.iter().any(|other| other.source == loaded.source) {
            return None;
        }
        all.push(loaded);
    }
    Some(all)
}

fn feeder(value: &Value, printer: &PrinterId, papers: &[Paper], at: Timestamp) -> Option<Loaded> {
    let members = value.as_collection()?;
    let (sheets, media): (Vec<&Attribute>, Vec<&Attribute>) = members.iter().partition(|m| m.name == SHEETS);
    let sheets = match sheets.as_slice() {
        [] => None,
        [one] => match one.values.as_slice() {
            [count] => Some(
                count
                    .as_integer()
                    .filter(|n| (0..=MOST_SHEETS).contains(n))?
                    .unsigned_abs(),
            ),
            _ => return None,
        },
        _ => return None,
    };
    let mut wishes = Wishes::default();
    let media: Vec<Attribute> = media.into_iter().cloned().collect();
    if !read_media_col(&mut wishes, &media) {
        return None;
    }
    let media = Media {
        size: wishes.size?,
        media_type: wishes.media_type.unwrap_or_else(|| "auto".into()),
        source: wishes.source.unwrap_or_else(|| SmolStr::new_static(ONLY)),
        margins: wishes.margins.unwrap_or(DEFAULT_MARGINS),
    };
    if media.source == "auto" {
        return None;
    }
    Some(Loaded {
        printer: printer.clone(),
        source: media.source.clone(),
        paper: papers
            .iter()
            .find(|paper| paper.is_for(&media))
            .map(|paper| paper.id.clone()),
        media,
        sheets,
        by: LoadedBy::Person,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn col(members: &[(&str, Value)]) -> Value {
        Value::Collection(
            members
                .iter()
                .map(|(name, value)| Attribute::new(name, value.clone()))
                .collect(),
        )
    }

    fn read_one(members: &[(&str, Value)]) -> Option<Loaded> {
        let printer = PrinterId::new("gertie").unwrap();
        let attribute = Attribute::new("media-col-ready", col(members));
        read(&attribute, &printer, &[], Timestamp(1)).map(|mut all| all.remove(0))
    }

    #[test]
    fn a_feeder_with_its_sheets() {
        let size = ("media-size-name", Value::keyword("na_super-b_13x19in"));
        let kind = ("media-type", Value::keyword("photographic-matte"));
        let loaded = read_one(&[size.clone(), kind, (SHEETS, Value::Integer(12))]).unwrap();
        assert_eq!(
            (loaded.source.as_str(), loaded.sheets, loaded.by),
            ("main", Some(12), LoadedBy::Person)
        );
        assert_eq!(loaded.media.media_type, "photographic-matte");
        assert_eq!(read_one(std::slice::from_ref(&size)).unwrap().sheets, None);
        for bad in [
            vec![],
            vec![(SHEETS, Value::Integer(12))],
            vec![size.clone(), (SHEETS, Value::Integer(-1))],
            vec![size.clone(), (SHEETS, Value::keyword("many"))],
            vec![size.clone(), ("media-source", Value::keyword("auto"))],
            vec![size.clone(), ("media-colour", Value::keyword("white"))],
        ] {
            assert_eq!(read_one(&bad), None, "{bad:?}");
        }
        let twice = Attribute::new_all("media-col-ready", vec![col(std::slice::from_ref(&size)), col(&[size])]);
        assert_eq!(
            read(&twice, &PrinterId::new("gertie").unwrap(), &[], Timestamp(1)),
            None
        );
    }
}
