//! A person says whether a program may act for him (RFC 6749, 4.1.1): what the page shows, and what his answer does.
//!
//! What is wrong is told to the program by sending the person back, but only once it is sure that the program and the
//! address are known: else anybody could have people sent anywhere (RFC 6749, 4.1.2.1).

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{OAuthError, in_words, redirect, wanted};
use crate::api::accounts::{person, secret::Secret};
use crate::api::{Api, Caller, Problem};
use crate::model::{Client, Code, Scope, Scopes, Timestamp};

/// How long a code waits to be taken, in milliseconds.
const CODE_MS: i64 = 60 * 1000;
/// Most bytes of `state`.
const STATE: usize = 2_048;

/// What a program sends a person with. What is not known is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Authorize {
    /// `code`.
    pub response_type: Option<String>,
    /// Which program.
    pub client_id: Option<SmolStr>,
    /// Where to send him back to; may be left out by a program that has one address.
    pub redirect_uri: Option<SmolStr>,
    /// What for; all that it may where it is left out.
    pub scope: Option<String>,
    /// Is given back as it is.
    pub state: Option<String>,
    /// SHA-256 of the verifier, in base64url (RFC 7636, 4.2).
    pub code_challenge: Option<SmolStr>,
    /// `S256`.
    pub code_challenge_method: Option<String>,
}

/// A thing that a program asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeView {
    /// Its name.
    pub scope: &'static str,
    /// What it means.
    pub words: &'static str,
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// Which program asks.
    pub client_id: SmolStr,
    /// What people call it.
    pub client: SmolStr,
    /// Whom it would act for.
    pub user: SmolStr,
    /// What it would be let do.
    pub scopes: Vec<ScopeView>,
    /// What it asks for, and he may not do himself: it is not given.
    pub withheld: Vec<ScopeView>,
    /// Where he will be sent back to.
    pub redirect_uri: SmolStr,
    /// What it has sent along.
    pub state: Option<String>,
}

/// What becomes of a person who was sent here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AuthorizeView {
    /// He is asked.
    Ask(Ask),
    /// He is sent back at once: the program has asked wrongly.
    SendBack {
        /// Where to.
        redirect_uri: String,
    },
}

/// A request whose program and address are known.
struct Known {
    client: Client,
    redirect_uri: SmolStr,
    state: Option<String>,
}

impl Known {
    fn send_back(&self, told: &[(&str, &str)]) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        let told: Vec<(&str, &str)> = told.iter().copied().chain(state).collect();
        redirect::with(&self.redirect_uri, &told)
    }

    fn refusal(&self, error: &OAuthError) -> String {
        self.send_back(&[("error", error.error), ("error_description", &error.description)])
    }
}

/// What a request asks for, if it asks rightly.
fn decide(asked: &Authorize, client: &Client) -> Result<(Scopes, SmolStr), OAuthError> {
    if asked.response_type.as_deref() != Some("code") {
        return Err(OAuthError::new("unsupported_response_type", "response_type is code"));
    }
    let challenge = asked.code_challenge.as_ref();
    let challenge = challenge.ok_or_else(|| OAuthError::invalid_request("code_challenge is missing (RFC 7636)"))?;
    if asked.code_challenge_method.as_deref() != Some("S256") {
        return Err(OAuthError::invalid_request("code_challenge_method is S256"));
    }
    // SHA-256 has 32 bytes, which are 43 letters.
    let is_one = challenge.len() == 43
        && challenge
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !is_one {
        return Err(OAuthError::invalid_request("code_challenge is no SHA-256 in base64url"));
    }
    Ok((wanted(asked.scope.as_deref(), client.scopes)?, challenge.clone()))
}

fn views(scopes: impl Iterator<Item = Scope>) -> Vec<ScopeView> {
    let view = |scope: Scope| ScopeView {
        scope: scope.keyword(),
        words: in_words(scope),
    };
    scopes.map(view).collect()
}

impl Api {
    /// What a person is asked whom a program has sent here.
    ///
    /// # Errors
    /// 401 where nobody is signed in; 400 `unknown-client`, `bad-redirect-uri`: he is told, and sent nowhere.
    pub async fn authorize_view(&self, caller: &Caller, asked: &Authorize) -> Result<AuthorizeView, Problem> {
        person(caller)?;
        let known = self.known_request(asked).await?;
        Ok(match decide(asked, &known.client) {
            Ok((scopes, _)) => AuthorizeView::Ask(Ask {
                scopes: views(scopes.intersection(caller.scopes).iter()),
                withheld: views(scopes.iter().filter(|scope| !caller.scopes.has(*scope))),
                user: caller.name.clone(),
                client_id: known.client.id,
                client: known.client.name,
                redirect_uri: known.redirect_uri,
                state: known.state,
            }),
            Err(error) => AuthorizeView::SendBack {
                redirect_uri: known.refusal(&error),
            },
        })
    }

    /// A person's answer. Gives where he is to be sent: with a code, or with why there is none.
    ///
    /// # Errors
    /// As for [`Api::authorize_view`].
    pub async fn authorize(&self, caller: &Caller, asked: &Authorize, approved: bool) -> Result<String, Problem> {
        let user = person(caller)?;
        let known = self.known_request(asked).await?;
        let (scopes, challenge) = match decide(asked, &known.client) {
            Ok(decided) => decided,
            Err(error) => return Ok(known.refusal(&error)),
        };
        let scopes = scopes.intersection(caller.scopes);
        if !approved || scopes.is_empty() {
            let why = if approved {
                "the person may do none of it"
            } else {
                "the person said no"
            };
            return Ok(known.refusal(&OAuthError::new("access_denied", why)));
        }
        let secret = Secret::new("plc_")?;
        let code = Code {
            client: known.client.id.clone(),
            user,
            redirect_uri: asked.redirect_uri.clone(),
            scopes,
            challenge,
            expires: Timestamp::now().plus_ms(CODE_MS),
        };
        self.store.make_code(secret.digest(), code).await?;
        log::info!("{} lets {} do {scopes}", caller.name, known.client.name);
        Ok(known.send_back(&[("code", secret.reveal())]))
    }

    async fn known_request(&self, asked: &Authorize) -> Result<Known, Problem> {
        let bad = |code, text: &'static str| Problem::new(hyper::StatusCode::BAD_REQUEST, code, text);
        let client = match &asked.client_id {
            Some(id) => self.store.client(id.clone()).await?,
            None => None,
        };
        let client = client.filter(|client| client.revoked.is_none()).ok_or_else(|| {
            let text = "the program that sent you here is not known to this print server, or was revoked: ask the \
                        studio's owner";
            bad("unknown-client", text).at("client_id")
        })?;
        let redirect_uri = match (&asked.redirect_uri, client.redirect_uris.as_slice()) {
            (Some(uri), known) if redirect::is_known(uri, known) => uri.clone(),
            (None, [only]) => only.clone(),
            _ => {
                let text = "the program that sent you here wants you sent back to an address that is not its own: tell \
                            the studio's owner";
                return Err(bad("bad-redirect-uri", text).at("redirect_uri"));
            }
        };
        Ok(Known {
            client,
            redirect_uri,
            state: asked.state.clone().filter(|state| state.len() <= STATE),
        })
    }
}
