//! What somebody does about his own account.

use serde::{Deserialize, Serialize};

use super::secret::Secret;
use super::{TOTP_WAITS_MS, password, person, totp};
use crate::api::view::{GrantView, MeView, SessionView};
use crate::api::{Api, Caller, Problem};
use crate::crypto;
use crate::model::{Ends, Scope, Timestamp, User};
use crate::store::GrantQuery;

/// A change of one's password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one until now.
    pub password: String,
    /// The one from now on.
    pub new_password: String,
}

/// A second factor that waits to be confirmed.
#[derive(Debug, Serialize)]
pub struct TotpBegun {
    /// Its secret, to type in.
    pub secret: Secret,
    /// The same as an app reads it from a QR code.
    pub uri: Secret,
}

impl Api {
    /// Who the caller is, and what he may do.
    ///
    /// # Errors
    /// 500.
    pub async fn me(&self, caller: &Caller) -> Result<MeView, Problem> {
        let user = match caller.user {
            Some(id) => self.store.user(id).await?,
            None => None,
        };
        Ok(MeView::of(caller, user.as_ref()))
    }

    /// Changes the caller's password. Whoever is signed in as he elsewhere is signed out.
    ///
    /// # Errors
    /// 422 with the field at fault, 429.
    pub async fn change_password(&self, caller: &Caller, asked: NewPassword) -> Result<(), Problem> {
        let me = self.myself(caller).await?;
        self.confirm(&me, &asked.password, "password").await?;
        password::check(&asked.new_password, &me.name, "new_password")?;
        let hashed = self.accounts.passwords.hash(&asked.new_password).await?;
        let ends = Ends {
            sessions: true,
            except: caller.session.as_ref().map(|seen| seen.id),
            grants: false,
        };
        let changed = self
            .store
            .change_user(me.id, Timestamp::now(), move |user: &mut User, _| {
                user.password = Some(hashed);
                user.temporary_until = None;
                Ok::<_, Problem>(ends)
            });
        changed.await??;
        log::info!("{} has changed the password", me.name);
        Ok(())
    }

    /// Begins a second factor for the caller: it counts once [`Api::totp_confirm`] has seen a code of it.
    ///
    /// # Errors
    /// 409 `totp-on`, 422, 429.
    pub async fn totp_begin(&self, caller: &Caller, password: &str) -> Result<TotpBegun, Problem> {
        let me = self.myself(caller).await?;
        if me.totp.is_some() {
            let text = "a second factor is there already: remove it first, then begin another one";
            return Err(Problem::conflict("totp-on", text));
        }
        self.confirm(&me, password, "password").await?;
        let mut secret = vec![0; totp::SECRET_BYTES];
        crypto::random(&mut secret).map_err(|e| Problem::internal(&e))?;
        let begun = TotpBegun {
            secret: Secret::known(totp::base32(&secret)),
            uri: Secret::known(totp::uri(&me.name, &secret)),
        };
        let now = Timestamp::now();
        let mut waiting = self.accounts.begun();
        waiting.retain(|_, (_, until)| now < *until);
        waiting.insert(me.id, (secret, now.plus_ms(TOTP_WAITS_MS)));
        Ok(begun)
    }

    /// Ends the beginning: from now on the caller signs in with a code, too.
    ///
    /// # Errors
    /// 409 `totp-not-begun`, 422 when the code is not right.
    pub async fn totp_confirm(&self, caller: &Caller, code: &str) -> Result<(), Problem> {
        let me = person(caller)?;
        let now = Timestamp::now();
        let begun = self.accounts.begun().get(&me).cloned();
        let Some((secret, _)) = begun.filter(|(_, until)| now < *until) else {
            let text = "no second factor was begun in the last minutes: begin again";
            return Err(Problem::conflict("totp-not-begun", text));
        };
        let step = totp::step_of(code, &secret, 0, now).ok_or_else(|| {
            Problem::invalid(
                "code",
                "this is not the code: look at the clocks of your device and of the print server",
            )
        })?;
        let changed = self.store.change_user(me, now, move |user: &mut User, _| {
            user.totp = Some(secret);
            user.totp_step = step;
            Ok::<_, Problem>(Ends::default())
        });
        let user = changed.await??;
        self.accounts.begun().remove(&me);
        log::info!("{} signs in with a second factor from now on", user.name);
        Ok(())
    }

