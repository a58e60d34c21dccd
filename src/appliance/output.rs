//! What a printer is sent: stream format, pixel type, resolution, and by whose profile. Pure.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Capabilities, ColorMode, OutputSpec, PrintQuality, RasterFormat, RasterType, Resolution, Ticket};

/// Which profile the page is converted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputProfile {
    /// The paper's own, by its place in the printer's list.
    Paper(usize),
    /// The standard one of the raster type: the printer manages colour itself.
    Standard(RasterType),
}

/// A paper profile as far as the choice needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperChoice {
    /// The `media-type` that it is for; every one when `None`.
    pub media_type: Option<SmolStr>,
    /// The raster type through which it was made, where said.
    pub raster_type: Option<RasterType>,
}

/// Chooses for a ticket what a printer with these capabilities is sent. The reason continues "colour: …".
///
/// A paper profile is valid for the path that it was made through: it is used with the raster type that its entry
/// names, else with device RGB where the printer offers that, else with sRGB. Without one the printer is left to
/// manage colour, and gets the widest standard space that it takes.
///
/// # Errors
/// In words, when the printer takes nothing that can be written here.
pub fn choose(
    capabilities: &Capabilities,
    ticket: &Ticket,
    papers: &[PaperChoice],
) -> Result<(OutputSpec, OutputProfile, SmolStr), SmolStr> {
    let format = *capabilities.formats.first().ok_or_else(|| {
        SmolStr::new_static("the printer takes neither PWG raster nor Apple raster, and nothing else can be sent yet")
    })?;
    let offers = |t: RasterType| capabilities.raster_types.contains(&t);
    let first_offered = |types: &[RasterType]| types.iter().copied().find(|t| offers(*t));
    let none =
        || SmolStr::new_static("the printer takes no pixel type that can be written here (sRGB, Adobe RGB, grey)");

    let paper_type = &ticket.media.value.media_type;
    let (raster_type, profile, why) = if ticket.color_mode.value == ColorMode::Monochrome && offers(RasterType::Sgray8)
    {
        (
            RasterType::Sgray8,
            OutputProfile::Standard(RasterType::Sgray8),
            "grey, toned by the printer".into(),
        )
    } else if let Some(place) = paper_for(papers, paper_type) {
        let paper = &papers[place];
        let raster_type = match paper.raster_type {
            Some(t) if offers(t) => t,
            Some(t) => {
                return Err(format_smolstr!(
                    "the paper's profile was made through {}, which this printer does not offer",
                    t.keyword()
                ));
            }
            None => first_offered(&[RasterType::Rgb16, RasterType::Rgb8, RasterType::Srgb8]).ok_or_else(none)?,
        };
        let why = if raster_type.is_managed() {
            format_smolstr!(
                "the paper's profile, on {}, which the printer manages",
                raster_type.keyword()
            )
        } else {
            "the paper's profile, on device RGB".into()
        };
        (raster_type, OutputProfile::Paper(place), why)
    } else {
        let t = first_offered(&[
            RasterType::AdobeRgb16,
            RasterType::AdobeRgb8,
            RasterType::Srgb16,
            RasterType::Srgb8,
            RasterType::Sgray8,
        ])
        .ok_or_else(none)?;
        (
            t,
            OutputProfile::Standard(t),
            format_smolstr!(
                "{}; the printer does the rest, no profile for {} is set",
                t.keyword(),
                if paper_type == "auto" {
                    "whatever paper is in it"
                } else {
                    paper_type
                }
            ),
        )
    };
    let resolution = resolution(capabilities, ticket);
    Ok((
        OutputSpec {
            format,
            raster_type,
            resolution,
        },
        profile,
        why,
    ))
}

/// What the owner of a print should know of the choice: a paper's profile over a path on which the printer converts
/// colours once more is right only if it was made through that very path.
pub fn warning(output: &OutputSpec, profile: &OutputProfile, papers: &[PaperChoice]) -> Option<SmolStr> {
    let OutputProfile::Paper(place) = profile else {
        return None;
    };
    let t = output.raster_type;
    if !t.is_managed() {
        return None;
    }
    let made_so = papers.get(*place).is_some_and(|p| p.raster_type == Some(t));
    let rest = if made_so {
        "its entry says that it was made through this path, so see that the printer's colour settings are as they \
         were then"
    } else {
        "the colours are right only if the profile was made through this very path. Set raster-type in the profile's \
         entry if it was, or take the profile out and let the printer manage"
    };
    Some(format_smolstr!(
        "the paper's profile was used on {}, which the printer manages itself: {rest}",
        t.keyword()
    ))
}

/// A profile for exactly this media type, else one for every type.
pub fn paper_for(papers: &[PaperChoice], media_type: &str) -> Option<usize> {
    papers
        .iter()
        .position(|p| p.media_type.as_deref() == Some(media_type))
        .or_else(|| papers.iter().position(|p| p.media_type.is_none()))
}

