//! A job's attributes (RFC 8011, 5.3).

use smol_str::SmolStr;
use uuid::Uuid;

use super::super::codec::{Attribute, Value};
use super::media::media_col;
use super::pages::{orientation_enum, page_attributes};
use super::requested::{Gathering, Requested};
use super::{NO_VALUE, date_time, integer};
use crate::model::{HoldUntil, Job, JobHead, JobId, JobReason, Timestamp};

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

/// What there is to say of a job beside its message (PWG 5100.7, 6.3.3): warnings, and why it went where it went.
pub const DETAILS: &str = "job-detailed-status-messages";

/// The `job-uri` of a job, by the authority that the client used.
fn job_uri(id: JobId, base: &str) -> Value {
    Value::uri(&format!("{base}/ipp/job/{id}"))
}

/// The URI of a job's printer: by the path that was used when it was sent, and the authority that the client uses now,
/// as all other URIs that it is given.
pub fn printer_uri(used: &str, base: &str) -> Value {
    let path = used.split_once("://").map_or(used, |(_, rest)| rest);
    let path = path.find('/').map_or("", |at| &path[at..]);
    let path = if path.len() > 1 { path } else { "/ipp/print" };
    Value::uri(&format!("{base}{path}"))
}

fn uuid(uuid: Uuid) -> Value {
    Value::uri(&format!("urn:uuid:{uuid}"))
}

fn job_id(id: JobId) -> Value {
    integer(id.0)
}

fn reasons(reasons: &[JobReason]) -> Vec<Value> {
    if reasons.is_empty() {
        vec![Value::keyword("none")]
    } else {
        reasons.iter().map(|r| Value::keyword(r.keyword())).collect()
    }
}

/// What the client is told about a job that it has just made.
pub fn submitted(job: &Job, base: &str) -> Vec<Attribute> {
    vec![
        Attribute::new("job-uri", job_uri(job.id, base)),
        Attribute::new("job-id", job_id(job.id)),
        Attribute::new("job-state", Value::Enum(job.state.as_enum())),
        Attribute::new_all("job-state-reasons", reasons(&job.reasons)),
        Attribute::new("job-state-message", Value::text(&job.message)),
        Attribute::new("job-uuid", uuid(job.uuid)),
    ]
}

/// How the house tells of jobs to a client.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The authority that the client used.
    pub base: SmolStr,
    /// When `printer-up-time` began to count.
    pub opened_at: Timestamp,
    /// `printer-up-time` now.
    pub up_time: i32,
}

/// What [`head_attributes`] tells.
pub const HEAD: [&str; 22] = [
    "date-time-at-completed",
    "date-time-at-creation",
    "date-time-at-processing",
    "job-hold-until",
    "job-hold-until-time",
    "job-id",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "job-name",
    "job-originating-user-name",
    "job-printer-up-time",
    "job-printer-uri",
    "job-priority",
    "job-state",
    "job-state-message",
    "job-state-reasons",
    "job-uri",
    "job-uuid",
    "output-device-assigned",
    "time-at-completed",
    "time-at-creation",
    "time-at-processing",
];

/// What is asked for of a job whose ticket and documents need not be read.
pub fn head_attributes(job: &JobHead, telling: &Telling, requested: &Requested) -> Vec<Attribute> {
    let mut out = Gathering::new(requested);
    head(job, telling, &mut out);
    out.attributes
}

