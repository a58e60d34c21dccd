//! An update comes: from a person, from an address, from the channel, or out of the other slot. RAUC looks at it before
//! anything else is done, so that what can't be installed is refused at once, with its reason.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::OwnedMutexGuard;

use super::channel::{self, MOST_BYTES, Release};
use super::ledger::{Attempt, Origin, Stage};
use super::plan::{self, Bundle, Terms, Wish};
use super::rauc::{Mark, RaucError};
use super::{Inner, Receiving, UpdateError, Updates, fetch};
use crate::model::Timestamp;

/// An update that was taken, and waits.
pub type Brought = Attempt;

impl Updates {
    /// Takes a bundle that was received.
    ///
    /// # Errors
    /// [`UpdateError`] when it may not be installed; then it is gone.
    pub async fn install_received(&self, received: Receiving, by: &str, wish: Wish) -> Result<Brought, UpdateError> {
        let inner = self.inner()?;
        let (received, _) = received.finish().await?;
        let path = inner.folder.bundle();
        let bundle = inner
            .inspected(&path.to_string_lossy(), &Terms::default(), wish)
            .await?;
        let taken = inner
            .take(Origin::Upload, &bundle, (by, wish, SmolStr::default()))
            .await?;
        received.keep();
        Ok(taken)
    }

    /// Takes a bundle by its address: RAUC reads it from there while it installs it.
    ///
    /// # Errors
    /// [`UpdateError`] when it may not be installed.
    pub async fn install_from(&self, url: &str, by: &str, wish: Wish) -> Result<Brought, UpdateError> {
        let inner = self.inner()?;
        let _turn = inner.turn().await?;
        fetch::check(url).map_err(|why| UpdateError::Wrong(why.into()))?;
        let bundle = inner.inspected(url, &Terms::default(), wish).await?;
        inner
            .take(Origin::Url(url.into()), &bundle, (by, wish, SmolStr::default()))
            .await
    }

    /// Takes what the channel offers, which is fetched first: a connection that breaks costs nothing then.
    ///
    /// # Errors
    /// [`UpdateError`] when there is nothing, or it may not be installed.
    pub async fn install_offered(&self, by: &str, wish: Wish) -> Result<Brought, UpdateError> {
        let inner = self.inner()?;
        inner.install_offered(by, wish, false).await
    }

    /// Asks the channel what there is.
    ///
    /// # Errors
    /// [`UpdateError::Channel`] when it can't be asked or believed; [`UpdateError::Wrong`] when there is none.
    pub async fn check(&self) -> Result<(), UpdateError> {
        self.inner()?.check().await
    }

    /// Takes back an update that has not been begun.
    ///
    /// # Errors
    /// [`UpdateError::Busy`] when it has, [`UpdateError::Wrong`] when none waits.
    pub async fn cancel(&self, by: &str) -> Result<(), UpdateError> {
        let inner = self.inner()?;
        let canceled = inner.change(|ledger| match ledger.last_mut() {
            Some(last) if last.stage == Stage::Waiting => {
                last.comes_to(Stage::Canceled, format_smolstr!("{by} has canceled it"), Timestamp::now());
                Ok(())
            }
            Some(last) if matches!(last.stage, Stage::Installing | Stage::Installed | Stage::Trying) => {
                Err(UpdateError::Busy(format_smolstr!(
                    "version {} is {} already, and can't be canceled: if it is not good, the machine goes back by itself",
                    last.shown(),
                    last.stage.keyword()
                )))
            }
            _ => Err(UpdateError::Wrong("no update waits".into())),
        });
        canceled.await??;
        inner.folder.forget_bundle();
        inner.show(|state| state.waits = SmolStr::default());
        inner.wake.notify_one();
        Ok(())
    }

    /// Somebody has seen that the last update was rolled back: lights and pages need not call for him any more.
    ///
    /// # Errors
    /// [`UpdateError::Disk`].
    pub async fn seen(&self) -> Result<(), UpdateError> {
        let mark = |ledger: &mut super::ledger::Ledger| {
            if let Some(last) = ledger.last_mut() {
                last.is_seen = true;
            }
        };
        self.inner()?.change(mark).await
    }

