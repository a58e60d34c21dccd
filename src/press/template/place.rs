//! Where in a template's file something is, for messages: what is checked after reading knows its field and not its line.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// `line 4, column 1: `, from 1, counted in letters.
pub fn told(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: ")
}

/// Where the key of this path begins, or the nearest thing around it that there is. Tables of an array are counted from
/// 0; a key where a number is wanted is looked for in each of them.
pub fn find(text: &str, path: &[String]) -> Option<usize> {
    let tree = DeTable::parse(text).ok()?;
    let root = DeValue::Table(tree.into_inner());
    let mut found = None;
    let mut here = &root;
    for step in path {
        let Some((offset, value)) = enter(here, step) else {
            break;
        };
        (found, here) = (Some(offset), value);
    }
    found
}

fn enter<'a, 'i>(value: &'a DeValue<'i>, step: &str) -> Option<(usize, &'a DeValue<'i>)> {
    match value {
        DeValue::Table(table) => {
            let (key, value) = table.iter().find(|(key, _)| key.get_ref() == step)?;
            Some((key.span().start, value.get_ref()))
        }
        DeValue::Array(items) => match step.parse::<usize>() {
            Ok(index) => items.get(index).map(|item| (item.span().start, item.get_ref())),
            Err(_) => items.iter().map(Spanned::get_ref).find_map(|item| enter(item, step)),
        },
        _ => None,
    }
}

/// The path of a place that a layout's error names: `block 2 (text), size`, `parameter border at 0`, `margin`. `why` tells
/// a field that is not known.
pub fn path(place: &str, why: &str) -> Vec<String> {
    let (head, rest) = place.split_once(", ").unwrap_or((place, ""));
    let mut words = head.split(' ');
    let mut path = match (words.next(), words.next()) {
        (Some("block"), Some(number)) => {
            let index = number.parse::<usize>().unwrap_or(1).saturating_sub(1);
            vec!["layout".to_owned(), "block".to_owned(), index.to_string()]
        }
        (Some("parameter"), Some(name)) => return vec!["parameter".to_owned(), name.to_owned()],
        (Some("layout"), None) => vec!["layout".to_owned()],
        _ => std::iter::once("layout")
            .chain(head.split('.'))
            .map(str::to_owned)
            .collect(),
    };
    path.extend(rest.split('.').filter(|key| !key.is_empty()).map(str::to_owned));
    let unknown = why
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next());
    path.extend(unknown.map(str::to_owned));
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[layout]\nmargin = 3\n[[layout.block]]\nkind = \"fill\"\n[[layout.block]]\nkind = \"text\"\n  \"ü\" = { \
                        look.fit = 1 }\ncaption = [{ size = 1 }, { text = 2 }]\n[parameter.a-b]\nkind = 1\n";

    #[test]
    fn places_are_found_as_deep_as_they_are_there() {
        for (place, why, line, column) in [
            ("margin", "", 2, 1),
            ("layout", "unknown field `margin`, expected", 2, 1),
            ("block 2 (text), ü.look.fit", "", 7, 16),
            ("block 2 (text), ü.look", "unknown field `fit`", 7, 16),
            ("block 2 (text), caption.text", "", 8, 28),
            ("block 1, nothing.here", "", 3, 1),
            ("parameter a-b at 0", "", 9, 12),
        ] {
            let offset = find(TEXT, &path(place, why)).unwrap();
            assert_eq!(told(TEXT, offset), format!("line {line}, column {column}: "), "{place}");
        }
        assert_eq!(find(TEXT, &["none".to_owned()]), None);
        assert_eq!(find("[", &["none".to_owned()]), None);
    }
}
