//! Settling an attempt: what follows from what is known, so that no sheet is ever printed twice by accident.
//!
//! | phase | nothing heard | printer says: never began | pending | printing | completed | ended otherwise | does not know it |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | opened | retry | retry | withdraw, retry | withdraw, retry | completed | retry | retry |
//! | sending | ask the printer | retry | withdraw, ask again | follow | completed | **ask a person** | **ask a person** |
//! | sent | ask the printer | retry | follow | follow | completed | **ask a person** | **ask a person** |
//!
//! Only `opened`, and a printer's plain word that it never began, lead to another try by itself: there after a back-off,
//! at another printer at once ([`crate::model::Avoid`]).
//!
//! A printer that refuses the job for what it is (format, attributes) changes this where its answer came after bytes had
//! left ([`after_refusal`]): it is asked for what it has of the job all the same.
//!
//! | it refused, and | never began, or does not know it | ended otherwise |
//! | --- | --- | --- |
//! | another printer is left | goes there | aborted: a sheet may have been begun |
//! | none is left ([`among`]) | aborted | aborted |
//!
//! A printer that has the whole job, prints nothing of it and lacks nothing but paper gives it back where another one has
//! the paper: it is told to cancel its job ([`Next::GiveBack`]), and only its word that the job is canceled with no sheet
//! printed leads to another try. Whatever else it says is settled as ever; canceled with sheets, or without saying how
//! many, is **ask a person**.
//!
//! A breakdown of our own is settled as the connection's loss would be; a retry after it is a strike
//! ([`crate::queue::poison`]).
//!
//! Where this life has seen the document break off ([`of_a_part`]), **completed** is a question too: the sheet is not the
//! whole page.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{AttemptPhase, Job, JobReason, PrinterId, RemoteJobState, Trouble, TroubleClass};

use super::courier::Inquiry;

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The printer completed it.
    Completed {
        /// Impressions, where the printer counts them.
        impressions: Option<u32>,
    },
    /// Nothing was printed; it may be tried again.
    Retry {
        /// Why, continuing "waits to be tried again: …".
        why: SmolStr,
        /// Decides the wait.
        class: TroubleClass,
    },
    /// Nothing was printed, and this printer refuses the job for what it is; another one may take it.
    Refused {
        /// Why, continuing "waits for another printer: …".
        why: SmolStr,
        /// The reason beside `aborted-by-system` when none is left.
        reason: JobReason,
    },
    /// It was suspended before any byte of its document left.
    Suspended,
    /// A sheet may lie in the printer, and only a person can tell.
    Ask {
        /// What happened, as a sentence.
        why: SmolStr,
    },
    /// It was canceled.
    Canceled {
        /// By whom or what.
        why: SmolStr,
    },
    /// It can't be printed.
    Failed {
        /// Why.
        why: SmolStr,
        /// The reason beside `aborted-by-system`.
        reason: JobReason,
    },
}

/// What to do next about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Close it.
    Close(Ending),
    /// Ask the printer how its job stands.
    Inquire,
    /// The printer's job goes on: ask again in a while.
    Follow,
    /// The printer does not answer: ask again in a while, and say so.
    Wait {
        /// Why, for the job's message.
        why: SmolStr,
    },
    /// Cancel the printer's job, then ask again.
    Withdraw,
    /// The printer has run out of paper, and another one has it: write down that the job is to be printed elsewhere, then
    /// as for [`Next::Withdraw`].
    GiveBack,
}

/// A delivery did not come to the printer's acknowledgement; `phase` is how far the journal says that it came.
pub fn after_trouble(phase: AttemptPhase, trouble: &Trouble) -> Next {
    let why = trouble.text.clone();
    let retry = Next::Close(Ending::Retry {
        why: why.clone(),
        class: trouble.class,
    });
    match (trouble.class, phase) {
        // The page can't be made: it is never sent again, whatever has left already.
        (TroubleClass::Render, _) => Next::Close(Ending::Failed {
            why,
            reason: JobReason::DocumentFormatError,
        }),
        (TroubleClass::JobBad, AttemptPhase::Opened) => Next::Close(refused(why)),
        (_, AttemptPhase::Opened) => retry,
        // It answered that it did not take the job, or has nothing of it any more.
        (TroubleClass::Busy | TroubleClass::Untaken, _) => retry,
        (_, AttemptPhase::Closed) => Next::Close(Ending::Ask {
            why: format_smolstr!("{why}."),
        }),
        _ => Next::Inquire,
    }
}

