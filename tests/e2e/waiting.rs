//! Printers that are waited for: all of them down, or busy with somebody else's job.

use std::time::{Duration, Instant};

use platen::ipp::codec::op;

use crate::common::client::jobs;
use crate::common::daemon::Daemon;
use crate::common::eve::Eve;
use crate::common::order::Order;
use crate::common::simulator::Simulator;
use crate::common::wire::Wire;
use crate::common::{ipptool, photo, port_that_stays_free, wait_for};

const SMALL: &str = "ATTR keyword media na_index-4x6_4x6in\nATTR enum print-quality 3\nATTR keyword print-scaling none";
const LONG: Duration = Duration::from_secs(90);

#[test]
fn when_every_printer_is_down_jobs_wait_with_the_reason_and_go_on_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let port = port_that_stays_free();
    let squirty = Simulator::start(folder.path(), "Squirty", &["--seconds-per-page", "0.2"]);
    squirty.command("offline on");
    let config = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"ipp://localhost:{port}/ipp/print\"\n[[printer]]\nname = \"Squirty\"\nuri = \
         \"{}\"\n",
        squirty.uri()
    );
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    let print = || ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", SMALL);
    let message = |id: i32| {
        let (_, text) = ipptool::job(daemon.port, id);
        let line = text.lines().find(|l| l.contains("job-state-message"));
        line.unwrap_or_default().to_owned()
    };
    let (first, second) = (print(), print());
    wait_for("the reason", LONG, || {
        let why = message(first);
        (why.contains("Gertie: it can't be reached") && why.contains("Squirty: it can't be reached")).then_some(())
    });
    println!("both down: {}", message(first));
    let state = |id: i32| {
        jobs(daemon.port)
            .unwrap()
            .into_iter()
            .find(|j| j.id == id)
            .unwrap()
            .state
    };
    assert_eq!((state(first), state(second)), (3, 3));
    // One is switched on: it prints both, one after the other.
    let gertie = Eve::start_at(port, folder.path(), "Gertie", "srgb_8,sgray_8");
    for id in [first, second] {
        wait_for("the job to be completed", LONG, || (state(id) == 9).then_some(()));
    }
    assert_eq!(
        (gertie.printed().len(), squirty.sheets().len()),
        (2, 0),
        "{}",
        daemon.log()
    );
    // The other way round.
    drop(gertie);
    let third = print();
    wait_for("the reason", LONG, || {
        message(third).contains("Gertie: it can't be reached").then_some(())
    });
    squirty.command("offline off");
    wait_for("the job to be completed", LONG, || (state(third) == 9).then_some(()));
    assert_eq!(squirty.sheets().len(), 1);
}

#[test]
fn a_busy_printer_is_asked_again_and_not_pestered_by_every_job_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    let printer = Simulator::start(folder.path(), "Gertie", &["--seconds-per-page", "0.2"]);
    let wire = Wire::to(printer.port);
    let config = format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", wire.uri());
    let daemon = Daemon::start(folder.path(), &config);
    printer.command("busy on");
    let begun = Instant::now();
    let ids: Vec<i32> = (0..20)
        .map(|n| Order::new(&format!("b-{n}"), n).submit(daemon.port).unwrap())
        .collect();
    std::thread::sleep(Duration::from_secs(8));
    // What was asked is counted first: the daemon goes on.
    let asked = [op::CREATE_JOB, op::GET_PRINTER_ATTRIBUTES].map(|o| wire.asked(o));
    let seconds = begun.elapsed().as_secs() as u32 + 1;
    println!(
        "busy for {seconds} s, {} jobs wait: Create-Job {}, Get-Printer-Attributes {}",
        ids.len(),
        asked[0],
        asked[1]
    );
    assert!(asked[0] >= 2, "it was not asked again");
    assert!(asked[0] <= seconds + 1, "Create-Job {} times in {seconds} s", asked[0]);
    assert!(
        asked[1] <= 2 * seconds + 4,
        "Get-Printer-Attributes {} times in {seconds} s",
        asked[1]
    );
    assert!(printer.sheets().is_empty());
    printer.command("busy off");
    wait_for("all jobs to be completed", LONG, || {
        jobs(daemon.port).unwrap().iter().all(|j| j.state == 9).then_some(())
    });
    assert_eq!(printer.sheets().len(), ids.len());
}
