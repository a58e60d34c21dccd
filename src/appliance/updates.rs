//! The appliance's place in the house: which slot runs and whether it is tried, before anything is opened; its self-test,
//! once everything is; and what the panel is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::self_test;
use crate::config;
use crate::model::Timestamp;
use crate::panel::Machine;
use crate::queue::Queue;
use crate::store::{Opening, Store, StoreError};
use crate::system::update::ledger::{Folder, Ledger, Stage};
use crate::system::update::rauc::Rauc;
use crate::system::update::rauc::bus::BusRauc;
use crate::system::update::self_test::in_one;
use crate::system::update::trial::{self, Booted, Start};
use crate::system::update::version::Version;
use crate::system::update::{Parts, Settings, State, Updates, leave};

/// How long a version that is tried may take until nothing is missing. Printers that sleep need a while to be heard of.
const TRIAL: Duration = Duration::from_secs(4 * 60);
/// The same at a start as ever; then it is looked again.
const ORDINARY: Duration = Duration::from_secs(60);

/// An appliance, as far as it is known before anything is opened.
pub(super) struct Begun {
    settings: Settings,
    folder: Folder,
    ledger: Ledger,
    booted: Booted,
    start: Start,
    rauc: Arc<dyn Rauc>,
}

/// Looks whether this is an appliance, and what its start is. What is wrong with its settings is told and stops nothing.
pub(super) fn begin(config: &config::Updates, data: &Path, boot: Option<Uuid>) -> Option<Begun> {
    let words = std::fs::read_to_string(&config.kernel_command_line).ok()?;
    let slot = words
        .split_whitespace()
        .find_map(|word| word.strip_prefix("rauc.slot="))?;
    let booted = Booted {
        slot: slot.into(),
        version: version(&config.release),
        boot,
    };
    let folder = Folder::open(data).map_err(|error| log::error!("updates: there is no folder for them: {error}"));
    let folder = folder.ok()?;
    let mut ledger = folder.read();
    let start = match trial::at_start(&mut ledger, &booted, Timestamp::now()) {
        // Where the boot loader has nothing else to start, this version is all there is.
        Start::GiveUp if !words.split_whitespace().any(|word| word == "platen.fallback") => Start::Trial,
        start => start,
    };
    // On the disk before anything else: how often it was started counts also when the next step ends it.
    if let Err(error) = folder.write(&ledger) {
        log::error!("updates: what is known of them can't be written: {error}");
    }
    let requests = std::env::var_os("RUNTIME_DIRECTORY").map(PathBuf::from);
    if let Some(folder) = &requests {
        // What an earlier life asked for is done, or is asked for anew.
        for name in ["restart", "fall-back", "boot-log"] {
            let _ = std::fs::remove_file(folder.join(name));
        }
    }
    let told = |what: Result<_, String>| {
        what.unwrap_or_else(|why| {
            log::error!("{why}");
            None
        })
    };
    let settings = Settings {
        channel: told(config.channel()),
        window: config.window().unwrap_or_default(),
        automatic: config.automatic,
        boots: config.boots.clone(),
        requests,
    };
    match start {
        Start::Ordinary => log::info!("version {} runs from slot {}", booted.version, booted.slot),
        Start::Trial | Start::GiveUp => {
            log::warn!(
                "version {} runs from slot {} and has to find itself good",
                booted.version,
                booted.slot
            );
        }
        Start::RolledBack => log::warn!(
            "the machine has gone back to version {} in slot {}",
            booted.version,
            booted.slot
        ),
    }
    Some(Begun {
        settings,
        folder,
        ledger,
        booted,
        start,
        rauc: Arc::new(BusRauc::at(config.bus.as_str())),
    })
}

/// The version of the appliance (os-release(5)); else the daemon's own.
fn version(release: &Path) -> Version {
    let text = std::fs::read_to_string(release).unwrap_or_default();
    let told = text.lines().find_map(|line| line.strip_prefix("VERSION_ID="));
    let told = told.and_then(|version| version.trim().trim_matches('"').parse().ok());
    told.unwrap_or_else(Version::own)
}

impl Begun {
    /// What this start is to the database.
    pub fn opening(&self) -> Opening {
        match self.start {
            Start::Trial => Opening::Trial,
            Start::RolledBack => Opening::WentBack,
            Start::Ordinary | Start::GiveUp => Opening::Ordinary,
        }
    }

    /// Whether nothing may be taken and printed until the version has found itself good.
    pub fn is_trial(&self) -> bool {
        self.start == Start::Trial
    }

    /// Why the version is not to be tried any more.
    pub fn has_given_up(&self) -> Option<SmolStr> {
        let last = self.ledger.last().filter(|_| self.start == Start::GiveUp);
        last.map(|last| last.why.clone())
    }

