//! The decision: a ticket whose every field is set, with who set it, and what of the client's wishes could not be kept.
//!
//! Pure: wishes, facts and capabilities in, ticket out.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Capabilities, ColorMode, Decided, DocumentFacts, Length, Margins, Media, MediaSize, Orientation, PageChoice,
    PrintQuality, RenderingIntent, Ticket,
};

use super::wishes::{Wish, Wishes};

mod scaling;

pub(super) use scaling::OPEN_AUTO_FIT;
use scaling::scaling;

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

#[cfg(test)]
pub(super) mod tests;
