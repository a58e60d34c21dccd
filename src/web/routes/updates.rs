//! Updates of the appliance.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;

use crate::api::ops::updates::UpdateRequest;
use crate::api::router::Route;
use crate::api::view::{UpdateView, UpdatesView};
use crate::api::{Api, Call, Problem, Reply};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/system/updates", page),
    route!("POST", "/system/updates", bring),
    route!("GET", "/system/updates/part", part),
    route!("POST", "/system/updates/cancel", cancel),
    route!("POST", "/system/updates/check", check),
    route!("POST", "/system/updates/back", back),
    route!("POST", "/system/updates/seen", seen),
];

#[derive(Template)]
#[template(path = "updates.html")]
struct UpdatesPage {
    frame: Frame,
    updates: UpdatesView,
    done: Option<&'static str>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "updates_part.html")]
struct UpdatesPart {
    frame: Frame,
    updates: UpdatesView,
}

impl UpdatesPage {
    fn to_look_at(&self) -> Option<&UpdateView> {
        to_look_at(&self.updates)
    }
}

impl UpdatesPart {
    fn to_look_at(&self) -> Option<&UpdateView> {
        to_look_at(&self.updates)
    }
}

/// The newest update, where the machine has gone back from it and nobody has seen that.
fn to_look_at(updates: &UpdatesView) -> Option<&UpdateView> {
    let newest = updates.history.first().filter(|_| updates.current.is_none());
    newest.filter(|update| update.calls_for_a_look())
}

#[derive(Deserialize)]
struct Said {
    done: Option<String>,
}

fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let Said { done } = call.query()?;
    let page = UpdatesPage {
        frame: Frame::of(api, &call.caller, "/system", "Updates"),
        updates: api.updates(&call.caller)?,
        done: match done.as_deref() {
            Some("taken") => Some("The update was taken."),
            Some("canceled") => Some("The update is canceled."),
            Some("checked") => Some("The channel was asked."),
            Some("back") => Some("The machine goes back as soon as the printers have nothing to do."),
            _ => None,
        },
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None)
}

async fn part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&UpdatesPart {
        frame: Frame::of(&api, &call.caller, "/system", "Updates"),
        updates: api.updates(&call.caller)?,
    })
}

/// Goes on, or shows what is wrong on the page.
fn ended(api: &Api, call: &Call, done: Result<(), Problem>, said: &str) -> Result<Reply, Problem> {
    match done {
        Ok(()) => Ok(form::go(&format!("/system/updates?done={said}"))),
        Err(problem) => shown(api, call, Some(problem)),
    }
}

async fn bring(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let request: UpdateRequest = form::wish(&api, &mut call, &["allow_downgrade", "channel"]).await?;
    let brought = api.bring_update(&call.caller, request).await.map(drop);
    ended(&api, &call, brought, "taken")
}

async fn cancel(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let canceled = api.cancel_update(&call.caller).await;
    ended(&api, &call, canceled, "canceled")
}

async fn check(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let checked = api.check_for_updates(&call.caller).await.map(drop);
    ended(&api, &call, checked, "checked")
}

async fn back(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let back = api.go_back(&call.caller).await.map(drop);
    ended(&api, &call, back, "back")
}

async fn seen(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let seen = api.saw_update(&call.caller).await;
    ended(&api, &call, seen, "")
}
