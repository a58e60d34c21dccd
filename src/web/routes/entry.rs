//! Coming in and going: the claim of a fresh appliance, signing in and out.

use askama::Template;
use hyper::StatusCode;
use hyper::header::SET_COOKIE;
use serde::Deserialize;

use crate::api::accounts::{Claim, SignIn, SignedIn, Visitor};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/setup", setup, open),
    route!("POST", "/setup", claim, open),
    route!("GET", "/sign-in", sign_in, open),
    route!("POST", "/sign-in", enter, open),
    route!("POST", "/sign-out", leave),
];

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    frame: Frame,
    problem: Option<Problem>,
    code: String,
    name: String,
}

impl SetupPage {
    fn new(code: String, name: String, problem: Option<Problem>) -> SetupPage {
        SetupPage {
            frame: Frame::narrow("Welcome"),
            problem,
            code,
            name,
        }
    }
}

#[derive(Deserialize)]
struct Coded {
    #[serde(default)]
    code: String,
}

/// The page of an appliance that belongs to nobody. The display's code may come with the address.
async fn setup(api: Api, call: Call) -> Result<Reply, Problem> {
    if api.is_claimed().await? {
        return Ok(form::go("/sign-in"));
    }
    let Coded { code } = call.query()?;
    show_with(StatusCode::OK, &SetupPage::new(code, String::new(), None))
}

async fn claim(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Claim = form::from_nobody(&mut call).await?;
    let (code, name) = (wish.code.clone(), wish.name.clone());
    match api.claim(&Visitor::of(&call), wish).await {
        Ok(signed_in) => Ok(welcome(&signed_in, "/")),
        Err(problem) if problem.code == "already-claimed" => Ok(form::go("/sign-in")),
        Err(problem) => show_with(problem.status, &SetupPage::new(code, name, Some(problem))),
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    problem: Option<Problem>,
    name: String,
    next: String,
}

impl SignInPage {
    fn asks(&self, code: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code == code)
    }

    /// Whether a code of the second factor is asked for.
    fn needs_totp(&self) -> bool {
        self.asks("totp-needed") || self.asks("wrong-totp")
    }

    /// Whether a password of one's own is asked for.
    fn needs_new_password(&self) -> bool {
        self.problem
            .as_ref()
            .is_some_and(|problem| problem.field.as_deref() == Some("new_password"))
    }
}

#[derive(Deserialize)]
struct Wanted {
    next: Option<String>,
}

async fn sign_in(api: Api, call: Call) -> Result<Reply, Problem> {
    if !api.is_claimed().await? {
        return Ok(form::go("/setup"));
    }
    let Wanted { next } = call.query()?;
    if call.caller.role.is_some() {
        return Ok(form::go(form::next(next.as_deref())));
    }
    let page = SignInPage {
        frame: Frame::narrow("Sign in"),
        problem: None,
        name: String::new(),
        next: next.unwrap_or_default(),
    };
    show_with(StatusCode::OK, &page)
}

/// The form of the page.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entered {
    name: String,
    password: String,
    totp: Option<String>,
    new_password: Option<String>,
    next: Option<String>,
}

async fn enter(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let typed: Entered = form::from_nobody(&mut call).await?;
    let wish = SignIn {
        name: typed.name.clone(),
        password: typed.password,
        totp: typed.totp.filter(|code| !code.is_empty()),
        new_password: typed.new_password.filter(|password| !password.is_empty()),
    };
    match api.sign_in(&Visitor::of(&call), wish).await {
        Ok(signed_in) => Ok(welcome(&signed_in, form::next(typed.next.as_deref()))),
        Err(problem) => {
            let page = SignInPage {
                frame: Frame::narrow("Sign in"),
                name: typed.name,
                next: typed.next.unwrap_or_default(),
                problem: Some(problem.clone()),
            };
            let mut reply = show_with(problem.status, &page)?;
            if let Some(wait) = problem.retry_after {
                reply.set(hyper::header::RETRY_AFTER, &wait.as_secs().max(1).to_string());
            }
            Ok(reply)
        }
    }
}

/// Goes on, signed in.
fn welcome(signed_in: &SignedIn, to: &str) -> Reply {
    let mut reply = form::go(to);
    reply.set(SET_COOKIE, signed_in.set_cookie());
    reply
}

async fn leave(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    api.sign_out(&call.caller).await?;
    let mut reply = form::go("/sign-in");
    reply.set(SET_COOKIE, crate::api::accounts::GONE_COOKIE);
    Ok(reply)
}
