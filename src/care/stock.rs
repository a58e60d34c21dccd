//! Paper: what is on hand, what of it is spoken for, and the entries by which it changes.

use std::fmt;

use smol_str::SmolStr;

use crate::model::{JobId, NewStockEntry, Paper, PaperId, StockEntry, StockReason, Timestamp};

/// How a paper stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock<'a> {
    /// The paper.
    pub paper: &'a Paper,
    /// Sheets on hand by the books: the sum of all entries. `None`: it was never counted, and nobody is kept waiting for
    /// it. Below 0: more was printed than the books knew of.
    pub on_hand: Option<i64>,
    /// Sheets that open jobs still need, whichever printer they go to.
    pub reserved: u64,
}

impl Stock<'_> {
    /// Sheets that nobody has spoken for; below 0 where jobs wait for sheets that are not there.
    pub fn available(&self) -> Option<i64> {
        let reserved = i64::try_from(self.reserved).unwrap_or(i64::MAX);
        Some(self.on_hand?.saturating_sub(reserved))
    }

    /// Whether so many sheets more can be promised. A paper that was never counted promises any number.
    pub fn has(&self, sheets: u32) -> bool {
        self.available().is_none_or(|there| there >= i64::from(sheets))
    }

    /// Whether there is not a sheet left.
    pub fn is_out(&self) -> bool {
        self.on_hand.is_some_and(|sheets| sheets <= 0)
    }

    /// Whether it is time to buy: what nobody has spoken for has come down to the paper's own mark.
    pub fn is_low(&self) -> bool {
        self.paper.low > 0 && self.available().is_some_and(|there| there <= i64::from(self.paper.low))
    }
}

impl fmt::Display for Stock<'_> {
    /// For a person: "Photo Rag 308 A3+: 12 sheets, 4 of them reserved".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.paper)?;
        let reserved = i64::try_from(self.reserved).unwrap_or(i64::MAX);
        match self.on_hand {
            None => write!(f, "never counted")?,
            Some(sheets) if sheets < 0 => write!(
                f,
                "{} more than the books had were printed; count what is there",
                sheets_of(sheets.saturating_neg())
            )?,
            Some(0) => write!(f, "no sheets left")?,
            Some(sheets) => write!(f, "{}", sheets_of(sheets))?,
        }
        let there = self.on_hand.unwrap_or(0).max(0);
        match reserved {
            0 => Ok(()),
            n if n < there => write!(f, ", {n} of them reserved"),
            n if n == there => write!(f, ", all reserved"),
            n => write!(f, ", {} reserved", sheets_of(n)),
        }
    }
}

/// "1 sheet", "12 sheets".
pub fn sheets_of(count: i64) -> String {
    match count {
        1 => "1 sheet".to_owned(),
        n => format!("{n} sheets"),
    }
}

/// What the books say: the sum of all entries; `None` without one. The store keeps the same number with every entry.
pub fn balance<'a>(entries: impl IntoIterator<Item = &'a NewStockEntry>) -> Option<i64> {
    let add = |sum: Option<i64>, entry: &NewStockEntry| Some(sum.unwrap_or(0).saturating_add(entry.delta));
    entries.into_iter().fold(None, add)
}

/// Sheets that entries took away for a job: printed and spoiled ones.
pub fn used_for(job: JobId, entries: &[StockEntry]) -> i64 {
    let of_job = |entry: &&NewStockEntry| {
        entry.job == Some(job) && matches!(entry.reason, StockReason::Printed | StockReason::Spoiled)
    };
    let used = entries.iter().map(|e| &e.entry).filter(of_job);
    used.fold(0, |sum, entry| sum.saturating_sub(entry.delta))
}

/// Who books, and what that person says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// A person's name, or `platen`.
    pub by: SmolStr,
    /// What is to be remembered about it.
    pub note: SmolStr,
    /// When.
    pub at: Timestamp,
}

fn entry(paper: &PaperId, delta: i64, reason: StockReason, job: Option<JobId>, word: &Word) -> NewStockEntry {
    NewStockEntry {
        paper: paper.clone(),
        delta,
        reason,
        job,
        by: word.by.clone(),
        note: word.note.clone(),
        at: word.at,
    }
}

/// Somebody counted: the books are set right by the difference, and that they were right is an entry as well.
pub fn counted(paper: &PaperId, on_hand: i64, counted: u32, word: &Word) -> NewStockEntry {
    let delta = i64::from(counted).saturating_sub(on_hand);
    entry(paper, delta, StockReason::Counted, None, word)
}

/// Sheets came.
pub fn restocked(paper: &PaperId, sheets: u32, word: &Word) -> NewStockEntry {
    entry(paper, i64::from(sheets), StockReason::Restocked, None, word)
}

/// Sheets were printed for a job.
pub fn printed(paper: &PaperId, sheets: u32, job: JobId, word: &Word) -> NewStockEntry {
    entry(paper, -i64::from(sheets), StockReason::Printed, Some(job), word)
}

