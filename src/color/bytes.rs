//! Big-endian numbers out of bytes that may end anywhere.

/// A u16 at an offset in bytes, if it is there.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*field))
}

/// A u32 at an offset in bytes, if it is there.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*field))
}

/// An offset or count, as stored in 32 bits.
pub(super) fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// An s15Fixed16Number (ICC.1:2022, 4.6).
pub(super) fn fixed_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from(u32_at(bytes, at)?.cast_signed()) / 65536.0)
}

/// `N` s15Fixed16Numbers in a row.
pub(super) fn fixed_array<const N: usize>(bytes: &[u8], at: usize) -> Option<[f64; N]> {
    let mut out = [0.0; N];
    for (i, v) in out.iter_mut().enumerate() {
        *v = fixed_at(bytes, at.checked_add(4 * i)?)?;
    }
    Some(out)
}

/// `count` u16 in a row. Nothing is allocated before the bytes are known to be there.
pub(super) fn u16_table(bytes: &[u8], at: usize, count: usize) -> Option<Vec<u16>> {
    let end = at.checked_add(count.checked_mul(2)?)?;
    let (pairs, _) = bytes.get(at..end)?.as_chunks::<2>();
    Some(pairs.iter().map(|p| u16::from_be_bytes(*p)).collect())
}

/// `count` bytes in a row, widened so that 255 becomes 65535.
pub(super) fn u8_table(bytes: &[u8], at: usize, count: usize) -> Option<Vec<u16>> {
    let end = at.checked_add(count)?;
    Some(bytes.get(at..end)?.iter().map(|v| u16::from(*v) * 257).collect())
}

/// Four characters of a signature; what is not ASCII text is shown as `?`.
pub(super) fn signature_text(signature: [u8; 4]) -> String {
    signature
        .iter()
        .map(|b| {
            if b.is_ascii_graphic() || *b == b' ' {
                char::from(*b)
            } else {
                '?'
            }
        })
        .collect()
}
