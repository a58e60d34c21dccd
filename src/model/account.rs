//! People, their sessions, programs that may call, and what was granted to them (RFC 6749). Secrets are here as digests.

use smol_str::SmolStr;

use super::{Digest, Role, Scopes, Timestamp};

/// A person.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// His number.
    pub id: i64,
    /// His name, as he writes it; no other person or program has it, in small letters or capitals.
    pub name: SmolStr,
    /// What he may do.
    pub role: Role,
    /// His password as a PHC string of Argon2id; none: nobody can sign in with one.
    pub password: Option<SmolStr>,
    /// When a password that was told to him by somebody else ends; none: it is his own.
    pub temporary_until: Option<Timestamp>,
    /// The secret of his second factor (RFC 6238).
    pub totp: Option<Vec<u8>>,
    /// The last time step whose code was taken.
    pub totp_step: i64,
    /// Whether he may not sign in.
    pub is_disabled: bool,
    /// Since when he is here.
    pub created: Timestamp,
    /// When he last signed in.
    pub seen: Option<Timestamp>,
}

// Neither passwords nor secrets are for the log.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("role", &self.role)
            .field("is_disabled", &self.is_disabled)
            .finish_non_exhaustive()
    }
}

impl User {
    /// A person as he is made.
    pub fn new(name: SmolStr, role: Role, created: Timestamp) -> User {
        User {
            id: 0,
            name,
            role,
            password: None,
            temporary_until: None,
            totp: None,
            totp_step: 0,
            is_disabled: false,
            created,
            seen: None,
        }
    }

    /// Whether he is an owner who can come in.
    pub fn is_active_owner(&self) -> bool {
        self.role == Role::Owner && !self.is_disabled
    }
}

/// What ends together with a change of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// His sessions.
    pub sessions: bool,
    /// But this one.
    pub except: Option<i64>,
    /// What he granted to programs.
    pub grants: bool,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user: i64,
    /// When he signed in.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub used: Timestamp,
    /// When it ends, whether it is used or not.
    pub expires: Timestamp,
    /// Where he signed in from.
    pub address: SmolStr,
    /// What the browser calls itself.
    pub agent: SmolStr,
}

/// A program that may ask for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub id: SmolStr,
    /// What people call it; no other person or program has it.
    pub name: SmolStr,
    /// SHA-256 of its secret; none: it can keep none (a public client).
    pub secret: Option<Digest>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<SmolStr>,
    /// The most that it may do.
    pub scopes: Scopes,
    /// Since when it is known.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: SmolStr,
    /// Since when it may do nothing any more.
    pub revoked: Option<Timestamp>,
}

/// What a program may do, for itself or for a person, until it is revoked. All tokens that came from one act of granting
/// are its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its number.
    pub id: i64,
    /// To which program.
    pub client: SmolStr,
    /// By which person; none: the program has it for itself.
    pub user: Option<i64>,
    /// What for.
    pub scopes: Scopes,
    /// When.
    pub created: Timestamp,
    /// When a token was last given for it.
    pub used: Timestamp,
    /// Since when it counts no more.
    pub revoked: Option<Timestamp>,
}

/// An authorization code (RFC 6749, 4.1.2) with what it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// To which program.
    pub client: SmolStr,
    /// By which person.
    pub user: i64,
    /// The `redirect_uri` that the program named; none: it named none.
    pub redirect_uri: Option<SmolStr>,
    /// What for.
    pub scopes: Scopes,
    /// `code_challenge` by S256 (RFC 7636).
    pub challenge: SmolStr,
    /// When it ends.
    pub expires: Timestamp,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Opens doors.
    Access,
    /// Is exchanged for new tokens, once.
    Refresh,
}

/// Tokens that are given together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTokens {
    /// What they are for.
    pub scopes: Scopes,
    /// SHA-256 of the access token, and its end.
    pub access: (Digest, Timestamp),
    /// Of the refresh token.
    pub refresh: Option<(Digest, Timestamp)>,
}

/// A token that is kept, with all on which it depends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is for.
    pub kind: TokenKind,
    /// What may be done with it.
    pub scopes: Scopes,
    /// When it was given.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether it was exchanged already.
    pub is_used: bool,
    /// Its family.
    pub grant: Grant,
    /// Whose it is.
    pub client: Client,
    /// For whom; none: the program for itself.
    pub user: Option<User>,
}

impl Token {
    /// Whether it counts at this moment.
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires
            && !self.is_used
            && self.grant.revoked.is_none()
            && self.client.revoked.is_none()
            && self.grant.user.is_some() == self.user.is_some()
            && self.user.as_ref().is_none_or(|user| !user.is_disabled)
    }

    /// What may be done with it at this moment: what it was given for, as far as its program and its person still may.
    pub fn scopes_now(&self) -> Scopes {
        let granted = self
            .scopes
            .intersection(self.grant.scopes)
            .intersection(self.client.scopes);
        match &self.user {
            Some(user) => granted.intersection(user.role.scopes()),
            None => granted,
        }
    }
}
