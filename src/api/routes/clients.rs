//! Programs that may ask for tokens.

use crate::api::ops::clients::NewClient;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/clients", list),
    route!("POST", "/api/v1/clients", make),
    route!("GET", "/api/v1/clients/{client}", get),
    route!("DELETE", "/api/v1/clients/{client}", revoke),
    route!("POST", "/api/v1/clients/{client}/secret", rotate),
];

fn client(call: &Call) -> Result<String, Problem> {
    call.id("client", "program")
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.clients(&call.caller).await?))
}

async fn make(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: NewClient = call.json().await?;
    let made = api.client_make(&call.caller, new).await?;
    Ok(Reply::created(
        &format!("/api/v1/clients/{}", made.client.client_id),
        &made,
    ))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.client(&call.caller, &client(&call)?).await?))
}

async fn revoke(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.client_revoke(&call.caller, &client(&call)?).await?))
}

async fn rotate(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.client_rotate(&call.caller, &client(&call)?).await?))
}
