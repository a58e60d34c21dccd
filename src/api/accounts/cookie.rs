//! The session's cookie.

use hyper::header::{COOKIE as HEADER, HeaderMap};

use super::secret::Secret;

/// Its name. Browsers take one with this prefix only by TLS, for this host and no other, and for every path (RFC 6265bis,
/// 4.1.3.2).
pub const COOKIE: &str = "__Host-platen";

/// `Set-Cookie` of whoever is signed out.
pub const GONE_COOKIE: &str = "__Host-platen=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

/// `Set-Cookie` of whoever is signed in.
pub(super) fn set(secret: &Secret, seconds: i64) -> String {
    format!(
        "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}",
        secret.reveal()
    )
}

/// The cookie of a request; none where there are two, of which nobody knows whose the second one is.
pub(super) fn read(headers: &HeaderMap) -> Option<&str> {
    let mut found = headers
        .get_all(HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    let value = found.next()?;
    (found.next().is_none() && !value.is_empty() && value.len() <= 128).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn the_cookie_is_found_among_others_and_only_where_it_is_alone() {
        let with = |values: &[&'static str]| -> HeaderMap {
            let values = values.iter().map(|v| (HEADER, HeaderValue::from_static(v)));
            values.collect()
        };
        assert_eq!(read(&with(&["a=b; __Host-platen=x1; c=d"])), Some("x1"));
        assert_eq!(read(&with(&["a=b", "__Host-platen=x1"])), Some("x1"));
        assert_eq!(read(&with(&["__Host-platen=x1; __Host-platen=x2"])), None);
        assert_eq!(read(&with(&["__host-platen=x1", "__Host-platen="])), None);
        assert_eq!(read(&with(&[])), None);
    }
}
