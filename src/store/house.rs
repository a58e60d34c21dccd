//! What everybody asks for all the time: printers, switches, open attempts, papers with their sheets, what is loaded. It
//! is kept in memory until a commit changes one of them.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::{Store, StoreError, added, attempts, controls, loaded, pools, printers, stock};
use crate::model::{Attempt, Destination, Loaded, Paper, PaperId, Pool, PrinterControl, PrinterId, PrinterRecord};
use smol_str::SmolStr;

/// The tables that it is read from.
const TABLES: [&str; 9] = [
    "printers",
    "pools",
    "controls",
    "attempts",
    "papers",
    "stock_entries",
    "loaded",
    "presets",
    "profile_uses",
];

/// The house at a moment.
#[derive(Debug, Clone)]
pub struct House {
    /// The printers in the order in which they were set.
    pub printers: Vec<PrinterRecord>,
    /// The named pools in the order in which they were set.
    pub pools: Vec<Pool>,
    /// Every control that was ever changed; the rest are as they are made.
    pub controls: HashMap<Destination, PrinterControl>,
    /// Every open attempt.
    pub open_attempts: Vec<Attempt>,
    /// The papers in the order in which they were set.
    pub papers: Vec<Paper>,
    /// Sheets on hand of each paper that was ever counted.
    pub on_hand: HashMap<PaperId, i64>,
    /// What lies in each feeder, as far as it is on record.
    pub loaded: Vec<Loaded>,
    /// The printers that people added; the others stand in the configuration.
    pub added_printers: HashSet<PrinterId>,
    /// The papers that people added.
    pub added_papers: HashSet<PaperId>,
    /// Grows with every change of these.
    pub generation: u64,
}

impl House {
    /// A printer of it.
    pub fn printer(&self, id: &PrinterId) -> Option<&PrinterRecord> {
        self.printers.iter().find(|printer| printer.id == *id)
    }

    /// What is switched at a destination.
    pub fn control(&self, destination: &Destination) -> PrinterControl {
        self.controls.get(destination).cloned().unwrap_or_default()
    }

    /// The printers that a job with this destination may be printed on, and that people have paused or shut down.
    pub fn paused(&self, destination: &Destination) -> Vec<PrinterId> {
        let ids = self.behind(destination).map(|printer| printer.id.clone());
        ids.filter(|id| !self.control(&Destination::Printer(id.clone())).prints())
            .collect()
    }

    /// Whether a job with this destination may be printed on this printer.
    pub fn leads_to(&self, destination: &Destination, printer: &PrinterId) -> bool {
        destination.leads_to(printer, &self.pools)
    }

    /// The printers that a job with this destination may be printed on.
    pub fn behind(&self, destination: &Destination) -> impl Iterator<Item = &PrinterRecord> {
        self.printers.iter().filter(|p| self.leads_to(destination, &p.id))
    }

    /// Whether there is such a printer or pool.
    pub fn has(&self, destination: &Destination) -> bool {
        let is_a_printer = |id: &PrinterId| self.printers.iter().any(|p| p.id == *id);
        destination.printer().is_none_or(is_a_printer) || destination.pool(&self.pools).is_some()
    }

    /// What people call a destination.
    pub fn called(&self, destination: &Destination) -> SmolStr {
        destination.called(&self.printers, &self.pools)
    }

    /// What people call a printer.
    pub fn name_of(&self, printer: &PrinterId) -> SmolStr {
        let record = self.printers.iter().find(|p| p.id == *printer);
        record.map_or_else(|| SmolStr::new(printer.as_str()), |p| p.name.clone())
    }
}

/// Counts the changes of the tables.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// In the transaction that is open.
    open: AtomicBool,
    /// Committed ones.
    committed: AtomicU64,
}

impl Changes {
    /// Watches the writer's connection.
    pub fn watch(self: &Arc<Self>, connection: &mut Connection) -> Result<(), StoreError> {
        let changes = self.clone();
        connection.update_hook(Some(move |_, _: &str, table: &str, _| {
            if TABLES.contains(&table) {
                changes.open.store(true, Ordering::Relaxed);
            }
        }))?;
        Ok(())
    }

    /// What was open is committed, or rolled back. Called before anybody hears of it.
    pub fn settle(&self) {
        if self.open.swap(false, Ordering::Relaxed) {
            self.committed.fetch_add(1, Ordering::Release);
        }
    }

    fn generation(&self) -> u64 {
        self.committed.load(Ordering::Acquire)
    }
}

/// The last one that was read.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<Arc<House>>>);

impl Kept {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<House>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The house as it is: whoever has heard of a change sees it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn house(&self) -> Result<Arc<House>, StoreError> {
        // Read before the tables are: what is committed meanwhile makes it old at once.
        let generation = self.shared.changes.generation();
        if let Some(house) = &*self.shared.house.lock()
            && house.generation == generation
        {
            return Ok(house.clone());
        }
        let house = self
            .read(move |connection| {
                Ok(Arc::new(House {
                    printers: printers::all(connection)?,
                    pools: pools::all(connection)?,
                    controls: controls::all(connection)?,
                    open_attempts: attempts::open(connection)?,
                    papers: stock::papers(connection)?,
                    on_hand: stock::on_hand(connection)?,
                    loaded: loaded::all(connection)?,
                    added_printers: added::printers(connection)?,
                    added_papers: added::papers(connection)?,
                    generation,
                }))
            })
            .await?;
        let mut kept = self.shared.house.lock();
        if kept.as_ref().is_none_or(|old| old.generation <= generation) {
            *kept = Some(house.clone());
        }
        Ok(house)
    }

    /// What people call a printer; its short name where that can't be read.
    pub async fn name_of(&self, printer: &PrinterId) -> SmolStr {
        let house = self.house().await;
        house.map_or_else(|_| SmolStr::new(printer.as_str()), |house| house.name_of(printer))
    }

    /// The number of the house's last change.
    pub fn generation(&self) -> u64 {
        self.shared.changes.generation()
    }
}
