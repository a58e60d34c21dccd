//! What everybody on the machine may know of its settings, and what came of a request: the answers of the service.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::settings::{Change, Settings, Static};
use super::values::Key;

/// What is asked of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number, by which the answer is known.
    pub id: u64,
    /// What.
    pub what: Wanted,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// A change.
    Change(Change),
    /// The network is as the image has it.
    ForgetNetwork,
    /// Everything is forgotten at the next start, which comes now.
    ForgetAll,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Of which request.
    pub id: u64,
    /// Why it was not done.
    pub trouble: Option<SmolStr>,
}

/// The settings, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The machine's name, where one is set.
    pub hostname: Option<SmolStr>,
    /// The zone of its clock.
    pub time_zone: Option<SmolStr>,
    /// Its address by cable; none: by DHCP.
    pub wired: Option<ShownStatic>,
    /// The wireless network.
    pub wifi: Option<ShownWifi>,
    /// Keys that may sign in by SSH: kind and comment.
    pub ssh_keys: Vec<SmolStr>,
    /// Whether they may.
    pub ssh: bool,
    /// Remote help.
    pub help: Option<ShownHelp>,
    /// What of the card's platen.toml was left out at the first start, and why.
    pub troubles: Vec<SmolStr>,
}

/// An address that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownStatic {
    /// With the length of its network.
    pub address: SmolStr,
    /// The gateway.
    pub gateway: Option<IpAddr>,
    /// Name servers.
    pub dns: Vec<IpAddr>,
}

/// A wireless network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownWifi {
    /// Its name.
    pub ssid: SmolStr,
    /// Whether a password is known.
    pub has_password: bool,
    /// Where the machine stands.
    pub country: SmolStr,
    /// An address that stays.
    pub address: Option<ShownStatic>,
}

/// Remote help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownHelp {
    /// The machine's own public key, which whoever helps must know.
    pub public_key: SmolStr,
    /// His.
    pub peer: SmolStr,
    /// Where he is.
    pub endpoint: SmolStr,
    /// The machine's address in the tunnel.
    pub address: SmolStr,
    /// His.
    pub peer_address: IpAddr,
}

fn shown_static(fixed: &Static) -> ShownStatic {
    ShownStatic {
        address: fixed.address.to_string().into(),
        gateway: fixed.gateway,
        dns: fixed.dns.clone(),
    }
}

/// The public half of a key (RFC 7748).
pub fn public(key: &Key) -> String {
    let secret = x25519_dalek::StaticSecret::from(key.0);
    Key(x25519_dalek::PublicKey::from(&secret).to_bytes()).reveal()
}

impl Shown {
    /// What may be known of these.
    pub fn of(settings: &Settings, troubles: Vec<SmolStr>) -> Shown {
        let brief = |key: &str| {
            let mut words = key.splitn(3, ' ');
            let kind = words.next().unwrap_or("");
            let comment = words.nth(1).unwrap_or("");
            SmolStr::from(format!("{kind} {comment}").trim())
        };
        Shown {
            hostname: settings.hostname.as_ref().map(|name| name.as_str().into()),
            time_zone: settings.time_zone.as_ref().map(|zone| zone.as_str().into()),
            wired: settings.wired.as_ref().map(shown_static),
            wifi: settings.wifi.as_ref().map(|wifi| ShownWifi {
                ssid: wifi.ssid.as_str().into(),
                has_password: wifi.password.is_some(),
                country: wifi.country.as_str().into(),
                address: wifi.address.as_ref().map(shown_static),
            }),
            ssh_keys: settings.ssh_keys.iter().map(|key| brief(key.as_str())).collect(),
            ssh: !settings.ssh_keys.is_empty() && !settings.ssh_is_off,
            help: settings.help.as_ref().map(|help| ShownHelp {
                public_key: public(&help.key).into(),
                peer: help.peer.reveal().into(),
                endpoint: help.endpoint.as_str().into(),
                address: help.address.to_string().into(),
                peer_address: help.peer_address,
            }),
            troubles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::machine::settings::{Help, Wifi};

    #[test]
    fn a_public_key_is_that_of_rfc_7748() {
        // 5.2, after one round: the key 9 and the point 9, which is the base point.
        let mut nine = [0; 32];
        nine[0] = 9;
        let hex = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
        let bytes: Vec<u8> = (0..32)
            .map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap())
            .collect();
        assert_eq!(public(&Key(nine)), Key(bytes.try_into().unwrap()).reveal());
    }

    #[test]
    fn no_secret_is_shown() {
        let (key, shared) = (Key([7; 32]), Key([8; 32]));
        let settings = Settings {
            wifi: Some(Wifi {
                ssid: "Studio".parse().unwrap(),
                password: Some("hunter2hunter2".parse().unwrap()),
                country: "DE".parse().unwrap(),
                address: None,
            }),
            help: Some(Help {
                key: key.clone(),
                shared: shared.clone(),
                peer: Key([9; 32]),
                endpoint: "help.example:51820".parse().unwrap(),
                address: "10.99.0.2/24".parse().unwrap(),
                peer_address: "10.99.0.1".parse().unwrap(),
            }),
            ..Settings::default()
        };
        let shown = serde_json::to_string(&Shown::of(&settings, vec![])).unwrap();
        for secret in ["hunter2", &key.reveal(), &shared.reveal()] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("\"has_password\":true") && shown.contains(&public(&key)));
    }
}