/// Sheets were lost in printing.
pub fn spoiled(paper: &PaperId, sheets: u32, job: Option<JobId>, word: &Word) -> NewStockEntry {
    entry(paper, -i64::from(sheets), StockReason::Spoiled, job, word)
}

/// Sheets were lost otherwise.
pub fn written_off(paper: &PaperId, sheets: u32, word: &Word) -> NewStockEntry {
    entry(paper, -i64::from(sheets), StockReason::WrittenOff, None, word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Finish, MediaSize};

    fn paper() -> Paper {
        let size = MediaSize::called("a3+").unwrap();
        Paper {
            id: PaperId::of("Photo Rag 308", &size).unwrap(),
            name: "Photo Rag 308".into(),
            size,
            media_type: "photographic-matte".into(),
            finish: Finish::Matte,
            weight: Some(308),
            price: Some(4_200_000),
            low: 5,
        }
    }

    fn word() -> Word {
        Word {
            by: "ann".into(),
            note: "".into(),
            at: Timestamp(7),
        }
    }

    #[test]
    fn a_stock_is_told_in_words() {
        let paper = paper();
        for (on_hand, reserved, says) in [
            (Some(12), 4, "Photo Rag 308 A3+: 12 sheets, 4 of them reserved"),
            (Some(12), 0, "Photo Rag 308 A3+: 12 sheets"),
            (Some(1), 1, "Photo Rag 308 A3+: 1 sheet, all reserved"),
            (Some(2), 3, "Photo Rag 308 A3+: 2 sheets, 3 sheets reserved"),
            (Some(0), 2, "Photo Rag 308 A3+: no sheets left, 2 sheets reserved"),
            (
                Some(-3),
                0,
                "Photo Rag 308 A3+: 3 sheets more than the books had were printed; count what is there",
            ),
            (None, 1, "Photo Rag 308 A3+: never counted, 1 sheet reserved"),
        ] {
            let stock = Stock {
                paper: &paper,
                on_hand,
                reserved,
            };
            assert_eq!(stock.to_string(), says);
        }
    }

    #[test]
    fn low_and_out_and_what_can_be_promised() {
        let paper = paper();
        let stock = |on_hand, reserved| Stock {
            paper: &paper,
            on_hand,
            reserved,
        };
        assert!(stock(Some(9), 4).is_low() && !stock(Some(10), 4).is_low());
        assert!(stock(Some(0), 0).is_out() && !stock(Some(1), 9).is_out());
        assert!(stock(Some(9), 4).has(5) && !stock(Some(9), 4).has(6));
        let uncounted = stock(None, 100);
        assert!(uncounted.has(1000) && !uncounted.is_out() && !uncounted.is_low());
    }

    #[derive(Debug, Clone)]
    enum Act {
        Restock(u32),
        Count(u32),
        Print(u32),
        Spoil(u32),
        WriteOff(u32),
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0u32..50).prop_map(Act::Restock),
            (0u32..200).prop_map(Act::Count),
            (1u32..9).prop_map(Act::Print),
            (1u32..3).prop_map(Act::Spoil),
            (1u32..5).prop_map(Act::WriteOff),
        ]
    }

    proptest! {
        /// The books agree to the sheet with a cupboard that is counted by hand, and tell printed and spoiled sheets.
        #[test]
        fn the_books_balance(acts in proptest::collection::vec(any_act(), 1..60)) {
            let (paper, job, word) = (paper().id, JobId(4), word());
            let mut entries: Vec<StockEntry> = vec![];
            let (mut cupboard, mut used) = (0i64, 0i64);
            for act in acts {
                let on_hand = balance(entries.iter().map(|e| &e.entry)).unwrap_or(0);
                prop_assert_eq!(on_hand, cupboard);
                let new = match act {
                    Act::Restock(n) => { cupboard += i64::from(n); restocked(&paper, n, &word) }
                    Act::Count(n) => { cupboard = i64::from(n); counted(&paper, on_hand, n, &word) }
                    Act::Print(n) => {
                        cupboard -= i64::from(n);
                        used += i64::from(n);
                        printed(&paper, n, job, &word)
                    }
                    Act::Spoil(n) => {
                        cupboard -= i64::from(n);
                        used += i64::from(n);
                        spoiled(&paper, n, Some(job), &word)
                    }
                    Act::WriteOff(n) => { cupboard -= i64::from(n); written_off(&paper, n, &word) }
                };
                entries.push(StockEntry { id: entries.len() as i64 + 1, entry: new, on_hand: cupboard });
            }
            prop_assert_eq!(balance(entries.iter().map(|e| &e.entry)), Some(cupboard));
            prop_assert_eq!(used_for(job, &entries), used);
            prop_assert_eq!(used_for(JobId(5), &entries), 0);
        }
    }
}
