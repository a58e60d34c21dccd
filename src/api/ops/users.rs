//! People: who may come in, and as what.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::api::accounts::secret::Secret;
use crate::api::view::{Moment, UserView};
use crate::api::{Api, Caller, Problem};
use crate::model::{Ends, Role, Scope, Timestamp, User, is_unseen};

/// Most characters of a name: what IPP takes as `job-originating-user-name` is 255 bytes (RFC 8011, 5.3.6).
const NAME: usize = 60;
/// Letters and digits of a password that is given to somebody: 59 bits.
const GIVEN: usize = 12;
/// How long one is good for, in milliseconds.
const GIVEN_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// A person who shall come in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// His name.
    pub name: String,
    /// What he may do.
    pub role: Role,
}

/// A change of a person; what is left out stays.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct UserChange {
    /// His name.
    pub name: Option<String>,
    /// What he may do.
    pub role: Option<Role>,
    /// Whether he may not sign in.
    pub disabled: Option<bool>,
}

/// A new password for a person.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Reset {
    /// Whether his second factor goes, too: he has lost his device.
    pub totp: bool,
}

/// A person with a password to come in with, which is told this once.
#[derive(Debug, Serialize)]
pub struct Invited {
    /// The person.
    #[serde(flatten)]
    pub user: UserView,
    /// What he signs in with the first time; he then chooses his own.
    pub password: Secret,
    /// Until when.
    pub until: Moment,
}

/// A name as it is kept: without spaces around it. Neither a colon (RFC 7617, 2) nor anything that can't be seen is in it.
///
/// # Errors
/// 422.
pub fn check_name(name: &str, field: &'static str) -> Result<SmolStr, Problem> {
    let name = name.trim();
    let is_good = (1..=NAME).contains(&name.chars().count())
        && name
            .chars()
            .all(|c| !c.is_control() && c != ':' && (c == ' ' || !c.is_whitespace()) && !is_unseen(c));
    if is_good {
        return Ok(name.into());
    }
    Err(Problem::invalid(
        field,
        format_smolstr!("a name has 1 to {NAME} characters and no colon"),
    ))
}

fn last_owner() -> Problem {
    Problem::conflict(
        "last-owner",
        "nobody else could change anything any more: make another person an owner first",
    )
}

/// Refuses whoever would give, or take from, more than he has himself.
fn needs_all_of(caller: &Caller, role: Role) -> Result<(), Problem> {
    if role.scopes().is_within(caller.scopes) {
        return Ok(());
    }
    Err(Problem::forbidden(format_smolstr!(
        "{} may not do this to a person who is {}, and so may do more",
        caller.name,
        role.keyword()
    )))
}

impl Api {
    /// All people.
    ///
    /// # Errors
    /// 403.
    pub async fn users(&self, caller: &Caller) -> Result<Vec<UserView>, Problem> {
        caller.needs(Scope::UsersRead)?;
        Ok(self.store.users().await?.iter().map(UserView::of).collect())
    }

    /// One person.
    ///
    /// # Errors
    /// 403, 404 `user-not-found`.
    pub async fn user(&self, caller: &Caller, id: i64) -> Result<UserView, Problem> {
        caller.needs(Scope::UsersRead)?;
        Ok(UserView::of(&self.person(id).await?))
    }

    async fn person(&self, id: i64) -> Result<User, Problem> {
        let user = self.store.user(id).await?;
        user.ok_or_else(|| Problem::not_found("user-not-found", format_args!("person {id}")))
    }

    /// Adds a person.
    ///
    /// # Errors
    /// 403, 409 `name-taken`, 422.
    pub async fn user_make(&self, caller: &Caller, new: NewUser) -> Result<Invited, Problem> {
        caller.needs(Scope::UsersWrite)?;
        needs_all_of(caller, new.role)?;
        let name = check_name(&new.name, "name")?;
        let (given, hashed, until) = self.given_password().await?;
        let user = User {
            password: Some(hashed),
            temporary_until: Some(until),
            ..User::new(name, new.role, Timestamp::now())
        };
        let made = self.store.make_user(user, false).await?;
        let made = made.ok_or_else(|| Problem::internal(&"a person was not made"))?;
        log::info!("{} is here as {} by {}", made.name, made.role.keyword(), caller.name);
        Ok(Invited {
            user: UserView::of(&made),
            password: given,
            until: Moment(until),
        })
    }

