//! Whether a version that has just been started is good: what must be seen of it, and what is missing. Pure.
//!
//! | | seen how | only of a version that is tried |
//! | --- | --- | --- |
//! | the database opens, is whole, and takes what is written | by its check at the start, and by a round of its writer | |
//! | the queue gets on | it has planned a round | |
//! | the queue is what it was | as many jobs have not ended as before | yes |
//! | IPP answers | Get-Printer-Attributes on its own port, over TCP | |
//! | the pages answer | a page on their own port, by HTTPS | |
//! | printers answer as before | those that answered before do | yes |
//! | the front panel is at work, where there is one | it shows more than that it starts | |
//!
//! A start as ever asks no more of the world than it has: a printer that is switched off is no fault of the version.

use smol_str::{SmolStr, format_smolstr};

use super::ledger::Expected;
use crate::model::PrinterId;

/// What was seen; a text says what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The database.
    pub database: Result<(), SmolStr>,
    /// The queue's round.
    pub queue: Result<(), SmolStr>,
    /// Jobs that have not ended.
    pub open_jobs: u64,
    /// The answer by IPP.
    pub ipp: Result<(), SmolStr>,
    /// The answer of the pages; none: there is no such door.
    pub web: Option<Result<(), SmolStr>>,
    /// Printers that answer.
    pub reachable: Vec<PrinterId>,
    /// The panel; none: there is none.
    pub panel: Option<Result<(), SmolStr>>,
}

/// What is missing, one sentence each; nothing: it is good.
pub fn missing(seen: &Seen, expected: Option<&Expected>) -> Vec<SmolStr> {
    let mut missing = Vec::new();
    let mut look = |what: &str, found: &Result<(), SmolStr>| {
        if let Err(why) = found {
            missing.push(format_smolstr!("{what}: {why}"));
        }
    };
    look("the database does not work", &seen.database);
    look("the queue does not get on", &seen.queue);
    look("IPP does not answer", &seen.ipp);
    if let Some(web) = &seen.web {
        look("the pages do not answer", web);
    }
    if let Some(panel) = &seen.panel {
        look("the front panel is not at work", panel);
    }
    let Some(expected) = expected else {
        return missing;
    };
    // A job may end while it is looked at, and none can come.
    if seen.open_jobs < expected.open_jobs && seen.database.is_ok() {
        let lost = expected.open_jobs - seen.open_jobs;
        missing.push(format_smolstr!(
            "the queue is not what it was: {} jobs had not ended, and {lost} of them are not there",
            expected.open_jobs
        ));
    }
    for printer in expected
        .reachable
        .iter()
        .filter(|printer| !seen.reachable.contains(printer))
    {
        missing.push(format_smolstr!(
            "{printer} answered the version before, and does not answer this one"
        ));
    }
    missing
}

/// The sentences as one.
pub fn in_one(missing: &[SmolStr]) -> SmolStr {
    let mut all: String = missing.iter().map(SmolStr::as_str).collect::<Vec<_>>().join("; ");
    if all.len() > 600 {
        let end = (0..=600).rev().find(|end| all.is_char_boundary(*end)).unwrap_or(0);
        all.truncate(end);
        all.push('…');
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn good() -> Seen {
        Seen {
            database: Ok(()),
            queue: Ok(()),
            open_jobs: 2,
            ipp: Ok(()),
            web: Some(Ok(())),
            reachable: vec![PrinterId::new("gertie").unwrap()],
            panel: None,
        }
    }

    fn expected(open_jobs: u64, reachable: &[&str]) -> Expected {
        Expected {
            open_jobs,
            reachable: reachable.iter().map(|id| PrinterId::new(id).unwrap()).collect(),
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(missing(&good(), Some(&expected(2, &["gertie"]))).is_empty());
        let lost = missing(&good(), Some(&expected(3, &["gertie", "squirty"])));
        assert_eq!(lost.len(), 2);
        assert!(
            lost[0].contains("1 of them are not there") && lost[1].contains("squirty answered"),
            "{lost:?}"
        );
        // A start as ever asks nothing of printers.
        let alone = Seen {
            open_jobs: 0,
            reachable: vec![],
            ..good()
        };
        assert!(missing(&alone, None).is_empty());
        let deaf = Seen {
            ipp: Err("nobody listens".into()),
            web: Some(Err("nobody listens there either".into())),
            panel: Some(Err("it still starts".into())),
            ..good()
        };
        assert!(in_one(&missing(&deaf, None)).starts_with("IPP does not answer: nobody listens; the pages"));
        assert_eq!(missing(&deaf, None).len(), 3);
    }

    proptest! {
        /// Nothing passes of which anything is wrong, and nothing is wrong with what has all.
        #[test]
        fn it_passes_where_nothing_is_wrong(
            wrong in prop::collection::vec(any::<bool>(), 5),
            (before, now) in (0u64..5, 0u64..5),
            (did, does) in (any::<bool>(), any::<bool>()),
            is_trial: bool,
        ) {
            let found = |place: usize| if wrong[place] { Err(SmolStr::new("x")) } else { Ok(()) };
            let seen = Seen {
                database: found(0),
                queue: found(1),
                open_jobs: now,
                ipp: found(2),
                web: Some(found(3)),
                reachable: if does { vec![PrinterId::new("gertie").unwrap()] } else { vec![] },
                panel: Some(found(4)),
            };
            let expected = expected(before, if did { &["gertie"] } else { &[] });
            let all = missing(&seen, is_trial.then_some(&expected));
            let is_good = !wrong.contains(&true) && (!is_trial || (now >= before && (does || !did)));
            prop_assert_eq!(all.is_empty(), is_good, "{:?}", all);
            prop_assert!(in_one(&all).len() <= 610);
        }
    }
}
