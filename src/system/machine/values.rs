//! What can be set about the machine, each checked when it is read: nothing else gets into a file of the system.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What is wrong with a value: what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub SmolStr);

fn wrong<T>(why: &'static str) -> Result<T, ValueError> {
    Err(ValueError(SmolStr::new_static(why)))
}

/// Makes a type that is read of a text and checked.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "SmolStr", into = "SmolStr")]
        pub struct $name(SmolStr);

        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<SmolStr> for $name {
            type Error = ValueError;
            fn try_from(text: SmolStr) -> Result<Self, ValueError> {
                text.parse()
            }
        }

        impl From<$name> for SmolStr {
            fn from(value: $name) -> SmolStr {
                value.0
            }
        }
    };
}

checked!(
    /// The machine's name: one label of a host name (RFC 1123, 2.1).
    Hostname
);
checked!(
    /// A time zone by its name in the IANA database: `Europe/Berlin`.
    Zone
);
checked!(
    /// The name of a wireless network (IEEE 802.11: 1 to 32 bytes).
    Ssid
);
checked!(
    /// A country by its two letters (ISO 3166-1), by which radio channels are allowed.
    Country
);
checked!(
    /// A public key of OpenSSH's form: type, base64, comment.
    SshKey
);

impl FromStr for Hostname {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let is_good = (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().any(|b| b.is_ascii_alphabetic())
            && !text.eq_ignore_ascii_case("localhost");
        match is_good {
            true => Ok(Hostname(text.to_ascii_lowercase().into())),
            false => wrong("give a name of 1 to 63 letters, digits and hyphens, with a letter in it, such as studio"),
        }
    }
}

impl FromStr for Zone {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let is_word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        };
        match (1..=64).contains(&text.len()) && text.split('/').all(is_word) {
            true => Ok(Zone(text.into())),
            false => wrong("give a time zone by its name in the IANA database, such as Europe/Berlin"),
        }
    }
}

impl FromStr for Ssid {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        match (1..=32).contains(&text.len()) && !text.chars().any(char::is_control) {
            true => Ok(Ssid(text.into())),
            false => wrong("the name of a wireless network has 1 to 32 bytes"),
        }
    }
}

impl FromStr for Country {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            true => Ok(Country(text.into())),
            false => wrong("give a country by its two capital letters (ISO 3166-1), such as DE"),
        }
    }
}

impl FromStr for SshKey {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        use base64::Engine as _;
        const TYPES: [&str; 3] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];
        let why = "give a public key as ssh-keygen writes it, in one line: ssh-ed25519 AAAA… name";
        let text = text.trim();
        let mut words = text.splitn(3, ' ');
        let (kind, key) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let comment = words.next().unwrap_or("");
        let blob = base64::engine::general_purpose::STANDARD
            .decode(key)
            .unwrap_or_default();
        // The key begins with its type (RFC 4253, 6.6): what comes with options before it is none.
        let length = blob.get(..4).map_or(0, |n| usize::from(n[2]) << 8 | usize::from(n[3]));
        let is_its = blob.get(4..4 + length).is_some_and(|inner| inner == kind.as_bytes());
        let is_good = text.len() <= 2_000
            && TYPES.contains(&kind)
            && is_its
            && blob.len() > 4 + length
            && comment.chars().all(|c| !c.is_control());
        match is_good {
            true => Ok(SshKey(text.into())),
            false => wrong(why),
        }
    }
}

/// What a wireless network is joined by; never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Passphrase(SmolStr);

impl Passphrase {
    /// Itself, for the one file that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl FromStr for Passphrase {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        // IEEE 802.11, J.4.1: what a key is made of.
        match (8..=63).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            true => Ok(Passphrase(text.into())),
            false => wrong("the password of a wireless network has 8 to 63 letters, digits and signs of ASCII"),
        }
    }
}

impl TryFrom<SmolStr> for Passphrase {
    type Error = ValueError;
    fn try_from(text: SmolStr) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Passphrase> for SmolStr {
    fn from(value: Passphrase) -> SmolStr {
        value.0
    }
}

/// An address with the length of its network: `192.168.1.20/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Cidr {
    /// The address.
    pub address: IpAddr,
    /// Bits of the network.
    pub bits: u8,
}

impl FromStr for Cidr {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let why = "give an address with the length of its network, such as 192.168.1.20/24";
        let Some((address, bits)) = text.split_once('/') else {
            return wrong(why);
        };
        let most = |address: &IpAddr| if address.is_ipv4() { 32 } else { 128 };
        let read = address.parse::<IpAddr>().ok().zip(bits.parse::<u8>().ok());
        match read.filter(|(address, bits)| (1..=most(address)).contains(bits)) {
            Some((address, bits)) if !address.is_unspecified() && !address.is_multicast() && !address.is_loopback() => {
                Ok(Cidr { address, bits })
            }
            _ => wrong(why),
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl TryFrom<SmolStr> for Cidr {
    type Error = ValueError;
    fn try_from(text: SmolStr) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Cidr> for SmolStr {
    fn from(value: Cidr) -> SmolStr {
        value.to_string().into()
    }
}

/// A key of WireGuard: 32 bytes, as base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Key(pub [u8; 32]);

impl FromStr for Key {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text.trim())
            .unwrap_or_default();
        match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) if bytes != [0; 32] => Ok(Key(bytes)),
            _ => wrong("give a WireGuard key as wg pubkey writes it: 44 characters, the last one ="),
        }
    }
}

