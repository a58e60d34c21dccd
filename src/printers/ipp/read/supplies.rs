//! `marker-*`: lists side by side, and what printers make of them.

use smol_str::{SmolStr, format_smolstr};

use super::{clean, numbers, words};
use crate::ipp::codec::Group;
use crate::model::Marker;
use crate::printers::colors;

/// Most markers.
const MOST: usize = 64;

/// Texts of a list. Some printers tell a list as one text with commas in it, which is taken apart when the other lists are
/// as long as it would be.
fn list(printer: &Group, name: &str, expected: usize) -> Vec<SmolStr> {
    let told = words(printer, name);
    if let [one] = told.as_slice() {
        let parts: Vec<SmolStr> = one.split(',').map(|part| clean(part).trim().into()).collect();
        if parts.len() > 1 && parts.len() == expected {
            return parts;
        }
    }
    told.iter().map(|text| clean(text).trim().into()).collect()
}

/// `wasteInk` is `waste-ink`.
pub(super) fn keyword(word: &str) -> SmolStr {
    let mut keyword = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !keyword.is_empty() {
            keyword.push('-');
        }
        keyword.push(letter.to_ascii_lowercase());
    }
    keyword.into()
}

/// A level: per cent, or a word for not knowing. Where it passes 100, the highest level may be another than that.
fn level(told: i32, high: Option<i32>) -> i32 {
    match (told, high) {
        (-3..=100, _) => told,
        (..=-4, _) => -2,
        (_, Some(high)) if high >= told => (i64::from(told) * 100 / i64::from(high)) as i32,
        _ => 100,
    }
}

/// The markers; empty when the printer tells none.
pub fn markers(printer: &Group) -> Vec<Marker> {
    let levels = numbers(printer, "marker-levels");
    let names = list(printer, "marker-names", levels.len());
    let count = if names.is_empty() { levels.len() } else { names.len() };
    let kinds = list(printer, "marker-types", count);
    let colors = list(printer, "marker-colors", count);
    let (low, high) = (
        numbers(printer, "marker-low-levels"),
        numbers(printer, "marker-high-levels"),
    );
    // Which level is whose is known by its place alone: a list that is too short or too long tells of none.
    let has_places = levels.len() == count;
    let marker = |at: usize| {
        let named = names.get(at).filter(|name| !name.is_empty()).cloned();
        let name = named.unwrap_or_else(|| format_smolstr!("marker-{}", at + 1));
        let known = |color: &&SmolStr| color.starts_with('#');
        let color = colors.get(at).filter(known).cloned();
        let high = high.get(at).copied();
        Marker {
            color: color.unwrap_or_else(|| match colors.get(at) {
                Some(word) if word != "none" => colors::of([&name, word]),
                _ => SmolStr::new_static("none"),
            }),
            kind: kinds
                .get(at)
                .map_or(SmolStr::new_static("unknown"), |kind| keyword(kind)),
            // −2 is "unknown" (PWG 5100.9).
            level: if has_places { level(levels[at], high) } else { -2 },
            low: low.get(at).copied(),
            high,
            name,
        }
    };
    (0..count.min(MOST)).map(marker).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ipp::codec::{Value, group};

    fn printer(names: &[&str], levels: &[i32], kinds: &[&str]) -> Group {
        let mut printer = Group::new(group::PRINTER);
        printer.push_all("marker-names", names.iter().map(|n| Value::name(n)).collect());
        printer.push_all("marker-levels", levels.iter().map(|n| Value::Integer(*n)).collect());
        printer.push_all("marker-types", kinds.iter().map(|n| Value::keyword(n)).collect());
        printer
    }

    fn told(group: &Group) -> Vec<(SmolStr, i32)> {
        markers(group).into_iter().map(|m| (m.name, m.level)).collect()
    }

    #[test]
    fn one_text_is_a_list_where_the_others_are() {
        let joined = printer(&["BK, C ,M,Y"], &[80, -3, 10, 0], &["ink,ink,ink,wasteInk"]);
        let names = told(&joined);
        assert_eq!(
            names,
            [("BK".into(), 80), ("C".into(), -3), ("M".into(), 10), ("Y".into(), 0)]
        );
        assert_eq!(markers(&joined)[3].kind, "waste-ink");
        // A name may have a comma.
        assert_eq!(
            told(&printer(&["Black, matte"], &[40], &["ink"])),
            [("Black, matte".into(), 40)]
        );
    }

    #[test]
    fn lists_of_other_lengths_tell_no_levels() {
        let three = printer(&["C", "M", "Y"], &[0], &["ink"]);
        assert_eq!(told(&three), [("C".into(), -2), ("M".into(), -2), ("Y".into(), -2)]);
        assert_eq!(
            told(&printer(&[], &[50, 60], &[])),
            [("marker-1".into(), 50), ("marker-2".into(), 60)]
        );
        assert_eq!(told(&printer(&[], &[], &[])), []);
    }

    #[test]
    fn blacks_are_told_apart_by_their_names() {
        let mut two = printer(&["MBK", "PBK", "X"], &[1, 2, 3], &[]);
        two.push_all(
            "marker-colors",
            ["#000000", "#000000", "black"].map(Value::name).to_vec(),
        );
        let markers = markers(&two);
        assert_eq!(
            (markers[0].color.as_str(), markers[1].color.as_str()),
            ("#000000", "#000000")
        );
        assert_eq!((markers[2].color.as_str(), markers[1].level), ("#0A0A0A", 2));
    }

    proptest! {
        #[test]
        fn levels_are_levels(levels in prop::collection::vec(any::<i32>(), 0..80), high in prop::collection::vec(any::<i32>(), 0..80)) {
            let mut any = printer(&[], &levels, &[]);
            any.push_all("marker-high-levels", high.iter().map(|n| Value::Integer(*n)).collect());
            let markers = markers(&any);
            prop_assert!(markers.len() <= MOST && markers.iter().all(|m| (-3..=100).contains(&m.level)));
        }
    }
}
