//! Tokens made here, good and bad.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::*;
use crate::api::accounts::secret::base64url;

const ISSUER: &str = "https://id.example";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        audience: "platen",
        now: NOW,
    }
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": ["other", "platen"], "sub": "shop", "client_id": "shop-1",
        "exp": 1_800_000_300, "nbf": 1_800_000_000, "scope": "jobs:read jobs:write openid",
    })
}

/// A pair of Ed25519 that signs.
struct Signer(Ed25519KeyPair);

impl Signer {
    fn new(seed: u8) -> Signer {
        Signer(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn jwk(&self, kid: &str) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": base64url(self.0.public_key().as_ref())})
    }

    fn sign(&self, header: Value, body: Value) -> String {
        let signed = unsigned(header, body);
        let signature = base64url(self.0.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }
}

fn unsigned(header: Value, body: Value) -> String {
    format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(body.to_string().as_bytes())
    )
}

fn set(keys_of: &[Value]) -> Vec<Key> {
    keys(json!({"keys": keys_of}).to_string().as_bytes()).unwrap()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "a", "typ": "at+jwt"})
}

#[test]
fn a_good_token_is_taken_for_what_it_says() {
    let signer = Signer::new(1);
    let keys = set(&[Signer::new(2).jwk("b"), signer.jwk("a")]);
    let claims = verify(&signer.sign(header(), claims()), &keys, expected()).unwrap();
    assert_eq!(
        (claims.subject.as_str(), claims.client.as_deref()),
        ("shop", Some("shop-1"))
    );
    assert_eq!(claims.scopes.to_string(), "jobs:read jobs:write");
}

#[test]
fn each_thing_that_is_wrong_is_found() {
    let signer = Signer::new(1);
    let keys = set(&[signer.jwk("a"), Signer::new(2).jwk("b")]);
    let with = |key: &str, value: Value| {
        let mut body = claims();
        body[key] = value;
        verify(&signer.sign(header(), body), &keys, expected())
    };
    assert_eq!(with("aud", json!("other")), Err(Refused::Audience));
    assert_eq!(with("aud", json!([])), Err(Refused::Audience));
    assert_eq!(with("iss", json!("https://id.example/")), Err(Refused::Issuer));
    assert_eq!(with("exp", json!(1_799_999_940)), Err(Refused::Expired));
    assert!(
        with("exp", json!(1_799_999_941)).is_ok(),
        "clocks may be a minute apart"
    );
    assert_eq!(with("exp", json!(null)), Err(Refused::Malformed));
    assert_eq!(with("nbf", json!(1_800_000_061)), Err(Refused::NotYet));
    assert!(with("nbf", json!(1_800_000_060)).is_ok());
    assert_eq!(with("sub", json!("")), Err(Refused::Subject));
    assert_eq!(with("sub", json!("a\nb")), Err(Refused::Subject));
    let headed = |header: Value| verify(&signer.sign(header, claims()), &keys, expected());
    assert_eq!(headed(json!({"alg": "EdDSA", "kid": "b"})), Err(Refused::Signature));
    assert_eq!(headed(json!({"alg": "EdDSA", "kid": "c"})), Err(Refused::UnknownKey));
    assert_eq!(
        headed(json!({"alg": "EdDSA"})),
        Err(Refused::UnknownKey),
        "two could be meant"
    );
    assert_eq!(headed(json!({"alg": "RS256", "kid": "a"})), Err(Refused::Algorithm));
    assert_eq!(
        headed(json!({"alg": "EdDSA", "kid": "a", "crit": ["exp"]})),
        Err(Refused::Algorithm)
    );
}

#[test]
fn none_and_hmac_are_no_algorithms() {
    // An RSA key, whose public part anybody may use as a secret.
    let n = base64url(&[0xc3; 256]);
    let rsa = set(&[json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB"})]);
    assert_eq!(rsa.len(), 1);
    for alg in ["none", "None", "NONE", "", "HS256", "HS512", "RS512", "PS256", "ES256K"] {
        let signed = unsigned(json!({"alg": alg, "kid": "a"}), claims());
        let mac = base64url(&crate::crypto::hmac_sha256(n.as_bytes(), signed.as_bytes()));
        for signature in ["", mac.as_str()] {
            let token = format!("{signed}.{signature}");
            assert_eq!(verify(&token, &rsa, expected()), Err(Refused::Algorithm), "{alg}");
        }
    }
    // The right name, and still no signature.
    let signed = unsigned(json!({"alg": "RS256", "kid": "a"}), claims());
    let mac = base64url(&crate::crypto::hmac_sha256(n.as_bytes(), signed.as_bytes()));
    for signature in ["", mac.as_str()] {
        assert_eq!(
            verify(&format!("{signed}.{signature}"), &rsa, expected()),
            Err(Refused::Signature)
        );
    }
}

#[test]
fn a_token_of_es256_is_taken() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "x": base64url(&point[1..33]), "y": base64url(&point[33..]),
    });
    let signed = unsigned(json!({"alg": "ES256"}), claims());
    let signature = base64url(pair.sign(&random, signed.as_bytes()).unwrap().as_ref());
    let token = format!("{signed}.{signature}");
    assert!(verify(&token, &set(std::slice::from_ref(&jwk)), expected()).is_ok());
    let mut other = jwk;
    other["alg"] = json!("RS256");
    assert_eq!(set(&[other]), [], "a key of another algorithm than its kind's is none");
}

#[test]
fn keys_that_are_for_something_else_are_left_out() {
    let kept = set(&[
        json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}),
        json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "use": "enc"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB"}),
        json!({"kty": "EC", "crv": "P-384", "x": "AQAB", "y": "AQAB"}),
        json!("nothing"),
        Signer::new(3).jwk("x"),
    ]);
    assert_eq!(kept.len(), 1);
    assert!(keys(b"[]").is_err());
}

proptest! {
    /// No byte of a token can be changed.
    #[test]
    fn a_changed_token_is_refused(at in 0usize..400, bit in 0u8..7) {
        let signer = Signer::new(1);
        let keys = set(&[signer.jwk("a")]);
        let token = signer.sign(header(), claims());
        let mut bytes = token.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let changed = String::from_utf8(bytes).unwrap();
        // Base64 has one way to write each byte string, so that not even the last bits are free.
        prop_assert!(verify(&changed, &keys, expected()).is_err(), "{}", changed);
    }

    /// Whatever comes is refused, and breaks nothing.
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,200}", parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..5)) {
        let keys = set(&[Signer::new(1).jwk("a")]);
        prop_assert!(verify(&text, &keys, expected()).is_err());
        let parts: Vec<String> = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
        prop_assert!(verify(&parts.join("."), &keys, expected()).is_err());
    }
}
