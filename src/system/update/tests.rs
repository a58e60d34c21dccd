//! The whole of it over a real bus, with RAUC played by the test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use super::channel::tests::{Maker, index, release};
use super::fake::{Bus, OnBus};
use super::ledger::Expected;
use super::plan::{When, Wish};
use super::rauc::bus::BusRauc;
use super::*;
use crate::crypto::Sha256;

const ANY: Wish = Wish {
    allow_downgrade: false,
    when: When::Now,
};

/// A machine, its disk, and RAUC on a bus.
struct World {
    home: tempfile::TempDir,
    bus: Bus,
    rauc: OnBus,
    boot: u128,
    is_held: Arc<AtomicBool>,
}

/// One life of the daemon.
struct Life {
    updates: Updates,
    store: Store,
    start: Start,
    worker: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> World {
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path());
        let rauc = OnBus::at(&bus.address).await;
        for folder in ["requests", "boots"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        World {
            home,
            bus,
            rauc,
            boot: 1,
            is_held: Arc::default(),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The daemon starts in the slot that runs.
    fn live(&self, channel: Option<Channel>) -> Life {
        let machine = self.rauc.machine().clone();
        let runs = if machine.booted == 'A' { &machine.a } else { &machine.b };
        let booted = Booted {
            slot: machine.booted.to_string().into(),
            version: runs.version.parse().unwrap(),
            boot: Some(Uuid::from_u128(self.boot)),
        };
        let folder = Folder::open(self.home.path()).unwrap();
        let mut ledger = folder.read();
        let start = trial::at_start(&mut ledger, &booted, Timestamp::now());
        folder.write(&ledger).unwrap();
        let store = Store::open(&self.at("platen.db")).unwrap();
        let is_held = self.is_held.clone();
        let updates = Updates::new(Parts {
            rauc: Arc::new(BusRauc::at(self.bus.address.clone())),
            store: store.clone(),
            folder,
            ledger,
            booted,
            start,
            settings: Settings {
                channel,
                window: None,
                automatic: false,
                boots: self.at("boots"),
                requests: Some(self.at("requests")),
            },
            hold: Arc::new(move |hold| is_held.store(hold, Ordering::Relaxed)),
            machine: "one".into(),
        });
        let worker = tokio::spawn(updates.clone().run());
        Life {
            updates,
            store,
            start,
            worker,
        }
    }

    /// The machine starts anew, and with it the daemon.
    async fn restart(&mut self, life: Life) -> Life {
        life.end().await;
        let _ = std::fs::remove_file(self.at("requests/restart"));
        let _ = std::fs::remove_file(self.at("requests/fall-back"));
        self.boot += 1;
        self.rauc.machine().restart();
        self.live(None)
    }
}

impl Life {
    async fn end(self) {
        self.worker.abort();
        let _ = self.worker.await;
        self.store.close().await;
    }

    fn last(&self) -> Attempt {
        self.updates.state().unwrap().ledger.last().unwrap().clone()
    }

    async fn until(&self, stage: Stage) {
        let mut news = self.updates.subscribe().unwrap();
        let there = news.wait_for(|state| state.ledger.last().is_some_and(|last| last.stage == stage));
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), there).await;
        assert!(waited.is_ok(), "waited for {stage:?} in vain: {:?}", self.last());
    }

    async fn send(&self, bundle: &str, wish: Wish) -> Result<Brought, UpdateError> {
        let mut receiving = self.updates.receive(Some(bundle.len() as u64)).await?;
        for piece in bundle.as_bytes().chunks(7) {
            receiving = receiving.write(Bytes::copy_from_slice(piece)).await?;
        }
        self.updates.install_received(receiving, "ola", wish).await
    }

