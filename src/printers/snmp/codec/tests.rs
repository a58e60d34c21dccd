use proptest::prelude::*;

use super::*;

fn oid() -> impl Strategy<Value = Oid> {
    let parts = (0..3u32, 0..40u32, prop::collection::vec(any::<u32>(), 0..20));
    parts.prop_map(|(first, second, rest)| Oid::new(&[&[first, second], rest.as_slice()].concat()).unwrap())
}

fn value() -> impl Strategy<Value = super::Value> {
    use super::Value;
    let octets = || prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        octets().prop_map(Value::Octets),
        Just(Value::Null),
        oid().prop_map(Value::Oid),
        octets().prop_map(Value::Address),
        any::<u32>().prop_map(Value::Counter),
        any::<u32>().prop_map(Value::Gauge),
        any::<u32>().prop_map(Value::Ticks),
        octets().prop_map(Value::Opaque),
        any::<u64>().prop_map(Value::Counter64),
        Just(Value::NoSuchObject),
        Just(Value::NoSuchInstance),
        Just(Value::EndOfMibView),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let kinds = [Kind::Get, Kind::GetNext, Kind::GetBulk, Kind::Response];
    let bindings = prop::collection::vec((oid(), value()).prop_map(|(oid, value)| Binding { oid, value }), 0..8);
    let head = (
        any::<bool>(),
        prop::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(kinds.to_vec()),
    );
    (head, any::<[i32; 3]>(), bindings).prop_map(|((is_v1, community, kind), numbers, bindings)| Message {
        version: if is_v1 { Version::V1 } else { Version::V2c },
        community,
        kind,
        request_id: numbers[0],
        error_status: numbers[1],
        error_index: numbers[2],
        bindings,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(message in message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn broken_messages_are_refused_and_never_more(message in message(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = message.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Message::decode(&bytes) {
            prop_assert_eq!(Message::decode(&read.encode()), Ok(read));
        }
        prop_assert!(Message::decode(&bytes[..at]).is_err());
    }

    #[test]
    fn identifiers_are_ordered_as_numbers(a in oid(), b in oid()) {
        prop_assert_eq!(a.cmp(&b), a.parts().cmp(b.parts()));
        prop_assert_eq!(Oid::parse(&a.to_string()), Some(a.clone()));
        prop_assert_eq!(a.child(b.parts()).below(&a).is_some(), true);
    }
}

/// A request as net-snmp writes it: `snmpget -v2c -c public HOST 1.3.6.1.2.1.1.5.0`, with request-id 1.
#[test]
fn a_request_is_as_others_write_it() {
    let expected = [
        0x30, 0x26, 0x02, 0x01, 0x01, 0x04, 0x06, b'p', b'u', b'b', b'l', b'i', b'c', 0xa0, 0x19, 0x02, 0x01, 0x01,
        0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01,
        0x05, 0x00, 0x05, 0x00,
    ];
    let message = Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        kind: Kind::Get,
        request_id: 1,
        error_status: 0,
        error_index: 0,
        bindings: vec![Binding {
            oid: Oid::parse("1.3.6.1.2.1.1.5.0").unwrap(),
            value: Value::Null,
        }],
    };
    assert_eq!(message.encode(), expected);
    assert_eq!(Message::decode(&expected), Ok(message));
}

#[test]
fn forms_that_devices_use_are_read() {
    // Long lengths with leading zeros, a gauge without its sign's zero, a level of −2 in four octets.
    let binding = [
        0x30, 0x84, 0, 0, 0, 0x0b, 0x06, 0x03, 0x2b, 0x06, 0x01, 0x02, 0x04, 0xff, 0xff, 0xff, 0xfe,
    ];
    let gauge = [0x30, 0x08, 0x06, 0x02, 0x2b, 0x06, 0x42, 0x02, 0xff, 0xff];
    let list = [&binding[..], &gauge[..]].concat();
    let mut pdu = vec![0x02, 1, 7, 0x02, 1, 0, 0x02, 1, 0, 0x30, 0x82, 0, list.len() as u8];
    pdu.extend(&list);
    let mut message = vec![0x02, 1, 0, 0x04, 0, 0xa2, 0x81, pdu.len() as u8];
    message.extend(&pdu);
    let mut all = vec![0x30, 0x81, message.len() as u8];
    all.extend(&message);
    let read = Message::decode(&all).unwrap();
    let values: Vec<Option<i64>> = read.bindings.iter().map(|b| b.value.number()).collect();
    assert_eq!(values, [Some(-2), Some(65_535)]);
}

#[test]
fn hostile_ones_are_refused() {
    let refused = |bytes: &[u8]| Message::decode(bytes).unwrap_err();
    assert_eq!(refused(&[]), DecodeError::Truncated);
    assert_eq!(refused(&[0x30, 0x80, 0, 0]), DecodeError::Length);
    assert_eq!(refused(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), DecodeError::Length);
    assert_eq!(refused(&[0x30, 0x03, 0x02, 0x01, 0x03]), DecodeError::Version);
    assert_eq!(Oid::decode(&[0x2b, 0x86]), Err(DecodeError::Oid));
    assert_eq!(
        Oid::decode(&[0x2b, 0x9f, 0xff, 0xff, 0xff, 0x7f]),
        Err(DecodeError::Number)
    );
    assert_eq!(Oid::decode(&[1; 200]), Err(DecodeError::Oid));
    for text in ["", "1", "3.1", "1.40", "1.3.x", "1.3.4294967296"] {
        assert_eq!(Oid::parse(text), None, "{text}");
    }
}
