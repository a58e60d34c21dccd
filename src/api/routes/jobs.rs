//! `/api/v1/jobs`

use serde::Deserialize;

use crate::api::ops::jobs::{Act, SheetAnswer};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::JobId;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/jobs/{job}", get),
    route!("POST", "/api/v1/jobs/{job}/cancel", cancel),
    route!("POST", "/api/v1/jobs/{job}/hold", hold),
    route!("POST", "/api/v1/jobs/{job}/release", release),
    route!("POST", "/api/v1/jobs/{job}/restart", restart),
    route!("POST", "/api/v1/jobs/{job}/promote", promote),
    route!("POST", "/api/v1/jobs/{job}/answer", answer),
];

fn job(call: &Call) -> Result<JobId, Problem> {
    Ok(JobId(call.id("job", "job")?))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.job(&call.caller, job(&call)?).await?))
}

async fn cancel(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Cancel).await
}

async fn hold(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Hold).await
}

async fn release(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Release).await
}

async fn restart(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Restart).await
}

async fn promote(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Promote).await
}

async fn act(api: Api, call: Call, act: Act) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.act(&call.caller, job(&call)?, act).await?))
}

/// The body of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    answer: SheetAnswer,
}

async fn answer(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let Answered { answer } = call.json().await?;
    Ok(Reply::json(&api.answer(&call.caller, id, answer).await?))
}
