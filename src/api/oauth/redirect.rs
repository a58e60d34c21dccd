//! Where a person may be sent back to after he has said yes or no: an address that the program named when it was made,
//! letter for letter (RFC 9700, 4.1.3).

use smol_str::SmolStr;

/// Most bytes of an address.
const BYTES: usize = 500;

/// Whether an address may be one of a program's.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(uri: &str) -> Result<(), &'static str> {
    let is_plain = uri.len() <= BYTES
        && uri
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    let Some((scheme, rest)) = uri.split_once(':').filter(|_| is_plain) else {
        return Err("this is no address: write one like https://shop.example/callback");
    };
    if uri.contains('#') {
        return Err("an address to come back to has no # (RFC 6749, 3.1.2)");
    }
    match scheme {
        "https" | "http" => {
            let authority = authority(rest).ok_or("this address names no host")?;
            if authority.contains('@') {
                return Err("an address to come back to names no user");
            }
            if scheme == "http" && !is_this_device(authority) {
                return Err("only an app on the person's own device is reached by http:; write https:");
            }
            Ok(())
        }
        // An app's own scheme is its domain backwards (RFC 8252, 7.1); javascript:, data: and file: have no dot.
        app if app.contains('.') && app.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b)) => Ok(()),
        _ => Err("this address is neither https: nor of an app's own scheme, which has a dot"),
    }
}

/// Host and port of what stands behind the scheme.
fn authority(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("//")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = without_port(authority);
    (!host.is_empty() && host != "[]").then_some(authority)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_this_device(authority: &str) -> bool {
    matches!(without_port(authority), "127.0.0.1" | "[::1]" | "localhost")
}

/// Whether a program that has these addresses may have people sent to this one. An app listens on whichever port is free
/// on the person's own device, by the address and not by the name `localhost` (RFC 8252, 7.3 and 8.3).
pub fn is_known(asked: &str, known: &[SmolStr]) -> bool {
    known.iter().any(|known| {
        known == asked || matches!((loopback(known), loopback(asked)), (Some(known), Some(asked)) if known == asked)
    })
}

/// An address on the person's own device, taken apart: host, and path with query.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    check(uri).ok()?;
    let rest = uri.strip_prefix("http:")?;
    let authority = authority(rest)?;
    let host = without_port(authority);
    let path = &rest[2 + authority.len()..];
    matches!(host, "127.0.0.1" | "[::1]").then_some((host, path))
}

/// The address with what is told by it (RFC 6749, 4.1.2).
pub fn with(uri: &str, told: &[(&str, &str)]) -> String {
    let query = serde_html_form::to_string(told).unwrap_or_default();
    let separator = match uri.find('?') {
        None => "?",
        Some(at) if at + 1 == uri.len() || uri.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_https_or_of_the_device_or_of_an_app() {
        for good in [
            "https://shop.example/callback",
            "https://shop.example:8443/cb?x=1",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "http://localhost:9/cb",
            "com.example.app:/cb",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "http://shop.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1@evil.example/cb",
            "https://anna@shop.example/",
            "https:///cb",
            "https:shop.example",
            "https://shop.example/#x",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc",
            "/cb",
            "",
            "https://shop.example/a b",
            "https://shop.example\\@evil.example/",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_what_was_named_is_known_and_of_the_device_any_port() {
        let known = [
            "https://shop.example/cb".into(),
            "http://127.0.0.1/cb".into(),
            "http://localhost:9/cb".into(),
        ];
        for good in [
            "https://shop.example/cb",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:51004/cb",
            "http://localhost:9/cb",
        ] {
            assert!(is_known(good, &known), "{good}");
        }
        for bad in [
            "https://shop.example/cb/",
            "https://shop.example/cb?x",
            "https://shop.example:443/cb",
            "https://shop.example.evil.example/cb",
            "https://SHOP.example/cb",
            "http://127.0.0.1:51004/other",
            "http://127.0.0.1:51004/cb?x=1",
            "http://127.0.0.1:51004@evil.example/cb",
            "https://127.0.0.1/cb",
            "http://[::1]/cb",
            "http://localhost:10/cb",
            "",
        ] {
            assert!(!is_known(bad, &known), "{bad}");
        }
    }

    #[test]
    fn what_is_told_is_added() {
        let told = [("code", "a+b"), ("state", "ä &")];
        assert_eq!(with("https://x/cb", &told), "https://x/cb?code=a%2Bb&state=%C3%A4+%26");
        assert_eq!(with("https://x/cb?y=1", &told[..1]), "https://x/cb?y=1&code=a%2Bb");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}", port in any::<u16>()) {
            let known: [SmolStr; 1] = ["http://127.0.0.1/cb".into()];
            let _ = check(&text);
            prop_assert!(!is_known(&text, &known));
            let asked = format!("http://127.0.0.1:{port}/cb");
            prop_assert!(is_known(&asked, &known));
        }
    }
}
