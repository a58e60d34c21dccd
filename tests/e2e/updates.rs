//! Updates of an appliance: the real daemon, over HTTPS as its owner brings them, and over a real D-Bus to a RAUC that the
//! test plays.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::daemon::{Daemon, Launch};
use crate::common::rauc::{Bus, OnBus};
use crate::common::wait_for;
use crate::common::web::Owner;

const LONG: Duration = Duration::from_secs(90);

/// The machine around the daemon.
struct Machine {
    home: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    bus: Bus,
    rauc: OnBus,
}

impl Machine {
    fn new() -> Machine {
        let home = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let bus = Bus::start(home.path());
        let rauc = runtime.block_on(OnBus::at(&bus.address));
        for folder in ["requests", "boots"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        Machine {
            home,
            runtime,
            bus,
            rauc,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The daemon in the slot that runs, as the boot loader and the slot say it.
    fn launch(&self) -> (String, Launch) {
        let machine = self.rauc.machine().clone();
        let version = if machine.booted == 'A' { &machine.a } else { &machine.b }
            .version
            .clone();
        fs::write(
            self.at("cmdline"),
            format!("quiet rauc.slot={} platen.fallback\n", machine.booted),
        )
        .unwrap();
        fs::write(self.at("release"), format!("ID=platen\nVERSION_ID=\"{version}\"\n")).unwrap();
        let config = format!(
            "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[updates]\nbus = \"{}\"\nkernel-command-line = \"{}\"\n\
             release = \"{}\"\nboots = \"{}\"\n",
            self.bus.address,
            self.at("cmdline").display(),
            self.at("release").display(),
            self.at("boots").display(),
        );
        let launch = Launch {
            environment: vec![("RUNTIME_DIRECTORY", self.at("requests").into())],
            ..Launch::default()
        };
        (config, launch)
    }

    fn start(&self) -> Daemon {
        let (config, launch) = self.launch();
        Daemon::start_as(self.home.path(), &config, &launch)
    }

    /// The boot loader chooses, and the daemon starts in that slot.
    fn restart(&self) {
        for name in ["restart", "fall-back", "good"] {
            let _ = fs::remove_file(self.at("requests").join(name));
        }
        self.rauc.machine().restart();
    }

    fn asked(&self, what: &str) {
        let path = self.at("requests").join(what);
        wait_for(&format!("{what} to be asked for"), LONG, || path.exists().then_some(()));
    }
}

fn until(owner: &Owner, what: &str, mut look: impl FnMut(&Value) -> bool) -> Value {
    wait_for(what, LONG, || {
        let told = owner.get("/api/v1/system/updates").json();
        look(&told).then_some(told)
    })
}

#[test]
fn an_update_goes_from_the_owners_hand_to_a_version_that_is_found_good_and_one_that_is_not_is_left() {
    let machine = Machine::new();
    machine.rauc.machine().step = Duration::from_millis(400);
    let daemon = machine.start();
    machine.asked("good");
    let owner = Owner::claim(&daemon);
    let told = owner.get("/api/v1/system/updates").json();
    assert_eq!(told["running"], json!({"version": "1.0", "slot": "A"}));
    let upload = |owner: &Owner, bundle: &str| {
        let path = "/api/v1/system/updates?when=now";
        owner.send("POST", path, "application/octet-stream", bundle.as_bytes())
    };
    let refused = upload(&owner, "bundle platen-pi4 2.0 stranger");
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (422, &json!("update-refused"))
    );
    assert!(
        refused.text().contains("nobody whom this machine trusts"),
        "{}",
        refused.text()
    );
    let taken = upload(&owner, "bundle platen-pi4 2.0");
    assert_eq!(
        (taken.status, &taken.json()["version"]),
        (202, &json!("2.0")),
        "{}",
        taken.text()
    );
    until(&owner, "its progress", |told| {
        told["current"]["percent"].as_u64().is_some_and(|percent| percent >= 40)
    });
    machine.asked("restart");
    let events = owner.get("/api/v1/events?after=0").text();
    assert!(
        events.contains("update-changed") && events.contains("\"stage\":\"installed\""),
        "{events}"
    );
    assert!(daemon.interrupt().success());

    machine.restart();
    let daemon = machine.start();
    machine.asked("good");
    let owner = Owner::sign_in(&daemon);
    let told = until(&owner, "the version to be found good", |told| {
        told["history"][0]["stage"] == "good"
    });
    assert_eq!(told["running"], json!({"version": "2.0", "slot": "B"}));
    assert_eq!(machine.rauc.machine().marks, ["good booted", "good booted"]);

    // Version 3 stops by itself again and again before it has looked at itself to the end.
    assert_eq!(upload(&owner, "bundle platen-pi4 3.0").status, 202);
    machine.asked("restart");
    assert!(daemon.interrupt().success());
    machine.restart();
    machine.rauc.machine().refuses_good = true;
    for _ in 0..3 {
        machine.start().kill();
    }
    let (config, launch) = machine.launch();
    let Err((status, said)) = Daemon::try_start(machine.home.path(), &config, &launch) else {
        panic!("it was tried a fourth time");
    };
    assert_eq!(status.code(), Some(75), "{said}");
    assert!(said.contains("left for the one before"), "{said}");
    machine.asked("fall-back");
    assert_eq!(machine.rauc.machine().marks.last().unwrap(), "bad booted");
    fs::write(machine.at("boots/1.log"), "platen[9]: error: the press is broken\n").unwrap();

    machine.rauc.machine().refuses_good = false;
    machine.restart();
    let daemon = machine.start();
    let owner = Owner::sign_in(&daemon);
    let told = until(&owner, "the reason", |told| told["history"][0]["has_log"] == true);
    let last = &told["history"][0];
    assert_eq!(
        (&last["stage"], &told["running"]["version"]),
        (&json!("rolled-back"), &json!("2.0"))
    );
    let why = last["message"].as_str().unwrap();
    assert!(
        why.contains("started 3 times") && why.contains("the press is broken"),
        "{why}"
    );
    let page = owner.get("/system/updates").text();
    assert!(
        page.contains("has gone back from version 3.0") && page.contains("the press is broken"),
        "{page}"
    );
    let log = owner.get(&format!("/api/v1/system/updates/{}/log", last["id"]));
    assert!(log.text().contains("platen[9]"));
    assert_eq!(owner.post("/api/v1/system/updates/seen", &Value::Null).status, 204);
    assert!(!owner.get("/system/updates").text().contains("has gone back from"));
    assert!(daemon.interrupt().success());
    drop(machine.runtime);
}

#[test]
fn a_plain_machine_says_that_updates_belong_to_the_appliance() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n");
    let owner = Owner::claim(&daemon);
    let told = owner.get("/api/v1/system/updates").json();
    assert_eq!(told["appliance"], json!(false));
    let refused = owner.post("/api/v1/system/updates", &json!({"channel": true}));
    assert_eq!((refused.status, &refused.json()["code"]), (404, &json!("no-appliance")));
    assert!(owner.get("/system/updates").text().contains("belong to the appliance"));
    assert!(!Path::new(&folder.path().join("data/updates")).exists());
}

/// `platen machine`, as the appliance's own services run it, in a folder in place of the system's root.
#[test]
fn the_machines_own_service_takes_the_card_in_and_forgets_it() {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["boot", "etc", "usr/share/platen", "proc/sys/kernel"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlay/usr/share/platen/platen.toml");
    fs::copy(image, at("usr/share/platen/platen.toml")).unwrap();
    fs::write(
        at("boot/platen.toml"),
        "[appliance]\nhostname = \"studio\"\ncolour = 1\n[[printer]]\nname = \"Squirty\"\nuri = \"virtual:\"\n",
    )
    .unwrap();
    let run = || {
        let root = root.path().to_str().unwrap().to_owned();
        let words = ["machine", "--first-start", "--quiet", "--root", &root];
        let done = std::process::Command::new(crate::common::daemon::PLATEN)
            .args(words)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let said = run();
    assert!(said.contains("colour on the card is left out"), "{said}");
    assert_eq!(fs::read_to_string(at("proc/sys/kernel/hostname")).unwrap(), "studio");
    // The daemon starts with what came of it.
    let config = fs::read_to_string(at("var/lib/platen/platen.toml")).unwrap();
    assert!(config.contains("Squirty") && !config.contains("Gertie"), "{config}");
    fs::write(at("var/lib/platen-machine/forget"), "").unwrap();
    fs::remove_file(at("boot/platen.toml")).unwrap();
    run();
    assert!(
        fs::read_to_string(at("var/lib/platen/platen.toml"))
            .unwrap()
            .contains("Gertie")
    );
}
