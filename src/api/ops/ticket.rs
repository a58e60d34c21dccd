//! How a job is to be printed, as it stands in requests: names and words are IPP's, in snake case; lengths are
//! millimetres. What is wrong is told with its field.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::api::Problem;
use crate::api::field::Field;
use crate::intake::{Ignored, Wish, Wishes};
use crate::model::{
    ColorMode, Length, Margins, MediaSize, NumberRange, Orientation, PageChoice, Paper, PrintQuality, RenderingIntent,
    Resolution,
};

/// Widest margin or border in millimetres.
const WIDEST: f64 = 1_000.0;
/// Most ranges of pages.
const RANGES: usize = 100;

/// Settings of a print. What is left out is the house's choice; in a change it stays, and `null` takes it back.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TicketRequest {
    /// The sheet: a short name (`a3+`) or PWG's (`na_super-b_13x19in`).
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub media: Field<SmolStr>,
    /// A paper of the house by its short name: its size and its media type at once.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub paper: Field<SmolStr>,
    /// `media-type`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub media_type: Field<SmolStr>,
    /// `media-source`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub media_source: Field<SmolStr>,
    /// Margins that are the same on all sides; 0 prints to the edges.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub border: Field<f64>,
    /// Margins of each side.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub margins: Field<Sides>,
    /// `auto`, `auto-fit`, `fit`, `fill`, `none`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub print_scaling: Field<SmolStr>,
    /// `auto`, `portrait`, `landscape`, `reverse-landscape`, `reverse-portrait`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub orientation: Field<Orientation>,
    /// `draft`, `normal`, `high`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub print_quality: Field<PrintQuality>,
    /// `color`, `monochrome`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub print_color_mode: Field<SmolStr>,
    /// `perceptual`, `relative`, `relative-bpc`, `saturation`, `absolute`
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub print_rendering_intent: Field<SmolStr>,
    /// Dots per inch.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub printer_resolution: Field<u32>,
    /// Pages, as people write them: `1-3,5`.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub page_ranges: Field<SmolStr>,
    /// Pages on a side of a sheet: 1, 2, 4, 6, 9 or 16.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub number_up: Field<u32>,
}

/// Margins in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Sides {
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub left: f64,
}

/// The field that asked for what can't be had.
pub const fn field_of(ignored: &Ignored) -> &'static str {
    match ignored {
        Ignored::Size => "ticket/media",
        Ignored::MediaType => "ticket/media_type",
        Ignored::Source => "ticket/media_source",
        Ignored::Margins | Ignored::Border => "ticket/border",
        Ignored::Copies => "copies",
        Ignored::Quality => "ticket/print_quality",
        Ignored::Resolution => "ticket/printer_resolution",
    }
}

impl TicketRequest {
    /// Where the same can be asked for by one of two fields, names the one that was used.
    pub(super) fn named(&self, problem: Problem) -> Problem {
        let used = match problem.field.as_deref() {
            Some("ticket/border") if self.margins.set().is_some() => "ticket/margins",
            Some("ticket/media" | "ticket/media_type") if self.paper.set().is_some() => "ticket/paper",
            _ => return problem,
        };
        problem.at(used)
    }

