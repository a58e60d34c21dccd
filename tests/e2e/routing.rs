//! Two printers, one of which has a bad day: the other one prints. And what a printer is kept for.

use std::time::Duration;

use platen::ipp::codec::{Attribute, Group, Value, group, op};

use crate::common::client::{exchange, request};
use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{ipptool, photo, wait_for};

const SMALL: &str = "ATTR keyword media na_index-4x6_4x6in\nATTR enum print-quality 3\nATTR keyword print-scaling none";

struct House {
    folder: tempfile::TempDir,
    gertie: Simulator,
    squirty: Simulator,
    daemon: Daemon,
}

fn house(more: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let fast = ["--seconds-per-page", "0.2", "--sheets", "50"];
    let gertie = Simulator::start(folder.path(), "Gertie", &fast);
    let squirty = Simulator::start(folder.path(), "Squirty", &fast);
    let config = format!(
        "{more}\n[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n[[printer]]\nname = \"Squirty\"\nuri = \"{}\"\n",
        gertie.uri(),
        squirty.uri()
    );
    let daemon = Daemon::start(folder.path(), &config);
    House {
        folder,
        gertie,
        squirty,
        daemon,
    }
}

impl House {
    fn print(&self, printer: Option<&str>) -> i32 {
        let photo = photo::jpeg(self.folder.path());
        let uri = self.daemon.uri(printer);
        ipptool::print(self.folder.path(), &uri, &photo, "image/jpeg", SMALL)
    }

    fn came_out(&self) -> (usize, usize) {
        (self.gertie.sheets().len(), self.squirty.sheets().len())
    }
}

#[test]
fn a_twin_prints_what_a_printer_that_is_empty_or_jammed_or_off_can_not() {
    for (trouble, cure) in [
        ("paper 0", "paper 50"),
        ("jam on", "jam off"),
        ("cover open", "cover close"),
        ("offline on", "offline off"),
    ] {
        let house = house("");
        house.gertie.command(trouble);
        // One that may go to Gertie alone waits for her, in her or before her.
        let hers = house.print(Some("gertie"));
        wait_for("Gertie's trouble to be known", Duration::from_secs(30), || {
            let (state, text) = ipptool::job(house.daemon.port, hers);
            let is_known = state.contains("processing-stopped") || text.contains("waits for Gertie: ");
            is_known.then_some(())
        });
        let pools = house.print(None);
        ipptool::reaches(&house.daemon, pools, "completed");
        assert_eq!(house.came_out(), (0, 1), "{trouble}");
        assert!(
            ipptool::job(house.daemon.port, pools)
                .1
                .contains("was printed on Squirty")
        );
        house.gertie.command(cure);
        ipptool::reaches(&house.daemon, hers, "completed");
        assert_eq!(house.came_out(), (1, 1), "{trouble}");
    }
}

#[test]
fn paper_that_runs_out_once_a_printer_has_the_job_sends_it_to_the_twin() {
    let house = house("");
    // Both are out: it is in Gertie, who stops with it, and says what she needs.
    house.gertie.command("paper 0");
    house.squirty.command("paper 0");
    let id = house.print(None);
    house.says(id, "Load 1 sheet of 4 × 6 in in ");
    let (state, text) = ipptool::job(house.daemon.port, id);
    assert!(state.contains("processing-stopped"), "{text}");
    let is_at_gertie = text.contains("gertie") || text.contains("Gertie");
    let (stuck, twin) = match is_at_gertie {
        true => (&house.gertie, &house.squirty),
        false => (&house.squirty, &house.gertie),
    };
    twin.command("paper 50");
    ipptool::reaches(&house.daemon, id, "completed");
    assert_eq!((stuck.sheets().len(), twin.sheets().len()), (0, 1));
    // Nothing of it is left in the printer that gave it back.
    stuck.command("paper 50");
    let next = house.print(None);
    ipptool::reaches(&house.daemon, next, "completed");
    std::thread::sleep(Duration::from_secs(2));
    let (gertie, squirty) = house.came_out();
    assert_eq!(gertie + squirty, 2);
    assert!(
        house.daemon.log().contains("it is taken back"),
        "{}",
        house.daemon.log()
    );
}

