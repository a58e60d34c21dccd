//! How jobs are told of.

use serde::Serialize;
use smol_str::SmolStr;

use super::{DecidedView, Moment};
use crate::model::{
    Attempt, AttemptOutcome, AttemptPhase, Document, Event, EventKind, Job, JobHead, JobReason, JobState, Margins,
    Media, NumberRange, Question, TemplateChoice, Ticket,
};

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct JobLine {
    pub id: i64,
    pub uuid: String,
    pub name: SmolStr,
    pub user: SmolStr,
    pub priority: u8,
    pub state: JobState,
    pub reasons: Vec<JobReason>,
    pub message: SmolStr,
    pub impressions_completed: u32,
    /// The printer that it is or was printed on.
    pub printer: Option<SmolStr>,
    pub created: Moment,
    pub processing: Option<Moment>,
    pub completed: Option<Moment>,
}

impl JobLine {
    /// That of a job.
    pub fn of(head: &JobHead) -> JobLine {
        JobLine {
            id: head.id.0,
            uuid: head.uuid.to_string(),
            name: head.name.clone(),
            user: head.user.clone(),
            priority: head.priority,
            state: head.state,
            reasons: head.reasons.clone(),
            message: head.message.clone(),
            impressions_completed: head.impressions_completed,
            printer: head.printer.as_ref().map(|p| p.as_str().into()),
            created: Moment(head.created),
            processing: head.processing.map(Moment),
            completed: head.completed.map(Moment),
        }
    }
}

/// A job, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct JobView {
    #[serde(flatten)]
    pub line: JobLine,
    /// Where it may be printed: a printer's short name; none: any.
    pub destination: Option<SmolStr>,
    pub question: Option<QuestionView>,
    pub ticket: TicketView,
    pub documents: Vec<DocumentView>,
    /// Pages of one copy.
    pub impressions: u32,
    /// Sheets of all copies.
    pub sheets: u32,
    pub spoiled_sheets: u32,
    /// When a hold ends by itself.
    pub held_until: Option<Moment>,
}

impl JobView {
    /// That of a job.
    pub fn of(job: &Job) -> JobView {
        JobView {
            line: JobLine::of(&job.head()),
            destination: job.destination.printer().map(|p| p.as_str().into()),
            question: job.question.as_ref().map(QuestionView::of),
            ticket: TicketView::of(&job.ticket),
            documents: job.documents.iter().map(DocumentView::of).collect(),
            impressions: job.impressions(),
            sheets: job.sheets(),
            spoiled_sheets: job.spoiled_sheets,
            held_until: job.hold.and_then(|hold| hold.over).map(Moment),
        }
    }
}

/// A question that only a person can answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionView {
    /// What happened, and what is asked.
    pub text: SmolStr,
    /// The printer that may hold the sheet.
    pub printer: SmolStr,
    /// What can be answered.
    pub answers: Vec<&'static str>,
}

impl QuestionView {
    fn of(question: &Question) -> QuestionView {
        QuestionView {
            text: question.text.clone(),
            printer: question.printer.as_str().into(),
            answers: if question.sheet {
                vec!["print-again", "spoiled", "done"]
            } else {
                vec!["print-again"]
            },
        }
    }
}

/// A document of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct DocumentView {
    pub number: u32,
    pub name: Option<SmolStr>,
    pub format: &'static str,
    pub bytes: u64,
    pub sha256: String,
    /// Pixels, or points of a PDF page, of the first page as it is stored.
    pub width: u32,
    pub height: u32,
    pub pages: u32,
    /// Name of the embedded profile.
    pub profile: Option<SmolStr>,
    pub canceled: bool,
}

impl DocumentView {
    /// That of a document.
    pub fn of(document: &Document) -> DocumentView {
        let facts = &document.facts;
        DocumentView {
            number: document.number,
            name: document.name.clone(),
            format: facts.format.mime(),
            bytes: document.bytes,
            sha256: document.digest.to_string(),
            width: facts.width,
            height: facts.height,
            pages: facts.pages,
            profile: facts.profile.clone(),
            canceled: document.canceled,
        }
    }
}

/// A medium.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct MediaView {
    /// PWG self-describing name.
    pub size: SmolStr,
    /// Millimetres.
    pub width: f64,
    pub height: f64,
    pub media_type: SmolStr,
    pub source: SmolStr,
    /// Millimetres: above, right, below, left.
    pub margins: [f64; 4],
}

