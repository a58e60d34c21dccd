//! OAuth 2.0: what programs call, and what a person's browser asks before he says yes.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::api::oauth::{Authorize, Form, OAuthError, metadata, uncached};
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply, http};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("POST", "/oauth/token", token, open),
    route!("POST", "/oauth/revoke", revoke, open),
    route!("POST", "/oauth/introspect", introspect, open),
    route!("GET", "/.well-known/oauth-authorization-server", tell, open),
    route!("GET", "/api/v1/oauth/authorize", view),
    route!("POST", "/api/v1/oauth/authorize", authorize),
];

/// The form of a call, and who says that he sends it.
async fn form(call: &mut Call) -> Result<(Option<String>, Form), OAuthError> {
    let authorization = call.header("authorization").map(str::to_owned);
    // Whatever is wrong with it is told as OAuth tells it.
    let form = call.form().await.map_err(|problem: Problem| OAuthError {
        status: match problem.status {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
            status => status,
        },
        ..problem.into()
    })?;
    Ok((authorization, form))
}

async fn token(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let given = async {
        let (authorization, form) = form(&mut call).await?;
        api.token(authorization.as_deref(), &form).await
    };
    Ok(match given.await {
        Ok(tokens) => uncached(Reply::json(&tokens)),
        Err(error) => error.reply(),
    })
}

async fn revoke(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let ended = async {
        let (authorization, form) = form(&mut call).await?;
        api.revoke(authorization.as_deref(), &form).await
    };
    Ok(match ended.await {
        Ok(()) => uncached(Reply::json(&json!({}))),
        Err(error) => error.reply(),
    })
}

async fn introspect(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let known = async {
        let (authorization, form) = form(&mut call).await?;
        api.introspect(authorization.as_deref(), &form).await
    };
    Ok(match known.await {
        Ok(known) => uncached(Reply::json(&known)),
        Err(error) => error.reply(),
    })
}

async fn tell(api: Api, call: Call) -> Result<Reply, Problem> {
    let issuer = api.issuer(http::host(&call.parts.headers), call.peer);
    Ok(Reply::json(&metadata(&issuer)))
}

async fn view(api: Api, call: Call) -> Result<Reply, Problem> {
    let asked: Authorize = call.query()?;
    Ok(Reply::json(&api.authorize_view(&call.caller, &asked).await?))
}

/// A person's answer.
#[derive(Deserialize)]
struct Answered {
    #[serde(flatten)]
    asked: Authorize,
    approved: bool,
}

async fn authorize(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Answered { asked, approved } = call.json().await?;
    let redirect_uri = api.authorize(&call.caller, &asked, approved).await?;
    Ok(Reply::json(&json!({"redirect_uri": redirect_uri})))
}
