//! What a person should know of a page that is made all the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::RasterType;

/// Of documents that tell nothing of their colours.
pub fn untagged<'a>(names: impl Iterator<Item = &'a Path>) -> Vec<String> {
    // A document of several pages is named once.
    let names: BTreeSet<&Path> = names.collect();
    let line = |name: &Path| {
        format!(
            "{}: no colour profile is in it, so it was taken for sRGB",
            name.display()
        )
    };
    names.into_iter().map(line).collect()
}

/// Of a paper's profile under pixels that the printer converts once more.
pub fn twice(profile: Option<&PathBuf>, pixels: RasterType) -> Option<String> {
    let profile = profile.filter(|_| pixels.is_managed())?;
    Some(format!(
        "{}: printers manage the colours of {} themselves, so that they are right only if this profile was made \
         through this very path: if it was made on device RGB, render --pixels rgb8 or rgb16",
        profile.display(),
        pixels.keyword()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_on_managed_pixels_is_told_of() {
        let profile = PathBuf::from("lustre.icc");
        for pixels in RasterType::ALL {
            let device = matches!(pixels, RasterType::Rgb8 | RasterType::Rgb16);
            let text = twice(Some(&profile), pixels);
            assert_eq!(text.is_none(), device, "{pixels:?}");
            assert!(device || text.is_some_and(|t| t.contains("lustre.icc") && t.contains(pixels.keyword())));
            assert_eq!(twice(None, pixels), None);
        }
    }

    #[test]
    fn a_document_is_named_once() {
        let names = ["b.tif", "a.png", "b.tif"].map(Path::new);
        let lines = untagged(names.into_iter());
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("a.png: ") && lines[1].starts_with("b.tif: "));
    }
}