#[test]
fn a_job_that_was_begun_waits_for_its_paper_where_it_is() {
    let house = house("");
    house.gertie.command("paper 1");
    house.squirty.command("paper 1");
    let id = house.send("ATTR keyword media na_index-4x6_4x6in\nATTR enum print-quality 3\nATTR integer copies 2");
    house.says(id, "Load 1 sheet of 4 × 6 in in ");
    let begun = |house: &House| match house.came_out() {
        (1, 0) => Some(true),
        (0, 1) => Some(false),
        _ => None,
    };
    let at_gertie = wait_for("one sheet", Duration::from_secs(30), || begun(&house));
    let (stuck, twin) = match at_gertie {
        true => (&house.gertie, &house.squirty),
        false => (&house.squirty, &house.gertie),
    };
    twin.command("paper 50");
    std::thread::sleep(Duration::from_secs(8));
    assert!(twin.sheets().is_empty(), "it would print two where one is missing");
    stuck.command("paper 50");
    ipptool::reaches(&house.daemon, id, "completed");
    assert_eq!((stuck.sheets().len(), twin.sheets().len()), (2, 0));
}

#[test]
fn a_window_prints_its_routine_once_and_keeps_the_printer() {
    let folder = tempfile::tempdir().unwrap();
    // It has begun a minute ago, by the clock of this machine.
    let begun = jiff::ZonedDateTime::now()
        .checked_sub(jiff::SignedDuration::from_mins(1))
        .unwrap();
    let config = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n\
         [[printer]]\nname = \"Squirty\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n\
         [[window]]\nprinters = [\"Gertie\"]\nat = \"{at}\"\nminutes = 30\nroutine = \"nozzle-check\"\n\
         [[window]]\nprinters = [\"Squirty\"]\nat = \"{at}\"\nminutes = 30\nroutine = \"calibration-print\"\n",
        at = begun.strftime("%H:%M")
    );
    let daemon = Daemon::start(folder.path(), &config);
    let (_, first) = (
        ipptool::reaches(&daemon, 1, "completed"),
        ipptool::job(daemon.port, 1).1,
    );
    let (_, second) = (
        ipptool::reaches(&daemon, 2, "completed"),
        ipptool::job(daemon.port, 2).1,
    );
    assert!(
        first.contains("job-name (nameWithoutLanguage) = nozzle check of Gertie"),
        "{first}"
    );
    assert!(
        second.contains("job-name (nameWithoutLanguage) = calibration print of Squirty"),
        "{second}"
    );
    let sheets = |printer: &str| {
        let folder = folder.path().join("data/prints").join(printer);
        let names = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        names
            .filter(|p| p.extension().is_some_and(|e| e == "png"))
            .collect::<Vec<_>>()
    };
    assert_eq!((sheets("gertie").len(), sheets("squirty").len()), (1, 1));
    // Ramps in even steps.
    let target = png::Decoder::new(std::io::BufReader::new(
        std::fs::File::open(&sheets("squirty")[0]).unwrap(),
    ));
    let mut reader = target.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let colors: std::collections::HashSet<&[u8]> = pixels.chunks_exact(3).collect();
    assert!(colors.len() > 50, "{}", colors.len());

    // Whoever wants to print now hears why not.
    let photo = photo::jpeg(folder.path());
    let id = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", SMALL);
    wait_for("the job to say what it waits for", Duration::from_secs(30), || {
        let (_, text) = ipptool::job(daemon.port, id);
        let says = |words: &str| text.contains(&format!("{words} from {} to ", begun.strftime("%H:%M")));
        (says("Gertie: it is kept for its nozzle check") && says("Squirty: it is kept for its calibration print"))
            .then_some(())
    });
    // And the routine is not done again, whatever happens.
    daemon.kill();
    let daemon = Daemon::start(folder.path(), &config);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(crate::common::client::jobs(daemon.port).unwrap().len(), 3);
    assert_eq!((sheets("gertie").len(), sheets("squirty").len()), (1, 1));
}

