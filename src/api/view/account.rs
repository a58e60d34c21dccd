//! People, sessions, programs and what they were granted, as they are told of. No secret is among it.

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use crate::api::Caller;
use crate::model::{Client, Grant, Role, Scopes, Session, Timestamp, User};

/// The caller himself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeView {
    /// The name by which jobs know him.
    pub name: SmolStr,
    /// His number, of a person.
    pub id: Option<i64>,
    /// What he is to the studio, of a person.
    pub role: Option<Role>,
    /// The program that calls; none: a browser.
    pub client: Option<SmolStr>,
    /// What may be done in this call.
    pub scopes: Scopes,
    /// Whether he signs in with a second factor.
    pub totp: bool,
}

impl MeView {
    /// Of a caller, and of the person that he is.
    pub fn of(caller: &Caller, user: Option<&User>) -> MeView {
        MeView {
            name: caller.name.clone(),
            id: caller.user,
            role: caller.role,
            client: caller.client.clone(),
            scopes: caller.scopes,
            totp: user.is_some_and(|user| user.totp.is_some()),
        }
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UserView {
    /// His number.
    pub id: i64,
    /// His name.
    pub name: SmolStr,
    /// What he is to the studio.
    pub role: Role,
    /// Whether he may not sign in.
    pub disabled: bool,
    /// Whether he signs in with a second factor.
    pub totp: bool,
    /// Until when he may come in with the password that he was given; none: he has his own.
    pub temporary_until: Option<Moment>,
    /// Since when he is here.
    pub created: Moment,
    /// When he last signed in.
    pub seen: Option<Moment>,
}

impl UserView {
    /// Of a person.
    pub fn of(user: &User) -> UserView {
        UserView {
            id: user.id,
            name: user.name.clone(),
            role: user.role,
            disabled: user.is_disabled,
            totp: user.totp.is_some(),
            temporary_until: user.temporary_until.map(Moment),
            created: Moment(user.created),
            seen: user.seen.map(Moment),
        }
    }
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionView {
    /// Its number.
    pub id: i64,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Where he signed in from.
    pub address: SmolStr,
    /// What the browser calls itself.
    pub agent: SmolStr,
    /// When he signed in.
    pub created: Moment,
    /// When it was last used, to the minute.
    pub used: Moment,
    /// When it ends.
    pub expires: Moment,
}

impl SessionView {
    /// Of a session; `mine` is the one that asks.
    pub fn of(session: &Session, mine: Option<i64>) -> SessionView {
        SessionView {
            id: session.id,
            current: mine == Some(session.id),
            address: session.address.clone(),
            agent: session.agent.clone(),
            created: Moment(session.created),
            used: Moment(session.used),
            expires: Moment(session.expires),
        }
    }
}

/// A program that may ask for tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClientView {
    /// `client_id`.
    pub client_id: SmolStr,
    /// What people call it.
    pub name: SmolStr,
    /// Whether it can keep no secret.
    pub public: bool,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<SmolStr>,
    /// The most that it may do.
    pub scopes: Scopes,
    /// Since when it is known.
    pub created: Moment,
    /// Who made it.
    pub created_by: SmolStr,
    /// Since when it may do nothing any more.
    pub revoked: Option<Moment>,
}

impl ClientView {
    /// Of a program.
    pub fn of(client: &Client) -> ClientView {
        let told = |at: Timestamp| Moment(at);
        ClientView {
            client_id: client.id.clone(),
            name: client.name.clone(),
            public: client.secret.is_none(),
            redirect_uris: client.redirect_uris.clone(),
            scopes: client.scopes,
            created: told(client.created),
            created_by: client.created_by.clone(),
            revoked: client.revoked.map(told),
        }
    }
}

/// What a program was granted, and has tokens for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrantView {
    /// Its number.
    pub id: i64,
    /// To which program.
    pub client_id: SmolStr,
    /// What people call that.
    pub client: SmolStr,
    /// By which person; none: it has it for itself.
    pub user: Option<i64>,
    /// What for.
    pub scopes: Scopes,
    /// When.
    pub created: Moment,
    /// When a token was last given for it.
    pub used: Moment,
}

impl GrantView {
    /// Of a grant to one of these programs.
    pub fn of(grant: &Grant, clients: &[Client]) -> GrantView {
        let client = clients.iter().find(|client| client.id == grant.client);
        GrantView {
            id: grant.id,
            client_id: grant.client.clone(),
            client: client.map_or(&grant.client, |client| &client.name).clone(),
            user: grant.user,
            scopes: grant.scopes,
            created: Moment(grant.created),
            used: Moment(grant.used),
        }
    }
}
