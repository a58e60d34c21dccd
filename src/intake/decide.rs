//! The decision: a ticket whose every field is set, with who set it, and what of the client's wishes could not be kept.
//!
//! Pure: wishes, facts and capabilities in, ticket out.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Capabilities, ColorMode, Decided, DocumentFacts, Length, Margins, Media, MediaSize, Orientation, PageChoice,
    PrintQuality, PrintScaling, RenderingIntent, Ticket,
};

use super::wishes::{Wish, Wishes};

/// The sheet when nobody names one.
const DEFAULT_SIZE: &str = "iso_a4_210x297mm";

/// Margins when nobody names any: top 3, bottom 5, sides 3.4 mm, a PRO-1000's normal ones (from memory of its manual:
/// *unproven*, to be read from the printer's `media-col-database` in the end).
pub const DEFAULT_MARGINS: Margins = Margins {
    top: Length::hundredths(300),
    bottom: Length::hundredths(500),
    left: Length::hundredths(340),
    right: Length::hundredths(340),
};

/// Why an `auto-fit` stands open until the document is there.
pub(super) const OPEN_AUTO_FIT: &str = "auto-fit: decided when the document is here";

/// Most copies in one job.
pub const MOST_COPIES: u32 = 999;

/// A wish that no printer of the destination can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// The size of `media` or `media-col`.
    Size,
    /// `media-type`
    MediaType,
    /// `media-source`
    Source,
    /// Borderless margins.
    Margins,
    /// Margins that leave the sheet no room.
    Border,
    /// `copies`
    Copies,
    /// `print-quality`
    Quality,
    /// `printer-resolution`
    Resolution,
}

impl Ignored {
    /// What was asked for, for a person.
    pub const fn in_words(&self) -> &'static str {
        match self {
            Ignored::Size => "the sheet's size",
            Ignored::MediaType => "the paper",
            Ignored::Source => "the feeder",
            Ignored::Margins => "printing without a border",
            Ignored::Border => "so wide a border",
            Ignored::Copies => "so many copies",
            Ignored::Quality => "the quality",
            Ignored::Resolution => "the resolution",
        }
    }
}

/// A ticket, and what could not be kept of the wishes.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The ticket.
    pub ticket: Ticket,
    /// Wishes that were replaced; with `ipp-attribute-fidelity` the job must be refused instead.
    pub ignored: Vec<Ignored>,
    /// Whether some of these were given up because no printer can keep them together with the others.
    pub conflict: bool,
}

