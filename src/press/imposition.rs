//! Pages of documents onto sheets: those that were chosen, each placed as it was asked for, one or several on a sheet.

use super::layout::{self, Picture};
use super::page::Page;
use super::stream::PAGES;
use super::{Input, Place, PressError, PressLimits, inspect_page};
use crate::model::{ChosenPage, Length, Margins, MediaSize, Resolution};

/// The sheet that pages are put on.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// Its size.
    pub sheet: &'a MediaSize,
    /// Margins that are kept white.
    pub margins: Margins,
    /// Dots per inch.
    pub dots: Resolution,
    /// `number-up`
    pub number_up: u32,
}

/// Columns and rows of `number-up`.
fn grid(number_up: u32, landscape: bool) -> (u32, u32) {
    let (narrow, wide) = match number_up {
        0 | 1 => (1, 1),
        2 => (1, 2),
        4 => (2, 2),
        6 => (2, 3),
        9 => (3, 3),
        _ => (4, 4),
    };
    if landscape { (wide, narrow) } else { (narrow, wide) }
}

/// The margins that leave cell `n` of a sheet free, counted along the rows.
fn cell(side: &Side<'_>, n: u32) -> Margins {
    let (columns, rows) = grid(side.number_up, side.sheet.x > side.sheet.y);
    let (column, row) = (n % columns, n / columns);
    let part = |before: Length, after: Length, whole: Length, at: u32, of: u32| {
        let room = i64::from((whole - before - after).as_hundredths());
        let edge = |k: u32| Length::hundredths((room * i64::from(k) / i64::from(of)) as i32);
        let start = before + edge(at);
        (start, whole - before - edge(at + 1))
    };
    let margins = &side.margins;
    let (left, right) = part(margins.left, margins.right, side.sheet.x, column, columns);
    let (top, bottom) = part(margins.top, margins.bottom, side.sheet.y, row, rows);
    Margins {
        left,
        right,
        top,
        bottom,
    }
}

/// Lays pages out. `documents` are the inputs by number; gives one input a page, and the sheets' sides that show them.
///
/// # Errors
/// [`PressError`] of the first page that can't be read, and [`PressError::NoRoom`].
pub fn impose(
    documents: &[Input],
    chosen: &[ChosenPage],
    side: &Side<'_>,
    limits: &PressLimits,
) -> Result<(Vec<Input>, Vec<Page>), PressError> {
    let per_side = side.number_up.max(1) as usize;
    let (mut inputs, mut pages) = (Vec::with_capacity(chosen.len()), Vec::new());
    if chosen.len() > PAGES {
        return Err(PressError::Output(format!("a print has at most {PAGES} pages")));
    }
    // Every document begins on a side of its own.
    let of_documents = chosen.chunk_by(|a, b| a.document == b.document);
    for together in of_documents.flat_map(|of_one| of_one.chunks(per_side)) {
        let mut page = Page::default();
        for (n, one) in (0..).zip(together) {
            let document = documents
                .get(one.document)
                .ok_or_else(|| PressError::Output("a page of no document was chosen (please report this)".into()))?;
            let input = Input {
                page: one.page,
                ..document.clone()
            };
            let place = Place {
                input: one.document,
                page: (one.page > 0).then_some(one.page),
            };
            let facts = inspect_page(&input, limits).map_err(|e| e.at(place))?;
            let picture = Picture {
                width: facts.width,
                height: facts.height,
                resolution: facts.resolution,
            };
            let margins = cell(side, n);
            let placement = layout::place(picture, side.sheet, &margins, side.dots, one.scaling, one.orientation)
                .ok_or(PressError::NoRoom)?;
            let placed = Page::of(&placement, inputs.len());
            page.sheet = placed.sheet;
            page.elements.extend(placed.elements);
            inputs.push(input);
        }
        pages.push(page);
    }
    Ok((inputs, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken at the door is printed: margins that leave room leave it to every page of a side.
    #[test]
    fn margins_that_leave_room_are_never_refused_here() {
        let picture = Picture {
            width: 30,
            height: 20,
            resolution: None,
        };
        for (name, mm) in [
            ("iso_a4_210x297mm", 100.0),
            ("iso_a4_210x297mm", 3.4),
            ("om_card_54x86mm", 22.0),
        ] {
            let sheet = MediaSize::from_name(name).unwrap();
            let margins = Margins::same(Length::mm(mm));
            assert!(margins.leave_room(&sheet), "{name} {mm}");
            for (dpi, number_up) in [72, 300, 600, 1440]
                .into_iter()
                .flat_map(|d| [1, 2, 16].map(|n| (d, n)))
            {
                let side = Side {
                    sheet: &sheet,
                    margins,
                    dots: Resolution::square(dpi),
                    number_up,
                };
                for n in 0..number_up {
                    let scaling = crate::model::PrintScaling::Fit;
                    let upright = crate::model::Orientation::Auto;
                    let placed = layout::place(picture, &sheet, &cell(&side, n), side.dots, scaling, upright);
                    assert!(placed.is_some(), "{name} {mm} {dpi} {n} of {number_up}");
                }
            }
        }
    }

    #[test]
    fn cells_tile_the_printable_area() {
        let a4 = MediaSize::from_name("iso_a4_210x297mm").unwrap();
        let margins = Margins {
            left: Length::mm(3.4),
            right: Length::mm(3.4),
            top: Length::mm(3.0),
            bottom: Length::mm(5.0),
        };
        for (number_up, columns, rows) in [(1, 1, 1), (2, 1, 2), (6, 2, 3), (16, 4, 4)] {
            let side = Side {
                sheet: &a4,
                margins,
                dots: Resolution::square(300),
                number_up,
            };
            let cells: Vec<Margins> = (0..number_up).map(|n| cell(&side, n)).collect();
            assert_eq!((cells[0].left, cells[0].top), (margins.left, margins.top));
            let last = cells.last().unwrap();
            assert_eq!((last.right, last.bottom), (margins.right, margins.bottom));
            for (n, c) in cells.iter().enumerate() {
                let (column, row) = (n as u32 % columns, n as u32 / columns);
                if column + 1 < columns {
                    assert_eq!(a4.x - c.right, cells[n + 1].left, "{number_up}: {n}");
                }
                if row + 1 < rows {
                    assert_eq!(a4.y - c.bottom, cells[n + columns as usize].top, "{number_up}: {n}");
                }
            }
        }
    }
}