    /// What is wished for after this, where `before` was: of `papers`, the house's.
    ///
    /// # Errors
    /// 422 with the field.
    pub fn wishes(&self, before: Wishes, papers: &[Paper]) -> Result<Wishes, Problem> {
        let (mut size, mut media_type) = (before.size, before.media_type);
        match &self.paper {
            Field::Absent => {}
            Field::Null => (size, media_type) = (None, None),
            Field::Set(id) => {
                for (name, field) in [("media", &self.media), ("media_type", &self.media_type)] {
                    if field.set().is_some() {
                        let text = "a paper says its size and its type itself: leave one of the two out";
                        return Err(invalid(name, text));
                    }
                }
                let found = papers.iter().find(|paper| paper.id.as_str() == id);
                let paper = found
                    .ok_or_else(|| invalid("paper", format_smolstr!("there is no paper \"{}\" here", short(id))))?;
                (size, media_type) = (Some(paper.size.clone()), Some(paper.media_type.clone()));
            }
        }
        let keyword = |name: &'static str| {
            move |word: &SmolStr| {
                let is_good = (1..=127).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic());
                let text = "this is no IPP keyword, such as photographic-matte";
                is_good.then(|| word.clone()).ok_or_else(|| invalid(name, text))
            }
        };
        let margins = match (&self.border, &self.margins) {
            (Field::Set(_), Field::Set(_)) => {
                return Err(invalid(
                    "margins",
                    "border and margins are one thing: leave one of them out",
                ));
            }
            (Field::Set(border), _) => Some(Margins::same(length("border", *border)?)),
            (_, Field::Set(sides)) => Some(Margins {
                top: length("margins/top", sides.top)?,
                right: length("margins/right", sides.right)?,
                bottom: length("margins/bottom", sides.bottom)?,
                left: length("margins/left", sides.left)?,
            }),
            (Field::Absent, Field::Absent) => before.margins,
            (Field::Null, _) | (_, Field::Null) => None,
        };
        Ok(Wishes {
            size: self.media.over(size, |name| sheet(name))?,
            media_type: self.media_type.over(media_type, keyword("media_type"))?,
            source: self.media_source.over(before.source, keyword("media_source"))?,
            margins,
            copies: before.copies,
            scaling: self.print_scaling.over(before.scaling, |word| scaling(word))?,
            orientation: self.orientation.over(before.orientation, |o| Ok::<_, Problem>(*o))?,
            quality: self.print_quality.over(before.quality, |q| Ok::<_, Problem>(*q))?,
            color_mode: self.print_color_mode.over(before.color_mode, |word| {
                ColorMode::from_keyword(word).ok_or_else(|| unknown("print_color_mode", word, &["color", "monochrome"]))
            })?,
            intent: self.print_rendering_intent.over(before.intent, |word| {
                let known = ["perceptual", "relative", "relative-bpc", "saturation", "absolute"];
                RenderingIntent::from_keyword(word).ok_or_else(|| unknown("print_rendering_intent", word, &known))
            })?,
            resolution: self.printer_resolution.over(before.resolution, |dpi| match dpi {
                50..=4_800 => Ok(Resolution::square(*dpi)),
                _ => Err(invalid(
                    "printer_resolution",
                    "a resolution is from 50 to 4800 dots per inch",
                )),
            })?,
            page_ranges: self.page_ranges.over(before.page_ranges, |text| ranges(text))?,
            overrides: before.overrides,
            number_up: self.number_up.over(before.number_up, |many| {
                let is_good = PageChoice::NUMBER_UP.contains(many);
                is_good
                    .then_some(*many)
                    .ok_or_else(|| invalid("number_up", "1, 2, 4, 6, 9 or 16 pages share a side of a sheet"))
            })?,
        })
    }
}

fn invalid(field: &str, text: impl Into<SmolStr>) -> Problem {
    Problem::invalid(format_smolstr!("ticket/{field}"), text)
}

fn unknown(field: &str, word: &str, known: &[&str]) -> Problem {
    invalid(
        field,
        format_smolstr!("\"{}\" is none of {}", short(word), known.join(", ")),
    )
}

/// The beginning of what was sent, for a message.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn length(field: &str, mm: f64) -> Result<Length, Problem> {
    if (0.0..=WIDEST).contains(&mm) {
        Ok(Length::mm(mm))
    } else {
        Err(invalid(
            field,
            format_smolstr!("this is in millimetres, from 0 to {WIDEST}"),
        ))
    }
}

fn sheet(name: &str) -> Result<MediaSize, Problem> {
    let size = MediaSize::called(name).or_else(|| MediaSize::from_name(name).ok());
    size.ok_or_else(|| {
        let text = "is no sheet: give a short name such as a3+ or a PWG name such as iso_a3_297x420mm";
        invalid("media", format_smolstr!("\"{}\" {text}", short(name)))
    })
}

fn scaling(word: &str) -> Result<Wish, Problem> {
    let all = [Wish::Auto, Wish::AutoFit, Wish::Fit, Wish::Fill, Wish::None];
    let found = all.into_iter().find(|wish| wish.keyword() == word);
    found.ok_or_else(|| unknown("print_scaling", word, &all.map(Wish::keyword)))
}

