//! `/api/v1/settings`, `/api/v1/system`, `/api/v1/log`

use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::ops::backup::Backup;
use crate::api::patch::Patch;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/settings", settings),
    route!("PATCH", "/api/v1/settings", change),
    route!("GET", "/api/v1/system", system),
    route!("GET", "/api/v1/system/certificate", certificate, open),
    route!("GET", "/api/v1/system/backup", backup),
    route!("POST", "/api/v1/system/restore", restore),
    route!("GET", "/api/v1/log", log),
];

async fn settings(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.settings(&call.caller).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let patch: Patch = call.json().await?;
    Ok(Reply::json(&api.change_settings(&call.caller, patch).await?))
}

async fn system(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.system(&call.caller).await?))
}

async fn certificate(api: Api, _: Call) -> Result<Reply, Problem> {
    let pem = api.certificate().await?.into_bytes();
    Ok(Reply::bytes(StatusCode::OK, "application/x-pem-file", pem))
}

async fn backup(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.backup(&call.caller).await?))
}

async fn restore(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let backup: Backup = call.json().await?;
    Ok(Reply::json(&api.restore(&call.caller, backup).await?))
}

/// The query of the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    #[serde(default)]
    level: Option<SmolStr>,
    #[serde(default)]
    after: Option<u64>,
    #[serde(default)]
    limit: Option<usize>,
}

async fn log(api: Api, call: Call) -> Result<Reply, Problem> {
    let Lines { level, after, limit } = call.query()?;
    let lines = api.log(&call.caller, level.as_deref(), after, limit).await?;
    Ok(Reply::items(&lines))
}
