//! What this authorization server is called (RFC 8414, 2): by one of its own names, whatever a request says of its host.
//! Whoever could have it called otherwise would have programs send their secrets elsewhere.

use std::net::{IpAddr, SocketAddr};

use crate::api::{Api, http};
use crate::door::Peer;

/// The port of HTTPS that is not written.
const HTTPS: u16 = 443;

/// What is known of where this house can be reached.
struct Own {
    /// Its names: those of its certificate.
    names: Vec<String>,
    /// Ports on which it listens.
    ports: Vec<u16>,
    /// The address that was called.
    called: Option<IpAddr>,
}

impl Own {
    /// Host and port of the issuer: as it is asked for, where that is this house, else by the name that never changes.
    fn authority(&self, asked: Option<&str>) -> String {
        let asked = asked.and_then(|host| self.own(host));
        asked.unwrap_or_else(|| with_port(self.name(), self.ports.first().copied().unwrap_or(HTTPS)))
    }

    /// A host with its port, in one way of writing it, if it is of this house.
    fn own(&self, host: &str) -> Option<String> {
        let name = http::without_port(host);
        let port = match host.strip_prefix(name)?.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None => HTTPS,
        };
        if port != HTTPS && !self.ports.contains(&port) {
            return None;
        }
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let is_name = self.names.contains(&name);
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_called = address.is_some() && address == self.called.map(|called| called.to_canonical());
        (is_name || is_called).then(|| with_port(&name, port))
    }

    /// The name by which it is found on the LAN, or the first that it has.
    fn name(&self) -> &str {
        let local = self.names.iter().find(|name| name.ends_with(".local"));
        local.or(self.names.last()).map_or("localhost", String::as_str)
    }
}

fn with_port(name: &str, port: u16) -> String {
    match port {
        HTTPS => name.to_owned(),
        port => format!("{name}:{port}"),
    }
}

impl Api {
    /// The issuer's host and port for whoever calls, and names this host.
    pub fn issuer(&self, host: Option<&str>, peer: Peer) -> String {
        let facts = self.estate.facts();
        let named = facts.certificate.map(|certificate| certificate.names);
        let own = Own {
            names: named.unwrap_or_else(|| vec!["localhost".to_owned()]),
            ports: facts.web.iter().map(SocketAddr::port).collect(),
            called: peer.called.map(|called| called.ip()),
        };
        own.authority(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_names_the_issuer() {
        let own = Own {
            names: ["localhost", "studio", "studio.local"].map(str::to_owned).to_vec(),
            ports: vec![8443],
            called: Some("::ffff:10.0.0.5".parse().unwrap()),
        };
        for (asked, told) in [
            ("studio.local:8443", "studio.local:8443"),
            ("STUDIO.local.:8443", "studio.local:8443"),
            ("localhost:8443", "localhost:8443"),
            // From outside by another port, which a router sends on.
            ("studio", "studio"),
            ("studio:443", "studio"),
            ("10.0.0.5:8443", "10.0.0.5:8443"),
            ("10.0.0.6:8443", "studio.local:8443"),
            ("evil.example", "studio.local:8443"),
            ("evil.example:8443", "studio.local:8443"),
            ("studio.local:9999", "studio.local:8443"),
            ("studio.local:x", "studio.local:8443"),
            ("studio.local.evil.example:8443", "studio.local:8443"),
            ("[::1]:8443", "studio.local:8443"),
            ("", "studio.local:8443"),
        ] {
            assert_eq!(own.authority(Some(asked)), told, "{asked}");
        }
        assert_eq!(own.authority(None), "studio.local:8443");
        let bare = Own {
            names: Vec::new(),
            ports: Vec::new(),
            called: Some("::1".parse().unwrap()),
        };
        assert_eq!(bare.authority(Some("[::1]")), "[::1]");
        assert_eq!(bare.authority(Some("x")), "localhost");
    }
}
