//! Identifiers. Numbers are given once and never again, also after a crash.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// A job, IPP's `job-id`: 1 to 2³¹−1.
    JobId
);
number_id!(
    /// A document of a job, unique over all jobs.
    DocumentId
);
number_id!(
    /// One try to deliver one job to one printer.
    AttemptId
);
number_id!(
    /// The place of an event in the one log; grows by commit order.
    EventSeq
);

/// Longest short name in bytes: a DNS label's length, for names stand in those, too.
pub(super) const MOST_SHORT: usize = 63;

/// Whether a text is a short name as it stands in paths.
pub(super) fn is_short_name(text: &str) -> bool {
    (1..=MOST_SHORT).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The short name of what people call `name`, of `most` bytes at most; empty when nothing usable is left.
pub(super) fn slug(name: &str, most: usize) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(most);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A printer's short name as it stands in paths: lower-case letters, digits and hyphens, 1 to 63 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct PrinterId(SmolStr);

/// A text that can't be a [`PrinterId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" can't name a printer: use 1 to 63 lower-case letters, digits or hyphens, beginning with a letter or digit"
)]
pub struct PrinterIdError(pub SmolStr);

impl PrinterId {
    /// Checks and takes a short name.
    ///
    /// # Errors
    /// [`PrinterIdError`] when it is empty, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, PrinterIdError> {
        if is_short_name(text) {
            Ok(PrinterId(SmolStr::new(text)))
        } else {
            Err(PrinterIdError(SmolStr::new(text)))
        }
    }

    /// The short name of a printer that people call `name`: "Gertie 2" becomes `gertie-2`.
    ///
    /// # Errors
    /// [`PrinterIdError`] when nothing usable is left.
    pub fn from_name(name: &str) -> Result<Self, PrinterIdError> {
        Self::new(&slug(name, MOST_SHORT))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrinterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<SmolStr> for PrinterId {
    type Error = PrinterIdError;
    fn try_from(text: SmolStr) -> Result<Self, PrinterIdError> {
        Self::new(&text)
    }
}

impl From<PrinterId> for SmolStr {
    fn from(id: PrinterId) -> SmolStr {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_short_names() {
        assert_eq!(PrinterId::from_name("Gertie").unwrap().as_str(), "gertie");
        assert_eq!(
            PrinterId::from_name(" PRO 1000 / left ").unwrap().as_str(),
            "pro-1000-left"
        );
        assert!(PrinterId::from_name("…").is_err());
        assert!(PrinterId::new("../etc").is_err());
    }
}
