//! What is refused, and how it is told.

use super::*;

fn told(result: Result<Vec<u8>, PressError>) -> (Option<usize>, String) {
    let error = result.unwrap_err();
    (error.input(), error.to_string())
}

fn attempt(job: PressJob) -> Result<Vec<u8>, PressError> {
    let mut stream = PressStream::open(job)?;
    let mut all = Vec::new();
    while let Some(piece) = stream.next_piece()? {
        all.extend(piece);
    }
    Ok(all)
}

/// Documents, one after the other, each on its own page.
fn documents(inputs: Vec<Input>, scratch: &Path) -> PressJob {
    let mut job = job(inputs, vec![], RasterFormat::Pwg, scratch);
    job.content = Content::Documents {
        margins: crate::model::Margins::BORDERLESS,
        scaling: crate::model::PrintScaling::Fit,
        orientation: crate::model::Orientation::Portrait,
    };
    job
}

#[test]
fn the_document_that_is_at_fault_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let sound = picture(folder.path(), (23, 17), false);
    let whole = std::fs::read(&sound.path).unwrap();
    let broken = |name: &str, keep: usize| {
        let path = folder.path().join(name);
        std::fs::write(&path, &whole[..keep]).unwrap();
        Input { path, ..sound.clone() }
    };
    // One that ends before its pixels, and one that ends among them, when its page is painted.
    for broken in [broken("head.png", 40), broken("tail.png", whole.len() - 60)] {
        for (inputs, at) in [
            (vec![sound.clone(), broken.clone(), sound.clone()], 1),
            (vec![broken.clone(), sound.clone()], 0),
        ] {
            let (input, text) = told(attempt(documents(inputs, folder.path())));
            assert_eq!(input, Some(at), "{text}");
            assert!(text.starts_with("the PNG file is damaged"), "{text}");
        }
    }
    let nowhere = Input {
        path: folder.path().join("nowhere.png"),
        ..sound.clone()
    };
    let error = attempt(documents(vec![sound, nowhere], folder.path())).unwrap_err();
    assert!(
        error.input() == Some(1) && matches!(error.cause(), PressError::Io(_)),
        "{error}"
    );
}

#[test]
fn the_page_of_a_document_of_several_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.tif");
    let mut encoder = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for _ in 0..2 {
        encoder
            .write_image::<tiff::encoder::colortype::Gray8>(4, 4, &[7; 16])
            .unwrap();
    }
    drop(encoder);
    let input = Input {
        path,
        format: DocumentFormat::Tiff,
        page: 0,
    };
    assert!(attempt(documents(vec![input.clone()], folder.path())).is_ok());
    let mut tight = documents(vec![input], folder.path());
    // The second page is looked at under limits that only the first one keeps.
    let whole = attempt(tight.clone()).unwrap();
    tight.limits.pixels = 15;
    let (input, text) = told(attempt(tight));
    assert_eq!((input, whole.is_empty()), (Some(0), false));
    assert!(text.contains("too large"), "{text}");
    let page = PressError::NoRoom.at(Place {
        input: 3,
        page: Some(1),
    });
    assert!(page.to_string().starts_with("page 2: the sheet"), "{page}");
    assert_eq!(page.input(), Some(3));
}

#[test]
fn sheets_without_end_are_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let roll = |inches: f64, metres: f64, dpi: u32| {
        let sheet = MediaSize::from_sides(Length::mm(inches * 25.4), Length::mm(metres * 1000.0));
        check_paper(&sheet, Resolution::square(dpi))
    };
    assert!(roll(17.0, 20.0, 600).is_ok() && roll(44.0, 20.0, 600).is_ok() && roll(17.0, 20.0, 1_200).is_ok());
    assert!(roll(1.0, 20.0, 4_800).is_err() && roll(787.0, 20.0, 600).is_err());
    let nowhere = Input {
        path: folder.path().join("nowhere"),
        format: DocumentFormat::Png,
        page: 0,
    };
    for format in [
        RasterFormat::Pwg,
        RasterFormat::Urf,
        RasterFormat::Png,
        RasterFormat::Tiff,
        RasterFormat::Jpeg,
    ] {
        let mut job = documents(vec![nowhere.clone()], folder.path());
        job.output.format = format;
        job.output.resolution = Resolution::square(4_800);
        job.sheet = MediaSize::from_sides(Length::mm(20_000.0), Length::mm(20_000.0));
        let (input, text) = told(attempt(job));
        assert_eq!(input, None);
        assert!(
            text.contains("3779528 × 3779528 dots") && text.contains("lower resolution"),
            "{text}"
        );
        let page = Page {
            sheet: (1_000_001, 1),
            elements: vec![],
        };
        let (_, text) = told(attempt(super::job(vec![], vec![page], format, folder.path())));
        assert!(text.contains("1000001 × 1 dots"), "{text}");
    }
}

#[test]
fn profiles_that_pages_can_not_be_brought_to_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let with = |profile: Profile, raster_type| {
        let mut job = job(vec![], vec![page(vec![])], RasterFormat::Pwg, folder.path());
        job.profile = Arc::new(profile);
        job.output.raster_type = raster_type;
        attempt(job)
    };
    assert!(with(Profile::virtual_paper(), RasterType::Rgb8).is_ok());
    assert!(with(Profile::gray(), RasterType::Sgray8).is_ok());
    for (profile, raster_type) in [
        (Profile::gray(), RasterType::Rgb8),
        (Profile::virtual_paper(), RasterType::Sgray16),
    ] {
        let (_, text) = told(with(profile, raster_type));
        assert!(
            text.contains("is for") && text.contains(raster_type.keyword()),
            "{text}"
        );
    }
    // Only a way from the device: what cameras and scanners have.
    let mut bytes = Profile::virtual_paper().as_bytes().to_vec();
    for tag in 0..bytes.len() - 3 {
        if &bytes[tag..tag + 3] == b"B2A" && tag < 256 {
            bytes[tag] = b'x';
        }
    }
    let (_, text) = told(with(Profile::parse(&bytes).unwrap(), RasterType::Rgb8));
    assert!(text.contains("nothing to convert to the device with"), "{text}");
}

#[test]
fn documents_without_a_profile_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let plain = picture(folder.path(), (23, 17), false);
    let path = folder.path().join("said.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    encoder.write_header().unwrap().write_image_data(&[1, 2, 3]).unwrap();
    let said = Input { path, ..plain.clone() };
    let stream = PressStream::open(documents(vec![said, plain], folder.path())).unwrap();
    assert_eq!(stream.untagged().into_iter().collect::<Vec<_>>(), [1]);
}
