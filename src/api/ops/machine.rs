//! The machine: its name, its network, its clock, remote help, and how all of it is forgotten.

use std::net::IpAddr;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::api::field::Field;
use crate::api::view::{MachineView, Moment};
use crate::api::{Api, Caller, Problem};
use crate::crypto;
use crate::model::{Role, Scope, Timestamp};
use crate::system::machine::ask::{self, AskError};
use crate::system::machine::seen::Wanted;
use crate::system::machine::settings::{Change, HelpWish, Static, Wifi};
use crate::system::machine::values::{Cidr, Endpoint, Hostname, Key, Zone};

/// What somebody wants of the machine. Fields that are not named stay as they are; null takes back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineChange {
    /// Its name.
    pub hostname: Option<Hostname>,
    /// The zone of its clock.
    pub time_zone: Option<Zone>,
    /// An address by cable that stays; null: by DHCP.
    pub wired: Field<Static>,
    /// The wireless network; null: none. Without a password the known one stays, where the network is the same.
    pub wifi: Field<Wifi>,
    /// Whether whoever has a key may sign in by SSH.
    pub ssh: Option<bool>,
}

/// Who may help.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpRequest {
    /// His public key of WireGuard.
    pub public_key: Key,
    /// Where he is: `HOST:PORT`.
    pub endpoint: Endpoint,
    /// The machine's address in the tunnel.
    #[serde(default)]
    pub address: Option<Cidr>,
    /// His address there.
    #[serde(default)]
    pub peer_address: Option<IpAddr>,
}

/// Remote help, once it was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HelpMade {
    /// The machine's own public key, which whoever helps must know.
    pub public_key: SmolStr,
    /// What both sides must know beside; it is shown this once.
    pub preshared_key: String,
    /// The machine's address in the tunnel.
    pub address: SmolStr,
    /// His.
    pub peer_address: IpAddr,
}

/// What shall be forgotten.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineReset {
    /// `network`: the network is as the image has it; `everything`: the machine is as it came.
    pub forget: Forget,
    /// The machine's name, typed by whoever wants it.
    pub confirm: SmolStr,
}

/// What is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forget {
    /// Addresses, the wireless network, remote help.
    Network,
    /// Everything.
    Everything,
}

/// The tunnel's addresses, where nobody says others: of a private block (RFC 1918) that studios seldom have.
const TUNNEL: (&str, &str) = ("10.107.217.2/24", "10.107.217.1");

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

impl Api {
    /// The machine.
    ///
    /// # Errors
    /// 403.
    pub async fn machine(&self, caller: &Caller) -> Result<MachineView, Problem> {
        caller.needs(Scope::SettingsRead)?;
        let shown = self.machine.shown().await.map_err(|e| format_smolstr!("{e}"));
        let seen = tokio::task::spawn_blocking(|| (ask::interfaces(), ask::clock_is_right())).await;
        let (interfaces, is_right) = seen.unwrap_or_default();
        Ok(MachineView::of(
            shown,
            (host(), interfaces),
            (Moment(Timestamp::now()), is_right),
        ))
    }

    /// Changes what is set about it, one thing after the other.
    ///
    /// # Errors
    /// 404 `no-appliance`; 422 with what is wrong, and what comes after it unchanged; 504 where the machine does not answer.
    pub async fn change_machine(&self, caller: &Caller, change: MachineChange) -> Result<MachineView, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        caller.needs(Scope::SettingsRead)?;
        let mut changes: Vec<(&'static str, Change)> = Vec::new();
        changes.extend(change.hostname.map(|name| ("hostname", Change::Hostname(name))));
        changes.extend(change.time_zone.map(|zone| ("time_zone", Change::TimeZone(zone))));
        changes.extend(change.ssh.map(|is_on| ("ssh", Change::Ssh(is_on))));
        match change.wired {
            Field::Absent => {}
            Field::Null => changes.push(("wired", Change::Wired(None))),
            Field::Set(wired) => changes.push(("wired", Change::Wired(Some(wired)))),
        }
        match change.wifi {
            Field::Absent => {}
            Field::Null => changes.push(("wifi", Change::Wifi(None))),
            Field::Set(wifi) => changes.push(("wifi", Change::Wifi(Some(wifi)))),
        }
        for (field, change) in changes {
            let asked = self.machine.ask(Wanted::Change(change)).await;
            asked.map_err(|error| Problem::from(error).at(field))?;
            log::info!("the machine's {field} was changed by {}", caller.name);
        }
        self.machine(caller).await
    }

