//! Media: size, type, source and margins, by PWG self-describing names (PWG 5101.1).

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::Length;

/// A sheet size. `x` is across the feed, `y` along it; a PRO-1000 feeds portrait, so `x` ≤ `y` as a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MediaSize {
    /// PWG self-describing size name, for example `iso_a4_210x297mm`.
    pub name: SmolStr,
    /// Width across the feed.
    pub x: Length,
    /// Length along the feed.
    pub y: Length,
}

/// A media name that can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a PWG self-describing media size name such as iso_a4_210x297mm")]
pub struct MediaNameError(pub SmolStr);

/// The sizes that the studio's printers are asked for: name and hundredths of a millimetre, and whether a
/// PRO-1000 is expected to print it borderless (from memory of its manual: *unproven*).
pub const MEDIA_SIZES: &[(&str, i32, i32, bool)] = &[
    ("iso_a4_210x297mm", 21000, 29700, true),
    ("iso_a3_297x420mm", 29700, 42000, true),
    ("iso_a2_420x594mm", 42000, 59400, true),
    ("na_super-b_13x19in", 33020, 48260, true),
    ("na_c_17x22in", 43180, 55880, true),
    ("na_letter_8.5x11in", 21590, 27940, true),
    ("na_legal_8.5x14in", 21590, 35560, false),
    ("na_ledger_11x17in", 27940, 43180, true),
    ("na_arch-b_12x18in", 30480, 45720, false),
    ("na_edp_11x14in", 27940, 35560, false),
    ("oe_14x17_14x17in", 35560, 43180, true),
    ("oe_12x12_12x12in", 30480, 30480, true),
    ("na_govt-letter_8x10in", 20320, 25400, true),
    ("na_5x7_5x7in", 12700, 17780, true),
    ("na_index-4x6_4x6in", 10160, 15240, true),
];

impl MediaSize {
    /// Reads a PWG self-describing size name: `class_name_WxHunit` with unit `mm` or `in` (PWG 5101.1, 5.1).
    ///
    /// # Errors
    /// [`MediaNameError`] when it is not such a name, or a side is not between 10 mm and 10 m.
    pub fn from_name(name: &str) -> Result<Self, MediaNameError> {
        let error = || MediaNameError(SmolStr::new(name.chars().take(64).collect::<String>()));
        let dimensions = name
            .rsplit('_')
            .next()
            .filter(|d| d.len() < name.len())
            .ok_or_else(error)?;
        let (body, unit): (&str, fn(f64) -> Length) = if let Some(b) = dimensions.strip_suffix("mm") {
            (b, Length::mm)
        } else if let Some(b) = dimensions.strip_suffix("in") {
            (b, Length::inches)
        } else {
            return Err(error());
        };
        let (w, h) = body.split_once('x').ok_or_else(error)?;
        let side = |t: &str| -> Result<Length, MediaNameError> {
            let plain = t.bytes().all(|b| b.is_ascii_digit() || b == b'.') && t.len() <= 12;
            let value: f64 = if plain {
                t.parse().map_err(|_| error())?
            } else {
                return Err(error());
            };
            let length = unit(value);
            if (1_000..=1_000_000).contains(&length.as_hundredths()) {
                Ok(length)
            } else {
                Err(error())
            }
        };
        Ok(MediaSize {
            name: SmolStr::new(name),
            x: side(w)?,
            y: side(h)?,
        })
    }

    /// The size with these sides: by its standard name where it has one (within 0.5 mm, as PWG 5100.7 lets
    /// clients round), else by a `custom_` name.
    pub fn from_sides(x: Length, y: Length) -> Self {
        let near = |a: Length, b: i32| (a.as_hundredths() - b).abs() <= 50;
        match MEDIA_SIZES.iter().find(|(_, sx, sy, _)| near(x, *sx) && near(y, *sy)) {
            Some((name, sx, sy, _)) => MediaSize {
                name: SmolStr::new(name),
                x: Length::hundredths(*sx),
                y: Length::hundredths(*sy),
            },
            None => MediaSize {
                name: format_smolstr!("custom_{0}x{1}mm_{0}x{1}mm", trim(x.as_mm()), trim(y.as_mm())),
                x,
                y,
            },
        }
    }
}

/// Millimetres without trailing zeros, as PWG 5101.1 wants them.
fn trim(mm: f64) -> String {
    format!("{mm:.2}")
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// The least room between margins in which something is printed: as wide as the smallest sheet that has a name here, and
/// enough for sixteen pages on a side.
pub const LEAST_ROOM: Length = Length::hundredths(1_000);

/// The four unprintable margins of a sheet (IPP `media-top-margin` and its sisters). All zero is borderless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Margins {
    /// At the edge that leaves the printer first.
    pub top: Length,
    /// At the edge that leaves last.
    pub bottom: Length,
    /// Left, seen from the printed side.
    pub left: Length,
    /// Right, seen from the printed side.
    pub right: Length,
}

