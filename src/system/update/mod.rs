//! Updates of the appliance: two slots, of which one runs and the other one is written.
//!
//! ```text
//!   upload, address, channel ──► bring ──► Waiting ──► work ──► RAUC writes the other slot ──► the machine starts anew
//!                                 │         (plan: a       │                                        │
//!                            RAUC looks     function)      └─ ledger (a file that both              ▼
//!                            at it first                      versions read) ◄──────────────── trial: self-test,
//!                                                                                               good or back
//! ```
//!
//! What is decided is pure: [`plan`] (may it be installed, and now?), [`channel`] (what is offered, by whom), [`trial`]
//! (what does this start say of the update before it?), [`self_test`] (is the new version good?). [`rauc`] is the edge.
//!
//! While a version is tried, nothing is taken and nothing is printed: going back then loses nothing and repeats nothing.

mod bring;
pub mod channel;
pub mod fetch;
mod incoming;
pub mod ledger;
pub mod plan;
pub mod rauc;
pub mod self_test;
pub mod trial;
mod tried;
pub mod version;
mod work;

#[cfg(test)]
#[path = "../../../tests/e2e/common/rauc.rs"]
pub(crate) mod fake;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::{Mutex, Notify, watch};

use crate::crypto::PublicKey;
use crate::model::{EventKind, Span, Timestamp, WindowRule};
use crate::store::{Store, StoreError};

use channel::Release;
use ledger::{Attempt, Folder, Ledger, Stage};
use plan::{Refusal, Running};
use rauc::{Progress, Rauc, RaucError, Slots};
use trial::{Booted, Start};

pub use bring::Brought;
pub use incoming::Receiving;
pub use tried::leave;

/// Where new versions are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Where its list is.
    pub url: String,
    /// Who signs it.
    pub key: PublicKey,
}

/// What is set about updates.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where new versions are told; none: nobody is asked.
    pub channel: Option<Channel>,
    /// When updates may be installed by themselves.
    pub window: Option<WindowRule>,
    /// Whether what the channel offers is installed in the window without being asked for.
    pub automatic: bool,
    /// Where a service of the machine puts the logs of starts that failed.
    pub boots: PathBuf,
    /// Where services of the machine look for what is asked of them; none: nobody looks.
    pub requests: Option<PathBuf>,
}

/// What updates are made with.
pub struct Parts {
    /// RAUC.
    pub rauc: Arc<dyn Rauc>,
    /// The store.
    pub store: Store,
    /// Where it is kept.
    pub folder: Folder,
    /// What is kept.
    pub ledger: Ledger,
    /// What runs.
    pub booted: Booted,
    /// What this start is.
    pub start: Start,
    /// What is set.
    pub settings: Settings,
    /// Has the queue begin nothing new, or go on.
    pub hold: Arc<dyn Fn(bool) + Send + Sync>,
    /// What tells this machine from others.
    pub machine: SmolStr,
}

/// Updates at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// What runs.
    pub booted: Booted,
    /// The machine as RAUC sees it; none: it was not seen yet.
    pub slots: Option<Slots>,
    /// Why RAUC could not be asked, where that is so.
    pub trouble: Option<SmolStr>,
    /// What is kept.
    pub ledger: Ledger,
    /// How far the installation is that goes on.
    pub progress: Option<Progress>,
    /// What the newest update waits for.
    pub waits: SmolStr,
    /// What the channel offers.
    pub offer: Option<Release>,
    /// The window that goes on, or the next one.
    pub window: Option<Span>,
}

/// Why something about updates was not done: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// This is no appliance.
    #[error("{0}")]
    Absent(SmolStr),
    /// One is at work.
    #[error("{0}")]
    Busy(SmolStr),
    /// It may not be installed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// RAUC does not do it.
    #[error(transparent)]
    Rauc(#[from] RaucError),
    /// It can't be as it is asked for.
    #[error("{0}")]
    Wrong(SmolStr),
    /// The channel does not answer, or can't be believed.
    #[error("{0}")]
    Channel(SmolStr),
    /// The disk has no room.
    #[error(
        "this update needs {} MB on the data partition until it is installed, and {} MB can be used: remove documents of old \
         jobs, or install it by its address, which needs none", needs / 1_000_000 + 1, free / 1_000_000
    )]
    NoRoom {
        /// Bytes.
        needs: u64,
        /// Bytes.
        free: u64,
    },
    /// It is longer than a bundle can be.
    #[error("a bundle has {} MB at most", channel::MOST_BUNDLE / 1_000_000)]
    TooLarge,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk does not take it.
    #[error("the disk does not take what is written: {0}")]
    Disk(#[from] std::io::Error),
}

/// Updates. Clones share all.
#[derive(Clone)]
pub struct Updates(Option<Arc<Inner>>);

pub(crate) struct Inner {
    rauc: Arc<dyn Rauc>,
    store: Store,
    folder: Folder,
    booted: Booted,
    start: Start,
    settings: Settings,
    hold: Arc<dyn Fn(bool) + Send + Sync>,
    machine: SmolStr,
    /// What is kept; whoever changes it writes it.
    ledger: Mutex<Ledger>,
    state: watch::Sender<Arc<State>>,
    /// Held by whoever brings an update.
    bringing: Arc<Mutex<()>>,
    /// Wakes the worker.
    wake: Notify,
}

/// Why there are none.
const NO_APPLIANCE: &str = "updates belong to the appliance: this Platen is a program among others on its machine, and is \
                            brought up to date as the others are";

impl Updates {
    /// Where Platen is a program among others.
    pub fn none() -> Updates {
        Updates(None)
    }