impl MediaView {
    /// That of a medium.
    pub fn of(media: &Media) -> MediaView {
        let Margins {
            top,
            right,
            bottom,
            left,
        } = media.margins;
        MediaView {
            size: media.size.name.clone(),
            width: media.size.x.as_mm(),
            height: media.size.y.as_mm(),
            media_type: media.media_type.clone(),
            source: media.source.clone(),
            margins: [top, right, bottom, left].map(|side| side.as_mm()),
        }
    }
}

/// A ticket: every field with who decided it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct TicketView {
    pub media: DecidedView<MediaView>,
    pub copies: DecidedView<u32>,
    pub print_scaling: DecidedView<&'static str>,
    pub orientation: DecidedView<crate::model::Orientation>,
    pub print_quality: DecidedView<crate::model::PrintQuality>,
    pub print_color_mode: DecidedView<&'static str>,
    pub print_rendering_intent: DecidedView<&'static str>,
    /// Dots per inch that were asked for; none: what the printer does best.
    pub printer_resolution: DecidedView<Option<u32>>,
    /// As `1-3,5`; none: all.
    pub page_ranges: Option<String>,
    pub number_up: u32,
    /// The template by which its pictures are laid out.
    pub template: Option<TemplateChoice>,
    pub deadline: Option<Moment>,
    pub edition: Option<SmolStr>,
    pub routine: Option<&'static str>,
    pub warnings: Vec<SmolStr>,
}

impl TicketView {
    /// That of a ticket.
    pub fn of(ticket: &Ticket) -> TicketView {
        TicketView {
            media: DecidedView::of(&ticket.media, MediaView::of),
            copies: DecidedView::of(&ticket.copies, |copies| *copies),
            print_scaling: DecidedView::of(&ticket.scaling, |scaling| scaling.keyword()),
            orientation: DecidedView::of(&ticket.orientation, |orientation| *orientation),
            print_quality: DecidedView::of(&ticket.quality, |quality| *quality),
            print_color_mode: DecidedView::of(&ticket.color_mode, |mode| mode.keyword()),
            print_rendering_intent: DecidedView::of(&ticket.intent, |intent| intent.keyword()),
            printer_resolution: DecidedView::of(&ticket.resolution, |resolution| resolution.map(|r| r.x)),
            page_ranges: page_ranges(&ticket.pages.value.ranges),
            number_up: ticket.pages.value.number_up.max(1),
            template: ticket.template.clone(),
            deadline: ticket.deadline.map(Moment),
            edition: ticket.edition.clone(),
            routine: ticket.routine.map(|routine| routine.keyword()),
            warnings: ticket.warnings.clone(),
        }
    }
}

fn page_ranges(ranges: &[NumberRange]) -> Option<String> {
    let each = ranges.iter().map(|range| match (range.first, range.last) {
        (first, last) if first == last => first.to_string(),
        (first, u32::MAX) => format!("{first}-"),
        (first, last) => format!("{first}-{last}"),
    });
    (!ranges.is_empty()).then(|| each.collect::<Vec<_>>().join(","))
}

/// A try to deliver a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct AttemptView {
    pub id: i64,
    pub printer: SmolStr,
    pub phase: AttemptPhase,
    pub opened: Moment,
    pub closed: Option<Moment>,
    pub outcome: Option<AttemptOutcome>,
    /// The printer's own number for it.
    pub printer_job: Option<i32>,
}

impl AttemptView {
    /// That of an attempt.
    pub fn of(attempt: &Attempt) -> AttemptView {
        AttemptView {
            id: attempt.id.0,
            printer: attempt.printer.as_str().into(),
            phase: attempt.phase,
            opened: Moment(attempt.opened),
            closed: attempt.closed.map(Moment),
            outcome: attempt.outcome.clone(),
            printer_job: attempt.remote.as_ref().map(|remote| remote.id),
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct EventView {
    pub seq: i64,
    pub at: Moment,
    pub job: Option<i64>,
    pub printer: Option<SmolStr>,
    #[serde(flatten)]
    pub kind: EventKind,
}

impl EventView {
    /// That of an event.
    pub fn of(event: Event) -> EventView {
        EventView {
            seq: event.seq.0,
            at: Moment(event.at),
            job: event.job.map(|job| job.0),
            printer: event.printer.map(|printer| printer.as_str().into()),
            kind: event.kind,
        }
    }
}
