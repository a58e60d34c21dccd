use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const ROOMY: Limits = Limits {
    head_bytes: 1 << 20,
    values: 10_000,
    depth: 8,
};

fn encoded(message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    message.encode(&mut out).unwrap();
    out
}

fn round_trip(bytes: &[u8]) -> Message {
    let (message, used) = Message::decode(bytes, &ROOMY).unwrap();
    assert_eq!(used, bytes.len());
    assert_eq!(
        encoded(&message),
        bytes,
        "what is accepted is written again byte for byte"
    );
    message
}

/// A head with `body` between the first eight bytes and the end tag.
fn head(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0x0b, 0, 0, 0, 1];
    bytes.extend_from_slice(body);
    bytes.push(group::END);
    bytes
}

fn attribute(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    for field in [name.as_bytes(), value] {
        bytes.extend_from_slice(&(field.len() as u16).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

fn refused(body: &[Vec<u8>]) -> DecodeError {
    Message::decode(&head(&body.concat()), &ROOMY).unwrap_err()
}

fn full_message() -> Message {
    let mut request = Message::request(op::PRINT_JOB, 7);
    let size = Value::collection(vec![
        Attribute::new("x-dimension", Value::Integer(21_000)),
        Attribute::new("y-dimension", Value::Integer(29_700)),
    ]);
    let overrides = Value::collection(vec![
        Attribute::new_all("pages", vec![Value::Range(1, 2), Value::Range(5, 6)]),
        Attribute::new("sides", Value::keyword("one-sided")),
        Attribute::new("media-col", Value::collection(vec![Attribute::new("media-size", size)])),
        Attribute::new("a-first-by-name-last-by-place", Value::Boolean(true)),
    ]);
    let mut job = Group::new(group::JOB);
    job.push_all(
        "media-supported",
        vec![Value::keyword("iso_a4_210x297mm"), Value::name("Büttenpapier")],
    );
    job.push_all("copies", vec![Value::Integer(-3), Value::Range(1, 99)]);
    job.push("overrides", overrides);
    job.push(
        "printer-resolution",
        Value::Resolution {
            x: 600,
            y: 300,
            units: 3,
        },
    );
    job.push("date-time-at-creation", Value::date_time(1_700_000_000));
    job.push("job-name", Value::NameWithLanguage("de".into(), "Prüfbild".into()));
    job.push("time-at-completed", Value::OutOfBand(0x13));
    job.push("blob", Value::OctetString(vec![0, 255, 1]));
    job.push(
        "strange",
        Value::Other {
            tag: 0x6a,
            bytes: vec![1, 2],
        },
    );
    job.push(
        "latin",
        Value::Other {
            tag: tag::TEXT,
            bytes: vec![0xfc],
        },
    );
    request.groups.push(job);
    request
}

#[test]
fn every_syntax_survives_with_order_and_every_value() {
    let message = full_message();
    assert_eq!(round_trip(&encoded(&message)), message);
}

#[test]
fn the_bytes_are_those_of_rfc_8010() {
    let bytes = head(
        &[
            vec![group::OPERATION],
            attribute(0x47, "attributes-charset", b"utf-8"),
            attribute(0x48, "attributes-natural-language", b"en"),
        ]
        .concat(),
    );
    assert_eq!(encoded(&Message::request(op::GET_PRINTER_ATTRIBUTES, 1)), bytes);
}

#[test]
fn a_date_is_eleven_octets_of_utc() {
    assert_eq!(
        Value::date_time(1_700_000_000),
        Value::DateTime([7, 231, 11, 14, 22, 13, 20, 0, b'+', 0, 0])
    );
}

#[test]
fn nesting_6000_deep_is_refused_at_the_limit() {
    let mut bytes = head(&[vec![group::JOB], attribute(tag::BEGIN_COLLECTION, "a", b"")].concat());
    bytes.pop();
    for _ in 0..6_000 {
        bytes.extend(attribute(tag::MEMBER_NAME, "", b"a"));
        bytes.extend(attribute(tag::BEGIN_COLLECTION, "", b""));
    }
    let limits = Limits::SERVER;
    assert!(matches!(
        Message::decode(&bytes, &limits),
        Err(DecodeError::TooDeep { limit: 8, .. })
    ));
    assert!(matches!(
        Scanner::new(limits).push(&bytes),
        Err(DecodeError::TooDeep { limit: 8, .. })
    ));
}

#[test]
fn half_a_gigabyte_of_attributes_is_refused_at_the_limit_without_holding_it() {
    let mut reader = HeadReader::new(Limits::SERVER);
    let mut chunk = vec![2, 0, 0, 2, 0, 0, 0, 1, group::OPERATION];
    let filler = attribute(tag::OCTET_STRING, "x", &[0; 32_000]);
    let mut pushed = 0usize;
    let error = loop {
        pushed += chunk.len();
        assert!(pushed < 500 << 20);
        match reader.push(Bytes::from(std::mem::replace(&mut chunk, filler.clone()))) {
            Ok(None) => {}
            Ok(Some(_)) => panic!("accepted"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, DecodeError::TooLong { limit: 256 << 10 });
    assert!(error.is_limit() && pushed < 400 << 10);
    assert_eq!(reader.prefix().unwrap().request_id, 1, "it can still be answered");
}

#[test]
fn what_rfc_8010_does_not_allow_is_refused() {
    let job = || vec![group::JOB];
    let begin = || attribute(tag::BEGIN_COLLECTION, "c", b"");
    let end = || attribute(tag::END_COLLECTION, "", b"");
    for (what, body) in [
        (
            "a value before a name",
            vec![job(), attribute(tag::INTEGER, "", &[0, 0, 0, 1])],
        ),
        (
            "an attribute before a group",
            vec![attribute(tag::INTEGER, "a", &[0, 0, 0, 1])],
        ),
        (
            "an end without a begin",
            vec![job(), attribute(tag::INTEGER, "a", &[0; 4]), end()],
        ),
        ("a group inside a collection", vec![job(), begin(), job()]),
        (
            "a member without a value",
            vec![job(), begin(), attribute(tag::MEMBER_NAME, "", b"m"), end()],
        ),
        (
            "a value without a member",
            vec![job(), begin(), attribute(tag::INTEGER, "", &[0; 4]), end()],
        ),
        (
            "a name inside a collection",
            vec![job(), begin(), attribute(tag::MEMBER_NAME, "n", b"m")],
        ),
        (
            "a member name outside",
            vec![job(), attribute(tag::MEMBER_NAME, "a", b"m")],
        ),
        (
            "an integer of five octets",
            vec![job(), attribute(tag::INTEGER, "a", &[0; 5])],
        ),
        ("a boolean of two", vec![job(), attribute(tag::BOOLEAN, "a", &[2])]),
        (
            "an inner length past the end",
            vec![job(), attribute(tag::TEXT_WITH_LANGUAGE, "a", &[0xff, 0xff, 0, 0])],
        ),
        (
            "a name with a line break",
            vec![job(), attribute(tag::INTEGER, "a\nb", &[0; 4])],
        ),
        ("an extension tag", vec![job(), attribute(0x7f, "a", &[0; 4])]),
        (
            "a begin with a value",
            vec![job(), attribute(tag::BEGIN_COLLECTION, "c", b"x")],
        ),
    ] {
        assert!(
            matches!(refused(&body), DecodeError::Malformed { .. }),
            "{what}: {:?}",
            refused(&body)
        );
    }
    // A name length that points past the end.
    assert!(matches!(
        refused(&[vec![group::JOB, 0x21, 0x7f, 0xff]]),
        DecodeError::Truncated { .. }
    ));
    assert!(matches!(
        refused(&[vec![group::JOB, 0x21, 0xff, 0xff]]),
        DecodeError::Malformed { .. }
    ));
}

#[test]
fn too_many_values_are_refused() {
    let mut body = vec![group::JOB];
    body.extend(attribute(tag::INTEGER, "a", &[0; 4]));
    for _ in 0..20 {
        body.extend(attribute(tag::INTEGER, "", &[0; 4]));
    }
    let limits = Limits { values: 20, ..ROOMY };
    assert_eq!(
        Message::decode(&head(&body), &limits).unwrap_err(),
        DecodeError::TooManyValues { limit: 20 }
    );
}

#[test]
fn a_text_that_is_too_long_for_its_length_is_an_error_and_not_cut() {
    let mut message = Message::request(op::PRINT_JOB, 1);
    message.groups[0].push("x", Value::OctetString(vec![0; 70_000]));
    assert!(matches!(
        message.encode(&mut Vec::new()),
        Err(EncodeError::TooLong { octets: 70_000, .. })
    ));
    assert_eq!(
        Value::name(&"ü".repeat(200)).as_str().unwrap().len(),
        254,
        "names are cut between characters"
    );
}

fn any_word() -> impl Strategy<Value = SmolStr> {
    "[a-z][a-z0-9-]{0,12}".prop_map(SmolStr::from)
}

fn any_leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::Integer),
        any::<i32>().prop_map(Value::Enum),
        any::<bool>().prop_map(Value::Boolean),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::OctetString),
        any::<[u8; 11]>().prop_map(Value::DateTime),
        (any::<i32>(), any::<i32>(), any::<i8>()).prop_map(|(x, y, units)| Value::Resolution { x, y, units }),
        (any::<i32>(), any::<i32>()).prop_map(|(a, b)| Value::Range(a, b)),
        "\\PC{0,20}".prop_map(|t| Value::Text(t.into())),
        "\\PC{0,20}".prop_map(|t| Value::Name(t.into())),
        any_word().prop_map(Value::Keyword),
        any_word().prop_map(Value::Uri),
        any_word().prop_map(Value::MimeMediaType),
        ("[a-z]{2}", "\\PC{0,9}").prop_map(|(l, t)| Value::TextWithLanguage(l.into(), t.into())),
        (0x10u8..0x20).prop_map(Value::OutOfBand),
    ]
}

fn any_attribute(value: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Attribute> {
    (any_word(), proptest::collection::vec(value, 1..4)).prop_map(|(name, values)| Attribute { name, values })
}

fn any_value() -> impl Strategy<Value = Value> + Clone {
    any_leaf().boxed().prop_recursive(5, 30, 4, |inner| {
        proptest::collection::vec(any_attribute(inner.boxed()), 0..4).prop_map(Value::Collection)
    })
}

fn any_message() -> impl Strategy<Value = Message> {
    let attributes = proptest::collection::vec(any_attribute(any_value()), 0..6);
    let groups = proptest::collection::vec((1u8..8, attributes), 0..4);
    (any::<(u8, u8)>(), any::<u16>(), any::<i32>(), groups).prop_map(|(version, code, request_id, groups)| Message {
        version,
        code,
        request_id,
        groups: groups
            .into_iter()
            .filter(|(tag, _)| *tag != group::END)
            .map(|(tag, attributes)| Group { tag, attributes })
            .collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_message_comes_back(message in any_message()) {
        let bytes = encoded(&message);
        let (back, used) = Message::decode(&bytes, &ROOMY).unwrap();
        prop_assert_eq!(used, bytes.len());
        prop_assert_eq!(back, message);
    }

    #[test]
    fn the_scanner_agrees_with_the_decoder_however_the_bytes_arrive(
        message in any_message(), sizes in proptest::collection::vec(1usize..40, 1..40), tail in 0usize..50,
    ) {
        let mut bytes = encoded(&message);
        let length = bytes.len();
        bytes.extend(std::iter::repeat_n(3u8, tail));
        let mut reader = HeadReader::new(ROOMY);
        let mut rest = &bytes[..];
        let mut sizes = sizes.into_iter().cycle();
        let (read, left) = loop {
            let n = sizes.next().unwrap().min(rest.len());
            let (now, later) = rest.split_at(n);
            rest = later;
            if let Some((read, unused)) = reader.push(Bytes::copy_from_slice(now)).unwrap() {
                break (read, unused.len() + rest.len());
            }
        };
        prop_assert_eq!(read, message);
        prop_assert_eq!(left, bytes.len() - length);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn changed_bytes_never_panic_and_what_is_accepted_is_written_as_it_came(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0u8..3), 1..6),
    ) {
        let mut bytes = encoded(&full_message());
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        if let Ok((message, used)) = Message::decode(&bytes, &ROOMY) {
            prop_assert_eq!(&encoded(&message)[..], &bytes[..used]);
            prop_assert_eq!(Scanner::new(ROOMY).push(&bytes), Ok(Scan::Complete { used }));
        }
        let _ = Scanner::new(ROOMY).push(&bytes);
    }
}

/// The same message by the `ipp` crate, which serves as a second opinion on well-formed messages.
#[test]
fn the_ipp_crate_reads_the_same() {
    use ipp::model::DelimiterTag;
    use ipp::parser::IppParser;
    use ipp::reader::IppReader;
    use ipp::value::IppValue;

    let mut request = Message::request(op::PRINT_JOB, 7);
    request.groups[0].push("printer-uri", Value::uri("ipp://localhost/ipp/print"));
    let mut job = Group::new(group::JOB);
    job.push("copies", Value::Integer(3));
    job.push("print-quality", Value::Enum(5));
    job.push("ok", Value::Boolean(true));
    job.push("range", Value::Range(1, 4));
    job.push_all(
        "sides",
        vec![Value::keyword("one-sided"), Value::keyword("two-sided-long-edge")],
    );
    request.groups.push(job);

    let theirs = IppParser::new(IppReader::new(std::io::Cursor::new(encoded(&request))))
        .parse()
        .unwrap();
    assert_eq!(theirs.header().request_id, 7);
    let groups: Vec<_> = theirs.attributes().groups_of(DelimiterTag::JobAttributes).collect();
    assert_eq!(groups.len(), 1);
    let value = |name: &str| {
        groups[0]
            .attributes()
            .iter()
            .find(|a| a.name().as_str() == name)
            .unwrap()
            .value()
            .clone()
    };
    assert_eq!(value("copies"), IppValue::Integer(3));
    assert_eq!(value("print-quality"), IppValue::Enum(5));
    assert_eq!(value("ok"), IppValue::Boolean(true));
    assert!(matches!(value("range"), IppValue::RangeOfInteger { min: 1, max: 4 }));
    assert!(matches!(value("sides"), IppValue::Array(a) if a.len() == 2));
}