impl Margins {
    /// No margins at all.
    pub const BORDERLESS: Margins = Margins {
        top: Length::ZERO,
        bottom: Length::ZERO,
        left: Length::ZERO,
        right: Length::ZERO,
    };

    /// The same on all sides.
    pub const fn same(side: Length) -> Margins {
        Margins {
            top: side,
            bottom: side,
            left: side,
            right: side,
        }
    }

    /// Whether a sheet has room for something to be printed between them: [`LEAST_ROOM`] across and down.
    pub fn leave_room(&self, sheet: &MediaSize) -> bool {
        let room = |side: Length, before: Length, after: Length| side - before - after >= LEAST_ROOM;
        room(sheet.x, self.left, self.right) && room(sheet.y, self.top, self.bottom)
    }

    /// Whether every margin is zero.
    pub fn is_borderless(&self) -> bool {
        *self == Self::BORDERLESS
    }
}

/// What a job is printed on (IPP `media-col`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Media {
    /// The sheet.
    pub size: MediaSize,
    /// IPP `media-type`, for example `photographic-glossy`; `auto` when anything goes.
    pub media_type: SmolStr,
    /// IPP `media-source`, for example `rear`; `auto` when anything goes.
    pub source: SmolStr,
    /// Unprintable margins.
    pub margins: Margins,
}

impl Media {
    /// Whether a job that asks for this can be printed on what is loaded or was used there; `auto` is for anything.
    pub fn is_same_paper(&self, there: &Media) -> bool {
        let agrees = |a: &str, b: &str| a == "auto" || b == "auto" || a == b;
        (self.size.name == there.size.name || self.size.is_about(&there.size))
            && agrees(&self.media_type, &there.media_type)
            && agrees(&self.source, &there.source)
    }

    /// What people call it: `photographic-matte A3+`, or the size alone where the type is open.
    pub fn shown(&self) -> SmolStr {
        match self.media_type.as_str() {
            "auto" | "" => self.size.shown().into(),
            kind => format_smolstr!("{kind} {}", self.size.shown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_size_says_its_own_sides() {
        for (name, x, y, _) in MEDIA_SIZES {
            let size = MediaSize::from_name(name).unwrap();
            assert_eq!((size.x.as_hundredths(), size.y.as_hundredths()), (*x, *y), "{name}");
            assert_eq!(MediaSize::from_sides(size.x, size.y).name, *name);
        }
    }

    #[test]
    fn other_sides_get_a_custom_name_that_reads_back() {
        let size = MediaSize::from_sides(Length::mm(200.5), Length::mm(300.0));
        assert_eq!(size.name, "custom_200.5x300mm_200.5x300mm");
        assert_eq!(MediaSize::from_name(&size.name).unwrap(), size);
    }

    #[test]
    fn a_paper_is_the_same_by_size_type_and_feeder_where_they_are_said() {
        let media = |size: &str, kind: &str, source: &str| Media {
            size: MediaSize::from_name(size).unwrap(),
            media_type: kind.into(),
            source: source.into(),
            margins: Margins::BORDERLESS,
        };
        let (a4, matte) = ("iso_a4_210x297mm", "photographic-matte");
        let wanted = media(a4, matte, "auto");
        assert!(wanted.is_same_paper(&media(a4, matte, "rear")));
        assert!(wanted.is_same_paper(&media("custom_210x297.2mm_210x297.2mm", "auto", "main")));
        assert!(!wanted.is_same_paper(&media(a4, "photographic-glossy", "rear")));
        assert!(!wanted.is_same_paper(&media("iso_a3_297x420mm", matte, "rear")));
        assert!(!media(a4, matte, "main").is_same_paper(&media(a4, matte, "rear")));
    }

    #[test]
    fn margins_leave_room_or_they_do_not() {
        let a4 = MediaSize::from_name("iso_a4_210x297mm").unwrap();
        assert!(Margins::BORDERLESS.leave_room(&a4));
        assert!(Margins::same(Length::mm(100.0)).leave_room(&a4));
        for mm in [100.01, 105.0, 500.0, f64::MAX] {
            assert!(!Margins::same(Length::mm(mm)).leave_room(&a4), "{mm}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "A4",
            "iso_a4_210x297",
            "iso_a4_1e9x2mm",
            "iso_a4_-1x2mm",
            "x_0x0mm",
            "210x297mm",
        ] {
            assert!(MediaSize::from_name(bad).is_err(), "{bad}");
        }
    }
}
