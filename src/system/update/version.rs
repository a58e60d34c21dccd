//! Versions of the appliance: which of two is the newer one.
//!
//! They are compared as Semantic Versioning 2.0.0 does it (11), but for what people write beside it: numbers that are left
//! out count as 0, there may be more than three, and `~` stands for the hyphen, as in Debian's versions.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Longest version, in bytes.
const MOST: usize = 64;

/// A version as `os-release` and bundles have it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Version(SmolStr);

/// What is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no version: it is made of up to {MOST} letters, digits and . + ~ -, and begins with a digit")]
pub struct VersionError(SmolStr);

impl Version {
    /// The daemon's own, where the system's is not known.
    pub fn own() -> Version {
        // Cargo's versions are all versions.
        Version(SmolStr::new_static(env!("CARGO_PKG_VERSION")))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which comes before the other. Two that are written differently may be the same: `1.0` and `1.0.0`.
    pub fn precedence(&self, other: &Version) -> Ordering {
        let ((core, pre), (their_core, their_pre)) = (self.parts(), other.parts());
        numbers(core, their_core).then_with(|| match (pre, their_pre) {
            (None, None) => Ordering::Equal,
            // What comes before a version is less than it.
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(pre), Some(theirs)) => words(pre, theirs),
        })
    }

    /// Whether it comes before the other.
    pub fn is_older_than(&self, other: &Version) -> bool {
        self.precedence(other) == Ordering::Less
    }

    /// The numbers, and what is written behind the first hyphen; builds (`+…`) don't count.
    fn parts(&self) -> (&str, Option<&str>) {
        let counted = self.0.split('+').next().unwrap_or("");
        match counted.split_once(['-', '~']) {
            Some((core, pre)) => (core, Some(pre)),
            None => (counted, None),
        }
    }
}

/// Numbers between dots; those that are not there are 0.
fn numbers(one: &str, other: &str) -> Ordering {
    let (mut ours, mut theirs) = (one.split('.'), other.split('.'));
    loop {
        let order = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => word(a.unwrap_or("0"), b.unwrap_or("0")),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Words between dots; fewer of them come first.
fn words(one: &str, other: &str) -> Ordering {
    let (mut ours, mut theirs) = (one.split(['.', '-', '~']), other.split(['.', '-', '~']));
    loop {
        let order = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => word(a, b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers by their value, of any length, and before all that are none.
fn word(one: &str, other: &str) -> Ordering {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match (is_number(one), is_number(other)) {
        (true, true) => {
            let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
            one.len().cmp(&other.len()).then_with(|| one.cmp(other))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(other),
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let is_good = (1..=MOST).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'~' | b'-'));
        match is_good {
            true => Ok(Version(text.into())),
            false => Err(VersionError(text.chars().take(MOST).collect())),
        }
    }
}

impl TryFrom<SmolStr> for Version {
    type Error = VersionError;

    fn try_from(text: SmolStr) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<Version> for SmolStr {
    fn from(version: Version) -> SmolStr {
        version.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_stand_in_the_order_of_semver_and_of_those_who_write_them() {
        let order = [
            "0.1.0-dev",
            "0.1.0",
            "0.9",
            "0.10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0~rc.1",
            "1.0",
            "1.0.0.1",
            "1.2",
            "2",
            "2026.12",
            "20261201000000000000000",
        ];
        for pair in order.windows(2) {
            let (one, other) = (version(pair[0]), version(pair[1]));
            assert!(one.is_older_than(&other), "{one} {other}");
            assert!(!other.is_older_than(&one), "{one} {other}");
        }
        for (one, other) in [("1", "1.0.0"), ("1.0+a", "1.0+b"), ("01.2", "1.02")] {
            assert_eq!(version(one).precedence(&version(other)), Ordering::Equal);
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        let long = "1".repeat(MOST + 1);
        for bad in ["", "v1", "1 0", "1/0", "1_0", "-1", "ü", &long] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn there_is_one_order(
            a in "[0-9]{1,3}(\\.[0-9a-z]{1,3}){0,3}([-~][0-9a-z.~-]{1,6})?(\\+[a-z0-9]{1,3})?",
            b in "[0-9]{1,3}(\\.[0-9a-z]{1,3}){0,3}([-~][0-9a-z.~-]{1,6})?",
            c in "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}([-~][0-9a-z.]{1,6})?",
        ) {
            let (a, b, c) = (version(&a), version(&b), version(&c));
            prop_assert_eq!(a.precedence(&a), Ordering::Equal);
            prop_assert_eq!(a.precedence(&b), b.precedence(&a).reverse());
            if a.precedence(&b) != Ordering::Greater && b.precedence(&c) != Ordering::Greater {
                prop_assert!(a.precedence(&c) != Ordering::Greater, "{} {} {}", a, b, c);
            }
        }
    }
}
