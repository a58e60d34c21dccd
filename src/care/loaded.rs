//! What lies in a feeder: whose word counts.
//!
//! A PRO-1000 has no sensor for a paper's type: what it says of it is what somebody chose at its panel, or a default. So a
//! person's word on the **type** stands against the printer's. Of a sheet's **size**, and that a feeder is **empty**, the
//! printer has seen something itself, so its word counts more, when it is *news*: said later than what the person said.
//! What it said before and goes on to say was there for the person to see; [`doubt`] tells of it.
//! A **mismatch** is the printer's refusal of what is on record, so the record goes, whoever wrote it.
//!
//! *Unproven*: whether a PRO-1000 gives `media-col-ready` at all, and which of these reasons it uses. A printer that says
//! nothing corrects nothing.

use smol_str::SmolStr;

use crate::model::{Loaded, LoadedBy, Media, Paper, PaperId, PrinterId, PrinterStatus};

/// Reasons by which a printer says that its feeder is empty (RFC 8011, 5.4.12).
const EMPTY: [&str; 2] = ["media-empty", "media-needed"];
/// Reasons by which a printer refuses what lies in its feeder (PWG 5100.9).
const MISMATCH: [&str; 2] = ["input-media-size-change", "input-media-type-change"];

/// What is to be done to the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// This lies in its feeder now.
    Set(Loaded),
    /// Nobody knows what lies in this feeder.
    Clear {
        /// Whose.
        printer: PrinterId,
        /// `media-source`
        source: SmolStr,
    },
}

/// What a printer's new status changes of what is on record for its feeders. `records` may hold those of other printers;
/// `before` is the last status in which it answered, `None` after a start: then nothing that a person said is doubted.
pub fn corrections(
    printer: &PrinterId,
    records: &[Loaded],
    before: Option<&PrinterStatus>,
    now: &PrinterStatus,
    papers: &[Paper],
) -> Vec<Correction> {
    if !now.reachable {
        return Vec::new();
    }
    let before = before.filter(|status| status.reachable);
    let says = |status: &PrinterStatus, words: &[&str]| status.reasons.iter().any(|r| words.contains(&bare(r)));
    let refused = says(now, &MISMATCH);
    let ours: Vec<&Loaded> = records.iter().filter(|record| record.printer == *printer).collect();
    let mut corrections = Vec::new();
    let mut told = Vec::new();

    // Feeders that the printer names. It may name one several times, for what else would do; the first counts.
    for ready in &now.media_ready {
        if ready.source == "auto" || told.contains(&&ready.source) {
            continue;
        }
        told.push(&ready.source);
        let record = ours.iter().find(|record| record.source == ready.source).copied();
        // While it refuses what lies there, what it says of it makes no new record.
        if record.is_none() && refused {
            continue;
        }
        let earlier = before.map(|status| ready_in(status, &ready.source));
        let is_news = earlier.is_some_and(|earlier| earlier != Some(ready));
        if let Some(new) = by_ready(printer, record, ready, is_news, now, papers) {
            corrections.push(Correction::Set(new));
        }
    }
    for record in &ours {
        let was_named = before.is_some_and(|status| ready_in(status, &record.source).is_some());
        let is_gone = was_named && ready_in(now, &record.source).is_none();
        if is_gone && !record.is_empty() {
            corrections.push(Correction::Set(emptied(record, now)));
        }
    }

    // Reasons name no feeder: they are about the only one, or about nobody knows which.
    let changed_to = |words: &[&str], said: bool| {
        before.is_some_and(|before| says(before, words) != said) && says(now, words) == said
    };
    if let [record] = ours.as_slice() {
        let untouched = !corrections
            .iter()
            .any(|correction| correction.source() == &record.source);
        if untouched && changed_to(&MISMATCH, true) {
            corrections.push(mismatched(printer, record, now));
        } else if untouched && changed_to(&EMPTY, true) && !record.is_empty() {
            corrections.push(Correction::Set(emptied(record, now)));
        } else if untouched && changed_to(&EMPTY, false) && record.is_empty() {
            corrections.push(Correction::Set(filled(record, now)));
        }
    }
    corrections
}

impl Correction {
    fn source(&self) -> &SmolStr {
        match self {
            Correction::Set(loaded) => &loaded.source,
            Correction::Clear { source, .. } => source,
        }
    }
}

/// What a person should look at: the printer has said another size than is on record, and says so still.
pub fn doubt(record: &Loaded, status: &PrinterStatus) -> Option<String> {
    let ready = ready_in(status, &record.source)?;
    (status.reachable && !ready.size.is_about(&record.media.size)).then(|| {
        format!(
            "{} says that {} lies in its {} feeder; {} is on record: look which is right",
            record.printer,
            ready.size.shown(),
            record.source,
            record.media.size.shown()
        )
    })
}

