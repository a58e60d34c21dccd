//! How a printer is reached beside its address: whom it lets in, what it is asked by, and by what it is known again.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Digest;

/// A password that the house knows and gives to nobody but the printer that it is for. It is in no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(SmolStr);

impl Password {
    /// Keeps one.
    pub fn new(text: impl Into<SmolStr>) -> Password {
        Password(text.into())
    }

    /// Itself, for the one who sends or keeps it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How a printer is asked by SNMP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SnmpAccess {
    /// Whether at all.
    pub on: bool,
    /// The community that may read. Most printers are shipped with `public`.
    pub community: Password,
    /// Where its agent listens.
    pub port: u16,
}

impl Default for SnmpAccess {
    fn default() -> Self {
        SnmpAccess {
            on: true,
            community: Password::new("public"),
            port: 161,
        }
    }
}

/// By what a printer is known again: what it showed at first sight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `printer-uuid`
    #[serde(default)]
    pub uuid: Option<SmolStr>,
    /// SHA-256 of its certificate's public key, or of the certificate where its key can't be read.
    #[serde(default)]
    pub key: Option<Digest>,
}

impl Identity {
    /// What another sight adds to it; `Err` with what is another than before.
    ///
    /// # Errors
    /// The part of `seen` that contradicts what is known.
    pub fn with(&self, seen: &Identity) -> Result<Identity, Identity> {
        let other = Identity {
            uuid: seen
                .uuid
                .clone()
                .filter(|uuid| self.uuid.as_ref().is_some_and(|known| known != uuid)),
            key: seen.key.filter(|key| self.key.is_some_and(|known| known != *key)),
        };
        if other != Identity::default() {
            return Err(other);
        }
        Ok(Identity {
            uuid: self.uuid.clone().or_else(|| seen.uuid.clone()),
            key: self.key.or(seen.key),
        })
    }
}

/// How a printer is reached beside its address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Name and password that it asks for.
    pub user: Option<(SmolStr, Password)>,
    /// SNMP.
    pub snmp: SnmpAccess,
    /// Whether what is said to it is written down, for support.
    pub trace: bool,
    /// By what it is known.
    pub known: Identity,
    /// What it, or another one at its address, has shown since that is not what is known.
    pub seen: Option<Identity>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_first_stays() {
        let uuid = |uuid: &str| Identity {
            uuid: Some(uuid.into()),
            key: None,
        };
        let key = |byte| Identity {
            uuid: None,
            key: Some(Digest([byte; 32])),
        };
        let known = Identity::default().with(&uuid("a")).unwrap().with(&key(1)).unwrap();
        assert_eq!(known.with(&Identity::default()), Ok(known.clone()));
        assert_eq!(known.with(&known), Ok(known.clone()));
        assert_eq!(known.with(&uuid("b")), Err(uuid("b")));
        assert_eq!(
            known.with(&Identity {
                uuid: Some("a".into()),
                ..key(2)
            }),
            Err(key(2))
        );
        assert!(
            !format!(
                "{:?}",
                Access {
                    user: Some(("me".into(), Password::new("hush"))),
                    ..Access::default()
                }
            )
            .contains("hush")
        );
    }
}
