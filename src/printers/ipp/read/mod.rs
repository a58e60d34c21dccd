//! What a printer's answers mean. Pure.

mod capabilities;
mod job;
mod media;
mod rows;
mod status;
mod supplies;

use smol_str::{SmolStr, format_smolstr};

pub use capabilities::{CAPABILITIES, capabilities};
pub use job::{JOB, job_name, job_state, job_with_token, remote_job};
pub use status::{STATUS, printer_status};

use crate::ipp::codec::{Group, Message, group, status as code};
use crate::model::{Trouble, TroubleClass};

/// Most words kept of any list that a printer gives.
const LIST: usize = 1_000;

/// The trouble that a refusal means, `doing` what; `None` for a success. Its class agrees with what the queue's table of
/// statuses says.
pub fn refusal(answer: &Message, doing: &str) -> Option<Trouble> {
    if answer.code < 0x0100 {
        return None;
    }
    let said = answer
        .group(group::OPERATION)
        .and_then(|g| g.first("status-message")?.as_str())
        .map(|m| format_smolstr!(": {}", clean(m)))
        .unwrap_or_default();
    let name = code::name(answer.code).map_or_else(|| format!("status 0x{:04x}", answer.code), str::to_owned);
    let class = match answer.code {
        code::SERVER_ERROR_BUSY | code::SERVER_ERROR_TOO_MANY_JOBS | code::SERVER_ERROR_TEMPORARY_ERROR => {
            TroubleClass::Busy
        }
        code::SERVER_ERROR_SERVICE_UNAVAILABLE => TroubleClass::Unavailable,
        code::SERVER_ERROR_DEVICE_ERROR => TroubleClass::Device,
        code::SERVER_ERROR_PRINTER_IS_DEACTIVATED => TroubleClass::Offline,
        code::SERVER_ERROR_NOT_ACCEPTING_JOBS
        | code::CLIENT_ERROR_FORBIDDEN
        | code::CLIENT_ERROR_NOT_AUTHENTICATED
        | code::CLIENT_ERROR_NOT_AUTHORIZED
        | code::CLIENT_ERROR_ACCOUNT_INFO_NEEDED
        | code::CLIENT_ERROR_ACCOUNT_CLOSED
        | code::CLIENT_ERROR_ACCOUNT_LIMIT_REACHED
        | code::CLIENT_ERROR_ACCOUNT_AUTHORIZATION_FAILED => TroubleClass::NotAccepting,
        code::CLIENT_ERROR_BAD_REQUEST
        | code::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE
        | code::CLIENT_ERROR_REQUEST_VALUE_TOO_LONG
        | code::CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED
        | code::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED
        | code::CLIENT_ERROR_CONFLICTING_ATTRIBUTES
        | code::CLIENT_ERROR_COMPRESSION_NOT_SUPPORTED
        | code::CLIENT_ERROR_COMPRESSION_ERROR
        | code::CLIENT_ERROR_DOCUMENT_FORMAT_ERROR
        | code::CLIENT_ERROR_DOCUMENT_PASSWORD_ERROR
        | code::CLIENT_ERROR_DOCUMENT_PERMISSION_ERROR
        | code::CLIENT_ERROR_DOCUMENT_SECURITY_ERROR
        | code::CLIENT_ERROR_DOCUMENT_UNPRINTABLE_ERROR => TroubleClass::JobBad,
        _ => TroubleClass::Protocol,
    };
    Some(Trouble::new(
        class,
        format_smolstr!("it refused {doing} ({name}{said})"),
    ))
}

/// Text of a printer for a log line or a page: no control characters, not too long.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn words(group: &Group, name: &str) -> Vec<SmolStr> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    values
        .iter()
        .filter_map(|v| v.as_str().map(SmolStr::new))
        .take(LIST)
        .collect()
}

fn numbers(group: &Group, name: &str) -> Vec<i32> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    values
        .iter()
        .filter_map(|v| v.as_integer().or(v.as_enum()))
        .take(LIST)
        .collect()
}

fn printer_group(answer: &Message) -> Result<&Group, Trouble> {
    answer
        .group(group::PRINTER)
        .ok_or_else(|| wrong("it says nothing of itself"))
}

fn wrong(what: &str) -> Trouble {
    Trouble::new(
        TroubleClass::Protocol,
        format_smolstr!("it does not answer as IPP asks: {what}"),
    )
}
