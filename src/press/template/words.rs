//! Words that templates show and that the house knows: what is printed on what, and how.

use crate::color::Profile;
use crate::model::{MediaSize, Rendering, RenderingIntent};

use super::super::layout::Fields;

/// Fields that are filled in unless somebody gives them. The layout itself knows `page`, `pages` and each picture's
/// `size`; `filename` is each picture's own.
pub const KNOWN: [&str; 9] = [
    "date",
    "filename",
    "intent",
    "page",
    "pages",
    "paper",
    "profile",
    "resolution",
    "size",
];

/// What is known of a print.
pub fn known(
    sheet: &MediaSize,
    profile: &Profile,
    intent: RenderingIntent,
    dpi: u32,
    date: jiff::civil::Date,
) -> Fields {
    Fields::default()
        .with("paper", sheet.shown())
        .with("profile", profile.description())
        .with("intent", shown(intent))
        .with("resolution", format!("{dpi} dpi"))
        .with("date", date.to_string())
}

/// An intent as people say it.
fn shown(intent: RenderingIntent) -> String {
    let name = match intent.intent {
        Rendering::Perceptual => "perceptual",
        Rendering::Relative => "relative",
        Rendering::Saturation => "saturation",
        Rendering::Absolute => return "absolute".to_owned(),
    };
    let compensated = if intent.black_point_compensation {
        "with"
    } else {
        "without"
    };
    format!("{name} {compensated} BPC")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::press::layout::FIELDS;

    #[test]
    fn a_print_is_known_by_its_paper_profile_and_intent() {
        let sheet = MediaSize::called("a3+").unwrap();
        let date = jiff::civil::date(2026, 3, 9);
        let words = |intent, compensate| {
            known(
                &sheet,
                &Profile::srgb(),
                RenderingIntent {
                    intent,
                    black_point_compensation: compensate,
                },
                600,
                date,
            )
        };
        let fields = words(Rendering::Relative, true);
        for (name, value) in [
            ("paper", "A3+"),
            ("intent", "relative with BPC"),
            ("resolution", "600 dpi"),
            ("date", "2026-03-09"),
        ] {
            assert_eq!(fields.get(name), Some(value));
        }
        assert_eq!(fields.get("profile"), Some(Profile::srgb().description()));
        assert_eq!(
            words(Rendering::Perceptual, false).get("intent"),
            Some("perceptual without BPC")
        );
        assert_eq!(words(Rendering::Absolute, true).get("intent"), Some("absolute"));
        assert!(KNOWN.iter().all(|name| FIELDS.contains(name)));
    }
}