/// The resolution that was asked for if the printer takes it; else its finest up to 600 dpi at high quality, its
/// coarsest at draft, and about 300 dpi in between.
fn resolution(capabilities: &Capabilities, ticket: &Ticket) -> Resolution {
    let offered = &capabilities.resolutions;
    if let Some(asked) = ticket.resolution.value
        && (offered.is_empty() || offered.contains(&asked))
    {
        return asked;
    }
    let mut square: Vec<u32> = offered.iter().filter(|r| r.x == r.y).map(|r| r.x).collect();
    square.sort_unstable();
    let at_most = |dpi: u32| {
        square
            .iter()
            .rev()
            .copied()
            .find(|d| *d <= dpi)
            .or(square.first().copied())
    };
    let dpi = match ticket.quality.value {
        PrintQuality::High => at_most(600),
        PrintQuality::Normal => at_most(300),
        PrintQuality::Draft => square.first().copied(),
    };
    Resolution::square(dpi.unwrap_or(300))
}

/// How the copies are made: by the printer, or by repeating the page in the stream. (copies asked for, repeats)
pub fn copies(capabilities: &Capabilities, wanted: u32, format: RasterFormat) -> (u32, u32) {
    let wanted = wanted.max(1);
    if wanted <= capabilities.copies.max(1) || format == RasterFormat::Png {
        (wanted, 1)
    } else {
        (1, wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Wishes, decide};
    use crate::model::Decided;

    fn printer(types: &[RasterType]) -> Capabilities {
        Capabilities {
            make_and_model: "x".into(),
            formats: vec![RasterFormat::Pwg],
            raster_types: types.to_vec(),
            resolutions: vec![
                Resolution::square(300),
                Resolution::square(600),
                Resolution::square(1200),
            ],
            copies: 1,
            media: vec![],
            media_types: vec![],
            media_sources: vec![],
            media_col: true,
            print_scaling: true,
            qualities: vec![],
            borderless: true,
            create_job: true,
        }
    }

    fn ticket() -> Ticket {
        decide(&Wishes::default(), None, &[]).ticket
    }

    fn any_paper(raster_type: Option<RasterType>) -> PaperChoice {
        PaperChoice {
            media_type: None,
            raster_type,
        }
    }

    #[test]
    fn device_rgb_only_with_a_paper_profile() {
        let all = printer(&RasterType::ALL);
        let (spec, profile, _) = choose(&all, &ticket(), &[any_paper(None)]).unwrap();
        assert_eq!(
            (spec.raster_type, profile),
            (RasterType::Rgb16, OutputProfile::Paper(0))
        );
        let (spec, profile, _) = choose(&all, &ticket(), &[]).unwrap();
        assert_eq!(
            (spec.raster_type, profile),
            (RasterType::AdobeRgb16, OutputProfile::Standard(RasterType::AdobeRgb16))
        );
    }

    #[test]
    fn a_paper_profile_over_a_managed_path_says_so() {
        let managed = printer(&[RasterType::Srgb8, RasterType::AdobeRgb8]);
        let said = |papers: &[PaperChoice], printer: &Capabilities| {
            let (spec, profile, _) = choose(printer, &ticket(), papers).unwrap();
            (spec.raster_type, warning(&spec, &profile, papers))
        };
        let (raster_type, text) = said(&[any_paper(None)], &managed);
        assert_eq!(raster_type, RasterType::Srgb8);
        assert!(
            text.unwrap()
                .contains("only if the profile was made through this very path")
        );
        let (raster_type, text) = said(&[any_paper(Some(RasterType::AdobeRgb8))], &managed);
        assert_eq!(raster_type, RasterType::AdobeRgb8);
        assert!(text.unwrap().contains("as they were then"));
        assert_eq!(said(&[], &managed).1, None);
        assert_eq!(said(&[any_paper(None)], &printer(&RasterType::ALL)).1, None);
        assert!(choose(&managed, &ticket(), &[any_paper(Some(RasterType::Rgb8))]).is_err());
    }

    #[test]
    fn the_profile_of_the_very_paper_wins() {
        let papers = [
            any_paper(None),
            PaperChoice {
                media_type: Some("auto".into()),
                raster_type: None,
            },
        ];
        let (_, profile, _) = choose(&printer(&RasterType::ALL), &ticket(), &papers).unwrap();
        assert_eq!(profile, OutputProfile::Paper(1));
    }

    #[test]
    fn resolution_by_quality_unless_asked_for() {
        let mut t = ticket();
        assert_eq!(resolution(&printer(&[]), &t), Resolution::square(600));
        t.quality.value = PrintQuality::Normal;
        assert_eq!(resolution(&printer(&[]), &t), Resolution::square(300));
        t.resolution = Decided::by_client(Some(Resolution::square(1200)));
        assert_eq!(resolution(&printer(&[]), &t), Resolution::square(1200));
    }

    #[test]
    fn copies_that_the_printer_can_not_make_are_repeated() {
        assert_eq!(copies(&printer(&[]), 3, RasterFormat::Pwg), (1, 3));
        assert_eq!(
            copies(
                &Capabilities {
                    copies: 99,
                    ..printer(&[])
                },
                3,
                RasterFormat::Pwg
            ),
            (3, 1)
        );
    }
}
