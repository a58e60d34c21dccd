//! `/api/v1/papers`

use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::ops::papers::{Booking, BookingKind, PaperWish};
use crate::api::patch::Patch;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::PaperId;
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/papers", list),
    route!("POST", "/api/v1/papers", add),
    route!("GET", "/api/v1/papers/{paper}", get),
    route!("PATCH", "/api/v1/papers/{paper}", change),
    route!("DELETE", "/api/v1/papers/{paper}", remove),
    route!("POST", "/api/v1/papers/{paper}/restock", restock),
    route!("POST", "/api/v1/papers/{paper}/count", count),
    route!("POST", "/api/v1/papers/{paper}/spoil", spoil),
    route!("POST", "/api/v1/papers/{paper}/write-off", write_off),
    route!("GET", "/api/v1/papers/{paper}/entries", entries),
];

fn paper(call: &Call) -> Result<PaperId, Problem> {
    let text: SmolStr = call.id("paper", "paper")?;
    PaperId::new(&text).map_err(|_| Problem::not_found("paper-not-found", format_args!("paper \"{text}\"")))
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.papers(&call.caller).await?))
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: PaperWish = call.json().await?;
    let made = api.add_paper(&call.caller, new).await?;
    Ok(Reply::created(&format!("/api/v1/papers/{}", made.id), &made))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.paper(&call.caller, &paper(&call)?).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = paper(&call)?;
    let patch: Patch = call.json().await?;
    Ok(Reply::json(&api.change_paper(&call.caller, &id, patch).await?))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.remove_paper(&call.caller, &paper(&call)?).await?;
    Ok(Reply::nothing())
}

async fn book(api: Api, mut call: Call, kind: BookingKind) -> Result<Reply, Problem> {
    let id = paper(&call)?;
    let booking: Booking = call.json().await?;
    Ok(Reply::json(&api.book_paper(&call.caller, &id, kind, booking).await?))
}

async fn restock(api: Api, call: Call) -> Result<Reply, Problem> {
    book(api, call, BookingKind::Restock).await
}

async fn count(api: Api, call: Call) -> Result<Reply, Problem> {
    book(api, call, BookingKind::Count).await
}

async fn spoil(api: Api, call: Call) -> Result<Reply, Problem> {
    book(api, call, BookingKind::Spoil).await
}

async fn write_off(api: Api, call: Call) -> Result<Reply, Problem> {
    book(api, call, BookingKind::WriteOff).await
}

/// The query of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paging {
    #[serde(default)]
    cursor: Option<SmolStr>,
    #[serde(default)]
    limit: Option<u32>,
}

async fn entries(api: Api, call: Call) -> Result<Reply, Problem> {
    let Paging { cursor, limit } = call.query()?;
    let page = api
        .paper_entries(&call.caller, &paper(&call)?, cursor.as_deref(), limit)
        .await?;
    Ok(Reply::json(&page))
}
