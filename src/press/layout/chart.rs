//! Step wedges and charts of patches to be measured.

use smol_str::{SmolStr, format_smolstr};

use super::super::page::Ink;
use super::super::text::{Cut, Line};
use super::LayoutError;
use super::describe::{Align, Chart, Order, Ramp, Wedge};
use super::draw::{Canvas, Hand};
use super::measure::{Ground, Rect};

/// Points of labels.
const LABEL: f64 = 6.0;
/// Millimetres left of a chart's rows for their numbers.
const NUMBERS: f64 = 6.0;

/// A patch: where it is found and what it asks of the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Page, from 0.
    pub page: usize,
    /// Column letters and row number, for example `AB12`. Columns count on from page to page.
    pub label: SmolStr,
    /// Column, from 0.
    pub column: usize,
    /// Row, from 0.
    pub row: usize,
    /// Red, green and blue of the device.
    pub value: [u8; 3],
}

/// A chart's values in their order. Always the same for the same chart.
pub fn patches(chart: &Chart) -> Vec<[u8; 3]> {
    let mut values = Vec::new();
    let step = |i: u32, steps: u32| {
        let top = steps.saturating_sub(1).max(1);
        u8::try_from((i * 255 + top / 2) / top).unwrap_or(u8::MAX)
    };
    for i in 0..chart.greys {
        values.push([step(i, chart.greys); 3]);
    }
    for i in 0..chart.cube.pow(3) {
        let (n, side) = (i, chart.cube);
        values.push([
            step(n / side / side, side),
            step(n / side % side, side),
            step(n % side, side),
        ]);
    }
    // Fillers spread evenly over the cube by Halton's sequence (bases 2, 3 and 5).
    let wanted = chart.patches as usize;
    let mut index = 1;
    while values.len() < wanted {
        values.push([2, 3, 5].map(|base| halton(index, base)));
        index += 1;
    }
    values.truncate(wanted);
    if chart.order == Order::Mixed {
        mix(&mut values);
    }
    values
}

/// The radical inverse of `index` in `base`, times 255.
fn halton(index: u64, base: u64) -> u8 {
    let (mut rest, mut digits, mut scale) = (index, 0, 1);
    while rest > 0 {
        digits = digits * base + rest % base;
        scale *= base;
        rest /= base;
    }
    u8::try_from((digits * 255 + scale / 2) / scale).unwrap_or(u8::MAX)
}

/// Fisher and Yates' shuffle with a fixed generator (SplitMix64), so that a chart is printed the same way for ever.
fn mix(values: &mut [[u8; 3]]) {
    let mut state = 0x506c_6174_656e_u64;
    for last in (1..values.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        values.swap(last, ((z ^ (z >> 31)) % (last as u64 + 1)) as usize);
    }
}

/// How a chart lies on a page.
struct Plan {
    /// The first patch's left and top.
    at: (f64, f64),
    columns: usize,
    rows: usize,
}

fn plan(chart: &Chart, ground: &Ground, place: &str) -> Result<Plan, LayoutError> {
    let frame = ground.frame(&chart.frame, place)?;
    let (left, top) = if chart.labels {
        (NUMBERS, Line::height(LABEL) + 0.5)
    } else {
        (0.0, 0.0)
    };
    let count =
        |room: f64, patch: f64, gap: f64| ((room + gap) / (patch + gap) + 1e-9).floor().clamp(0.0, 1e6) as usize;
    let columns = count(frame.width() - left, chart.patch.x, chart.gap.x);
    let rows = count(frame.height() - top, chart.patch.y, chart.gap.y);
    if columns == 0 || rows == 0 {
        return Err(LayoutError::NoRoom {
            place: place.to_owned(),
        });
    }
    // As few columns as the patches need, in the middle.
    let used = columns.min((chart.patches as usize).div_ceil(rows));
    let wide = left + used as f64 * (chart.patch.x + chart.gap.x) - chart.gap.x;
    Ok(Plan {
        at: (frame.x0 + (frame.width() - wide) / 2.0 + left, frame.y0 + top),
        columns,
        rows,
    })
}

/// Patches that a page holds.
pub(super) fn capacity(chart: &Chart, ground: &Ground, place: &str) -> Result<usize, LayoutError> {
    let plan = plan(chart, ground, place)?;
    Ok(plan.columns.saturating_mul(plan.rows))
}

/// A chart's patches with their places.
pub(super) fn listed(chart: &Chart, ground: &Ground, place: &str) -> Result<Vec<Patch>, LayoutError> {
    let plan = plan(chart, ground, place)?;
    let listed = patches(chart).into_iter().enumerate().map(|(index, value)| Patch {
        page: index / plan.rows / plan.columns,
        label: label_of(index / plan.rows, index % plan.rows),
        column: index / plan.rows,
        row: index % plan.rows,
        value,
    });
    Ok(listed.collect())
}

