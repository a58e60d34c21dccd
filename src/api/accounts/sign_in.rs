//! Signing in and out.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::secret::Secret;
use super::throttle::Who;
use super::{Seen, Visitor, cookie, password, totp};
use crate::api::view::MeView;
use crate::api::{Api, Caller, Problem};
use crate::model::{Ends, Session, Timestamp, User};

/// How long a session may rest, in milliseconds: a week, so that the studio's own devices stay signed in over a closed
/// weekend.
pub(super) const IDLE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long one lasts whether it rests or not.
const WHOLE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Most sessions of one person; beyond, the one that rested longest ends.
const MOST: u32 = 20;

/// What somebody signs in with.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// His name.
    pub name: String,
    /// His password, or the one that he was given.
    pub password: String,
    /// The code of his second factor, where he has one.
    #[serde(default)]
    pub totp: Option<String>,
    /// His own password from now on, where the other one was given to him.
    #[serde(default)]
    pub new_password: Option<String>,
}

/// Somebody who is signed in.
#[derive(Debug, Serialize)]
pub struct SignedIn {
    /// Who.
    pub me: MeView,
    /// What forms of his pages carry.
    pub form_token: SmolStr,
    /// `Set-Cookie`.
    #[serde(skip)]
    cookie: Secret,
}

impl SignedIn {
    /// The value of `Set-Cookie`, which is a secret.
    pub fn set_cookie(&self) -> &str {
        self.cookie.reveal()
    }
}

impl Api {
    /// Signs somebody in.
    ///
    /// # Errors
    /// 401 `wrong-password` whatever of it is wrong, `totp-needed` when only the code is missing, `wrong-totp`;
    /// 403 `new-password-needed` when the password was given to him by somebody else; 422; 429 with `Retry-After`.
    pub async fn sign_in(&self, from: &Visitor, asked: SignIn) -> Result<SignedIn, Problem> {
        let who = from.who(&asked.name);
        let user = self.known(&who, &asked.name, &asked.password).await?;
        let take_back = || self.accounts.throttle().take_back(&who);
        let hashed = match (user.temporary_until, &asked.new_password) {
            (None, _) => None,
            (Some(_), None) => {
                take_back();
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "new-password-needed",
                    "this password was only to come in with: choose one of your own",
                )
                .at("new_password"));
            }
            (Some(_), Some(new)) => {
                let check = password::check(new, &user.name, "new_password").and_then(|()| not_the_same(new, &asked));
                check.inspect_err(|_| take_back())?;
                Some(self.accounts.passwords.hash(new).await?)
            }
        };
        let now = Timestamp::now();
        let step = match (&user.totp, &asked.totp) {
            (None, _) => None,
            (Some(_), None) => {
                // The password was right, but whoever knows only that must not have tries at the code for nothing.
                take_back();
                return Err(refused("totp-needed", "type the code that your authenticator app shows").at("totp"));
            }
            (Some(secret), Some(code)) => {
                let step = totp::step_of(code, secret, user.totp_step, now);
                Some(step.ok_or_else(wrong_totp)?)
            }
        };
        let user = if step.is_some() || hashed.is_some() {
            // Decided once more on the person as he is now: a code is taken by one of two who send it at once.
            let was = user.password.clone();
            let changed = self.store.change_user(user.id, now, move |user: &mut User, _| {
                if user.is_disabled || user.password != was {
                    return Err(wrong());
                }
                if let Some(step) = step {
                    if step <= user.totp_step {
                        return Err(wrong_totp());
                    }
                    user.totp_step = step;
                }
                if let Some(hashed) = hashed {
                    user.password = Some(hashed);
                    user.temporary_until = None;
                }
                Ok(Ends::default())
            });
            changed.await??
        } else {
            user
        };
        self.accounts.throttle().forgive(&who);
        log::info!("{} has signed in", user.name);
        self.open_session(&user, from).await
    }

    /// Whoever this name and this password are of. Counted as an attempt that was wrong; it is to be forgiven.
    pub(super) async fn known(&self, who: &[Who], name: &str, given: &str) -> Result<User, Problem> {
        self.accounts.attempt(who)?;
        let user = self.store.user_by_name(name).await?;
        let phc = user.as_ref().and_then(|user| user.password.as_deref());
        let right = self.accounts.passwords.is_right(given, phc);
        let right = right.await.inspect_err(|_| self.accounts.throttle().take_back(who))?;
        let now = Timestamp::now();
        match user {
            Some(user) if right && !user.is_disabled && user.temporary_until.is_none_or(|until| now < until) => {
                Ok(user)
            }
            _ => {
                log::info!("somebody could not sign in{}", place(who));
                Err(wrong())
            }
        }
    }

    /// Opens a session for somebody who is known.
    pub(super) async fn open_session(&self, user: &User, from: &Visitor) -> Result<SignedIn, Problem> {
        let secret = Secret::new("")?;
        let now = Timestamp::now();
        let new = Session {
            id: 0,
            user: user.id,
            created: now,
            used: now,
            expires: now.plus_ms(WHOLE_MS),
            address: from.address.map_or_else(SmolStr::default, |a| format_smolstr!("{a}")),
            agent: from.agent.clone(),
        };
        let session = self.store.make_session(secret.digest(), new, MOST).await?;
        let caller = Caller::of_session(user, Seen::new(session.id, secret.reveal()));
        Ok(SignedIn {
            me: MeView::of(&caller, Some(user)),
            form_token: self.form_token(&caller).unwrap_or_default().into(),
            cookie: Secret::known(cookie::set(&secret, WHOLE_MS / 1000)),
        })
    }

    /// Ends the session by which the caller is known. The cookie is cleared by [`super::GONE_COOKIE`].
    ///
    /// # Errors
    /// 401 where there is none.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Problem> {
        let session = caller.session.as_ref().ok_or_else(Problem::unknown_caller)?;
        self.store.end_session(session.id, caller.user).await?;
        Ok(())
    }
}

/// Where somebody was wrong, for the log: a name may be a password that was typed into the wrong field.
fn place(who: &[Who]) -> SmolStr {
    let from = who.iter().find_map(|who| match who {
        Who::From(address) => Some(format_smolstr!(" (from {address})")),
        Who::Name(_) => None,
    });
    from.unwrap_or_default()
}

fn not_the_same(new: &str, asked: &SignIn) -> Result<(), Problem> {
    if new == asked.password {
        let text = "choose another password than the one that you were given";
        return Err(Problem::invalid("new_password", text));
    }
    Ok(())
}

fn refused(code: &'static str, text: &'static str) -> Problem {
    Problem {
        challenge: Problem::unknown_caller().challenge,
        ..Problem::new(StatusCode::UNAUTHORIZED, code, text)
    }
}

fn wrong() -> Problem {
    refused(
        "wrong-password",
        "the name or the password is not right: try again, or ask the studio's owner for a new password",
    )
}

fn wrong_totp() -> Problem {
    refused(
        "wrong-totp",
        "the code is not right, or was used already: wait for the next one, and look at the clock of your device",
    )
    .at("totp")
}
