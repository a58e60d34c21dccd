//! How profiles are told of.

use std::fmt::Write as _;

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use crate::color::{ColorSpace, Gamut, Profile, ProfileError, ProfileFacts};
use crate::model::Rendering;

/// What a profile is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileFactsView {
    /// Its own description.
    pub description: String,
    /// Device class: `input`, `display`, `output`, `space`.
    pub class: &'static str,
    /// Colour space of the device: `gray`, `rgb`, `cmyk`.
    pub space: &'static str,
    /// The connection space: `Lab` or `XYZ`.
    pub pcs: &'static str,
    /// Version of the format.
    pub version: String,
    /// The paper's white in CIELAB.
    pub white_lab: [f64; 3],
    /// `table` or `matrix`
    pub conversion: &'static str,
    /// Intents for which it has a table of its own.
    pub intents: Vec<Rendering>,
    /// Its length in bytes.
    pub bytes: usize,
    /// Cubic ΔE*ab, media-relative.
    pub gamut_volume: f64,
    /// The share of sRGB that it can show, in per cent.
    pub srgb_percent: f64,
    /// A picture of its gamut against sRGB; at a path of its own.
    #[serde(skip)]
    pub gamut_svg: String,
}

impl ProfileFactsView {
    /// That of a profile. Samples its surface: tens of milliseconds. Blocking.
    ///
    /// # Errors
    /// When it does not convert from its device.
    pub fn of(profile: &Profile) -> Result<ProfileFactsView, ProfileError> {
        let ProfileFacts {
            description,
            class,
            space,
            pcs,
            version,
            white_lab,
            is_table,
            to_device,
            bytes,
            ..
        } = profile.facts();
        let (gamut, srgb) = (Gamut::of(profile)?, Gamut::of(&Profile::srgb())?);
        Ok(ProfileFactsView {
            description,
            class,
            space: match space {
                ColorSpace::Gray => "gray",
                ColorSpace::Rgb => "rgb",
                ColorSpace::Cmyk => "cmyk",
            },
            pcs,
            version,
            white_lab: white_lab.map(|value| (value * 100.0).round() / 100.0),
            conversion: if is_table { "table" } else { "matrix" },
            intents: to_device,
            bytes,
            gamut_volume: gamut.volume().round(),
            srgb_percent: (gamut.covers(&srgb) * 1000.0).round() / 10.0,
            gamut_svg: picture(&gamut, &srgb),
        })
    }
}

/// Half the side of the picture: a* and b* from −130 to 130.
const HALF: f64 = 130.0;

/// The gamut and sRGB as one sees them from white: a* to the right, b* upwards. Colours that can be told apart on light
/// and dark.
fn picture(gamut: &Gamut, srgb: &Gamut) -> String {
    let points = |gamut: &Gamut| -> String {
        let outline = gamut.outline().into_iter();
        let told = outline.map(|[a, b]| format!("{:.1},{:.1}", a + HALF, HALF - b));
        told.collect::<Vec<_>>().join(" ")
    };
    let side = 2.0 * HALF;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\">\
         <title>Gamut in a* and b*, with sRGB dashed</title>\
         <g fill=\"none\" stroke=\"#808080\" stroke-width=\"0.5\">\
         <path d=\"M0 {HALF}H{side}M{HALF} 0V{side}\"/>"
    );
    for radius in [40, 80, 120] {
        // Writing to a string does not fail.
        let _ = write!(
            svg,
            "<circle cx=\"{HALF}\" cy=\"{HALF}\" r=\"{radius}\" stroke-opacity=\"0.5\"/>"
        );
    }
    let _ = write!(
        svg,
        "</g><polygon points=\"{}\" fill=\"#d08020\" fill-opacity=\"0.25\" stroke=\"#d08020\" stroke-width=\"1.5\"/>\
         <polygon points=\"{}\" fill=\"none\" stroke=\"#4080d0\" stroke-width=\"1.2\" stroke-dasharray=\"4 3\"/>\
         <g fill=\"#808080\" font-family=\"sans-serif\" font-size=\"9\">\
         <text x=\"{}\" y=\"{}\">a*</text><text x=\"{}\" y=\"9\">b*</text></g></svg>",
        points(gamut),
        points(srgb),
        side - 12.0,
        HALF - 4.0,
        HALF + 4.0,
    );
    svg
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileView {
    /// SHA-256 of its bytes, by which it is named.
    pub digest: String,
    /// What people call it.
    pub name: SmolStr,
    /// Whether the configuration file names it, so that it can't be removed here.
    pub configured: bool,
    /// When it came; none of a configured one.
    pub added: Option<Moment>,
    /// Who brought it.
    pub by: Option<SmolStr>,
    /// What it is.
    #[serde(flatten)]
    pub facts: ProfileFactsView,
    /// Where it is used.
    pub uses: Vec<ProfileUseView>,
}

/// Where a profile is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileUseView {
    /// Short name of the printer.
    pub printer: SmolStr,
    /// For this `media-type`; none: every one that has no other.
    pub media_type: Option<SmolStr>,
    /// PWG keyword of the raster type through which it was made; none: as the printer offers.
    pub raster_type: Option<&'static str>,
    /// The profile.
    pub profile: String,
    /// Whether the configuration file says so.
    pub configured: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_told_with_its_gamut_and_a_picture_of_it() {
        let facts = ProfileFactsView::of(&Profile::virtual_paper()).unwrap();
        assert_eq!((facts.class, facts.space, facts.conversion), ("output", "rgb", "table"));
        assert!(facts.srgb_percent > 30.0 && facts.gamut_volume > 1e5, "{facts:?}");
        assert!(facts.gamut_svg.starts_with("<svg ") && facts.gamut_svg.ends_with("</svg>"));
        assert_eq!(facts.gamut_svg.matches("<polygon").count(), 2);
        // Nothing in it may be forbidden by our own policy.
        assert!(!facts.gamut_svg.contains("style") && !facts.gamut_svg.contains("href"));
    }
}
