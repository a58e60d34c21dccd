//! The switches of printers and of the pool.

use serde::Serialize;
use smol_str::SmolStr;

use super::printers::{POOL, no_printer};
use crate::api::view::SwitchesView;
use crate::api::{Api, Caller, Problem};
use crate::model::{Destination, PrinterControl, PrinterId, Scope};

/// A switch that somebody turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Nothing new is begun.
    Pause,
    /// It goes on.
    Resume,
    /// New jobs are taken.
    Accept,
    /// New jobs are refused.
    Refuse,
    /// New jobs are held.
    HoldNew,
    /// New jobs are held no longer, and those that were are let go.
    ReleaseNew,
}

/// A pool: printers that can stand in for each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolView {
    /// Short name.
    pub id: SmolStr,
    /// What people call it.
    pub name: SmolStr,
    /// Short names of its printers.
    pub printers: Vec<SmolStr>,
    /// Its switches.
    pub switches: SwitchesView,
}

impl Api {
    /// The pools: that of all printers, then those that have names.
    ///
    /// # Errors
    /// 403.
    pub async fn pools(&self, caller: &Caller) -> Result<Vec<PoolView>, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        let ids = |printers: &mut dyn Iterator<Item = &PrinterId>| printers.map(|id| id.as_str().into()).collect();
        let mut pools = vec![PoolView {
            id: POOL.into(),
            name: "All printers".into(),
            printers: ids(&mut house.printers.iter().map(|printer| &printer.id)),
            switches: SwitchesView::of(&house.control(&Destination::Pool)),
        }];
        pools.extend(house.pools.iter().map(|pool| PoolView {
            id: pool.id.as_str().into(),
            name: pool.name.clone(),
            printers: ids(&mut pool.printers.iter()),
            switches: SwitchesView::of(&house.control(&Destination::Printer(pool.id.clone()))),
        }));
        Ok(pools)
    }

    /// Turns a switch of a printer, or of the pool. Says how the switches stand then.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn switch(&self, caller: &Caller, at: Destination, switch: Switch) -> Result<SwitchesView, Problem> {
        caller.needs(Scope::PrintersControl)?;
        if let Some(id) = at.printer() {
            let house = self.store.house().await?;
            if house.printer(id).is_none() && at.pool(&house.pools).is_none() {
                return Err(no_printer(id));
            }
        }
        log::info!("{at}: {switch:?} by {}", caller.name);
        let turn = move |control: &mut PrinterControl| match switch {
            Switch::Pause => control.paused = true,
            Switch::Resume => control.paused = false,
            Switch::Accept => control.accepting = true,
            Switch::Refuse => control.accepting = false,
            Switch::HoldNew => control.holding_new = true,
            Switch::ReleaseNew => control.holding_new = false,
        };
        if switch == Switch::ReleaseNew {
            self.queue.release_new_jobs(at.clone()).await?;
        }
        Ok(SwitchesView::of(&self.queue.control(at, &caller.name, turn).await?))
    }
}
