//! Numbers in messages.

/// A number as short as a message wants it: huge and tiny ones by their power of ten.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || size == 0.0 || (1e-4..1e7).contains(&size) {
        // What a calculation leaves behind the sixth place is noise.
        let rounded = format!("{value:.6}");
        let bare = rounded.trim_end_matches('0').trim_end_matches('.');
        return if rounded.contains('.') {
            bare.to_owned()
        } else {
            rounded
        };
    }
    format!("{value:.3e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, words) in [
            (0.0, "0"),
            (20.0, "20"),
            (-7.25, "-7.25"),
            (0.1 + 0.2, "0.3"),
            (10_000.0, "10000"),
            (1e300, "1.000e300"),
            (-1e-300, "-1.000e-300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(short(value), words);
        }
    }
}
