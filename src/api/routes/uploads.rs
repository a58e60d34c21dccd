//! `/api/v1/uploads`: documents in parts, after the manner of resumable uploads (tus 1.0; IETF's draft of resumable
//! uploads): how far one has come is `Upload-Offset`, and the next part begins there.

use hyper::StatusCode;
use hyper::header::HeaderName;

use crate::api::router::Route;
use crate::api::view::UploadView;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("POST", "/api/v1/uploads", begin),
    route!("GET", "/api/v1/uploads/{upload}", get),
    route!("PATCH", "/api/v1/uploads/{upload}", append),
    route!("DELETE", "/api/v1/uploads/{upload}", remove),
];

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// Types of a part: that of tus, and that of IETF's draft.
const PART: [&str; 2] = ["application/offset+octet-stream", "application/partial-upload"];

fn told(mut reply: Reply, upload: &UploadView) -> Reply {
    reply.set(OFFSET, &upload.offset.to_string());
    reply.set(LENGTH, &upload.bytes.to_string());
    reply
}

async fn begin(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request = call.json().await?;
    let upload = api.begin_upload(&call.caller, request).await?;
    let at = format!("/api/v1/uploads/{}", upload.id);
    Ok(told(Reply::created(&at, &upload), &upload))
}

fn id(call: &Call) -> Result<String, Problem> {
    call.id("upload", "upload")
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    let upload = api.upload(&call.caller, &id(&call)?).await?;
    Ok(told(Reply::json(&upload), &upload))
}

async fn append(api: Api, mut call: Call) -> Result<Reply, Problem> {
    if !PART.contains(&call.media_type().as_str()) {
        let text = "a part is sent as application/offset+octet-stream";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-a-part", text));
    }
    let offset = call.header(OFFSET.as_str()).and_then(|text| text.parse::<u64>().ok());
    let offset = offset.ok_or_else(|| {
        Problem::invalid(
            "Upload-Offset",
            "say where this part begins: the Upload-Offset that was told last",
        )
    })?;
    let mut part = api.append_upload(&call.caller, &id(&call)?, offset).await?;
    loop {
        match call.next().await {
            Ok(Some(bytes)) => part.write(bytes).await?,
            Ok(None) => break,
            Err(problem) => {
                // What came before the connection tore is not to be sent again.
                part.finish().await?;
                return Err(problem);
            }
        }
    }
    let upload = part.finish().await?;
    Ok(told(Reply::json(&upload), &upload))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.remove_upload(&call.caller, &id(&call)?).await?;
    Ok(Reply::nothing())
}
