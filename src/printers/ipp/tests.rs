use super::wire::Endpoint;
use super::*;
use crate::ipp::codec::{Attribute, Group, group};
use crate::model::{RasterFormat, RasterType, Resolution};

fn answer(tag: u8, attributes: Vec<Attribute>) -> Message {
    let mut message = Message::request(0, 1);
    message.groups.push(Group { tag, attributes });
    message
}

fn keywords(name: &str, words: &[&str]) -> Attribute {
    Attribute::new_all(name, words.iter().map(|w| Value::keyword(w)).collect())
}

#[test]
fn addresses_are_read_and_others_explained() {
    let e = Endpoint::parse("ipp://gertie.local/ipp/print").unwrap();
    assert_eq!(
        (e.host.as_str(), e.port, e.path.as_str()),
        ("gertie.local", 631, "/ipp/print")
    );
    let e = Endpoint::parse("ipp://[::1]:8632/ipp/print").unwrap();
    assert_eq!((e.host.as_str(), e.port), ("[::1]", 8632));
    for bad in [
        "http://x/",
        "ipps://x/",
        "ipp://",
        "ipp://x:y/",
        "ipp://me@x/",
        "gertie",
    ] {
        let why = Endpoint::parse(bad).unwrap_err();
        assert!(why.contains("ipp://HOST/PATH"), "{why}");
    }
}

#[test]
fn pixel_types_come_from_the_format_that_is_sent() {
    let pwg = answer(
        group::PRINTER,
        vec![
            Attribute::new_all(
                "document-format-supported",
                vec![Value::mime("image/urf"), Value::mime("image/pwg-raster")],
            ),
            keywords(
                "pwg-raster-document-type-supported",
                &["srgb_8", "adobe-rgb_8", "cmyk_8"],
            ),
            keywords("urf-supported", &["W8", "DEVRGB24", "RS300-600"]),
            Attribute::new(
                "pwg-raster-document-resolution-supported",
                Value::Resolution {
                    x: 600,
                    y: 600,
                    units: 3,
                },
            ),
        ],
    );
    let can = read::capabilities(&pwg).unwrap();
    assert_eq!(can.formats, [RasterFormat::Pwg]);
    assert_eq!(can.raster_types, [RasterType::Srgb8, RasterType::AdobeRgb8]);
    let urf = answer(
        group::PRINTER,
        vec![
            Attribute::new("document-format-supported", Value::mime("image/urf")),
            keywords("urf-supported", &["W8-16", "SRGB24", "RS300-600"]),
        ],
    );
    let can = read::capabilities(&urf).unwrap();
    assert_eq!(can.formats, [RasterFormat::Urf]);
    assert_eq!(can.raster_types, [RasterType::Srgb8, RasterType::Sgray8]);
    assert_eq!(can.resolutions, [Resolution::square(300), Resolution::square(600)]);
}

#[test]
fn a_job_never_began_only_when_the_printer_says_so() {
    let began = |state: i32, time: Option<Value>| {
        let mut attributes = vec![Attribute::new("job-state", Value::Enum(state))];
        attributes.extend(time.map(|t| Attribute::new("time-at-processing", t)));
        read::job_state(&answer(group::JOB, attributes)).unwrap().began
    };
    assert_eq!(began(8, Some(Value::OutOfBand(0x13))), Some(false));
    assert_eq!(began(8, Some(Value::Integer(7))), Some(true));
    assert_eq!(began(8, Some(Value::OutOfBand(0x12))), None);
    assert_eq!(began(7, None), None);
    assert_eq!(began(5, Some(Value::OutOfBand(0x13))), Some(true));
}

#[test]
fn an_orphan_is_known_by_its_token_however_long_its_name() {
    let name = order::job_name(&"ä".repeat(300), "k3x9");
    assert!(name.len() <= 255 && name.ends_with("[k3x9]"));
    let other = Group {
        tag: group::JOB,
        attributes: vec![
            Attribute::new("job-id", Value::Integer(4)),
            Attribute::new("job-name", Value::name("k3x9")),
        ],
    };
    let ours = Group {
        tag: group::JOB,
        attributes: vec![
            Attribute::new("job-id", Value::Integer(5)),
            Attribute::new("job-name", Value::name(&name)),
        ],
    };
    let mut message = Message::request(0, 1);
    message.groups.extend([other, ours]);
    assert_eq!(read::job_with_token(&message, "k3x9").unwrap().id, 5);
    assert_eq!(read::job_with_token(&message, "k3x8"), None);
}

#[test]
fn a_refusal_is_told_in_the_printers_own_words() {
    let mut message = Message::request(status::SERVER_ERROR_BUSY, 1);
    message.groups[0].push("status-message", Value::text("Printing\u{7} something else."));
    let trouble = read::refusal(&message, "the job").unwrap();
    assert_eq!(trouble.class, TroubleClass::Busy);
    assert_eq!(
        trouble.text,
        "it refused the job (server-error-busy: Printing something else.)"
    );
}

#[test]
fn answers_without_the_essentials_are_protocol_errors() {
    let empty = Message::request(0, 1);
    assert_eq!(read::remote_job(&empty).unwrap_err().class, TroubleClass::Protocol);
    assert_eq!(
        read::printer_status(&empty, Timestamp(0)).unwrap_err().class,
        TroubleClass::Protocol
    );
    assert_eq!(read::job_state(&empty).unwrap_err().class, TroubleClass::Protocol);
    let zero = answer(group::JOB, vec![Attribute::new("job-id", Value::Integer(0))]);
    assert_eq!(read::remote_job(&zero).unwrap_err().class, TroubleClass::Protocol);
}

/// The queue decides by its own table what follows from a status: both say the same.
#[test]
fn every_status_means_to_the_driver_what_it_means_to_the_queue() {
    use crate::queue::classes;
    let mut known = 0;
    for code in 0x0100..=u16::MAX {
        let trouble = read::refusal(&Message::request(code, 1), "the job").unwrap();
        assert_eq!(
            classes::of_trouble(trouble.class),
            classes::of_status(code),
            "0x{code:04x} {:?}",
            status::name(code)
        );
        let row = classes::STATUSES.iter().find(|row| row.code == code);
        assert_eq!(row.map(|row| row.name), status::name(code).filter(|_| code >= 0x0400));
        known += usize::from(row.is_some());
    }
    assert_eq!(known, classes::STATUSES.len());
}
