//! The keywords of `printer-state-reasons` that stand by themselves.
//!
//! Those of RFC 8011, 5.4.12, of RFC 3998, of PWG 5100.9 (what the Printer MIB's alerts are in IPP), of PWG 5100.13 and
//! of PWG 5100.21, and a few that printers and CUPS use without asking. The classes of those that matter to an inkjet
//! printer are from a study of the PRO-1000 and its kin; the rest (toner, fusers, printers of solid things) follow them.

use super::{Class, Clears, Reason};

mod mild;
mod stopping;

/// See the head of the file.
pub const REASONS: &[&[Reason]] = &[mild::MILD, stopping::STOPPING];

const RFC_8011: &str = "RFC 8011, 5.4.12";
const RFC_3998: &str = "RFC 3998, 9";
const PWG_5100_9: &str = "PWG 5100.9, 8";
const PWG_5100_13: &str = "PWG 5100.13, 6";
const PWG_5100_21: &str = "PWG 5100.21, 8";
const BOTH: &str = "RFC 8011, 5.4.12; PWG 5100.9, 8";
const IN_USE: &str = "used by CUPS, PAPPL and vendors";

/// A row.
const fn reason(
    (class, stopped): (Class, Class),
    clears: Clears,
    source: &'static str,
    keywords: &'static [&'static str],
    advice: &'static str,
) -> Reason {
    Reason {
        keywords,
        class,
        stopped,
        clears,
        advice,
        source,
    }
}
