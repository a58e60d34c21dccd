//! Papers: what is in stock, and its books.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use smol_str::SmolStr;

use super::{media_types, sizes};
use crate::api::ops::papers::{Booking, BookingKind, PaperWish};
use crate::api::patch::Patch;
use crate::api::router::Route;
use crate::api::view::{Page, PaperView, StockEntryView};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::PaperId;
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::gone::Gone;

pub const ROUTES: &[Route] = &[
    route!("GET", "/papers", list),
    route!("GET", "/papers/part", list_part),
    route!("POST", "/papers", add),
    route!("GET", "/papers/{paper}", page),
    route!("POST", "/papers/{paper}", change),
    route!("POST", "/papers/{paper}/book", book),
    route!("POST", "/papers/{paper}/remove", remove),
];

#[derive(Template)]
#[template(path = "papers.html")]
struct PapersPage {
    frame: Frame,
    papers: Vec<PaperView>,
    sizes: Vec<(&'static str, String)>,
    types: Vec<SmolStr>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "papers_part.html")]
struct PapersPart {
    papers: Vec<PaperView>,
}

async fn papers(api: &Api, call: &Call, done: Result<Option<Gone>, Problem>) -> Result<Reply, Problem> {
    let (gone, problem) = match done {
        Ok(gone) => (gone, None),
        Err(problem) => (None, Some(problem)),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = PapersPage {
        frame: Frame::of(api, &call.caller, "/papers", "Papers"),
        papers: api.papers(&call.caller).await?,
        sizes: sizes(),
        types: media_types(api).await?,
        gone,
        problem,
    };
    show_with(status, &page)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    papers(&api, &call, Ok(None)).await
}

async fn list_part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&PapersPart {
        papers: api.papers(&call.caller).await?,
    })
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: Result<PaperWish, Problem> = form::wish(&api, &mut call, &["weight", "sheets", "low"]).await;
    let made = match new {
        Ok(new) => api.add_paper(&call.caller, new).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(paper) => Ok(form::go(&format!("/papers/{}", paper.id))),
        Err(problem) => papers(&api, &call, Err(problem)).await,
    }
}

fn id(call: &Call) -> Result<PaperId, Problem> {
    let text: SmolStr = call.id("paper", "paper")?;
    PaperId::new(&text).map_err(|_| Problem::not_found("paper-not-found", format_args!("paper \"{text}\"")))
}

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    paper: PaperView,
    entries: Page<StockEntryView>,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Paged {
    cursor: Option<String>,
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let id = id(call)?;
    let Paged { cursor } = call.query()?;
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let paper = api.paper(&call.caller, &id).await?;
    let page = PaperPage {
        frame: Frame::of(api, &call.caller, "/papers", paper.shown.as_str()),
        entries: api
            .paper_entries(&call.caller, &id, cursor.as_deref(), Some(50))
            .await?,
        paper,
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None).await
}

async fn back(api: &Api, call: &Call, done: Result<(), Problem>) -> Result<Reply, Problem> {
    match done {
        Ok(()) => Ok(form::go(&format!("/papers/{}", id(call)?))),
        Err(problem) => shown(api, call, Some(problem)).await,
    }
}

#[derive(Deserialize)]
struct Changed {
    price: Option<String>,
    low: Option<u32>,
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Changed { price, low } = form::wish(&api, &mut call, &["low"]).await?;
    let mut patch = Patch::new();
    // An empty price is none.
    patch.insert("price".into(), json!(price));
    patch.insert("low".into(), json!(low.unwrap_or(0)));
    let done = api.change_paper(&call.caller, &id(&call)?, patch).await;
    back(&api, &call, done.map(drop)).await
}

#[derive(Deserialize)]
struct Booked {
    kind: SmolStr,
    sheets: u32,
    #[serde(default)]
    note: SmolStr,
}

async fn book(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Booked { kind, sheets, note } = form::wish(&api, &mut call, &["sheets"]).await?;
    let kind = match kind.as_str() {
        "restock" => BookingKind::Restock,
        "count" => BookingKind::Count,
        "spoil" => BookingKind::Spoil,
        "write-off" => BookingKind::WriteOff,
        _ => return Err(Problem::invalid("kind", "this is nothing that can be booked")),
    };
    let booking = Booking {
        sheets,
        note,
        job: None,
    };
    let done = api.book_paper(&call.caller, &id(&call)?, kind, booking).await;
    back(&api, &call, done.map(drop)).await
}

async fn remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let gone = Gone::paper(&api.paper(&call.caller, &id(&call)?).await?);
    match api.remove_paper(&call.caller, &id(&call)?).await {
        Ok(()) => papers(&api, &call, Ok(Some(gone))).await,
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}