fn refused(why: SmolStr) -> Ending {
    Ending::Refused {
        why,
        reason: JobReason::UnsupportedDocumentFormat,
    }
}

/// What follows from `inquiry` is `next`, and the printer has refused the job by its answer to the document: nobody need
/// be asked.
pub fn after_refusal(inquiry: &Inquiry, why: &SmolStr, next: Next) -> Next {
    match (inquiry, next) {
        (Inquiry::Unknown, Next::Close(Ending::Ask { .. } | Ending::Retry { .. })) => Next::Close(refused(why.clone())),
        (Inquiry::Known(_), Next::Close(Ending::Retry { .. })) => Next::Close(refused(why.clone())),
        (Inquiry::Known(_), Next::Close(Ending::Ask { .. })) => Next::Close(Ending::Failed {
            why: why.clone(),
            reason: JobReason::UnsupportedDocumentFormat,
        }),
        (_, next) => next,
    }
}

/// The ending of a job's attempt at `printer`, now that the printers are known that may print the job at all: refused by
/// the last of them it is aborted.
pub fn among(ending: Ending, job: &Job, printer: &PrinterId, able: &[PrinterId]) -> Ending {
    match ending {
        Ending::Refused { why, reason } if able.iter().all(|p| p == printer || job.was_refused_by(p)) => {
            Ending::Failed { why, reason }
        }
        ending => ending,
    }
}

/// What is wanted of the printer's job, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stop {
    /// Somebody has canceled the job.
    pub cancel: bool,
    /// The printer lacks nothing but paper, and another one has it.
    pub give_back: bool,
    /// The attempt was written down as given back.
    pub given_back: bool,
    /// How often the printer's job was withdrawn already, in this life.
    pub withdrawn: u32,
}

/// The printer was asked for its job.
pub fn after_inquiry(phase: AttemptPhase, inquiry: &Inquiry, stop: Stop) -> Next {
    match inquiry {
        Inquiry::Unreachable { why } => Next::Wait { why: why.clone() },
        Inquiry::Unknown if phase == AttemptPhase::Opened => Next::Close(Ending::Retry {
            why: "the printer had not taken it".into(),
            class: TroubleClass::Busy,
        }),
        // It is never sent again: there is nothing to ask.
        Inquiry::Unknown if stop.cancel => Next::Close(Ending::Canceled {
            why: "was canceled while the page was on its way; a sheet may have been begun".into(),
        }),
        Inquiry::Unknown => Next::Close(Ending::Ask {
            why: "Contact with the printer was lost while the page was on its way, and the printer no longer knows the job."
                .into(),
        }),
        Inquiry::Known(state) => known(phase, state, stop),
    }
}

/// How often the question to a printer may break down before a person is asked.
const MOST_BREAKDOWNS: u32 = 20;

/// Platen broke down while it asked the printer, for the so-many-th time: it asks again, and gives up in the end, so that
/// the printer comes free.
pub fn after_breakdown(phase: AttemptPhase, breakdowns: u32) -> Next {
    let why = SmolStr::new_static("Platen broke down while it asked for the job; please report it");
    if breakdowns < MOST_BREAKDOWNS {
        return Next::Wait { why };
    }
    Next::Close(match phase {
        AttemptPhase::Opened => Ending::Retry {
            why,
            class: TroubleClass::Crash,
        },
        _ => Ending::Ask {
            why: format_smolstr!("{why}."),
        },
    })
}

