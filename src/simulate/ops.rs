//! The operations, one function for each.

use std::io::Write;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::ipp::codec::{Attribute, Group, Message, Value, group, op, status};

use super::machine::{Job, Refusal};
use super::pages::Pages;
use super::{Shared, attributes};

/// Largest document.
const DOCUMENT: u64 = 4 << 30;

/// What became of a request.
pub enum Outcome {
    /// This is the answer.
    Answer(Message),
    /// The connection is to be cut.
    Cut,
}

/// A request, read.
pub struct Request {
    pub message: Message,
    /// What came with the last bytes of the head.
    pub first: Bytes,
    pub body: Incoming,
}

impl Request {
    fn operation(&self) -> Option<&Group> {
        self.message.group(group::OPERATION)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.operation()?.first(name)?.as_str()
    }

    fn job_id(&self) -> Option<i32> {
        let g = self.operation()?;
        let of_uri = || g.first("job-uri")?.as_uri()?.rsplit('/').next()?.parse().ok();
        g.first("job-id").and_then(Value::as_integer).or_else(of_uri)
    }

    fn requested(&self) -> Vec<String> {
        let asked = self.operation().and_then(|g| g.get("requested-attributes"));
        let values = asked.map_or(&[][..], |a| &a.values);
        values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    }
}

/// An answer of this status.
pub fn answer(to: &Message, code: u16, text: &str) -> Message {
    let mut message = Message::request(code, to.request_id);
    message.version = if to.version.0 == 1 { (1, 1) } else { (2, 0) };
    if let Some(g) = message.groups.first_mut()
        && !text.is_empty()
    {
        g.push("status-message", Value::text(text));
    }
    message
}

/// Does what is asked.
pub async fn run(shared: &Shared, request: Request) -> Outcome {
    let message = &request.message;
    let begins_well = message.groups.first().is_some_and(|g| {
        g.tag == group::OPERATION
            && g.attributes.first().is_some_and(|a| a.name == "attributes-charset")
            && g.attributes
                .get(1)
                .is_some_and(|a| a.name == "attributes-natural-language")
    });
    if !matches!(message.version.0, 1 | 2) {
        return refuse(message, status::SERVER_ERROR_VERSION_NOT_SUPPORTED, "Use IPP/2.0.");
    }
    if !begins_well {
        let text = "The request does not begin with charset and language.";
        return refuse(message, status::CLIENT_ERROR_BAD_REQUEST, text);
    }
    match message.code {
        op::CREATE_JOB | op::SEND_DOCUMENT if shared.options.no_create_job => unknown(message),
        op::PRINT_JOB => print_job(shared, request).await,
        op::VALIDATE_JOB => Outcome::Answer(answer(message, status::SUCCESSFUL_OK, "")),
        op::CREATE_JOB => create_job(shared, &request),
        op::SEND_DOCUMENT => send_document(shared, request).await,
        op::CANCEL_JOB => cancel_job(shared, &request),
        op::CANCEL_MY_JOBS => cancel_my_jobs(shared, &request),
        op::GET_JOB_ATTRIBUTES => get_job_attributes(shared, &request),
        op::GET_JOBS => get_jobs(shared, &request),
        op::GET_PRINTER_ATTRIBUTES => get_printer_attributes(shared, &request),
        op::CLOSE_JOB | op::IDENTIFY_PRINTER => Outcome::Answer(answer(message, status::SUCCESSFUL_OK, "")),
        _ => unknown(message),
    }
}

fn refuse(to: &Message, code: u16, text: &str) -> Outcome {
    Outcome::Answer(answer(to, code, text))
}

fn unknown(to: &Message) -> Outcome {
    refuse(
        to,
        status::SERVER_ERROR_OPERATION_NOT_SUPPORTED,
        "This printer does not know that operation.",
    )
}

/// The job's number, or why there is none.
fn new_job(shared: &Shared, request: &Request) -> Result<i32, Outcome> {
    let copies = request
        .message
        .group(group::JOB)
        .and_then(|g| g.first("copies")?.as_integer())
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(1)
        .min(99);
    let name = request.text("job-name").unwrap_or("untitled");
    let user = request.text("requesting-user-name").unwrap_or("anonymous");
    let machine = &mut shared.machine().0;
    match machine.refuses() {
        None => Ok(machine.create(name, user, copies)),
        Some(Refusal::Busy) => Err(refuse(
            &request.message,
            status::SERVER_ERROR_BUSY,
            "Currently printing another job.",
        )),
        Some(Refusal::NotAccepting) => Err(refuse(
            &request.message,
            status::SERVER_ERROR_NOT_ACCEPTING_JOBS,
            "Not accepting jobs.",
        )),
    }
}

