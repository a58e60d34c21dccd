//! What becomes of the version that runs: it is found good, or bad; and what is learned of one that was left.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::ledger::{Expected, Stage};
use super::rauc::{Mark, Rauc, RaucError};
use super::trial::{self, Start};
use super::{Inner, UpdateError, Updates};
use crate::model::Timestamp;

/// Tries to mark a slot; RAUC may be slow to come up.
const TRIES: u32 = 6;
/// The pause between two.
const PAUSE: Duration = Duration::from_secs(5);
/// How long it is waited for the log of the start before.
const LOG: Duration = Duration::from_secs(30);
/// Most bytes that are kept of a log: its end.
const MOST_LOG: u64 = 128 << 10;

impl Updates {
    /// Whether the version that runs has to find itself good.
    pub fn is_trial(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.start == Start::Trial)
    }

    /// What the version before had seen, where this one is tried.
    pub fn expected(&self) -> Option<Expected> {
        let inner = self.0.as_ref().filter(|inner| inner.start == Start::Trial)?;
        let state = inner.state.borrow();
        // Of one that was installed by hand nothing is known.
        Some(state.ledger.last()?.expected.clone().unwrap_or_default())
    }

    /// The self-test has passed: the boot loader and what is kept are told.
    ///
    /// # Errors
    /// [`UpdateError`] when RAUC could not be told: the slot is not good then, and its tries are counted.
    pub async fn found_good(&self) -> Result<(), UpdateError> {
        let Some(inner) = &self.0 else {
            return Ok(());
        };
        // First the boot loader: what is not marked is tried once more, and has taken nothing by then.
        mark(&*inner.rauc, Mark::BootedGood).await?;
        // For services of the machine that would go back otherwise.
        inner.ask_machine("good").await?;
        let is_known = {
            let state = inner.state.borrow();
            state
                .ledger
                .good
                .as_ref()
                .is_some_and(|(slot, version)| *slot == inner.booted.slot && *version == inner.booted.version)
        };
        if is_known && inner.start != Start::Trial {
            return Ok(());
        }
        inner
            .change(|ledger| {
                ledger.good = Some((inner.booted.slot.clone(), inner.booted.version.clone()));
                if let Some(last) = ledger.last_mut().filter(|last| last.stage == Stage::Trying) {
                    last.comes_to(
                        Stage::Good,
                        "it has looked at itself, and all is well",
                        Timestamp::now(),
                    );
                }
            })
            .await?;
        let _ = inner.look().await;
        Ok(())
    }

    /// The self-test has failed: the machine goes back to the other slot. Says whether it does; where nothing can be
    /// started from there, it stays with what it has.
    pub async fn found_bad(&self, why: &str) -> bool {
        match &self.0 {
            Some(inner) => inner.found_bad(why).await,
            None => false,
        }
    }
}

/// Leaves the slot that runs: the boot loader starts the other one next, and the machine starts anew.
pub async fn leave(rauc: &dyn Rauc, requests: Option<&Path>) {
    if let Err(error) = mark(rauc, Mark::BootedBad).await {
        // Its tries are counted all the same.
        log::error!("updates: the slot could not be marked as bad: {error}");
    }
    let asked = requests.map(|folder| std::fs::write(folder.join("fall-back"), b""));
    if let Some(Err(error)) = asked {
        log::error!("updates: the machine could not be asked to start anew: {error}");
    }
}

async fn mark(rauc: &dyn Rauc, mark: Mark) -> Result<(), RaucError> {
    let mut tries = 0;
    loop {
        match rauc.mark(mark).await {
            Ok(()) => return Ok(()),
            Err(error) if tries >= TRIES => return Err(error),
            Err(error) => log::warn!("updates: the slot could not be marked: {error}"),
        }
        tries += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

impl Inner {
    async fn found_bad(&self, why: &str) -> bool {
        log::error!("updates: version {} is not good: {why}", self.booted.version);
        // Where nothing is known of the other slot, it is tried.
        let slots = self.look().await;
        let is_alone = slots.is_ok_and(|slots| slots.other().is_none_or(|other| other.is_good == Some(false)));
        let noted = self.change(|ledger| {
            if let Some(last) = ledger.last_mut().filter(|last| last.stage == Stage::Trying) {
                last.comes_to(Stage::Trying, why, Timestamp::now());
                last.is_explained = true;
            }
        });
        if let Err(error) = noted.await {
            log::error!("updates: why could not be written down: {error}");
        }
        if is_alone {
            log::error!("updates: no other slot can be started: the machine stays with this version");
            return false;
        }
        leave(&*self.rauc, self.settings.requests.as_deref()).await;
        true
    }

    /// What is to be learned at a start: of a version that was left, why; of one that nobody here knows, that it was.
    pub(super) async fn settle(self: &Arc<Self>) {
        let slots = match self.look().await {
            Ok(slots) => slots,
            Err(error) => {
                log::warn!("updates: {error}");
                return;
            }
        };
        let mut has_gone_back = self.start == Start::RolledBack;
        let other = slots
            .other()
            .filter(|slot| slot.is_good == Some(false) && slot.is_whole);
        if let Some((slot, version)) = other.and_then(|slot| Some((slot.bootname.clone(), slot.version.clone()?)))
            && self.start == Start::Ordinary
        {
            let found =
                self.change(|ledger| trial::found_bad(ledger, &self.booted, (&slot, &version), Timestamp::now()));
            has_gone_back = found.await.unwrap_or(false);
        }
        if has_gone_back {
            self.learn_why().await;
        }
    }

    /// Has the log of the start before brought, and completes why that version was left.
    async fn learn_why(self: &Arc<Self>) {
        let Some(last) = self.state.borrow().ledger.last().cloned() else {
            return;
        };
        let log = self.log_of_before().await;
        let kept = match &log {
            Some(log) => self.folder.put(&format!("{}.log", last.id), log.as_bytes()).is_ok(),
            None => false,
        };
        // What it said of itself is better than what its log ends with.
        let why = match last.is_explained {
            true => last.why.clone(),
            false => trial::with_end_of(&last.why, log.as_deref()),
        };
        let learned = self.change(|ledger| {
            if let Some(last) = ledger.last_mut() {
                last.why = why;
                last.has_log = kept;
            }
        });
        if let Err(error) = learned.await {
            log::warn!("updates: why the version before was left could not be written down: {error}");
        }
    }

    /// The newest log of a start that failed; a service of the machine makes it where there is none yet.
    async fn log_of_before(&self) -> Option<String> {
        let folder = self.settings.boots.clone();
        let since = SystemTime::now().checked_sub(Duration::from_secs(15 * 60))?;
        let look = move |folder: PathBuf| tokio::task::spawn_blocking(move || newest(&folder, since));
        if let Ok(Some(log)) = look(folder.clone()).await {
            return Some(log);
        }
        if !self.ask_machine("boot-log").await.unwrap_or(false) {
            return None;
        }
        let deadline = tokio::time::Instant::now() + LOG;
        while tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if let Ok(Some(log)) = look(folder.clone()).await {
                return Some(log);
            }
        }
        None
    }
}

/// The end of the newest log in a folder that was written since, and is whole.
fn newest(folder: &Path, since: SystemTime) -> Option<String> {
    use std::io::{Read, Seek, SeekFrom};
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let logs = entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "log"));
    let dated = logs.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
    let (_, path) = dated.filter(|(at, _)| *at >= since).max()?;
    let mut file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_LOG))).ok()?;
    let mut bytes = Vec::new();
    file.take(MOST_LOG).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (!text.trim().is_empty()).then_some(text)
}