/// The label of the place in a column and a row, both from 0.
pub fn label_of(column: usize, row: usize) -> SmolStr {
    format_smolstr!("{}{}", letters(column), row + 1)
}

/// A column's letters: A to Z, AA to ZZ, and on.
fn letters(column: usize) -> String {
    let (mut rest, mut name) = (column, Vec::new());
    loop {
        name.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    name.iter().rev().map(|b| char::from(*b)).collect()
}

/// Draws page `page` of a chart.
pub(super) fn draw(canvas: &mut Canvas, chart: &Chart, page: usize, place: &str) -> Result<(), LayoutError> {
    let plan = plan(chart, canvas.ground, place)?;
    let values = patches(chart);
    let on_page = plan.columns.saturating_mul(plan.rows);
    let start = page.saturating_mul(on_page);
    let pitch = (chart.patch.x + chart.gap.x, chart.patch.y + chart.gap.y);
    let hand = label();
    for (index, value) in values.iter().enumerate().skip(start).take(on_page) {
        let (column, row) = ((index - start) / plan.rows, (index - start) % plan.rows);
        let (x, y) = (plan.at.0 + pitch.0 * column as f64, plan.at.1 + pitch.1 * row as f64);
        canvas.fill(&Rect::new(x, y, chart.patch.x, chart.patch.y), Ink::Device(*value))?;
        if !chart.labels {
            continue;
        }
        if row == 0 {
            let high = Line::height(LABEL);
            let head = Rect::new(x, plan.at.1 - high - 0.5, chart.patch.x, high);
            canvas.line(&letters(index / plan.rows), &head, Align::Center, &hand, place)?;
        }
        if column == 0 {
            let high = Line::height(LABEL);
            let side = Rect::new(
                plan.at.0 - NUMBERS,
                y + (chart.patch.y - high) / 2.0,
                NUMBERS - 1.0,
                high,
            );
            canvas.line(&(row + 1).to_string(), &side, Align::Right, &hand, place)?;
        }
    }
    Ok(())
}

fn label() -> Hand {
    Hand {
        size: LABEL,
        floor: 3.0,
        ink: Ink::Srgb([0; 3]),
        cut: Cut::End,
    }
}

/// Draws a wedge.
pub(super) fn wedge(canvas: &mut Canvas, wedge: &Wedge, place: &str) -> Result<(), LayoutError> {
    let frame = canvas.ground.frame(&wedge.frame, place)?;
    let (rows, steps) = (wedge.ramps.len() as f64, f64::from(wedge.steps));
    let under = if wedge.labels { Line::height(LABEL) + 0.5 } else { 0.0 };
    let high = (frame.height() - wedge.gap * (rows - 1.0)) / rows - under;
    if high <= 0.0 {
        return Err(LayoutError::NoRoom {
            place: place.to_owned(),
        });
    }
    for (row, ramp) in wedge.ramps.iter().enumerate() {
        let top = frame.y0 + row as f64 * (high + under + wedge.gap);
        for step in 0..wedge.steps {
            let edge = |n: u32| frame.x0 + frame.width() * f64::from(n) / steps;
            let rect = Rect {
                x0: edge(step),
                y0: top,
                x1: edge(step + 1),
                y1: top + high,
            };
            let last = wedge.steps.saturating_sub(1).max(1);
            let light = 255 - u8::try_from((step * 255 + last / 2) / last).unwrap_or(u8::MAX);
            let value = ramp.value(light);
            let ink = if wedge.device {
                Ink::Device(value)
            } else {
                Ink::Srgb(value)
            };
            canvas.fill(&rect, ink)?;
            if wedge.labels {
                let words = format!("{}", (step * 100 + last / 2) / last);
                let place_for = Rect {
                    y0: rect.y1 + 0.5,
                    y1: rect.y1 + under,
                    ..rect
                };
                canvas.line(&words, &place_for, Align::Center, &label(), place)?;
            }
        }
    }
    Ok(())
}

impl Ramp {
    /// The ramp's value with `light` left of white.
    fn value(self, light: u8) -> [u8; 3] {
        const FULL: u8 = u8::MAX;
        match self {
            Ramp::Grey => [light; 3],
            Ramp::Red => [FULL, light, light],
            Ramp::Green => [light, FULL, light],
            Ramp::Blue => [light, light, FULL],
            Ramp::Cyan => [light, FULL, FULL],
            Ramp::Magenta => [FULL, light, FULL],
            Ramp::Yellow => [FULL, FULL, light],
        }
    }
}
