//! What can't be chosen together, and how that is mended (PWG 5100.13, `job-constraints-supported` and
//! `job-resolvers-supported`). Of printers that are alike there is nothing to tell.

use super::super::codec::{Attribute, Value};
use super::media::media_size;
use super::printer::View;
use crate::intake::{Conflict, DEFAULT_MARGINS, conflicts};
use crate::model::MediaSize;

/// Adds both attributes, where there are any.
pub fn constraints(view: &View, all: &mut Vec<Attribute>) {
    let able: Vec<_> = view.capabilities().collect();
    let conflicts = conflicts(&able);
    if conflicts.is_empty() {
        return;
    }
    let constraints = conflicts.iter().map(constraint).collect();
    all.push(Attribute::new_all("job-constraints-supported", constraints));
    let mut resolvers: Vec<&str> = conflicts.iter().map(resolver).collect();
    resolvers.sort_unstable();
    resolvers.dedup();
    let resolvers = resolvers.into_iter().map(resolution).collect();
    all.push(Attribute::new_all("job-resolvers-supported", resolvers));
}

/// What is given up, as [`crate::intake::decide`] does it.
fn resolver(conflict: &Conflict) -> &'static str {
    if conflict.source.is_some() {
        "any-source"
    } else if conflict.media_type.is_some() {
        "any-type"
    } else {
        "with-margins"
    }
}

fn constraint(conflict: &Conflict) -> Value {
    let mut media = Vec::new();
    if let Some(size) = conflict.size.as_ref().and_then(|name| MediaSize::from_name(name).ok()) {
        media.push(Attribute::new("media-size", media_size(&size)));
    }
    if conflict.borderless {
        let sides = ["bottom", "left", "right", "top"];
        media.extend(sides.map(|side| Attribute::new(&format!("media-{side}-margin"), Value::Integer(0))));
    }
    if let Some(source) = &conflict.source {
        media.push(Attribute::new("media-source", Value::keyword(source)));
    }
    if let Some(kind) = &conflict.media_type {
        media.push(Attribute::new("media-type", Value::keyword(kind)));
    }
    Value::collection(vec![
        Attribute::new("resolver-name", Value::name(resolver(conflict))),
        Attribute::new("media-col", Value::collection(media)),
    ])
}

fn resolution(name: &str) -> Value {
    let media = match name {
        "any-source" => vec![Attribute::new("media-source", Value::keyword("auto"))],
        "any-type" => vec![Attribute::new("media-type", Value::keyword("auto"))],
        _ => [
            ("bottom", DEFAULT_MARGINS.bottom),
            ("left", DEFAULT_MARGINS.left),
            ("right", DEFAULT_MARGINS.right),
            ("top", DEFAULT_MARGINS.top),
        ]
        .map(|(side, margin)| Attribute::new(&format!("media-{side}-margin"), Value::Integer(margin.as_hundredths())))
        .to_vec(),
    };
    Value::collection(vec![
        Attribute::new("resolver-name", Value::name(name)),
        Attribute::new("media-col", Value::collection(media)),
    ])
}