/// Decides every field. `able` are the capabilities of the printers that the job may go to; of printers that are not
/// known yet everything is believed.
pub fn decide(wishes: &Wishes, facts: Option<&DocumentFacts>, able: &[&Capabilities]) -> Decision {
    let mut ignored = Vec::new();
    let mut warnings = Vec::new();
    let mut kept = |field: Ignored, fits: bool| {
        if !fits {
            ignored.push(field);
        }
        fits
    };
    // Each wish is checked against any printer first.
    let any = |test: &dyn Fn(&Capabilities) -> bool| able.is_empty() || able.iter().any(|c| test(c));
    let listed = |list: &[SmolStr], word: &str| list.is_empty() || list.iter().any(|w| w == word);

    let takes_size = |c: &Capabilities, size: &MediaSize| {
        listed(&c.media, &size.name) || (size.name.starts_with("custom_") && within_custom(&c.media, size))
    };
    let takes_type = |c: &Capabilities, kind: &SmolStr| kind == "auto" || listed(&c.media_types, kind);
    let takes_source = |c: &Capabilities, source: &SmolStr| source == "auto" || listed(&c.media_sources, source);
    // Whoever names no margins gets those of the house.
    let has_room = |size: &MediaSize| wishes.margins.is_some() || DEFAULT_MARGINS.leave_room(size);
    let takes_margins = |c: &Capabilities, margins: &Margins| !margins.is_borderless() || c.borderless;

    let size = wishes
        .size
        .clone()
        .filter(|size| kept(Ignored::Size, has_room(size) && any(&|c| takes_size(c, size))));
    let mut media_type = wishes
        .media_type
        .clone()
        .filter(|t| kept(Ignored::MediaType, any(&|c| takes_type(c, t))));
    let mut source = wishes
        .source
        .clone()
        .filter(|s| kept(Ignored::Source, any(&|c| takes_source(c, s))));
    let mut margins = wishes
        .margins
        .filter(|m| kept(Ignored::Margins, any(&|c| takes_margins(c, m))))
        .filter(|m| {
            kept(
                Ignored::Border,
                m.leave_room(&size.clone().unwrap_or_else(default_size)),
            )
        });
    let copies = wishes
        .copies
        .filter(|n| kept(Ignored::Copies, (1..=MOST_COPIES).contains(n)));
    let quality = wishes.quality.filter(|q| {
        kept(
            Ignored::Quality,
            any(&|c| c.qualities.is_empty() || c.qualities.contains(&q.as_enum())),
        )
    });
    let resolution = wishes.resolution.filter(|r| {
        kept(
            Ignored::Resolution,
            any(&|c| c.resolutions.is_empty() || c.resolutions.contains(r)),
        )
    });

    // One printer must keep all wishes about the sheet together: those are given up that matter least.
    let together = |source: &Option<SmolStr>, media_type: &Option<SmolStr>, margins: &Option<Margins>| {
        any(&|c| {
            size.as_ref().is_none_or(|s| takes_size(c, s))
                && source.as_ref().is_none_or(|s| takes_source(c, s))
                && media_type.as_ref().is_none_or(|t| takes_type(c, t))
                && margins.is_none_or(|m| takes_margins(c, &m))
        })
    };
    let mut conflict = false;
    if !together(&source, &media_type, &margins) {
        conflict = true;
        let steps: [(Ignored, bool); 3] = [
            (Ignored::Source, source.is_some()),
            (Ignored::MediaType, media_type.is_some()),
            (Ignored::Margins, margins.is_some_and(|m| m.is_borderless())),
        ];
        for (field, _) in steps.into_iter().filter(|(_, asked)| *asked) {
            match field {
                Ignored::Source => source = None,
                Ignored::MediaType => media_type = None,
                _ => margins = None,
            }
            ignored.push(field);
            if together(&source, &media_type, &margins) {
                break;
            }
        }
        warnings.push(SmolStr::new_static(
            "no printer can do all that was asked of the sheet together; what it can't was left out",
        ));
    }

    let pages = PageChoice {
        ranges: wishes.page_ranges.clone().unwrap_or_default(),
        overrides: wishes.overrides.clone().unwrap_or_default(),
        number_up: wishes.number_up.unwrap_or_default(),
    };

    let from_client = size.is_some() || media_type.is_some() || source.is_some() || margins.is_some();
    if wishes.size.is_some() && size.is_none() {
        warnings.push(format_smolstr!(
            "no printer takes the sheet that was asked for; {DEFAULT_SIZE} is used instead"
        ));
    }
    let media = Media {
        size: size.unwrap_or_else(default_size),
        media_type: media_type.unwrap_or_else(|| SmolStr::new_static("auto")),
        source: source.unwrap_or_else(|| SmolStr::new_static("auto")),
        margins: margins.unwrap_or(DEFAULT_MARGINS),
    };
    let scaling = scaling(wishes.scaling, facts, &media);
    if let Some(facts) = facts {
        note_facts(&mut warnings, facts);
    }
    let ticket = Ticket {
        media: if from_client {
            Decided::by_client(media)
        } else {
            Decided::by_default(media)
        },
        copies: Decided::wish_or(copies, 1),
        scaling,
        orientation: Decided::wish_or(wishes.orientation, Orientation::Auto),
        quality: Decided::wish_or(quality, PrintQuality::High),
        color_mode: Decided::wish_or(wishes.color_mode, ColorMode::Color),
        intent: Decided::wish_or(wishes.intent, RenderingIntent::RELATIVE_BPC),
        resolution: match resolution {
            Some(r) => Decided::by_client(Some(r)),
            None => Decided::by_default(None),
        },
        pages: match pages == PageChoice::default() {
            true => Decided::by_default(pages),
            false => Decided::by_client(pages),
        },
        deadline: None,
        edition: None,
        routine: None,
        template: None,
        warnings,
    };
    Decision {
        ticket,
        ignored,
        conflict,
    }
}

/// Completes a ticket that was decided before its document was there (Create-Job).
pub fn complete(ticket: &mut Ticket, facts: &DocumentFacts) {
    if ticket.scaling.why == OPEN_AUTO_FIT {
        ticket.scaling = scaling(Some(Wish::AutoFit), Some(facts), &ticket.media.value);
    }
    note_facts(&mut ticket.warnings, facts);
}

/// What a person should know about a document before it is printed.
fn note_facts(warnings: &mut Vec<SmolStr>, facts: &DocumentFacts) {
    if facts.profile.is_none() {
        warnings.push(SmolStr::new_static(
            "the picture carries no colour profile and is treated as sRGB; if it was made in another colour space, \
             save it again with its profile embedded",
        ));
    }
}

