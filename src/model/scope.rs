//! Who may do what: roles of people, and scopes, which tokens are given for (RFC 6749, 3.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person is to the studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks on.
    Viewer,
    /// Prints, and sees what is his own.
    Client,
    /// Runs the printers: everybody's jobs, papers, routines.
    Operator,
    /// Everything, people and settings included.
    Owner,
}

impl Role {
    /// All, the least first.
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Client, Role::Operator, Role::Owner];

    /// Its name in requests and on the disk.
    pub const fn keyword(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Client => "client",
            Role::Operator => "operator",
            Role::Owner => "owner",
        }
    }

    /// What people of this role may do.
    pub fn scopes(self) -> Scopes {
        use Scope::{
            EventsRead, JobsAll, JobsRead, JobsWrite, PapersRead, PapersWrite, PrintersControl, PrintersRead,
            ProfilesRead, TemplatesRead, TemplatesWrite,
        };
        match self {
            Role::Viewer => [
                JobsRead,
                JobsAll,
                PrintersRead,
                PapersRead,
                ProfilesRead,
                TemplatesRead,
                EventsRead,
            ]
            .into_iter()
            .collect(),
            Role::Client => [
                JobsRead,
                JobsWrite,
                PrintersRead,
                PapersRead,
                ProfilesRead,
                TemplatesRead,
                EventsRead,
            ]
            .into_iter()
            .collect(),
            Role::Operator => Role::Viewer.scopes().union(
                [JobsWrite, PrintersControl, PapersWrite, TemplatesWrite]
                    .into_iter()
                    .collect(),
            ),
            Role::Owner => Scope::ALL.into_iter().collect(),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Role::ALL.into_iter().find(|role| role.keyword() == text);
        found.ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// One thing that a caller may do: a resource and a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    /// See jobs: one's own, unless [`Scope::JobsAll`] is there, too.
    JobsRead,
    /// Make jobs, and act on those that one may see.
    JobsWrite,
    /// Jobs of everybody.
    JobsAll,
    /// See printers, supplies, what is loaded.
    PrintersRead,
    /// Pause and resume, say what is loaded, run routines.
    PrintersControl,
    /// Add, change and remove printers.
    PrintersWrite,
    /// See papers and their stock.
    PapersRead,
    /// Change papers, book sheets.
    PapersWrite,
    /// See profiles.
    ProfilesRead,
    /// Add and remove profiles.
    ProfilesWrite,
    /// See templates and presets.
    TemplatesRead,
    /// Change them.
    TemplatesWrite,
    /// See what happens while it happens.
    EventsRead,
    /// Say where events are sent.
    WebhooksWrite,
    /// See people.
    UsersRead,
    /// Add, change and remove people.
    UsersWrite,
    /// See programs that may call.
    ClientsRead,
    /// Add and revoke them.
    ClientsWrite,
    /// See settings and the log.
    SettingsRead,
    /// Change settings.
    SettingsWrite,
}

impl Scope {
    /// All, in the order of their bits.
    pub const ALL: [Scope; 20] = [
        Scope::JobsRead,
        Scope::JobsWrite,
        Scope::JobsAll,
        Scope::PrintersRead,
        Scope::PrintersControl,
        Scope::PrintersWrite,
        Scope::PapersRead,
        Scope::PapersWrite,
        Scope::ProfilesRead,
        Scope::ProfilesWrite,
        Scope::TemplatesRead,
        Scope::TemplatesWrite,
        Scope::EventsRead,
        Scope::WebhooksWrite,
        Scope::UsersRead,
        Scope::UsersWrite,
        Scope::ClientsRead,
        Scope::ClientsWrite,
        Scope::SettingsRead,
        Scope::SettingsWrite,
    ];

    /// Its name in tokens and requests.
    pub const fn keyword(self) -> &'static str {
        match self {
            Scope::JobsRead => "jobs:read",
            Scope::JobsWrite => "jobs:write",
            Scope::JobsAll => "jobs:all",
            Scope::PrintersRead => "printers:read",
            Scope::PrintersControl => "printers:control",
            Scope::PrintersWrite => "printers:write",
            Scope::PapersRead => "papers:read",
            Scope::PapersWrite => "papers:write",
            Scope::ProfilesRead => "profiles:read",
            Scope::ProfilesWrite => "profiles:write",
            Scope::TemplatesRead => "templates:read",
            Scope::TemplatesWrite => "templates:write",
            Scope::EventsRead => "events:read",
            Scope::WebhooksWrite => "webhooks:write",
            Scope::UsersRead => "users:read",
            Scope::UsersWrite => "users:write",
            Scope::ClientsRead => "clients:read",
            Scope::ClientsWrite => "clients:write",
            Scope::SettingsRead => "settings:read",
            Scope::SettingsWrite => "settings:write",
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Scope::ALL.into_iter().find(|scope| scope.keyword() == text);
        found.ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// A word that names no role or scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not known here")]
pub struct UnknownWord(pub String);

/// A set of scopes. As text: their names with spaces between.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether it has one.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// What both have.
    pub const fn intersection(self, other: Scopes) -> Scopes {
        Scopes(self.0 & other.0)
    }

    /// What either has.
    pub const fn union(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }

    /// Whether all of it is in the other.
    pub const fn is_within(self, other: Scopes) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that it has.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Scopes(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}

impl FromStr for Scopes {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.split_ascii_whitespace().map(Scope::from_str).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::keyword).collect();
        f.write_str(&words.join(" "))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

impl Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_back_as_they_are_written() {
        let all: Scopes = Scope::ALL.into_iter().collect();
        assert_eq!(all.to_string().parse(), Ok(all));
        assert_eq!(all.iter().count(), Scope::ALL.len());
        for (bit, scope) in Scope::ALL.into_iter().enumerate() {
            assert_eq!(scope as usize, bit, "{}", scope.keyword());
            assert_eq!(scope.keyword().parse(), Ok(scope));
        }
        assert!("jobs:read jobs:eat".parse::<Scopes>().is_err());
        assert_eq!("".parse(), Ok(Scopes::default()));
    }

    #[test]
    fn nobody_may_do_more_than_whoever_stands_above_him() {
        assert!(Role::Viewer.scopes().is_within(Role::Operator.scopes()));
        assert!(Role::Client.scopes().is_within(Role::Operator.scopes()));
        assert!(Role::Operator.scopes().is_within(Role::Owner.scopes()));
        assert!(!Role::Viewer.scopes().has(Scope::JobsWrite));
        assert!(!Role::Client.scopes().has(Scope::JobsAll));
        assert!(!Role::Operator.scopes().has(Scope::UsersRead));
    }
}