#[test]
fn a_named_pool_is_a_printer_of_its_own_and_prints_on_its_members() {
    let folder = tempfile::tempdir().unwrap();
    let printer = |name: &str| format!("[[printer]]\nname = \"{name}\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n");
    let config = format!(
        "{}{}{}[[pool]]\nname = \"pro-1000\"\nprinters = [\"Gertie\", \"Squirty\"]\n\
         [[preset]]\nname = \"Small\"\nprinter = \"pro-1000\"\nmedia = \"4x6\"\n",
        printer("Third"),
        printer("Gertie"),
        printer("Squirty")
    );
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    let pause = |printer: &str, operation: &str| {
        let test = folder.path().join("switch.test");
        let text = format!(
            "{{\nOPERATION {operation}\nGROUP operation-attributes-tag\nATTR charset attributes-charset utf-8\n\
             ATTR naturalLanguage attributes-natural-language en\nATTR uri printer-uri $uri\nSTATUS successful-ok\n}}\n"
        );
        std::fs::write(&test, text).unwrap();
        let (passed, text) = ipptool::run(&["-tv", &daemon.uri(Some(printer)), test.to_str().unwrap()]);
        assert!(passed, "{text}");
    };
    let (_, shown) = ipptool::run(&["-tv", &daemon.uri(Some("pro-1000")), "get-printer-attributes.test"]);
    assert!(
        shown.contains("printer-name (nameWithoutLanguage) = pro-1000"),
        "{shown}"
    );
    // Its members are paused: nobody else prints for it.
    pause("gertie", "Pause-Printer");
    pause("squirty", "Pause-Printer");
    let small = "ATTR enum print-quality 3\nATTR keyword print-scaling none";
    let first = ipptool::print(folder.path(), &daemon.uri(Some("small")), &photo, "image/jpeg", small);
    wait_for("it to say what it waits for", Duration::from_secs(30), || {
        let (_, text) = ipptool::job(daemon.port, first);
        text.contains("waits for one of pro-1000: Gertie: it was paused; Squirty: it was paused")
            .then_some(())
    });
    pause("squirty", "Resume-Printer");
    ipptool::reaches(&daemon, first, "completed");
    let (_, text) = ipptool::job(daemon.port, first);
    assert!(text.contains("was printed on Squirty"), "{text}");
    assert!(
        text.contains("went to Squirty: Gertie: it was paused"),
        "why, after the fact: {text}"
    );
    // The pool has a switch of its own, and takes jobs that are moved there.
    pause("pro-1000", "Pause-Printer");
    pause("third", "Pause-Printer");
    let uri = daemon.uri(Some("third"));
    let second = ipptool::print(folder.path(), &uri, &photo, "image/jpeg", SMALL);
    let mut message = request(op::CUPS_MOVE_JOB, daemon.port);
    message.groups[0].push("job-id", Value::Integer(second));
    let mut job = Group::new(group::JOB);
    job.push("job-printer-uri", Value::uri(&daemon.uri(Some("pro-1000"))));
    message.groups.push(job);
    assert!(exchange(daemon.port, &message, &[]).unwrap().code < 0x100);
    wait_for("it to wait for the pool", Duration::from_secs(30), || {
        ipptool::job(daemon.port, second)
            .1
            .contains("waits: printing was paused")
            .then_some(())
    });
    pause("pro-1000", "Resume-Printer");
    ipptool::reaches(&daemon, second, "completed");
    assert!(ipptool::job(daemon.port, second).1.contains("was printed on Squirty"));
    // CUPS' tools list it as a printer, and as a class with its members.
    let listed = |operation: u16| {
        let mut message = request(operation, daemon.port);
        message.groups[0].attributes.retain(|a| a.name != "printer-uri");
        let answer = exchange(daemon.port, &message, &[]).unwrap();
        answer
            .groups_of(group::PRINTER)
            .map(|g| {
                let words = |name: &str| -> Vec<String> {
                    let values = g.get(name).map_or(&[][..], |a| &a.values);
                    values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
                };
                (words("printer-name").join(""), words("member-names"))
            })
            .collect::<Vec<_>>()
    };
    let names: Vec<String> = listed(op::CUPS_GET_PRINTERS)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["Platen", "Third", "Gertie", "Squirty", "pro-1000", "Small"]);
    let members = vec!["Gertie".to_owned(), "Squirty".to_owned()];
    assert_eq!(listed(op::CUPS_GET_CLASSES), [("pro-1000".to_owned(), members)]);
}

