//! What is answered.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::Problem;
use crate::door::AnswerBody;

/// An answer of an operation that went well.
#[derive(Debug)]
pub struct Reply(pub Response<AnswerBody>);

impl Reply {
    /// 200 with a document.
    pub fn json(value: &impl Serialize) -> Reply {
        Reply::with(StatusCode::OK, value)
    }

    /// 200 with a list, whole: an object, so that a field can be put beside it one day.
    pub fn items<T: Serialize>(items: &[T]) -> Reply {
        Reply::json(&serde_json::json!({ "items": items }))
    }

    /// 201 with a document, and where it is from now on.
    pub fn created(at: &str, value: &impl Serialize) -> Reply {
        let mut reply = Reply::with(StatusCode::CREATED, value);
        reply.set(LOCATION, at);
        reply
    }

    /// A document with this status.
    pub fn with(status: StatusCode, value: &impl Serialize) -> Reply {
        match serde_json::to_vec(value) {
            Ok(bytes) => Reply::bytes(status, "application/json", bytes),
            // What we tell of is made of plain structures.
            Err(error) => Reply::problem(&Problem::internal(&error)),
        }
    }

    /// 204.
    pub fn nothing() -> Reply {
        let mut response = Response::new(AnswerBody::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Reply(response)
    }

    /// Bytes of a type.
    pub fn bytes(status: StatusCode, mime: &'static str, bytes: impl Into<Bytes>) -> Reply {
        let mut response = Response::new(AnswerBody::whole(bytes));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(mime));
        Reply(response)
    }

    /// A refusal.
    pub fn problem(problem: &Problem) -> Reply {
        let bytes = problem.to_json().to_string().into_bytes();
        let mut reply = Reply::bytes(problem.status, "application/problem+json", bytes);
        if let Some(wait) = problem.retry_after {
            reply.set(RETRY_AFTER, &wait.as_secs().max(1).to_string());
        }
        if let Some(challenge) = &problem.challenge {
            reply.set(WWW_AUTHENTICATE, challenge);
        }
        reply
    }

    /// Sets a header; a value that is none is left out.
    pub fn set(&mut self, name: HeaderName, value: &str) {
        match HeaderValue::from_str(value) {
            Ok(value) => drop(self.0.headers_mut().insert(name, value)),
            Err(_) => log::warn!("a header {name} could not be written"),
        }
    }
}
