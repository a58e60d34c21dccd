//! `/api/v1/system/updates`

use hyper::StatusCode;

use crate::api::ops::updates::UpdateWish;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::Scope;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/system/updates", list),
    route!("POST", "/api/v1/system/updates", bring),
    route!("DELETE", "/api/v1/system/updates", cancel),
    route!("POST", "/api/v1/system/updates/check", check),
    route!("POST", "/api/v1/system/updates/back", back),
    route!("POST", "/api/v1/system/updates/seen", seen),
    route!("GET", "/api/v1/system/updates/{update}/log", log),
];

/// Types by which a bundle may come.
const TYPES: [&str; 2] = ["application/vnd.rauc.bundle", "application/octet-stream"];

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.updates(&call.caller)?))
}

async fn bring(api: Api, mut call: Call) -> Result<Reply, Problem> {
    // Nobody sends megabytes before it is known that he may.
    call.caller.needs(Scope::SettingsWrite)?;
    let mime = call.media_type();
    let brought = match mime.as_str() {
        "application/json" => {
            let request = call.json().await?;
            api.bring_update(&call.caller, request).await?
        }
        mime if TYPES.contains(&mime) => {
            let wish: UpdateWish = call.query()?;
            let mut bundle = api.receive_update(&call.caller, call.announced()).await?;
            while let Some(bytes) = call.next().await? {
                bundle = bundle.write(bytes).await?;
            }
            api.take_update(&call.caller, bundle, wish).await?
        }
        _ => {
            let text = "send the bundle as application/octet-stream, or say where it is in application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-a-bundle", text));
        }
    };
    Ok(Reply::with(StatusCode::ACCEPTED, &brought))
}

async fn cancel(api: Api, call: Call) -> Result<Reply, Problem> {
    api.cancel_update(&call.caller).await?;
    Ok(Reply::nothing())
}

async fn check(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.check_for_updates(&call.caller).await?))
}

async fn back(api: Api, call: Call) -> Result<Reply, Problem> {
    let brought = api.go_back(&call.caller).await?;
    Ok(Reply::with(StatusCode::ACCEPTED, &brought))
}

async fn seen(api: Api, call: Call) -> Result<Reply, Problem> {
    api.saw_update(&call.caller).await?;
    Ok(Reply::nothing())
}

async fn log(api: Api, call: Call) -> Result<Reply, Problem> {
    let id = call.id("update", "update")?;
    let log = api.update_log(&call.caller, id).await?;
    Ok(Reply::bytes(
        StatusCode::OK,
        "text/plain; charset=utf-8",
        log.into_bytes(),
    ))
}
