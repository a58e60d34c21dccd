use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Secrets of every kind that there is in the house.
const SECRETS: [&str; 9] = [
    "hunter2hunter2",                                                   // a password of a wireless network
    "qJtVxPfN8m2ZrC4KhW7eDsA1uYb6GoLi3TnRkXw9E0Q",                      // a token of a program
    "ptn_9f8e7d6c5b4a39281706f5e4d3c2b1a0",                             // one with its kind before it
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", // a digest
    "gI6EdUSYvn8ugXOt8QQD6Yc+JyiXxIhp3GiSWRgWwic=",                     // a key of WireGuard
    "JBSWY3DPEHPK3PXPJBSWY3DP",                                         // a second factor
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefABCDEF12345678901234567890",
    "K7WD-3QXM", // a setup code
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b27dWJJJJ2T0",
];

#[test]
fn a_secret_is_found_by_its_name_wherever_it_stands() {
    for secret in SECRETS {
        let document = json!({
            "password": secret,
            "wifi": {"psk": secret, "has_password": true, "ssid": "Anna's flat"},
            "webhooks": [{"id": 1, "secret": secret, "callback_url": secret}],
            "clients": [{"client_secret": secret, "refresh_token": secret}],
            "PrivateKey": secret,
            "jobs": 3,
        });
        let told = without_secrets(&document);
        let text = told.to_string();
        assert!(!text.contains(secret) && !text.contains("Anna"), "{text}");
        assert_eq!(
            (&told["jobs"], &told["wifi"]["has_password"]),
            (&json!(3), &json!(true))
        );
    }
}

#[test]
fn a_secret_is_found_by_its_look_and_by_what_stands_before_it() {
    for secret in SECRETS {
        for line in [
            format!("Authorization: Bearer {secret}"),
            format!("the password is known: password={secret} and that is all"),
            format!("https://shop.example/hooks?token={secret}&x=1"),
            format!("psk=\"{secret}\""),
            format!("claim it with the setup code {secret}"),
        ] {
            let told = text_without_secrets(&line);
            assert!(!told.contains(secret), "{told}");
        }
    }
    let long = SECRETS
        .iter()
        .filter(|secret| secret.len() > LONG && !secret.starts_with('$'));
    for secret in long {
        let told = text_without_secrets(&format!("2026-12-01 error api: something {secret} went wrong"));
        assert!(!told.contains(secret), "{told}");
    }
    let key = "before\n-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIH\nab\n-----END PRIVATE KEY-----\nafter\n";
    assert_eq!(text_without_secrets(key), format!("before\n{TAKEN_OUT}\nafter\n"));
}

#[test]
fn what_helps_stays() {
    for line in [
        "2026-12-01T10:00:00.123Z warn  queue: gertie does not answer: Connection refused (os error 111)",
        "ipp://192.168.1.20:631/ipp/print answers",
        "/var/lib/platen/spool/documents is nearly full: 511 MiB are free",
        "version 2.0.1-rc.1 runs from slot B; marker-supply-low-warning",
        "the database is now at schema 17",
    ] {
        assert_eq!(text_without_secrets(line).trim_end(), line);
    }
    // What jobs are called does not.
    let told = text_without_secrets("job 7 \"Anna and Bert, wedding.tif\": goes to Gertie");
    assert_eq!(told.trim_end(), format!("job 7 \"{TAKEN_OUT}\": goes to Gertie"));
}

proptest! {
    /// A token is found in whatever it stands, between whatever.
    #[test]
    fn no_token_gets_through(
        token in "[A-Za-z0-9_-]{22}[0-9][A-Z][a-z][A-Za-z0-9]{18}",
        before in "[ -~]{0,40}",
        after in "[ -~]{0,40}",
    ) {
        prop_assume!(token.split(['_', '-']).any(|part| part.len() >= LONG));
        let told = text_without_secrets(&format!("{before} {token} {after}"));
        prop_assert!(!told.contains(&token), "{}", told);
        let told = without_secrets(&json!({"said": format!("{before} {token}"), "more": [[token.clone()]]}));
        prop_assert!(!told.to_string().contains(&token), "{}", told);
    }

    #[test]
    fn nothing_breaks_it(text in "\\PC{0,200}") {
        let told = text_without_secrets(&text);
        prop_assert_eq!(text_without_secrets(&told).lines().count(), told.lines().count());
    }
}

#[test]
fn people_are_taken_out_as_words() {
    let told = |text: &str| without_people(text, ["anna", "öz", ""]);
    assert_eq!(told("job 1 of anna: by anna"), "job 1 of (taken out): by (taken out)");
    assert_eq!(
        told("Johanna annas anna_x \"anna\""),
        "Johanna annas anna_x \"(taken out)\""
    );
    assert_eq!(told("annaanna öz."), "annaanna (taken out).");
}
