use std::sync::Arc;

use super::*;
use crate::model::{
    Length, Margins, MediaSize, Orientation, OutputSpec, PrintScaling, RasterFormat, RasterType, RenderingIntent,
};
use crate::press::{Content, PressJob, PressStream};

/// A header as the standard lays it out.
struct Header {
    width: u32,
    height: u32,
    bits: u32,
    channels: u32,
    space: u32,
}

impl Header {
    const fn line(&self) -> u32 {
        (self.width * self.channels * self.bits).div_ceil(8)
    }

    fn pwg(&self) -> Vec<u8> {
        let mut bytes = vec![0u8; 1_796];
        bytes[..9].copy_from_slice(b"PwgRaster");
        for (at, value) in [
            (276, 300),
            (280, 600),
            (372, self.width),
            (376, self.height),
            (384, self.bits),
            (388, self.bits * self.channels),
            (392, self.line()),
            (400, self.space),
            (420, self.channels),
        ] {
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        bytes
    }

    fn urf(&self) -> Vec<u8> {
        let mut bytes = vec![0u8; 32];
        bytes[0] = (self.bits * self.channels) as u8;
        bytes[1] = self.space as u8;
        bytes[12..16].copy_from_slice(&self.width.to_be_bytes());
        bytes[16..20].copy_from_slice(&self.height.to_be_bytes());
        bytes[20..24].copy_from_slice(&300u32.to_be_bytes());
        bytes
    }
}

/// Two lines: the first twice, in both sorts of runs; the second ends in white by a count of 128.
fn lines(unit: usize, pixel: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let pixel = |n: u8| {
        let pixel = pixel(n);
        assert_eq!(pixel.len(), unit);
        pixel
    };
    [
        vec![1, 2],
        pixel(10),
        vec![255],
        pixel(20),
        pixel(30),
        vec![0, 0],
        pixel(40),
        vec![128],
    ]
    .concat()
}

#[test]
fn every_kind_of_pixel_is_read() {
    let folder = tempfile::tempdir().unwrap();
    // Space in PWG and in Apple raster, channels, white, inverted.
    for (pwg, urf, channels, white, flip) in [
        (18, Some(0), 1, 0xff, false),
        (3, None, 1, 0, true),
        (1, Some(5), 3, 0xff, false),
        (19, Some(1), 3, 0xff, false),
        (20, Some(3), 3, 0xff, false),
        (6, Some(6), 4, 0, false),
    ] {
        for bits in [8, 16] {
            let bytes = bits / 8;
            let unit = (channels * bytes) as usize;
            let pixel = |n: u8| (0..unit).map(|i| n + i as u8).collect::<Vec<u8>>();
            let plain = [[10, 10, 10, 20, 30], [10, 10, 10, 20, 30]].concat();
            let mut stored: Vec<u8> = plain.into_iter().flat_map(pixel).collect();
            stored.extend(pixel(40));
            stored.resize(15 * unit, white);
            let want: Vec<u16> = if bits == 8 {
                stored.iter().map(|s| u16::from(if flip { !*s } else { *s })).collect()
            } else {
                let numbers = stored.chunks(2).map(|s| u16::from_be_bytes([s[0], s[1]]));
                numbers.map(|s| if flip { !s } else { s }).collect()
            };
            let depth = if bits == 8 { Depth::Eight } else { Depth::Sixteen };
            for format in [DocumentFormat::PwgRaster, DocumentFormat::Urf] {
                let space = if format == DocumentFormat::Urf { urf } else { Some(pwg) };
                let Some(space) = space else { continue };
                let header = Header {
                    width: 5,
                    height: 3,
                    bits,
                    channels,
                    space,
                };
                let file = if format == DocumentFormat::Urf {
                    [b"UNIRAST\0\0\0\0\x01".to_vec(), header.urf(), lines(unit, pixel)].concat()
                } else {
                    [b"RaS2".to_vec(), header.pwg(), lines(unit, pixel)].concat()
                };
                let input = input(&folder, format, &file);
                let head = head(&input, &limits(&folder)).unwrap();
                assert_eq!(
                    (head.width, head.height, head.channels, head.pages),
                    (5, 3, channels as usize, 1)
                );
                let y = if format == DocumentFormat::Urf { 300 } else { 600 };
                assert_eq!(head.resolution, Some(Resolution { x: 300, y }));
                let adobe = Profile::adobe_rgb();
                assert_eq!(head.icc.as_deref(), (pwg == 20).then_some(adobe.as_bytes()));
                gives(
                    &input,
                    || pixels(5, 3, channels as usize, depth, &want),
                    &limits(&folder),
                );
            }
        }
    }
}

#[test]
fn one_bit_is_black_or_white() {
    let folder = tempfile::tempdir().unwrap();
    for (space, want) in [(3, [255, 0]), (18, [0, 255])] {
        let header = Header {
            width: 10,
            height: 1,
            bits: 1,
            channels: 1,
            space,
        };
        // 0000 0011 and 11.
        let file = [b"RaS2".to_vec(), header.pwg(), vec![0, 255, 3, 0xc0]].concat();
        let input = input(&folder, DocumentFormat::PwgRaster, &file);
        let want: Vec<u16> = (0..10).map(|x| want[usize::from(x > 5)]).collect();
        gives(&input, || pixels(10, 1, 1, Depth::Eight, &want), &limits(&folder));
    }
}

/// A page of our own encoder.
fn press(picture: PathBuf, format: RasterFormat, raster_type: RasterType, folder: &TempDir) -> Vec<u8> {
    let profile = match raster_type {
        RasterType::AdobeRgb8 => Profile::adobe_rgb(),
        RasterType::Sgray8 => Profile::gray(),
        _ => Profile::srgb(),
    };
    let mut stream = PressStream::open(PressJob {
        inputs: vec![Input {
            path: picture,
            format: DocumentFormat::Png,
            page: 0,
        }],
        content: Content::Documents {
            margins: Margins::BORDERLESS,
            scaling: PrintScaling::Fill,
            orientation: Orientation::Portrait,
        },
        sheet: MediaSize {
            name: "custom_small_20x30mm".into(),
            x: Length::mm(20.0),
            y: Length::mm(30.0),
        },
        media_type: "photographic".into(),
        quality: 5,
        output: OutputSpec {
            format,
            raster_type,
            resolution: Resolution::square(100),
        },
        profile: Arc::new(profile),
        intent: RenderingIntent::RELATIVE_BPC,
        proof: None,
        tone: None,
        dither: false,
        links: Arc::new(crate::color::LinkCache::new(4)),
        sharpening: None,
        workers: 1,
        band_rows: None,
        repeat: if format == RasterFormat::Png { 1 } else { 3 },
        limits: limits(folder),
    })
    .unwrap();
    let mut all = Vec::new();
    while let Some(piece) = stream.next_piece().unwrap() {
        all.extend(piece);
    }
    all
}

#[test]
fn what_our_encoders_write_reads_back_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.png");
    let mut encoder = ::png::Encoder::new(std::fs::File::create(&path).unwrap(), 40, 60);
    encoder.set_color(::png::ColorType::Rgb);
    let noise: Vec<u8> = (0..40 * 60 * 3).map(|i| noise(2, i / 7) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&noise).unwrap();
    for raster_type in [
        RasterType::Srgb8,
        RasterType::AdobeRgb8,
        RasterType::Sgray8,
        RasterType::Rgb8,
    ] {
        let sheet = press(path.clone(), RasterFormat::Png, raster_type, &folder);
        let sheet = input(&folder, DocumentFormat::Png, &sheet);
        let want = all(open(&sheet, Turn::NONE, &limits(&folder)).unwrap().as_mut()).unwrap();
        let shape = open(&sheet, Turn::NONE, &limits(&folder)).unwrap().shape();
        for (format, raster) in [
            (DocumentFormat::PwgRaster, RasterFormat::Pwg),
            (DocumentFormat::Urf, RasterFormat::Urf),
        ] {
            let file = press(path.clone(), raster, raster_type, &folder);
            let mut input = input(&folder, format, &file);
            for page in 0..3 {
                input.page = page;
                let head = head(&input, &limits(&folder)).unwrap();
                assert_eq!((head.pages, head.resolution), (3, Some(Resolution::square(100))));
                let want = || pixels(shape.width, shape.height, shape.channels, shape.depth, &want);
                gives(&input, want, &limits(&folder));
            }
            input.page = 3;
            assert!(head(&input, &limits(&folder)).is_err());
            // Cut at the end of its second page, it is not whole either.
            let third = file.len() / 3 * 2;
            std::fs::write(&input.path, &file[..third + 4]).unwrap();
            input.page = 0;
            assert!(head(&input, &limits(&folder)).is_err());
        }
    }
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = Header {
        width: 5,
        height: 3,
        bits: 8,
        channels: 1,
        space: 18,
    };
    let file = [b"RaS2".to_vec(), good.pwg(), lines(1, |n| vec![n])].concat();
    head(&input(&folder, DocumentFormat::PwgRaster, &file), &limits(&folder)).unwrap();
    // Where in the header, and what stands there instead.
    for (at, value) in [
        (0, 7),
        (372, 0),
        (376, 0),
        (384, 12),
        (388, 9),
        (392, 6),
        (396, 1),
        (400, 99),
        (420, 3),
    ] {
        let mut file = file.clone();
        file[4 + at..4 + at + 4].copy_from_slice(&u32::to_be_bytes(value));
        let found = head(&input(&folder, DocumentFormat::PwgRaster, &file), &limits(&folder));
        assert!(found.is_err(), "{value} at {at}");
    }
    // Lines that are too many, or too long.
    for (at, byte) in [(0, 3), (1, 5), (3, 250)] {
        let mut file = file.clone();
        file[4 + 1_796 + at] = byte;
        let found = head(&input(&folder, DocumentFormat::PwgRaster, &file), &limits(&folder));
        assert!(found.is_err(), "{byte} at {at}");
    }
}

