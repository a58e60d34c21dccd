//! The files of the system that say what is set: a pure function. They lie below `/run` and are made anew at each start,
//! so that an older version finds none that it does not understand.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::settings::{Help, Settings, Static, Wifi};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where.
    pub path: PathBuf,
    /// What is in it; none: it must not be there.
    pub text: Option<String>,
    /// Who may read it.
    pub readers: Readers,
}

/// Who may read a file; root alone writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    All,
    /// Root, and the service of the network.
    Network,
    /// Root alone.
    Root,
}

/// Where files of the network are, which systemd-networkd reads before those of the image.
const NETWORK: &str = "/run/systemd/network";
/// Where the others are.
pub const OWN: &str = "/run/platen-machine";
/// The interface of remote help.
pub const HELP: &str = "help0";

/// All of them, those that must not be there included.
pub fn files(settings: &Settings) -> Vec<File> {
    let file = |path: String, readers, text: Option<String>| File {
        path: path.into(),
        text,
        readers,
    };
    let wifi = settings.wifi.as_ref();
    let help = settings.help.as_ref();
    let mut all = vec![
        file(
            format!("{NETWORK}/10-wired.network"),
            Readers::All,
            settings.wired.as_ref().map(wired),
        ),
        file(
            format!("{NETWORK}/10-wireless.network"),
            Readers::All,
            wifi.and_then(|wifi| wifi.address.as_ref()).map(wireless),
        ),
        file(
            format!("{NETWORK}/10-{HELP}.netdev"),
            Readers::Network,
            help.map(tunnel),
        ),
        file(
            format!("{NETWORK}/10-{HELP}.network"),
            Readers::All,
            help.map(tunnel_network),
        ),
        file(
            format!("{OWN}/wpa_supplicant.conf"),
            Readers::Root,
            wifi.map(supplicant),
        ),
        file(
            format!("{OWN}/hostname"),
            Readers::All,
            settings.hostname.as_ref().map(|name| format!("{}\n", name.as_str())),
        ),
    ];
    // Keys that somebody has laid there by hand are his.
    if !settings.ssh_keys.is_empty() {
        let keys = settings.ssh_keys.iter().map(|key| format!("{}\n", key.as_str()));
        all.push(file(
            "/var/lib/ssh/authorized_keys".to_owned(),
            Readers::Root,
            (!settings.ssh_is_off).then(|| keys.collect()),
        ));
    }
    all
}

/// Where the link is that says the zone of the clock, and where it leads.
pub fn zone(settings: &Settings) -> (PathBuf, PathBuf) {
    let zone = settings.time_zone.as_ref().map_or("UTC", |zone| zone.as_str());
    (
        format!("{OWN}/localtime").into(),
        format!("/usr/share/zoneinfo/{zone}").into(),
    )
}

const MADE: &str = "# Made at each start of what is set in Platen.\n";

/// Addresses as systemd.network(5) has them.
fn addresses(text: &mut String, fixed: &Static) {
    let _ = writeln!(text, "Address={}", fixed.address);
    if let Some(gateway) = fixed.gateway {
        let _ = writeln!(text, "Gateway={gateway}");
    }
    for server in &fixed.dns {
        let _ = writeln!(text, "DNS={server}");
    }
}

fn wired(fixed: &Static) -> String {
    let mut text = format!(
        "{MADE}[Match]\nType=ether\nKind=!*\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nDHCP=no\nLinkLocalAddressing=ipv6\n\
         LLMNR=no\nMulticastDNS=resolve\n"
    );
    addresses(&mut text, fixed);
    text
}

fn wireless(fixed: &Static) -> String {
    let mut text = format!(
        "{MADE}[Match]\nType=wlan\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nDHCP=no\nLLMNR=no\nMulticastDNS=resolve\n\
         IgnoreCarrierLoss=3s\n"
    );
    addresses(&mut text, fixed);
    text
}

/// The tunnel: one peer, which is called, and nobody else (systemd.netdev(5)).
fn tunnel(help: &Help) -> String {
    format!(
        "{MADE}[NetDev]\nName={HELP}\nKind=wireguard\n\n[WireGuard]\nPrivateKey={}\n\n[WireGuardPeer]\nPublicKey={}\n\
         PresharedKey={}\nEndpoint={}\nAllowedIPs={}\nPersistentKeepalive=25\n",
        help.key.reveal(),
        help.peer.reveal(),
        help.shared.reveal(),
        help.endpoint.as_str(),
        help.peer_address,
    )
}

fn tunnel_network(help: &Help) -> String {
    let bits = if help.peer_address.is_ipv4() { 32 } else { 128 };
    format!(
        "{MADE}[Match]\nName={HELP}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nAddress={}\nDHCP=no\nLinkLocalAddressing=no\n\
         LLMNR=no\nMulticastDNS=no\nIPv6AcceptRA=no\n\n[Route]\nDestination={}/{bits}\n",
        help.address, help.peer_address,
    )
}

