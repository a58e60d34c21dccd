//! Who people and programs are: the claim of a fresh appliance, signing in, sessions, and what a request shows of who
//! sends it.
//!
//! ```text
//!   request ─► identify ─┬─ Authorization: Bearer ─┬─ opaque: our own token (SHA-256 in the store)
//!                        │                         └─ JWT: of the outside issuer, by its keys
//!                        └─ cookie __Host-platen: a session, and for writes the proof that the page is ours
//! ```
//!
//! No secret is kept as it is, but those of second factors, from which codes must be computed. None is logged.

mod claim;
mod cookie;
mod identify;
mod jwt;
mod me;
mod outside;
mod outside_fetch;
pub mod password;
pub mod secret;
mod sign_in;
pub mod throttle;
pub mod totp;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use smol_str::{SmolStr, format_smolstr};

use super::{Api, Call, Caller, Problem};
use crate::model::{Timestamp, User};

pub use claim::Claim;
pub use cookie::{COOKIE, GONE_COOKIE};
pub use identify::is_same_origin;
pub use me::{NewPassword, TotpBegun};
pub use outside::{Issuer, IssuerError};
use password::Passwords;
use secret::Secret;
pub use sign_in::{SignIn, SignedIn};
use throttle::{Throttle, Who};

/// How long a second factor that was begun waits to be confirmed, in milliseconds.
const TOTP_WAITS_MS: i64 = 10 * 60 * 1000;
/// For how long a password that was right by `Basic` need not be hashed again, in milliseconds.
const BASIC_KNOWN_MS: i64 = 5 * 60 * 1000;
/// Most of them that are known at once.
const BASIC_MOST: usize = 256;

/// What the house knows of accounts beside the store.
#[derive(Debug, Default)]
pub struct Accounts {
    passwords: Passwords,
    throttle: Mutex<Throttle>,
    /// What claims the appliance, while nobody has. In memory: another one after each start.
    setup: Mutex<Option<Secret>>,
    /// Second factors that wait to be confirmed, by person.
    begun: Mutex<HashMap<i64, (Vec<u8>, Timestamp)>>,
    /// What was right by `Basic`: its digest, with which password, until when.
    basic: Mutex<HashMap<[u8; 32], (SmolStr, Timestamp)>>,
    /// Taken by whoever looks at a password by `Basic`.
    basic_turn: tokio::sync::Mutex<()>,
    issuer: Option<Issuer>,
}

impl Accounts {
    /// With an issuer of tokens outside of this house, where there is one.
    pub fn new(issuer: Option<Issuer>) -> Accounts {
        Accounts {
            issuer,
            ..Accounts::default()
        }
    }

    /// What is kept of a password that is given to somebody.
    ///
    /// # Errors
    /// 429, 500.
    pub(super) async fn hash(&self, given: &Secret) -> Result<SmolStr, Problem> {
        self.passwords.hash(given.reveal()).await
    }

    fn begun(&self) -> MutexGuard<'_, HashMap<i64, (Vec<u8>, Timestamp)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt as wrong until it is forgiven.
    fn attempt(&self, who: &[Who]) -> Result<(), Problem> {
        self.throttle().attempt(who, Timestamp::now()).map_err(too_often)
    }
}

fn too_often(wait: Duration) -> Problem {
    // A second more than whole ones: whoever waits so long is not refused for a blink.
    let wait = Duration::from_secs(wait.as_secs() + 1);
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-attempts",
        format_smolstr!("it was tried too often: try again in {} s", wait.as_secs()),
    )
    .after(wait)
}

/// Where somebody comes from who is not known yet.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// His address.
    pub address: Option<IpAddr>,
    /// What his browser calls itself.
    pub agent: SmolStr,
}

impl Visitor {
    /// Whoever makes this call.
    pub fn of(call: &Call) -> Visitor {
        let agent = call.header("user-agent").unwrap_or("");
        Visitor {
            address: call.peer.address,
            agent: agent.chars().filter(|c| !c.is_control()).take(200).collect(),
        }
    }

    /// Who is counted when he is wrong about a name.
    fn who(&self, name: &str) -> Vec<Who> {
        let mut all = vec![Who::name(name)];
        all.extend(self.address.map(Who::address));
        all
    }
}

/// The session by which somebody is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub id: i64,
    /// What forms of its pages carry.
    form_token: SmolStr,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seen({})", self.id)
    }
}

impl Seen {
    /// Of a cookie's value. The form token follows from it, so that it need not be kept, and does not tell it.
    fn new(id: i64, cookie: &str) -> Seen {
        let token = crate::crypto::hmac_sha256(cookie.as_bytes(), b"platen form token");
        Seen {
            id,
            form_token: secret::base64url(&token).into(),
        }
    }
}

/// A person in a browser: what concerns his own account, no program does for him.
pub(super) fn person(caller: &Caller) -> Result<i64, Problem> {
    match (caller.user, &caller.client) {
        (Some(user), None) => Ok(user),
        (None, None) => Err(Problem::unknown_caller()),
        _ => Err(Problem::forbidden(
            "this is for people who are signed in, and no token is good for it",
        )),
    }
}

impl Api {
    /// What the forms of a caller's pages carry; none of a caller who has no session.
    pub fn form_token<'a>(&self, caller: &'a Caller) -> Option<&'a str> {
        caller.session.as_ref().map(|seen| seen.form_token.as_str())
    }

    /// Refuses a form that does not carry its session's token.
    ///
    /// # Errors
    /// 403 `form-outdated`.
    pub fn check_form_token(&self, caller: &Caller, given: &str) -> Result<(), Problem> {
        let token = self.form_token(caller).unwrap_or("");
        if !token.is_empty() && crate::crypto::same(token.as_bytes(), given.as_bytes()) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "form-outdated",
            "this form is of another session: load the page again, then send it again",
        ))
    }

    /// The person who calls, as he stands in the store.
    async fn myself(&self, caller: &Caller) -> Result<User, Problem> {
        let user = self.store.user(person(caller)?).await?;
        user.ok_or_else(Problem::unknown_caller)
    }

    /// Lets somebody who is signed in show once more that it is he.
    async fn confirm(&self, user: &User, password: &str, field: &'static str) -> Result<(), Problem> {
        let who = [Who::name(&user.name)];
        self.accounts.attempt(&who)?;
        let right = self.accounts.passwords.is_right(password, user.password.as_deref());
        if !right.await? {
            return Err(Problem::invalid(field, "this is not your password"));
        }
        self.accounts.throttle().forgive(&who);
        Ok(())
    }
}

#[cfg(test)]
pub mod tests;
