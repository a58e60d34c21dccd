//! Profiles: what they are, and where they are used.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use super::media_types;
use crate::api::ops::profile_uses::NewUse;
use crate::api::router::Route;
use crate::api::view::{PrinterView, ProfileView};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{Digest, PrinterId};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/profiles", list),
    route!("GET", "/profiles/{profile}", page),
    route!("POST", "/profiles/{profile}/use", take),
    route!("POST", "/profiles/{profile}/unuse", leave),
    route!("POST", "/profiles/{profile}/remove", remove),
];

#[derive(Template)]
#[template(path = "profiles.html")]
struct ProfilesPage {
    frame: Frame,
    profiles: Vec<ProfileView>,
    problem: Option<Problem>,
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&ProfilesPage {
        frame: Frame::of(&api, &call.caller, "/profiles", "Profiles"),
        profiles: api.profiles(&call.caller).await?,
        problem: None,
    })
}

fn id(call: &Call) -> Result<Digest, Problem> {
    call.id("profile", "profile")
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    profile: ProfileView,
    printers: Vec<PrinterView>,
    types: Vec<SmolStr>,
    problem: Option<Problem>,
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let profile = api.profile(&call.caller, &id(call)?).await?;
    let page = ProfilePage {
        frame: Frame::of(api, &call.caller, "/profiles", profile.name.as_str()),
        printers: api.printers(&call.caller).await?,
        types: media_types(api).await?,
        profile,
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None).await
}

async fn back(api: &Api, call: &Call, done: Result<(), Problem>) -> Result<Reply, Problem> {
    match done {
        Ok(()) => Ok(form::go(&format!("/profiles/{}", id(call)?))),
        Err(problem) => shown(api, call, Some(problem)).await,
    }
}

/// The form of a use.
#[derive(Deserialize)]
struct Use {
    printer: PrinterId,
    media_type: Option<SmolStr>,
    raster_type: Option<SmolStr>,
}

async fn take(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Use = form::wish(&api, &mut call, &[]).await?;
    let new = NewUse {
        profile: id(&call)?.to_string().into(),
        media_type: wish.media_type,
        raster_type: wish.raster_type,
    };
    let done = api.use_profile(&call.caller, &wish.printer, new).await;
    back(&api, &call, done.map(drop)).await
}

async fn leave(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Use = form::wish(&api, &mut call, &[]).await?;
    let done = api
        .stop_using_profile(&call.caller, &wish.printer, wish.media_type)
        .await;
    back(&api, &call, done).await
}

async fn remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    match api.remove_profile(&call.caller, &id(&call)?).await {
        Ok(()) => Ok(form::go("/profiles")),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}
