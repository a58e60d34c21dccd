//! Pictures of prints, where everything lies, and what it costs: `/api/v1/jobs/{job}/thumbnail`, `/proof`, `/layout`,
//! and the same of jobs that are not made yet.

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};

use crate::api::ops::proofs::Shown;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::JobId;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/jobs/{job}/thumbnail", thumbnail),
    route!("GET", "/api/v1/jobs/{job}/proof", proof),
    route!("GET", "/api/v1/jobs/{job}/layout", job_layout),
    route!("POST", "/api/v1/proofs", proof_of),
    route!("POST", "/api/v1/layout", layout),
    route!("POST", "/api/v1/quotes", quote),
];

fn job(call: &Call) -> Result<JobId, Problem> {
    Ok(JobId(call.id("job", "job")?))
}

async fn thumbnail(api: Api, call: Call) -> Result<Reply, Problem> {
    let shown = api.thumbnail(&call.caller, job(&call)?).await?;
    picture(&api, known(&call), shown).await
}

async fn proof(api: Api, call: Call) -> Result<Reply, Problem> {
    let shown = api.proof(&call.caller, job(&call)?, &call.query()?).await?;
    picture(&api, known(&call), shown).await
}

async fn proof_of(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request = call.json().await?;
    let shown = api.proof_of(&call.caller, &request).await?;
    picture(&api, known(&call), shown).await
}

/// The entity tags that the caller has.
fn known(call: &Call) -> String {
    call.header(IF_NONE_MATCH.as_str()).unwrap_or("").to_owned()
}

/// The picture, unless the caller has it already.
async fn picture(api: &Api, known: String, shown: Shown) -> Result<Reply, Problem> {
    let tag = format!("\"{}\"", shown.key);
    let is_known = known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut reply = if is_known {
        let mut reply = Reply::nothing();
        *reply.0.status_mut() = StatusCode::NOT_MODIFIED;
        reply
    } else {
        Reply::bytes(StatusCode::OK, "image/jpeg", api.show(shown).await?)
    };
    reply.set(ETAG, &tag);
    // It is asked again each time: a job's ticket may have changed, or who may see it.
    reply.set(CACHE_CONTROL, "private, no-cache");
    Ok(reply)
}

async fn job_layout(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.job_layout(&call.caller, job(&call)?).await?))
}

async fn layout(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request = call.json().await?;
    Ok(Reply::json(&api.layout(&call.caller, &request).await?))
}

async fn quote(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request = call.json().await?;
    Ok(Reply::json(&api.quote(&call.caller, request).await?))
}
