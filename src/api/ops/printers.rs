//! Printers: seeing them, their switches, what lies in them; adding, changing and removing them.

use std::sync::Arc;

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};

use super::feeders::shown;
use super::names::{is_taken, name, others, refuse_alike};
use crate::api::view::{
    CapabilitiesView, CurrentJobView, InkView, LoadedView, MediaView, Moment, PrinterView, ReasonView, RestView,
    SwitchesView, WantedView, WasteView,
};
use crate::api::{Api, Caller, Problem};
use crate::care::{self, ink};
use crate::model::{
    Destination, HouseSettings, INK_HISTORY, InkEntry, Marker, PrinterId, PrinterRecord, PrinterState, Scope, Timestamp,
};
use crate::queue::JobsOfRemoved;
use crate::queue::breaker::Admission;
use crate::store::{AddedPrinter, House};

/// Most printers that are added: each is watched all the time.
const MOST_PRINTERS: usize = 50;
/// Longest name in bytes: what clients expect of a printer's (PWG 5100.14).
const MOST_NAME: usize = 127;

/// A printer that is to be added.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPrinter {
    /// What people will call it.
    pub name: SmolStr,
    /// `ipp://host/path`, or `virtual:`.
    pub uri: SmolStr,
    /// Seconds that a virtual one takes for a sheet.
    #[serde(default)]
    pub seconds_per_sheet: Option<f64>,
}

/// What is changed of a printer; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterChange {
    /// Another name.
    #[serde(default)]
    pub name: Option<SmolStr>,
    /// Another address.
    #[serde(default)]
    pub uri: Option<SmolStr>,
    /// Another speed of a virtual one.
    #[serde(default)]
    pub seconds_per_sheet: Option<f64>,
}

/// What becomes of the jobs that wait for a printer that is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingJobs {
    /// The printer stays as long as there are any.
    #[default]
    Keep,
    /// Every printer of the pool may print them.
    ToPool,
}

/// The short name of the pool of all printers.
pub const POOL: &str = "platen";

pub(super) fn no_printer(id: &PrinterId) -> Problem {
    Problem::not_found("printer-not-found", format_args!("printer {id}"))
}

/// 409: it stands in the configuration.
pub(super) fn configured(what: impl std::fmt::Display) -> Problem {
    Problem::conflict(
        "configured",
        format_smolstr!("{what} stands in the configuration file: change it there, and start Platen again"),
    )
}

