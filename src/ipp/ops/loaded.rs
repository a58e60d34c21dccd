//! What somebody has put into a printer's feeders: `media-col-ready`, set by Set-Printer-Attributes (RFC 3380, 4.1).

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::{SHEETS, read_media_col};
use super::super::codec::{Attribute, Value};
use crate::intake::{DEFAULT_MARGINS, Wishes};
use crate::model::{Loaded, LoadedBy, Media, Paper, PrinterRecord, Timestamp};

/// Most feeders of a printer.
const FEEDERS: usize = 16;
/// Most sheets of a feeder.
const MOST_SHEETS: i32 = 10_000;
/// The feeder of a printer that has one.
const ONLY: &str = "main";

/// The records that this value makes.
///
/// # Errors
/// What is wrong with it, naming the member.
pub fn read(
    attribute: &Attribute,
    printer: &PrinterRecord,
    papers: &[Paper],
    at: Timestamp,
) -> Result<Vec<Loaded>, SmolStr> {
    let values = &attribute.values;
    if values.len() > FEEDERS {
        return Err(format_smolstr!("no printer has more than {FEEDERS} feeders"));
    }
    let mut all: Vec<Loaded> = Vec::new();
    for value in values {
        let loaded = feeder(value, printer, papers, at)?;
        if all.iter().any(|other| other.source == loaded.source) {
            return Err(format_smolstr!("media-source {} is named twice", loaded.source));
        }
        all.push(loaded);
    }
    Ok(all)
}

