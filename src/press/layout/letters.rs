//! Whether everything that a composition says can be set, asked before its first page is drawn: a print that shows an
//! empty box where a letter should be is wasted.

use super::super::text::{self, TextError};
use super::LayoutError;
use super::compose::Subject;
use super::describe::Layout;
use super::words::Fields;

/// Checks the layout's own texts, and the values that they show of the page's fields and of each picture's.
///
/// # Errors
/// [`LayoutError::Letters`], of the first letter that can't be set.
pub(super) fn check(layout: &Layout, subjects: &[Subject], fields: &Fields) -> Result<(), LayoutError> {
    let wrong = |place: String| move |why: TextError| LayoutError::Letters { place, why };
    for (number, block) in layout.blocks.iter().enumerate() {
        for (field, words) in block.texts() {
            let place = format!("{}, {field}", block.place(number));
            text::check(words).map_err(wrong(place))?;
        }
    }
    for name in layout.words() {
        let own = subjects.iter().map(|subject| &subject.fields);
        for value in own.chain([fields]).filter_map(|fields| fields.get(&name)) {
            text::check(value).map_err(wrong(format!("{{{name}}}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Composition, Fields, LayoutError, Paper, Picture, Subject, tests::layout};
    use crate::model::{Margins, MediaSize, Resolution};

    fn told(text: &str, title: &str, filename: &str) -> Result<(), LayoutError> {
        let paper = Paper {
            sheet: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
            margins: Margins::BORDERLESS,
            dots: Resolution::square(30),
        };
        let subject = Subject {
            fields: Fields::default().with("filename", filename),
            ..Subject::new(Picture {
                width: 3,
                height: 2,
                resolution: None,
            })
        };
        let layout = layout(&format!("[[block]]\nkind='picture'\ncaption=[{{text=\"{text}\"}}]"));
        Composition::new(layout, paper, vec![subject], Fields::default().with("title", title)).map(|_| ())
    }

    #[test]
    fn letters_that_the_font_has_not_are_refused_where_they_are_shown() {
        assert_eq!(
            told("{title} {filename}", "Étude № 3\tЛес\n“Ω”", "e\u{301}.tif"),
            Ok(())
        );
        assert_eq!(told("{title}", "Dune", "漢字"), Ok(()), "it is not shown");
        let error = told("{title} {filename}", "Dune", "漢字").unwrap_err().to_string();
        assert!(
            error.contains("{filename}") && error.contains("漢 (U+6F22)") && error.contains("漢字"),
            "{error}"
        );
        let error = told("{title}", "a\u{7}b", "").unwrap_err().to_string();
        assert!(error.contains("{title}") && error.contains("U+0007"), "{error}");
        let error = told("שלום", "", "").unwrap_err().to_string();
        assert!(
            error.contains("block 1 (picture), caption.text") && error.contains("U+05E9"),
            "{error}"
        );
    }
}
