//! A walk over a branch, step by step. Pure: whoever walks sends what is wanted next, and brings what came.

use super::codec::{Binding, Oid, Value};

/// How much of a branch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most rows.
    pub rows: usize,
    /// Most bytes of their values.
    pub bytes: usize,
}

impl Bounds {
    /// For one table of a printer: 32 supplies have some 300 rows.
    pub const TABLE: Bounds = Bounds {
        rows: 1_500,
        bytes: 128 << 10,
    };
}

/// A variable of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its whole name.
    pub oid: Oid,
    /// What it holds.
    pub value: Value,
}

/// See the head of the file.
#[derive(Debug, Clone)]
pub struct Walk {
    root: Oid,
    bounds: Bounds,
    rows: Vec<Row>,
    bytes: usize,
    ended: bool,
    whole: bool,
}

impl Walk {
    /// One over everything below `root`.
    pub fn new(root: Oid, bounds: Bounds) -> Walk {
        Walk {
            root,
            bounds,
            rows: Vec::new(),
            bytes: 0,
            ended: false,
            whole: false,
        }
    }

    /// What to ask the successors of; `None` when the walk is over.
    pub fn next(&self) -> Option<&Oid> {
        let last = self.rows.last().map_or(&self.root, |row| &row.oid);
        (!self.ended).then_some(last)
    }

    /// Takes successors, in the order in which they came. What does not grow ends the walk: an agent that goes round in
    /// circles would keep it for ever.
    pub fn take(&mut self, bindings: Vec<Binding>) {
        if bindings.is_empty() {
            self.ended = true;
        }
        for Binding { oid, value } in bindings {
            let Some(last) = self.next() else { return };
            let is_out = oid.below(&self.root).is_none_or(<[u32]>::is_empty);
            if value == Value::EndOfMibView || is_out {
                (self.ended, self.whole) = (true, true);
                return;
            }
            if oid <= *last {
                log::debug!("SNMP: {oid} is told after {last}, which ends the walk");
                self.ended = true;
                return;
            }
            let bytes = match &value {
                Value::Octets(octets) | Value::Opaque(octets) | Value::Address(octets) => octets.len(),
                _ => 0,
            };
            self.bytes += bytes;
            if self.rows.len() >= self.bounds.rows || self.bytes > self.bounds.bytes {
                self.ended = true;
                return;
            }
            self.rows.push(Row { oid, value });
        }
    }

    /// There is nothing more (version 1 says so by an error).
    pub fn end(&mut self) {
        (self.ended, self.whole) = (true, true);
    }

    /// Whether it came to the end of the branch.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// What it has found, in the agent's order.
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn oid(text: &str) -> Oid {
        Oid::parse(text).unwrap()
    }

    fn binding(text: &str, value: Value) -> Binding {
        Binding { oid: oid(text), value }
    }

    fn walk(rows: usize) -> Walk {
        Walk::new(oid("1.3.6"), Bounds { rows, bytes: 1_000 })
    }

    #[test]
    fn it_ends_where_the_branch_does() {
        let mut w = walk(100);
        w.take(vec![
            binding("1.3.6.2", Value::Integer(1)),
            binding("1.3.6.10", Value::Integer(2)),
        ]);
        assert_eq!(w.next(), Some(&oid("1.3.6.10")));
        w.take(vec![binding("1.3.7", Value::Null), binding("1.3.6.11", Value::Null)]);
        assert!(w.next().is_none() && w.is_whole());
        assert_eq!(w.into_rows().len(), 2);
    }

    #[test]
    fn circles_and_endless_ones_end() {
        let mut w = walk(100);
        w.take(vec![binding("1.3.6.2", Value::Null), binding("1.3.6.1", Value::Null)]);
        assert!(w.next().is_none() && !w.is_whole());
        let mut w = walk(3);
        for n in 1..10 {
            w.take(vec![binding(&format!("1.3.6.{n}"), Value::Null)]);
        }
        assert!(w.next().is_none() && !w.is_whole());
        assert_eq!(w.into_rows().len(), 3);
        let mut w = walk(100);
        w.take(vec![binding("1.3.6.1", Value::Octets(vec![0; 1_001]))]);
        assert!(w.next().is_none() && w.into_rows().is_empty());
        let mut w = walk(100);
        w.take(vec![]);
        assert!(w.next().is_none());
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_its_bounds(steps in prop::collection::vec(
            prop::collection::vec((0..4u32, 0..300usize), 0..6), 0..40,
        )) {
            let mut w = Walk::new(oid("1.3.6"), Bounds { rows: 5, bytes: 700 });
            let mut last = 0;
            for step in steps {
                let bindings = step.into_iter().map(|(by, length)| {
                    last += by;
                    binding(&format!("1.3.6.{last}"), Value::Octets(vec![0; length]))
                });
                w.take(bindings.collect());
            }
            let rows = w.into_rows();
            prop_assert!(rows.len() <= 5 && rows.windows(2).all(|two| two[0].oid < two[1].oid));
            prop_assert!(rows.iter().filter_map(|r| r.value.octets()).map(<[u8]>::len).sum::<usize>() <= 700);
        }
    }
}
