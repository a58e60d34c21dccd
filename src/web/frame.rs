//! What is around every page: who is signed in, where he is, where he can go.

use askama::Template;
use hyper::StatusCode;

use super::assets::EDITION;
use crate::api::{Api, Caller, Problem, Reply};
use crate::model::{Role, Scope};

/// Names of the events that pages follow.
const EVENTS: &str = "job-created document-added job-changed job-config-changed queue-order-changed sheets-spoiled \
                      attempt-changed printer-changed control-changed media-wanted stock-changed supplies-changed \
                      loaded-changed update-changed";

/// A place that the menu leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its path.
    pub path: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What one must be allowed to see it.
    scope: Scope,
}

const PLACES: [Place; 11] = [
    place("/", "Dashboard", Scope::PrintersRead),
    place("/print", "Print", Scope::JobsWrite),
    place("/jobs", "Jobs", Scope::JobsRead),
    place("/printers", "Printers", Scope::PrintersRead),
    place("/papers", "Papers", Scope::PapersRead),
    place("/profiles", "Profiles", Scope::ProfilesRead),
    place("/templates", "Templates", Scope::TemplatesRead),
    place("/panel", "Front panel", Scope::JobsAll),
    place("/users", "People", Scope::UsersRead),
    place("/clients", "Programs", Scope::ClientsRead),
    place("/system", "System", Scope::SettingsRead),
];

const fn place(path: &'static str, name: &'static str, scope: Scope) -> Place {
    Place { path, name, scope }
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The page's own title.
    pub title: String,
    /// Whoever is signed in.
    pub caller: Option<Caller>,
    /// The path of the menu's place that it belongs to.
    pub at: &'static str,
    /// Whether it is a small one, of a form and no more.
    pub is_narrow: bool,
    /// What its forms carry.
    pub token: String,
}

impl Frame {
    /// That of a page of the menu's place `at`.
    pub fn of(api: &Api, caller: &Caller, at: &'static str, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            caller: caller.role.is_some().then(|| caller.clone()),
            at,
            is_narrow: false,
            token: api.form_token(caller).unwrap_or_default().to_owned(),
        }
    }

    /// That of a small page.
    pub fn narrow(title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            caller: None,
            at: "",
            is_narrow: true,
            token: String::new(),
        }
    }

    /// Where the caller may go.
    pub fn places(&self) -> impl Iterator<Item = &'static Place> {
        let scopes = self.caller.as_ref().map(|caller| caller.scopes).unwrap_or_default();
        PLACES.iter().filter(move |place| scopes.has(place.scope))
    }

    /// Whether the caller may do this.
    pub fn may(&self, scope: &str) -> bool {
        let scopes = self.caller.as_ref().map(|caller| caller.scopes).unwrap_or_default();
        scope.parse().is_ok_and(|scope| scopes.has(scope))
    }

    /// Who the caller is to the studio.
    pub fn role(&self) -> &'static str {
        self.caller
            .as_ref()
            .and_then(|caller| caller.role)
            .map_or("", Role::keyword)
    }

    /// What files of the house are called by.
    pub fn edition(&self) -> &'static str {
        &EDITION
    }

    /// The names of the events that the page follows.
    pub fn events(&self) -> &'static str {
        EVENTS
    }

    /// Of Platen.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// A page as an answer.
///
/// # Errors
/// 500; our own pages can be drawn.
pub fn show(page: &impl Template) -> Result<Reply, Problem> {
    let html = page.render().map_err(|error| Problem::internal(&error))?;
    Ok(Reply::bytes(
        StatusCode::OK,
        "text/html; charset=utf-8",
        html.into_bytes(),
    ))
}

/// The same with another status: a form whose input was not taken.
///
/// # Errors
/// 500; our own pages can be drawn.
pub fn show_with(status: StatusCode, page: &impl Template) -> Result<Reply, Problem> {
    let mut reply = show(page)?;
    *reply.0.status_mut() = status;
    Ok(reply)
}

#[derive(Template)]
#[template(path = "once_more.html")]
struct OnceMore {
    frame: Frame,
}

/// A page that loads its own address once more.
///
/// # Errors
/// 500; our own pages can be drawn.
pub fn once_more() -> Result<Reply, Problem> {
    show(&OnceMore {
        frame: Frame::narrow("One moment"),
    })
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    problem: &'a Problem,
}

/// A problem as a page.
pub fn error(api: &Api, problem: &Problem, caller: Option<&Caller>) -> Reply {
    let title = match problem.status {
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::UNAUTHORIZED => "Sign in first",
        StatusCode::CONFLICT => "That can't be done now",
        status if status.is_server_error() => "Something went wrong",
        _ => "That was not taken",
    };
    let frame = caller.map_or_else(|| Frame::narrow(title), |caller| Frame::of(api, caller, "", title));
    let mut reply = show_with(problem.status, &ErrorPage { frame, problem })
        .unwrap_or_else(|problem| Reply::bytes(problem.status, "text/plain", problem.detail.as_bytes().to_vec()));
    if let Some(wait) = problem.retry_after {
        reply.set(hyper::header::RETRY_AFTER, &wait.as_secs().max(1).to_string());
    }
    reply
}