const PAPERS: &str = "[[paper]]
name = \"Photo Rag 308\"
media = \"4x6\"
media-type = \"photographic-matte\"
finish = \"matte\"
sheets = 3
";
const RAG: &str = "ATTR keyword print-scaling none\nATTR enum print-quality 3\nATTR collection media-col {
    MEMBER collection media-size { MEMBER integer x-dimension 10160 MEMBER integer y-dimension 15240 }
    MEMBER keyword media-type photographic-matte
}";

impl House {
    /// Somebody has put sheets into a printer and says so.
    fn load(&self, printer: &str, size: &str, kind: &str, sheets: u32) {
        let test = self.folder.path().join("load.test");
        let text = format!(
            "{{
    OPERATION Set-Printer-Attributes
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    GROUP printer-attributes-tag
    ATTR collection media-col-ready {{
        MEMBER keyword media-size-name {size}
        MEMBER keyword media-type {kind}
        MEMBER keyword media-source rear
        MEMBER integer platen-media-sheets {sheets}
    }}
    STATUS successful-ok
}}
"
        );
        std::fs::write(&test, text).unwrap();
        let (passed, text) = ipptool::run(&["-tv", &self.daemon.uri(Some(printer)), test.to_str().unwrap()]);
        assert!(passed, "{text}");
    }

    fn send(&self, attributes: &str) -> i32 {
        let photo = photo::jpeg(self.folder.path());
        ipptool::print(
            self.folder.path(),
            &self.daemon.uri(None),
            &photo,
            "image/jpeg",
            attributes,
        )
    }

    fn says(&self, id: i32, words: &str) {
        wait_for(words, Duration::from_secs(30), || {
            let (_, text) = ipptool::job(self.daemon.port, id);
            text.contains(words).then_some(())
        });
    }
}

