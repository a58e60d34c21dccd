//! Updates of the appliance: bringing them, taking them back, going back.

use bytes::Bytes;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};

use crate::api::view::{UpdateView, UpdatesView};
use crate::api::{Api, Caller, Problem};
use crate::model::Scope;
use crate::system::update::plan::{When, Wish};
use crate::system::update::rauc::RaucError;
use crate::system::update::{Receiving, UpdateError};

/// Where an update shall come from, and how.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateRequest {
    /// The address of its bundle, which is read while it is installed.
    #[serde(default)]
    pub url: Option<SmolStr>,
    /// What the channel offers.
    #[serde(default)]
    pub channel: bool,
    /// Also a version that is older than what runs, or the same.
    #[serde(default)]
    pub allow_downgrade: bool,
    /// When.
    #[serde(default)]
    pub when: When,
}

/// How an update shall be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateWish {
    /// Also a version that is older than what runs, or the same.
    #[serde(default)]
    pub allow_downgrade: bool,
    /// `now`: as soon as the printers have nothing to do; `window`: in the window for updates.
    #[serde(default)]
    pub when: When,
}

impl UpdateWish {
    fn wish(self) -> Wish {
        Wish {
            allow_downgrade: self.allow_downgrade,
            when: self.when,
        }
    }
}

impl Api {
    /// How updates stand; where this is no appliance, that.
    ///
    /// # Errors
    /// 403.
    pub fn updates(&self, caller: &Caller) -> Result<UpdatesView, Problem> {
        caller.needs(Scope::SettingsRead)?;
        match (self.updates.state(), self.updates.settings()) {
            (Ok(state), Ok(settings)) => Ok(UpdatesView::of(&state, settings)),
            (Err(why), _) | (_, Err(why)) => Ok(UpdatesView::none(format_smolstr!("{why}"))),
        }
    }

    /// Takes an update by its address, or what the channel offers.
    ///
    /// # Errors
    /// 404 `no-appliance`; 409 `update-busy`; 422 `update-refused` with the reason; 502 where nobody answers; 507.
    pub async fn bring_update(&self, caller: &Caller, request: UpdateRequest) -> Result<UpdateView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        let wish = Wish {
            allow_downgrade: request.allow_downgrade,
            when: request.when,
        };
        let brought = match (&request.url, request.channel) {
            (Some(url), false) => self.updates.install_from(url, &caller.name, wish).await,
            (None, true) => self.updates.install_offered(&caller.name, wish).await,
            _ => {
                let text = "say either url or channel: true, or send the bundle itself as application/octet-stream";
                return Err(Problem::invalid("url", text));
            }
        };
        Ok(UpdateView::of(&brought?))
    }

    /// Begins to take a bundle that is sent, of so many bytes where that is known.
    ///
    /// # Errors
    /// 404 `no-appliance`; 409 `update-busy`; 413; 507 with how much room it needs.
    pub async fn receive_update(&self, caller: &Caller, announced: Option<u64>) -> Result<Bundle, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        Ok(Bundle(self.updates.receive(announced).await?))
    }

    /// Takes a bundle that was sent.
    ///
    /// # Errors
    /// 422 `update-refused` with the reason.
    pub async fn take_update(&self, caller: &Caller, bundle: Bundle, wish: UpdateWish) -> Result<UpdateView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        let taken = self
            .updates
            .install_received(bundle.0, &caller.name, wish.wish())
            .await?;
        Ok(UpdateView::of(&taken))
    }

    /// Takes back an update that waits.
    ///
    /// # Errors
    /// 404 `no-appliance`; 409 when none waits, or it has been begun.
    pub async fn cancel_update(&self, caller: &Caller) -> Result<(), Problem> {
        caller.needs(Scope::SettingsWrite)?;
        Ok(self.updates.cancel(&caller.name).await?)
    }

    /// Asks the channel what there is.
    ///
    /// # Errors
    /// 404 `no-appliance`; 409 where there is no channel; 502 where it does not answer or can't be believed.
    pub async fn check_for_updates(&self, caller: &Caller) -> Result<UpdatesView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        caller.needs(Scope::SettingsRead)?;
        self.updates.check().await?;
        self.updates(caller)
    }

    /// Has the version before start next.
    ///
    /// # Errors
    /// 404 `no-appliance`; 409 with the reason why it can't.
    pub async fn go_back(&self, caller: &Caller) -> Result<UpdateView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        Ok(UpdateView::of(&self.updates.go_back(&caller.name).await?))
    }

    /// Somebody has seen that an update was rolled back.
    ///
    /// # Errors
    /// 404 `no-appliance`.
    pub async fn saw_update(&self, caller: &Caller) -> Result<(), Problem> {
        caller.needs(Scope::SettingsWrite)?;
        Ok(self.updates.seen().await?)
    }

    /// The log of the failed start of an update.
    ///
    /// # Errors
    /// 404 where there is none.
    pub async fn update_log(&self, caller: &Caller, id: u64) -> Result<String, Problem> {
        caller.needs(Scope::SettingsRead)?;
        let log = self.updates.log(id).await?;
        log.ok_or_else(|| Problem::not_found("no-such-log", format_args!("log of update {id}")))
    }
}

/// A bundle on its way.
pub struct Bundle(Receiving);

impl Bundle {
    /// Adds bytes.
    ///
    /// # Errors
    /// 413, 507.
    pub async fn write(self, bytes: Bytes) -> Result<Bundle, Problem> {
        Ok(Bundle(self.0.write(bytes).await?))
    }
}

impl From<UpdateError> for Problem {
    fn from(error: UpdateError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            UpdateError::Absent(_) | UpdateError::Rauc(RaucError::Absent(_)) => {
                Problem::new(StatusCode::NOT_FOUND, "no-appliance", text)
            }
            UpdateError::Busy(_) => Problem::conflict("update-busy", text),
            UpdateError::Wrong(_) => Problem::conflict("not-possible", text),
            UpdateError::Refused(_) | UpdateError::Rauc(RaucError::Refused(_)) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "update-refused", text)
            }
            UpdateError::Channel(_) => Problem::new(StatusCode::BAD_GATEWAY, "channel-failed", text),
            UpdateError::Rauc(RaucError::Silent(_)) => Problem::new(StatusCode::BAD_GATEWAY, "rauc-failed", text),
            UpdateError::NoRoom { .. } => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "disk-full", text),
            UpdateError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", text),
            UpdateError::Store(error) => error.into(),
            UpdateError::Disk(error) => {
                log::error!("a request failed: {error}");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "disk-error", text)
            }
        }
    }
}
