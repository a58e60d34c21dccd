//! With real pictures: where they lie, what they look like, and that a template is laid out as it is printed.

use super::super::courier::StandardProfiles;
use super::super::stations::{Stations, Wanted};
use super::*;
use crate::color::LinkCache;
use crate::model::{DocumentFacts, DocumentId, Length, Media, PrinterId, Ticket};
use crate::press::template::TemplateLibrary;
use crate::spool::{Spool, SpoolLimits};

pub(super) struct House {
    pub studio: PressStudio,
    pub folder: tempfile::TempDir,
}

pub(super) fn gertie() -> PrinterId {
    PrinterId::new("gertie").unwrap()
}

pub(super) fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let limits = SpoolLimits {
        document_bytes: 1 << 24,
        free_floor: 0,
    };
    let spool = Spool::open(&data.join("spool"), limits).unwrap();
    let wanted = Wanted {
        id: gertie(),
        name: "Gertie".into(),
        uri: "virtual:".into(),
        seconds_per_sheet: 0.0,
    };
    let station = wanted.station(None, wanted.own_paper(), data).unwrap();
    let stations = Stations::default();
    stations.replace([(gertie(), Arc::new(station))].into());
    let courier = HouseCourier {
        stations,
        spool,
        limits: PressLimits {
            pixels: 1 << 24,
            side: 10_000,
            memory: 64_000_000,
            scratch: data.to_owned(),
        },
        links: Arc::new(LinkCache::new(2)),
        workers: 1,
        standard: StandardProfiles::new(),
        templates: Templates::of(Arc::new(TemplateLibrary::built_in())),
    };
    let studio = PressStudio::new(Arc::new(courier), data);
    House { studio, folder }
}

impl House {
    /// A PNG of one colour in the spool.
    pub fn picture(&self, (width, height): (u32, u32), colour: [u8; 3]) -> Document {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        let pixels = colour.repeat((width * height) as usize);
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        let digest = Sha256::of(&bytes);
        std::fs::write(self.studio.courier.spool.path(&digest), &bytes).unwrap();
        Document {
            id: DocumentId(0),
            number: 1,
            digest,
            bytes: bytes.len() as u64,
            name: Some("dawn.png".into()),
            facts: DocumentFacts {
                format: DocumentFormat::Png,
                width,
                height,
                pages: 1,
                resolution: None,
                profile: None,
            },
            canceled: false,
        }
    }

    fn print(&self, documents: Vec<Document>, margin: f64) -> Print {
        let media = Media {
            size: MediaSize::called("a4").unwrap(),
            media_type: "auto".into(),
            source: "auto".into(),
            margins: Margins::same(Length::mm(margin)),
        };
        Print {
            documents,
            ticket: Ticket::of(crate::model::Decided::by_client(media)),
            destination: Destination::Pool,
        }
    }
}

const PLAIN: Look = Look {
    side: 320,
    sheet: 1,
    proof: None,
};

/// Width, height and the colour in the middle.
fn seen(jpeg: &[u8]) -> ((usize, usize), [u8; 3]) {
    let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(jpeg));
    let pixels = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    let at = (height / 2 * width + width / 2) * 3;
    ((width, height), [pixels[at], pixels[at + 1], pixels[at + 2]])
}

#[test]
fn a_picture_lies_where_its_ticket_says() {
    let house = house();
    let mut print = house.print(vec![house.picture((300, 300), [9, 9, 9])], 5.0);
    let sheets = house.studio.lay_out(&print).unwrap();
    let picture = &sheets[0].pictures[0];
    // 200 mm between the margins of 210; centred on 297.
    assert!(
        (picture.width - 200.0).abs() < 0.1 && (picture.x - 5.0).abs() < 0.05,
        "{picture:?}"
    );
    assert!(
        (picture.y - 48.5).abs() < 0.1 && (picture.height - 200.0).abs() < 0.1,
        "{picture:?}"
    );
    assert_eq!((picture.ppi, picture.crop), (Some(38.0), [0.0, 0.0, 1.0, 1.0]));
    print.ticket.scaling.value = crate::model::PrintScaling::Fill;
    let filled = house.studio.lay_out(&print).unwrap();
    let crop = filled[0].pictures[0].crop;
    assert!((crop[2] - 200.0 / 287.0).abs() < 0.01 && crop[3] == 1.0, "{crop:?}");
    print.ticket.pages.value.number_up = 2;
    print.documents.push(house.picture((400, 100), [9, 9, 9]));
    let two = house.studio.lay_out(&print).unwrap();
    assert_eq!(
        (two.len(), two[1].pictures[0].document),
        (2, 2),
        "each begins on a sheet of its own"
    );
}

