//! One-dimensional curves: `curv`, `para`, the tables inside LUTs, and their inverses.

use super::bytes::{fixed_at, u16_at, u16_table, usize_at};

/// Most entries of a `curv` table; LittleCMS reads no more either.
const MAX_ENTRIES: usize = 0x7fff;
/// Below this a divisor counts as zero.
const TINY: f64 = 1e-4;
/// Where a formula runs away, it is held here.
const HUGE: f64 = 1e22;

/// A curve from 0..1 to 0..1. Formulas go on outside this range, tables are held at their ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Curve {
    /// A `para` function (ICC.1:2022, 10.18) of type `kind` with g a b c d e f.
    Formula { kind: u8, p: [f64; 7] },
    /// Its inverse.
    FormulaInverse { kind: u8, p: [f64; 7] },
    /// Equally spaced samples, 65535 is 1. At least two.
    Table(Vec<u16>),
    /// The inverse of a table that never falls.
    TableInverse(Vec<u16>),
}

impl Curve {
    /// y = x ^ gamma.
    pub(super) const fn gamma(gamma: f64) -> Curve {
        Curve::Formula {
            kind: 0,
            p: [gamma, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        }
    }

    /// Reads a `curv` or `para` element at the start of `bytes`; also returns how many bytes it takes.
    pub(super) fn read(bytes: &[u8]) -> Result<(Curve, usize), &'static str> {
        const CUT: &str = "a curve is cut off";
        match bytes.first_chunk::<4>().ok_or(CUT)? {
            b"curv" => {
                let count = usize_at(bytes, 8).ok_or(CUT)?;
                let length = 12 + count.min(MAX_ENTRIES + 1) * 2;
                let curve = match count {
                    0 => Curve::gamma(1.0),
                    1 => Curve::gamma(f64::from(u16_at(bytes, 12).ok_or(CUT)?) / 256.0),
                    n if n > MAX_ENTRIES => return Err("a curve has too many entries"),
                    n => Curve::Table(u16_table(bytes, 12, n).ok_or(CUT)?),
                };
                Ok((curve, length))
            }
            b"para" => {
                let kind = u16_at(bytes, 8).ok_or(CUT)?;
                let (kind, count) = match kind {
                    0 => (0, 1),
                    1 => (1, 3),
                    2 => (2, 4),
                    3 => (3, 5),
                    4 => (4, 7),
                    _ => return Err("a parametric curve is of an unknown type"),
                };
                let mut p = [0.0; 7];
                for (i, v) in p.iter_mut().take(count).enumerate() {
                    *v = fixed_at(bytes, 12 + 4 * i).ok_or(CUT)?;
                }
                Ok((Curve::Formula { kind, p }, 12 + 4 * count))
            }
            _ => Err("a curve is of an unknown type"),
        }
    }

    /// The value at `x`.
    pub(super) fn eval(&self, x: f64) -> f64 {
        match self {
            Curve::Formula { kind, p } => bounded(formula(*kind, p, x)),
            Curve::FormulaInverse { kind, p } => bounded(formula_inverse(*kind, p, x)),
            Curve::Table(t) => lookup(t, x),
            Curve::TableInverse(t) => search(t, clamp01(x)),
        }
    }

    /// The curve that leads back. Formulas are solved, rising tables are searched, and for the rest (falling or
    /// wavy tables) 4096 samples are solved as LittleCMS does, so that the choice of branch agrees with it.
    pub(super) fn inverse(&self) -> Curve {
        match self {
            Curve::Formula { kind, p } => Curve::FormulaInverse { kind: *kind, p: *p },
            Curve::FormulaInverse { kind, p } => Curve::Formula { kind: *kind, p: *p },
            Curve::TableInverse(t) => Curve::Table(t.clone()),
            Curve::Table(t) => {
                let rising = t.windows(2).all(|w| w[0] <= w[1]) && t.first() < t.last();
                if rising {
                    Curve::TableInverse(t.clone())
                } else {
                    Curve::Table(solve_wavy(t))
                }
            }
        }
    }
}

/// Holds a number between 0 and 1; what is no number is 0.
pub(super) fn clamp01(v: f64) -> f64 {
    if v.is_nan() { 0.0 } else { v.clamp(0.0, 1.0) }
}

fn bounded(v: f64) -> f64 {
    if v.is_nan() { 0.0 } else { v.clamp(-HUGE, HUGE) }
}

