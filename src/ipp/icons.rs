//! The printer's picture for `printer-icons` (PWG 5100.13, 5.6.25): drawn here, at the sizes that print dialogs take.

use bytes::Bytes;

/// Sides in pixels: small, medium and large, as the standard names them.
pub const SIZES: [u32; 3] = [48, 128, 512];

/// Samples of one pixel's side: edges are smooth.
const FINE: u32 = 4;

/// Where the picture of a size is found.
pub fn path(size: u32) -> String {
    format!("/icons/{size}.png")
}

/// The picture that is found at a path, as PNG.
pub fn at(path: &str) -> Option<Bytes> {
    let size = SIZES.into_iter().find(|size| self::path(*size) == path)?;
    draw(size).map(Bytes::from)
}

/// Colour and cover of the drawing at a point of the unit square: a sheet with a picture that comes out of a dark box.
fn color(x: f64, y: f64) -> Option<[u8; 3]> {
    let inside =
        |left: f64, top: f64, right: f64, bottom: f64| (left..right).contains(&x) && (top..bottom).contains(&y);
    let rounded = |left: f64, top: f64, right: f64, bottom: f64, r: f64| {
        let dx = (left + r - x).max(x - (right - r)).max(0.0);
        let dy = (top + r - y).max(y - (bottom - r)).max(0.0);
        dx.hypot(dy) <= r
    };
    if inside(0.26, 0.5, 0.74, 0.9) {
        // The print: a sun over two hills, in a white border.
        if !inside(0.3, 0.56, 0.7, 0.86) {
            return Some([0xff, 0xff, 0xff]);
        }
        let hill = 0.78 - 0.09 * ((x - 0.3) * 9.0).sin();
        let sun = (x - 0.6).hypot(y - 0.64) < 0.045;
        return Some(if y > hill {
            [0x35, 0x6b, 0x4f]
        } else if sun {
            [0xff, 0xf2, 0xc4]
        } else {
            let t = ((y - 0.56) / 0.24).clamp(0.0, 1.0);
            let mix = |a: f64, b: f64| (a + (b - a) * t) as u8;
            [mix(75.0, 246.0), mix(114.0, 176.0), mix(168.0, 128.0)]
        });
    }
    if inside(0.3, 0.14, 0.7, 0.34) {
        return Some([0xf4, 0xf2, 0xec]);
    }
    if rounded(0.12, 0.62, 0.88, 0.72, 0.02) {
        return Some([0x1c, 0x1f, 0x24]);
    }
    rounded(0.08, 0.3, 0.92, 0.66, 0.06).then(|| {
        if inside(0.2, 0.5, 0.8, 0.53) {
            [0x12, 0x14, 0x18]
        } else if (x - 0.82).hypot(y - 0.4) < 0.022 {
            [0x53, 0xd7, 0x8a]
        } else {
            [0x2d, 0x32, 0x3a]
        }
    })
}

fn draw(size: u32) -> Option<Vec<u8>> {
    let steps = f64::from(size * FINE);
    let mut rgba = Vec::with_capacity(size as usize * size as usize * 4);
    for y in 0..size {
        for x in 0..size {
            let (mut sum, mut covered) = ([0u32; 3], 0u32);
            for n in 0..FINE * FINE {
                let at = |whole: u32, part: u32| (f64::from(whole * FINE + part) + 0.5) / steps;
                if let Some(c) = color(at(x, n % FINE), at(y, n / FINE)) {
                    covered += 1;
                    sum = [0, 1, 2].map(|i| sum[i] + u32::from(c[i]));
                }
            }
            rgba.extend(sum.map(|s| s.checked_div(covered).unwrap_or(0) as u8));
            rgba.push((covered * 255 / (FINE * FINE)) as u8);
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rgba).ok()?;
    writer.finish().ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_pictures_of_their_sizes() {
        for size in SIZES {
            let png = at(&path(size)).unwrap();
            let reader = png::Decoder::new(std::io::Cursor::new(&png[..])).read_info().unwrap();
            assert_eq!(reader.info().size(), (size, size));
            assert_eq!(reader.info().color_type, png::ColorType::Rgba);
        }
        assert!(at("/icons/47.png").is_none());
    }
}
