//! One's own account, and letting programs act for oneself.

use askama::Template;
use hyper::StatusCode;
use hyper::header::CONTENT_SECURITY_POLICY;
use serde::Deserialize;

use crate::api::accounts::{NewPassword, TotpBegun};
use crate::api::oauth::{Ask, Authorize, AuthorizeView};
use crate::api::router::Route;
use crate::api::view::{GrantView, MeView, SessionView};
use crate::api::{Api, Call, Problem, Reply, http};
use crate::route;
use crate::store::GrantQuery;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::qr::Qr;

pub const ROUTES: &[Route] = &[
    route!("GET", "/account", account),
    route!("POST", "/account/password", password),
    route!("POST", "/account/totp/begin", totp_begin),
    route!("POST", "/account/totp/confirm", totp_confirm),
    route!("POST", "/account/totp/remove", totp_remove),
    route!("POST", "/account/sessions/{session}/end", session_end),
    route!("POST", "/account/grants/{grant}/end", grant_end),
    route!("GET", "/oauth/authorize", authorize),
    route!("POST", "/oauth/authorize", authorized),
];

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    me: MeView,
    sessions: Vec<SessionView>,
    grants: Vec<GrantView>,
    begun: Option<TotpBegun>,
    qr: Option<Qr>,
    /// A code is still asked for, though its secret is not shown again.
    asks_again: bool,
    done: Option<&'static str>,
    problem: Option<Problem>,
}

/// What the page shows beside what is always there.
#[derive(Default)]
struct News {
    begun: Option<TotpBegun>,
    asks_again: bool,
    done: Option<&'static str>,
    problem: Option<Problem>,
}

impl From<Problem> for News {
    fn from(problem: Problem) -> Self {
        News {
            problem: Some(problem),
            ..News::default()
        }
    }
}

impl News {
    fn done(what: &'static str) -> News {
        News {
            done: Some(what),
            ..News::default()
        }
    }
}

async fn page(api: &Api, call: &Call, news: News) -> Result<Reply, Problem> {
    let caller = &call.caller;
    let status = news.problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let mine = GrantQuery {
        user: caller.user,
        ..GrantQuery::default()
    };
    let page = AccountPage {
        frame: Frame::of(api, caller, "", "Your account"),
        me: api.me(caller).await?,
        sessions: api.sessions(caller, None).await?,
        grants: api.grants(caller, mine).await?,
        qr: news.begun.as_ref().and_then(|begun| Qr::of(begun.uri.reveal())),
        begun: news.begun,
        asks_again: news.asks_again,
        done: news.done,
        problem: news.problem,
    };
    show_with(status, &page)
}

async fn account(api: Api, call: Call) -> Result<Reply, Problem> {
    page(&api, &call, News::default()).await
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Passwords {
    password: String,
    new_password: String,
}

async fn password(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let typed: Passwords = form::read(&api, &mut call).await?;
    let wish = NewPassword {
        password: typed.password,
        new_password: typed.new_password,
    };
    let news = match api.change_password(&call.caller, wish).await {
        Ok(()) => News::done("Your password is changed. You are signed out everywhere else."),
        Err(problem) => problem.into(),
    };
    page(&api, &call, news).await
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

async fn totp_begin(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Password { password } = form::read(&api, &mut call).await?;
    let news = match api.totp_begin(&call.caller, &password).await {
        Ok(begun) => News {
            begun: Some(begun),
            ..News::default()
        },
        Err(problem) => problem.into(),
    };
    page(&api, &call, news).await
}

#[derive(Deserialize)]
struct Coded {
    code: String,
}

async fn totp_confirm(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Coded { code } = form::read(&api, &mut call).await?;
    let news = match api.totp_confirm(&call.caller, &code).await {
        Ok(()) => News::done("Codes are asked for from now on."),
        Err(problem) => News {
            asks_again: problem.field.as_deref() == Some("code"),
            ..problem.into()
        },
    };
    page(&api, &call, news).await
}

async fn totp_remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Password { password } = form::read(&api, &mut call).await?;
    let news = match api.totp_remove(&call.caller, &password).await {
        Ok(()) => News::done("Codes are asked for no more."),
        Err(problem) => problem.into(),
    };
    page(&api, &call, news).await
}

async fn session_end(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    api.session_end(&call.caller, call.id("session", "session")?).await?;
    Ok(form::go("/account"))
}

async fn grant_end(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    api.grant_end(&call.caller, call.id("grant", "permission")?).await?;
    Ok(form::go("/account"))
}

#[derive(Template)]
#[template(path = "authorize.html")]
struct AuthorizePage {
    frame: Frame,
    ask: Ask,
    query: String,
}

async fn authorize(api: Api, call: Call) -> Result<Reply, Problem> {
    let asked: Authorize = call.query()?;
    match api.authorize_view(&call.caller, &asked).await? {
        AuthorizeView::SendBack { redirect_uri } => Ok(form::go(&redirect_uri)),
        AuthorizeView::Ask(ask) => {
            let policy = http::policy_towards(&ask.redirect_uri);
            let mut reply = show(&AuthorizePage {
                frame: Frame {
                    is_narrow: true,
                    ..Frame::of(&api, &call.caller, "", "Let a program in")
                },
                ask,
                query: call.parts.uri.query().unwrap_or("").to_owned(),
            })?;
            if let Some(policy) = policy {
                reply.set(CONTENT_SECURITY_POLICY, &policy);
            }
            Ok(reply)
        }
    }
}

#[derive(Deserialize)]
struct Approved {
    query: String,
    approved: String,
}

async fn authorized(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Approved { query, approved } = form::read(&api, &mut call).await?;
    let asked: Authorize = crate::api::call::from_form(query.as_bytes())?;
    let to = api.authorize(&call.caller, &asked, approved == "yes").await?;
    Ok(form::go(&to))
}
