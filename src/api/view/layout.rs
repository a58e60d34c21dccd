//! How a sheet's geometry is told.

use serde::Serialize;
use smol_str::{SmolStr, format_smolstr};

use super::{MediaView, TicketView};
use crate::api::studio::{LEAST_PPI, MOST_SHEETS, SheetView};
use crate::model::Ticket;

/// Where everything lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayoutView {
    /// The sheet and its margins, in millimetres, as it is fed.
    pub media: MediaView,
    /// The whole ticket, as it was decided.
    pub ticket: TicketView,
    /// Sheets of one copy.
    pub sheets: u32,
    /// The sheets; of many, the first.
    pub pages: Vec<SheetView>,
    /// What a person should know before this is printed.
    pub warnings: Vec<SmolStr>,
}

impl LayoutView {
    /// That of a ticket and its sheets.
    pub fn of(ticket: &Ticket, mut pages: Vec<SheetView>) -> LayoutView {
        let sheets = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let mut warnings = ticket.warnings.clone();
        warnings.extend(soft(&pages));
        pages.truncate(MOST_SHEETS);
        LayoutView {
            media: MediaView::of(&ticket.media.value),
            ticket: TicketView::of(ticket),
            sheets,
            pages,
            warnings,
        }
    }
}

/// Of pictures that have too few pixels for their size: the worst is told.
fn soft(pages: &[SheetView]) -> Option<SmolStr> {
    let pictures = pages.iter().flat_map(|page| &page.pictures);
    let of_each = pictures.filter_map(|picture| Some((picture.ppi?, picture.document)));
    let (ppi, document) = of_each.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (ppi < LEAST_PPI).then(|| {
        format_smolstr!(
            "document {document} has {ppi:.0} pixels per inch at this size, and looks soft below {LEAST_PPI:.0}: print it \
             smaller, or send a larger picture"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::studio::PictureView;

    #[test]
    fn the_softest_picture_is_told() {
        let picture = |document, ppi| PictureView {
            document,
            page: 1,
            x: 0.0,
            y: 0.0,
            width: 1.0,
            height: 1.0,
            turned: 0,
            crop: [0.0, 0.0, 1.0, 1.0],
            ppi,
        };
        let sheet = |pictures| SheetView { number: 1, pictures };
        let fine = [sheet(vec![picture(1, Some(300.0)), picture(2, None)])];
        assert_eq!(soft(&fine), None);
        assert_eq!(soft(&[sheet(vec![picture(1, Some(180.0))])]), None);
        let worst = [
            sheet(vec![picture(1, Some(150.0))]),
            sheet(vec![picture(2, Some(99.6))]),
        ];
        assert!(soft(&worst).unwrap().starts_with("document 2 has 100 pixels per inch"));
    }
}
