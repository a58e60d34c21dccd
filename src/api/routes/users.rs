//! People.

use crate::api::ops::users::{NewUser, Reset, UserChange};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/users", list),
    route!("POST", "/api/v1/users", make),
    route!("GET", "/api/v1/users/{user}", get),
    route!("PATCH", "/api/v1/users/{user}", change),
    route!("DELETE", "/api/v1/users/{user}", remove),
    route!("POST", "/api/v1/users/{user}/reset", reset),
];

fn user(call: &Call) -> Result<i64, Problem> {
    call.id("user", "person")
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.users(&call.caller).await?))
}

async fn make(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: NewUser = call.json().await?;
    let made = api.user_make(&call.caller, new).await?;
    Ok(Reply::created(&format!("/api/v1/users/{}", made.user.id), &made))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.user(&call.caller, user(&call)?).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = user(&call)?;
    let change: UserChange = call.json().await?;
    Ok(Reply::json(&api.user_change(&call.caller, id, change).await?))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.user_remove(&call.caller, user(&call)?).await?;
    Ok(Reply::nothing())
}

async fn reset(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = user(&call)?;
    let reset: Reset = call.json().await?;
    Ok(Reply::json(&api.user_reset(&call.caller, id, reset).await?))
}
