//! Addresses that are told what happens, and what is sent to them.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{EventSeq, JobId, Timestamp};

/// An address that is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// Where to.
    pub url: SmolStr,
    /// The job that it is about alone; none: it is about all.
    pub job: Option<JobId>,
    /// Names of the events that it is told; empty: all.
    pub events: Vec<SmolStr>,
    /// What signs that which is sent. In no log.
    pub secret: SmolStr,
    /// Whether it is told.
    pub is_enabled: bool,
    /// Who wished for it.
    pub by: SmolStr,
    /// Since when.
    pub created: Timestamp,
    /// The last event that was put into the outbox.
    pub through: EventSeq,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Webhook({}, {}, {:?})", self.id, self.host(), self.job)
    }
}

impl Webhook {
    /// The host and port that its address names, for the log: the rest of an address may be a secret.
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or("")
    }

    /// Whether it is told of an event of this name, about this job.
    pub fn wants(&self, name: &str, job: Option<JobId>) -> bool {
        self.is_enabled
            && (self.job.is_none() || self.job == job)
            && (self.events.is_empty() || self.events.iter().any(|event| event == name))
    }
}

/// How something in the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It will be tried.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up. A person can have it sent again.
    Dead,
}

impl DeliveryState {
    /// Its word on the disk.
    pub const fn keyword(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Dead => "dead",
        }
    }

    /// The state of a word.
    pub fn from_keyword(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::Dead]
            .into_iter()
            .find(|state| state.keyword() == word)
    }
}

/// Something in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number, which is sent with it: whoever hears it twice knows by it.
    pub id: i64,
    /// To which webhook.
    pub webhook: i64,
    /// The event that it tells of.
    pub event: EventSeq,
    /// The event's name.
    pub name: SmolStr,
    /// What is sent: JSON.
    pub body: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// When it is tried.
    pub next: Timestamp,
    /// How the last try went.
    pub said: SmolStr,
    /// Since when it is there.
    pub created: Timestamp,
    /// When it was delivered or given up.
    pub settled: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_told_no_more_of_an_address_than_its_host() {
        let hook = |url: &str| Webhook {
            id: 1,
            url: url.into(),
            job: None,
            events: Vec::new(),
            secret: "s".into(),
            is_enabled: true,
            by: "ola".into(),
            created: Timestamp(0),
            through: EventSeq(0),
        };
        assert_eq!(
            hook("https://chat.example:8443/services/SECRET?x=1").host(),
            "chat.example:8443"
        );
        assert_eq!(hook("https://chat.example?key=SECRET").host(), "chat.example");
        assert!(!format!("{:?}", hook("http://a/SECRET")).contains("SECRET"));
    }
}
