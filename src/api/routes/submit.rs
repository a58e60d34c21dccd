//! `POST /api/v1/jobs`: a job with its documents, or of uploads.

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName};
use smol_str::SmolStr;

use crate::api::call::from_json;
use crate::api::multipart::{Bad, Event, Parts};
use crate::api::ops::submit::{JobRequest, Submitted};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::intake::{Received, Receiving};
use crate::route;

pub const ROUTES: &[Route] = &[route!("POST", "/api/v1/jobs", create)];

/// Most bytes of the part `job`.
const JOB_BYTES: usize = 256 << 10;
/// Most bytes of a document's name.
const NAME: usize = 255;
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

async fn create(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let key = match call.parts.headers.get("idempotency-key").map(|value| value.to_str()) {
        None => None,
        Some(Ok(key)) => Some(SmolStr::new(key)),
        Some(Err(_)) => {
            return Err(Problem::invalid(
                "Idempotency-Key",
                "a key is of visible ASCII characters",
            ));
        }
    };
    api.check_submit(&call.caller, key.is_some()).await?;
    let (request, received) = match call.media_type().as_str() {
        "multipart/form-data" => receive(&api, &mut call).await?,
        "application/json" => (call.json().await?, Vec::new()),
        _ => {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-a-job",
                "send a job as application/json that names uploads, or as multipart/form-data with a part \"job\" and parts \
                 \"document\"",
            ));
        }
    };
    let Submitted { job, replayed } = api.submit(&call.caller, request, received, key).await?;
    let at = format!("/api/v1/jobs/{}", job.job.line.id);
    if replayed {
        let mut reply = Reply::json(&job);
        reply.set(REPLAYED, "true");
        return Ok(reply);
    }
    Ok(Reply::created(&at, &job))
}

/// The part that is being read.
enum Open {
    Nothing,
    Job(Vec<u8>),
    Document {
        receiving: Box<Receiving>,
        mime: String,
        name: Option<SmolStr>,
    },
}

/// Reads the parts, documents straight into the spool. What was received is let go when the request is refused.
async fn receive(api: &Api, call: &mut Call) -> Result<(JobRequest, Vec<Received>), Problem> {
    let bad = |bad: Bad| Problem::new(StatusCode::BAD_REQUEST, "bad-multipart", bad.to_string());
    // With all that is around it the largest document is longer than it may be.
    let announced = call.announced().map(|bytes| bytes.min(api.settings.document_bytes));
    let mut parts = Parts::new(call.header(CONTENT_TYPE.as_str()).unwrap_or("")).map_err(bad)?;
    let (mut job, mut received): (Option<JobRequest>, Vec<Received>) = (None, Vec::new());
    let mut open = Open::Nothing;
    loop {
        let Some(event) = parts.event().map_err(bad)? else {
            let bytes = call
                .next()
                .await?
                .ok_or_else(|| bad(Bad("it ends before its last boundary")))?;
            parts.push(&bytes);
            continue;
        };
        match (event, &mut open) {
            (Event::Part(head), _) => {
                open = match head.name.as_str() {
                    "job" if job.is_none() => Open::Job(Vec::new()),
                    "job" => return Err(Problem::invalid("job", "the part \"job\" comes twice")),
                    "document" if received.len() < api.settings.documents_per_job => Open::Document {
                        // All that is still to come may be this one.
                        receiving: Box::new(api.intake.receive(announced.filter(|_| received.is_empty()))?),
                        mime: head.mime.unwrap_or_default(),
                        name: head.file.as_deref().map(file_name),
                    },
                    "document" => {
                        let text = format!("a job has at most {} documents", api.settings.documents_per_job);
                        return Err(Problem::invalid("document", text));
                    }
                    other => {
                        let shown: String = other.chars().take(60).collect();
                        return Err(Problem::invalid(shown, "parts are called \"job\" and \"document\""));
                    }
                }
            }
            (Event::Data(bytes), Open::Job(json)) => {
                if json.len() + bytes.len() > JOB_BYTES {
                    let text = format!("the part \"job\" has {JOB_BYTES} bytes at most");
                    return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", text).at("job"));
                }
                json.extend_from_slice(&bytes);
            }
            (Event::Data(bytes), Open::Document { receiving, .. }) => receiving.write(bytes).await?,
            (Event::EndOfPart, _) => match std::mem::replace(&mut open, Open::Nothing) {
                Open::Job(json) => job = Some(from_json(&json)?),
                Open::Document { receiving, mime, name } => received.push(receiving.finish(&mime, name).await?),
                Open::Nothing => {}
            },
            (Event::End, _) => break,
            (Event::Data(_), Open::Nothing) => {}
        }
    }
    let job =
        job.ok_or_else(|| Problem::invalid("job", "the part \"job\" is missing: say what is to be printed, in JSON"))?;
    Ok((job, received))
}

/// A file's name without the folders that some senders put before it.
fn file_name(sent: &str) -> SmolStr {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or("");
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    name.chars().take(NAME).collect::<String>().into()
}
