//! What a sender keeps with a job, under its limits, and what a request is known by when it comes again.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::submit::JobRequest;
use crate::api::{Caller, Problem};
use crate::crypto::Sha256;
use crate::intake::Received;
use crate::model::{Order, RequestKey};

/// What the sender of a request keeps with its job.
pub(super) fn order_of(caller: &Caller, request: &JobRequest) -> Result<Order, Problem> {
    Ok(Order {
        reference: request.reference.as_ref().map(reference).transpose()?,
        metadata: metadata(&request.metadata)?,
        callback_url: request.callback_url.as_ref().map(callback).transpose()?,
        client: caller.client.clone(),
    })
}

/// A sender's own name for a job.
pub(super) fn reference(text: &SmolStr) -> Result<SmolStr, Problem> {
    clean("reference", text, Order::TEXT)
}

/// Words of the sender.
pub(super) fn metadata(pairs: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problem> {
    if pairs.len() > Order::METADATA {
        let text = format_smolstr!("a job keeps at most {} pairs", Order::METADATA);
        return Err(Problem::invalid("metadata", text));
    }
    for (name, value) in pairs {
        let field = format_smolstr!("metadata/{}", short(name));
        let is_name = (1..=Order::METADATA_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if !is_name {
            let text = format_smolstr!("a name has 1 to {} characters on one line", Order::METADATA_NAME);
            return Err(Problem::invalid(field, text));
        }
        if value.chars().count() > Order::TEXT {
            return Err(Problem::invalid(
                field,
                format_smolstr!("a value has at most {} characters", Order::TEXT),
            ));
        }
    }
    Ok(pairs.clone())
}

/// Where a sender hears of a job: by https alone, so that nobody on the way reads or changes what is told.
pub(super) fn callback(url: &SmolStr) -> Result<SmolStr, Problem> {
    let uri = url.parse::<hyper::Uri>().ok().filter(|_| url.len() <= Order::URL);
    let is_good = uri.is_some_and(|uri| {
        let authority = uri.authority().map_or("", |a| a.as_str());
        let has_port = crate::watch::check_port(&uri).is_ok();
        uri.scheme_str() == Some("https") && !authority.is_empty() && !authority.contains('@') && has_port
    });
    is_good.then(|| url.clone()).ok_or_else(|| {
        let text = format_smolstr!(
            "this must be an https:// address of {} bytes at most, without a user in it, and with a port that there is: \
             what becomes of a job is told by TLS alone",
            Order::URL
        );
        Problem::invalid("callback_url", text)
    })
}

/// One line of text.
pub(super) fn clean(field: &'static str, text: &SmolStr, most: usize) -> Result<SmolStr, Problem> {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        let text = format_smolstr!("this is one line of {most} characters at most");
        return Err(Problem::invalid(field, text));
    }
    Ok(text.clone())
}

/// The beginning of what was sent, for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What a request is known by: whose it is, and all that it asks for, documents included.
pub(super) fn request_key(
    caller: &Caller,
    key: SmolStr,
    request: &JobRequest,
    received: &[Received],
) -> Result<RequestKey, Problem> {
    let is_good = (1..=RequestKey::MOST).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if !is_good {
        let text = format_smolstr!(
            "a key has 1 to {} visible ASCII characters and no space",
            RequestKey::MOST
        );
        return Err(Problem::invalid("Idempotency-Key", text));
    }
    let mut told = serde_json::to_string(request).map_err(|error| Problem::internal(&error))?;
    for Received { document, .. } in received {
        told.push_str(&format!("\n{} {:?}", document.digest, document.name));
    }
    Ok(RequestKey {
        // A program for itself and one for a person are two senders.
        owner: format_smolstr!("{}\n{}", caller.client.as_deref().unwrap_or(""), caller.name),
        key,
        request: format_smolstr!("{}", Sha256::of(told.as_bytes())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_go_by_tls_alone() {
        for good in ["https://shop.example/hook", "https://10.0.0.5:8443/a?b=c"] {
            assert!(callback(&good.into()).is_ok(), "{good}");
        }
        let long = format!("https://a/{}", "x".repeat(Order::URL));
        for bad in [
            "http://shop.example/",
            "https:///x",
            "https://user:secret@shop.example/",
            "ftp://a/",
            "/x",
            "",
            "https://a b/",
            "https://shop.example:99999/",
            &long,
        ] {
            assert!(callback(&bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn metadata_is_bounded() {
        let pairs = |n: usize, value: &str| -> BTreeMap<String, String> {
            (0..n).map(|i| (format!("k{i}"), value.to_owned())).collect()
        };
        assert!(metadata(&pairs(20, "x")).is_ok());
        assert!(metadata(&pairs(21, "x")).is_err());
        assert!(metadata(&pairs(1, &"x".repeat(501))).is_err());
        assert!(metadata(&[("a\nb".to_owned(), String::new())].into()).is_err());
    }

    #[test]
    fn the_same_request_has_the_same_key_however_it_was_written() {
        let read = |json: &str| -> JobRequest { serde_json::from_str(json).unwrap() };
        let caller = Caller::owner("ola");
        let of = |json: &str| request_key(&caller, "k".into(), &read(json), &[]).unwrap().request;
        let one = of(r#"{"name": "a", "ticket": {"media": "a4", "border": 3}, "metadata": {"x": "1", "y": "2"}}"#);
        let same = of(r#"{"metadata":{"y":"2","x":"1"},"ticket":{"border":3.0,"media":"a4"},"name":"a"}"#);
        assert_eq!(one, same);
        assert_ne!(one, of(r#"{"name": "b", "ticket": {"media": "a4", "border": 3}}"#));
        assert!(request_key(&caller, "a b".into(), &JobRequest::default(), &[]).is_err());
    }
}