const SUBMITTED: [&str; 4] = ["job-id", "job-uri", "job-state", "job-state-reasons"];

fn with_job(shared: &Shared, to: &Message, id: i32) -> Outcome {
    let machine = &shared.machine().0;
    let mut message = answer(to, status::SUCCESSFUL_OK, "");
    if let Some(job) = machine.jobs.get(&id) {
        let all = attributes::job(shared, machine, job);
        message.groups.push(attributes::requested(all, &[], &SUBMITTED));
    }
    Outcome::Answer(message)
}

fn create_job(shared: &Shared, request: &Request) -> Outcome {
    match new_job(shared, request) {
        Ok(id) => with_job(shared, &request.message, id),
        Err(refusal) => refusal,
    }
}

async fn print_job(shared: &Shared, request: Request) -> Outcome {
    match new_job(shared, &request) {
        Ok(id) => receive(shared, request, id).await,
        Err(refusal) => refusal,
    }
}

async fn send_document(shared: &Shared, request: Request) -> Outcome {
    match request.job_id() {
        Some(id) => receive(shared, request, id).await,
        None => refuse(&request.message, status::CLIENT_ERROR_BAD_REQUEST, "Which job?"),
    }
}

/// Aborts the job when the connection goes away in the middle of its document.
struct Incomplete<'a> {
    shared: &'a Shared,
    id: i32,
    life: u32,
    complete: bool,
}

impl Drop for Incomplete<'_> {
    fn drop(&mut self) {
        let machine = &mut self.shared.machine().0;
        if !self.complete && machine.life == self.life {
            machine.abort(self.id);
        }
    }
}

async fn receive(shared: &Shared, mut request: Request, id: i32) -> Outcome {
    let format = request
        .text("document-format")
        .unwrap_or("application/octet-stream")
        .to_owned();
    let known = format == "application/octet-stream" || shared.options.formats.contains(&format);
    if !known {
        shared.machine().0.abort(id);
        let code = status::CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED;
        return refuse(&request.message, code, "This printer does not know that format.");
    }
    let ending = match format.as_str() {
        "image/pwg-raster" => "pwg",
        "image/urf" => "urf",
        "image/jpeg" => "jpg",
        _ => "bin",
    };
    let (life, file) = {
        let mut inner = shared.machine();
        let (machine, ledger) = &mut *inner;
        let name = format!("{}-{id:04}.{ending}", machine.life);
        if !machine.begin_document(id, &name) {
            let text = "There is no such job that waits for a document.";
            return refuse(&request.message, status::CLIENT_ERROR_NOT_POSSIBLE, text);
        }
        (machine.life, ledger.document(&name))
    };
    let mut incomplete = Incomplete {
        shared,
        id,
        life,
        complete: false,
    };
    let Ok(mut file) = file else {
        return refuse(&request.message, status::SERVER_ERROR_DEVICE_ERROR, "The disk is full.");
    };
    let mut pages = Pages::new();
    let mut bytes = 0u64;
    let mut next = std::mem::take(&mut request.first);
    loop {
        bytes += next.len() as u64;
        pages.push(&next);
        if bytes > DOCUMENT || file.write_all(&next).is_err() {
            let code = status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE;
            return refuse(&request.message, code, "The document is too large.");
        }
        if torn(shared, next.len() as u64) {
            return Outcome::Cut;
        }
        if let Some(ended) = wait_for_paper(shared, id, life, &pages).await {
            return ended;
        }
        next = match request.body.frame().await {
            None => break,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Outcome::Cut,
        };
    }
    let Some(sheets) = pages.whole() else {
        let text = "The document ends in the middle of a page.";
        return refuse(&request.message, status::CLIENT_ERROR_DOCUMENT_FORMAT_ERROR, text);
    };
    if file.sync_all().is_err() {
        return refuse(&request.message, status::SERVER_ERROR_DEVICE_ERROR, "The disk is full.");
    }
    if shared.machine().0.life != life {
        return Outcome::Cut;
    }
    incomplete.complete = true;
    shared.machine().0.end_document(id, sheets, bytes);
    with_job(shared, &request.message, id)
}

