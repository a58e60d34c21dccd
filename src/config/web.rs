//! `[web]`: the door for people and programs.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The door for people and programs: pages and the API, by HTTPS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Web {
    /// Addresses and ports to listen on for HTTPS. Port 0 takes any free one; an empty list opens no door.
    pub listen: Vec<SocketAddr>,
    /// Addresses and ports of plain HTTP, which sends everybody on to the first of `listen`.
    pub redirect: Vec<SocketAddr>,
    /// Most connections at once.
    pub connections: usize,
    /// Seconds that a request's head may take to arrive.
    pub head_seconds: u64,
    /// Seconds without a byte of a body before its connection is closed.
    pub idle_seconds: u64,
}

/// `[webhooks]`: whom the house may tell what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Webhooks {
    /// Whether addresses inside the studio's own network may be told, and in the open.
    pub private: bool,
}

impl Default for Web {
    fn default() -> Self {
        Web {
            listen: vec![
                SocketAddr::from(([127, 0, 0, 1], 8443)),
                SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 8443)),
            ],
            redirect: Vec::new(),
            connections: 512,
            head_seconds: 20,
            idle_seconds: 60,
        }
    }
}
