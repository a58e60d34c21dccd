//! The house as an authorization server (OAuth 2.0, RFC 6749, with what RFC 9700 has made of it): programs act for
//! themselves by their secret, and for people by a code with PKCE.
//!
//! ```text
//!   program ── browser ─► /oauth/authorize (a page) ─► authorize_view ─► yes ─► authorize ── code ─┐
//!      ▲                                                                                           │
//!      └── access token (10 min), refresh token (60 days, once) ◄── token ◄── code + verifier ◄────┘
//! ```
//!
//! Tokens are random and opaque; what is kept of them is their SHA-256. A refresh token that comes a second time revokes
//! its whole family: one of the two who have sent it has stolen it.

mod authorize;
mod credentials;
mod inspect;
mod issuer;
pub mod redirect;
mod token;
mod words;

use hyper::StatusCode;
use hyper::header::{PRAGMA, WWW_AUTHENTICATE};
use serde_json::json;
use smol_str::SmolStr;

use super::{Problem, Reply};
use crate::model::{Scope, Scopes};

pub use authorize::{Ask, Authorize, AuthorizeView, ScopeView};
pub use credentials::Form;
pub use inspect::Introspection;
pub use token::Tokens;
pub use words::in_words;

/// A refusal in OAuth's own form (RFC 6749, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// HTTP status.
    pub status: StatusCode,
    /// `error`.
    pub error: &'static str,
    /// `error_description`, for the person who writes the program.
    pub description: SmolStr,
}

impl OAuthError {
    /// 400 with this `error`.
    pub fn new(error: &'static str, description: impl Into<SmolStr>) -> OAuthError {
        OAuthError {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.into(),
        }
    }

    fn invalid_client() -> OAuthError {
        OAuthError {
            status: StatusCode::UNAUTHORIZED,
            ..OAuthError::new(
                "invalid_client",
                "the program is not known here, was revoked, or its secret is not right",
            )
        }
    }

    fn invalid_grant(description: &'static str) -> OAuthError {
        OAuthError::new("invalid_grant", description)
    }

    fn invalid_request(description: &'static str) -> OAuthError {
        OAuthError::new("invalid_request", description)
    }

    /// As it is answered.
    pub fn reply(&self) -> Reply {
        let body = json!({"error": self.error, "error_description": self.description.as_str()});
        let mut reply = Reply::with(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.set(WWW_AUTHENTICATE, "Basic realm=\"Platen\"");
        }
        uncached(reply)
    }
}

impl From<Problem> for OAuthError {
    fn from(problem: Problem) -> OAuthError {
        let error = match problem.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "temporarily_unavailable",
            status if status.is_client_error() => "invalid_request",
            _ => "server_error",
        };
        OAuthError {
            status: problem.status,
            error,
            description: problem.detail,
        }
    }
}

impl From<crate::store::StoreError> for OAuthError {
    fn from(error: crate::store::StoreError) -> OAuthError {
        Problem::from(error).into()
    }
}

/// Nobody keeps a copy (RFC 6749, 5.1); `Cache-Control` is told with every answer.
pub fn uncached(mut reply: Reply) -> Reply {
    reply.set(PRAGMA, "no-cache");
    reply
}

/// What a program asks for: all that it may where it says nothing.
fn wanted(scope: Option<&str>, most: Scopes) -> Result<Scopes, OAuthError> {
    let refused = |what: String| OAuthError::new("invalid_scope", what);
    let Some(text) = scope.filter(|text| !text.trim().is_empty()) else {
        return Ok(most);
    };
    let wanted: Scopes = text
        .parse()
        .map_err(|e: crate::model::UnknownWord| refused(e.to_string()))?;
    if !wanted.is_within(most) {
        let beyond: Scopes = wanted.iter().filter(|scope| !most.has(*scope)).collect();
        return Err(refused(format!("the program may not ask for {beyond}")));
    }
    Ok(wanted)
}

/// The metadata of this authorization server at its own host and port (RFC 8414, 2).
pub fn metadata(host: &str) -> serde_json::Value {
    let at = |path: &str| format!("https://{host}{path}");
    let scopes: Vec<&str> = Scope::ALL.into_iter().map(Scope::keyword).collect();
    let methods = ["client_secret_basic", "client_secret_post"];
    json!({
        "issuer": at(""),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "introspection_endpoint": at("/oauth/introspect"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [methods[0], methods[1], "none"],
        "revocation_endpoint_auth_methods_supported": [methods[0], methods[1], "none"],
        "introspection_endpoint_auth_methods_supported": methods,
    })
}

#[cfg(test)]
mod tests;