#[test]
fn thumbnails_and_proofs_are_small_made_once_and_show_the_print() {
    let house = house();
    let print = house.print(vec![house.picture((600, 900), [250, 10, 10])], 0.0);
    let key = house.studio.key(&print, &PLAIN).unwrap();
    let made = house.studio.picture(&print, &PLAIN, &key).unwrap();
    let ((width, height), middle) = seen(&made);
    assert!(height <= 320 && height > 300 && width < height, "{width} × {height}");
    assert!(middle[0] > 235 && middle[1] < 30, "{middle:?}");
    let kept = house.folder.path().join("proofs").join(format!("{key}.jpg"));
    std::fs::write(&kept, b"kept").unwrap();
    assert_eq!(house.studio.picture(&print, &PLAIN, &key).unwrap(), b"kept");

    let proof = |gamut| Look {
        side: 300,
        sheet: 1,
        proof: Some(ProofLook {
            printer: Some(gertie()),
            gamut,
            paper_white: false,
        }),
    };
    let look = |look: &Look| {
        let key = house.studio.key(&print, look).unwrap();
        (seen(&house.studio.picture(&print, look, &key).unwrap()).1, key)
    };
    let (plain, first) = look(&proof(None));
    let (warned, second) = look(&proof(Some(2.0)));
    assert_ne!(first, second);
    assert_ne!(plain, middle, "paper is no screen");
    assert_ne!(plain, warned, "no printer has such a red");
    let none = house
        .studio
        .picture(&print, &Look { sheet: 2, ..PLAIN }, &first_of(&house, &print));
    assert_eq!(none.unwrap_err().field, "sheet");
}

fn first_of(house: &House, print: &Print) -> Digest {
    house.studio.key(print, &Look { sheet: 2, ..PLAIN }).unwrap()
}

#[test]
fn a_template_is_fitted_checked_and_laid_out() {
    let house = house();
    let pictures = [
        house.picture((300, 200), [9, 9, 9]),
        house.picture((200, 300), [99, 9, 9]),
    ];
    let on = |size: &str| OnSheet {
        size: MediaSize::called(size),
        margins: None,
    };
    let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let fit = |name: &str, pairs: &[(&str, &str)], size: &str, documents: &[Document]| {
        house.studio.fit(name, &fields(pairs), &on(size), documents)
    };
    let fitted = fit("white-border", &[("border", "30")], "a4", &pictures).unwrap();
    assert_eq!((fitted.choice.sheets, fitted.margins), (2, None));
    assert_eq!(fit("four-up", &[], "a4", &pictures).unwrap().choice.sheets, 1);
    assert_eq!(
        fit("full-bleed", &[], "a4", &pictures).unwrap().margins,
        Some(Margins::BORDERLESS)
    );
    assert_eq!(
        fit("white-border", &[], "a4", &[]).unwrap().choice.sheets,
        1,
        "for a quote"
    );
    for (name, pairs, size, field) in [
        ("nothing", &[][..], "a4", "template"),
        ("greeting-card", &[], "a3+", "ticket/media"),
        ("white-border", &[("border", "wide")], "a4", "fields"),
        ("white-border", &[("title", "Dawn")], "a4", "fields"),
        ("step-wedge", &[], "a4", "template"),
    ] {
        let refused = fit(name, pairs, size, &pictures).unwrap_err();
        assert_eq!(refused.field, field, "{refused}");
    }
    for documents in [&pictures[..], &[]] {
        let refused = fit("white-border", &[("border", "100")], "a5", documents).unwrap_err();
        assert_eq!(refused.field, "fields", "no room is left, pictures or none: {refused}");
        let narrow = OnSheet {
            margins: Some(Margins::same(Length::mm(74.0))),
            ..on("a5")
        };
        let refused = house.studio.fit("white-border", &fields(&[]), &narrow, documents);
        assert_eq!(refused.unwrap_err().field, "ticket/border");
    }
    let mut print = house.print(pictures.to_vec(), 3.0);
    print.ticket.template = Some(fitted.choice);
    let sheets = house.studio.lay_out(&print).unwrap();
    assert_eq!(sheets.len(), 2);
    let upright = &sheets[1].pictures[0];
    assert!(upright.x >= 29.9 && upright.width <= 150.1, "{upright:?}");
    let key = house.studio.key(&print, &PLAIN).unwrap();
    assert!(seen(&house.studio.picture(&print, &PLAIN, &key).unwrap()).0.1 > 300);
}
