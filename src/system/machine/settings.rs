//! What is set about the machine, and how that changes. Plain data.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::values::{Cidr, Country, Endpoint, Hostname, Key, Passphrase, SshKey, Ssid, Zone};

/// Most keys that may sign in by SSH.
pub const MOST_KEYS: usize = 20;
/// Most name servers.
pub const MOST_SERVERS: usize = 4;

/// What is set. What is left out is as the image has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Its name.
    pub hostname: Option<Hostname>,
    /// The zone of its clock.
    pub time_zone: Option<Zone>,
    /// How it has its address by cable; none: by DHCP.
    pub wired: Option<Static>,
    /// The wireless network that it joins.
    pub wifi: Option<Wifi>,
    /// Keys that may sign in by SSH; none: SSH is off. They come with the card alone: whoever can sign in may do
    /// everything, and the daemon may not make anybody that.
    pub ssh_keys: Vec<SshKey>,
    /// Whether they may not for now.
    pub ssh_is_off: bool,
    /// Whoever may help from elsewhere; none: nobody.
    pub help: Option<Help>,
}

/// An address that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Static {
    /// The address, with the length of its network.
    pub address: Cidr,
    /// Who knows the way to others.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// Who knows names.
    #[serde(default)]
    pub dns: Vec<IpAddr>,
}

impl Static {
    /// Whether it makes sense together.
    ///
    /// # Errors
    /// What would be right.
    pub fn check(&self) -> Result<(), &'static str> {
        let ours = self.address.address;
        if self.dns.len() > MOST_SERVERS {
            return Err("name 4 servers at most");
        }
        match self.gateway {
            Some(gateway) if gateway.is_ipv4() != ours.is_ipv4() => {
                Err("the gateway must be of the address's own kind, both IPv4 or both IPv6")
            }
            Some(gateway) if gateway == ours => Err("the gateway can't be this machine itself"),
            Some(gateway) if !is_within(gateway, self.address) => {
                Err("the gateway must lie in the network of the address")
            }
            _ => Ok(()),
        }
    }
}

/// Whether an address lies in a network; one of a link always does.
fn is_within(address: IpAddr, network: Cidr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    };
    if let IpAddr::V6(v6) = address
        && v6.is_unicast_link_local()
    {
        return true;
    }
    let ((one, _), (other, _)) = (bits(address), bits(network.address));
    let kept = u32::from(network.bits.clamp(1, 128));
    (one ^ other) >> (128 - kept) == 0
}

/// A wireless network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wifi {
    /// Its name.
    pub ssid: Ssid,
    /// What it is joined by; none: it is open.
    #[serde(default)]
    pub password: Option<Passphrase>,
    /// Where the machine stands.
    pub country: Country,
    /// An address that stays; none: by DHCP.
    #[serde(default)]
    pub address: Option<Static>,
}

/// Remote help: a peer of WireGuard, which the machine calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// The machine's own private key.
    pub key: Key,
    /// Known to both sides alone, beside their keys.
    pub shared: Key,
    /// Whoever helps.
    pub peer: Key,
    /// Where he is.
    pub endpoint: Endpoint,
    /// The machine's address in the tunnel.
    pub address: Cidr,
    /// His address there: nobody else is let in.
    pub peer_address: IpAddr,
}

/// One change. Fields that are not named stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "set", content = "to")]
pub enum Change {
    /// Its name.
    Hostname(Hostname),
    /// The zone of its clock.
    TimeZone(Zone),
    /// How it has its address by cable.
    Wired(Option<Static>),
    /// The wireless network. Without a password the known one stays, where the network is the same.
    Wifi(Option<Wifi>),
    /// Whether whoever has a key may sign in by SSH.
    Ssh(bool),
    /// Who may help.
    Help(Option<HelpWish>),
}

/// Remote help as it is asked for: the machine makes its own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpWish {
    /// Known to both sides alone.
    pub shared: Key,
    /// Whoever helps.
    pub peer: Key,
    /// Where he is.
    pub endpoint: Endpoint,
    /// The machine's address in the tunnel.
    pub address: Cidr,
    /// His address there.
    pub peer_address: IpAddr,
}

