//! Headers that every answer by HTTPS has, and the way there for whoever comes in the open.

use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, LOCATION};
use hyper::{Response, StatusCode};

use crate::door::AnswerBody;

/// What a page may do: load what is of this house, and nothing else; be shown in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
                      connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers and their values. No Strict-Transport-Security: our certificate is our own, and browsers would let nobody in
/// by it any more.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

/// The policy of a page whose form leads on to another site's address, which the browser would else not follow.
pub fn policy_towards(address: &str) -> Option<String> {
    let uri: hyper::Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_plain = authority
        .as_str()
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    // Of an app's own scheme there is no host.
    is_plain.then(|| {
        POLICY.replace(
            "form-action 'self'",
            &format!("form-action 'self' {scheme}://{authority}"),
        )
    })
}

/// Sets them, but for a policy that is there. What is told to one caller is kept by nobody, unless the answer says otherwise.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        if name != CONTENT_SECURITY_POLICY.as_str() || !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The host that a request names, where it can stand in an address.
pub fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(hyper::header::HOST)?.to_str().ok()?;
    let is_good = !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
    is_good.then_some(host)
}

/// A host without its port.
pub fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => &host[..colon],
        _ => host,
    }
}

/// Sends on, to another address of this house.
pub fn see(status: StatusCode, at: &str) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::default());
    *response.status_mut() = status;
    if let Ok(at) = HeaderValue::from_str(at) {
        response.headers_mut().insert(LOCATION, at);
    }
    secure(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_loses_its_port_and_nothing_else() {
        assert_eq!(without_port("studio.local:8443"), "studio.local");
        assert_eq!(without_port("studio"), "studio");
        assert_eq!(without_port("[::1]:8443"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
    }

    #[test]
    fn a_form_may_lead_to_one_other_site_and_no_policy_is_made_of_anything_odd() {
        let policy = policy_towards("https://shop.example:444/back?x=1").unwrap();
        assert!(
            policy.contains("form-action 'self' https://shop.example:444;"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(policy_towards("/back"), None);
        assert_eq!(policy_towards("https://a;script-src *"), None);
    }

    #[test]
    fn a_host_that_could_lead_elsewhere_is_none() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(hyper::header::HOST, HeaderValue::from_str(value).unwrap());
            headers
        };
        assert_eq!(host(&with("studio.local:1")), Some("studio.local:1"));
        for bad in ["evil.example/path", "a@b", "a b", "", "a?b"] {
            assert_eq!(host(&with(bad)), None, "{bad}");
        }
    }
}
