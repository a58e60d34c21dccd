//! What is wrong with a request: a status and a stable code for the program, a text for the person (RFC 9457).

use std::time::Duration;

use hyper::StatusCode;
use serde_json::json;
use smol_str::{SmolStr, format_smolstr};

use crate::intake::IntakeError;
use crate::queue::QueueError;
use crate::spool::SpoolError;
use crate::store::StoreError;

/// Most characters that are told of what there is not.
const SHOWN: usize = 200;

/// A refused or failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Its name, which never changes once it was given: `job-not-found`.
    pub code: &'static str,
    /// What happened and what to do, in one or two sentences.
    pub detail: SmolStr,
    /// The field of the request at fault, as a JSON pointer without its first slash (`ticket/media`), or the parameter.
    pub field: Option<SmolStr>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// `WWW-Authenticate` (RFC 6750, 3), on a 401, and on a 403 of a token.
    pub challenge: Option<SmolStr>,
}

impl Problem {
    /// One with this status, code and text.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<SmolStr>) -> Problem {
        Problem {
            status,
            code,
            detail: detail.into(),
            field: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<SmolStr>) -> Problem {
        self.field = Some(field.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Problem {
        self.retry_after = Some(wait);
        self
    }

    /// 422: the request was understood, a value of it can't be taken.
    pub fn invalid(field: impl Into<SmolStr>, detail: impl Into<SmolStr>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", detail).at(field)
    }

    /// 404 of a thing: `what` with its article and name.
    pub fn not_found(code: &'static str, what: impl std::fmt::Display) -> Problem {
        let text = format!("there is no {what}");
        // Names come from outside, and may be of any length.
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        Problem::new(StatusCode::NOT_FOUND, code, format_smolstr!("{shown}{more}"))
    }

    /// 409: its state does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<SmolStr>) -> Problem {
        Problem::new(StatusCode::CONFLICT, code, detail)
    }

    /// 401: who asks is not known.
    pub fn unknown_caller() -> Problem {
        Problem {
            challenge: Some("Bearer realm=\"Platen\"".into()),
            ..Problem::new(
                StatusCode::UNAUTHORIZED,
                "not-signed-in",
                "who asks is not known here: sign in, or send a token as Authorization: Bearer",
            )
        }
    }

    /// 403: whoever asks may not do this.
    pub fn forbidden(detail: impl Into<SmolStr>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "not-allowed", detail)
    }

    /// 500: our own fault, told to the log in full, to the client in one sentence.
    pub fn internal(error: &dyn std::fmt::Display) -> Problem {
        log::error!("a request failed: {error}");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal-error",
            "the print server could not do this because of a fault of its own; nothing was changed. Try again",
        )
    }

    fn disk(error: &dyn std::fmt::Display) -> Problem {
        log::error!("a request failed: {error}");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "disk-error",
            "the print server's disk does not take what is written; nothing was changed. Look at its log and its disk, \
             then try again",
        )
    }

    fn full() -> Problem {
        Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk-full",
            "the print server's disk is nearly full; nothing was changed. Free some room, then try again",
        )
    }

    /// As a document of the type `application/problem+json`.
    pub fn to_json(&self) -> serde_json::Value {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut json = json!({
            "type": format!("urn:platen:problem:{}", self.code),
            "title": title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail.as_str(),
        });
        if let Some(field) = &self.field {
            json["field"] = field.as_str().into();
        }
        json
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            StoreError::NotFound(what) => Problem::not_found("not-found", what),
            StoreError::NameTaken(_) => Problem::conflict("name-taken", text).at("name"),
            StoreError::DocumentsGone(_) => Problem::conflict("documents-gone", text),
            StoreError::Full => {
                log::error!("a request failed: {text}");
                Problem::full()
            }
            StoreError::Disk(_) => Problem::disk(&text),
            StoreError::KeyUsed(..) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", text).at("Idempotency-Key")
            }
            StoreError::TooManyUploads(_) => {
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-uploads", text).after(Duration::from_secs(3_600))
            }
            StoreError::TooManyJobs { .. } => {
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-jobs", text).after(Duration::from_secs(60))
            }
            other => Problem::internal(&other),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            IntakeError::UnknownFormat(_) => {
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "format-not-supported", text)
            }
            IntakeError::BadDocument(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-document", text),
            IntakeError::NotAsAsked(ref ignored) => {
                let field = ignored.first().map_or("ticket", crate::api::ops::ticket::field_of);
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-as-asked", text).at(field)
            }
            IntakeError::Offset(_) => Problem::conflict("wrong-offset", text),
            IntakeError::Digest(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong-digest", text).at("sha256"),
            IntakeError::NoPage(_) => Problem::invalid("ticket/page_ranges", text),
            IntakeError::NothingToPrint(_) => Problem::conflict("documents-gone", text),
            IntakeError::Empty => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "empty-document", text),
            IntakeError::Spool(SpoolError::TooLarge { .. }) => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "document-too-large", text)
            }
            IntakeError::Spool(SpoolError::NoRoom { .. }) => Problem::full(),
            IntakeError::Spool(other) => Problem::disk(&other),
            IntakeError::Store(other) => other.into(),
        }
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            QueueError::Refused(_) | QueueError::Order(_) | QueueError::PageOnItsWay(_) | QueueError::NotCurrent(_) => {
                Problem::conflict("state-forbids", text)
            }
            QueueError::PrinterNeeded(_) => Problem::conflict("printer-needed", text),
            QueueError::TooManyDocuments(..) => Problem::conflict("too-many-documents", text),
            QueueError::NoPrinter(_) => Problem::new(StatusCode::NOT_FOUND, "printer-not-found", text),
            QueueError::Store(other) => other.into(),
        }
    }
}
