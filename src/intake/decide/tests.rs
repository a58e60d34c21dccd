use super::*;
use crate::model::{DocumentFormat, PrintScaling, Resolution, Source};

fn facts(width: u32, height: u32, dpi: Option<u32>, profile: bool) -> DocumentFacts {
    DocumentFacts {
        format: DocumentFormat::Jpeg,
        width,
        height,
        pages: 1,
        resolution: dpi.map(Resolution::square),
        profile: profile.then(|| "Adobe RGB (1998)".into()),
    }
}

pub fn pro1000() -> Capabilities {
    Capabilities {
        make_and_model: "PRO-1000".into(),
        formats: vec![],
        raster_types: vec![],
        resolutions: vec![Resolution::square(300), Resolution::square(600)],
        copies: 99,
        media: [
            "iso_a4_210x297mm",
            "iso_a3_297x420mm",
            "custom_min_89x127mm",
            "custom_max_431.8x594mm",
        ]
        .map(SmolStr::new_static)
        .to_vec(),
        media_types: vec!["photographic-glossy".into()],
        media_sources: vec!["rear".into()],
        media_col: true,
        print_scaling: true,
        qualities: vec![4, 5],
        borderless: true,
        create_job: true,
    }
}

#[test]
fn nobody_said_anything() {
    let made = decide(&Wishes::default(), Some(&facts(100, 100, None, true)), &[&pro1000()]);
    assert_eq!(made.ignored, []);
    assert_eq!(made.ticket.media.value.size.name, DEFAULT_SIZE);
    assert_eq!(made.ticket.media.from, Source::Default);
    assert_eq!(made.ticket.scaling.value, PrintScaling::Fit);
    assert!(made.ticket.warnings.is_empty());
}

#[test]
fn what_the_client_says_wins_and_is_remembered_as_his() {
    let wishes = Wishes {
        size: Some(MediaSize::from_name("iso_a3_297x420mm").unwrap()),
        copies: Some(3),
        intent: RenderingIntent::from_keyword("perceptual"),
        ..Wishes::default()
    };
    let made = decide(&wishes, None, &[&pro1000()]);
    assert_eq!((made.ticket.copies.value, made.ticket.copies.from), (3, Source::Client));
    assert_eq!(made.ticket.media.value.size.name, "iso_a3_297x420mm");
    assert_eq!(made.ticket.intent.from, Source::Client);
}

#[test]
fn what_no_printer_can_do_is_named() {
    let wishes = Wishes {
        size: Some(MediaSize::from_name("iso_a0_841x1189mm").unwrap()),
        media_type: Some("com.canon-9999".into()),
        copies: Some(0),
        quality: Some(PrintQuality::Draft),
        resolution: Some(Resolution::square(1200)),
        ..Wishes::default()
    };
    let made = decide(&wishes, None, &[&pro1000()]);
    assert_eq!(
        made.ignored,
        [
            Ignored::Size,
            Ignored::MediaType,
            Ignored::Copies,
            Ignored::Quality,
            Ignored::Resolution
        ]
    );
    assert_eq!(made.ticket.media.value.size.name, DEFAULT_SIZE);
    assert_eq!(made.ticket.warnings.len(), 1);
}

#[test]
fn what_no_printer_can_do_together_is_given_up_in_order() {
    let photo = Capabilities {
        media: vec!["iso_a2_420x594mm".into()],
        ..pro1000()
    };
    let office = Capabilities {
        media: vec!["iso_a4_210x297mm".into()],
        media_types: vec!["stationery".into()],
        borderless: false,
        ..pro1000()
    };
    let wishes = Wishes {
        size: Some(MediaSize::from_name("iso_a2_420x594mm").unwrap()),
        media_type: Some("stationery".into()),
        margins: Some(Margins::BORDERLESS),
        ..Wishes::default()
    };
    let made = decide(&wishes, None, &[&photo, &office]);
    assert!(made.conflict && made.ignored == [Ignored::MediaType], "{made:?}");
    let media = &made.ticket.media.value;
    assert_eq!(
        (media.media_type.as_str(), media.margins),
        ("auto", Margins::BORDERLESS)
    );
    assert_eq!(made.ticket.warnings.len(), 1);
    let a4 = Wishes {
        size: Some(MediaSize::from_name("iso_a4_210x297mm").unwrap()),
        ..wishes
    };
    let made = decide(&a4, None, &[&photo, &office]);
    assert_eq!(made.ignored, [Ignored::MediaType, Ignored::Margins]);
    assert!(!decide(&a4, None, &[]).conflict);
}

#[test]
fn custom_sizes_are_held_against_the_printers_range() {
    let custom = |x, y| Wishes {
        size: Some(MediaSize::from_sides(Length::mm(x), Length::mm(y))),
        ..Wishes::default()
    };
    assert_eq!(decide(&custom(200.0, 300.0), None, &[&pro1000()]).ignored, []);
    assert_eq!(
        decide(&custom(500.0, 300.0), None, &[&pro1000()]).ignored,
        [Ignored::Size]
    );
}

#[test]
fn auto_fills_borderless_sheets_and_fits_the_rest() {
    let auto = Wishes {
        scaling: Some(Wish::Auto),
        ..Wishes::default()
    };
    assert_eq!(decide(&auto, None, &[]).ticket.scaling.value, PrintScaling::Fit);
    let borderless = Wishes {
        margins: Some(Margins::BORDERLESS),
        ..auto
    };
    assert_eq!(decide(&borderless, None, &[]).ticket.scaling.value, PrintScaling::Fill);
    let auto_fit = Wishes {
        scaling: Some(Wish::AutoFit),
        ..Wishes::default()
    };
    let mut open = decide(&auto_fit, None, &[]).ticket;
    complete(&mut open, &facts(600, 600, Some(300), true));
    assert_eq!(open.scaling.value, PrintScaling::None);
    let small = facts(600, 600, Some(300), true);
    let large = facts(6000, 6000, Some(300), true);
    assert_eq!(
        decide(&auto_fit, Some(&small), &[]).ticket.scaling.value,
        PrintScaling::None
    );
    assert_eq!(
        decide(&auto_fit, Some(&large), &[]).ticket.scaling.value,
        PrintScaling::Fit
    );
}

#[test]
fn an_untagged_picture_leaves_a_warning() {
    let made = decide(&Wishes::default(), Some(&facts(1, 1, None, false)), &[]);
    assert!(made.ticket.warnings[0].contains("treated as sRGB"));
}
