//! Canon's status document as SNMP gives it: cut into rows of some 250 bytes, wherever that is.

use std::collections::BTreeMap;

use super::codec::Oid;
use super::walk::{Bounds, Row};
use crate::printers::canon::status::{self, Status};

/// The branch in which the document lies. The branch above begins with hundreds of rows of network settings: only this one
/// is walked.
pub const ROOT: &str = "1.3.6.1.4.1.1602.1.5.1.6.2.2";
/// Canon's number among the enterprises (sysObjectID).
pub const ENTERPRISE: &str = "1.3.6.1.4.1.1602";
/// A PRO-1000's document has 18 rows; ten times that is allowed.
pub const BOUNDS: Bounds = Bounds {
    rows: 200,
    bytes: 64 << 10,
};

/// The status in the rows of the branch. Rows of one table belong together, in the order of their numbers: as text, row 10
/// would come before row 2.
pub fn status(rows: &[Row]) -> Option<Status> {
    let mut documents: BTreeMap<&[u32], BTreeMap<&Oid, &[u8]>> = BTreeMap::new();
    for row in rows {
        if let (Some(octets), Some((_, table))) = (row.value.octets(), row.oid.parts().split_last()) {
            documents.entry(table).or_default().insert(&row.oid, octets);
        }
    }
    let mut joined = documents
        .into_values()
        .map(|chunks| chunks.into_values().collect::<Vec<_>>().concat());
    joined.find_map(|document| status::read(&document))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::printers::canon::status::tests::{INKS, document};
    use crate::printers::snmp::codec::Value;

    fn rows(document: &str, size: usize) -> Vec<Row> {
        let root = Oid::parse(ROOT).unwrap();
        let row = |(number, chunk): (u32, &[u8])| Row {
            oid: root.child(&[1, 2, 1, number]),
            value: Value::Octets(chunk.to_vec()),
        };
        (1..).zip(document.as_bytes().chunks(size)).map(row).collect()
    }

    proptest! {
        #[test]
        fn chunks_of_any_size_in_any_order_are_one_document(size in 20..400usize, seed: u64) {
            let mut rows = rows(&document(), size);
            let mut random = fastrand::Rng::with_seed(seed);
            random.shuffle(&mut rows);
            // Something else lies in the branch too, and a number where a chunk should be.
            let root = Oid::parse(ROOT).unwrap();
            rows.push(Row { oid: root.child(&[1, 1, 0]), value: Value::Octets(b"<html>".to_vec()) });
            rows.push(Row { oid: root.child(&[1, 2, 1, 0]), value: Value::Integer(7) });
            let status = status(&rows).unwrap();
            let inks: Vec<(&str, i32)> = status.inks.iter().map(|i| (i.name.as_str(), i.level.unwrap())).collect();
            prop_assert_eq!(inks, INKS);
        }
    }

    #[test]
    fn a_lost_row_spoils_no_more_than_what_it_cut() {
        let mut all = rows(&document(), 250);
        assert!((12..25).contains(&all.len()), "{}", all.len());
        all.truncate(9);
        let status = status(&all).unwrap();
        assert!((4..12).contains(&status.inks.len()), "{}", status.inks.len());
        assert_eq!(super::status(&[]), None);
    }
}