    /// Removes the caller's second factor.
    ///
    /// # Errors
    /// 422, 429.
    pub async fn totp_remove(&self, caller: &Caller, password: &str) -> Result<(), Problem> {
        let me = self.myself(caller).await?;
        self.confirm(&me, password, "password").await?;
        let changed = self.store.change_user(me.id, Timestamp::now(), |user: &mut User, _| {
            user.totp = None;
            Ok::<_, Problem>(Ends::default())
        });
        changed.await??;
        log::info!("{} signs in without a second factor from now on", me.name);
        Ok(())
    }

    /// Where a person is signed in: the caller, or another one whom he may see.
    ///
    /// # Errors
    /// 401, 403.
    pub async fn sessions(&self, caller: &Caller, whose: Option<i64>) -> Result<Vec<SessionView>, Problem> {
        let whose = self.whose(caller, whose, Scope::UsersRead)?;
        let now = Timestamp::now();
        let mut sessions = self.store.sessions(whose, now).await?;
        sessions.retain(|session| now.0.saturating_sub(session.used.0) < super::sign_in::IDLE_MS);
        let mine = caller.session.as_ref().map(|seen| seen.id);
        Ok(sessions.iter().map(|session| SessionView::of(session, mine)).collect())
    }

    /// Ends a session: one of the caller's own, or of anybody where he may change people.
    ///
    /// # Errors
    /// 401, 404 `session-not-found`.
    pub async fn session_end(&self, caller: &Caller, id: i64) -> Result<(), Problem> {
        let of = if caller.scopes.has(Scope::UsersWrite) {
            None
        } else {
            Some(person(caller)?)
        };
        if !self.store.end_session(id, of).await? {
            return Err(Problem::not_found("session-not-found", format_args!("session {id}")));
        }
        log::info!("session {id} was ended by {}", caller.name);
        Ok(())
    }

    /// What programs may do for a person, or a program for itself and for people.
    ///
    /// # Errors
    /// 401, 403.
    pub async fn grants(&self, caller: &Caller, query: GrantQuery) -> Result<Vec<GrantView>, Problem> {
        let query = match &query.client {
            Some(_) => {
                caller.needs(Scope::ClientsRead)?;
                query
            }
            None => GrantQuery {
                user: Some(self.whose(caller, query.user, Scope::UsersRead)?),
                client: None,
            },
        };
        let grants = self.store.grants(query, Timestamp::now()).await?;
        let clients = self.store.clients().await?;
        Ok(grants.iter().map(|grant| GrantView::of(grant, &clients)).collect())
    }

    /// Takes back what a program was granted: by the caller, or by anybody where he may change programs.
    ///
    /// # Errors
    /// 401, 404 `grant-not-found`.
    pub async fn grant_end(&self, caller: &Caller, id: i64) -> Result<(), Problem> {
        let may_all = caller.scopes.has(Scope::ClientsWrite);
        let me = if may_all { None } else { Some(person(caller)?) };
        let grant = self.store.grant(id).await?.filter(|grant| may_all || grant.user == me);
        if grant.is_none() {
            return Err(Problem::not_found("grant-not-found", format_args!("grant {id}")));
        }
        self.store.revoke_grant(id, Timestamp::now()).await?;
        log::info!("grant {id} was revoked by {}", caller.name);
        Ok(())
    }

    /// The person who is asked for: the caller himself, or another one where he may.
    fn whose(&self, caller: &Caller, whose: Option<i64>, scope: Scope) -> Result<i64, Problem> {
        match whose {
            Some(id) if caller.user != Some(id) || caller.client.is_some() => caller.needs(scope).map(|()| id),
            Some(id) => Ok(id),
            None => person(caller),
        }
    }
}