fn lookup(table: &[u16], x: f64) -> f64 {
    let last = table.len().saturating_sub(1);
    let at = clamp01(x) * last as f64;
    let cell = (at as usize).min(last);
    let here = table.get(cell).copied().map_or(0.0, f64::from);
    let next = table.get(cell + 1).copied().map_or(here, f64::from);
    (here + (next - here) * (at - cell as f64)) / 65535.0
}

/// Inverts a table that never falls: of a flat part the end nearer to white is taken.
fn search(table: &[u16], y: f64) -> f64 {
    let last = table.len().saturating_sub(1).max(1);
    let y = y * 65535.0;
    let above = table.partition_point(|t| f64::from(*t) <= y);
    if above == 0 {
        return 0.0;
    }
    let cell = (above - 1).min(last - 1);
    let (Some(low), Some(high)) = (table.get(cell), table.get(cell + 1)) else {
        return 0.0;
    };
    let (low, high) = (f64::from(*low), f64::from(*high));
    let part = if high > low {
        ((y - low) / (high - low)).min(1.0)
    } else {
        1.0
    };
    (cell as f64 + part) / last as f64
}

fn solve_wavy(table: &[u16]) -> Vec<u16> {
    const SAMPLES: usize = 4096;
    let last = table.len().saturating_sub(1).max(1) as f64;
    let ascending = table.first() < table.last();
    let holds = |w: &[u16], y: f64| y >= f64::from(w[0].min(w[1])) && y <= f64::from(w[0].max(w[1]));
    // Below the lowest sample lies the end that is darker.
    let (mut slope, mut offset) = (0.0, if ascending { 0.0 } else { 65535.0 });
    (0..SAMPLES)
        .map(|i| {
            let y = i as f64 * 65535.0 / (SAMPLES - 1) as f64;
            let cell = if ascending {
                table.windows(2).rposition(|w| holds(w, y))
            } else {
                table.windows(2).position(|w| holds(w, y))
            };
            if let Some(j) = cell {
                let (x1, x2) = (f64::from(table[j]), f64::from(table[j + 1]));
                let (y1, y2) = (j as f64 * 65535.0 / last, (j + 1) as f64 * 65535.0 / last);
                if x1 == x2 {
                    return (if ascending { y2 } else { y1 }).round() as u16;
                }
                slope = (y2 - y1) / (x2 - x1);
                offset = y2 - slope * x2;
            }
            (slope * y + offset).round() as u16
        })
        .collect()
}

/// The `para` functions, with the answers of LittleCMS where the standard leaves a gap.
fn formula(kind: u8, p: &[f64; 7], x: f64) -> f64 {
    let [g, a, b, c, d, e, f] = *p;
    let base = a * x + b;
    let power = if base > 0.0 { base.powf(g) } else { 0.0 };
    match kind {
        0 if x < 0.0 => {
            if (g - 1.0).abs() < TINY {
                x
            } else {
                0.0
            }
        }
        0 => x.powf(g),
        1 if a.abs() < TINY => 0.0,
        1 if x >= -b / a => power,
        1 => 0.0,
        2 if a.abs() < TINY => 0.0,
        2 if x >= (-b / a).max(0.0) => {
            if base > 0.0 {
                power + c
            } else {
                0.0
            }
        }
        2 => c,
        3 if x >= d => power,
        3 => x * c,
        _ if x >= d => power + e,
        _ => x * c + f,
    }
}

fn formula_inverse(kind: u8, p: &[f64; 7], y: f64) -> f64 {
    let [g, a, b, c, d, e, f] = *p;
    let unsolvable = g.abs() < TINY || a.abs() < TINY;
    let root = |v: f64| (v.powf(1.0 / g) - b) / a;
    let straight = |v: f64| if c.abs() < TINY { 0.0 } else { v / c };
    match kind {
        0 if y < 0.0 => {
            if (g - 1.0).abs() < TINY {
                y
            } else {
                0.0
            }
        }
        0 if g.abs() < TINY => HUGE,
        0 => y.powf(1.0 / g),
        1 | 2 if unsolvable => 0.0,
        1 if y < 0.0 => 0.0,
        1 => root(y).max(0.0),
        2 if y > c => root(y - c),
        2 if y == c => 0.0,
        2 => -b / a,
        3 => {
            let base = a * d + b;
            let knee = if base < 0.0 { 0.0 } else { base.powf(g) };
            match (y >= knee, unsolvable) {
                (true, true) => 0.0,
                (true, false) => root(y),
                (false, _) => straight(y),
            }
        }
        _ => match (y >= c * d + f, unsolvable || y < e) {
            (true, true) => 0.0,
            (true, false) => root(y - e),
            (false, _) => straight(y - f),
        },
    }
}
