//! The channel: what new versions there are, told by a small signed document over HTTPS.
//!
//! ```json
//! {"index": "{\"format\": \"platen-updates\", …}", "signature": "BASE64"}
//! ```
//!
//! The index is JSON inside a string, so that what was signed is told byte for byte; the signature is Ed25519 (RFC 8032)
//! over the line `platen-updates` and the index. HTTPS alone would trust whoever holds a certificate for the name. The
//! bundles themselves are signed for RAUC by another key: whoever has the channel's key can offer what was released, and
//! nothing else.

use serde::Deserialize;
use smol_str::SmolStr;

use super::version::Version;
use crate::crypto::{PublicKey, Sha256};
use crate::model::{Digest, Timestamp};

/// What the signature is over, before the index: it is good for nothing else.
const DOMAIN: &[u8] = b"platen-updates\n";
/// Most bytes of the document.
pub const MOST_BYTES: usize = 256 << 10;
/// Most releases of an index.
const MOST_RELEASES: usize = 100;
/// Most bytes of the notes of a release.
const MOST_NOTES: usize = 8 << 10;
/// Most bytes of a bundle: what a slot holds, and its tree of digests.
pub const MOST_BUNDLE: u64 = 160 << 20;
/// How far ahead of our clock an index may have been made, in milliseconds: clocks differ.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;

/// What is wrong with the channel's answer, for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It is none.
    #[error("the channel's answer is no list of versions: {0}")]
    Unreadable(SmolStr),
    /// Somebody else has made it.
    #[error("the channel's list is not signed by its key: nothing of it is believed")]
    Unsigned,
    /// It is for another kind of machine.
    #[error("the channel's list is for \"{theirs}\", and this machine is \"{ours}\": set another channel in [updates]")]
    OtherMachine {
        /// The list's.
        theirs: SmolStr,
        /// This one's.
        ours: SmolStr,
    },
    /// Somebody keeps the newer ones from us.
    #[error("the channel's list is older than one that was seen before: it may be held back by somebody on the way")]
    GoesBack,
    /// It was good once.
    #[error(
        "the channel's list is good no longer: whoever runs the channel must sign it anew, or this machine's clock is wrong"
    )]
    Expired,
}

#[derive(Deserialize)]
struct Envelope {
    index: String,
    signature: String,
}

/// The list of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// When it was made.
    pub made: Timestamp,
    /// What there is, in the order of the list.
    pub releases: Vec<Release>,
}

#[derive(Deserialize)]
struct Written {
    format: SmolStr,
    compatible: SmolStr,
    made: SmolStr,
    expires: SmolStr,
    releases: Vec<Release>,
}

/// A version that can be installed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Release {
    /// Which.
    pub version: Version,
    /// What is new, as plain text.
    #[serde(default)]
    pub notes: SmolStr,
    /// The version that must run for it to be installed.
    #[serde(default)]
    pub minimum_version: Option<Version>,
    /// Of a hundred machines, how many shall have it by themselves.
    #[serde(default = "all")]
    pub rollout_percent: u8,
    /// Where the bundle is.
    pub url: SmolStr,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

fn all() -> u8 {
    100
}

/// Reads a list that `key` has signed. `known` is when the newest list that was seen was made.
///
/// # Errors
/// [`ChannelError`].
pub fn read(
    bytes: &[u8],
    (key, compatible): (&PublicKey, &str),
    known: Option<Timestamp>,
    now: Timestamp,
) -> Result<Index, ChannelError> {
    use base64::Engine as _;
    let unreadable =
        |why: &dyn std::fmt::Display| ChannelError::Unreadable(super::plan::one_line(&why.to_string()).into());
    if bytes.len() > MOST_BYTES {
        return Err(unreadable(&"it is too long"));
    }
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|e| unreadable(&e))?;
    let signature = base64::engine::general_purpose::STANDARD.decode(envelope.signature.as_bytes());
    let signature = signature.map_err(|e| unreadable(&e))?;
    let signed = [DOMAIN, envelope.index.as_bytes()].concat();
    if !key.verifies(&signed, &signature) {
        return Err(ChannelError::Unsigned);
    }
    let written: Written = serde_json::from_str(&envelope.index).map_err(|e| unreadable(&e))?;
    if written.format != "platen-updates" {
        return Err(unreadable(&"its format is another one"));
    }
    if written.compatible != compatible {
        return Err(ChannelError::OtherMachine {
            theirs: written.compatible,
            ours: compatible.into(),
        });
    }
    let moment = |text: &str| {
        let read: Result<jiff::Timestamp, _> = text.parse();
        read.map(|at| Timestamp(at.as_millisecond()))
            .map_err(|e| unreadable(&e))
    };
    let (made, expires) = (moment(&written.made)?, moment(&written.expires)?);
    if known.is_some_and(|known| made < known) {
        return Err(ChannelError::GoesBack);
    }
    if expires <= now || made.0 > now.0.saturating_add(AHEAD_MS) {
        return Err(ChannelError::Expired);
    }
    let is_odd = |release: &Release| {
        release.notes.len() > MOST_NOTES || release.rollout_percent > 100 || !(1..=MOST_BUNDLE).contains(&release.bytes)
    };
    if written.releases.len() > MOST_RELEASES || written.releases.iter().any(is_odd) {
        return Err(unreadable(&"a release of it, or their number, is beyond what can be"));
    }
    Ok(Index {
        made,
        releases: written.releases,
    })
}

/// The newest version that can be installed on the one that runs, where there is one that is newer.
pub fn newest<'a>(index: &'a Index, running: &Version) -> Option<&'a Release> {
    let can_be = |release: &&Release| {
        running.is_older_than(&release.version)
            && release
                .minimum_version
                .as_ref()
                .is_none_or(|minimum| !running.is_older_than(minimum))
    };
    let newer = index.releases.iter().filter(can_be);
    newer.max_by(|one, other| one.version.precedence(&other.version))
}

/// Whether a machine is among the `share` of a hundred that shall have a version by themselves. Whoever is stays so when
/// the share grows, and each version begins with others.
pub fn has_its_turn(machine: &str, version: &Version, share: u8) -> bool {
    let digest = Sha256::of(format!("{machine}\n{version}").as_bytes());
    let number = u32::from_be_bytes([digest.0[0], digest.0[1], digest.0[2], digest.0[3]]);
    u64::from(number) * 100 < u64::from(share) << 32
}

#[cfg(test)]
pub(super) mod tests;