impl Key {
    /// As base64. Of a private key for the one file that needs it.
    pub fn reveal(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl TryFrom<SmolStr> for Key {
    type Error = ValueError;
    fn try_from(text: SmolStr) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Key> for SmolStr {
    fn from(value: Key) -> SmolStr {
        value.reveal().into()
    }
}

/// Where a peer of WireGuard is reached: `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Endpoint(SmolStr);

impl Endpoint {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let why = "give the address of whoever helps with its port, such as help.example:51820";
        let Some((host, port)) = text.rsplit_once(':') else {
            return wrong(why);
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_name = !host.is_empty()
            && host.len() <= 253
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        let is_v6 = host.starts_with('[') && host.ends_with(']') && bare.parse::<std::net::Ipv6Addr>().is_ok();
        match (is_name || is_v6) && port.parse::<u16>().is_ok_and(|port| port > 0) {
            true => Ok(Endpoint(text.into())),
            false => wrong(why),
        }
    }
}

impl TryFrom<SmolStr> for Endpoint {
    type Error = ValueError;
    fn try_from(text: SmolStr) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Endpoint> for SmolStr {
    fn from(value: Endpoint) -> SmolStr {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A key that ssh-keygen made for this test; its other half was thrown away.
    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGu0yPZ3MNfS0jYl8rkcPZ0W0nM1b4SgYw0M9xkGg7o2 ola@studio";

    #[test]
    fn what_is_right_is_taken_and_what_is_not_is_refused() {
        assert_eq!("Studio-2".parse::<Hostname>().unwrap().as_str(), "studio-2");
        for bad in ["", "-a", "a-", "a b", "a.b", "12", "localhost", "ü", &"a".repeat(64)] {
            assert!(bad.parse::<Hostname>().is_err(), "{bad}");
        }
        for good in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3"] {
            assert!(good.parse::<Zone>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "Europe/../x",
            "Europe//Berlin",
            "Europe/Berlin\n",
        ] {
            assert!(bad.parse::<Zone>().is_err(), "{bad}");
        }
        assert!("Café 2".parse::<Ssid>().is_ok());
        assert!("a\nb".parse::<Ssid>().is_err() && "".parse::<Ssid>().is_err());
        assert!("pass\"word".parse::<Passphrase>().is_ok());
        assert!("short".parse::<Passphrase>().is_err() && "a\nbcdefgh".parse::<Passphrase>().is_err());
        assert!(KEY.parse::<SshKey>().is_ok());
        for bad in [
            "command=\"sh\" ssh-ed25519 AAAA",
            "ssh-ed25519 AAAA",
            "ssh-dss AAAAB3NzaC1kc3M=",
            &KEY.replace("ssh-ed25519 ", "ssh-rsa "),
            &format!("{KEY}\nssh-ed25519 AAAA"),
        ] {
            assert!(bad.parse::<SshKey>().is_err(), "{bad}");
        }
        assert_eq!(
            "192.168.1.20/24".parse::<Cidr>().unwrap().to_string(),
            "192.168.1.20/24"
        );
        for bad in [
            "192.168.1.20",
            "192.168.1.20/33",
            "0.0.0.0/0",
            "::1/64",
            "224.0.0.1/8",
            "a/8",
            "1.2.3.4/24\n",
        ] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
        for good in ["help.example:51820", "192.0.2.1:1", "[2001:db8::1]:51820"] {
            assert!(good.parse::<Endpoint>().is_ok(), "{good}");
        }
        for bad in [
            "help.example",
            "help.example:0",
            "a b:1",
            ":1",
            "[x]:1",
            "2001:db8::1:51820x",
        ] {
            assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_show_themselves() {
        let phrase: Passphrase = "hunter2hunter2".parse().unwrap();
        let key = Key([7; 32]);
        assert!(!format!("{phrase:?} {key:?}").contains("hunter2"));
        assert!(!format!("{key:?}").contains(&key.reveal()));
    }

    proptest! {
        /// Nothing that is taken can end a line of a file.
        #[test]
        fn no_value_has_a_second_line(text in "\\PC{0,80}|[ -~\n\r\t]{0,80}") {
            let taken: [Option<String>; 6] = [
                text.parse::<Hostname>().ok().map(|v| v.as_str().to_owned()),
                text.parse::<Zone>().ok().map(|v| v.as_str().to_owned()),
                text.parse::<Ssid>().ok().map(|v| v.as_str().to_owned()),
                text.parse::<Passphrase>().ok().map(|v| v.reveal().to_owned()),
                text.parse::<SshKey>().ok().map(|v| v.as_str().to_owned()),
                text.parse::<Endpoint>().ok().map(|v| v.as_str().to_owned()),
            ];
            for value in taken.iter().flatten() {
                prop_assert!(!value.chars().any(char::is_control), "{value:?}");
            }
        }
    }
}
