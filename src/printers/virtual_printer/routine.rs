//! What a virtual printer makes of a routine: a sheet with a pattern where a real one prints one.

use std::io;

use crate::model::Routine;

/// Width and height of the pattern in dots: a small part of a sheet at 100 dpi.
const SIZE: (u32, u32) = (480, 240);

/// The sheet as a PNG: a ladder of fine lines for each ink, or crossing ones for an alignment.
pub(super) fn sheet(routine: Routine, inks: &[[u8; 3]]) -> io::Result<Vec<u8>> {
    let (width, height) = SIZE;
    let mut pixels = vec![255u8; (width * height * 3) as usize];
    let column = width / inks.len().max(1) as u32;
    for (place, pixel) in pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = (place as u32 % width, place as u32 / width);
        let crosses = routine == Routine::HeadAlignment && x % 8 == 0;
        if y % 4 == 0 || crosses {
            let ink = inks.get((x / column.max(1)) as usize);
            pixel.copy_from_slice(ink.unwrap_or(&[0, 0, 0]));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_has_its_ladder() {
        let inks = [[255, 0, 0], [0, 255, 0], [0, 0, 255]];
        let bytes = sheet(Routine::NozzleCheck, &inks).unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        for (place, ink) in inks.iter().enumerate() {
            let at = 160 * place + 80;
            assert_eq!(pixels[3 * at..3 * at + 3], *ink);
            let between = 480 + at;
            assert_eq!(pixels[3 * between..3 * between + 3], [255; 3]);
        }
    }
}
