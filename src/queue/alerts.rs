//! Paper and ink that run low: told once when they do, and once when there is enough again. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::plan::Snapshot;
use crate::model::{EventKind, Paper, PrinterId};

/// Per cent of a tank at which an ink is low. Chosen: twice what a PRO-1000 shows last before it calls a tank empty, so
/// that there is time to buy one.
const INK_LOW: i64 = 20;
/// Per cent of a tank above which it no longer is: levels are estimates, and tremble.
const INK_BACK: i64 = 30;

/// What is low and was told of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Alerts {
    papers: BTreeSet<SmolStr>,
    inks: BTreeSet<(PrinterId, SmolStr)>,
}

/// Whether something that was low or not is so now: at `low` or below it becomes so, above `back` it is no longer.
fn is_low(was: bool, there: i64, low: i64, back: i64) -> bool {
    if was { there <= back } else { there <= low }
}

impl Alerts {
    /// Takes up what is there now; `full` are the nanolitres of a full tank. Gives what is to be told: at which printer,
    /// and what.
    pub fn take(&mut self, shown: &Snapshot, papers: &[Paper], full: i64) -> Vec<(Option<PrinterId>, EventKind)> {
        let mut news = Vec::new();
        for paper in papers {
            let id = SmolStr::new(paper.id.as_str());
            let Some(counted) = shown.papers.iter().find(|p| p.id == id) else {
                continue;
            };
            let spoken_for = shown.jobs.iter().filter(|job| job.paper.as_ref() == Some(&id));
            let spoken_for: i64 = spoken_for.map(|job| i64::from(job.sheets)).sum();
            let there = counted.sheets.saturating_sub(spoken_for);
            let (mark, was) = (i64::from(paper.low), self.papers.contains(&id));
            // A mark of 0: nobody wants to hear of it.
            let low = mark > 0 && is_low(was, there, mark, mark + (mark / 2).max(1));
            if low != was {
                let _ = if low {
                    self.papers.insert(id)
                } else {
                    self.papers.remove(&id)
                };
                let kind = EventKind::PaperLow {
                    paper: paper.id.clone(),
                    name: counted.name.clone(),
                    sheets: there,
                    low,
                };
                news.push((None, kind));
            }
        }
        for printer in shown.printers.iter().filter(|_| full > 0) {
            for tank in &printer.ink {
                let key = (printer.id.clone(), tank.channel.clone());
                let percent = tank.nl.saturating_mul(100) / full;
                let was = self.inks.contains(&key);
                let low = is_low(was, percent, INK_LOW, INK_BACK);
                if low != was {
                    let _ = if low {
                        self.inks.insert(key)
                    } else {
                        self.inks.remove(&key)
                    };
                    let kind = EventKind::InkLow {
                        channel: tank.channel.clone(),
                        percent,
                        low,
                    };
                    news.push((Some(printer.id.clone()), kind));
                }
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_crossed_once_and_left_with_a_distance() {
        let mut was = false;
        let mut crossed = Vec::new();
        for there in [9, 6, 5, 6, 5, 7, 8, 7, 6, 5] {
            let low = is_low(was, there, 5, 7);
            if low != was {
                crossed.push((there, low));
            }
            was = low;
        }
        assert_eq!(crossed, [(5, true), (8, false), (5, true)]);
    }
}