    /// Stages and per cents that were told as events.
    async fn told(&self) -> Vec<(SmolStr, Option<u8>)> {
        let events = self.store.events_after(crate::model::EventSeq(0), 1_000).await.unwrap();
        let told = events.into_iter().filter_map(|event| match event.kind {
            EventKind::UpdateChanged { stage, percent, .. } => Some((stage, percent)),
            _ => None,
        });
        told.collect()
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("waited in vain: {what}");
}

#[tokio::test]
async fn an_update_is_looked_at_installed_started_and_found_good() {
    let mut world = World::new().await;
    world.rauc.machine().step = std::time::Duration::from_millis(500);
    let life = world.live(None);
    assert_eq!(life.start, Start::Ordinary);
    life.updates.found_good().await.unwrap();
    let taken = life.send("bundle platen-pi4 2.0", ANY).await.unwrap();
    assert_eq!(taken.stage, Stage::Waiting);
    assert_eq!(taken.notes, "What is new");
    life.until(Stage::Installed).await;
    until("the restart to be asked for", || world.at("requests/restart").exists()).await;
    assert!(world.is_held.load(Ordering::Relaxed), "nothing new is begun before it");
    assert!(!world.at("updates/bundle.raucb").exists(), "its room is free again");
    let told = life.told().await;
    let stages: Vec<&str> = told
        .iter()
        .filter(|(_, p)| p.is_none())
        .map(|(stage, _)| stage.as_str())
        .collect();
    assert_eq!(stages[..3], ["waiting", "installing", "installed"], "{told:?}");
    assert!(
        told.iter()
            .any(|(_, percent)| percent.is_some_and(|percent| percent >= 40)),
        "{told:?}"
    );
    let life = world.restart(life).await;
    assert_eq!((life.start, world.rauc.machine().booted), (Start::Trial, 'B'));
    assert!(life.updates.is_trial());
    assert_eq!(life.updates.expected(), Some(Expected::default()));
    life.updates.found_good().await.unwrap();
    assert_eq!(life.last().stage, Stage::Good);
    assert_eq!(world.rauc.machine().marks, ["good booted", "good booted"]);
    let life = world.restart(life).await;
    assert_eq!(life.start, Start::Ordinary);
    life.end().await;
}

#[tokio::test]
async fn what_may_not_be_installed_is_refused_before_anything_is_written_and_leaves_nothing() {
    let world = World::new().await;
    let life = world.live(None);
    for (bundle, says) in [
        ("bundle platen-pi4 2.0 stranger", "nobody whom this machine trusts"),
        ("something else", "no whole update bundle"),
        ("bundle other-machine 2.0", "for \"other-machine\""),
        ("bundle platen-pi4 0.9", "older than version 1.0"),
        ("bundle platen-pi4 1.0", "runs already"),
        ("", "is empty"),
    ] {
        let refused = life.send(bundle, ANY).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{bundle}: {refused}");
        assert!(!world.at("updates/bundle.raucb").exists() && !world.at("updates/bundle.part").exists());
    }
    let refused = life
        .updates
        .install_from("http://example.com/bundle", "ola", ANY)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("https://"), "{refused}");
    let large = life.updates.receive(Some(1 << 40)).await;
    assert!(matches!(large, Err(UpdateError::TooLarge)));
    assert!(world.rauc.machine().sources.is_empty());
    assert!(life.updates.state().unwrap().ledger.attempts.is_empty());
    life.end().await;
}

#[tokio::test]
async fn one_that_waits_can_be_canceled_and_one_at_a_time_is_brought() {
    let world = World::new().await;
    let life = world.live(None);
    let late = Wish {
        when: When::Window,
        ..ANY
    };
    life.send("bundle platen-pi4 2.0", late).await.unwrap();
    let busy = life.send("bundle platen-pi4 3.0", ANY).await.unwrap_err();
    assert!(matches!(busy, UpdateError::Busy(_)), "{busy}");
    until("why it waits", || !life.updates.state().unwrap().waits.is_empty()).await;
    assert!(life.updates.state().unwrap().waits.contains("no window"));
    life.updates.cancel("ola").await.unwrap();
    assert_eq!(life.last().stage, Stage::Canceled);
    assert!(!world.at("updates/bundle.raucb").exists());
    assert!(matches!(life.updates.cancel("ola").await, Err(UpdateError::Wrong(_))));
    // While somebody sends one, nobody else does; who breaks off leaves nothing.
    let sending = life.updates.receive(None).await.unwrap();
    assert!(matches!(life.updates.receive(None).await, Err(UpdateError::Busy(_))));
    let sending = sending.write(Bytes::from_static(b"bundle")).await.unwrap();
    drop(sending);
    assert!(!world.at("updates/bundle.part").exists());
    life.send("bundle platen-pi4 2.0", late).await.unwrap();
    life.end().await;
}

#[tokio::test]
async fn what_breaks_while_it_is_written_is_told_and_what_runs_goes_on() {
    let world = World::new().await;
    let life = world.live(None);
    life.send("bundle platen-pi4 2.0 broken", ANY).await.unwrap();
    life.until(Stage::Failed).await;
    assert!(life.last().why.contains("Input/output error"), "{}", life.last().why);
    assert!(!world.at("requests/restart").exists() && !world.at("updates/bundle.raucb").exists());
    assert_eq!(world.rauc.machine().restart(), 'A');
    // By its address it needs no room, and is read by RAUC itself.
    let url = "https://updates.example/bundle%20platen-pi4%202.0";
    life.updates.install_from(url, "ola", ANY).await.unwrap();
    life.until(Stage::Installed).await;
    assert_eq!(world.rauc.machine().sources[1], url);
    life.end().await;
}

