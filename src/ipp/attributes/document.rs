//! A document's attributes (PWG 5100.5, 6).

use super::super::codec::{Attribute, Value};
use super::integer;
use super::job::printer_uri;
use crate::model::{Document, Job, JobState};

/// Document attributes that can be set (PWG 5100.5, 3.2.5).
pub const DOCUMENT_SETTABLE: [&str; 1] = ["document-name"];

/// `document-state` and its reason, which follow from the job's state.
fn state(job: &Job, document: &Document) -> (i32, &'static str) {
    if document.canceled {
        return (7, "canceled-by-user");
    }
    match job.state {
        JobState::Pending | JobState::PendingHeld if job.incoming_until.is_some() => (3, "document-incoming"),
        JobState::Pending | JobState::PendingHeld => (3, "document-queued"),
        JobState::Processing => (5, "document-printing"),
        JobState::ProcessingStopped => (6, "printer-stopped"),
        JobState::Canceled => (7, "canceled-by-user"),
        JobState::Aborted => (8, "aborted-by-system"),
        JobState::Completed => (9, "document-completed-successfully"),
    }
}

/// Everything about a document of a job. Where its documents are not `kept` any more, that is said.
pub fn document_attributes(job: &Job, document: &Document, base: &str, up_time: i32, kept: bool) -> Vec<Attribute> {
    let (state, reason) = state(job, document);
    let mut all = Vec::with_capacity(20);
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("document-number", integer(document.number));
    put("document-job-id", integer(job.id.0));
    put("document-job-uri", Value::uri(&format!("{base}/ipp/job/{}", job.id)));
    put("document-printer-uri", printer_uri(&job.printer_uri, base));
    put("document-state", Value::Enum(state));
    put("document-state-reasons", Value::keyword(reason));
    let message = match kept {
        true => job.message.to_string(),
        false => format!(
            "{}; the document is not kept any more: send it again to print it",
            job.message
        ),
    };
    put("document-state-message", Value::text(&message));
    put("document-format", Value::mime(document.facts.format.mime()));
    put("document-format-detected", Value::mime(document.facts.format.mime()));
    if let Some(name) = &document.name {
        put("document-name", Value::name(name));
    }
    put("compression", Value::keyword("none"));
    put("k-octets", integer(document.bytes.div_ceil(1024)));
    put("impressions", integer(document.facts.pages));
    put("pages", integer(document.facts.pages));
    put("media-sheets", integer(document.facts.pages));
    put(
        "last-document",
        Value::Boolean(
            job.incoming_until.is_none() && job.documents.last().is_some_and(|d| d.number == document.number),
        ),
    );
    put("printer-up-time", Value::Integer(up_time));
    put("attributes-charset", Value::charset("utf-8"));
    put("attributes-natural-language", Value::language("en"));
    all
}
