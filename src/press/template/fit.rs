//! Whether a sheet is one that a template is made for. Pure: whoever takes a job can ask it as well as the command line.

use toml::Value;

use crate::model::MediaSize;

use super::{Template, TemplateError};

impl Template {
    /// The sheet when nobody names one: the first of its sizes.
    pub fn first_size(&self) -> Option<MediaSize> {
        self.media.sizes.iter().find_map(|name| MediaSize::from_name(name).ok())
    }

    /// Checks that the template is made for this sheet: its layout adapts to any (`any = true`), it names no sizes, or it
    /// names this one. A layout that is composed upright or across takes its sizes fed either way.
    ///
    /// # Errors
    /// [`TemplateError::Paper`], with the sizes that it is made for.
    pub fn suits(&self, sheet: &MediaSize) -> Result<(), TemplateError> {
        let sizes = || {
            let names = self.media.sizes.iter();
            names.filter_map(|name| MediaSize::from_name(name).ok())
        };
        let turns = !matches!(
            self.table.get("orientation").and_then(Value::as_str),
            None | Some("as-fed")
        );
        let is_it = |size: MediaSize| size.is_about(sheet) || turns && size.turned().is_about(sheet);
        if self.media.any || self.media.sizes.is_empty() || sizes().any(is_it) {
            return Ok(());
        }
        let named = |size: MediaSize| format!("{} ({})", size.shown(), size.name);
        Err(TemplateError::Paper {
            template: self.name.clone(),
            sizes: sizes().map(named).collect::<Vec<_>>().join(", "),
            sheet: sheet.shown(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use crate::model::{Length, MediaSize};

    fn template(media: &str, orientation: &str) -> Template {
        let text = format!(
            "version = 1\nname = \"t\"\ntitle = \"T\"\ndescription = \"\"\n[media]\n{media}\n[layout]\n{orientation}\n\
             [[layout.block]]\nkind = \"picture\"\n"
        );
        Template::parse(&text, "t.toml").unwrap()
    }

    fn sheet(name: &str) -> MediaSize {
        MediaSize::called(name).unwrap()
    }

    #[test]
    fn a_sheet_is_one_of_its_sizes_or_refused() {
        let fixed = template(
            "sizes = [\"iso_a4_210x297mm\", \"na_letter_8.5x11in\"]",
            "orientation = \"portrait\"",
        );
        assert_eq!(fixed.first_size(), Some(sheet("a4")));
        for fits in [
            sheet("a4"),
            sheet("letter"),
            sheet("a4").turned(),
            MediaSize::from_sides(Length::mm(210.4), Length::mm(296.6)),
        ] {
            assert_eq!(fixed.suits(&fits), Ok(()), "{fits:?}");
        }
        let told = fixed.suits(&sheet("a3+")).unwrap_err().to_string();
        for words in ["template t", "A4 (iso_a4_210x297mm), Letter", "not for A3+"] {
            assert!(told.contains(words), "{told}");
        }
        assert!(
            fixed
                .suits(&MediaSize::from_sides(Length::mm(211.0), Length::mm(297.0)))
                .is_err()
        );
        // What is composed as it is fed lies otherwise on a turned sheet.
        let fed = template("sizes = [\"iso_a4_210x297mm\"]", "");
        assert!(fed.suits(&sheet("a4").turned()).is_err());
    }

    #[test]
    fn a_layout_that_adapts_takes_every_sheet() {
        let any = template("sizes = [\"iso_a3_297x420mm\"]\nany = true", "");
        assert_eq!(any.suits(&sheet("4x6")), Ok(()));
        assert_eq!(any.first_size(), Some(sheet("a3")));
        let silent = template("", "");
        assert_eq!((silent.suits(&sheet("4x6")), silent.first_size()), (Ok(()), None));
    }
}
