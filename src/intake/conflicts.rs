//! What printers can do one by one and no printer can do together: in a pool of unlike printers, a sheet that one takes
//! and a paper that only another knows.

use smol_str::SmolStr;

use crate::model::Capabilities;

/// Most conflicts that are listed.
const MOST: usize = 200;

/// Two things that no printer of a pool can do together, though some printer can do each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The PWG name of a sheet.
    pub size: Option<SmolStr>,
    /// A `media-type`.
    pub media_type: Option<SmolStr>,
    /// A `media-source`.
    pub source: Option<SmolStr>,
    /// Printing to the sheet's edges.
    pub borderless: bool,
}

/// What a printer is asked to do together.
#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    Size(&'a SmolStr),
    Type(&'a SmolStr),
    Source(&'a SmolStr),
    Borderless,
}

impl Part<'_> {
    fn can(self, c: &Capabilities) -> bool {
        // An empty list is one that is not known: anything may be tried.
        let listed = |list: &[SmolStr], word: &SmolStr| list.is_empty() || list.contains(word);
        match self {
            Part::Size(size) => listed(&c.media, size),
            Part::Type(kind) => listed(&c.media_types, kind),
            Part::Source(source) => listed(&c.media_sources, source),
            Part::Borderless => c.borderless,
        }
    }
}

/// The conflicts of a pool; none where its printers are alike.
pub fn conflicts(able: &[&Capabilities]) -> Vec<Conflict> {
    let union = |list: fn(&Capabilities) -> &Vec<SmolStr>| {
        let mut all: Vec<&SmolStr> = able.iter().flat_map(|c| list(c)).collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|word| *word != "auto" && !word.starts_with("custom_m"));
        all
    };
    let sizes = union(|c| &c.media);
    let types = union(|c| &c.media_types);
    let sources = union(|c| &c.media_sources);
    let borderless = able.iter().any(|c| c.borderless).then_some(Part::Borderless);
    let all_sizes = || sizes.iter().map(|s| Part::Size(s));
    let all_types = || types.iter().map(|t| Part::Type(t));
    let all_sources = || sources.iter().map(|s| Part::Source(s));
    let mut pairs: Vec<(Part, Part)> = Vec::new();
    for size in all_sizes() {
        pairs.extend(
            all_types()
                .chain(all_sources())
                .chain(borderless)
                .map(|other| (size, other)),
        );
    }
    for kind in all_types() {
        pairs.extend(all_sources().chain(borderless).map(|other| (kind, other)));
    }
    pairs
        .into_iter()
        .filter(|(a, b)| !able.iter().any(|c| a.can(c) && b.can(c)))
        .take(MOST)
        .map(|(a, b)| {
            let mut conflict = Conflict {
                size: None,
                media_type: None,
                source: None,
                borderless: false,
            };
            for part in [a, b] {
                match part {
                    Part::Size(size) => conflict.size = Some(size.clone()),
                    Part::Type(kind) => conflict.media_type = Some(kind.clone()),
                    Part::Source(source) => conflict.source = Some(source.clone()),
                    Part::Borderless => conflict.borderless = true,
                }
            }
            conflict
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::decide::tests::pro1000;

    #[test]
    fn printers_that_are_alike_have_no_conflicts() {
        assert_eq!(conflicts(&[]), []);
        assert_eq!(conflicts(&[&pro1000(), &pro1000()]), []);
    }

    #[test]
    fn what_only_another_printer_can_do_conflicts() {
        let photo = Capabilities {
            media: vec!["iso_a2_420x594mm".into(), "iso_a4_210x297mm".into()],
            media_types: vec!["photographic-glossy".into()],
            media_sources: vec![],
            borderless: true,
            ..pro1000()
        };
        let office = Capabilities {
            media: vec!["iso_a4_210x297mm".into()],
            media_types: vec!["stationery".into(), "photographic-glossy".into()],
            media_sources: vec![],
            borderless: false,
            ..pro1000()
        };
        let told: Vec<(Option<String>, Option<String>, bool)> = conflicts(&[&photo, &office])
            .into_iter()
            .map(|c| (c.size.map(Into::into), c.media_type.map(Into::into), c.borderless))
            .collect();
        assert_eq!(
            told,
            [
                (Some("iso_a2_420x594mm".into()), Some("stationery".into()), false),
                (None, Some("stationery".into()), true),
            ]
        );
    }
}
