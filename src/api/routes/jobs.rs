//! `/api/v1/jobs`

use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::call::from_json;
use crate::api::field::When;
use crate::api::ops::change::{JobChange, ReprintRequest};
use crate::api::ops::jobs::{Act, SheetAnswer};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::JobId;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/jobs", list),
    route!("POST", "/api/v1/jobs:act", act_on_many),
    route!("GET", "/api/v1/jobs/{job}", get),
    route!("PATCH", "/api/v1/jobs/{job}", change),
    route!("GET", "/api/v1/jobs/{job}/events", events),
    route!("POST", "/api/v1/jobs/{job}/approve", approve),
    route!("POST", "/api/v1/jobs/{job}/cancel", cancel),
    route!("POST", "/api/v1/jobs/{job}/hold", hold),
    route!("POST", "/api/v1/jobs/{job}/release", release),
    route!("POST", "/api/v1/jobs/{job}/restart", restart),
    route!("POST", "/api/v1/jobs/{job}/reprint", reprint),
    route!("POST", "/api/v1/jobs/{job}/promote", promote),
    route!("POST", "/api/v1/jobs/{job}/prioritise", prioritise),
    route!("POST", "/api/v1/jobs/{job}/move", move_to),
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

async fn approve(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Approve).await
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.jobs(&call.caller, &call.query()?).await?))
}

async fn events(api: Api, call: Call) -> Result<Reply, Problem> {
    let events = api.job_events(&call.caller, job(&call)?, call.query()?).await?;
    Ok(Reply::items(&events))
}

async fn act_on_many(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let acts = call.json().await?;
    let done = api.act_on_many(&call.caller, acts).await?;
    Ok(Reply::items(&done))
}

/// Most bytes of a small document.
const SMALL: usize = 256 << 10;

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let known = ["application/merge-patch+json", "application/json"];
    if !known.contains(&call.media_type().as_str()) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-a-merge-patch",
            "a change is told as application/merge-patch+json",
        ));
    }
    let bytes = call.whole(SMALL).await?;
    let change: JobChange = from_json(&bytes)?;
    Ok(Reply::json(&api.change(&call.caller, id, change).await?))
}

/// JSON that may be left out.
async fn or_default<T: serde::de::DeserializeOwned + Default>(call: &mut Call) -> Result<T, Problem> {
    if call.media_type().is_empty() && call.announced().unwrap_or(0) == 0 {
        return Ok(T::default());
    }
    call.json().await
}

/// The body of a hold.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Held {
    until: Option<When>,
}

async fn hold(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let Held { until } = or_default(&mut call).await?;
    Ok(Reply::json(&api.hold(&call.caller, id, until).await?))
}

async fn reprint(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let how: ReprintRequest = or_default(&mut call).await?;
    let made = api.reprint(&call.caller, id, how).await?;
    Ok(Reply::created(&format!("/api/v1/jobs/{}", made.line.id), &made))
}

/// The body of a new priority.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prioritised {
    priority: u8,
}

async fn prioritise(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let Prioritised { priority } = call.json().await?;
    let change = JobChange {
        priority: Some(priority).into(),
        ..JobChange::default()
    };
    Ok(Reply::json(&api.change(&call.caller, id, change).await?))
}

/// The body of a move.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    destination: SmolStr,
}

async fn move_to(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = job(&call)?;
    let Moved { destination } = call.json().await?;
    Ok(Reply::json(&api.move_job(&call.caller, id, &destination).await?))
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