    /// Has the other slot start next: the version before, where it can read what is kept now.
    ///
    /// # Errors
    /// [`UpdateError::Wrong`] with the reason why it can't be.
    pub async fn go_back(&self, by: &str) -> Result<Brought, UpdateError> {
        let inner = self.inner()?;
        let _turn = inner.turn().await?;
        let slots = inner.look().await?;
        let wrong = |why: SmolStr| Err(UpdateError::Wrong(why));
        let Some(other) = slots.other() else {
            return wrong("this machine has one slot only".into());
        };
        let before = inner.state.borrow().ledger.clone();
        let came = before
            .attempts
            .iter()
            .rev()
            .find(|attempt| attempt.stage == Stage::Good && attempt.to_slot.as_ref() == Some(&inner.booted.slot));
        let version = match (came, &other.version) {
            (Some(came), _) if came.from_slot == other.bootname => came.from_version.clone(),
            (_, written) => written.clone(),
        };
        if other.is_good == Some(false) {
            return wrong(format_smolstr!(
                "slot {} can't be started: nothing whole is in it until an update has been installed",
                other.bootname
            ));
        }
        let (_, now) = inner.store.database().await?;
        if let Some(schema) = came.and_then(|came| came.from_schema).filter(|schema| *schema < now) {
            return wrong(format_smolstr!(
                "the version in slot {} understands schema {schema} of the database, which has schema {now} since: it could \
                 not start. Install an update that is newer instead",
                other.bootname
            ));
        }
        inner.rauc.mark(Mark::OtherActive).await?;
        let to_slot = Some(other.bootname.clone());
        let attempt = inner.change(move |ledger| {
            let now = Timestamp::now();
            let mut attempt = inner.attempt((by, Wish::default()), now);
            attempt.origin = Origin::Slot;
            attempt.version = version;
            attempt.to_slot = to_slot;
            attempt.boot = inner.booted.boot;
            attempt.comes_to(
                Stage::Installed,
                "it starts as soon as the printers have nothing to do",
                now,
            );
            ledger.begin(attempt);
            ledger.last().cloned()
        });
        inner.wake.notify_one();
        attempt
            .await?
            .ok_or(UpdateError::Wrong("nothing was kept of it".into()))
    }
}

