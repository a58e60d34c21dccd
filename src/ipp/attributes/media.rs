//! Media as IPP collections (PWG 5100.7, `media-col`).

use super::super::codec::{Attribute, Value};
use crate::model::{Length, Margins, Media, MediaSize};

/// How many sheets lie in a feeder: a member of `media-col-ready` of ours, as IPP has none.
pub const SHEETS: &str = "platen-media-sheets";

fn length(value: Length) -> Value {
    Value::Integer(value.as_hundredths())
}

/// `media-size`
pub fn media_size(size: &MediaSize) -> Value {
    Value::Collection(vec![
        Attribute::new("x-dimension", length(size.x)),
        Attribute::new("y-dimension", length(size.y)),
    ])
}

/// `media-col`
pub fn media_col(media: &Media) -> Value {
    let mut members = vec![
        Attribute::new("media-size", media_size(&media.size)),
        Attribute::new("media-size-name", Value::keyword(&media.size.name)),
    ];
    members.extend(margins(&media.margins));
    members.push(Attribute::new("media-source", Value::keyword(&media.source)));
    members.push(Attribute::new("media-type", Value::keyword(&media.media_type)));
    Value::Collection(members)
}

fn margins(margins: &Margins) -> [Attribute; 4] {
    [
        Attribute::new("media-bottom-margin", length(margins.bottom)),
        Attribute::new("media-left-margin", length(margins.left)),
        Attribute::new("media-right-margin", length(margins.right)),
        Attribute::new("media-top-margin", length(margins.top)),
    ]
}

/// The size of a `media-size` collection; `None` when it is not one.
pub fn read_media_size(members: &[Attribute]) -> Option<MediaSize> {
    let side = |name: &str| {
        let value = members.iter().find(|m| m.name == name)?.values.first()?.as_integer()?;
        (1_000..=1_000_000).contains(&value).then(|| Length::hundredths(value))
    };
    Some(MediaSize::from_sides(side("x-dimension")?, side("y-dimension")?))
}
