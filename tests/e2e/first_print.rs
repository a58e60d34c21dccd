//! A photograph goes from `ipptool` through the queue to four printers, and the colours that arrive are LittleCMS'.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lcms2::{CIELab, CIELabExt, CIExyY, CIExyYTRIPLE, Flags, Intent, PixelFormat, Profile, ToneCurve, Transform};

use crate::common::daemon::Daemon;
use crate::common::eve::Eve;
use crate::common::raster::Page;
use crate::common::simulator::Simulator;
use crate::common::{ipptool, photo, raster, wait_for};

/// What a page may differ from LittleCMS' (CIEDE2000).
const MOST: f64 = 1.0;

/// Adobe RGB (1998), section 4.3: primaries, white D65, gamma 563/256.
fn adobe_rgb() -> Profile {
    let point = |x: f64, y: f64| CIExyY { x, y, Y: 1.0 };
    let primaries = CIExyYTRIPLE {
        Red: point(0.64, 0.33),
        Green: point(0.21, 0.71),
        Blue: point(0.15, 0.06),
    };
    let gamma = ToneCurve::new(563.0 / 256.0);
    Profile::new_rgb(&point(0.3127, 0.3290), &primaries, &[&gamma, &gamma, &gamma]).unwrap()
}

/// Where a patch of the photograph lies on a portrait sheet: turned by 90° counter-clockwise.
fn place(page: &Page, index: usize) -> (usize, usize) {
    let (left, top, right, bottom) = page.inked();
    let (u, v) = photo::patch_centre(index);
    let x = left as f64 + v * (right - left) as f64;
    let y = top as f64 + (1.0 - u) * (bottom - top) as f64;
    (x as usize, y as usize)
}

/// Compares every patch with what LittleCMS makes of it, both seen through the output's profile; gives the worst ΔE2000.
fn worst(page: &Page, output: &Profile, intent: Intent) -> (f64, String) {
    let source = Profile::new_icc(&photo::profile()).unwrap();
    let exact = Flags::NO_OPTIMIZE | Flags::NO_CACHE;
    let convert: Transform<[u8; 3], [f64; 3]> = Transform::new_flags(
        &source,
        PixelFormat::RGB_8,
        output,
        PixelFormat::RGB_DBL,
        intent,
        exact | Flags::BLACKPOINT_COMPENSATION,
    )
    .unwrap();
    let d50 = lcms2::white_point_from_temp(5003.0).unwrap();
    let lab = Profile::new_lab4_context(lcms2::GlobalContext::new(), &d50).unwrap();
    let seen: Transform<[f64; 3], [f64; 3]> = Transform::new_flags(
        output,
        PixelFormat::RGB_DBL,
        &lab,
        PixelFormat::Lab_DBL,
        Intent::RelativeColorimetric,
        exact,
    )
    .unwrap();
    let mut worst = (0.0, String::new());
    for (index, patch) in photo::PATCHES.iter().enumerate() {
        let mut wanted = [[0.0; 3]];
        convert.transform_pixels(&[*patch], &mut wanted);
        // Doubles run on outside of the gamut; no device value does.
        let wanted = wanted.map(|rgb| rgb.map(|v: f64| v.clamp(0.0, 1.0)));
        let (x, y) = place(page, index);
        let arrived: Vec<f64> = page.mean(x, y, 6).iter().map(|s| s / 255.0).collect();
        let mut both = [[0.0; 3]; 2];
        seen.transform_pixels(&[wanted[0], [arrived[0], arrived[1], arrived[2]]], &mut both);
        let [a, b] = both.map(|lab| CIELab {
            L: lab[0],
            a: lab[1],
            b: lab[2],
        });
        let delta = a.cie2000_delta_e(&b, 1.0, 1.0, 1.0);
        if delta > worst.0 {
            worst = (delta, format!("patch {index} {patch:?}: {wanted:?} and {arrived:?}"));
        }
    }
    worst
}

fn check_colours(who: &str, page: &Page, output: &Profile, intent: Intent) {
    let (delta, what) = worst(page, output, intent);
    assert!(delta <= MOST, "{who}: ΔE2000 {delta:.2}: {what}");
    println!("{who}: {} patches, worst ΔE2000 {delta:.2}", photo::PATCHES.len());
}

