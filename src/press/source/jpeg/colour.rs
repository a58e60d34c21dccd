//! Colour: components to interleaved pixels (ITU-T T.871, clause 7), in integers with libjpeg's roundings.

/// Pixels at once.
const STEP: usize = 16;

/// As they are.
pub fn grey(y: &[u8], into: &mut [u8]) {
    into.copy_from_slice(&y[..into.len()]);
}

/// Three as they are.
pub fn three([r, g, b]: [&[u8]; 3], into: &mut [u8]) {
    for (((pixel, r), g), b) in into.as_chunks_mut::<3>().0.iter_mut().zip(r).zip(g).zip(b) {
        *pixel = [*r, *g, *b];
    }
}

/// 1.402, 1.772, 0.344136 and 0.714136 in 65,536ths: what is over a whole or two, so that 16 bits hold it.
const RED: i16 = 26_345;
const BLUE: i16 = -14_942;
const GREEN_CB: i16 = -22_554;
const GREEN_CR: i16 = 18_734;

/// One pixel.
#[inline(always)]
fn pixel(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (
        i16::from(y),
        i16::from(cb).wrapping_sub(128),
        i16::from(cr).wrapping_sub(128),
    );
    // (2 x c / 2^16 + 1) / 2 rounds c x / 2^16 exactly, and needs the upper half of a 16-bit product only.
    let part = |x: i16, by: i16| {
        let half = (i32::from(x.wrapping_mul(2)).wrapping_mul(i32::from(by)) >> 16) as i16;
        half.wrapping_add(1) >> 1
    };
    let product = |x: i16, by: i16| i32::from(x).wrapping_mul(i32::from(by));
    let green = product(cb, GREEN_CB)
        .wrapping_add(product(cr, GREEN_CR))
        .wrapping_add(32_768)
        >> 16;
    let fit = |v: i16| v.clamp(0, 255) as u8;
    [
        fit(y.wrapping_add(cr).wrapping_add(part(cr, RED))),
        fit(y.wrapping_sub(cr).wrapping_add(green as i16)),
        fit(y.wrapping_add(cb.wrapping_mul(2)).wrapping_add(part(cb, BLUE))),
    ]
}

#[inline(always)]
fn sixteen(y: &[u8; STEP], cb: &[u8; STEP], cr: &[u8; STEP]) -> [[u8; STEP]; 3] {
    let mut out = [[0; STEP]; 3];
    for i in 0..STEP {
        let [r, g, b] = pixel(y[i], cb[i], cr[i]);
        out[0][i] = r;
        out[1][i] = g;
        out[2][i] = b;
    }
    out
}

/// YCbCr to RGB; from the row's end with `backwards`.
#[inline(always)]
pub fn ycbcr([y, cb, cr]: [&[u8]; 3], backwards: bool, into: &mut [u8]) {
    let (pixels, _) = into.as_chunks_mut::<3>();
    let (ys, cbs, crs) = (
        y.as_chunks::<STEP>().0,
        cb.as_chunks::<STEP>().0,
        cr.as_chunks::<STEP>().0,
    );
    let from = ys.iter().zip(cbs).zip(crs);
    let rest;
    let done;
    if backwards {
        let (before, blocks) = pixels.as_rchunks_mut::<STEP>();
        done = blocks.len() * STEP;
        rest = before;
        for (out, ((y, cb), cr)) in blocks.iter_mut().rev().zip(from) {
            let [r, g, b] = sixteen(y, cb, cr);
            for (i, pixel) in out.iter_mut().rev().enumerate() {
                *pixel = [r[i], g[i], b[i]];
            }
        }
    } else {
        let (blocks, after) = pixels.as_chunks_mut::<STEP>();
        done = blocks.len() * STEP;
        rest = after;
        for (out, ((y, cb), cr)) in blocks.iter_mut().zip(from) {
            let [r, g, b] = sixteen(y, cb, cr);
            for (i, pixel) in out.iter_mut().enumerate() {
                *pixel = [r[i], g[i], b[i]];
            }
        }
    }
    for (((out, y), cb), cr) in rest.iter_mut().zip(&y[done..]).zip(&cb[done..]).zip(&cr[done..]) {
        *out = pixel(*y, *cb, *cr);
    }
    if backwards {
        rest.reverse();
    }
}

/// CMYK; `inverted` says that 255 is no ink. Gives 0 for no ink.
pub fn cmyk([c, m, y, k]: [&[u8]; 4], inverted: bool, into: &mut [u8]) {
    let flip = if inverted { 255 } else { 0 };
    for ((((pixel, c), m), y), k) in into.as_chunks_mut::<4>().0.iter_mut().zip(c).zip(m).zip(y).zip(k) {
        *pixel = [*c, *m, *y, *k].map(|s| s ^ flip);
    }
}

/// YCbCr and K: the first three are the complement of CMY. `inverted` as for [`cmyk`].
pub fn ycck([y, cb, cr, k]: [&[u8]; 4], inverted: bool, into: &mut [u8]) {
    let flip = if inverted { 255 } else { 0 };
    for ((((out, y), cb), cr), k) in into.as_chunks_mut::<4>().0.iter_mut().zip(y).zip(cb).zip(cr).zip(k) {
        let [r, g, b] = pixel(*y, *cb, *cr);
        *out = [255 - r, 255 - g, 255 - b, *k].map(|s| s ^ flip);
    }
}

/// Turns a row of pixels of `n` samples round.
pub fn reverse(row: &mut [u8], n: usize) {
    match n {
        1 => row.reverse(),
        3 => row.as_chunks_mut::<3>().0.reverse(),
        _ => row.as_chunks_mut::<4>().0.reverse(),
    }
}