#[tokio::test]
async fn a_version_that_is_not_good_is_left_and_the_one_before_says_why() {
    let mut world = World::new().await;
    let life = world.live(None);
    life.updates.found_good().await.unwrap();
    life.send("bundle platen-pi4 2.0", ANY).await.unwrap();
    life.until(Stage::Installed).await;
    until("the restart to be asked for", || world.at("requests/restart").exists()).await;
    let life = world.restart(life).await;
    assert!(life.updates.found_bad("IPP does not answer: nobody listens").await);
    assert!(world.at("requests/fall-back").exists());
    assert_eq!(world.rauc.machine().marks.last().unwrap(), "bad booted");
    std::fs::write(world.at("boots/one.log"), "platen: error: all is lost\n").unwrap();
    let life = world.restart(life).await;
    assert_eq!((life.start, world.rauc.machine().booted), (Start::RolledBack, 'A'));
    until("its log to be kept", || life.last().has_log).await;
    let last = life.last();
    assert_eq!(last.stage, Stage::RolledBack);
    assert_eq!(last.why, "version 2.0: IPP does not answer: nobody listens");
    let log = life.updates.log(last.id).await.unwrap().unwrap();
    assert!(log.contains("all is lost"));
    life.updates.seen().await.unwrap();
    assert!(life.last().is_seen);
    // And it can be tried again.
    life.send("bundle platen-pi4 2.0", ANY).await.unwrap();
    life.until(Stage::Installed).await;
    life.end().await;
}

#[tokio::test]
async fn a_version_whose_daemon_never_runs_is_told_with_the_end_of_its_log() {
    let mut world = World::new().await;
    let life = world.live(None);
    life.updates.found_good().await.unwrap();
    life.send("bundle platen-pi4 2.0", ANY).await.unwrap();
    life.until(Stage::Installed).await;
    // The boot loader has tried slot B, and has gone back by itself.
    world.rauc.machine().b.is_good = false;
    std::fs::write(
        world.at("boots/one.log"),
        "systemd[1]: platen.service: Failed with result 'exit-code'.\n",
    )
    .unwrap();
    let life = world.restart(life).await;
    assert_eq!(life.start, Start::RolledBack);
    until("its log to be kept", || life.last().has_log).await;
    let why = life.last().why;
    assert!(
        why.contains("never came so far") && why.contains("Failed with result 'exit-code'"),
        "{why}"
    );
    life.end().await;
}

#[tokio::test]
async fn where_nothing_else_can_be_started_it_stays_with_what_it_has() {
    let mut world = World::new().await;
    world.rauc.machine().b.version = "2.0".to_owned();
    let folder = Folder::open(world.home.path()).unwrap();
    folder
        .write(&Ledger {
            good: Some(("A".into(), "1.0".parse().unwrap())),
            ..Ledger::default()
        })
        .unwrap();
    world.rauc.machine().booted = 'B';
    world.rauc.machine().a.is_good = false;
    let life = world.live(None);
    assert_eq!(life.start, Start::Trial, "somebody has installed it by hand");
    assert!(!life.updates.found_bad("it is odd").await);
    assert!(!world.at("requests/fall-back").exists());
    world.boot += 1;
    life.end().await;
}

#[tokio::test]
async fn the_version_before_is_gone_back_to_where_it_can_read_what_is_kept() {
    let mut world = World::new().await;
    let life = world.live(None);
    life.updates.found_good().await.unwrap();
    let none = life.updates.go_back("ola").await.unwrap_err();
    assert!(none.to_string().contains("can't be started"), "{none}");
    life.send("bundle platen-pi4 2.0", ANY).await.unwrap();
    life.until(Stage::Installed).await;
    until("the restart to be asked for", || world.at("requests/restart").exists()).await;
    let life = world.restart(life).await;
    life.updates.found_good().await.unwrap();
    // The version before knows an older schema than the database has now.
    let folder = Folder::open(world.home.path()).unwrap();
    let life = {
        life.end().await;
        let mut ledger = folder.read();
        ledger.last_mut().unwrap().from_schema = Some(1);
        folder.write(&ledger).unwrap();
        world.live(None)
    };
    let older = life.updates.go_back("ola").await.unwrap_err();
    assert!(older.to_string().contains("understands schema 1"), "{older}");
    life.end().await;
    let mut ledger = folder.read();
    ledger.last_mut().unwrap().from_schema = None;
    folder.write(&ledger).unwrap();
    let life = world.live(None);
    let back = life.updates.go_back("ola").await.unwrap();
    assert_eq!(
        (back.version.unwrap().as_str(), back.to_slot.as_deref()),
        ("1.0", Some("A"))
    );
    until("the restart to be asked for", || world.at("requests/restart").exists()).await;
    let life = world.restart(life).await;
    assert_eq!((world.rauc.machine().booted, life.start), ('A', Start::Trial));
    life.end().await;
}