fn check_header(page: &Page, space: u32) {
    // A4 at 300 dpi.
    assert_eq!((page.width, page.height, page.channels), (2_480, 3_508, 3));
    assert_eq!(page.text(0), "PwgRaster");
    assert_eq!(page.text(1_732), "iso_a4_210x297mm");
    assert_eq!(page.text(1_668), "relative-bpc");
    assert_eq!((page.number(276), page.number(280)), (300, 300));
    assert_eq!((page.number(352), page.number(356)), (595, 842));
    assert_eq!(page.number(400), space, "cupsColorSpace");
    assert_eq!(page.number(452), 1, "TotalPageCount");
    assert_eq!(page.number(484), 4, "PrintQuality");
    // The picture keeps to its margins, and is as large as they allow: 5 mm below, 3 above, 3.4 beside.
    let (left, top, right, bottom) = page.inked();
    assert!(
        left >= 40 && right <= 2_440 && top >= 35 && bottom <= 3_449,
        "{:?}",
        page.inked()
    );
    assert!(bottom - top >= 3_400 || right - left >= 2_390, "{:?}", page.inked());
}

fn completed(port: u16, id: i32) {
    wait_for("the job to be completed", Duration::from_secs(120), || {
        let (state, text) = ipptool::job(port, id);
        assert!(!matches!(state.as_str(), "aborted" | "canceled"), "{text}");
        (state == "completed").then(|| assert!(text.contains("job-completed-successfully"), "{text}"))
    });
}

fn simulated(printer: &Simulator) -> Page {
    let sheets = printer.sheets();
    assert_eq!(sheets.len(), 1, "{sheets:?}");
    one(&printer.spool.join(&sheets[0].file))
}

fn one(path: &Path) -> Page {
    let mut pages = raster::read(&fs::read(path).unwrap());
    assert_eq!(pages.len(), 1);
    pages.remove(0)
}

#[test]
fn a_photograph_arrives_at_four_printers_in_its_colours() {
    let folder = tempfile::tempdir().unwrap();
    let gertie = Eve::start(folder.path(), "Gertie", "srgb_8,adobe-rgb_8,sgray_8");
    let squirty = Eve::start(folder.path(), "Squirty", "srgb_8,sgray_8");
    let speed = ["--seconds-per-page", "0.3"];
    let spooling = Simulator::start(folder.path(), "spooling", &speed);
    let streaming = [&speed[..], &["--mode", "stream", "--raster-types", "rgb_8,srgb_8"]].concat();
    let streaming = Simulator::start(folder.path(), "streaming", &streaming);
    let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/profiles/virtual-pro-1000-lustre.icc");
    let mut config = String::new();
    for (name, uri) in [
        ("Gertie", gertie.uri()),
        ("Squirty", squirty.uri()),
        ("Spooling", spooling.uri()),
        ("Streaming", streaming.uri()),
    ] {
        config += &format!("[[printer]]\nname = \"{name}\"\nuri = \"{uri}\"\n");
    }
    config += &format!(
        "[[printer.profile]]\nfile = \"{}\"\nraster-type = \"rgb_8\"\n",
        paper.display()
    );
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    let wishes = "ATTR keyword media iso_a4_210x297mm\nATTR enum print-quality 4";
    let jobs: Vec<i32> = ["gertie", "squirty", "spooling", "streaming"]
        .iter()
        .map(|printer| ipptool::print(folder.path(), &daemon.uri(Some(printer)), &photo, "image/jpeg", wishes))
        .collect();
    jobs.iter().for_each(|id| completed(daemon.port, *id));

    let paper = Profile::new_icc(&fs::read(paper).unwrap()).unwrap();
    let of_eve = |eve: &Eve| {
        let documents = eve.documents();
        assert_eq!(documents.len(), 1, "{documents:?}");
        one(&documents[0])
    };
    for (who, page, space, output) in [
        ("ippeveprinter Gertie, Adobe RGB", of_eve(&gertie), 20, adobe_rgb()),
        ("ippeveprinter Squirty, sRGB", of_eve(&squirty), 19, Profile::new_srgb()),
        ("simulate, Adobe RGB", simulated(&spooling), 20, adobe_rgb()),
        ("simulate, the paper's profile", simulated(&streaming), 1, paper),
    ] {
        check_header(&page, space);
        check_colours(who, &page, &output, Intent::RelativeColorimetric);
    }
    assert!(daemon.interrupt().success());
}

