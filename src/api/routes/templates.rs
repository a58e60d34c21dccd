//! `/api/v1/templates`, `/api/v1/presets`

use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::estate::Drawing;
use crate::api::ops::presets::PresetWish;
use crate::api::ops::templates::SIDE;
use crate::api::patch::Patch;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::PrinterId;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/templates", list),
    route!("GET", "/api/v1/templates/{template}", get),
    route!("GET", "/api/v1/templates/{template}/preview", preview),
    route!("GET", "/api/v1/presets", presets),
    route!("POST", "/api/v1/presets", add),
    route!("GET", "/api/v1/presets/{preset}", preset),
    route!("PATCH", "/api/v1/presets/{preset}", change),
    route!("DELETE", "/api/v1/presets/{preset}", remove),
];

fn template(call: &Call) -> Result<SmolStr, Problem> {
    call.id("template", "template")
}

fn id(call: &Call) -> Result<PrinterId, Problem> {
    let text: SmolStr = call.id("preset", "preset")?;
    PrinterId::new(&text).map_err(|_| Problem::not_found("preset-not-found", format_args!("preset \"{text}\"")))
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.templates(&call.caller).await?))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.template(&call.caller, &template(&call)?).await?))
}

/// The query of a picture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Picture {
    #[serde(default)]
    paper: Option<SmolStr>,
    #[serde(default)]
    side: Option<u32>,
    #[serde(default)]
    set: Vec<String>,
}

async fn preview(api: Api, call: Call) -> Result<Reply, Problem> {
    let Picture { paper, side, set } = call.query()?;
    let drawing = Drawing {
        template: template(&call)?,
        paper,
        set,
        side: side.unwrap_or(SIDE),
    };
    let png = api.draw_template(&call.caller, drawing).await?;
    let mut reply = Reply::bytes(StatusCode::OK, "image/png", png);
    // Templates are read at the start, and drawing one takes seconds on a small machine.
    reply.set(CACHE_CONTROL, "private, max-age=3600");
    Ok(reply)
}

async fn presets(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.presets(&call.caller).await?))
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: PresetWish = call.json().await?;
    let made = api.add_preset(&call.caller, wish).await?;
    Ok(Reply::created(&format!("/api/v1/presets/{}", made.id), &made))
}

async fn preset(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.preset(&call.caller, &id(&call)?).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = id(&call)?;
    let patch: Patch = call.json().await?;
    Ok(Reply::json(&api.change_preset(&call.caller, &id, patch).await?))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.remove_preset(&call.caller, &id(&call)?).await?;
    Ok(Reply::nothing())
}