impl Inner {
    /// Whoever brings an update has his turn alone, and none is on its way.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<OwnedMutexGuard<()>, UpdateError> {
        let busy = |why: SmolStr| Err(UpdateError::Busy(why));
        // It is held as long as a bundle comes, wherever it comes from.
        let Ok(turn) = self.bringing.clone().try_lock_owned() else {
            return busy("somebody else brings an update at this moment: wait for its end".into());
        };
        match self.state.borrow().ledger.last() {
            Some(last) if !last.stage.is_over() => busy(format_smolstr!(
                "version {} is {} already: wait for its end, or cancel it while it waits",
                last.shown(),
                last.stage.keyword()
            )),
            _ => Ok(turn),
        }
    }

    /// Has RAUC look at a bundle, and refuses what may not be installed.
    async fn inspected(&self, source: &str, terms: &Terms, wish: Wish) -> Result<Bundle, UpdateError> {
        let running = self.running().await?;
        let inspected = match self.rauc.inspect(source).await {
            Ok(bundle) => Ok(bundle),
            Err(RaucError::Refused(why)) => Err(why),
            Err(other) => return Err(other.into()),
        };
        Ok(plan::check(&inspected, terms, &running, wish)?.clone())
    }

    fn attempt(&self, (by, wish): (&str, Wish), now: Timestamp) -> Attempt {
        Attempt {
            from_version: Some(self.booted.version.clone()),
            from_slot: self.booted.slot.clone(),
            by: by.into(),
            wish,
            asked: now,
            at: now,
            ..Attempt::default()
        }
    }

    /// Writes down that a bundle waits to be installed.
    async fn take(
        &self,
        origin: Origin,
        bundle: &Bundle,
        (by, wish, notes): (&str, Wish, SmolStr),
    ) -> Result<Brought, UpdateError> {
        let mut attempt = self.attempt((by, wish), Timestamp::now());
        attempt.origin = origin;
        attempt.version = Some(bundle.version.clone());
        attempt.notes = match notes.is_empty() {
            true => plan::one_line(&bundle.description).into(),
            false => notes,
        };
        attempt.why = format_smolstr!("{by} asked for it");
        let taken = self.change(|ledger| {
            ledger.begin(attempt);
            ledger.last().cloned()
        });
        let taken = taken.await?;
        self.wake.notify_one();
        taken.ok_or(UpdateError::Wrong("nothing was kept of it".into()))
    }

    /// Asks the channel, and keeps what it offers.
    pub(super) async fn check(&self) -> Result<(), UpdateError> {
        let asked = self.ask_channel().await;
        let (made, failed, offer) = match &asked {
            Ok((made, offer)) => (Some(*made), None, offer.clone()),
            Err(error) => (None, Some(format_smolstr!("{error}")), None),
        };
        self.change(|ledger| {
            ledger.checked = Some(Timestamp::now());
            ledger.check_failed = failed;
            ledger.index_made = made.or(ledger.index_made);
        })
        .await?;
        if asked.is_ok() {
            if let Some(release) = &offer {
                log::info!("updates: the channel offers version {}", release.version);
            }
            self.show(|state| state.offer = offer);
        }
        asked.map(drop)
    }

    async fn ask_channel(&self) -> Result<(Timestamp, Option<Release>), UpdateError> {
        let channel = self.channel()?;
        let running = self.running().await?;
        let wrong = |why: &dyn std::fmt::Display| UpdateError::Channel(format_smolstr!("{why}"));
        let fetched = fetch::get(&channel.url).await.map_err(|why| wrong(&why))?;
        let bytes = fetched.whole(MOST_BYTES).await.map_err(|why| wrong(&why))?;
        let known = self.state.borrow().ledger.index_made;
        let now = Timestamp::now();
        let index = channel::read(&bytes, (&channel.key, &running.compatible), known, now).map_err(|e| wrong(&e))?;
        Ok((index.made, channel::newest(&index, &running.version).cloned()))
    }

    fn channel(&self) -> Result<&super::Channel, UpdateError> {
        let none = "no channel is set in [updates] of the configuration: install an update from a file or an address";
        self.settings.channel.as_ref().ok_or(UpdateError::Wrong(none.into()))
    }

    /// Fetches what the channel offers and takes it; by itself only where it is this machine's turn.
    pub(super) async fn install_offered(
        self: &Arc<Self>,
        by: &str,
        wish: Wish,
        is_by_itself: bool,
    ) -> Result<Brought, UpdateError> {
        self.channel()?;
        if self.state.borrow().offer.is_none() {
            self.check().await?;
        }
        let turn = self.turn().await?;
        let offer = self.state.borrow().offer.clone();
        let offer = offer.ok_or(UpdateError::Wrong("the channel offers nothing that is newer".into()))?;
        let terms = Terms {
            minimum: offer.minimum_version.clone(),
            share: is_by_itself.then_some(offer.rollout_percent),
        };
        // What may not be installed need not be fetched; of whom it is, RAUC says later.
        let running = self.running().await?;
        let promised = Ok(Bundle {
            compatible: running.compatible.clone(),
            version: offer.version.clone(),
            description: SmolStr::default(),
        });
        plan::check(&promised, &terms, &running, wish)?;
        let received = self.fetch_bundle(&offer, turn).await?;
        let path = self.folder.bundle();
        let bundle = self.inspected(&path.to_string_lossy(), &terms, wish).await?;
        if bundle.version != offer.version {
            return Err(UpdateError::Channel(format_smolstr!(
                "the channel promised version {}, and its bundle has {}: whoever runs it must put that right",
                offer.version,
                bundle.version
            )));
        }
        let taken = self
            .take(Origin::Channel(offer.url), &bundle, (by, wish, offer.notes))
            .await?;
        received.keep();
        Ok(taken)
    }

    async fn fetch_bundle(
        self: &Arc<Self>,
        offer: &Release,
        turn: OwnedMutexGuard<()>,
    ) -> Result<Receiving, UpdateError> {
        let wrong = |why: String| UpdateError::Channel(why.into());
        let mut receiving = self.receive(Some(offer.bytes), turn).await?;
        let mut fetched = fetch::get(&offer.url).await.map_err(wrong)?;
        let mut came = 0;
        while let Some(bytes) = fetched.next().await.map_err(wrong)? {
            came += bytes.len() as u64;
            if came > offer.bytes {
                return Err(wrong(format!(
                    "the bundle of version {} is longer than the channel says",
                    offer.version
                )));
            }
            receiving = receiving.write(bytes).await?;
        }
        let (received, digest) = receiving.finish().await?;
        if digest != offer.sha256 {
            return Err(wrong(format!(
                "the bundle of version {} is not the one that the channel has signed for: it was damaged on its way, or changed",
                offer.version
            )));
        }
        Ok(received)
    }
}