fn head(job: &JobHead, telling: &Telling, out: &mut Gathering) {
    // Seconds of printer-up-time; what was before the start is 0 or below (RFC 8011, 5.3.14: integer(MIN:MAX)).
    let ticks = |at: Timestamp| {
        let seconds = (at.0 - telling.opened_at.0).div_euclid(1000) + 1;
        Value::Integer(i32::try_from(seconds).unwrap_or(i32::MIN))
    };
    let maybe_ticks = |at: Option<Timestamp>| at.map_or(NO_VALUE, ticks);
    let maybe_date = |at: Option<Timestamp>| at.map_or(NO_VALUE, date_time);
    out.put("job-uri", || job_uri(job.id, &telling.base));
    out.put("job-id", || job_id(job.id));
    out.put("job-state", || Value::Enum(job.state.as_enum()));
    out.put_all("job-state-reasons", || reasons(&job.reasons));
    out.put("job-state-message", || Value::text(&job.message));
    out.put("job-uuid", || uuid(job.uuid));
    out.put("job-name", || Value::name(&job.name));
    out.put("job-originating-user-name", || Value::name(&job.user));
    out.put("job-printer-uri", || printer_uri(&job.printer_uri, &telling.base));
    out.put("job-printer-up-time", || Value::Integer(telling.up_time));
    out.put("time-at-creation", || ticks(job.created));
    out.put("time-at-processing", || maybe_ticks(job.processing));
    out.put("time-at-completed", || maybe_ticks(job.completed));
    out.put("date-time-at-creation", || date_time(job.created));
    out.put("date-time-at-processing", || maybe_date(job.processing));
    out.put("date-time-at-completed", || maybe_date(job.completed));
    out.put("job-impressions-completed", || integer(job.impressions_completed));
    out.put("job-media-sheets-completed", || integer(job.impressions_completed));
    out.put("job-priority", || Value::Integer(i32::from(job.priority)));
    match job.hold.map(|hold| hold.until) {
        Some(HoldUntil::Time(at)) => out.put("job-hold-until-time", || date_time(at)),
        Some(HoldUntil::Clock(at)) => out.put("job-hold-until", || {
            Value::name(&HoldUntil::Clock(at).word().unwrap_or_default())
        }),
        until => out.put("job-hold-until", || {
            Value::keyword(until.and_then(HoldUntil::keyword).unwrap_or("no-hold"))
        }),
    }
    if let Some(printer) = &job.printer {
        out.put("output-device-assigned", || Value::name(printer.as_str()));
    }
}

/// What is asked for of a job.
pub fn job_attributes(job: &Job, telling: &Telling, requested: &Requested) -> Vec<Attribute> {
    with_choices(job, &[], telling, requested)
}

/// The same with the choices of its printers, in words.
pub fn with_choices(job: &Job, choices: &[SmolStr], telling: &Telling, requested: &Requested) -> Vec<Attribute> {
    let mut out = Gathering::new(requested);
    head(&job.head(), telling, &mut out);
    out.put("number-of-documents", || integer(job.documents.len()));
    let octets: u64 = job.documents.iter().map(|d| d.bytes).sum();
    out.put("job-k-octets", || integer(octets.div_ceil(1024)));
    out.put("job-impressions", || integer(job.impressions()));
    out.put("job-media-sheets", || integer(job.sheets()));
    if let Some(document) = job.documents.first() {
        out.put("document-format", || Value::mime(document.facts.format.mime()));
        if let Some(name) = &document.name {
            out.put("document-name", || Value::name(name));
        }
    }
    template(job, &mut out);
    let details = job.ticket.warnings.iter().chain(choices);
    if details.clone().next().is_some() {
        out.put_all(DETAILS, || details.map(|text| Value::text(text)).collect());
    }
    out.attributes
}

/// The ticket as job template attributes.
fn template(job: &Job, out: &mut Gathering) {
    let ticket = &job.ticket;
    out.put("copies", || integer(ticket.copies.value));
    out.put("finishings", || Value::Enum(3));
    out.put("media", || Value::keyword(&ticket.media.value.size.name));
    out.put("media-col", || media_col(&ticket.media.value));
    out.put("multiple-document-handling", || {
        Value::keyword("separate-documents-collated-copies")
    });
    out.put("output-bin", || Value::keyword("face-up"));
    let orientation = orientation_enum(ticket.orientation.value);
    // Chosen by the picture's shape: then there is none to tell, and ipp-1.1.test takes no no-value here.
    if let Some(orientation) = orientation {
        out.put("orientation-requested", || Value::Enum(orientation));
    }
    out.put("print-color-mode", || Value::keyword(ticket.color_mode.value.keyword()));
    out.put("print-content-optimize", || Value::keyword("photo"));
    out.put("print-quality", || Value::Enum(ticket.quality.value.as_enum()));
    out.put("print-rendering-intent", || {
        Value::keyword(ticket.intent.value.keyword())
    });
    out.put("print-scaling", || Value::keyword(ticket.scaling.value.keyword()));
    if let Some(r) = ticket.resolution.value {
        out.put("printer-resolution", || Value::Resolution {
            x: dpi(r.x),
            y: dpi(r.y),
            units: 3,
        });
    }
    out.put("sides", || Value::keyword("one-sided"));
    let mut pages = Vec::new();
    page_attributes(&ticket.pages.value, &mut pages);
    out.extend(pages);
}

fn dpi(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