fn default_size() -> MediaSize {
    MediaSize {
        name: SmolStr::new_static(DEFAULT_SIZE),
        x: Length::hundredths(21_000),
        y: Length::hundredths(29_700),
    }
}

/// Whether a custom size lies between the `custom_min_…` and `custom_max_…` of `media-supported` (PWG 5100.3).
fn within_custom(media: &[SmolStr], size: &MediaSize) -> bool {
    let bound = |prefix: &str| {
        media
            .iter()
            .find(|m| m.starts_with(prefix))
            .and_then(|m| MediaSize::from_name(m).ok())
    };
    match (bound("custom_min_"), bound("custom_max_")) {
        (Some(min), Some(max)) => (min.x..=max.x).contains(&size.x) && (min.y..=max.y).contains(&size.y),
        _ => media.is_empty(),
    }
}

/// `auto` and `auto-fit` decided as PWG 5100.13 describes them.
fn scaling(wish: Option<Wish>, facts: Option<&DocumentFacts>, media: &Media) -> Decided<PrintScaling> {
    match wish {
        Some(Wish::Fit) => Decided::by_client(PrintScaling::Fit),
        Some(Wish::Fill) => Decided::by_client(PrintScaling::Fill),
        Some(Wish::None) => Decided::by_client(PrintScaling::None),
        Some(Wish::AutoFit) if facts.is_none() => Decided::by_rule(PrintScaling::Fit, OPEN_AUTO_FIT),
        Some(Wish::AutoFit) if facts.is_some_and(|f| lies_inside(f, media)) => Decided::by_rule(
            PrintScaling::None,
            "auto-fit: the picture is smaller than the printable area",
        ),
        Some(Wish::AutoFit) => Decided::by_rule(PrintScaling::Fit, "auto-fit: the picture is larger than the sheet"),
        Some(Wish::Auto) | None if media.margins.is_borderless() => {
            Decided::by_rule(PrintScaling::Fill, "auto: a borderless sheet is filled")
        }
        Some(Wish::Auto) => Decided::by_rule(PrintScaling::Fit, "auto: the whole picture inside the margins"),
        None => Decided::by_default(PrintScaling::Fit),
    }
}

