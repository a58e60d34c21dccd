//! Pictures made up for previews: nobody's photograph is needed to see what a template does.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::model::DocumentFormat;
use crate::press::Input;

/// Width and height of each: across, upright, and square.
const SIZES: [(u32, u32); 3] = [(900, 600), (600, 900), (720, 720)];

/// Writes the pictures to a folder.
///
/// # Errors
/// When they can't be written.
pub fn pictures(folder: &Path) -> io::Result<Vec<(Input, (u32, u32))>> {
    let write = |(index, size): (usize, (u32, u32))| {
        let path = folder.join(format!("sample-{}.png", index + 1));
        let mut encoder = png::Encoder::new(File::create(&path)?, size.0, size.1);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&landscape(size, index))?;
        writer.finish()?;
        let input = Input {
            path,
            format: DocumentFormat::Png,
            page: 0,
        };
        Ok((input, size))
    };
    SIZES.into_iter().enumerate().map(write).collect()
}

/// A sun over hills: which side is up shows, and where a crop cuts.
fn landscape((width, height): (u32, u32), index: usize) -> Vec<u8> {
    /// Tops of the hills, from far to near: how high, how uneven, how often, and their colour.
    const HILLS: [(f64, f64, f64, [f64; 3]); 3] = [
        (0.55, 0.05, 7.0, [142.0, 160.0, 186.0]),
        (0.68, 0.07, 4.0, [96.0, 122.0, 112.0]),
        (0.84, 0.05, 3.0, [52.0, 78.0, 58.0]),
    ];
    let (short, shift) = (f64::from(width.min(height)), index as f64 * 1.7);
    let sun = (f64::from(width) * 0.3, f64::from(height) * 0.27, short * 0.09);
    let mut rows = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let (u, v) = (fx / f64::from(width), fy / f64::from(height));
            let mut colour = [214.0 + 34.0 * v, 206.0 + 16.0 * v, 222.0 - 40.0 * v];
            if (fx - sun.0).hypot(fy - sun.1) < sun.2 {
                colour = [250.0, 214.0, 130.0];
            }
            for (level, rough, often, tint) in HILLS {
                let wave = (u * often + shift + level * 9.0).sin() + 0.4 * (u * often * 3.1 + shift).sin();
                if v > level + rough * wave {
                    colour = tint.map(|c| c + 24.0 * (v - level));
                }
            }
            rows.extend(colour.map(|c| c.clamp(0.0, 255.0) as u8));
        }
    }
    rows
}