/// Ghostscript's own PWG raster against its own PPM: two pages, in sRGB and in black of one bit.
#[test]
#[ignore = "needs Ghostscript"]
fn what_ghostscript_writes_reads_as_its_ppm_does() {
    let folder = tempfile::tempdir().unwrap();
    let page = "/Helvetica findfont 40 scalefont setfont 20 30 moveto (raster) show 1 0 0 setrgbcolor \
                10 80 50 20 rectfill 0 0 1 setrgbcolor 70 90 moveto 60 30 rlineto stroke showpage";
    let make = |options: &[&str]| {
        let out = folder.path().join("made");
        let status = std::process::Command::new("gs")
            .args(["-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-r90", "-g180x150"])
            .args(options)
            .arg(format!("-sOutputFile={}", out.display()))
            .args(["-c", page, page])
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::read(out).unwrap()
    };
    let ppm = make(&["-sDEVICE=ppmraw"]);
    // The second page ends the file.
    let want: Vec<u16> = ppm[ppm.len() - 180 * 150 * 3..].iter().map(|b| u16::from(*b)).collect();
    for (space, bits, channels) in [(19, 8, 3), (3, 1, 1)] {
        let space = format!("-dcupsColorSpace={space}");
        let bits = format!("-dcupsBitsPerColor={bits}");
        let file = make(&["-sDEVICE=pwgraster", &space, &bits]);
        let mut input = input(&folder, DocumentFormat::PwgRaster, &file);
        let head = head(&input, &limits(&folder)).unwrap();
        assert_eq!(
            (head.width, head.height, head.channels, head.pages),
            (180, 150, channels, 2)
        );
        assert_eq!(head.resolution, Some(Resolution::square(90)));
        for page in 0..2 {
            input.page = page;
            let found = all(open(&input, Turn::NONE, &limits(&folder)).unwrap().as_mut()).unwrap();
            if channels == 3 {
                assert!(found == want);
            } else {
                // Ink where the picture has some; colours are halftones.
                let pixels = found.iter().zip(want.chunks(3));
                let wrong = pixels.filter(|(grey, rgb)| **grey == 255 && **rgb == [0; 3]).count();
                assert_eq!((wrong, found[0]), (0, 255));
            }
        }
    }
}