/// Whether the picture at its own resolution fits the printable area, upright or turned.
fn lies_inside(facts: &DocumentFacts, media: &Media) -> bool {
    let Some(resolution) = facts.resolution.filter(|r| r.x > 0 && r.y > 0) else {
        return false;
    };
    let w = Length::inches(f64::from(facts.width) / f64::from(resolution.x));
    let h = Length::inches(f64::from(facts.height) / f64::from(resolution.y));
    let area_w = media.size.x - media.margins.left - media.margins.right;
    let area_h = media.size.y - media.margins.top - media.margins.bottom;
    (w <= area_w && h <= area_h) || (h <= area_w && w <= area_h)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{DocumentFormat, Resolution, Source};

    fn facts(width: u32, height: u32, dpi: Option<u32>, profile: bool) -> DocumentFacts {
        DocumentFacts {
            format: DocumentFormat::Jpeg,
            width,
            height,
            pages: 1,
            resolution: dpi.map(Resolution::square),
            profile: profile.then(|| "Adobe RGB (1998)".into()),
        }
    }

    pub fn pro1000() -> Capabilities {
        Capabilities {
            make_and_model: "PRO-1000".into(),
            formats: vec![],
            raster_types: vec![],
            resolutions: vec![Resolution::square(300), Resolution::square(600)],
            copies: 99,
            media: [
                "iso_a4_210x297mm",
                "iso_a3_297x420mm",
                "custom_min_89x127mm",
                "custom_max_431.8x594mm",
            ]
            .map(SmolStr::new_static)
            .to_vec(),
            media_types: vec!["photographic-glossy".into()],
            media_sources: vec!["rear".into()],
            media_col: true,
            print_scaling: true,
            qualities: vec![4, 5],
            borderless: true,
            create_job: true,
        }
    }

    #[test]
    fn nobody_said_anything() {
        let made = decide(&Wishes::default(), Some(&facts(100, 100, None, true)), &[&pro1000()]);
        assert_eq!(made.ignored, []);
        assert_eq!(made.ticket.media.value.size.name, DEFAULT_SIZE);
        assert_eq!(made.ticket.media.from, Source::Default);
        assert_eq!(made.ticket.scaling.value, PrintScaling::Fit);
        assert!(made.ticket.warnings.is_empty());
    }

    #[test]
    fn what_the_client_says_wins_and_is_remembered_as_his() {
        let wishes = Wishes {
            size: Some(MediaSize::from_name("iso_a3_297x420mm").unwrap()),
            copies: Some(3),
            intent: RenderingIntent::from_keyword("perceptual"),
            ..Wishes::default()
        };
        let made = decide(&wishes, None, &[&pro1000()]);
        assert_eq!((made.ticket.copies.value, made.ticket.copies.from), (3, Source::Client));
        assert_eq!(made.ticket.media.value.size.name, "iso_a3_297x420mm");
        assert_eq!(made.ticket.intent.from, Source::Client);
    }

    #[test]
    fn what_no_printer_can_do_is_named() {
        let wishes = Wishes {
            size: Some(MediaSize::from_name("iso_a0_841x1189mm").unwrap()),
            media_type: Some("com.canon-9999".into()),
            copies: Some(0),
            quality: Some(PrintQuality::Draft),
            resolution: Some(Resolution::square(1200)),
            ..Wishes::default()
        };
        let made = decide(&wishes, None, &[&pro1000()]);
        assert_eq!(
            made.ignored,
            [
                Ignored::Size,
                Ignored::MediaType,
                Ignored::Copies,
                Ignored::Quality,
                Ignored::Resolution
            ]
        );
        assert_eq!(made.ticket.media.value.size.name, DEFAULT_SIZE);
        assert_eq!(made.ticket.warnings.len(), 1);
    }

    #[test]
    fn what_no_printer_can_do_together_is_given_up_in_order() {
        let photo = Capabilities {
            media: vec!["iso_a2_420x594mm".into()],
            ..pro1000()
        };
        let office = Capabilities {
            media: vec!["iso_a4_210x297mm".into()],
            media_types: vec!["stationery".into()],
            borderless: false,
            ..pro1000()
        };
        let wishes = Wishes {
            size: Some(MediaSize::from_name("iso_a2_420x594mm").unwrap()),
            media_type: Some("stationery".into()),
            margins: Some(Margins::BORDERLESS),
            ..Wishes::default()
        };
        let made = decide(&wishes, None, &[&photo, &office]);
        assert!(made.conflict && made.ignored == [Ignored::MediaType], "{made:?}");
        let media = &made.ticket.media.value;
        assert_eq!(
            (media.media_type.as_str(), media.margins),
            ("auto", Margins::BORDERLESS)
        );
        assert_eq!(made.ticket.warnings.len(), 1);
        let a4 = Wishes {
            size: Some(MediaSize::from_name("iso_a4_210x297mm").unwrap()),
            ..wishes
        };
        let made = decide(&a4, None, &[&photo, &office]);
        assert_eq!(made.ignored, [Ignored::MediaType, Ignored::Margins]);
        assert!(!decide(&a4, None, &[]).conflict);
    }

    #[test]
    fn custom_sizes_are_held_against_the_printers_range() {
        let custom = |x, y| Wishes {
            size: Some(MediaSize::from_sides(Length::mm(x), Length::mm(y))),
            ..Wishes::default()
        };
        assert_eq!(decide(&custom(200.0, 300.0), None, &[&pro1000()]).ignored, []);
        assert_eq!(
            decide(&custom(500.0, 300.0), None, &[&pro1000()]).ignored,
            [Ignored::Size]
        );
    }

    #[test]
    fn auto_fills_borderless_sheets_and_fits_the_rest() {
        let auto = Wishes {
            scaling: Some(Wish::Auto),
            ..Wishes::default()
        };
        assert_eq!(decide(&auto, None, &[]).ticket.scaling.value, PrintScaling::Fit);
        let borderless = Wishes {
            margins: Some(Margins::BORDERLESS),
            ..auto
        };
        assert_eq!(decide(&borderless, None, &[]).ticket.scaling.value, PrintScaling::Fill);
        let auto_fit = Wishes {
            scaling: Some(Wish::AutoFit),
            ..Wishes::default()
        };
        let mut open = decide(&auto_fit, None, &[]).ticket;
        complete(&mut open, &facts(600, 600, Some(300), true));
        assert_eq!(open.scaling.value, PrintScaling::None);
        let small = facts(600, 600, Some(300), true);
        let large = facts(6000, 6000, Some(300), true);
        assert_eq!(
            decide(&auto_fit, Some(&small), &[]).ticket.scaling.value,
            PrintScaling::None
        );
        assert_eq!(
            decide(&auto_fit, Some(&large), &[]).ticket.scaling.value,
            PrintScaling::Fit
        );
    }

    #[test]
    fn an_untagged_picture_leaves_a_warning() {
        let made = decide(&Wishes::default(), Some(&facts(1, 1, None, false)), &[]);
        assert!(made.ticket.warnings[0].contains("treated as sRGB"));
    }
}
