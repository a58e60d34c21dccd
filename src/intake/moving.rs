//! Moving a job that is with no printer to another one: whether it would still be what was asked for, and its ticket
//! there.

use smol_str::{SmolStr, format_smolstr};

use super::{Ignored, decide, revise, wishes_of};
use crate::model::{Capabilities, Job, Source};

/// Refuses a move after which the job would not be what was asked for.
///
/// # Errors
/// What is not to be had there, for a person.
pub fn check_move(job: &Job, to: &str, able: &[&Capabilities]) -> Result<(), SmolStr> {
    let facts = job.documents.first().map(|d| &d.facts);
    let mut wishes = wishes_of(&job.ticket);
    let media = &job.ticket.media;
    if media.from == Source::Template {
        // What its template wants of the sheet it needs there, too.
        (wishes.size, wishes.margins) = (Some(media.value.size.clone()), Some(media.value.margins));
    }
    let ignored = decide(&wishes, facts, able).ignored;
    if ignored.is_empty() {
        return Ok(());
    }
    let words: Vec<&str> = ignored.iter().map(Ignored::in_words).collect();
    Err(format_smolstr!(
        "job {} can't be moved to {to}: not to be had there as it was asked for: {}. Change the job first, or choose \
         another printer",
        job.id,
        words.join(", ")
    ))
}

/// What becomes of its ticket there, by what `able` can do.
pub fn adapt_to(able: Vec<Capabilities>) -> impl FnOnce(&mut Job) + Send + 'static {
    move |job| {
        let able: Vec<&Capabilities> = able.iter().collect();
        revise(job, &Default::default(), &[], &able);
    }
}

/// Why a job that is with a printer can't be moved.
pub fn with_printer(refusal: &dyn std::fmt::Display) -> SmolStr {
    format_smolstr!("{refusal}. Its page may be in the printer: let it print, or cancel it")
}
