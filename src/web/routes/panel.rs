//! The front panel: how it looks now, and its buttons.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;

use crate::api::panel::{PanelPress, PanelView};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::Scope;
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/panel", page),
    route!("GET", "/panel/part", part),
    route!("POST", "/panel/buttons/{button}", press),
];

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage {
    frame: Frame,
    panel: PanelView,
    may_press: bool,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "panel_part.html")]
struct PanelPart {
    panel: PanelView,
}

#[derive(Template)]
#[template(path = "panel_none.html")]
struct NoPanel {
    frame: Frame,
}

fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let caller = &call.caller;
    let frame = Frame::of(api, caller, "/panel", "Front panel");
    let panel = match api.panel(caller) {
        Ok(panel) => panel,
        Err(none) if none.code == "no-panel" => return show(&NoPanel { frame }),
        Err(other) => return Err(other),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = PanelPage {
        frame,
        panel,
        may_press: caller.scopes.has(Scope::PrintersControl) && caller.scopes.has(Scope::JobsWrite),
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None)
}

async fn part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&PanelPart {
        panel: api.panel(&call.caller)?,
    })
}

#[derive(Deserialize)]
struct Pressed {
    how: PanelPress,
}

async fn press(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Pressed { how } = form::read(&api, &mut call).await?;
    let button: String = call.id("button", "button")?;
    match api.press_panel(&call.caller, &button, how) {
        Ok(()) => Ok(form::go("/panel")),
        Err(problem) => shown(&api, &call, Some(problem)),
    }
}
