//! Pools: printers that can stand in for each other.

use smol_str::{SmolStr, format_smolstr};

use super::{Destination, PrinterId, PrinterRecord};

/// A pool of some of the printers. The one of all has no name, and is there without being set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its short name, beside those of the printers.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Its printers; one may be in several pools.
    pub printers: Vec<PrinterId>,
}

impl Destination {
    /// The named pool that it is.
    pub fn pool<'a>(&self, pools: &'a [Pool]) -> Option<&'a Pool> {
        let id = self.printer()?;
        pools.iter().find(|pool| pool.id == *id)
    }

    /// Whether a job with this destination may be printed on this printer.
    pub fn leads_to(&self, printer: &PrinterId, pools: &[Pool]) -> bool {
        match (self, self.pool(pools)) {
            (Destination::Pool, _) => true,
            (_, Some(pool)) => pool.printers.contains(printer),
            (Destination::Printer(id), None) => id == printer,
        }
    }

    /// What people call it.
    pub fn called(&self, printers: &[PrinterRecord], pools: &[Pool]) -> SmolStr {
        let Some(id) = self.printer() else {
            return SmolStr::new_static("the pool");
        };
        let printer = printers.iter().find(|p| p.id == *id).map(|p| p.name.clone());
        let pool = || pools.iter().find(|p| p.id == *id).map(|p| p.name.clone());
        printer.or_else(pool).unwrap_or_else(|| format_smolstr!("{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_leads_to_its_members_and_a_printer_to_itself() {
        let id = |name: &str| PrinterId::new(name).unwrap();
        let pools = [Pool {
            id: id("pro-1000"),
            name: "PRO-1000".into(),
            printers: vec![id("gertie"), id("squirty")],
        }];
        let leads = |to: &Destination, printer: &str| to.leads_to(&id(printer), &pools);
        let pool = Destination::Printer(id("pro-1000"));
        assert!(leads(&pool, "gertie") && leads(&pool, "squirty") && !leads(&pool, "third"));
        let gertie = Destination::Printer(id("gertie"));
        assert!(leads(&gertie, "gertie") && !leads(&gertie, "squirty"));
        assert!(leads(&Destination::Pool, "third"));
        assert_eq!(pool.called(&[], &pools), "PRO-1000");
        assert_eq!(gertie.called(&[], &pools), "gertie", "it is in no house");
    }
}
