//! What of a request an operation does not read: it is ignored, and the client is told so (RFC 8011, 4.1.7).
//!
//! That goes for attributes that nobody here knows, and for attributes of a job that stand among those of the
//! operation: a client that asks for `job-hold-until` in the wrong place must not believe that its job waits.

use super::super::attributes::{UNSUPPORTED, is_job_attribute};
use super::super::codec::{Attribute, Group, op};
use super::super::validate::Valid;

/// Read by every operation, or by those that are about a job.
const EVERYWHERE: &[&str] = &[
    "attributes-charset",
    "attributes-natural-language",
    "job-id",
    "job-uri",
    "printer-uri",
    "requesting-user-name",
];

/// Read where a job is made. The last four tell of the document and ask for nothing (RFC 8011, 4.2.1.1).
const CREATION: &[&str] = &[
    "compression",
    "document-format",
    "document-name",
    "ipp-attribute-fidelity",
    "job-name",
    "document-natural-language",
    "job-impressions",
    "job-k-octets",
    "job-media-sheets",
];

/// The operation attributes that an operation reads, beside those that all do.
fn read_by(code: u16) -> &'static [&'static str] {
    match code {
        op::PRINT_JOB | op::VALIDATE_JOB | op::CREATE_JOB => CREATION,
        op::SEND_DOCUMENT => &[
            "compression",
            "document-format",
            "document-name",
            "document-natural-language",
            "last-document",
        ],
        op::GET_JOBS => &[
            "first-index",
            "first-job-id",
            "job-ids",
            "limit",
            "my-jobs",
            "requested-attributes",
            "which-jobs",
        ],
        op::GET_JOB_ATTRIBUTES => &["requested-attributes"],
        // The last three choose among kinds and places of printers; all are of one.
        op::CUPS_GET_DEFAULT | op::CUPS_GET_PRINTERS | op::CUPS_GET_CLASSES => &[
            "first-printer-name",
            "limit",
            "requested-attributes",
            "printer-location",
            "printer-type",
            "printer-type-mask",
        ],
        op::GET_DOCUMENTS => &["limit", "requested-attributes"],
        op::GET_DOCUMENT_ATTRIBUTES => &["document-number", "requested-attributes"],
        op::SET_DOCUMENT_ATTRIBUTES | op::CANCEL_DOCUMENT => &["document-number"],
        op::CREATE_JOB_SUBSCRIPTIONS => &["notify-job-id"],
        op::GET_SUBSCRIPTION_ATTRIBUTES => &["notify-subscription-id", "requested-attributes"],
        op::GET_SUBSCRIPTIONS => &["limit", "my-subscriptions", "notify-job-id", "requested-attributes"],
        op::RENEW_SUBSCRIPTION => &["notify-lease-duration", "notify-subscription-id"],
        op::CANCEL_SUBSCRIPTION => &["notify-subscription-id"],
        op::GET_NOTIFICATIONS => &["notify-sequence-numbers", "notify-subscription-ids", "notify-wait"],
        op::RESUBMIT_JOB => &["ipp-attribute-fidelity", "job-name"],
        op::SCHEDULE_JOB_AFTER => &["predecessor-job-id"],
        op::IDENTIFY_PRINTER => &["identify-actions", "message"],
        op::GET_PRINTER_SUPPORTED_VALUES => &["requested-attributes"],
        op::PAUSE_PRINTER
        | op::PAUSE_PRINTER_AFTER_CURRENT_JOB
        | op::RESUME_PRINTER
        | op::ENABLE_PRINTER
        | op::DISABLE_PRINTER
        | op::HOLD_NEW_JOBS
        | op::SHUTDOWN_PRINTER
        | op::STARTUP_PRINTER
        | op::RESTART_PRINTER => &["printer-message-from-operator"],
        op::RESTART_JOB | op::REPROCESS_JOB | op::HOLD_JOB => &["job-hold-until", "job-hold-until-time"],
        op::CANCEL_JOBS | op::CANCEL_MY_JOBS => &["job-ids"],
        op::GET_PRINTER_ATTRIBUTES => &["document-format", "requested-attributes"],
        _ => &[],
    }
}

/// The attributes that the operation `code` does not read, as they go back to the client.
pub fn ignored(code: u16, valid: &Valid) -> Vec<Attribute> {
    let known = read_by(code);
    let operation = valid.operation.attributes.iter();
    let surplus = operation.filter(|a| !EVERYWHERE.contains(&a.name.as_str()) && !known.contains(&a.name.as_str()));
    // Where a job is made or changed, its own group is read and answered for by itself.
    let reads_job = known == CREATION || matches!(code, op::RESUBMIT_JOB | op::SET_JOB_ATTRIBUTES);
    let is_read = |a: &Attribute| reads_job || (code == op::CUPS_MOVE_JOB && a.name == "job-printer-uri");
    let misplaced = valid.job.attributes.iter().filter(|a| !is_read(a));
    let mut ignored: Vec<Attribute> = Vec::new();
    for attribute in surplus.chain(misplaced) {
        if !ignored.iter().any(|a| a.name == attribute.name) {
            ignored.push(Attribute::new(&attribute.name, UNSUPPORTED));
        }
    }
    ignored
}

/// The attributes of a job that stand among those of the operation, where nobody reads them.
pub fn misplaced(operation: &Group) -> Vec<Attribute> {
    let attributes = operation.attributes.iter().filter(|a| is_job_attribute(&a.name));
    attributes.map(|a| Attribute::new(&a.name, UNSUPPORTED)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::codec::{Message, Value};
    use super::super::super::validate::validate;
    use super::*;

    fn names(code: u16, operation: &[&str], job: &[&str]) -> Vec<String> {
        let mut message = Message::request(code, 1);
        message.groups[0].push("printer-uri", Value::uri("ipp://h/ipp/print"));
        for name in operation {
            message.groups[0].push(name, Value::keyword("x"));
        }
        let mut group = Group::new(super::super::super::codec::group::JOB);
        for name in job {
            group.push(name, Value::keyword("x"));
        }
        message.groups.push(group);
        let ignored = ignored(code, &validate(&message).unwrap());
        assert!(ignored.iter().all(|a| a.values == [UNSUPPORTED]));
        ignored.into_iter().map(|a| a.name.to_string()).collect()
    }

    #[test]
    fn what_an_operation_does_not_read_goes_back() {
        let asked = ["requesting-user-name", "job-name", "job-hold-until", "x-odd"];
        assert_eq!(names(op::PRINT_JOB, &asked, &["sides"]), ["job-hold-until", "x-odd"]);
        assert_eq!(names(op::GET_JOBS, &["limit", "job-name"], &[]), ["job-name"]);
        assert_eq!(
            names(op::SEND_DOCUMENT, &["last-document", "copies"], &["copies", "sides"]),
            ["copies", "sides"]
        );
        assert_eq!(
            names(op::CUPS_MOVE_JOB, &[], &["job-printer-uri", "copies"]),
            ["copies"]
        );
        assert!(names(op::CREATE_JOB, CREATION, &["copies"]).is_empty());
        assert!(names(op::GET_PRINTER_ATTRIBUTES, &["requested-attributes"], &[]).is_empty());
    }
}
