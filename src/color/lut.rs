//! Reads the table tags: `mft1`, `mft2`, `mAB ` and `mBA `.

use super::bytes::{fixed_array, u8_table, u16_at, u16_table, usize_at};
use super::clut::Clut;
use super::curve::Curve;
use super::pipeline::{Pipeline, Stage};

const CUT: &str = "the table is cut off";
const CHANNELS: &str = "the table has another number of channels than the profile";
const GRID: &str = "the table has an impossible grid";

/// A table tag, read.
#[derive(Debug)]
pub(super) struct Lut {
    /// Its stages.
    pub(super) pipeline: Pipeline,
    /// Whether it is an `mft2`, where Lab has its version 2 encoding.
    pub(super) is_mft2: bool,
}

/// Reads a table tag of `inputs` to `outputs` channels, each 1, 3 or 4.
pub(super) fn read(bytes: &[u8], inputs: usize, outputs: usize) -> Result<Lut, &'static str> {
    let kind = bytes.first_chunk::<4>().ok_or(CUT)?;
    let stated = [bytes.get(8), bytes.get(9)].map(|c| c.map(|v| usize::from(*v)));
    if stated != [Some(inputs), Some(outputs)] {
        return Err(CHANNELS);
    }
    let pipeline = match kind {
        b"mft1" => read_mft(bytes, inputs, outputs, false),
        b"mft2" => read_mft(bytes, inputs, outputs, true),
        b"mAB " => read_modular(bytes, inputs, outputs, true),
        b"mBA " => read_modular(bytes, inputs, outputs, false),
        _ => Err("the table is of an unknown type"),
    }?;
    Ok(Lut {
        pipeline,
        is_mft2: kind == b"mft2",
    })
}

fn matrix(bytes: &[u8], at: usize) -> Option<[[f64; 3]; 3]> {
    let [a, b, c, d, e, f, g, h, i] = fixed_array::<9>(bytes, at)?;
    Some([[a, b, c], [d, e, f], [g, h, i]])
}

/// ICC.1:2022, 10.10 and 10.11: matrix, input tables, grid, output tables.
fn read_mft(bytes: &[u8], inputs: usize, outputs: usize, wide: bool) -> Result<Pipeline, &'static str> {
    let points = usize::from(*bytes.get(10).ok_or(CUT)?);
    let mut stages = Vec::new();
    let m = matrix(bytes, 12).ok_or(CUT)?;
    let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    // The standard wants it with XYZ alone; LittleCMS applies it to whatever has three channels.
    if inputs == 3 && m != identity {
        stages.push(Stage::Matrix(m, [0.0; 3]));
    }
    let (entries_in, entries_out, mut at) = if wide {
        let count = |at| u16_at(bytes, at).map(usize::from).ok_or(CUT);
        (count(48)?, count(50)?, 52)
    } else {
        (256, 256, 48)
    };
    let mut take = |count: usize| -> Result<Vec<u16>, &'static str> {
        let table = if wide {
            u16_table(bytes, at, count)
        } else {
            u8_table(bytes, at, count)
        }
        .ok_or(CUT)?;
        at += count * if wide { 2 } else { 1 };
        Ok(table)
    };
    let mut curves =
        |channels: usize, entries: usize, take: &mut dyn FnMut(usize) -> Result<Vec<u16>, &'static str>| {
            // 2 to 4096 entries by the standard; LittleCMS takes up to 0x7fff.
            if !(2..=0x7fff).contains(&entries) {
                return Err("the table has curves of an impossible length");
            }
            let tables = (0..channels)
                .map(|_| take(entries).map(Curve::Table))
                .collect::<Result<Vec<_>, _>>()?;
            stages.push(Stage::Curves(tables));
            Ok(stages.len())
        };
    let after_input = curves(inputs, entries_in, &mut take)?;
    let grid = vec![points; inputs];
    let clut = match points {
        0 if inputs == outputs => None,
        0 | 1 => return Err(GRID),
        _ => {
            let values = take(Clut::size(&grid, outputs).ok_or(GRID)?)?;
            Some(Clut::new(&grid, outputs, values).ok_or(GRID)?)
        }
    };
    curves(outputs, entries_out, &mut take)?;
    if let Some(clut) = clut {
        stages.insert(after_input, Stage::Clut(clut));
    }
    Ok(Pipeline { stages })
}

/// ICC.1:2022, 10.12 and 10.13. To the connection space the order is A, grid, M, matrix, B; from it the reverse.
fn read_modular(bytes: &[u8], inputs: usize, outputs: usize, to_pcs: bool) -> Result<Pipeline, &'static str> {
    let offset = |at: usize| usize_at(bytes, at).ok_or(CUT);
    let [b, mat, m, grid, a] = [offset(12)?, offset(16)?, offset(20)?, offset(24)?, offset(28)?];
    if grid == 0 && inputs != outputs {
        return Err(CHANNELS);
    }
    // Curves M and the matrix stand on the side of the connection space, A on the side of the device.
    let (pcs, device) = if to_pcs { (outputs, inputs) } else { (inputs, outputs) };
    let mut stages = Vec::new();
    let mut step = |what: char| -> Result<(), &'static str> {
        match what {
            'A' if a != 0 => stages.push(read_curves(bytes, a, device)?),
            'M' if m != 0 => stages.push(read_curves(bytes, m, pcs)?),
            'B' if b != 0 => stages.push(read_curves(bytes, b, pcs)?),
            'C' if grid != 0 => stages.push(Stage::Clut(read_grid(bytes, grid, inputs, outputs)?)),
            'X' if mat != 0 => {
                if pcs != 3 {
                    return Err(CHANNELS);
                }
                let offset = fixed_array::<3>(bytes, mat.checked_add(36).ok_or(CUT)?).ok_or(CUT)?;
                stages.push(Stage::Matrix(matrix(bytes, mat).ok_or(CUT)?, offset));
            }
            _ => {}
        }
        Ok(())
    };
    for what in if to_pcs { "ACMXB" } else { "BXMCA" }.chars() {
        step(what)?;
    }
    if stages.is_empty() {
        return Err("the table has no elements");
    }
    Ok(Pipeline { stages })
}

fn read_curves(bytes: &[u8], at: usize, count: usize) -> Result<Stage, &'static str> {
    let mut at = at;
    let mut curves = Vec::with_capacity(count);
    for _ in 0..count {
        let (curve, length) = Curve::read(bytes.get(at..).ok_or(CUT)?)?;
        curves.push(curve);
        at = at.saturating_add(length).saturating_add(3) & !3;
    }
    Ok(Stage::Curves(curves))
}

fn read_grid(bytes: &[u8], at: usize, inputs: usize, outputs: usize) -> Result<Clut, &'static str> {
    let head = bytes.get(at..).and_then(|b| b.first_chunk::<20>()).ok_or(CUT)?;
    let grid: Vec<usize> = head.iter().take(inputs).map(|v| usize::from(*v)).collect();
    let count = Clut::size(&grid, outputs).ok_or(GRID)?;
    let values = match head[16] {
        1 => u8_table(bytes, at + 20, count),
        2 => u16_table(bytes, at + 20, count),
        _ => return Err("the table has values of neither one nor two bytes"),
    };
    Clut::new(&grid, outputs, values.ok_or(CUT)?).ok_or(GRID)
}
