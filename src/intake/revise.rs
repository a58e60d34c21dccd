//! Deciding a ticket once more, when wishes have changed after the job was made.

use smol_str::SmolStr;

use super::decide::{OPEN_AUTO_FIT, decide};
use super::wishes::{Wish, Wishes};
use crate::model::{Capabilities, Decided, Job, PrintScaling, Source, Ticket};

/// What the client had wished for, read back out of a ticket.
pub fn wishes_of(ticket: &Ticket) -> Wishes {
    fn client<T: Clone>(decided: &Decided<T>) -> Option<T> {
        (decided.from == Source::Client).then(|| decided.value.clone())
    }
    let media = client(&ticket.media);
    let pages = client(&ticket.pages);
    let scaling = match (ticket.scaling.from, ticket.scaling.value) {
        (Source::Client, PrintScaling::Fit) => Some(Wish::Fit),
        (Source::Client, PrintScaling::Fill) => Some(Wish::Fill),
        (Source::Client, PrintScaling::None) => Some(Wish::None),
        _ if ticket.scaling.why.starts_with("auto-fit") => Some(Wish::AutoFit),
        _ if ticket.scaling.why.starts_with("auto") => Some(Wish::Auto),
        _ => None,
    };
    Wishes {
        size: media.as_ref().map(|m| m.size.clone()),
        media_type: media.as_ref().map(|m| m.media_type.clone()),
        source: media.as_ref().map(|m| m.source.clone()),
        margins: media.as_ref().map(|m| m.margins),
        copies: client(&ticket.copies),
        scaling,
        orientation: client(&ticket.orientation),
        quality: client(&ticket.quality),
        color_mode: client(&ticket.color_mode),
        intent: client(&ticket.intent),
        resolution: client(&ticket.resolution).flatten(),
        page_ranges: pages.as_ref().map(|p| p.ranges.clone()).filter(|r| !r.is_empty()),
        overrides: pages.as_ref().map(|p| p.overrides.clone()).filter(|o| !o.is_empty()),
        number_up: pages.map(|p| p.number_up).filter(|n| *n > 0),
    }
}

/// Decides the ticket of a job again, with new wishes over its old ones, and those of the IPP attributes `cleared`
/// taken back.
pub fn revise(job: &mut Job, newer: &Wishes, cleared: &[SmolStr], able: &[&Capabilities]) {
    let mut older = wishes_of(&job.ticket);
    for attribute in cleared {
        older.clear(attribute);
    }
    let facts = job.documents.first().map(|d| &d.facts);
    let mut ticket = decide(&newer.clone().or(older), facts, able).ticket;
    let before = &job.ticket;
    (ticket.deadline, ticket.routine) = (before.deadline, before.routine);
    ticket.edition.clone_from(&before.edition);
    keep_template(&mut ticket, before);
    // What deliveries have warned of stays.
    for warning in &job.ticket.warnings {
        if !ticket.warnings.contains(warning) {
            ticket.warnings.push(warning.clone());
        }
    }
    debug_assert!(facts.is_none() || ticket.scaling.why != OPEN_AUTO_FIT);
    job.ticket = ticket;
}

/// A template goes on, with the sheet that it said where nobody else does.
pub(super) fn keep_template(ticket: &mut Ticket, before: &Ticket) {
    ticket.template.clone_from(&before.template);
    if before.media.from == Source::Template && ticket.media.from == Source::Default {
        ticket.media = before.media.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MediaSize, PrintQuality, RenderingIntent, Resolution};

    #[test]
    fn wishes_come_back_out_of_the_ticket() {
        let wishes = Wishes {
            size: Some(MediaSize::from_name("iso_a3_297x420mm").unwrap()),
            copies: Some(3),
            scaling: Some(Wish::Fill),
            quality: Some(PrintQuality::High),
            intent: RenderingIntent::from_keyword("perceptual"),
            resolution: Some(Resolution::square(600)),
            ..Wishes::default()
        };
        let ticket = decide(&wishes, None, &[]).ticket;
        let again = decide(&wishes_of(&ticket), None, &[]).ticket;
        assert_eq!(again, ticket);
        for scaling in [Wish::Auto, Wish::AutoFit, Wish::Fit, Wish::None] {
            let wishes = Wishes {
                scaling: Some(scaling),
                ..Wishes::default()
            };
            let ticket = decide(&wishes, None, &[]).ticket;
            assert_eq!(decide(&wishes_of(&ticket), None, &[]).ticket, ticket, "{scaling:?}");
        }
        let nothing = decide(&Wishes::default(), None, &[]).ticket;
        assert_eq!(wishes_of(&nothing), Wishes::default());
    }

    #[test]
    fn newer_wishes_win_and_cleared_ones_are_gone() {
        let older = Wishes {
            copies: Some(3),
            quality: Some(PrintQuality::Normal),
            ..Wishes::default()
        };
        let newer = Wishes {
            copies: Some(5),
            ..Wishes::default()
        };
        let both = newer.or(older.clone());
        assert_eq!((both.copies, both.quality), (Some(5), Some(PrintQuality::Normal)));
        let mut less = older;
        less.clear("copies");
        assert_eq!((less.copies, less.quality), (None, Some(PrintQuality::Normal)));
    }
}
