//! Routines: what each printer can be asked for, and asking for it now.

use serde::{Deserialize, Serialize};
use smol_str::format_smolstr;

use super::printers::no_printer;
use crate::api::view::JobView;
use crate::api::{Api, Caller, Problem};
use crate::model::{PrinterId, Routine, Scope};

/// A routine as a printer can be asked for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoutineView {
    /// Its keyword.
    pub routine: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Sheets that it prints on.
    pub sheets: u32,
    /// Whether it can be started from here.
    pub possible: bool,
    /// Whether it takes so much ink that somebody has to confirm it.
    pub needs_confirmation: bool,
    /// What to know before it is started.
    pub advice: &'static str,
}

/// A routine that is to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRoutine {
    /// Which.
    pub routine: Routine,
    /// That it takes ink is known and wanted.
    #[serde(default)]
    pub confirm: bool,
}

fn needs_confirmation(routine: Routine) -> bool {
    matches!(
        routine,
        Routine::Cleaning | Routine::DeepCleaning | Routine::SystemCleaning
    )
}

fn advice(routine: Routine) -> &'static str {
    match routine {
        Routine::NozzleCheck => "Prints a pattern on one sheet: look for gaps in it.",
        Routine::Cleaning => "Takes ink of every colour. Print a nozzle check first: it may not be needed.",
        Routine::DeepCleaning => "Takes much ink. Only after two cleanings that did not help.",
        Routine::SystemCleaning => {
            "Takes the most ink, and fills the maintenance cartridge. Only when nothing else helped."
        }
        Routine::HeadAlignment => "Prints and reads patterns on one sheet: after transport, or when lines are broken.",
        Routine::CalibrationPrint => "Prints patches on one sheet of A4, whose colours are compared with earlier ones.",
    }
}

impl Api {
    /// A page that we make ourselves every printer can print; the rest is the printer's own.
    fn can(&self, printer: &PrinterId, routine: Routine) -> bool {
        routine == Routine::CalibrationPrint || self.estate.maintains(printer)
    }

    /// What a printer can be asked for.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn routines(&self, caller: &Caller, printer: &PrinterId) -> Result<Vec<RoutineView>, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        house.printer(printer).ok_or_else(|| no_printer(printer))?;
        let view = |routine: Routine| RoutineView {
            routine: routine.keyword(),
            name: routine.shown(),
            sheets: routine.sheets(),
            possible: self.can(printer, routine),
            needs_confirmation: needs_confirmation(routine),
            advice: advice(routine),
        };
        Ok(Routine::ALL.into_iter().map(view).collect())
    }

    /// Starts a routine: it is a job, before all others.
    ///
    /// # Errors
    /// 404 `printer-not-found`, 409 `routine-not-possible`, `confirmation-needed`.
    pub async fn run_routine(&self, caller: &Caller, printer: &PrinterId, new: NewRoutine) -> Result<JobView, Problem> {
        caller.needs(Scope::PrintersControl)?;
        let NewRoutine { routine, confirm } = new;
        let house = self.store.house().await?;
        let named = house.printer(printer).ok_or_else(|| no_printer(printer))?;
        if !self.can(printer, routine) {
            let why = format_smolstr!(
                "a {} of {} can't be started from here: start it at the printer's own panel",
                routine.shown(),
                named.name
            );
            return Err(Problem::conflict("routine-not-possible", why));
        }
        if needs_confirmation(routine) && !confirm {
            let why = format_smolstr!(
                "a {} takes ink: {} Send confirm to start it",
                routine.shown(),
                advice(routine)
            );
            return Err(Problem::conflict("confirmation-needed", why).at("confirm"));
        }
        let job = self.queue.run_routine(printer, routine, caller.name.clone()).await?;
        Ok(JobView::of(&job))
    }
}