    async fn given_password(&self) -> Result<(Secret, SmolStr, Timestamp), Problem> {
        let given = Secret::to_type(GIVEN)?;
        let hashed = self.accounts.hash(&given).await?;
        Ok((given, hashed, Timestamp::now().plus_ms(GIVEN_MS)))
    }

    /// Changes a person. One who may not sign in any more is signed out everywhere.
    ///
    /// # Errors
    /// 403, 404 `user-not-found`, 409 `name-taken`, `last-owner`, 422.
    pub async fn user_change(&self, caller: &Caller, id: i64, change: UserChange) -> Result<UserView, Problem> {
        caller.needs(Scope::UsersWrite)?;
        needs_all_of(caller, self.person(id).await?.role)?;
        if let Some(role) = change.role {
            needs_all_of(caller, role)?;
        }
        let name = change.name.map(|name| check_name(&name, "name")).transpose()?;
        let asked = caller.clone();
        let changed = self
            .store
            .change_user(id, Timestamp::now(), move |user: &mut User, others| {
                // Once more: he may have become more meanwhile.
                needs_all_of(&asked, user.role)?;
                let was_owner = user.is_active_owner();
                if let Some(name) = name {
                    user.name = name;
                }
                user.role = change.role.unwrap_or(user.role);
                user.is_disabled = change.disabled.unwrap_or(user.is_disabled);
                if was_owner && !user.is_active_owner() && others == 0 {
                    return Err(last_owner());
                }
                Ok(Ends {
                    sessions: user.is_disabled,
                    except: None,
                    grants: user.is_disabled,
                })
            });
        let user = changed.await??;
        let state = if user.is_disabled { ", and may not sign in" } else { "" };
        log::info!("{} is {}{state}, says {}", user.name, user.role.keyword(), caller.name);
        Ok(UserView::of(&user))
    }

    /// Gives a person a password to come in with, once. He is signed out everywhere, and programs lose what he granted.
    ///
    /// # Errors
    /// 403, 404 `user-not-found`.
    pub async fn user_reset(&self, caller: &Caller, id: i64, reset: Reset) -> Result<Invited, Problem> {
        caller.needs(Scope::UsersWrite)?;
        needs_all_of(caller, self.person(id).await?.role)?;
        let (given, hashed, until) = self.given_password().await?;
        let asked = caller.clone();
        let changed = self.store.change_user(id, Timestamp::now(), move |user: &mut User, _| {
            needs_all_of(&asked, user.role)?;
            user.password = Some(hashed);
            user.temporary_until = Some(until);
            if reset.totp {
                user.totp = None;
            }
            Ok::<_, Problem>(Ends {
                sessions: true,
                except: None,
                grants: true,
            })
        });
        let user = changed.await??;
        log::info!("{} was given a new password by {}", user.name, caller.name);
        Ok(Invited {
            user: UserView::of(&user),
            password: given,
            until: Moment(until),
        })
    }

    /// Removes a person. His jobs stay.
    ///
    /// # Errors
    /// 403, 404 `user-not-found`, 409 `last-owner`.
    pub async fn user_remove(&self, caller: &Caller, id: i64) -> Result<(), Problem> {
        caller.needs(Scope::UsersWrite)?;
        self.person(id).await?;
        let asked = caller.clone();
        let removed = self.store.remove_user(id, move |user, others| {
            needs_all_of(&asked, user.role)?;
            if user.is_active_owner() && others == 0 {
                return Err(last_owner());
            }
            Ok(())
        });
        let user = removed.await??;
        log::info!("{} was removed by {}", user.name, caller.name);
        Ok(())
    }
}
