//! `/api/v1/system/machine`, `/api/v1/system/help`, `/api/v1/system/reset`, `/api/v1/system/support`

use hyper::StatusCode;
use hyper::header::CONTENT_DISPOSITION;

use crate::api::ops::machine::{HelpRequest, MachineChange, MachineReset};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/system/machine", get),
    route!("PATCH", "/api/v1/system/machine", change),
    route!("POST", "/api/v1/system/help", begin_help),
    route!("DELETE", "/api/v1/system/help", end_help),
    route!("POST", "/api/v1/system/reset", reset),
    route!("GET", "/api/v1/system/support", support),
];

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.machine(&call.caller).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let change: MachineChange = call.json().await?;
    Ok(Reply::json(&api.change_machine(&call.caller, change).await?))
}

async fn begin_help(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request: HelpRequest = call.json().await?;
    Ok(Reply::with(
        StatusCode::CREATED,
        &api.begin_help(&call.caller, request).await?,
    ))
}

async fn end_help(api: Api, call: Call) -> Result<Reply, Problem> {
    api.end_help(&call.caller).await?;
    Ok(Reply::nothing())
}

async fn reset(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let reset: MachineReset = call.json().await?;
    api.reset_machine(&call.caller, reset).await?;
    Ok(Reply::nothing())
}

async fn support(api: Api, call: Call) -> Result<Reply, Problem> {
    let (name, archive) = api.support_bundle(&call.caller).await?;
    let mut reply = Reply::bytes(StatusCode::OK, "application/x-tar", archive);
    reply.set(CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
    Ok(reply)
}