/// Whether the connection is to be cut after these document bytes.
fn torn(shared: &Shared, bytes: u64) -> bool {
    let wire = &mut shared.machine().0.wire;
    match wire.tear {
        Some(left) if left <= bytes => {
            wire.tear = None;
            true
        }
        Some(left) => {
            wire.tear = Some(left - bytes);
            wire.offline
        }
        None => wire.offline,
    }
}

/// A printer that prints while it receives takes no more than it has had the time for.
async fn wait_for_paper(shared: &Shared, id: i32, life: u32, pages: &Pages) -> Option<Outcome> {
    loop {
        {
            let machine = &shared.machine().0;
            let gone = machine.jobs.get(&id).is_none_or(Job::ended);
            if machine.life != life || gone || machine.wire.offline {
                return Some(Outcome::Cut);
            }
            // It holds a little of what comes next.
            if !machine.settings.stream || pages.so_far() <= machine.printed_by_clock(id) + 0.05 {
                return None;
            }
        }
        tokio::time::sleep(super::TICK).await;
    }
}

fn cancel_job(shared: &Shared, request: &Request) -> Outcome {
    let machine = &mut shared.machine().0;
    match request.job_id().filter(|id| machine.jobs.contains_key(id)) {
        None => refuse(
            &request.message,
            status::CLIENT_ERROR_NOT_FOUND,
            "There is no such job.",
        ),
        Some(id) if machine.cancel(id) => Outcome::Answer(answer(&request.message, status::SUCCESSFUL_OK, "")),
        Some(_) => refuse(
            &request.message,
            status::CLIENT_ERROR_NOT_POSSIBLE,
            "The job has ended.",
        ),
    }
}

fn cancel_my_jobs(shared: &Shared, request: &Request) -> Outcome {
    let user = request.text("requesting-user-name").unwrap_or("anonymous");
    let machine = &mut shared.machine().0;
    let mine: Vec<i32> = machine.jobs.values().filter(|j| j.user == user).map(|j| j.id).collect();
    for id in mine {
        machine.cancel(id);
    }
    Outcome::Answer(answer(&request.message, status::SUCCESSFUL_OK, ""))
}

fn get_job_attributes(shared: &Shared, request: &Request) -> Outcome {
    let machine = &shared.machine().0;
    let Some(job) = request.job_id().and_then(|id| machine.jobs.get(&id)) else {
        return refuse(
            &request.message,
            status::CLIENT_ERROR_NOT_FOUND,
            "There is no such job.",
        );
    };
    let mut message = answer(&request.message, status::SUCCESSFUL_OK, "");
    let all = attributes::job(shared, machine, job);
    message
        .groups
        .push(attributes::requested(all, &request.requested(), &[]));
    Outcome::Answer(message)
}

fn get_jobs(shared: &Shared, request: &Request) -> Outcome {
    let completed = match request.text("which-jobs").unwrap_or("not-completed") {
        "completed" => true,
        "not-completed" => false,
        other => {
            let code = status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED;
            let mut message = answer(&request.message, code, "which-jobs is completed or not-completed.");
            message.groups.push(Group {
                tag: group::UNSUPPORTED,
                attributes: vec![Attribute::new("which-jobs", Value::keyword(other))],
            });
            return Outcome::Answer(message);
        }
    };
    let limit = request
        .operation()
        .and_then(|g| g.first("limit")?.as_integer())
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(usize::MAX);
    let mut message = answer(&request.message, status::SUCCESSFUL_OK, "");
    let machine = &shared.machine().0;
    let mut jobs: Vec<&Job> = machine.jobs.values().filter(|j| j.ended() == completed).collect();
    if completed {
        jobs.reverse();
    }
    for job in jobs.into_iter().take(limit) {
        let all = attributes::job(shared, machine, job);
        let group = attributes::requested(all, &request.requested(), &["job-id", "job-uri"]);
        message.groups.push(group);
    }
    Outcome::Answer(message)
}

fn get_printer_attributes(shared: &Shared, request: &Request) -> Outcome {
    let machine = &shared.machine().0;
    let mut message = answer(&request.message, status::SUCCESSFUL_OK, "");
    let all = attributes::printer(shared, machine);
    message
        .groups
        .push(attributes::requested(all, &request.requested(), &[]));
    Outcome::Answer(message)
}