    /// On an appliance. [`Updates::run`] does the work.
    pub fn new(parts: Parts) -> Updates {
        let state = State {
            booted: parts.booted.clone(),
            slots: None,
            trouble: None,
            ledger: parts.ledger.clone(),
            progress: None,
            waits: SmolStr::default(),
            offer: None,
            window: None,
        };
        Updates(Some(Arc::new(Inner {
            rauc: parts.rauc,
            store: parts.store,
            folder: parts.folder,
            booted: parts.booted,
            start: parts.start,
            settings: parts.settings,
            hold: parts.hold,
            machine: parts.machine,
            ledger: Mutex::new(parts.ledger),
            state: watch::channel(Arc::new(state)).0,
            bringing: Arc::default(),
            wake: Notify::new(),
        })))
    }

    /// Works until it is dropped: waits, installs, restarts, asks the channel. Ends at once where there are none.
    pub async fn run(self) {
        if let Some(inner) = self.0 {
            work::run(inner).await;
        }
    }

    /// How they stand.
    ///
    /// # Errors
    /// [`UpdateError::Absent`].
    pub fn state(&self) -> Result<Arc<State>, UpdateError> {
        Ok(self.inner()?.state.borrow().clone())
    }

    /// What is set about them.
    ///
    /// # Errors
    /// [`UpdateError::Absent`].
    pub fn settings(&self) -> Result<&Settings, UpdateError> {
        Ok(&self.inner()?.settings)
    }

    /// Every change of how they stand; none: there are none.
    pub fn subscribe(&self) -> Option<watch::Receiver<Arc<State>>> {
        self.0.as_ref().map(|inner| inner.state.subscribe())
    }

    /// The log of a start that failed, where one is kept.
    ///
    /// # Errors
    /// [`UpdateError::Absent`].
    pub async fn log(&self, id: u64) -> Result<Option<String>, UpdateError> {
        let path = self.inner()?.folder.log(id);
        let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
        let read = read.ok().and_then(Result::ok);
        Ok(read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn inner(&self) -> Result<&Arc<Inner>, UpdateError> {
        self.0
            .as_ref()
            .ok_or(UpdateError::Absent(SmolStr::new_static(NO_APPLIANCE)))
    }
}

impl Inner {
    /// Changes what is kept, writes it, shows it, and tells where the newest update has come to another stage.
    async fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> Result<T, UpdateError> {
        let mut ledger = self.ledger.lock().await;
        let mut changed = ledger.clone();
        let done = change(&mut changed);
        let (folder, written) = (self.folder.clone(), changed.clone());
        let written = tokio::task::spawn_blocking(move || {
            folder.write(&written)?;
            folder.forget_logs(&written);
            Ok::<(), std::io::Error>(())
        });
        written.await.map_err(std::io::Error::other)??;
        let place = |ledger: &Ledger| ledger.last().map(|last| (last.id, last.stage, last.why.clone()));
        let news = (place(&ledger) != place(&changed))
            .then(|| changed.last().cloned())
            .flatten();
        *ledger = changed.clone();
        drop(ledger);
        self.show(|state| state.ledger = changed);
        if let Some(last) = news {
            self.tell(&last, None).await;
        }
        Ok(done)
    }

    fn show(&self, change: impl FnOnce(&mut State)) {
        self.state.send_if_modified(|shown| {
            let mut state = State::clone(shown);
            change(&mut state);
            let is_news = state != **shown;
            if is_news {
                *shown = Arc::new(state);
            }
            is_news
        });
    }

    /// Tells of the newest update, in the log of events and in that of the daemon.
    async fn tell(&self, attempt: &Attempt, percent: Option<u8>) {
        let words = match percent {
            None => format_smolstr!(
                "version {} is {}: {}",
                attempt.shown(),
                attempt.stage.keyword(),
                attempt.why
            ),
            Some(percent) => format_smolstr!("version {}: {percent} % {}", attempt.shown(), attempt.why),
        };
        match attempt.stage {
            Stage::Failed | Stage::RolledBack => log::error!("updates: {words}"),
            _ => log::info!("updates: {words}"),
        }
        let kind = EventKind::UpdateChanged {
            version: attempt.shown().into(),
            stage: attempt.stage.keyword().into(),
            percent,
            message: attempt.why.clone(),
        };
        if let Err(error) = self.store.tell(Timestamp::now(), None, kind).await {
            log::warn!("what became of an update could not be told: {error}");
        }
    }

    /// Looks at the machine.
    async fn look(&self) -> Result<Slots, RaucError> {
        let looked = self.rauc.look().await;
        self.show(|state| match &looked {
            Ok(slots) => {
                state.slots = Some(slots.clone());
                state.trouble = None;
            }
            Err(error) => state.trouble = Some(format_smolstr!("{error}")),
        });
        looked
    }

    /// What runs, as bundles are held against it.
    async fn running(&self) -> Result<Running, RaucError> {
        let known = self.state.borrow().slots.as_ref().map(|slots| slots.compatible.clone());
        let compatible = match known {
            Some(compatible) => compatible,
            None => self.look().await?.compatible,
        };
        Ok(Running {
            compatible,
            version: self.booted.version.clone(),
            machine: self.machine.clone(),
        })
    }

    /// The window that goes on, or the next one.
    fn window(&self) -> Option<Span> {
        let rule = self.settings.window.as_ref()?;
        rule.next(&jiff::ZonedDateTime::now())
    }

    /// Asks something of a service of the machine, by a file that it looks for. Says whether anybody looks.
    async fn ask_machine(&self, what: &'static str) -> std::io::Result<bool> {
        let Some(folder) = self.settings.requests.clone() else {
            return Ok(false);
        };
        let made = tokio::task::spawn_blocking(move || std::fs::write(folder.join(what), b""));
        made.await.map_err(std::io::Error::other)??;
        Ok(true)
    }
}
