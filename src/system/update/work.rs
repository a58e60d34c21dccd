//! The worker: what waits is installed when the plan says so, what is installed is started, and the channel is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::time::Instant;

use super::ledger::{Attempt, Expected, Origin, Stage};
use super::plan::{self, House, Verdict, When, Wish};
use super::rauc::{Mark, Progress, RaucError};
use super::{Inner, UpdateError};
use crate::model::{Destination, Timestamp};
use crate::store::StoreError;

/// How long it waits without news while an update waits.
const LOOK: Duration = Duration::from_secs(5);
/// How long it waits without news while none does.
const REST: Duration = Duration::from_secs(60);
/// How often the channel is asked.
const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// After how long it is asked again when it failed; it doubles up to a day.
const FIRST_AGAIN: Duration = Duration::from_secs(5 * 60);
/// How long the machine may take to start anew once it was asked.
const RESTART: Duration = Duration::from_secs(3 * 60);
/// Per cent between two that are told as events.
const STEP: u8 = 5;

/// When the channel is asked.
struct Asking {
    next: Instant,
    failures: u32,
}

pub(super) async fn run(inner: Arc<Inner>) {
    inner.settle().await;
    let mut news = inner.store.subscribe();
    let mut asking = Asking {
        next: Instant::now() + first(&inner),
        failures: 0,
    };
    let mut restart: Option<Instant> = None;
    loop {
        news.borrow_and_update();
        let wait = inner.step(&mut restart).await;
        if inner.settings.channel.is_some() && Instant::now() >= asking.next {
            let wait = inner.ask_as_ever(&mut asking.failures).await;
            asking.next = Instant::now() + wait;
            continue;
        }
        let is_waiting = wait < REST;
        tokio::select! {
            () = inner.wake.notified() => {}
            changed = news.changed(), if is_waiting => if changed.is_err() {
                return;
            } else {
                tokio::time::sleep(Duration::from_millis(200)).await;
            },
            () = tokio::time::sleep(wait) => {}
            () = tokio::time::sleep_until(asking.next), if inner.settings.channel.is_some() => {}
        }
    }
}

/// How long after the start the channel is asked for the first time: a day after the last time, and never at once, as
/// machines that start together after a power cut should not ask together.
fn first(inner: &Inner) -> Duration {
    let spread = u64::from(inner.machine.bytes().fold(0u8, |sum, byte| sum.wrapping_add(byte)));
    let shortest = Duration::from_secs(60 + spread);
    let checked = inner.state.borrow().ledger.checked;
    let Some(checked) = checked else {
        return shortest;
    };
    let since = Timestamp::now().0.saturating_sub(checked.0);
    // A clock that went back says nothing.
    let since = Duration::from_millis(u64::try_from(since).unwrap_or(u64::MAX));
    DAILY.saturating_sub(since).max(shortest)
}

/// When to ask again after so many failures.
fn again(failures: u32) -> Duration {
    match failures {
        0 => DAILY,
        n => FIRST_AGAIN.saturating_mul(1 << (n - 1).min(16)).min(DAILY),
    }
}

impl Inner {
    async fn ask_as_ever(self: &Arc<Self>, failures: &mut u32) -> Duration {
        match self.check().await {
            Ok(()) => *failures = 0,
            Err(error) => {
                *failures = failures.saturating_add(1);
                log::warn!("updates: {error}");
            }
        }
        let is_offered = self.state.borrow().offer.is_some();
        if self.settings.automatic && is_offered && *failures == 0 {
            let wish = Wish {
                allow_downgrade: false,
                when: When::Window,
            };
            match self.install_offered("Platen", wish, true).await {
                Ok(taken) => log::info!("updates: version {} waits for its window", taken.shown()),
                Err(UpdateError::Refused(refusal)) => log::info!("updates: {refusal}"),
                Err(error) => log::warn!("updates: {error}"),
            }
        }
        again(*failures)
    }

    /// Does what there is to do, and says how long there is nothing more.
    async fn step(self: &Arc<Self>, restart: &mut Option<Instant>) -> Duration {
        self.show(|state| state.window = self.window());
        let last = self.state.borrow().ledger.last().cloned();
        let stepped = match last {
            Some(last) if last.stage == Stage::Waiting => self.wait(last).await,
            Some(last) if last.stage == Stage::Installed && last.boot == self.booted.boot => {
                self.start_anew(restart).await
            }
            _ => Ok(REST),
        };
        stepped.unwrap_or_else(|error| {
            log::warn!("updates: {error}");
            LOOK
        })
    }

    /// Installs what waits, if its time has come.
    async fn wait(self: &Arc<Self>, last: Attempt) -> Result<Duration, UpdateError> {
        if last.origin_is_here() && !self.folder.bundle().exists() {
            self.fail("its bundle is gone: bring it again").await?;
            return Ok(REST);
        }
        let house = House {
            busy: self.busy().await?,
            window: self.window(),
            is_taken: self.look().await?.is_installing,
        };
        match plan::moment(last.wish, &house, Timestamp::now()) {
            Verdict::Install => {
                self.show(|state| state.waits = SmolStr::default());
                self.install(last).await?;
                Ok(Duration::ZERO)
            }
            Verdict::Wait { why, .. } => {
                self.show(|state| state.waits = why);
                Ok(LOOK)
            }
            // It was looked at when it came.
            Verdict::Refuse(refusal) => {
                self.fail(&refusal.to_string()).await?;
                Ok(REST)
            }
        }
    }

    /// Names of printers that have a job.
    async fn busy(&self) -> Result<Vec<SmolStr>, StoreError> {
        let house = self.store.house().await?;
        let at_work = house.open_attempts.iter().map(|attempt| {
            let record = house.printer(&attempt.printer);
            record.map_or_else(|| attempt.printer.as_str().into(), |record| record.name.clone())
        });
        Ok(at_work.collect())
    }

