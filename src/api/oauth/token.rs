//! The token endpoint (RFC 6749, 3.2).

use serde::Serialize;
use smol_str::SmolStr;

use super::{Form, OAuthError, wanted};
use crate::api::Api;
use crate::api::accounts::secret::{self, Secret};
use crate::crypto::{self, Sha256};
use crate::model::{Client, Code, Digest, NewTokens, Scopes, Timestamp, Token, User};
use crate::store::Taken;

/// How long an access token counts, in milliseconds: whoever was shut out has it no longer.
const ACCESS_MS: i64 = 10 * 60 * 1000;
/// How long a refresh token waits to be exchanged, in milliseconds.
const REFRESH_MS: i64 = 60 * 24 * 60 * 60 * 1000;

/// What is given (RFC 6749, 5.1).
#[derive(Debug, Serialize)]
pub struct Tokens {
    /// Opens doors.
    pub access_token: Secret,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds that it counts.
    pub expires_in: i64,
    /// Is exchanged for new ones, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// What for.
    pub scope: Scopes,
}

/// Tokens that may be given.
struct Minted {
    access: Secret,
    refresh: Option<Secret>,
    at: Timestamp,
}

impl Minted {
    fn new(at: Timestamp, with_refresh: bool) -> Result<Minted, OAuthError> {
        Ok(Minted {
            access: Secret::new("pla_")?,
            refresh: with_refresh.then(|| Secret::new("plr_")).transpose()?,
            at,
        })
    }

    /// What is kept of them.
    fn kept(&self) -> impl Fn(Scopes) -> NewTokens + Send + 'static {
        let access: (Digest, Timestamp) = (self.access.digest(), self.at.plus_ms(ACCESS_MS));
        let refresh = self.refresh.as_ref().map(|r| (r.digest(), self.at.plus_ms(REFRESH_MS)));
        move |scopes| NewTokens {
            scopes,
            access,
            refresh,
        }
    }

    fn told(self, scope: Scopes) -> Tokens {
        Tokens {
            access_token: self.access,
            token_type: "Bearer",
            expires_in: ACCESS_MS / 1000,
            refresh_token: self.refresh,
            scope,
        }
    }
}

/// Whether a code may be taken for tokens, and what for: by the program that it was given to, for the address that the
/// person was sent back to with it, and with what its challenge was made of (RFC 7636, 4.6).
fn decide_code(
    (code, user): (&Code, &User),
    client: &Client,
    (redirect_uri, verifier): (Option<&str>, &str),
    now: Timestamp,
) -> Result<Scopes, OAuthError> {
    let unknown = || OAuthError::invalid_grant("the code is not known, has ended, or was given to somebody else");
    if code.client != client.id || now >= code.expires || user.is_disabled {
        return Err(unknown());
    }
    if code.redirect_uri.as_deref() != redirect_uri {
        return Err(OAuthError::invalid_grant("redirect_uri is another one than before"));
    }
    let challenge = secret::base64url(&Sha256::of(verifier.as_bytes()).0);
    if !crypto::same(challenge.as_bytes(), code.challenge.as_bytes()) {
        return Err(OAuthError::invalid_grant(
            "code_verifier is not what code_challenge was made of",
        ));
    }
    Ok(code.scopes)
}

/// Whether a refresh token may be exchanged, and what for: what was granted, or less.
fn decide_refresh(token: &Token, client: &Client, scope: Option<&str>, now: Timestamp) -> Result<Scopes, OAuthError> {
    if token.client.id != client.id || !token.is_good(now) {
        return Err(OAuthError::invalid_grant(
            "the refresh token is not known, has ended, was revoked, or was given to somebody else",
        ));
    }
    wanted(scope, token.grant.scopes.intersection(token.client.scopes))
}

impl Api {
    /// Gives tokens to a program.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn token(&self, authorization: Option<&str>, form: &Form) -> Result<Tokens, OAuthError> {
        let client = self.oauth_client(authorization, form).await?;
        match form.grant_type.as_deref() {
            Some("client_credentials") => self.for_itself(client, form).await,
            Some("authorization_code") => self.for_a_code(client, form).await,
            Some("refresh_token") => self.for_a_token(client, form).await,
            Some(_) => Err(OAuthError::new(
                "unsupported_grant_type",
                "grant_type is none that is known here",
            )),
            None => Err(OAuthError::invalid_request("grant_type is missing")),
        }
    }

    async fn for_itself(&self, client: Client, form: &Form) -> Result<Tokens, OAuthError> {
        if client.secret.is_none() {
            let text = "a program without a secret acts for people alone";
            return Err(OAuthError::new("unauthorized_client", text));
        }
        let scopes = wanted(form.scope.as_deref(), client.scopes)?;
        let now = Timestamp::now();
        let minted = Minted::new(now, false)?;
        self.store.give_token(client.id, minted.kept()(scopes), now).await?;
        Ok(minted.told(scopes))
    }

    async fn for_a_code(&self, client: Client, form: &Form) -> Result<Tokens, OAuthError> {
        let missing = OAuthError::invalid_request;
        let code = form.code.as_deref().ok_or_else(|| missing("code is missing"))?;
        let verifier = form.code_verifier.clone();
        let verifier = verifier.ok_or_else(|| missing("code_verifier is missing (RFC 7636)"))?;
        // RFC 7636, 4.1.
        let is_one = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        if !is_one {
            return Err(missing("code_verifier has 43 to 128 letters, digits and -._~"));
        }
        let now = Timestamp::now();
        let minted = Minted::new(now, true)?;
        let kept = minted.kept();
        let (asked, redirect_uri) = (client.clone(), form.redirect_uri.clone());
        let taken = self.store.take_code(secret::digest(code), now, move |code, user| {
            let shown = (redirect_uri.as_deref(), verifier.as_str());
            decide_code((code, user), &asked, shown, now).map(kept)
        });
        self.taken(taken.await?, client, minted).await
    }

    async fn for_a_token(&self, client: Client, form: &Form) -> Result<Tokens, OAuthError> {
        let token = form.refresh_token.as_deref();
        let token = token.ok_or_else(|| OAuthError::invalid_request("refresh_token is missing"))?;
        let now = Timestamp::now();
        let minted = Minted::new(now, true)?;
        let kept = minted.kept();
        let (asked, scope) = (client.clone(), form.scope.clone());
        let taken = self.store.exchange_token(secret::digest(token), now, move |token| {
            decide_refresh(token, &asked, scope.as_deref(), now).map(kept)
        });
        self.taken(taken.await?, client, minted).await
    }

    async fn taken(&self, taken: Taken<OAuthError>, client: Client, minted: Minted) -> Result<Tokens, OAuthError> {
        match taken {
            Taken::Done(_) => {
                let token = self.store.token(minted.access.digest()).await?;
                let scopes = token.as_ref().map(Token::scopes_now).unwrap_or_default();
                Ok(minted.told(scopes))
            }
            Taken::Refused(refused) => Err(refused),
            Taken::Unknown => Err(OAuthError::invalid_grant("it is not known here, or has ended")),
            Taken::Again(grant) => {
                let name: &SmolStr = &client.name;
                log::warn!(
                    "{name} sent something that was taken before: grant {} is revoked, as it may be stolen",
                    grant.id
                );
                Err(OAuthError::invalid_grant(
                    "it was taken before, so that it may be stolen: all tokens that came of it are revoked. Ask the \
                     person again",
                ))
            }
        }
    }
}