fn feeder(value: &Value, printer: &PrinterRecord, papers: &[Paper], at: Timestamp) -> Result<Loaded, SmolStr> {
    let Some(members) = value.as_collection() else {
        return Err("each feeder is a collection, as media-col is".into());
    };
    let (sheets, members): (Vec<&Attribute>, Vec<&Attribute>) = members.iter().partition(|m| m.name == SHEETS);
    let count = |count: &Attribute| match count.values.as_slice() {
        [Value::Integer(n)] if (0..=MOST_SHEETS).contains(n) => Some(n.unsigned_abs()),
        _ => None,
    };
    let wrong_count = || format_smolstr!("{SHEETS} must be one integer from 0 to {MOST_SHEETS}");
    let sheets = match sheets.as_slice() {
        [] => None,
        [one] => Some(count(one).ok_or_else(wrong_count)?),
        _ => return Err(wrong_count()),
    };
    let mut wishes = Wishes::default();
    // Each by itself, so that the one that is not understood can be named.
    for member in &members {
        let mut alone = Wishes::default();
        let is_margin = member.name.ends_with("-margin");
        if !is_margin && !read_media_col(&mut alone, std::slice::from_ref(*member)) {
            return Err(format_smolstr!("{} is not known, or can't be this", member.name));
        }
    }
    let media: Vec<Attribute> = members.into_iter().cloned().collect();
    if !read_media_col(&mut wishes, &media) {
        return Err("the margins must be four numbers of hundredths of a millimetre, or none".into());
    }
    let Some(size) = wishes.size else {
        return Err("media-size or media-size-name is missing: say which paper lies there".into());
    };
    let media = Media {
        size,
        media_type: wishes.media_type.unwrap_or_else(|| "auto".into()),
        source: wishes.source.unwrap_or_else(|| match printer.feeders().as_slice() {
            [only] => (*only).clone(),
            _ => SmolStr::new_static(ONLY),
        }),
        margins: wishes.margins.unwrap_or(DEFAULT_MARGINS),
    };
    if media.source == "auto" {
        return Err("media-source can't be auto: say which feeder it is".into());
    }
    printer
        .check_feeder(&media.source)
        .map_err(|why| format_smolstr!("media-source: {why}"))?;
    check(&media, printer)?;
    Ok(Loaded {
        printer: printer.id.clone(),
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

/// What no printer of this kind can have in it is a slip of the pen: jobs would wait for ever for what they are said to
/// lie in.
fn check(media: &Media, printer: &PrinterRecord) -> Result<(), SmolStr> {
    let Some(able) = &printer.capabilities else {
        return Ok(());
    };
    let (size, kind) = (&media.size.name, &media.media_type);
    if !size.starts_with("custom_") && !able.media.is_empty() && !able.media.contains(size) {
        return Err(format_smolstr!(
            "media-size-name: {} does not take {size}; see its media-supported",
            printer.name
        ));
    }
    if kind != "auto" && !able.media_types.is_empty() && !able.media_types.contains(kind) {
        return Err(format_smolstr!(
            "media-type: {} does not know {kind}; see its media-type-supported",
            printer.name
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Capabilities, PrinterId};

    fn col(members: &[(&str, Value)]) -> Value {
        Value::Collection(
            members
                .iter()
                .map(|(name, value)| Attribute::new(name, value.clone()))
                .collect(),
        )
    }

    fn gertie() -> PrinterRecord {
        PrinterRecord {
            id: PrinterId::new("gertie").unwrap(),
            name: "Gertie".into(),
            uri: "virtual:".into(),
            status: None,
            changed: None,
            capabilities: Some(Capabilities {
                make_and_model: "x".into(),
                formats: vec![],
                raster_types: vec![],
                resolutions: vec![],
                copies: 1,
                media: vec!["na_super-b_13x19in".into()],
                media_types: vec!["photographic-matte".into()],
                media_sources: vec![],
                media_col: true,
                print_scaling: true,
                qualities: vec![],
                borderless: true,
                create_job: true,
            }),
        }
    }

    fn read_one(members: &[(&str, Value)]) -> Result<Loaded, SmolStr> {
        let attribute = Attribute::new("media-col-ready", col(members));
        read(&attribute, &gertie(), &[], Timestamp(1)).map(|mut all| all.remove(0))
    }

    #[test]
    fn a_feeder_that_the_printer_does_not_have_is_refused_with_those_that_it_has() {
        let mut printer = gertie();
        let mut read_at = |sources: &[&str], source: Option<&str>| {
            let able = printer.capabilities.as_mut().unwrap();
            able.media_sources = sources.iter().map(|s| (*s).into()).collect();
            let mut members = vec![("media-size-name", Value::keyword("na_super-b_13x19in"))];
            members.extend(source.map(|source| ("media-source", Value::keyword(source))));
            let attribute = Attribute::new("media-col-ready", col(&members));
            read(&attribute, &printer, &[], Timestamp(1)).map(|mut all| all.remove(0).source)
        };
        let two = ["auto", "rear", "manual"];
        assert_eq!(read_at(&two, Some("rear")).unwrap(), "rear");
        assert_eq!(
            read_at(&two, Some("tray-1")).unwrap_err(),
            "media-source: Gertie has no feeder tray-1: its feeders are rear and manual"
        );
        assert!(read_at(&two, None).unwrap_err().contains("no feeder main"));
        assert_eq!(read_at(&["auto", "rear"], None).unwrap(), "rear", "there is no other");
        assert!(
            read_at(&["rear"], Some("main"))
                .unwrap_err()
                .ends_with("its only feeder is rear")
        );
        assert_eq!(read_at(&["auto"], Some("rear")).unwrap(), "rear", "nobody knows");
    }

    #[test]
    fn a_feeder_with_its_sheets() {
        let size = ("media-size-name", Value::keyword("na_super-b_13x19in"));
        let kind = |word: &str| ("media-type", Value::keyword(word));
        let loaded = read_one(&[size.clone(), kind("photographic-matte"), (SHEETS, Value::Integer(12))]).unwrap();
        assert_eq!(
            (loaded.source.as_str(), loaded.sheets, loaded.by),
            ("main", Some(12), LoadedBy::Person)
        );
        assert_eq!(loaded.media.media_type, "photographic-matte");
        assert_eq!(read_one(std::slice::from_ref(&size)).unwrap().sheets, None);
        for (bad, says) in [
            (vec![], "media-size-name is missing"),
            (vec![(SHEETS, Value::Integer(12))], "media-size-name is missing"),
            (
                vec![size.clone(), (SHEETS, Value::Integer(-1))],
                "platen-media-sheets must be",
            ),
            (
                vec![size.clone(), (SHEETS, Value::keyword("many"))],
                "platen-media-sheets must be",
            ),
            (
                vec![size.clone(), ("media-source", Value::keyword("auto"))],
                "media-source can't",
            ),
            (
                vec![size.clone(), ("media-colour", Value::keyword("white"))],
                "media-colour is not known",
            ),
            (
                vec![("media-size-name", Value::keyword("papyrus"))],
                "media-size-name is not known",
            ),
            (
                vec![("media-size-name", Value::keyword("iso_a4_210x297mm"))],
                "does not take iso_a4_210x297mm",
            ),
            (
                vec![size.clone(), kind("papyrus")],
                "media-type: Gertie does not know papyrus",
            ),
            (
                vec![size.clone(), ("media-top-margin", Value::Integer(3))],
                "the margins",
            ),
        ] {
            let said = read_one(&bad).unwrap_err();
            assert!(said.contains(says), "{bad:?}: {said}");
        }
        let twice = Attribute::new_all("media-col-ready", vec![col(std::slice::from_ref(&size)), col(&[size])]);
        let said = read(&twice, &gertie(), &[], Timestamp(1)).unwrap_err();
        assert_eq!(said, "media-source main is named twice");
    }
}
