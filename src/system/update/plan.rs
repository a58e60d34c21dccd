//! Whether a bundle may be installed, and whether now: a pure function of what is known of it and of the house.
//!
//! | looked at first | |
//! | --- | --- |
//! | its signature, as RAUC says | refused |
//! | the machine that it is for | refused |
//! | its version: newer than the one that runs, unless an older one is asked for | refused |
//! | the version that it needs to be installed on | refused |
//! | whether this machine has its turn (only what installs itself) | refused |
//! | whether RAUC is at work already; whether a printer is; the window | waits |
//!
//! All that is refused is refused before a byte is written.

use smol_str::{SmolStr, format_smolstr};

use serde::{Deserialize, Serialize};

use super::channel;
use super::version::Version;
use crate::model::{Span, Timestamp};

/// A bundle, as it says of itself behind a good signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The machine that it is for.
    pub compatible: SmolStr,
    /// What it brings.
    pub version: Version,
    /// What it says of itself.
    pub description: SmolStr,
}

/// What a channel says of a bundle beside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The version that must run for it to be installed.
    pub minimum: Option<Version>,
    /// Of a hundred machines, how many shall have it by themselves; none: somebody asked for it on this one.
    pub share: Option<u8>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// What this machine is.
    pub compatible: SmolStr,
    /// The version that runs.
    pub version: Version,
    /// What tells this machine from others.
    pub machine: SmolStr,
}

/// When it shall be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// As soon as the printers have nothing to do.
    #[default]
    Now,
    /// As soon as the printers have nothing to do in the window of the configuration.
    Window,
}

/// How somebody wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// Also one that is older than what runs, or the same.
    pub allow_downgrade: bool,
    /// When.
    pub when: When,
}

/// The house at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct House {
    /// Names of the printers that have a job.
    pub busy: Vec<SmolStr>,
    /// The window that goes on, or the next one; none: there are no windows.
    pub window: Option<Span>,
    /// RAUC does something else.
    pub is_taken: bool,
}

/// Why a bundle is refused: one sentence for whoever brought it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// RAUC does not take it.
    #[error("{0}")]
    Untrusted(SmolStr),
    /// For another kind of machine.
    #[error("this bundle is for \"{theirs}\", and this machine is \"{ours}\": get the one that is for it")]
    OtherMachine {
        /// The bundle's.
        theirs: SmolStr,
        /// This one's.
        ours: SmolStr,
    },
    /// It runs already.
    #[error(
        "version {0} runs already: ask for it with \"also an older version\" (allow_downgrade) to install it again"
    )]
    Same(Version),
    /// It is older.
    #[error(
        "version {offered} is older than version {running}, which runs: ask for it with \"also an older version\" \
         (allow_downgrade) if it shall go back"
    )]
    Older {
        /// The bundle's.
        offered: Version,
        /// What runs.
        running: Version,
    },
    /// Something must be installed before it.
    #[error(
        "version {offered} can be installed on version {minimum} and later ones, and {running} runs: install that first"
    )]
    StepMissing {
        /// The bundle's.
        offered: Version,
        /// What it needs.
        minimum: Version,
        /// What runs.
        running: Version,
    },
    /// Its turn comes later.
    #[error(
        "version {0} is given out little by little, and this machine's turn has not come: it is installed when somebody asks for it"
    )]
    NotItsTurn(Version),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be written.
    Install,
    /// Not yet.
    Wait {
        /// Why, continuing "waits: …".
        why: SmolStr,
        /// When to look again at the latest, where that is known.
        until: Option<Timestamp>,
    },
    /// Not at all.
    Refuse(Refusal),
}

/// Whether it may be installed at all. `inspected` is RAUC's word, with its reason where it does not take it.
///
/// # Errors
/// [`Refusal`].
pub fn check<'a>(
    inspected: &'a Result<Bundle, SmolStr>,
    terms: &Terms,
    running: &Running,
    wish: Wish,
) -> Result<&'a Bundle, Refusal> {
    let bundle = inspected.as_ref().map_err(|why| Refusal::Untrusted(untrusted(why)))?;
    if bundle.compatible != running.compatible {
        return Err(Refusal::OtherMachine {
            theirs: bundle.compatible.clone(),
            ours: running.compatible.clone(),
        });
    }
    let (offered, now) = (&bundle.version, &running.version);
    if !wish.allow_downgrade {
        match offered.precedence(now) {
            std::cmp::Ordering::Less => {
                return Err(Refusal::Older {
                    offered: offered.clone(),
                    running: now.clone(),
                });
            }
            std::cmp::Ordering::Equal => return Err(Refusal::Same(offered.clone())),
            std::cmp::Ordering::Greater => {}
        }
    }
    if let Some(minimum) = terms.minimum.as_ref().filter(|minimum| now.is_older_than(minimum)) {
        return Err(Refusal::StepMissing {
            offered: offered.clone(),
            minimum: minimum.clone(),
            running: now.clone(),
        });
    }
    match terms.share {
        Some(share) if !channel::has_its_turn(&running.machine, offered, share) => {
            Err(Refusal::NotItsTurn(offered.clone()))
        }
        _ => Ok(bundle),
    }
}

/// Whether what may be done to the machine may be done now.
pub fn moment(wish: Wish, house: &House, now: Timestamp) -> Verdict {
    if house.is_taken {
        return Verdict::Wait {
            why: "another update is being installed".into(),
            until: None,
        };
    }
    if wish.when == When::Window {
        match house.window {
            None => {
                return Verdict::Wait {
                    why: "there is no window for updates: set one in [updates], or install it now".into(),
                    until: None,
                };
            }
            Some(window) if now < window.from => {
                return Verdict::Wait {
                    why: "the window for updates has not begun".into(),
                    until: Some(window.from),
                };
            }
            // What has ended is none any more, and the next one is told.
            Some(window) if now >= window.to => {
                return Verdict::Wait {
                    why: "the window for updates is over".into(),
                    until: None,
                };
            }
            Some(_) => {}
        }
    }
    match house.busy.as_slice() {
        [] => Verdict::Install,
        [printer] => Verdict::Wait {
            why: format_smolstr!("{printer} prints"),
            until: None,
        },
        printers => Verdict::Wait {
            why: format_smolstr!("{} print", printers.join(" and ")),
            until: None,
        },
    }
}

/// Both: what is to be done with a bundle at a moment.
pub fn decide(
    inspected: &Result<Bundle, SmolStr>,
    terms: &Terms,
    running: &Running,
    (wish, house, now): (Wish, &House, Timestamp),
) -> Verdict {
    match check(inspected, terms, running, wish) {
        Ok(_) => moment(wish, house, now),
        Err(refusal) => Verdict::Refuse(refusal),
    }
}

/// What RAUC says of a bundle that it does not take, for a person.
fn untrusted(why: &str) -> SmolStr {
    let lower = why.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let what = if has(&[
        "signature size",
        "too small",
        "exceeds bundle size",
        "not a bundle",
        "invalid identifier",
    ]) {
        "this is no whole update bundle: load it down again"
    } else if has(&["self-signed", "issuer certificate", "unable to get", "certificate"]) {
        "this bundle is signed by nobody whom this machine trusts"
    } else if has(&["verify error", "signature", "padding", "digest"]) {
        "this bundle's signature is wrong: it was changed, or damaged on its way"
    } else if has(&["formats", "format"]) {
        "this bundle is in a format that this machine does not take"
    } else {
        "RAUC does not take this bundle"
    };
    format_smolstr!("{what} (RAUC says: {})", one_line(why))
}

/// The words of somebody else as one line of a length that can be shown.
pub fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests;