    /// Lets somebody in by a tunnel that the machine opens to him, and to nobody else. What both must know is told once.
    ///
    /// # Errors
    /// 403 where the caller is not an owner; 404 `no-appliance`; 422.
    pub async fn begin_help(&self, caller: &Caller, request: HelpRequest) -> Result<HelpMade, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        caller.needs(Scope::SettingsRead)?;
        self.needs_owner(caller)?;
        let mut shared = [0; 32];
        crypto::random(&mut shared).map_err(|e| Problem::internal(&e))?;
        let shared = Key(shared);
        let (address, peer_address) = TUNNEL;
        let wrong = |e: &dyn std::fmt::Display| Problem::internal(e);
        let wish = HelpWish {
            shared: shared.clone(),
            peer: request.public_key,
            endpoint: request.endpoint,
            address: match request.address {
                Some(address) => address,
                None => address.parse().map_err(|e| wrong(&e))?,
            },
            peer_address: match request.peer_address {
                Some(address) => address,
                None => peer_address.parse().map_err(|e| wrong(&e))?,
            },
        };
        self.machine.ask(Wanted::Change(Change::Help(Some(wish)))).await?;
        log::warn!("remote help was switched on by {}", caller.name);
        let shown = self.machine.shown().await?;
        let made = shown
            .help
            .ok_or_else(|| Problem::internal(&"remote help was made and is not there"))?;
        Ok(HelpMade {
            public_key: made.public_key,
            preshared_key: shared.reveal(),
            address: made.address,
            peer_address: made.peer_address,
        })
    }

    /// Lets nobody in any more.
    ///
    /// # Errors
    /// 404 `no-appliance`.
    pub async fn end_help(&self, caller: &Caller) -> Result<(), Problem> {
        caller.needs(Scope::SettingsWrite)?;
        self.machine.ask(Wanted::Change(Change::Help(None))).await?;
        log::warn!("remote help was switched off by {}", caller.name);
        Ok(())
    }

    /// Forgets. Everything goes when the machine starts anew, which it does at once; nothing of it comes back.
    ///
    /// # Errors
    /// 403 where the caller is not an owner; 404 `no-appliance`; 422 where the machine's name is not the one that was typed.
    pub async fn reset_machine(&self, caller: &Caller, reset: MachineReset) -> Result<(), Problem> {
        caller.needs(Scope::SettingsWrite)?;
        self.needs_owner(caller)?;
        let host = host();
        if !reset.confirm.trim().eq_ignore_ascii_case(&host) {
            return Err(Problem::invalid(
                "confirm",
                format_smolstr!("type the machine's name, {host}, if you mean it"),
            ));
        }
        log::warn!("the machine was reset by {}: {:?}", caller.name, reset.forget);
        let wanted = match reset.forget {
            Forget::Network => Wanted::ForgetNetwork,
            Forget::Everything => Wanted::ForgetAll,
        };
        Ok(self.machine.ask(wanted).await?)
    }

    /// What concerns the whole machine is for its owner himself, and for no program in his name.
    fn needs_owner(&self, caller: &Caller) -> Result<(), Problem> {
        match (caller.role, &caller.client) {
            (Some(Role::Owner), None) => Ok(()),
            _ => Err(Problem::forbidden(
                "this is for the owner himself, signed in on the page",
            )),
        }
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            AskError::Absent => Problem::new(StatusCode::NOT_FOUND, "no-appliance", text),
            AskError::Refused(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", text),
            AskError::Silent => Problem::new(StatusCode::GATEWAY_TIMEOUT, "machine-silent", text),
        }
    }
}
