//! `auto` and `auto-fit`, decided.

use super::Wish;
use crate::model::{Decided, DocumentFacts, Length, Media, PrintScaling};

/// Why an `auto-fit` stands open until the document is there.
pub(in crate::intake) const OPEN_AUTO_FIT: &str = "auto-fit: decided when the document is here";

/// `auto` and `auto-fit` decided as PWG 5100.13 describes them.
pub(super) fn scaling(wish: Option<Wish>, facts: Option<&DocumentFacts>, media: &Media) -> Decided<PrintScaling> {
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
