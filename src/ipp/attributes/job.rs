//! A job's attributes (RFC 8011, 5.3).

use super::super::codec::{Attribute, Value};
use super::media::media_col;
use super::pages::{orientation_enum, page_attributes};
use super::{NO_VALUE, date_time, integer};
use crate::model::{ColorMode, HoldUntil, Job, JobId, Timestamp};

/// `job-settable-attributes-supported`: what Set-Job-Attributes changes while a job waits.
pub const SETTABLE: [&str; 16] = [
    "copies",
    "job-hold-until",
    "job-hold-until-time",
    "job-name",
    "job-priority",
    "media",
    "media-col",
    "number-up",
    "orientation-requested",
    "overrides",
    "page-ranges",
    "print-color-mode",
    "print-quality",
    "print-rendering-intent",
    "print-scaling",
    "printer-resolution",
];

/// The `job-uri` of a job, by the authority that the client used.
fn job_uri(job: &Job, base: &str) -> Value {
    Value::uri(&format!("{base}/ipp/job/{}", job.id))
}

fn job_id(id: JobId) -> Value {
    integer(id.0)
}

fn reasons(job: &Job) -> Vec<Value> {
    if job.reasons.is_empty() {
        vec![Value::keyword("none")]
    } else {
        job.reasons.iter().map(|r| Value::keyword(r.keyword())).collect()
    }
}

/// What the client is told about a job that it has just made.
pub fn submitted(job: &Job, base: &str) -> Vec<Attribute> {
    vec![
        Attribute::new("job-uri", job_uri(job, base)),
        Attribute::new("job-id", job_id(job.id)),
        Attribute::new("job-state", Value::Enum(job.state.as_enum())),
        Attribute::new_all("job-state-reasons", reasons(job)),
        Attribute::new("job-state-message", Value::text(&job.message)),
        Attribute::new("job-uuid", Value::uri(&format!("urn:uuid:{}", job.uuid))),
    ]
}

/// Everything about a job. `opened_at` is when `printer-up-time` began to count.
pub fn job_attributes(job: &Job, base: &str, opened_at: Timestamp, up_time: i32) -> Vec<Attribute> {
    // Seconds of printer-up-time; what was before the start is 0 or below (RFC 8011, 5.3.14: integer(MIN:MAX)).
    let ticks =
        |at: Timestamp| Value::Integer(i32::try_from((at.0 - opened_at.0).div_euclid(1000) + 1).unwrap_or(i32::MIN));
    let maybe_ticks = |at: Option<Timestamp>| at.map_or(NO_VALUE, ticks);
    let maybe_date = |at: Option<Timestamp>| at.map_or(NO_VALUE, date_time);

    let mut all = submitted(job, base);
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("job-name", Value::name(&job.name));
    put("job-originating-user-name", Value::name(&job.user));
    put("job-printer-uri", Value::uri(&job.printer_uri));
    put("job-printer-up-time", Value::Integer(up_time));
    put("time-at-creation", ticks(job.created));
    put("time-at-processing", maybe_ticks(job.processing));
    put("time-at-completed", maybe_ticks(job.completed));
    put("date-time-at-creation", date_time(job.created));
    put("date-time-at-processing", maybe_date(job.processing));
    put("date-time-at-completed", maybe_date(job.completed));
    put("number-of-documents", integer(job.documents.len()));
    let octets: u64 = job.documents.iter().map(|d| d.bytes).sum();
    put("job-k-octets", integer(octets.div_ceil(1024)));
    put("job-impressions", integer(job.impressions()));
    put("job-impressions-completed", integer(job.impressions_completed));
    put("job-media-sheets", integer(job.sheets()));
    put("job-media-sheets-completed", integer(job.impressions_completed));
    put("job-priority", Value::Integer(i32::from(job.priority)));
    match job.hold.map(|hold| hold.until) {
        Some(HoldUntil::Time(at)) => put("job-hold-until-time", date_time(at)),
        until => put(
            "job-hold-until",
            Value::keyword(until.and_then(HoldUntil::keyword).unwrap_or("no-hold")),
        ),
    }
    if let Some(printer) = &job.printer {
        put("output-device-assigned", Value::name(printer.as_str()));
    }
    if let Some(document) = job.documents.first() {
        put("document-format", Value::mime(document.facts.format.mime()));
        if let Some(name) = &document.name {
            put("document-name", Value::name(name));
        }
    }
    template(job, &mut all);
    let messages: Vec<Value> = job.ticket.warnings.iter().map(|w| Value::text(w)).collect();
    if !messages.is_empty() {
        all.push(Attribute::new_all("job-detailed-status-messages", messages));
    }
    all
}

/// The ticket as job template attributes.
fn template(job: &Job, all: &mut Vec<Attribute>) {
    let ticket = &job.ticket;
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("copies", integer(ticket.copies.value));
    put("finishings", Value::Enum(3));
    put("media", Value::keyword(&ticket.media.value.size.name));
    put("media-col", media_col(&ticket.media.value));
    put(
        "multiple-document-handling",
        Value::keyword("separate-documents-collated-copies"),
    );
    put("output-bin", Value::keyword("face-up"));
    let orientation = orientation_enum(ticket.orientation.value);
    // Chosen by the picture's shape: then there is none to tell, and ipp-1.1.test takes no no-value here.
    if let Some(orientation) = orientation {
        put("orientation-requested", Value::Enum(orientation));
    }
    let color = match ticket.color_mode.value {
        ColorMode::Color => "color",
        ColorMode::Monochrome => "monochrome",
    };
    put("print-color-mode", Value::keyword(color));
    put("print-content-optimize", Value::keyword("photo"));
    put("print-quality", Value::Enum(ticket.quality.value.as_enum()));
    put("print-rendering-intent", Value::keyword(ticket.intent.value.keyword()));
    put("print-scaling", Value::keyword(ticket.scaling.value.keyword()));
    if let Some(r) = ticket.resolution.value {
        put(
            "printer-resolution",
            Value::Resolution {
                x: dpi(r.x),
                y: dpi(r.y),
                units: 3,
            },
        );
    }
    put("sides", Value::keyword("one-sided"));
    page_attributes(&ticket.pages.value, all);
}

fn dpi(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
