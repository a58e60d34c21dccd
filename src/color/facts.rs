//! What a profile says of itself.

use super::bytes::signature_text;
use super::pcs::xyz_to_lab;
use super::profile::Profile;
use super::{ColorSpace, ProfileError};
use crate::model::Rendering;

/// What a profile is, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileFacts {
    /// Its own description.
    pub description: String,
    /// Device class (ICC.1:2022, table 18): `input`, `display`, `output`, `space`.
    pub class: &'static str,
    /// Colour space of the device.
    pub space: ColorSpace,
    /// The connection space: `Lab` or `XYZ`.
    pub pcs: &'static str,
    /// Version of the format: `2.1`, `4.3`.
    pub version: String,
    /// The media's white, XYZ with Y = 1 for a perfect diffuser.
    pub white_xyz: [f64; 3],
    /// The same in CIELAB under D50.
    pub white_lab: [f64; 3],
    /// Whether it converts by tables, else by a matrix and curves.
    pub is_table: bool,
    /// The intents for which it has a table of its own to the device.
    pub to_device: Vec<Rendering>,
    /// Its length in bytes.
    pub bytes: usize,
}

impl Profile {
    /// What it says of itself.
    pub fn facts(&self) -> ProfileFacts {
        let class: [u8; 4] = self.class();
        let intents = [Rendering::Perceptual, Rendering::Relative, Rendering::Saturation];
        let white_xyz = self.media_white();
        ProfileFacts {
            description: self.description().to_owned(),
            class: match &class {
                b"scnr" => "input",
                b"mntr" => "display",
                b"prtr" => "output",
                _ => "space",
            },
            space: self.color_space(),
            pcs: if self.is_lab() { "Lab" } else { "XYZ" },
            // Two digits of the second byte: minor version and bug fix (ICC.1:2022, 7.2.4).
            version: format!("{}.{}", self.major(), self.as_bytes().get(9).map_or(0, |b| b >> 4)),
            white_xyz,
            white_lab: xyz_to_lab(white_xyz),
            is_table: intents.iter().any(|intent| self.has_table(*intent, false)),
            to_device: intents
                .into_iter()
                .filter(|intent| self.has_table(*intent, true))
                .collect(),
            bytes: self.as_bytes().len(),
        }
    }

    /// Refuses one that no printer can be driven by: of another class than output, display or colour space.
    ///
    /// # Errors
    /// [`ProfileError::Class`].
    pub fn check_of_printer(&self) -> Result<(), ProfileError> {
        match &self.class() {
            b"scnr" => Err(ProfileError::Class(signature_text(self.class()))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_and_a_display_say_what_they_are() {
        let paper = Profile::virtual_paper().facts();
        assert_eq!(
            (paper.class, paper.space, paper.pcs),
            ("output", ColorSpace::Rgb, "Lab")
        );
        assert!(paper.is_table && paper.to_device.contains(&Rendering::Relative));
        assert!((80.0..100.0).contains(&paper.white_lab[0]), "{paper:?}");
        let display = Profile::srgb().facts();
        assert_eq!(
            (display.class, display.pcs, display.is_table),
            ("display", "XYZ", false)
        );
        assert!(display.version.starts_with("2."), "{}", display.version);
        assert!(display.to_device.is_empty());
        assert!(Profile::srgb().check_of_printer().is_ok());
    }
}
