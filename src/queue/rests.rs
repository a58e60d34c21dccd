//! Printers that are left alone for a moment because they did not take a job.
//!
//! What a printer said to one job ("busy", "not accepting") holds for the next one as well: else each of a hundred jobs
//! that wait would ask it in turn, and it would be asked all the time. Pure; forgotten at a restart.

use std::collections::HashMap;

use crate::model::{PrinterId, Timestamp, TroubleClass};

use super::backoff;

/// How often in a row each printer took no job, and until when it is left alone.
#[derive(Debug, Default)]
pub struct Rests(HashMap<PrinterId, (u32, Timestamp)>);

impl Rests {
    /// A printer did not take a job. A printer that can't be reached is left to those who watch for its return, and what
    /// is wrong with the job says nothing of the printer.
    pub fn refused(&mut self, printer: &PrinterId, class: TroubleClass, now: Timestamp) {
        match class {
            TroubleClass::Busy | TroubleClass::NotAccepting | TroubleClass::Protocol | TroubleClass::Untaken => {}
            TroubleClass::Offline | TroubleClass::JobBad | TroubleClass::Render | TroubleClass::House => return,
        }
        let (times, until) = self.0.entry(printer.clone()).or_insert((0, now));
        *times = times.saturating_add(1);
        *until = now.plus_ms(backoff::wait_ms(class, *times));
    }

    /// It took one.
    pub fn taken(&mut self, printer: &PrinterId) {
        self.0.remove(printer);
    }

    /// Until when it is left alone, if it is.
    pub fn until(&self, printer: &PrinterId, now: Timestamp) -> Option<Timestamp> {
        self.0
            .get(printer)
            .map(|(_, until)| *until)
            .filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_printer_rests_longer_each_time_until_it_takes_a_job() {
        let printer = PrinterId::from_name("Gertie").unwrap();
        let other = PrinterId::from_name("Squirty").unwrap();
        let mut rests = Rests::default();
        let mut now = Timestamp(1_000_000);
        for wait in [1_000, 2_000, 4_000, 5_000, 5_000] {
            rests.refused(&printer, TroubleClass::Busy, now);
            assert_eq!(rests.until(&printer, now), Some(now.plus_ms(wait)));
            assert_eq!(rests.until(&other, now), None);
            now = now.plus_ms(wait);
            assert_eq!(rests.until(&printer, now), None, "it is asked again");
        }
        rests.taken(&printer);
        rests.refused(&printer, TroubleClass::Busy, now);
        assert_eq!(rests.until(&printer, now), Some(now.plus_ms(1_000)));
    }

    #[test]
    fn what_is_wrong_with_a_job_or_with_us_is_not_held_against_the_printer() {
        let printer = PrinterId::from_name("Gertie").unwrap();
        let mut rests = Rests::default();
        for class in [
            TroubleClass::JobBad,
            TroubleClass::Render,
            TroubleClass::House,
            TroubleClass::Offline,
        ] {
            rests.refused(&printer, class, Timestamp(0));
            assert_eq!(rests.until(&printer, Timestamp(0)), None);
        }
    }
}
