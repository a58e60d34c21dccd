//! A fresh appliance belongs to nobody and has no password. Whoever can read its console, or its panel, claims it.

use std::sync::PoisonError;

use hyper::StatusCode;
use serde::Deserialize;

use super::secret::Secret;
use super::throttle::Who;
use super::{SignedIn, Visitor, password};
use crate::api::ops::users::check_name;
use crate::api::{Api, Problem};
use crate::model::{Role, Timestamp, User};

/// Letters and digits of a setup code: 39 bits, of which an address may try some dozens an hour.
const LETTERS: usize = 8;

/// What claims an appliance.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The setup code.
    pub code: String,
    /// The owner's name.
    pub name: String,
    /// His password.
    pub password: String,
}

impl Api {
    /// Whether somebody has claimed the appliance.
    ///
    /// # Errors
    /// 500.
    pub async fn is_claimed(&self) -> Result<bool, Problem> {
        Ok(self.store.has_users().await?)
    }

    /// What claims the appliance, for its console and its panel; none once it is claimed.
    ///
    /// # Errors
    /// 500.
    pub async fn setup_code(&self) -> Result<Option<Secret>, Problem> {
        let is_claimed = self.is_claimed().await?;
        let mut setup = self.accounts.setup.lock().unwrap_or_else(PoisonError::into_inner);
        if is_claimed {
            *setup = None;
        } else if setup.is_none() {
            *setup = Some(Secret::to_type(LETTERS)?);
        }
        Ok(setup.clone())
    }

    /// Makes the owner of an appliance that belongs to nobody, and signs him in.
    ///
    /// # Errors
    /// 409 `already-claimed`, 403 `wrong-code`, 422, 429.
    pub async fn claim(&self, from: &Visitor, claim: Claim) -> Result<SignedIn, Problem> {
        let already = || {
            Problem::conflict(
                "already-claimed",
                "this print server has an owner already: sign in, or ask him",
            )
        };
        // No name has a colon in it.
        let mut who = vec![Who::name(":setup")];
        who.extend(from.address.map(Who::address));
        let Some(code) = self.setup_code().await? else {
            return Err(already());
        };
        self.accounts.attempt(&who)?;
        if !code.is_typed(&claim.code) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "wrong-code",
                "this is not the setup code: it stands on the print server's console, where it says that it is ready",
            )
            .at("code"));
        }
        self.accounts.throttle().forgive(&who);
        let name = check_name(&claim.name, "name")?;
        password::check(&claim.password, &name, "password")?;
        let now = Timestamp::now();
        let owner = User {
            password: Some(self.accounts.passwords.hash(&claim.password).await?),
            ..User::new(name, Role::Owner, now)
        };
        let made = self.store.make_user(owner, true).await?;
        let made = made.ok_or_else(already)?;
        *self.accounts.setup.lock().unwrap_or_else(PoisonError::into_inner) = None;
        log::info!("{} has claimed this print server", made.name);
        self.open_session(&made, from).await
    }
}