    /// The version could not be started: where it is tried, the machine goes back.
    pub async fn give_up(mut self, why: &str) {
        if self.start != Start::Trial && self.start != Start::GiveUp {
            return;
        }
        if let Some(last) = self.ledger.last_mut().filter(|_| self.start == Start::Trial) {
            last.comes_to(Stage::Trying, why, Timestamp::now());
            last.is_explained = true;
        }
        if let Err(error) = self.folder.write(&self.ledger) {
            log::error!("updates: why it is not good can't be written: {error}");
        }
        leave(&*self.rauc, self.settings.requests.as_deref()).await;
    }

    /// Goes on with the store and the queue.
    pub fn with(self, store: Store, queue: Arc<Queue>, machine: SmolStr) -> Updates {
        Updates::new(Parts {
            rauc: self.rauc,
            store,
            folder: self.folder,
            ledger: self.ledger,
            booted: self.booted,
            start: self.start,
            settings: self.settings,
            hold: Arc::new(move |hold| queue.hold_all(hold)),
            machine,
        })
    }
}

/// What goes on beside the doors.
pub(super) struct Tasks(Vec<JoinHandle<()>>);

impl Tasks {
    /// Ends them.
    pub fn stop(&self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Begins the self-test, the worker, and what tells the panel. The gate opens when the version is found good.
pub(super) fn run(
    updates: Updates,
    parts: self_test::Parts,
    (database, gate): (PathBuf, watch::Sender<bool>),
    machine: watch::Sender<Machine>,
) -> Tasks {
    let mut tasks = Vec::new();
    if let Some(news) = updates.subscribe() {
        tasks.push(tokio::spawn(tell_panel(news, machine)));
        tasks.push(tokio::spawn(test(updates.clone(), parts, database, gate)));
        tasks.push(tokio::spawn(updates.run()));
    }
    Tasks(tasks)
}

/// Looks at itself until it is found good. A version that is tried and is not goes.
async fn test(updates: Updates, parts: self_test::Parts, database: PathBuf, gate: watch::Sender<bool>) {
    let expected = updates.expected();
    let is_trial = updates.is_trial();
    let within = if is_trial { TRIAL } else { ORDINARY };
    loop {
        let passed = self_test::pass(&parts, expected.as_ref(), within).await;
        let found = match passed {
            Ok(()) => updates.found_good().await.map_err(|e| SmolStr::from(e.to_string())),
            Err(missing) => Err(in_one(&missing)),
        };
        match found {
            Ok(()) => break,
            Err(why) if is_trial => {
                if updates.found_bad(&why).await {
                    // The machine starts anew; until then nothing is taken.
                    return;
                }
                break;
            }
            Err(why) => log::error!("self-test: {why}"),
        }
        tokio::time::sleep(ORDINARY / 4).await;
    }
    log::info!("self-test: passed");
    let forgot = tokio::task::spawn_blocking(move || Store::forget_copies(&database)).await;
    if let Ok(Err(StoreError::Io { path, source })) = forgot {
        log::warn!("{} could not be removed: {source}", path.display());
    }
    gate.send_replace(true);
    if is_trial {
        parts.queue.hold_all(false);
    }
}

/// Tells the panel of updates.
async fn tell_panel(mut news: watch::Receiver<Arc<State>>, machine: watch::Sender<Machine>) {
    loop {
        let state = news.borrow_and_update().clone();
        machine.send_if_modified(|machine| {
            let (updating, rolled_back) = shown(&state);
            let is_news = machine.updating != updating || machine.rolled_back != rolled_back;
            (machine.updating, machine.rolled_back) = (updating, rolled_back);
            machine.version = state.booted.version.as_str().into();
            is_news
        });
        if news.changed().await.is_err() {
            return;
        }
    }
}

/// What the panel shows of updates: how far one is that is being written, and why one was taken back that nobody has seen.
fn shown(state: &State) -> (Option<Option<u8>>, Option<SmolStr>) {
    let Some(last) = state.ledger.last() else {
        return (None, None);
    };
    let updating =
        (last.stage == Stage::Installing).then(|| state.progress.as_ref().filter(|p| p.percent > 0).map(|p| p.percent));
    let rolled_back = (last.stage == Stage::RolledBack && !last.is_seen).then(|| last.why.clone());
    (updating, rolled_back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_slots_is_none_and_one_with_them_is_tried_by_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut config = config::Updates {
            kernel_command_line: file("cmdline", "root=/dev/sda quiet\n"),
            release: file("release", "ID=platen\nVERSION_ID=\"2.1\"\n"),
            ..config::Updates::default()
        };
        assert!(begin(&config, folder.path(), None).is_none());
        config.kernel_command_line = file("cmdline", "root=PARTUUID=1 rauc.slot=A quiet\n");
        let begun = begin(&config, folder.path(), None).unwrap();
        assert_eq!(
            (begun.booted.slot.as_str(), begun.booted.version.as_str()),
            ("A", "2.1")
        );
        assert_eq!((begun.start, begun.opening()), (Start::Ordinary, Opening::Ordinary));
        assert_eq!(version(Path::new("/nowhere")).as_str(), env!("CARGO_PKG_VERSION"));
    }
}
