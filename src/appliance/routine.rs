//! Routines on their way: what is printed for one, and what a driver is told.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Job, Routine, Ticket, Trouble, TroubleClass};
use crate::press::layout::{Fields, Paper};
use crate::press::template::{TemplateLibrary, Values};
use crate::press::{Content, PressJob};

/// What a calibration print shows: ramps in the printer's own values, on one sheet.
const CALIBRATION: &str = "step-wedge";

/// Whether a routine is a page that the press makes, which every printer can print.
pub(super) fn is_page(routine: Routine) -> bool {
    routine == Routine::CalibrationPrint
}

/// The content of such a page.
pub(super) fn lay_out(job: &mut PressJob, ticket: &Ticket, day: &str) -> Result<(), Trouble> {
    let bad = |what: SmolStr| Trouble::new(TroubleClass::JobBad, what);
    let template = TemplateLibrary::built_in()
        .get(CALIBRATION)
        .map_err(|e| bad(format_smolstr!("{e}")))?;
    template.suits(&job.sheet).map_err(|e| bad(format_smolstr!("{e}")))?;
    let fields = Fields::default()
        .with("paper", job.sheet.shown())
        .with("profile", job.profile.description())
        .with("intent", ticket.intent.value.keyword())
        .with("resolution", format!("{} dpi", job.output.resolution.x))
        .with("date", day);
    let paper = Paper {
        sheet: job.sheet.clone(),
        margins: ticket.media.value.margins,
        dots: job.output.resolution,
    };
    let values = Values::from([("device".to_owned(), "true".to_owned())]);
    let composed = template.compose(&values, paper, Vec::new(), fields);
    let composition = composed.map_err(|e| bad(format_smolstr!("{e}")))?;
    (job.inputs, job.content) = (Vec::new(), Content::Composed(Arc::new(composition)));
    Ok(())
}

/// The routine of a job that the printer itself carries out.
pub(super) fn of_the_printer(job: &Job) -> Option<Routine> {
    job.ticket.routine.filter(|routine| !is_page(*routine))
}
