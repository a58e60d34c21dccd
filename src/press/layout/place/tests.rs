use proptest::prelude::*;

use super::*;
use crate::model::Length;

fn a4() -> MediaSize {
    MediaSize::from_name("iso_a4_210x297mm").unwrap()
}

fn at(dpi: u32, width: u32, height: u32, scaling: PrintScaling, orientation: Orientation, mm: f64) -> Placement {
    let margin = Length::mm(mm);
    let margins = Margins {
        top: margin,
        bottom: margin,
        left: margin,
        right: margin,
    };
    let picture = Picture {
        width,
        height,
        resolution: None,
    };
    place(picture, &a4(), &margins, Resolution::square(dpi), scaling, orientation).unwrap()
}

#[test]
fn fit_shows_all_and_is_centred() {
    let p = at(300, 1000, 1000, PrintScaling::Fit, Orientation::Auto, 0.0);
    assert_eq!(p.sheet, (2480, 3508));
    assert_eq!(p.target, (0, 514, 2480, 2480));
    assert_eq!((p.window.width, p.window.height), (1000.0, 1000.0));
}

#[test]
fn a_landscape_picture_turns_left_on_a_portrait_sheet() {
    let p = at(300, 3000, 2000, PrintScaling::Fit, Orientation::Auto, 0.0);
    assert_eq!(p.turn, Turn::LEFT);
    assert_eq!((p.target.2, p.target.3), (2339, 3508));
    let p = at(300, 3000, 2000, PrintScaling::Fit, Orientation::Portrait, 0.0);
    assert_eq!((p.turn, p.target.2), (Turn::NONE, 2480));
}

#[test]
fn fill_covers_the_room_and_cuts_evenly() {
    let p = at(300, 1000, 1000, PrintScaling::Fill, Orientation::Auto, 10.0);
    assert_eq!(p.target, (118, 118, 2244, 3272));
    assert_eq!((p.window.y, p.window.height), (0.0, 1000.0));
    assert!((p.window.width - 1000.0 * 2244.0 / 3272.0).abs() < 1e-9);
    assert!((p.window.x * 2.0 + p.window.width - 1000.0).abs() < 1e-9);
}

#[test]
fn actual_size_goes_by_the_pictures_own_resolution() {
    let picture = Picture {
        width: 600,
        height: 600,
        resolution: Some(Resolution::square(200)),
    };
    let p = place(
        picture,
        &a4(),
        &Margins::BORDERLESS,
        Resolution::square(600),
        PrintScaling::None,
        Orientation::Auto,
    )
    .unwrap();
    assert_eq!((p.target.2, p.target.3), (1800, 1800));
}

#[test]
fn orientation_tags_show_the_picture_upright() {
    // Stored 2 × 1 pixels "A B" of a picture that was taken with the camera turned: tag 6 shows A above B.
    let turn = Turn::of_tag(6);
    assert_eq!(turn.size(2, 1), (1, 2));
    assert_eq!(turn.stored(0, 0, 2, 1), (0, 0));
    assert_eq!(turn.stored(0, 1, 2, 1), (1, 0));
    // Tag 8 shows B above A.
    assert_eq!(Turn::of_tag(8).stored(0, 0, 2, 1), (1, 0));
}

proptest! {
    #[test]
    fn turns_add_up(first in 1u16..9, second in 1u16..9, x in 0u32..3, y in 0u32..5) {
        let (a, b) = (Turn::of_tag(first), Turn::of_tag(second));
        let both = a.then(b);
        let (w, h) = (5, 3);
        let (aw, ah) = a.size(w, h);
        let (bw, bh) = b.size(aw, ah);
        prop_assume!(x < bw && y < bh);
        prop_assert_eq!(both.size(w, h), (bw, bh));
        let (mx, my) = b.stored(x, y, aw, ah);
        prop_assert_eq!(both.stored(x, y, w, h), a.stored(mx, my, w, h));
    }

    #[test]
    fn nothing_is_placed_outside_the_margins(
        width in 1u32..70_000, height in 1u32..70_000, own in 1u32..3_000, dpi in 50u32..1_200,
        top in 0i32..15_000, left in 0i32..11_000, bottom in 0i32..15_000, right in 0i32..11_000,
        scaling in prop_oneof![Just(PrintScaling::Fit), Just(PrintScaling::Fill), Just(PrintScaling::None)],
        told in any::<bool>(),
    ) {
        let m = Length::hundredths;
        let margins = Margins { top: m(top), bottom: m(bottom), left: m(left), right: m(right) };
        let picture = Picture { width, height, resolution: told.then(|| Resolution::square(own)) };
        let dots = Resolution::square(dpi);
        let Some(p) = place(picture, &a4(), &margins, dots, scaling, Orientation::Auto) else { return Ok(()) };
        let (x, y, w, h) = p.target;
        prop_assert!(w > 0 && h > 0);
        prop_assert!(x >= margins.left.to_pixels(dpi).0 && y >= margins.top.to_pixels(dpi).0);
        prop_assert!(x + w + margins.right.to_pixels(dpi).0 <= p.sheet.0);
        prop_assert!(y + h + margins.bottom.to_pixels(dpi).0 <= p.sheet.1);
        let (tw, th) = p.turn.size(width, height);
        prop_assert!(p.window.x >= 0.0 && p.window.x + p.window.width <= f64::from(tw) + 1e-6);
        prop_assert!(p.window.y >= 0.0 && p.window.y + p.window.height <= f64::from(th) + 1e-6);
    }
}
