//! What people call papers, beside PWG's self-describing names (PWG 5101.1).

use super::{Length, MediaSize};

/// A paper by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperName {
    /// As it is shown.
    pub shown: &'static str,
    /// As it is typed, in lower case.
    pub short: &'static [&'static str],
    /// PWG's name.
    pub pwg: &'static str,
}

const fn named(shown: &'static str, short: &'static [&'static str], pwg: &'static str) -> PaperName {
    PaperName { shown, short, pwg }
}

/// The papers that have names. Where inches and centimetres could be meant by the same numbers, it is what is sold under
/// them: 4x6, 5x7 and 8x10 are inches, 10x15 and 13x18 are centimetres.
pub const PAPER_NAMES: &[PaperName] = &[
    named("A0", &["a0"], "iso_a0_841x1189mm"),
    named("A1", &["a1"], "iso_a1_594x841mm"),
    named("A2", &["a2"], "iso_a2_420x594mm"),
    named("A3", &["a3"], "iso_a3_297x420mm"),
    named("A3+", &["a3+", "super-b", "13x19"], "na_super-b_13x19in"),
    named("A4", &["a4"], "iso_a4_210x297mm"),
    named("A5", &["a5"], "iso_a5_148x210mm"),
    named("A6", &["a6"], "iso_a6_105x148mm"),
    named("A7", &["a7"], "iso_a7_74x105mm"),
    named("B2", &["b2"], "iso_b2_500x707mm"),
    named("B3", &["b3"], "iso_b3_353x500mm"),
    named("B4", &["b4"], "iso_b4_250x353mm"),
    named("B5", &["b5"], "iso_b5_176x250mm"),
    named("JIS B4", &["jis-b4"], "jis_b4_257x364mm"),
    named("JIS B5", &["jis-b5"], "jis_b5_182x257mm"),
    named("Letter", &["letter"], "na_letter_8.5x11in"),
    named("Legal", &["legal"], "na_legal_8.5x14in"),
    named("Tabloid", &["tabloid", "ledger", "11x17"], "na_ledger_11x17in"),
    named("Executive", &["executive"], "na_executive_7.25x10.5in"),
    named("4 × 6 in", &["4x6"], "na_index-4x6_4x6in"),
    named("5 × 7 in", &["5x7"], "na_5x7_5x7in"),
    named("8 × 10 in", &["8x10"], "na_govt-letter_8x10in"),
    named("11 × 14 in", &["11x14"], "na_edp_11x14in"),
    named("12 × 12 in", &["12x12"], "oe_12x12_12x12in"),
    named("12 × 18 in", &["12x18", "arch-b"], "na_arch-b_12x18in"),
    named("14 × 17 in", &["14x17"], "oe_14x17_14x17in"),
    named("16 × 20 in", &["16x20"], "oe_photo-16r_16x20in"),
    named("17 × 22 in", &["17x22"], "na_c_17x22in"),
    named("18 × 24 in", &["18x24", "arch-c"], "na_arch-c_18x24in"),
    named("20 × 24 in", &["20x24"], "oe_photo-20r_20x24in"),
    named("24 × 36 in", &["24x36", "arch-d"], "na_arch-d_24x36in"),
    named("10 × 15 cm", &["10x15"], "om_small-photo_100x150mm"),
    named("13 × 18 cm", &["13x18"], "om_medium-photo_130x180mm"),
    named("20 × 30 cm", &["20x30"], "om_large-photo_200x300mm"),
    named("30 × 40 cm", &["30x40"], "om_photo-30x40_300x400mm"),
    named("40 × 60 cm", &["40x60"], "om_photo-40x60_400x600mm"),
];

impl MediaSize {
    /// A paper by a name that people type, by PWG's name, or by a part of that: `a3+`, `super-b`, `17x22in`.
    pub fn called(name: &str) -> Option<MediaSize> {
        let wanted = name.trim().to_lowercase();
        let known = PAPER_NAMES.iter().find(|paper| {
            // `iso_a4_210x297mm` says A4 and its sides.
            let mut parts = paper.pwg.splitn(3, '_').skip(1);
            paper.short.contains(&wanted.as_str()) || paper.pwg == wanted || parts.any(|part| part == wanted)
        })?;
        MediaSize::from_name(known.pwg).ok()
    }

    /// What people call it: `A3+`, or its sides.
    pub fn shown(&self) -> String {
        let named = PAPER_NAMES.iter().find(|paper| {
            let size = MediaSize::from_name(paper.pwg);
            size.is_ok_and(|size| size.is_about(self))
        });
        match named {
            Some(paper) => paper.shown.to_owned(),
            None => format!("{} × {} mm", self.x.as_mm(), self.y.as_mm()),
        }
    }

    /// Whether both are the same sheet, within the half millimetre that PWG 5100.7 lets clients round.
    pub fn is_about(&self, other: &MediaSize) -> bool {
        let near = |a: Length, b: Length| a.as_hundredths().abs_diff(b.as_hundredths()) <= 50;
        near(self.x, other.x) && near(self.y, other.y)
    }

    /// The same sheet, fed by its other side.
    #[must_use]
    pub fn turned(&self) -> MediaSize {
        MediaSize::from_sides(self.y, self.x)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::MEDIA_SIZES;
    use super::*;

    #[test]
    fn no_two_papers_share_a_name_and_every_size_of_the_studio_has_one() {
        let mut names = BTreeSet::new();
        for paper in PAPER_NAMES {
            let size = MediaSize::from_name(paper.pwg).unwrap();
            assert_eq!(size.shown(), paper.shown);
            for short in paper.short {
                assert!(names.insert(short), "{short}");
                assert_eq!(MediaSize::called(short), Some(size.clone()), "{short}");
                assert_eq!(short.to_lowercase(), *short);
            }
        }
        for (name, ..) in MEDIA_SIZES {
            assert!(PAPER_NAMES.iter().any(|paper| paper.pwg == *name), "{name}");
        }
    }

    #[test]
    fn what_has_no_name_is_called_by_its_sides() {
        let size = MediaSize::from_sides(Length::mm(205.5), Length::mm(300.0));
        assert_eq!(size.shown(), "205.5 × 300 mm");
        assert_eq!(MediaSize::called("papyrus"), None);
        let a4 = MediaSize::called(" A4 ").unwrap();
        assert_eq!(a4.shown(), "A4");
        assert_eq!(a4.turned().shown(), "297 × 210 mm");
        assert!(a4.turned().turned().is_about(&a4) && !a4.turned().is_about(&a4));
    }
}