#[test]
fn paper_is_asked_for_by_name_counted_and_missed_when_it_is_used_up() {
    let house = house(PAPERS);
    house.load("gertie", "iso_a4_210x297mm", "photographic-glossy", 10);
    house.load("squirty", "iso_a4_210x297mm", "photographic-glossy", 10);
    let first = house.send(RAG);
    house.says(first, "waits for Photo Rag 308");
    house.says(first, ": load 1 sheet");
    assert!(
        house.daemon.log().contains("load Photo Rag 308"),
        "{}",
        house.daemon.log()
    );
    house.load("squirty", "na_index-4x6_4x6in", "photographic-matte", 2);
    let (_, shown) = ipptool::run(&["-tv", &house.daemon.uri(Some("squirty")), "get-printer-attributes.test"]);
    assert!(
        shown.contains("platen-media-sheets="),
        "what was said can be read back: {shown}"
    );
    ipptool::reaches(&house.daemon, first, "completed");
    assert_eq!(house.came_out(), (0, 1));
    // One sheet is left in the feeder: for two somebody has to load another one. Then none is left in the house.
    let second = house.send(&format!("{RAG}\nATTR integer copies 2"));
    house.says(second, "in Squirty: load 1 sheet");
    house.load("squirty", "na_index-4x6_4x6in", "photographic-matte", 2);
    ipptool::reaches(&house.daemon, second, "completed");
    // Whoever sends the next one hears it at once.
    let mut message = request(op::PRINT_JOB, house.daemon.port);
    message.groups[0].push("document-format", Value::mime("image/jpeg"));
    let mut job = Group::new(group::JOB);
    let rag = [
        ("media-size-name", "na_index-4x6_4x6in"),
        ("media-type", "photographic-matte"),
    ];
    let rag = rag.map(|(name, word)| Attribute::new(name, Value::keyword(word)));
    job.push("media-col", Value::Collection(rag.to_vec()));
    message.groups.push(job);
    let photo = std::fs::read(photo::jpeg(house.folder.path())).unwrap();
    let answer = exchange(house.daemon.port, &message, &photo).unwrap();
    let told = answer.group(group::JOB).unwrap();
    let message = told.first("job-state-message").and_then(Value::as_str).unwrap();
    assert!(message.contains("which is used up: restock it"), "{message}");
    let third = told.first("job-id").and_then(Value::as_integer).unwrap();
    house.says(third, "which is used up: restock it");
    let (_, listed) = ipptool::run(&["-tv", &house.daemon.uri(Some("squirty")), "get-printer-attributes.test"]);
    assert!(
        !listed.contains("media-ready (keyword) = na_index-4x6_4x6in"),
        "its feeder is empty: {listed}"
    );
}

#[test]
fn a_printer_whose_ink_does_not_last_leaves_the_job_to_its_twin() {
    let house = house("");
    house.gertie.command("ink PGY 1");
    // Her ink is known once she was asked.
    wait_for("Gertie's ink to be known", Duration::from_secs(30), || {
        let (_, text) = ipptool::run(&["-tv", &house.daemon.uri(Some("gertie")), "get-printer-attributes.test"]);
        let levels = text.lines().find(|l| l.contains("marker-levels"))?.to_owned();
        levels.split(['=', ',']).any(|n| n.trim() == "10").then_some(())
    });
    // She says ten per cent, which is eight millilitres at most: not enough for ninety sheets. What is in the tanks is
    // looked up anew after a while.
    house.squirty.command("paper 200");
    let many = "ATTR keyword media iso_a4_210x297mm\nATTR enum print-quality 3\nATTR integer copies 90";
    let photo = photo::jpeg(house.folder.path());
    let uri = house.daemon.uri(Some("gertie"));
    std::thread::sleep(Duration::from_secs(21));
    let hers = ipptool::print(house.folder.path(), &uri, &photo, "image/jpeg", many);
    wait_for("Gertie to say what she lacks", Duration::from_secs(60), || {
        let (state, text) = ipptool::job(house.daemon.port, hers);
        let says = text.contains("its PGY does not last for this job");
        if says {
            return Some(());
        }
        if state.contains("completed") {
            panic!("it was printed without ink: {text}");
        }
        None
    });
    let pools = house.send(many);
    ipptool::reaches(&house.daemon, pools, "completed");
    assert_eq!(house.came_out(), (0, 90));
    let log = house.daemon.log();
    let why = format!("job {pools} ");
    let line = log.lines().find(|l| l.contains(&why) && l.contains("goes to Squirty"));
    assert!(
        line.is_some_and(|l| l.contains("Gertie: its PGY does not last")),
        "{log}"
    );
}

#[test]
fn a_busy_printer_is_passed_over_at_once() {
    let house = house("");
    house.gertie.command("busy on");
    let id = house.print(None);
    ipptool::reaches(&house.daemon, id, "completed");
    assert_eq!(house.came_out(), (0, 1));
    // Her own jobs wait for her.
    let hers = house.print(Some("gertie"));
    std::thread::sleep(Duration::from_secs(2));
    house.gertie.command("busy off");
    ipptool::reaches(&house.daemon, hers, "completed");
    assert_eq!(house.came_out(), (1, 1));
}
