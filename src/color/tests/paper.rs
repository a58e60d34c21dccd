use super::*;
use crate::color::pipeline::{four, three};
use crate::color::{ColorSpace, delta_e_2000, paper};

/// The committed file is what the generator makes. After a change of the generator run this test with
/// `PLATEN_WRITE_ASSETS=1` to write it anew.
#[test]
fn the_virtual_paper_is_made_by_the_generator() {
    let made = paper::make();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/profiles/virtual-pro-1000-lustre.icc"
    );
    if std::env::var_os("PLATEN_WRITE_ASSETS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    assert!(made.len() <= 300_000, "{} bytes", made.len());
    assert!(
        made == std::fs::read(path).unwrap(),
        "the asset differs from what the generator makes"
    );
}

#[test]
fn the_virtual_paper_is_a_printer() {
    let paper = Profile::virtual_paper();
    assert_eq!(paper.description(), "Platen virtual PRO-1000 on lustre");
    assert_eq!(paper.color_space(), ColorSpace::Rgb);
    let white = convert(&bake(&Profile::srgb(), &paper, INTENTS[3]), &[65535; 3]);
    assert_eq!(white, [255, 255, 255]);
    let black = convert(&bake(&Profile::srgb(), &paper, INTENTS[3]), &[0; 3]);
    assert_eq!(black, [0, 0, 0]);
}

/// Device to Lab and back again lands near where it began.
#[test]
fn the_virtual_paper_inverts_itself() {
    let paper = Profile::virtual_paper();
    let to = paper.to_pcs(Rendering::Relative).unwrap();
    let mut trip = to.clone();
    trip.extend(paper.to_device(Rendering::Relative).unwrap());
    let (mut worst, mut sum, mut count) = (0.0_f64, 0.0, 0);
    for rgb in colours(3).chunks_exact(3).step_by(7) {
        let v = four([0, 1, 2].map(|i| f64::from(rgb[i]) / 65535.0));
        let lab = |v| crate::color::pcs::decode_lab(three(to.eval(v)));
        let e = delta_e_2000(lab(v), lab(trip.eval(v)));
        worst = worst.max(e);
        sum += e;
        count += 1;
    }
    let mean = sum / f64::from(count);
    println!("round trip of the virtual paper: mean {mean:.3}, worst {worst:.3}");
    assert!(mean < 0.5 && worst < 5.0, "mean {mean}, worst {worst}");
}