/// A reason without its severity.
fn bare(reason: &str) -> &str {
    ["-report", "-warning", "-error"]
        .iter()
        .find_map(|severity| reason.strip_suffix(severity))
        .unwrap_or(reason)
}

fn ready_in<'a>(status: &'a PrinterStatus, source: &str) -> Option<&'a Media> {
    status.media_ready.iter().find(|ready| ready.source == source)
}

/// What the printer's word on a feeder makes of its record; `None`: the record stands.
fn by_ready(
    printer: &PrinterId,
    record: Option<&Loaded>,
    ready: &Media,
    is_news: bool,
    now: &PrinterStatus,
    papers: &[Paper],
) -> Option<Loaded> {
    let Some(record) = record else {
        return Some(fresh(printer, ready, LoadedBy::Printer, now, papers));
    };
    let same_size = ready.size.is_about(&record.media.size);
    let is_of_person = record.by == LoadedBy::Person;
    if same_size && record.is_empty() && is_news {
        return Some(filled(record, now));
    }
    let stands = if same_size {
        is_of_person || ready.media_type == record.media.media_type
    } else {
        is_of_person && !is_news
    };
    if stands {
        return None;
    }
    let mut new = fresh(printer, ready, LoadedBy::Printer, now, papers);
    if same_size {
        new.sheets = record.sheets;
    }
    Some(new)
}

/// A record by the printer's word alone. It is a paper of the stock where one paper alone fits.
fn fresh(printer: &PrinterId, ready: &Media, by: LoadedBy, now: &PrinterStatus, papers: &[Paper]) -> Loaded {
    Loaded {
        printer: printer.clone(),
        source: ready.source.clone(),
        media: ready.clone(),
        paper: only_paper(ready, papers),
        sheets: None,
        by,
        at: now.at,
    }
}

fn only_paper(media: &Media, papers: &[Paper]) -> Option<PaperId> {
    let mut fitting = papers.iter().filter(|paper| paper.is_for(media));
    match (fitting.next(), fitting.next()) {
        (Some(paper), None) => Some(paper.id.clone()),
        _ => None,
    }
}

fn emptied(record: &Loaded, now: &PrinterStatus) -> Loaded {
    Loaded {
        sheets: Some(0),
        at: now.at,
        ..record.clone()
    }
}

/// Filled again: most likely with what lay there.
fn filled(record: &Loaded, now: &PrinterStatus) -> Loaded {
    Loaded {
        sheets: None,
        at: now.at,
        ..record.clone()
    }
}