/// As wpa_supplicant.conf(5) has it. Names are written in hexadecimal, so that whatever is in one stays in it.
fn supplicant(wifi: &Wifi) -> String {
    let ssid: String = wifi.ssid.as_str().bytes().map(|byte| format!("{byte:02x}")).collect();
    let key = match &wifi.password {
        // From the first quote to the last one of the line.
        Some(phrase) => format!(
            "    key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n    ieee80211w=1\n    psk=\"{}\"\n",
            phrase.reveal()
        ),
        None => "    key_mgmt=NONE\n".to_owned(),
    };
    format!(
        "{MADE}country={}\nupdate_config=0\nnetwork={{\n    ssid={ssid}\n    scan_ssid=1\n{key}}}\n",
        wifi.country.as_str()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::values::Key;
    use super::*;

    fn text(settings: &Settings, ending: &str) -> Option<String> {
        let all = files(settings);
        let found = all
            .iter()
            .find(|file| file.path.to_string_lossy().ends_with(ending))
            .unwrap();
        found.text.clone()
    }

    fn wifi(password: Option<&str>) -> Wifi {
        Wifi {
            ssid: "Café \"2\"".parse().unwrap(),
            password: password.map(|text| text.parse().unwrap()),
            country: "DE".parse().unwrap(),
            address: None,
        }
    }

    fn help() -> Help {
        Help {
            key: Key([1; 32]),
            shared: Key([2; 32]),
            peer: Key([3; 32]),
            endpoint: "help.example:51820".parse().unwrap(),
            address: "10.99.0.2/24".parse().unwrap(),
            peer_address: "10.99.0.1".parse().unwrap(),
        }
    }

    #[test]
    fn nothing_set_leaves_the_image_as_it_is() {
        assert!(files(&Settings::default()).iter().all(|file| file.text.is_none()));
        assert_eq!(zone(&Settings::default()).1, PathBuf::from("/usr/share/zoneinfo/UTC"));
    }

    #[test]
    fn what_is_set_is_in_the_files_of_its_service() {
        let fixed = Static {
            address: "192.168.1.20/24".parse().unwrap(),
            gateway: Some("192.168.1.1".parse().unwrap()),
            dns: vec!["192.168.1.1".parse().unwrap(), "9.9.9.9".parse().unwrap()],
        };
        let settings = Settings {
            hostname: Some("studio".parse().unwrap()),
            time_zone: Some("Europe/Berlin".parse().unwrap()),
            wired: Some(fixed),
            wifi: Some(wifi(Some("pass \"word\" #1"))),
            help: Some(help()),
            ..Settings::default()
        };
        let wired = text(&settings, "wired.network").unwrap();
        assert!(
            wired.contains("DHCP=no\n")
                && wired.ends_with("Address=192.168.1.20/24\nGateway=192.168.1.1\nDNS=192.168.1.1\nDNS=9.9.9.9\n")
        );
        assert_eq!(text(&settings, "wireless.network"), None);
        let supplicant = text(&settings, "wpa_supplicant.conf").unwrap();
        assert!(supplicant.contains("ssid=436166c3a920223222\n"), "{supplicant}");
        assert!(supplicant.contains("    psk=\"pass \"word\" #1\"\n"));
        assert_eq!(text(&settings, "hostname").as_deref(), Some("studio\n"));
        let tunnel = text(&settings, ".netdev").unwrap();
        assert!(
            tunnel.contains(&format!("PrivateKey={}\n", Key([1; 32]).reveal()))
                && tunnel.contains("AllowedIPs=10.99.0.1\n")
        );
        assert!(zone(&settings).1.ends_with("Europe/Berlin"));
        // Whoever may not see a secret does not.
        for file in files(&settings) {
            let shown = file.text.clone().unwrap_or_default();
            let is_secret = shown.contains("PrivateKey") || shown.contains("psk=");
            assert_eq!(
                is_secret,
                file.readers != Readers::All && file.text.is_some(),
                "{file:?}"
            );
        }
    }

    #[test]
    fn an_open_network_needs_no_password() {
        let settings = Settings {
            wifi: Some(wifi(None)),
            ..Settings::default()
        };
        let supplicant = text(&settings, "wpa_supplicant.conf").unwrap();
        assert!(supplicant.contains("key_mgmt=NONE") && !supplicant.contains("psk"));
    }

    proptest! {
        /// Whatever people call their networks and passwords: a file has the lines that it should have, and no others.
        #[test]
        fn no_value_breaks_out_of_its_line(ssid in "\\PC{1,32}", password in "[ -~]{8,63}") {
            prop_assume!(ssid.len() <= 32);
            let settings = Settings {
                wifi: Some(Wifi {
                    ssid: ssid.parse().unwrap(),
                    password: Some(password.parse().unwrap()),
                    country: "DE".parse().unwrap(),
                    address: None,
                }),
                ..Settings::default()
            };
            let supplicant = text(&settings, "wpa_supplicant.conf").unwrap();
            prop_assert_eq!(supplicant.lines().count(), 10);
            let line = format!("    psk=\"{password}\"");
            prop_assert!(supplicant.lines().any(|l| l == line));
        }
    }
}