impl Settings {
    /// These settings after a change. `key` is what the machine has as its own where help begins.
    ///
    /// # Errors
    /// What would be right.
    pub fn with(&self, change: Change, key: &Key) -> Result<Settings, &'static str> {
        let mut settings = self.clone();
        match change {
            Change::Hostname(name) => settings.hostname = Some(name),
            Change::TimeZone(zone) => settings.time_zone = Some(zone),
            Change::Wired(wired) => settings.wired = wired,
            Change::Wifi(wifi) => {
                let known = self.wifi.as_ref();
                settings.wifi = wifi.map(|mut wifi| {
                    if wifi.password.is_none() {
                        let same = known.filter(|known| known.ssid == wifi.ssid);
                        wifi.password = same.and_then(|known| known.password.clone());
                    }
                    wifi
                });
            }
            Change::Ssh(true) if self.ssh_keys.is_empty() => {
                return Err("no key may sign in: put one into platen.toml on the card, and reset the machine");
            }
            Change::Ssh(is_on) => settings.ssh_is_off = !is_on,
            Change::Help(help) => {
                settings.help = help.map(|help| Help {
                    key: key.clone(),
                    shared: help.shared,
                    peer: help.peer,
                    endpoint: help.endpoint,
                    address: help.address,
                    peer_address: help.peer_address,
                });
            }
        }
        settings.check()?;
        Ok(settings)
    }

    /// Whether it makes sense together.
    ///
    /// # Errors
    /// What would be right.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.ssh_keys.len() > MOST_KEYS {
            return Err("name 20 keys at most");
        }
        if let Some(wired) = &self.wired {
            wired.check()?;
        }
        if let Some(address) = self.wifi.as_ref().and_then(|wifi| wifi.address.as_ref()) {
            address.check()?;
        }
        if let Some(help) = &self.help {
            if help.address.address == help.peer_address {
                return Err("both ends of the tunnel have one address: give two");
            }
            if help.address.address.is_ipv4() != help.peer_address.is_ipv4() {
                return Err("the addresses of the tunnel must be of one kind, both IPv4 or both IPv6");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(address: &str, gateway: &str) -> Static {
        Static {
            address: address.parse().unwrap(),
            gateway: gateway.parse().ok(),
            dns: vec![],
        }
    }

    #[test]
    fn addresses_make_sense_together() {
        assert_eq!(fixed("192.168.1.20/24", "192.168.1.1").check(), Ok(()));
        assert_eq!(fixed("192.168.1.20/24", "").check(), Ok(()));
        assert_eq!(fixed("2001:db8::2/64", "fe80::1").check(), Ok(()));
        for (address, gateway) in [
            ("192.168.1.20/24", "192.168.2.1"),
            ("192.168.1.20/24", "192.168.1.20"),
            ("192.168.1.20/24", "2001:db8::1"),
            ("2001:db8::2/64", "2001:db9::1"),
        ] {
            assert!(fixed(address, gateway).check().is_err(), "{address} {gateway}");
        }
    }

    #[test]
    fn a_password_stays_with_its_network() {
        let wifi = |ssid: &str, password: Option<&str>| Wifi {
            ssid: ssid.parse().unwrap(),
            password: password.map(|text| text.parse().unwrap()),
            country: "DE".parse().unwrap(),
            address: None,
        };
        let before = Settings {
            wifi: Some(wifi("Studio", Some("abcdefgh"))),
            ..Settings::default()
        };
        let key = Key([1; 32]);
        let with = |change| before.with(change, &key);
        let same = with(Change::Wifi(Some(wifi("Studio", None)))).unwrap();
        assert_eq!(same, before);
        let other = with(Change::Wifi(Some(wifi("Café", None)))).unwrap();
        assert_eq!(other.wifi.unwrap().password, None);
        assert_eq!(with(Change::Wifi(None)).unwrap().wifi, None);
    }
}
