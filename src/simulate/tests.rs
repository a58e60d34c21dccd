use super::command::{Command, Wrong, parse, read_script};
use super::ledger::Event;
use super::machine::{Machine, Refusal, Settings};
use super::pages::Pages;

fn machine(stream: bool) -> Machine {
    Machine::new(Settings {
        seconds_per_page: 2.0,
        stream,
        media: "iso_a4_210x297mm".into(),
        sheets: 2,
        queue: 0,
    })
}

fn sheets(events: &[Event]) -> usize {
    events.iter().filter(|e| matches!(e, Event::Page { .. })).count()
}

#[test]
fn a_job_takes_its_time_and_another_one_is_refused_meanwhile() {
    let mut m = machine(false);
    let id = m.create("photo", "anna", 1);
    assert_eq!(m.refuses(), Some(Refusal::Busy));
    assert!(m.begin_document(id, "x"));
    m.end_document(id, 1, 10);
    assert_eq!(sheets(&m.advance(1.0)), 0);
    assert_eq!((m.jobs[&id].state, m.state()), (5, 4));
    assert_eq!(sheets(&m.advance(2.9)), 0);
    assert_eq!(sheets(&m.advance(3.1)), 1);
    assert_eq!((m.jobs[&id].state, m.refuses(), m.sheets), (9, None, 1));
}

#[test]
fn without_paper_it_stops_and_goes_on_when_there_is_some() {
    let mut m = machine(false);
    m.obey(Command::Paper(0, None));
    assert_eq!(m.state(), 3);
    let id = m.create("photo", "anna", 1);
    m.begin_document(id, "x");
    m.end_document(id, 1, 10);
    m.advance(1.0);
    m.advance(50.0);
    assert_eq!((m.jobs[&id].state, m.state()), (6, 5));
    m.obey(Command::Paper(9, None));
    m.advance(51.0);
    assert_eq!(m.jobs[&id].state, 5);
    assert_eq!(sheets(&m.advance(52.0)), 1);
}

#[test]
fn a_power_cycle_loses_what_is_not_printed_and_numbers_begin_again() {
    let mut m = machine(false);
    let id = m.create("photo", "anna", 1);
    m.begin_document(id, "x");
    m.end_document(id, 1, 10);
    m.advance(1.0);
    m.advance(2.0);
    m.obey(Command::PowerCycle(5.0));
    let events = m.advance(2.5);
    assert!(events.iter().any(|e| matches!(e, Event::Spoilt { .. })), "{events:?}");
    assert!(m.wire.offline && m.jobs.is_empty());
    m.advance(7.5);
    assert!(!m.wire.offline);
    assert_eq!(m.create("again", "anna", 1), 1);
}

#[test]
fn a_job_without_a_document_ends_by_itself() {
    let mut m = machine(false);
    let id = m.create("photo", "anna", 1);
    m.advance(61.0);
    assert_eq!((m.jobs[&id].state, m.jobs[&id].processing), (8, None));
}

#[test]
fn copies_are_sheets_and_aborts_come_between_them() {
    let mut m = machine(false);
    m.obey(Command::AbortAfter(1));
    let id = m.create("photo", "anna", 2);
    m.begin_document(id, "x");
    m.end_document(id, 1, 10);
    m.advance(0.1);
    assert_eq!(sheets(&m.advance(9.0)), 1);
    assert_eq!(m.jobs[&id].state, 8);
}

#[test]
fn a_streaming_printer_begins_with_the_first_byte() {
    let mut m = machine(true);
    let id = m.create("photo", "anna", 1);
    m.begin_document(id, "x");
    m.advance(1.0);
    m.advance(2.0);
    assert_eq!(m.jobs[&id].state, 5);
    assert!((m.printed_by_clock(id) - 0.5).abs() < 1e-9);
}

#[test]
fn commands_are_read_and_wrong_ones_explained() {
    assert_eq!(parse("cover open"), Ok(Command::Cover(true)));
    assert_eq!(parse("paper 0"), Ok(Command::Paper(0, None)));
    assert_eq!(parse("tear-answer send-document"), Ok(Command::TearAnswer(Some(6))));
    assert_eq!(parse("wrong-answer huge"), Ok(Command::WrongAnswer(Wrong::Huge)));
    for bad in [
        "",
        "explode",
        "cover",
        "cover ajar",
        "ink C",
        "speed -1",
        "paper -3",
        "tear-answer Fly",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    let script = read_script("# a day\n2 paper 0\n\n1.5 ink MBK 4 # low\n").unwrap();
    assert_eq!(script[0], (1.5, Command::Ink("MBK".into(), 4)));
    assert_eq!(
        read_script("1 busy on\nx busy off").unwrap_err(),
        "line 2: \"x\" is no number of seconds"
    );
}

fn pwg_page(width: u32, height: u8) -> Vec<u8> {
    let mut page = vec![0; 1_796];
    page[372..376].copy_from_slice(&width.to_be_bytes());
    page[376..380].copy_from_slice(&u32::from(height).to_be_bytes());
    page[388..392].copy_from_slice(&24u32.to_be_bytes());
    // All lines alike: two pixels, then a run of the others.
    page.extend([height - 1, 255, 1, 2, 3, 4, 5, 6, (width - 3) as u8, 7, 8, 9]);
    page
}

#[test]
fn pages_are_counted_however_they_arrive() {
    let mut document = b"RaS2".to_vec();
    document.extend(pwg_page(100, 50));
    document.extend(pwg_page(20, 3));
    for size in [1, 7, 1_000, 100_000] {
        let mut pages = Pages::new();
        document.chunks(size).for_each(|c| pages.push(c));
        assert_eq!(pages.whole(), Some(2), "{size}");
    }
    let mut cut = Pages::new();
    cut.push(&document[..document.len() - 1]);
    assert_eq!(cut.whole(), None);
    let mut other = Pages::new();
    other.push(b"\xff\xd8\xff\xe0 a photograph");
    assert_eq!(other.whole(), Some(1));
}
