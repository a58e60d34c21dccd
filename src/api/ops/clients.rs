//! Programs that may ask for tokens.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::users::check_name;
use crate::api::accounts::secret::{Secret, base64url};
use crate::api::oauth::redirect;
use crate::api::view::ClientView;
use crate::api::{Api, Caller, Problem};
use crate::crypto;
use crate::model::{Client, Scope, Scopes, Timestamp};

/// Most addresses of one program.
const ADDRESSES: usize = 10;

/// A program that shall be let in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// What people call it.
    pub name: String,
    /// The most that it may do.
    pub scopes: Scopes,
    /// Where people may be sent back to; empty: it acts for itself alone.
    #[serde(default)]
    pub redirect_uris: Vec<SmolStr>,
    /// Whether it can keep no secret: an app, or a page.
    #[serde(default)]
    pub public: bool,
}

/// A program with its secret, which is told this once.
#[derive(Debug, Serialize)]
pub struct ClientMade {
    /// The program.
    #[serde(flatten)]
    pub client: ClientView,
    /// `client_secret`; a public one has none.
    pub client_secret: Option<Secret>,
}

/// Refuses whoever would give more than he has himself.
fn needs_all_of(caller: &Caller, scopes: Scopes) -> Result<(), Problem> {
    if scopes.is_within(caller.scopes) {
        return Ok(());
    }
    Err(Problem::forbidden(format_smolstr!(
        "{} may not do this for a program that may do more",
        caller.name
    )))
}

impl Api {
    /// All programs, those that were revoked last.
    ///
    /// # Errors
    /// 403.
    pub async fn clients(&self, caller: &Caller) -> Result<Vec<ClientView>, Problem> {
        caller.needs(Scope::ClientsRead)?;
        Ok(self.store.clients().await?.iter().map(ClientView::of).collect())
    }

    /// One program.
    ///
    /// # Errors
    /// 403, 404 `client-not-found`.
    pub async fn client(&self, caller: &Caller, id: &str) -> Result<ClientView, Problem> {
        caller.needs(Scope::ClientsRead)?;
        Ok(ClientView::of(&self.program(id).await?))
    }

    async fn program(&self, id: &str) -> Result<Client, Problem> {
        let client = self.store.client(id.into()).await?;
        client.ok_or_else(|| Problem::not_found("client-not-found", format_args!("program \"{id}\"")))
    }

    /// Adds a program.
    ///
    /// # Errors
    /// 403, 409 `name-taken`, 422.
    pub async fn client_make(&self, caller: &Caller, new: NewClient) -> Result<ClientMade, Problem> {
        caller.needs(Scope::ClientsWrite)?;
        needs_all_of(caller, new.scopes)?;
        let name = check_name(&new.name, "name")?;
        if new.scopes.is_empty() {
            return Err(Problem::invalid(
                "scopes",
                "a program that may do nothing is of no use: name a scope",
            ));
        }
        if new.redirect_uris.len() > ADDRESSES {
            let text = format_smolstr!("a program has {ADDRESSES} addresses at most");
            return Err(Problem::invalid("redirect_uris", text));
        }
        for (n, uri) in new.redirect_uris.iter().enumerate() {
            redirect::check(uri).map_err(|why| Problem::invalid(format_smolstr!("redirect_uris/{n}"), why))?;
        }
        if new.public && new.redirect_uris.is_empty() {
            let text = "a public program acts for people alone: name where they are sent back to";
            return Err(Problem::invalid("redirect_uris", text));
        }
        let mut id = [0; 12];
        crypto::random(&mut id).map_err(|e| Problem::internal(&e))?;
        let secret = if new.public { None } else { Some(Secret::new("pls_")?) };
        let client = Client {
            id: base64url(&id).into(),
            name,
            secret: secret.as_ref().map(Secret::digest),
            redirect_uris: new.redirect_uris,
            scopes: new.scopes,
            created: Timestamp::now(),
            created_by: caller.name.clone(),
            revoked: None,
        };
        let made = self.store.make_client(client).await?;
        log::info!("the program {} may do {} by {}", made.name, made.scopes, caller.name);
        Ok(ClientMade {
            client: ClientView::of(&made),
            client_secret: secret,
        })
    }

    /// Gives a program another secret; the old one counts no more. Its tokens do.
    ///
    /// # Errors
    /// 403, 404 `client-not-found`, 409 `client-revoked`, `client-public`.
    pub async fn client_rotate(&self, caller: &Caller, id: &str) -> Result<ClientMade, Problem> {
        caller.needs(Scope::ClientsWrite)?;
        let client = self.program(id).await?;
        needs_all_of(caller, client.scopes)?;
        if client.revoked.is_some() {
            let text = "this program was revoked: make it anew";
            return Err(Problem::conflict("client-revoked", text));
        }
        if client.secret.is_none() {
            let text = "this program can keep no secret, and has none";
            return Err(Problem::conflict("client-public", text));
        }
        let secret = Secret::new("pls_")?;
        self.store.set_client_secret(client.id.clone(), secret.digest()).await?;
        log::info!("the program {} was given a new secret by {}", client.name, caller.name);
        Ok(ClientMade {
            client: ClientView::of(&client),
            client_secret: Some(secret),
        })
    }

    /// Revokes a program: no token of it counts any more.
    ///
    /// # Errors
    /// 403, 404 `client-not-found`.
    pub async fn client_revoke(&self, caller: &Caller, id: &str) -> Result<ClientView, Problem> {
        caller.needs(Scope::ClientsWrite)?;
        let client = self.program(id).await?;
        self.store.revoke_client(client.id.clone(), Timestamp::now()).await?;
        log::info!("the program {} was revoked by {}", client.name, caller.name);
        Ok(ClientView::of(&self.program(id).await?))
    }
}
