//! What is asked of a printer: requests and their attributes. Pure.

use crate::ipp::codec::{Attribute, Group, Message, Value, group, op};
use crate::model::{Capabilities, Length, Media, RemoteJob};
use crate::printers::PrintOrder;

/// Who asks. Always the same, so that the printer takes us for the owner of what we sent.
const USER: &str = "platen";
/// Most octets of a job's name beside the token (RFC 8011, 5.1.3: 255 in all).
const NAME: usize = 200;

/// A request to this printer, with its operation group begun.
pub fn request(operation: u16, request_id: i32, printer_uri: &str) -> Message {
    let mut message = Message::request(operation, request_id);
    if let Some(operation_group) = message.groups.first_mut() {
        operation_group.push("printer-uri", Value::uri(printer_uri));
        operation_group.push("requesting-user-name", Value::name(USER));
    }
    message
}

/// Adds to the operation group.
pub fn with(mut message: Message, name: &str, value: Value) -> Message {
    if let Some(operation_group) = message.groups.first_mut() {
        operation_group.push(name, value);
    }
    message
}

/// Asks for these attributes alone.
pub fn asking_for(mut message: Message, names: &[&str]) -> Message {
    if let Some(operation_group) = message.groups.first_mut() {
        let names = names.iter().map(|n| Value::keyword(n)).collect();
        operation_group.push_all("requested-attributes", names);
    }
    message
}

/// A request about a job of the printer.
pub fn about_job(operation: u16, request_id: i32, printer_uri: &str, job: &RemoteJob) -> Message {
    let mut message = Message::request(operation, request_id);
    if let Some(operation_group) = message.groups.first_mut() {
        operation_group.push("printer-uri", Value::uri(printer_uri));
        operation_group.push("job-id", Value::Integer(job.id));
        operation_group.push("requesting-user-name", Value::name(USER));
    }
    message
}

/// The name by which an orphan is found again: the token closes it.
pub fn job_name(name: &str, token: &str) -> String {
    let mut end = name.len().min(NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} [{token}]", &name[..end])
}

/// Create-Job, or Print-Job, for an order.
pub fn submission(
    operation: u16,
    request_id: i32,
    uri: &str,
    order: &PrintOrder,
    capabilities: &Capabilities,
) -> Message {
    let name = Value::name(&job_name(&order.job_name, &order.token));
    let mut message = with(request(operation, request_id, uri), "job-name", name);
    message = with(message, "ipp-attribute-fidelity", Value::Boolean(false));
    if operation == op::PRINT_JOB {
        message = with(message, "document-format", Value::mime(order.output.format.mime()));
    }
    message.groups.push(template(order, capabilities));
    message
}

/// The job group: only what the printer says it knows.
fn template(order: &PrintOrder, capabilities: &Capabilities) -> Group {
    let mut job = Group::new(group::JOB);
    let ticket = &order.ticket;
    if order.copies > 1 {
        job.push(
            "copies",
            Value::Integer(i32::try_from(order.copies).unwrap_or(i32::MAX)),
        );
    }
    if capabilities.media_col {
        job.push("media-col", media_col(&ticket.media.value, capabilities));
    } else {
        job.push("media", Value::keyword(&ticket.media.value.size.name));
    }
    let quality = ticket.quality.value.as_enum();
    if capabilities.qualities.contains(&quality) {
        job.push("print-quality", Value::Enum(quality));
    }
    // The page is already laid out to the sheet: the printer must not scale it again.
    if capabilities.print_scaling {
        job.push("print-scaling", Value::keyword("none"));
    }
    let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    job.push(
        "printer-resolution",
        Value::Resolution {
            x: side(order.output.resolution.x),
            y: side(order.output.resolution.y),
            units: 3,
        },
    );
    job
}

fn media_col(media: &Media, capabilities: &Capabilities) -> Value {
    let length = |l: Length| Value::Integer(l.as_hundredths());
    let mut members = vec![Attribute::new(
        "media-size",
        Value::collection(vec![
            Attribute::new("x-dimension", length(media.size.x)),
            Attribute::new("y-dimension", length(media.size.y)),
        ]),
    )];
    for (name, side) in [
        ("media-bottom-margin", media.margins.bottom),
        ("media-left-margin", media.margins.left),
        ("media-right-margin", media.margins.right),
        ("media-top-margin", media.margins.top),
    ] {
        members.push(Attribute::new(name, length(side)));
    }
    if capabilities.media_sources.contains(&media.source) {
        members.push(Attribute::new("media-source", Value::keyword(&media.source)));
    }
    if capabilities.media_types.contains(&media.media_type) {
        members.push(Attribute::new("media-type", Value::keyword(&media.media_type)));
    }
    Value::collection(members)
}
