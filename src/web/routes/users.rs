//! People.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;

use crate::api::ops::users::{Invited, NewUser, Reset, UserChange};
use crate::api::router::Route;
use crate::api::view::UserView;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::Role;
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/users", list),
    route!("POST", "/users", add),
    route!("POST", "/users/{user}/role", role),
    route!("POST", "/users/{user}/reset", reset),
    route!("POST", "/users/{user}/enable", enable),
    route!("POST", "/users/{user}/disable", disable),
    route!("POST", "/users/{user}/remove", remove),
];

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    users: Vec<UserView>,
    roles: [&'static str; 4],
    given: Option<(String, String)>,
    problem: Option<Problem>,
}

async fn shown(api: &Api, call: &Call, done: Result<Option<Invited>, Problem>) -> Result<Reply, Problem> {
    let (given, problem) = match done {
        Ok(invited) => (invited, None),
        Err(problem) => (None, Some(problem)),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = UsersPage {
        frame: Frame::of(api, &call.caller, "/users", "People"),
        users: api.users(&call.caller).await?,
        roles: Role::ALL.map(Role::keyword),
        given: given.map(|invited| (invited.user.name.to_string(), invited.password.reveal().to_owned())),
        problem,
    };
    show_with(status, &page)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, Ok(None)).await
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: NewUser = form::wish(&api, &mut call, &[]).await?;
    let made = api.user_make(&call.caller, new).await;
    shown(&api, &call, made.map(Some)).await
}

fn id(call: &Call) -> Result<i64, Problem> {
    call.id("user", "person")
}

async fn change(api: Api, call: Call, change: UserChange) -> Result<Reply, Problem> {
    match api.user_change(&call.caller, id(&call)?, change).await {
        Ok(_) => Ok(form::go("/users")),
        Err(problem) => shown(&api, &call, Err(problem)).await,
    }
}

#[derive(Deserialize)]
struct Chosen {
    role: Role,
}

async fn role(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Chosen { role } = form::wish(&api, &mut call, &[]).await?;
    let wish = UserChange {
        role: Some(role),
        ..UserChange::default()
    };
    change(api, call, wish).await
}

async fn enable(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let wish = UserChange {
        disabled: Some(false),
        ..UserChange::default()
    };
    change(api, call, wish).await
}

async fn disable(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let wish = UserChange {
        disabled: Some(true),
        ..UserChange::default()
    };
    change(api, call, wish).await
}

async fn reset(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let made = api.user_reset(&call.caller, id(&call)?, Reset { totp: false }).await;
    shown(&api, &call, made.map(Some)).await
}

async fn remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    match api.user_remove(&call.caller, id(&call)?).await {
        Ok(()) => Ok(form::go("/users")),
        Err(problem) => shown(&api, &call, Err(problem)).await,
    }
}