/// The record was refused: what the printer says in its place where that is another size, else nobody knows.
fn mismatched(printer: &PrinterId, record: &Loaded, now: &PrinterStatus) -> Correction {
    let other =
        |ready: &&Media| !ready.size.is_about(&record.media.size) || ready.media_type != record.media.media_type;
    match ready_in(now, &record.source).filter(other) {
        Some(ready) => Correction::Set(fresh(printer, ready, LoadedBy::Mismatch, now, &[])),
        None => Correction::Clear {
            printer: printer.clone(),
            source: record.source.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Details, Finish, Margins, MediaSize, PrinterState, Timestamp};

    fn gertie() -> PrinterId {
        PrinterId::new("gertie").unwrap()
    }

    fn media(size: &str, kind: &str) -> Media {
        Media {
            size: MediaSize::called(size).unwrap(),
            media_type: kind.into(),
            source: "rear".into(),
            margins: Margins::BORDERLESS,
        }
    }

    fn status(ready: Vec<Media>, reasons: &[&str]) -> PrinterStatus {
        PrinterStatus {
            state: PrinterState::Idle,
            reasons: reasons.iter().map(SmolStr::new).collect(),
            message: "".into(),
            accepting: true,
            markers: vec![],
            media_ready: ready,
            details: Details::default(),
            reachable: true,
            at: Timestamp(9),
        }
    }

    fn rag() -> Paper {
        let size = MediaSize::called("a3+").unwrap();
        Paper {
            id: PaperId::of("Photo Rag", &size).unwrap(),
            name: "Photo Rag".into(),
            size,
            media_type: "photographic-matte".into(),
            finish: Finish::Matte,
            weight: None,
            price: None,
            low: 0,
        }
    }

    fn by_person() -> Loaded {
        Loaded {
            printer: gertie(),
            source: "rear".into(),
            media: media("a3+", "photographic-matte"),
            paper: Some(rag().id),
            sheets: Some(5),
            by: LoadedBy::Person,
            at: Timestamp(1),
        }
    }

    fn corrected(record: Option<Loaded>, before: Option<&PrinterStatus>, now: &PrinterStatus) -> Vec<Correction> {
        let records: Vec<Loaded> = record.into_iter().collect();
        corrections(&gertie(), &records, before, now, &[rag()])
    }

    #[test]
    fn a_person_knows_the_type_better_and_the_printer_the_size() {
        let matte = status(vec![media("a3+", "photographic-matte")], &[]);
        let glossy = status(vec![media("a3+", "photographic-glossy")], &[]);
        let small = status(vec![media("a4", "photographic-glossy")], &[]);
        assert_eq!(corrected(Some(by_person()), Some(&matte), &glossy), []);
        let changed = corrected(Some(by_person()), Some(&matte), &small);
        let [Correction::Set(new)] = changed.as_slice() else {
            panic!("{changed:?}")
        };
        assert_eq!(
            (new.by, &new.media, &new.paper, new.sheets),
            (LoadedBy::Printer, &small.media_ready[0], &None, None)
        );
        // What it has said all the while is doubted, not believed.
        assert_eq!(corrected(Some(by_person()), Some(&small), &small), []);
        assert_eq!(corrected(Some(by_person()), None, &small), []);
        let doubt = doubt(&by_person(), &small).unwrap();
        assert!(doubt.contains("A4") && doubt.contains("A3+"), "{doubt}");
    }

    #[test]
    fn without_a_persons_word_the_printers_counts() {
        let now = status(vec![media("a3+", "photographic-matte")], &[]);
        let made = corrected(None, None, &now);
        let [Correction::Set(new)] = made.as_slice() else {
            panic!("{made:?}")
        };
        assert_eq!((new.by, &new.paper), (LoadedBy::Printer, &Some(rag().id)));
        let glossy = status(vec![media("a3+", "photographic-glossy")], &[]);
        let again = corrected(Some(new.clone()), Some(&glossy), &glossy);
        assert!(matches!(again.as_slice(), [Correction::Set(l)] if l.paper.is_none() && l.by == LoadedBy::Printer));
        assert_eq!(corrected(Some(new.clone()), Some(&now), &now), []);
    }

    #[test]
    fn an_empty_feeder_remembers_its_paper() {
        let (full, empty) = (status(vec![], &[]), status(vec![], &["media-empty-error"]));
        let changed = corrected(Some(by_person()), Some(&full), &empty);
        let [Correction::Set(new)] = changed.as_slice() else {
            panic!("{changed:?}")
        };
        assert_eq!((new.sheets, &new.paper), (Some(0), &Some(rag().id)));
        // Told once: who loads it while the printer still says so is believed.
        assert_eq!(corrected(Some(by_person()), Some(&empty), &empty), []);
        assert_eq!(corrected(Some(by_person()), None, &empty), []);
        let calm = corrected(Some(new.clone()), Some(&empty), &full);
        assert!(matches!(calm.as_slice(), [Correction::Set(l)] if l.sheets.is_none() && l.paper == Some(rag().id)));
        let gone = corrected(Some(by_person()), Some(&status(vec![media("a3+", "x")], &[])), &full);
        assert!(matches!(gone.as_slice(), [Correction::Set(l)] if l.is_empty()));
        let filled = status(vec![media("a3+", "photographic-matte")], &[]);
        let back = corrected(Some(new.clone()), Some(&empty), &filled);
        assert!(matches!(back.as_slice(), [Correction::Set(l)] if l.sheets.is_none() && l.paper == Some(rag().id)));
    }

    #[test]
    fn a_mismatch_strikes_the_record_out() {
        let (fine, refused) = (status(vec![], &[]), status(vec![], &["input-media-type-change"]));
        let changed = corrected(Some(by_person()), Some(&fine), &refused);
        assert!(matches!(changed.as_slice(), [Correction::Clear { source, .. }] if source == "rear"));
        let still = status(vec![media("a3+", "photographic-matte")], &["input-media-type-change"]);
        assert_eq!(corrected(None, Some(&still), &still), []);
        let small = media("a4", "photographic-matte");
        let before = status(vec![small.clone()], &[]);
        let refused = status(vec![small.clone()], &["input-media-size-change-error"]);
        let changed = corrected(Some(by_person()), Some(&before), &refused);
        assert!(
            matches!(changed.as_slice(), [Correction::Set(l)] if l.by == LoadedBy::Mismatch && l.media == small),
            "{changed:?}"
        );
    }

    #[test]
    fn a_silent_printer_and_two_feeders_correct_nothing() {
        let mut silent = status(vec![], &["media-empty"]);
        silent.reachable = false;
        assert_eq!(corrected(Some(by_person()), Some(&status(vec![], &[])), &silent), []);
        let mut other = by_person();
        other.source = "manual".into();
        let now = status(vec![], &["media-empty"]);
        let both = [by_person(), other];
        assert_eq!(corrections(&gertie(), &both, Some(&status(vec![], &[])), &now, &[]), []);
    }
}
