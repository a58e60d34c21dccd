use base64::Engine as _;
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::*;

/// A channel of a test, with its key.
pub struct Maker(Ed25519KeyPair);

impl Maker {
    pub fn new(seed: u8) -> Maker {
        Maker(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub fn key(&self) -> PublicKey {
        PublicKey::Ed25519(self.0.public_key().as_ref().to_vec())
    }

    pub fn sign(&self, index: &Value) -> Vec<u8> {
        let index = index.to_string();
        let signature = self.0.sign(&[DOMAIN, index.as_bytes()].concat());
        let signature = base64::engine::general_purpose::STANDARD.encode(signature.as_ref());
        json!({"index": index, "signature": signature}).to_string().into_bytes()
    }
}

pub fn release(version: &str, minimum: Option<&str>) -> Value {
    json!({
        "version": version, "minimum_version": minimum, "url": "https://updates.example/b.raucb", "bytes": 5,
        "sha256": Sha256::of(b"hello").to_string(), "notes": "Better.",
    })
}

pub fn index(releases: &[Value]) -> Value {
    json!({
        "format": "platen-updates", "compatible": "platen-pi4", "made": "2026-11-30T00:00:00Z",
        "expires": "2027-11-30T00:00:00Z", "releases": releases,
    })
}

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn opened(bytes: &[u8], known: Option<Timestamp>, now: &str) -> Result<Index, ChannelError> {
    read(bytes, (&Maker::new(7).key(), "platen-pi4"), known, at(now))
}

const NOW: &str = "2026-12-01T00:00:00Z";

#[test]
fn a_list_is_believed_by_its_signature_alone() {
    let list = index(&[release("2.0", None)]);
    let good = Maker::new(7).sign(&list);
    let read = opened(&good, None, NOW).unwrap();
    assert_eq!((read.made, read.releases.len()), (at("2026-11-30T00:00:00Z"), 1));
    assert_eq!(read.releases[0].rollout_percent, 100);
    assert_eq!(
        opened(&Maker::new(8).sign(&list), None, NOW),
        Err(ChannelError::Unsigned)
    );
    let changed = String::from_utf8(good).unwrap().replace("Better.", "Worse..");
    assert_eq!(opened(changed.as_bytes(), None, NOW), Err(ChannelError::Unsigned));
    for odd in ["", "[]", "{\"index\": 1}", "{\"index\": \"{}\", \"signature\": \"?\"}"] {
        assert!(
            matches!(opened(odd.as_bytes(), None, NOW), Err(ChannelError::Unreadable(_))),
            "{odd}"
        );
    }
}

#[test]
fn a_list_that_goes_back_or_is_over_is_refused() {
    let sign = |list: &Value| Maker::new(7).sign(list);
    let list = index(&[]);
    let seen = Some(at("2026-11-30T00:00:00Z"));
    assert!(opened(&sign(&list), seen, NOW).is_ok());
    assert_eq!(opened(&sign(&list), Some(at(NOW)), NOW), Err(ChannelError::GoesBack));
    assert_eq!(
        opened(&sign(&list), None, "2027-11-30T00:00:00Z"),
        Err(ChannelError::Expired)
    );
    assert_eq!(
        opened(&sign(&list), None, "2026-11-01T00:00:00Z"),
        Err(ChannelError::Expired)
    );
    let mut other = list.clone();
    other["compatible"] = "fridge".into();
    assert!(matches!(
        opened(&sign(&other), None, NOW),
        Err(ChannelError::OtherMachine { .. })
    ));
    let mut other = list;
    other["format"] = "something".into();
    assert!(matches!(
        opened(&sign(&other), None, NOW),
        Err(ChannelError::Unreadable(_))
    ));
    for (field, value) in [
        ("rollout_percent", json!(101)),
        ("bytes", json!(0)),
        ("bytes", json!(1u64 << 40)),
        ("notes", json!("x".repeat(MOST_NOTES + 1))),
        ("version", json!("../..")),
        ("sha256", json!("00")),
    ] {
        let mut odd = release("2.0", None);
        odd[field] = value.clone();
        let read = opened(&sign(&index(&[odd])), None, NOW);
        assert!(matches!(read, Err(ChannelError::Unreadable(_))), "{field} {value}");
    }
}

#[test]
fn the_newest_that_can_be_installed_is_offered() {
    let list = [
        release("1.5", None),
        release("3.0", Some("2.0")),
        release("2.0", Some("1.0")),
        release("1.9", None),
    ];
    let list = opened(&Maker::new(7).sign(&index(&list)), None, NOW).unwrap();
    let offered = |runs: &str| newest(&list, &runs.parse().unwrap()).map(|release| release.version.to_string());
    assert_eq!(offered("0.9").as_deref(), Some("1.9"), "the others need a step between");
    assert_eq!(offered("1.5").as_deref(), Some("2.0"));
    assert_eq!(offered("2.0").as_deref(), Some("3.0"));
    assert_eq!(offered("3.0"), None);
}

#[test]
fn the_share_is_about_what_was_asked_for() {
    let version: Version = "2.0".parse().unwrap();
    for share in [0u8, 10, 50, 100] {
        let having = (0..10_000)
            .filter(|n| has_its_turn(&format!("machine {n}"), &version, share))
            .count();
        let expected = usize::from(share) * 100;
        assert!(having.abs_diff(expected) < 200, "{share}: {having}");
    }
}

proptest! {
    #[test]
    fn whoever_has_his_turn_keeps_it(machine in ".{0,40}", version in "[0-9]{1,3}\\.[0-9]{1,3}", share in 0u8..100) {
        let version: Version = version.parse().unwrap();
        if has_its_turn(&machine, &version, share) {
            prop_assert!(has_its_turn(&machine, &version, share + 1));
        }
        prop_assert!(has_its_turn(&machine, &version, 100));
        prop_assert!(!has_its_turn(&machine, &version, 0));
    }

    /// Whatever comes from outside, it is refused in words.
    #[test]
    fn nothing_from_outside_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(opened(&bytes, None, NOW).is_err());
    }
}