/// Answers each request with what its path has.
async fn serve(files: Vec<(&'static str, Vec<u8>)>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let n = stream.read(&mut head).await.unwrap();
            let path = String::from_utf8_lossy(&head[..n])
                .split(' ')
                .nth(1)
                .unwrap_or("")
                .to_owned();
            let answer = match files.iter().find(|(name, _)| *name == path) {
                Some((_, bytes)) if bytes.starts_with(b"http") => {
                    let to = String::from_utf8_lossy(bytes);
                    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
                }
                Some((_, bytes)) => [
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len()).as_bytes(),
                    bytes,
                ]
                .concat(),
                None => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
            };
            let _ = stream.write_all(&answer).await;
        }
    });
    address
}

#[tokio::test]
async fn what_the_channel_offers_is_fetched_held_against_its_digest_and_installed() {
    const BUNDLE: &[u8] = b"bundle platen-pi4 2.0";
    let world = World::new().await;
    let maker = Maker::new(7);
    let elsewhere = serve(vec![("/bundle", BUNDLE.to_vec())]).await;
    let here = serve(vec![("/moved", format!("{elsewhere}/bundle").into_bytes())]).await;
    let offer = |sha256: &[u8], version: &str| {
        let mut offer = release(version, None);
        offer["url"] = json!(format!("{here}/moved"));
        offer["bytes"] = json!(BUNDLE.len());
        offer["sha256"] = json!(Sha256::of(sha256).to_string());
        offer
    };
    let now = jiff::Timestamp::now();
    let list = |offer: serde_json::Value| {
        let mut list = index(&[offer]);
        list["made"] = json!(now.to_string());
        list["expires"] = json!((now + jiff::SignedDuration::from_hours(24)).to_string());
        maker.sign(&list)
    };
    let lists = serve(vec![
        ("/good", list(offer(BUNDLE, "2.0"))),
        ("/changed", list(offer(b"another", "2.0"))),
        ("/promised", list(offer(BUNDLE, "2.5"))),
        ("/unsigned", Maker::new(8).sign(&index(&[]))),
    ])
    .await;
    let channel = |name: &str| {
        Some(Channel {
            url: format!("{lists}/{name}"),
            key: maker.key(),
        })
    };
    for (name, says) in [
        ("gone", "404"),
        ("unsigned", "not signed by its key"),
        ("changed", "not the one that the channel has signed for"),
        ("promised", "promised version 2.5"),
    ] {
        let life = world.live(channel(name));
        let refused = life.updates.install_offered("ola", ANY).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{name}: {refused}");
        assert!(!world.at("updates/bundle.raucb").exists() && !world.at("updates/bundle.part").exists());
        life.end().await;
    }
    let life = world.live(channel("good"));
    life.updates.check().await.unwrap();
    let state = life.updates.state().unwrap();
    assert_eq!(state.offer.as_ref().unwrap().version.as_str(), "2.0");
    assert!(state.ledger.checked.is_some() && state.ledger.check_failed.is_none());
    let taken = life.updates.install_offered("ola", ANY).await.unwrap();
    assert_eq!(taken.notes, "Better.");
    life.until(Stage::Installed).await;
    assert!(Path::new(&world.rauc.machine().sources[0]).ends_with("updates/bundle.raucb"));
    life.end().await;
}

#[tokio::test]
async fn a_machine_without_rauc_says_so() {
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path());
    let nobody = BusRauc::at(bus.address.clone());
    assert!(matches!(nobody.look().await, Err(RaucError::Absent(_))));
    let nowhere = BusRauc::at(format!("unix:path={}", home.path().join("none").display()));
    assert!(matches!(nowhere.look().await, Err(RaucError::Absent(_))));
    let none = Updates::none();
    assert!(
        none.state()
            .unwrap_err()
            .to_string()
            .contains("belong to the appliance")
    );
    assert!(matches!(none.receive(None).await, Err(UpdateError::Absent(_))));
}