impl Api {
    /// The printers, in their order.
    ///
    /// # Errors
    /// 403.
    pub async fn printers(&self, caller: &Caller) -> Result<Vec<PrinterView>, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        let mut printers = Vec::new();
        for printer in &house.printers {
            printers.push(self.printer_view(caller, &house, printer).await?);
        }
        Ok(printers)
    }

    /// A printer.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn printer(&self, caller: &Caller, id: &PrinterId) -> Result<PrinterView, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        let printer = house.printer(id).ok_or_else(|| no_printer(id))?;
        self.printer_view(caller, &house, printer).await
    }

    async fn printer_view(
        &self,
        caller: &Caller,
        house: &House,
        printer: &PrinterRecord,
    ) -> Result<PrinterView, Problem> {
        let status = printer.status.as_ref();
        let settings = self.estate.settings();
        let control = house.control(&Destination::Printer(printer.id.clone()));
        let loaded = house.loaded.iter().filter(|loaded| loaded.printer == printer.id);
        let resting = match self.queue.admission(&printer.id) {
            Admission::No { until, why } => Some(RestView {
                until: Moment(until),
                why,
            }),
            Admission::Yes | Admission::Probe => None,
        };
        let wanted = {
            let loads = self.queue.loads();
            let loads = loads.borrow();
            loads
                .iter()
                .find(|load| load.printer == printer.id)
                .map(|load| WantedView {
                    paper: load.paper.clone(),
                    media: MediaView::of(&load.media),
                    sheets: load.sheets,
                    jobs: load.jobs as usize,
                })
        };
        let reasons = status.map_or(&[][..], |status| &status.reasons);
        let markers = status.map_or(&[][..], |status| &status.markers);
        Ok(PrinterView {
            id: printer.id.as_str().into(),
            name: printer.name.clone(),
            uri: printer.uri.clone(),
            configured: !house.added_printers.contains(&printer.id),
            state: status.map_or(PrinterState::Stopped, |status| status.state),
            reachable: status.is_some_and(|status| status.reachable),
            reasons: reasons
                .iter()
                .map(|reason| ReasonView::of(reason, &printer.name))
                .collect(),
            message: status.map(|status| status.message.clone()).unwrap_or_default(),
            resting,
            switches: SwitchesView::of(&control),
            make_and_model: printer
                .capabilities
                .as_ref()
                .map(|c| c.make_and_model.clone())
                .unwrap_or_default(),
            loaded: loaded
                .map(|loaded| LoadedView::of(loaded, shown(house, loaded)))
                .collect(),
            wanted,
            job: self.current_job(caller, house, &printer.id).await?,
            inks: self.inks_of(&printer.id, markers, &settings).await?,
            waste: waste(markers, &settings),
            changed: printer.changed.map(Moment),
            capabilities: printer.capabilities.as_ref().map(CapabilitiesView::of),
        })
    }

    async fn current_job(
        &self,
        caller: &Caller,
        house: &House,
        printer: &PrinterId,
    ) -> Result<Option<CurrentJobView>, Problem> {
        let Some(attempt) = house.open_attempts.iter().find(|attempt| attempt.printer == *printer) else {
            return Ok(None);
        };
        let Some(job) = self.store.job(attempt.job).await? else {
            return Ok(None);
        };
        let sees = caller.sees(&job.user);
        Ok(Some(CurrentJobView {
            id: sees.then_some(job.id.0),
            name: sees.then(|| job.name.clone()),
            user: sees.then(|| job.user.clone()),
            message: sees.then(|| job.message.clone()),
            impressions_completed: job.impressions_completed,
            sheets: job.sheets(),
            since: Moment(attempt.opened),
        }))
    }

    /// The inks of a printer by its books, and what it tells of those that have none.
    pub(super) async fn inks_of(
        &self,
        printer: &PrinterId,
        markers: &[Marker],
        settings: &HouseSettings,
    ) -> Result<Vec<InkView>, Problem> {
        let now = Timestamp::now();
        let newest = self.store.newest_ink_entry().await?;
        let known = match self.kept.inks(printer, newest, now) {
            Some(known) => known,
            None => {
                let entries = self.store.ink_entries(printer.clone(), INK_HISTORY).await?;
                let accounts = care::accounts(&entries, ink::TANK);
                let view = |(channel, entries): (&SmolStr, &Vec<InkEntry>)| {
                    let account = accounts.get(channel);
                    let level = account.and_then(|account| account.level);
                    let forecast = level.and_then(|level| care::forecast(entries, &level, now));
                    InkView::of(channel, entries, account, forecast.as_ref())
                };
                let known: Arc<[InkView]> = entries.iter().map(view).collect();
                self.kept.keep_inks(printer, newest, now, &known);
                known
            }
        };
        let mut inks = known.to_vec();
        // In the order in which the printer tells them.
        let place = |ink: &InkView| markers.iter().position(|marker| marker.name == ink.channel);
        inks.sort_by_key(|ink| place(ink).unwrap_or(usize::MAX));
        for ink in &mut inks {
            // Of now, where the printer has been asked.
            if let Some(marker) = markers.iter().find(|marker| marker.name == ink.channel) {
                ink.color = marker.color.clone();
                ink.told_percent = Some(marker.level).filter(|level| *level >= 0);
            }
            let is_scarce = ink
                .percent
                .is_some_and(|percent| percent <= f64::from(settings.low_ink_percent));
            // Two steps alone are no rule.
            let ends = ink
                .forecast
                .as_ref()
                .is_some_and(|f| f.crossings > 2 && f.days <= f64::from(settings.low_ink_days));
            ink.is_low = is_scarce || ends;
        }
        Ok(inks)
    }

    /// Adds a printer.
    ///
    /// # Errors
    /// 409 `name-taken`, `too-many-printers`; 422 when its name or address can't be used.
    pub async fn add_printer(&self, caller: &Caller, new: NewPrinter) -> Result<PrinterView, Problem> {
        caller.needs(Scope::PrintersWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        let printer = self.checked_printer(None, &new)?;
        refuse_alike(&printer.name, &others(self, &house, |other| *other != printer.id))?;
        if is_taken(self, &house, &printer.id) {
            return Err(Problem::conflict(
                "name-taken",
                format_smolstr!(
                    "\"{}\" is the name of a printer or preset already: choose another",
                    printer.id
                ),
            )
            .at("name"));
        }
        if house.added_printers.len() >= MOST_PRINTERS {
            let why = format_smolstr!("{MOST_PRINTERS} printers were added, which is the most: remove one first");
            return Err(Problem::conflict("too-many-printers", why));
        }
        let id = printer.id.clone();
        self.put_printer(printer).await?;
        log::info!("{id}: was added by {}", caller.name);
        self.printer(caller, &id).await
    }

    /// What is wrong with a printer is said before it is kept. `id` stays, where there is one.
    pub(super) fn checked_printer(&self, id: Option<&PrinterId>, new: &NewPrinter) -> Result<AddedPrinter, Problem> {
        let called = name("name", &new.name, MOST_NAME)?;
        let made = PrinterId::from_name(&called).map_err(|e| Problem::invalid("name", format_smolstr!("{e}")))?;
        if new
            .seconds_per_sheet
            .is_some_and(|seconds| !(0.0..=3_600.0).contains(&seconds))
        {
            return Err(Problem::invalid("seconds_per_sheet", "give seconds from 0 to 3600"));
        }
        let printer = AddedPrinter {
            id: id.cloned().unwrap_or(made),
            name: called,
            uri: new.uri.trim().into(),
            seconds_per_sheet: new.seconds_per_sheet,
        };
        let checked = self.estate.check_printer(&printer);
        checked.map_err(|why| Problem::invalid("uri", why))?;
        Ok(printer)
    }

    pub(super) async fn put_printer(&self, printer: AddedPrinter) -> Result<(), Problem> {
        let id = printer.id.clone();
        if !self.store.put_printer(printer, Timestamp::now()).await? {
            return Err(Problem::conflict(
                "printer-busy",
                format_smolstr!("{id} is printing: wait until it is done, then change it"),
            ));
        }
        Ok(self.estate.settle().await?)
    }

    /// An added printer; one of the configuration is refused.
    async fn added_printer(&self, id: &PrinterId) -> Result<AddedPrinter, Problem> {
        let added = self.store.added_printers().await?;
        if let Some(printer) = added.into_iter().find(|printer| printer.id == *id) {
            return Ok(printer);
        }
        let house = self.store.house().await?;
        Err(house
            .printer(id)
            .map_or_else(|| no_printer(id), |printer| configured(&printer.name)))
    }

    /// Changes a printer that was added; its short name stays.
    ///
    /// # Errors
    /// 404, 409 `configured`, `printer-busy`, 422.
    pub async fn change_printer(
        &self,
        caller: &Caller,
        id: &PrinterId,
        change: PrinterChange,
    ) -> Result<PrinterView, Problem> {
        caller.needs(Scope::PrintersWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::PrintersRead)?;
        let before = self.added_printer(id).await?;
        let wanted = NewPrinter {
            name: change.name.unwrap_or(before.name),
            uri: change.uri.unwrap_or(before.uri),
            seconds_per_sheet: change.seconds_per_sheet.or(before.seconds_per_sheet),
        };
        let printer = self.checked_printer(Some(id), &wanted)?;
        let house = self.store.house().await?;
        refuse_alike(&printer.name, &others(self, &house, |other| other != id))?;
        self.put_printer(printer).await?;
        log::info!("{id}: was changed by {}", caller.name);
        self.printer(caller, id).await
    }

    /// Removes a printer that was added. Says how many jobs were moved or canceled by that.
    ///
    /// # Errors
    /// 404, 409 `configured`, `printer-needed`.
    pub async fn remove_printer(&self, caller: &Caller, id: &PrinterId, jobs: WaitingJobs) -> Result<usize, Problem> {
        caller.needs(Scope::PrintersWrite)?;
        self.added_printer(id).await?;
        let here = Destination::Printer(id.clone());
        if let Some(preset) = self.estate.presets().iter().find(|preset| preset.destination == here) {
            return Err(Problem::conflict(
                "printer-needed",
                format_smolstr!(
                    "the preset \"{}\" leads to {id}: change or remove it first",
                    preset.name
                ),
            ));
        }
        let jobs = match jobs {
            WaitingJobs::Keep => JobsOfRemoved::Keep,
            WaitingJobs::ToPool => JobsOfRemoved::ToPool,
        };
        let moved = self.queue.remove_printer(id, jobs).await?;
        self.estate.settle().await?;
        log::info!("{id}: was removed by {}", caller.name);
        Ok(moved)
    }
}

fn waste(markers: &[Marker], settings: &HouseSettings) -> Vec<WasteView> {
    let collected = markers.iter().filter(|marker| marker.kind.starts_with("waste"));
    let view = |marker: &Marker| WasteView {
        name: marker.name.clone(),
        kind: marker.kind.clone(),
        full_percent: Some(marker.level).filter(|level| *level >= 0),
        is_nearly_full: marker.level >= i32::from(settings.full_waste_percent),
    };
    collected.map(view).collect()
}
