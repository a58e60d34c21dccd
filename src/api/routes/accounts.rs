//! The claim, signing in and out, and one's own account.

use hyper::StatusCode;
use hyper::header::SET_COOKIE;
use serde::Deserialize;
use serde_json::json;
use smol_str::SmolStr;

use crate::api::accounts::{Claim, GONE_COOKIE, NewPassword, SignIn, SignedIn, Visitor};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;
use crate::store::GrantQuery;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/claim", is_claimed, open),
    route!("POST", "/api/v1/claim", claim, open),
    route!("POST", "/api/v1/session", sign_in, open),
    route!("DELETE", "/api/v1/session", sign_out),
    route!("GET", "/api/v1/me", me),
    route!("GET", "/api/v1/me/callback-secret", callback_secret),
    route!("POST", "/api/v1/me/password", change_password),
    route!("POST", "/api/v1/me/totp", totp_begin),
    route!("POST", "/api/v1/me/totp/confirm", totp_confirm),
    route!("POST", "/api/v1/me/totp/remove", totp_remove),
    route!("GET", "/api/v1/sessions", sessions),
    route!("DELETE", "/api/v1/sessions/{session}", session_end),
    route!("GET", "/api/v1/grants", grants),
    route!("DELETE", "/api/v1/grants/{grant}", grant_end),
];

fn signed_in(status: StatusCode, signed: &SignedIn) -> Reply {
    let mut reply = Reply::with(status, signed);
    reply.set(SET_COOKIE, signed.set_cookie());
    reply
}

async fn is_claimed(api: Api, _: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&json!({"claimed": api.is_claimed().await?})))
}

async fn claim(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let claim: Claim = call.json().await?;
    let signed = api.claim(&Visitor::of(&call), claim).await?;
    Ok(signed_in(StatusCode::CREATED, &signed))
}

async fn sign_in(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let asked: SignIn = call.json().await?;
    let signed = api.sign_in(&Visitor::of(&call), asked).await?;
    Ok(signed_in(StatusCode::OK, &signed))
}

async fn sign_out(api: Api, call: Call) -> Result<Reply, Problem> {
    api.sign_out(&call.caller).await?;
    let mut reply = Reply::nothing();
    reply.set(SET_COOKIE, GONE_COOKIE);
    Ok(reply)
}

async fn callback_secret(api: Api, call: Call) -> Result<Reply, Problem> {
    let secret = api.callback_secret(&call.caller).await?;
    Ok(Reply::json(&json!({ "secret": secret })))
}

async fn me(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.me(&call.caller).await?))
}

async fn change_password(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let asked: NewPassword = call.json().await?;
    api.change_password(&call.caller, asked).await?;
    Ok(Reply::nothing())
}

/// Shows once more that it is he.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    password: String,
}

async fn totp_begin(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Again { password } = call.json().await?;
    Ok(Reply::json(&api.totp_begin(&call.caller, &password).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    code: String,
}

async fn totp_confirm(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Confirmed { code } = call.json().await?;
    api.totp_confirm(&call.caller, &code).await?;
    Ok(Reply::nothing())
}

async fn totp_remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Again { password } = call.json().await?;
    api.totp_remove(&call.caller, &password).await?;
    Ok(Reply::nothing())
}

/// Whose: the caller's own where nobody is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    user: Option<i64>,
}

async fn sessions(api: Api, call: Call) -> Result<Reply, Problem> {
    let Whose { user } = call.query()?;
    Ok(Reply::items(&api.sessions(&call.caller, user).await?))
}

async fn session_end(api: Api, call: Call) -> Result<Reply, Problem> {
    api.session_end(&call.caller, call.id("session", "session")?).await?;
    Ok(Reply::nothing())
}

/// To whom and by whom: what the caller has granted himself where nobody is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    #[serde(default)]
    user: Option<i64>,
    #[serde(default)]
    client: Option<SmolStr>,
}

async fn grants(api: Api, call: Call) -> Result<Reply, Problem> {
    let Granted { user, client } = call.query()?;
    let query = GrantQuery { user, client };
    Ok(Reply::items(&api.grants(&call.caller, query).await?))
}

async fn grant_end(api: Api, call: Call) -> Result<Reply, Problem> {
    api.grant_end(&call.caller, call.id("grant", "grant")?).await?;
    Ok(Reply::nothing())
}
