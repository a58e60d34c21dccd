//! What a layout may ask for at most.

/// Blocks of a layout.
pub const BLOCKS: usize = 64;
/// Rows or columns of a grid.
pub const LINES: u32 = 60;
/// Captions of a cell.
pub const CAPTIONS: usize = 8;
/// Letters of a text before its fields are filled in.
pub const TEXT: usize = 1_000;
/// Lines of a text.
pub const TEXT_LINES: usize = 40;
/// Letters of a field's value.
pub const VALUE: usize = 400;
/// Points of letters.
pub const POINTS: f64 = 400.0;
/// Millimetres of anything: the longest sheet is 10 m (PWG 5101.1 names none as long).
pub const MM: f64 = 10_000.0;
/// Millimetres beyond the sheet's edges.
pub const OVERSPRAY: f64 = 20.0;
/// Pictures that a page can show.
pub const SLOTS: u32 = 3_600;
/// Pictures of one composition.
pub const PICTURES: usize = 100_000;
/// Pages of one composition.
pub const PAGES: usize = 10_000;
/// Elements of one page.
pub const ELEMENTS: usize = 60_000;
/// Bytes of one page's masks, before they are cut to the paper.
pub const MASKS: usize = 64 << 20;
/// Letters of one page, so that no page takes long to set.
pub const LETTERS: usize = 200_000;
/// Steps of a wedge.
pub const STEPS: u32 = 256;
/// Patches of a chart.
pub const PATCHES: u32 = 10_000;
/// Dots per inch: as fine as any raster that a printer takes.
pub const DOTS: u32 = 2_400;
