//! What is known of a token (RFC 7662), and its end (RFC 7009).

use serde::Serialize;
use smol_str::SmolStr;

use super::{Form, OAuthError};
use crate::api::Api;
use crate::api::accounts::secret;
use crate::model::{Scope, Scopes, Timestamp, Token, TokenKind};

/// What is known of a token; of one that does not count, nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Introspection {
    /// Whether it counts.
    pub active: bool,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scopes>,
    /// To which program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<SmolStr>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<SmolStr>,
    /// The same, or the program itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<SmolStr>,
    /// `Bearer`, of an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// Its end, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
}

impl Introspection {
    fn of(token: Token) -> Introspection {
        let username = token.user.as_ref().map(|user| user.name.clone());
        Introspection {
            active: true,
            scope: Some(token.scopes_now()),
            sub: Some(username.clone().unwrap_or_else(|| token.client.name.clone())),
            username,
            token_type: (token.kind == TokenKind::Access).then_some("Bearer"),
            exp: Some(token.expires.as_seconds()),
            iat: Some(token.created.as_seconds()),
            client_id: Some(token.client.id),
        }
    }
}

impl Api {
    /// Tells a program of a token: of its own ones, and of all where it may see programs.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn introspect(&self, authorization: Option<&str>, form: &Form) -> Result<Introspection, OAuthError> {
        let client = self.oauth_client(authorization, form).await?;
        if client.secret.is_none() {
            return Err(OAuthError::invalid_client());
        }
        let token = form.token.as_deref();
        let token = token.ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
        let found = self.store.token(secret::digest(token)).await?;
        let found = found.filter(|found| {
            found.is_good(Timestamp::now()) && (found.client.id == client.id || client.scopes.has(Scope::ClientsRead))
        });
        Ok(found.map(Introspection::of).unwrap_or_default())
    }

    /// Ends a token of a program; with a refresh token its whole family. Of a token that is not known, or not its own,
    /// nothing is told (RFC 7009, 2.2).
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn revoke(&self, authorization: Option<&str>, form: &Form) -> Result<(), OAuthError> {
        let client = self.oauth_client(authorization, form).await?;
        let token = form.token.as_deref();
        let token = token.ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
        let digest = secret::digest(token);
        let found = self.store.token(digest).await?;
        match found.filter(|found| found.client.id == client.id) {
            Some(found) if found.kind == TokenKind::Refresh => {
                self.store.revoke_grant(found.grant.id, Timestamp::now()).await?;
            }
            Some(_) => self.store.end_token(digest).await?,
            None => {}
        }
        Ok(())
    }
}
