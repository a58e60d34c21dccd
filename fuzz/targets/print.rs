//! The whole way of a small document of any format to a raster: inspected, placed, scaled, converted, encoded.
//!
//! The first byte chooses the document's format and the raster's, the second how it is placed.
#![no_main]

use std::sync::{Arc, LazyLock};

use platen::color::{LinkCache, Profile};
use platen::model::{
    DocumentFormat, Length, Margins, MediaSize, Orientation, OutputSpec, PrintScaling, RasterFormat, RasterType,
    RenderingIntent, Resolution,
};
use platen::press::{self, Content, PressError, PressJob, PressStream, Sharpening, Strength, Surface};
use platen_fuzz::{bounds, limits, panics, spooled, words};

const DOCUMENTS: [DocumentFormat; 5] = [
    DocumentFormat::Jpeg,
    DocumentFormat::Png,
    DocumentFormat::Tiff,
    DocumentFormat::PwgRaster,
    DocumentFormat::Urf,
];
const RASTERS: [(RasterFormat, RasterType); 5] = [
    (RasterFormat::Pwg, RasterType::Srgb8),
    (RasterFormat::Urf, RasterType::Srgb8),
    (RasterFormat::Png, RasterType::Srgb16),
    (RasterFormat::Tiff, RasterType::Srgb8),
    (RasterFormat::Pwg, RasterType::Srgb16),
];
const SCALINGS: [PrintScaling; 3] = [PrintScaling::Fit, PrintScaling::Fill, PrintScaling::None];
const TURNS: [Orientation; 5] = [
    Orientation::Auto,
    Orientation::Portrait,
    Orientation::Landscape,
    Orientation::ReverseLandscape,
    Orientation::ReversePortrait,
];
/// A page's sources, links and bands.
const MOST: usize = 64 << 20;

static SRGB: LazyLock<Arc<Profile>> = LazyLock::new(|| Arc::new(Profile::srgb()));
static LINKS: LazyLock<Arc<LinkCache>> = LazyLock::new(|| Arc::new(LinkCache::new(4)));

libfuzzer_sys::fuzz_target!(init: panics::end_at_the_door(), |bytes: &[u8]| {
    let Some((&[what, how], document)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let input = spooled(DOCUMENTS[usize::from(what % 5)], document);
    let raster = RASTERS[usize::from(what / 5 % 5)];
    let limits = limits();
    let links = LINKS.clone();
    let profile = SRGB.clone();
    bounds::within(MOST, || {
        let facts = match press::inspect_page(&input, &limits) {
            Ok(facts) => facts,
            Err(error) => return words(&error),
        };
        // Links of embedded profiles take long to bake; they have a target of their own.
        if facts.profile.is_some() && what < 240 {
            return;
        }
        // The others hold one page.
        let (format, raster_type) = if facts.pages > 1 { RASTERS[0] } else { raster };
        let job = |workers, band_rows| PressJob {
            inputs: vec![input.clone()],
            content: Content::Documents {
                margins: if how & 64 == 0 { Margins::BORDERLESS } else { narrow() },
                scaling: SCALINGS[usize::from(how % 3)],
                orientation: TURNS[usize::from(how / 3 % 5)],
            },
            sheet: MediaSize {
                name: "custom_small_24x36mm".into(),
                x: Length::mm(24.0),
                y: Length::mm(36.0),
            },
            media_type: "photographic".into(),
            quality: 4,
            output: OutputSpec {
                format,
                raster_type,
                resolution: Resolution::square(60),
            },
            profile: profile.clone(),
            intent: RenderingIntent::RELATIVE_BPC,
            proof: None,
            tone: None,
            dither: how & 128 != 0,
            links: links.clone(),
            sharpening: (how & 32 != 0).then(|| Sharpening::new(Strength::Standard, Surface::Glossy, 300)),
            repeat: 1,
            workers,
            band_rows,
            limits: limits.clone(),
        };
        let by_itself = print(job(1, None));
        if let Err(error) = &by_itself {
            words(error);
        }
        if let (Ok(one), Ok(other)) = (by_itself, print(job(1, Some(7)))) {
            assert!(one == other, "bands of another height give another raster");
        }
    });
});

fn narrow() -> Margins {
    let side = Length::mm(2.0);
    Margins {
        top: side,
        bottom: side,
        left: side,
        right: side,
    }
}

fn print(job: PressJob) -> Result<Vec<u8>, PressError> {
    let mut stream = PressStream::open(job)?;
    let mut all = Vec::new();
    while let Some(piece) = stream.next_piece()? {
        all.extend(piece);
    }
    Ok(all)
}