fn ranges(text: &str) -> Result<Vec<NumberRange>, Problem> {
    let wrong = || {
        let text = "pages are written as 1-3,5: from 1 on, in order, none twice";
        invalid("page_ranges", text)
    };
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
    let mut ranges = Vec::new();
    for part in text.split(',') {
        let range = match part.split_once('-') {
            Some((first, last)) => NumberRange {
                first: number(first)?,
                last: number(last)?,
            },
            None => {
                let page = number(part)?;
                NumberRange {
                    first: page,
                    last: page,
                }
            }
        };
        ranges.push(range);
        if ranges.len() > RANGES {
            return Err(wrong());
        }
    }
    if PageChoice::are_good(&ranges) {
        Ok(ranges)
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Finish, PaperId};

    fn read(json: &str, before: Wishes) -> Result<Wishes, Problem> {
        let size = MediaSize::called("a3+").unwrap();
        let paper = Paper {
            id: PaperId::new("rag").unwrap(),
            name: "Photo Rag".into(),
            size,
            media_type: "photographic-matte".into(),
            finish: Finish::Matte,
            weight: None,
            price: None,
            low: 0,
        };
        let request: TicketRequest = serde_json::from_str(json).unwrap();
        request.wishes(before, &[paper])
    }

    #[test]
    fn wishes_are_read_as_ipp_would_have_them() {
        let wishes = read(
            r#"{"paper": "rag", "border": 20, "print_scaling": "fill", "print_quality": "high", "orientation": "landscape",
                "print_rendering_intent": "relative-bpc", "page_ranges": "1-3, 5", "number_up": 2, "printer_resolution": 600}"#,
            Wishes::default(),
        )
        .unwrap();
        assert_eq!(wishes.size, MediaSize::called("a3+"));
        assert_eq!(wishes.media_type.as_deref(), Some("photographic-matte"));
        assert_eq!(wishes.margins, Some(Margins::same(Length::mm(20.0))));
        assert_eq!((wishes.scaling, wishes.number_up), (Some(Wish::Fill), Some(2)));
        assert_eq!(wishes.page_ranges.map(|r| r.len()), Some(2));
        assert_eq!(wishes.resolution, Some(Resolution::square(600)));
    }

    #[test]
    fn a_change_touches_what_it_names_and_null_takes_back() {
        let before = read(
            r#"{"paper": "rag", "print_quality": "draft", "border": 3}"#,
            Wishes::default(),
        )
        .unwrap();
        let after = read(r#"{"print_quality": null, "media": "a4"}"#, before.clone()).unwrap();
        assert_eq!(after.quality, None);
        assert_eq!(after.size, MediaSize::called("a4"));
        assert_eq!(
            (after.media_type, after.margins),
            (before.media_type.clone(), before.margins)
        );
        let none = read(r#"{"paper": null, "margins": null}"#, before).unwrap();
        assert_eq!((none.size, none.media_type, none.margins), (None, None, None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, field) in [
            (r#"{"media": "papyrus"}"#, "media"),
            (r#"{"paper": "silk"}"#, "paper"),
            (r#"{"paper": "rag", "media": "a4"}"#, "media"),
            (r#"{"media_type": ""}"#, "media_type"),
            (r#"{"border": -1}"#, "border"),
            (
                r#"{"border": 1, "margins": {"top": 1, "right": 1, "bottom": 1, "left": 1}}"#,
                "margins",
            ),
            (
                r#"{"margins": {"top": 1, "right": 1e9, "bottom": 1, "left": 1}}"#,
                "margins/right",
            ),
            (r#"{"print_scaling": "stretch"}"#, "print_scaling"),
            (r#"{"print_color_mode": "sepia"}"#, "print_color_mode"),
            (r#"{"print_rendering_intent": "auto"}"#, "print_rendering_intent"),
            (r#"{"printer_resolution": 1}"#, "printer_resolution"),
            (r#"{"page_ranges": "3-1"}"#, "page_ranges"),
            (r#"{"page_ranges": "all"}"#, "page_ranges"),
            (r#"{"number_up": 3}"#, "number_up"),
        ] {
            let problem = read(json, Wishes::default()).unwrap_err();
            assert_eq!(
                problem.field.as_deref(),
                Some(format!("ticket/{field}").as_str()),
                "{json}"
            );
            assert_eq!(problem.status.as_u16(), 422);
        }
    }
}
