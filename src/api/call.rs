//! One call: who makes it, what it names, and its body under limits.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::Body as _;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use serde::de::DeserializeOwned;
use smol_str::{SmolStr, format_smolstr};

use super::{Caller, Problem, words};
use crate::door::{Body, Peer};

/// Most bytes of a JSON document or of a form.
const JSON_BYTES: usize = 256 << 10;
/// How long one may take.
const JSON_TIME: Duration = Duration::from_secs(20);

/// A request on its way to its operation.
pub struct Call {
    /// Who makes it.
    pub caller: Caller,
    /// Method, path, headers.
    pub parts: Parts,
    /// Parts of the path that have a name.
    pub named: Vec<(SmolStr, SmolStr)>,
    /// Where it comes from.
    pub peer: Peer,
    /// In a lock that is never waited for: pages that are drawn in pieces may be read from any thread.
    body: Mutex<Body>,
    idle: Duration,
}

impl Call {
    /// Puts a call together. Its body may pause for `idle`.
    pub fn new(caller: Caller, (parts, body): (Parts, Body), peer: Peer, idle: Duration) -> Call {
        Call {
            caller,
            parts,
            named: Vec::new(),
            peer,
            body: Mutex::new(body),
            idle,
        }
    }

    /// A part of the path.
    ///
    /// # Errors
    /// 404 when it can't name anything: `what` says of what kind.
    pub fn id<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        let found = self.named.iter().find(|(known, _)| known == name);
        let text = found.map_or("", |(_, value)| value.as_str());
        text.parse()
            .map_err(|_| Problem::not_found("not-found", format_args!("{what} \"{text}\"")))
    }

    /// The query.
    ///
    /// # Errors
    /// 422 with the parameter at fault.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        from_form(self.parts.uri.query().unwrap_or("").as_bytes())
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type of the body, without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header(CONTENT_TYPE.as_str()).unwrap_or("");
        value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
    }

    /// How long the body says that it is.
    pub fn announced(&self) -> Option<u64> {
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint()
            .exact()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415 when it is of another type, 413 when it is too long, 400 when it is no JSON, 422 with the field at fault.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let mime = self.media_type();
        if mime != "application/json" {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "this is told in JSON: send it with Content-Type: application/json",
            ));
        }
        let bytes = self.whole(JSON_BYTES).await?;
        from_json(&bytes)
    }

    /// The body as a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// As for [`Call::json`].
    pub async fn form<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        if self.media_type() != "application/x-www-form-urlencoded" {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-a-form",
                "this is told as a form: send it with Content-Type: application/x-www-form-urlencoded",
            ));
        }
        let bytes = self.whole(JSON_BYTES).await?;
        from_form(&bytes)
    }

    /// The whole body, of `most` bytes at most.
    ///
    /// # Errors
    /// 413, 408, 400 when it is torn.
    pub async fn whole(&mut self, most: usize) -> Result<Bytes, Problem> {
        let deadline = tokio::time::Instant::now() + JSON_TIME;
        let mut bytes = Vec::new();
        loop {
            let next = tokio::time::timeout_at(deadline, self.next()).await;
            match next.map_err(|_| late(JSON_TIME))?? {
                Some(chunk) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
                Some(_) => {
                    return Err(Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "body-too-large",
                        format_smolstr!("this takes {most} bytes at most"),
                    ));
                }
                None => return Ok(bytes.into()),
            }
        }
    }

    /// The next bytes of the body; none at its end.
    ///
    /// # Errors
    /// 408 when none come for too long, 400 when the connection is torn.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
            let frame = tokio::time::timeout(self.idle, body.frame()).await;
            match frame.map_err(|_| late(self.idle))? {
                None => return Ok(None),
                Some(Err(error)) => {
                    return Err(Problem::new(
                        StatusCode::BAD_REQUEST,
                        "body-torn",
                        format_smolstr!("the request ended before its end: {error}"),
                    ));
                }
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data()
                        && !bytes.is_empty()
                    {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }
}

fn late(waited: Duration) -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "body-late",
        format_smolstr!("the rest of the request did not come within {} s", waited.as_secs()),
    )
}

/// Reads JSON.
///
/// # Errors
/// 400 when it is none, 422 with the field at fault.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // What is told is told by name: serde would take a list of its values as well.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let text = "this is told as an object with names, not as a list";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", text));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        use serde_json::error::Category;
        match error.inner().classify() {
            Category::Data => wrong_value(error.path(), &error.inner().to_string()),
            Category::Io | Category::Syntax | Category::Eof => Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-json",
                format_smolstr!("the request is not JSON: {}", error.inner()),
            ),
        }
    })?;
    json.end().map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad-json",
            format_smolstr!("the request is not JSON: {error}"),
        )
    })?;
    Ok(value)
}

/// Reads a query or a form.
///
/// # Errors
/// 422 with the field at fault.
pub fn from_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let form = serde_html_form::Deserializer::from_bytes(bytes);
    serde_path_to_error::deserialize(form).map_err(|error| wrong_value(error.path(), &error.inner().to_string()))
}

/// 422 of what serde has found at a place, in words for a person.
pub(super) fn wrong_value(path: &serde_path_to_error::Path, text: &str) -> Problem {
    let mut field = pointer(path);
    // What is missing has no place yet: it is named where it would be.
    for prefix in ["missing field `", "duplicate field `", "unknown field `"] {
        let Some(name) = text.strip_prefix(prefix).and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        let is_named = field == name.0 || field.ends_with(&format!("/{}", name.0));
        if !is_named {
            field = format!("{field}/{}", short(name.0)).trim_start_matches('/').to_owned();
        }
    }
    let text = words::plain(&field, text);
    match field.is_empty() {
        true => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", text),
        false => Problem::invalid(field, text),
    }
}

/// The beginning of a name that somebody has sent.
fn short(name: &str) -> String {
    name.chars().take(60).collect()
}

/// A path as a JSON pointer without its first slash (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let words = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    });
    words.collect::<Vec<_>>().join("/")
}