/// What follows where the printer has a part of the document at most, for certain: a sheet that it calls completed is
/// not the page. (`ippeveprinter` is such a printer: it prints what has come.)
pub fn of_a_part(next: Next) -> Next {
    match next {
        Next::Close(Ending::Completed { .. }) => Next::Close(Ending::Ask {
            why: "The connection to the printer was lost in the middle of the page, and the printer has printed what it had."
                .into(),
        }),
        other => other,
    }
}

/// How often a printer's job is canceled before a person is asked.
const MOST_WITHDRAWALS: u32 = 20;

/// Whether the printer says that no sheet of its job was printed, and does not print it now.
pub fn is_untouched(remote: &RemoteJobState) -> bool {
    matches!(remote.state, 3 | 4 | 6) && remote.impressions_completed == Some(0)
}

fn known(phase: AttemptPhase, remote: &RemoteJobState, stop: Stop) -> Next {
    let (cancel_requested, withdrawn) = (stop.cancel, stop.withdrawn);
    let never_began = remote.began == Some(false) && remote.impressions_completed.unwrap_or(0) == 0;
    let says = remote
        .message
        .as_ref()
        .map(|m| format_smolstr!(" (the printer says: {m})"))
        .unwrap_or_default();
    match remote.state {
        9 => Next::Close(Ending::Completed {
            impressions: remote.impressions_completed,
        }),
        7 if cancel_requested => Next::Close(Ending::Canceled {
            why: "was canceled".into(),
        }),
        8 if cancel_requested && withdrawn > 0 => Next::Close(Ending::Canceled {
            why: "was canceled".into(),
        }),
        8 if refuses_format(remote) && never_began => Next::Close(refused(format_smolstr!(
            "the printer can't read the page that it was sent{says}"
        ))),
        7 | 8 if phase != AttemptPhase::Sent && (never_began || phase == AttemptPhase::Opened) => {
            Next::Close(Ending::Retry {
                why: format_smolstr!("the connection to the printer was lost before it began to print{says}"),
                class: TroubleClass::Offline,
            })
        }
        // Its own word that nothing came out, given after it was told to let go. A sheet that it has begun meanwhile it
        // would count, or not call the job canceled.
        7 if stop.given_back && remote.impressions_completed == Some(0) => Next::Close(Ending::Retry {
            why: "the printer had run out of paper before anything was printed".into(),
            class: TroubleClass::PaperOut,
        }),
        7 if withdrawn == 0 && !stop.given_back => Next::Close(Ending::Canceled {
            why: format_smolstr!("was canceled at the printer{says}"),
        }),
        7 | 8 if never_began => Next::Close(Ending::Retry {
            why: format_smolstr!("the printer gave the job up before it began to print{says}"),
            class: TroubleClass::Protocol,
        }),
        7 | 8 => Next::Close(Ending::Ask {
            why: format_smolstr!("The printer gave the job up{says}."),
        }),
        // Nothing of the document has left, or it never will arrive whole: the printer's job is of no use.
        3..=6
            if cancel_requested
                || phase == AttemptPhase::Opened
                || (remote.state <= 4 && phase != AttemptPhase::Sent) =>
        {
            if withdrawn >= MOST_WITHDRAWALS {
                Next::Close(Ending::Ask {
                    why: "The printer does not let go of the job, though it was told to cancel it.".into(),
                })
            } else {
                Next::Withdraw
            }
        }
        3..=6 if stop.give_back && is_untouched(remote) && withdrawn < MOST_WITHDRAWALS => Next::GiveBack,
        3..=6 => Next::Follow,
        other => Next::Close(Ending::Ask {
            why: format_smolstr!("The printer gives its job the state {other}, which IPP does not know."),
        }),
    }
}

fn refuses_format(remote: &RemoteJobState) -> bool {
    remote.reasons.iter().any(|r| {
        matches!(
            r.as_str(),
            "document-format-error"
                | "unsupported-document-format"
                | "document-unprintable-error"
                | "compression-error"
        )
    })
}

#[cfg(test)]
mod tests;