#[test]
fn apple_raster_and_the_perceptual_intent_arrive_in_their_colours_too() {
    let folder = tempfile::tempdir().unwrap();
    let speed = ["--seconds-per-page", "0.3"];
    let apple = Simulator::start(
        folder.path(),
        "apple",
        &[&speed[..], &["--formats", "image/urf"]].concat(),
    );
    let device = Simulator::start(
        folder.path(),
        "device",
        &[&speed[..], &["--raster-types", "rgb_8,srgb_8"]].concat(),
    );
    let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/profiles/virtual-pro-1000-lustre.icc");
    let config = format!(
        "[[printer]]\nname = \"Apple\"\nuri = \"{}\"\n[[printer]]\nname = \"Device\"\nuri = \"{}\"\n[[printer.profile]]\nfile = \
         \"{}\"\nraster-type = \"rgb_8\"\n",
        apple.uri(),
        device.uri(),
        paper.display()
    );
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    let print = |printer: &str, more: &str| {
        let wishes = format!("ATTR keyword media iso_a4_210x297mm\nATTR enum print-quality 4\n{more}");
        let uri = daemon.uri(Some(printer));
        completed(
            daemon.port,
            ipptool::print(folder.path(), &uri, &photo, "image/jpeg", &wishes),
        );
    };
    print("apple", "");
    print("device", "ATTR keyword print-rendering-intent perceptual");

    let sheets = apple.sheets();
    assert_eq!(sheets.len(), 1, "{sheets:?}");
    let mut pages = raster::read_urf(&fs::read(apple.spool.join(&sheets[0].file)).unwrap());
    assert_eq!(pages.len(), 1);
    let page = pages.remove(0);
    // A4 at 300 dpi; bits, colour space (3 is Adobe RGB), one-sided, normal quality.
    assert_eq!((page.width, page.height, page.channels), (2_480, 3_508, 3));
    assert_eq!(page.header[..4], [24, 3, 1, 4]);
    assert_eq!(page.number(20), 300);
    check_colours(
        "simulate, Apple raster",
        &page,
        &adobe_rgb(),
        Intent::RelativeColorimetric,
    );

    let page = simulated(&device);
    let paper = Profile::new_icc(&fs::read(paper).unwrap()).unwrap();
    assert_eq!(page.text(1_668), "perceptual");
    check_colours("simulate, perceptual", &page, &paper, Intent::Perceptual);
    // The other intent would have looked otherwise: it is the perceptual table that was used.
    let (other, _) = worst(&page, &paper, Intent::RelativeColorimetric);
    assert!(other > MOST, "ΔE2000 {other:.2} between the intents");
}

#[test]
fn a_newcomers_print_lies_in_the_folder_of_a_virtual_printer() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.2\n";
    let daemon = Daemon::start(folder.path(), config);
    let photo = photo::jpeg(folder.path());
    let (passed, text) = ipptool::run(&[
        "-tv",
        "-f",
        photo.to_str().unwrap(),
        &daemon.uri(None),
        "print-job.test",
    ]);
    assert!(passed, "{text}");
    completed(daemon.port, 1);
    let prints = folder.path().join("data/prints/gertie");
    let sheets: Vec<_> = fs::read_dir(&prints)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "png"))
        .collect();
    assert_eq!(sheets.len(), 1, "{sheets:?}");
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&sheets[0]).unwrap()));
    let reader = decoder.read_info().unwrap();
    let info = reader.info();
    // A4 at 600 dpi, the default quality being high.
    assert_eq!((info.width, info.height), (4_961, 7_016));
    assert!(info.icc_profile.is_some());
}