    async fn fail(&self, why: &str) -> Result<(), UpdateError> {
        let now = Timestamp::now();
        self.change(|ledger| {
            if let Some(last) = ledger.last_mut() {
                last.comes_to(Stage::Failed, why, now);
            }
        })
        .await?;
        self.show(|state| {
            state.waits = SmolStr::default();
            state.progress = None;
        });
        self.folder.forget_bundle();
        Ok(())
    }

    async fn install(self: &Arc<Self>, last: Attempt) -> Result<(), UpdateError> {
        let begun = self.change(|ledger| match ledger.last_mut() {
            // It may have been canceled meanwhile.
            Some(last) if last.stage == Stage::Waiting => {
                last.comes_to(
                    Stage::Installing,
                    "it is being written to the other slot",
                    Timestamp::now(),
                );
                true
            }
            _ => false,
        });
        if !begun.await? {
            return Ok(());
        }
        let (schema, slots) = (
            self.store.database().await.map(|(_, schema)| schema).ok(),
            self.look().await?,
        );
        let other = slots.other().map(|slot| slot.bootname.clone());
        let source = match &last.origin {
            Origin::Url(url) => url.to_string(),
            _ => self.folder.bundle().to_string_lossy().into_owned(),
        };
        let installed = self.write(&source, &last).await;
        self.show(|state| state.progress = None);
        self.folder.forget_bundle();
        if let Err(error) = installed {
            let why = format!(
                "it could not be installed: {error}. What runs goes on; the other slot can't be started until an update has \
                 been installed"
            );
            return self.fail(&why).await;
        }
        // What was read while it was installed may be another one than was looked at.
        let written = self.look().await?.other().and_then(|slot| slot.version.clone());
        if written.as_ref() != last.version.as_ref() {
            let marked = self.rauc.mark(Mark::OtherBad).await;
            marked.unwrap_or_else(|error| log::error!("updates: the other slot could not be marked as bad: {error}"));
            let why = "what was installed is not what was looked at before: the address gave two different bundles";
            return self.fail(why).await;
        }
        self.change(|ledger| {
            if let Some(last) = ledger.last_mut() {
                let why = "it is written, and starts as soon as the printers have nothing to do";
                last.comes_to(Stage::Installed, why, Timestamp::now());
                last.to_slot = other;
                last.from_schema = schema;
                last.boot = self.booted.boot;
            }
        })
        .await
    }

    /// Has RAUC write it, and tells how far it is.
    async fn write(self: &Arc<Self>, source: &str, last: &Attempt) -> Result<(), RaucError> {
        let told = AtomicU8::new(0);
        let (inner, attempt) = (self.clone(), last.clone());
        self.show(|state| state.progress = Some(Progress::default()));
        let tell = move |progress: Progress| {
            inner.show(|state| state.progress = Some(progress.clone()));
            let before = told.load(Ordering::Relaxed);
            if progress.percent >= before.saturating_add(STEP) || progress.percent == 100 && before < 100 {
                told.store(progress.percent, Ordering::Relaxed);
                let (inner, mut attempt) = (inner.clone(), attempt.clone());
                attempt.stage = Stage::Installing;
                attempt.why = plan::one_line(&progress.message).into();
                tokio::spawn(async move { inner.tell(&attempt, Some(progress.percent)).await });
            }
        };
        self.rauc.install(source, &tell).await
    }

    /// Has the machine start anew as soon as no printer has a job; nothing new is begun meanwhile.
    async fn start_anew(&self, restart: &mut Option<Instant>) -> Result<Duration, UpdateError> {
        if self.settings.requests.is_none() {
            self.show(|state| state.waits = "the machine must be started anew by hand".into());
            return Ok(REST);
        }
        if let Some(asked) = *restart {
            if asked.elapsed() > RESTART {
                (self.hold)(false);
                let why = "the machine was asked to start anew and did not: start it anew by hand";
                self.show(|state| state.waits = why.into());
                return Ok(REST);
            }
            return Ok(LOOK);
        }
        (self.hold)(true);
        let busy = self.busy().await?;
        if let Some(printer) = busy.first() {
            let why =
                format_smolstr!("{printer} prints: the machine starts anew once that is over, and begins nothing new");
            self.show(|state| state.waits = why);
            return Ok(LOOK);
        }
        let expected = self.seen().await?;
        self.change(|ledger| {
            if let Some(last) = ledger.last_mut() {
                last.expected = Some(expected);
                last.why = "the machine starts anew with it".into();
            }
        })
        .await?;
        self.show(|state| state.waits = "the machine starts anew".into());
        self.ask_machine("restart").await?;
        *restart = Some(Instant::now());
        Ok(LOOK)
    }

    /// What there is to be seen again by the next version.
    async fn seen(&self) -> Result<Expected, StoreError> {
        let house = self.store.house().await?;
        let answering = house
            .printers
            .iter()
            .filter(|printer| printer.status.as_ref().is_some_and(|status| status.reachable));
        Ok(Expected {
            open_jobs: self.store.queued_count(Destination::Pool).await?.into(),
            reachable: answering.map(|printer| printer.id.clone()).collect(),
        })
    }
}

impl Attempt {
    /// Whether its bundle lies on the data partition until it is installed.
    fn origin_is_here(&self) -> bool {
        matches!(self.origin, Origin::Upload | Origin::Channel(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_fails_is_asked_again_later_and_later() {
        let minutes: Vec<u64> = (0..12).map(|failures| again(failures).as_secs() / 60).collect();
        assert_eq!(minutes, [1440, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
        assert_eq!(again(u32::MAX), DAILY);
    }
}
