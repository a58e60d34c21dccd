//! How updates of the appliance are told of.

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use crate::system::update::channel::Release;
use crate::system::update::ledger::{Attempt, Origin, Stage};
use crate::system::update::plan::When;
use crate::system::update::rauc::{Slot, Slots};
use crate::system::update::{Settings, State};

/// Updates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdatesView {
    /// Whether this machine is one that updates are for.
    pub appliance: bool,
    /// Why not.
    pub why_not: Option<SmolStr>,
    /// What runs; none where it is no appliance.
    pub running: Option<RunningView>,
    /// The slots, as RAUC sees them; empty while it was not asked.
    pub slots: Vec<SlotView>,
    /// Why RAUC can't be asked.
    pub trouble: Option<SmolStr>,
    /// The newest update that nothing has come of yet.
    pub current: Option<UpdateView>,
    /// The others, the newest first.
    pub history: Vec<UpdateView>,
    /// The channel; none: there is none.
    pub channel: Option<ChannelView>,
    /// The window for updates that goes on, or the next one.
    pub window: Option<WindowView>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunningView {
    /// The version.
    pub version: SmolStr,
    /// The slot.
    pub slot: SmolStr,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlotView {
    /// `A` or `B`
    pub slot: SmolStr,
    /// Whether it runs.
    pub runs: bool,
    /// Whether it starts next.
    pub starts_next: bool,
    /// Whether it can be started; none: that is not known.
    pub good: Option<bool>,
    /// The version in it, where that is known.
    pub version: Option<SmolStr>,
}

/// An update.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateView {
    /// Its number.
    pub id: u64,
    /// How far it has come: `waiting`, `installing`, `installed`, `trying`, `good`, `rolled-back`, `failed`, `canceled`.
    pub stage: &'static str,
    /// Why it is as it is.
    pub message: SmolStr,
    /// What it waits for.
    pub waits_for: Option<SmolStr>,
    /// How far the installation is, of a hundred, while it goes on.
    pub percent: Option<u8>,
    /// The version that it brings.
    pub version: Option<SmolStr>,
    /// The version that ran before.
    pub from_version: Option<SmolStr>,
    /// The slot that it was written to.
    pub slot: Option<SmolStr>,
    /// Where its bundle comes from: `upload`, `url`, `channel`, `slot`, `by-hand`.
    pub source: &'static str,
    /// The bundle's address.
    pub url: Option<SmolStr>,
    /// Who asked for it.
    pub asked_by: SmolStr,
    /// When.
    pub asked: Moment,
    /// `now` or `window`
    pub when: &'static str,
    /// Since when it is as it is.
    pub since: Moment,
    /// What is new in it.
    pub notes: SmolStr,
    /// Whether the log of its failed start is kept.
    pub has_log: bool,
    /// Whether somebody has seen that it was rolled back.
    pub seen: bool,
}

/// The channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelView {
    /// Where it is.
    pub url: String,
    /// When it was asked last.
    pub checked: Option<Moment>,
    /// What was wrong then.
    pub trouble: Option<SmolStr>,
    /// What it offers that is newer than what runs.
    pub offer: Option<OfferView>,
    /// Whether that is installed in the window by itself.
    pub automatic: bool,
}

/// A version that can be installed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferView {
    /// Which.
    pub version: SmolStr,
    /// What is new.
    pub notes: SmolStr,
    /// How long its bundle is.
    pub bytes: u64,
    /// Of a hundred machines, how many shall have it by themselves.
    pub rollout_percent: u8,
}

/// A window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowView {
    /// Its begin.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
}

impl UpdatesView {
    /// Where there are none.
    pub fn none(why: SmolStr) -> UpdatesView {
        UpdatesView {
            appliance: false,
            why_not: Some(why),
            running: None,
            slots: Vec::new(),
            trouble: None,
            current: None,
            history: Vec::new(),
            channel: None,
            window: None,
        }
    }

    /// How they stand.
    pub fn of(state: &State, settings: &Settings) -> UpdatesView {
        let mut history: Vec<UpdateView> = state.ledger.attempts.iter().rev().map(UpdateView::of).collect();
        let is_current = state.ledger.last().is_some_and(|last| !last.stage.is_over());
        let current = is_current.then(|| history.remove(0)).map(|current| UpdateView {
            waits_for: Some(state.waits.clone()).filter(|waits| !waits.is_empty()),
            percent: state.progress.as_ref().map(|progress| progress.percent),
            message: match &state.progress {
                Some(progress) if !progress.message.is_empty() => progress.message.clone(),
                _ => current.message.clone(),
            },
            ..current
        });
        UpdatesView {
            appliance: true,
            why_not: None,
            running: Some(RunningView {
                version: state.booted.version.as_str().into(),
                slot: state.booted.slot.clone(),
            }),
            slots: state.slots.as_ref().map(|slots| all(slots, state)).unwrap_or_default(),
            trouble: state.trouble.clone(),
            current,
            history,
            channel: settings.channel.as_ref().map(|channel| ChannelView {
                url: channel.url.clone(),
                checked: state.ledger.checked.map(Moment),
                trouble: state.ledger.check_failed.clone(),
                offer: state.offer.as_ref().map(OfferView::of),
                automatic: settings.automatic,
            }),
            window: state.window.map(|window| WindowView {
                from: Moment(window.from),
                to: Moment(window.to),
            }),
        }
    }
}

fn all(slots: &Slots, state: &State) -> Vec<SlotView> {
    let view = |slot: &Slot| SlotView {
        slot: slot.bootname.clone(),
        runs: slot.is_booted,
        starts_next: slot.name == slots.primary,
        good: slot.is_good,
        version: match slot.is_booted {
            true => Some(state.booted.version.as_str().into()),
            false => slot.version.as_ref().map(|version| version.as_str().into()),
        },
    };
    slots.slots.iter().map(view).collect()
}

impl UpdateView {
    /// That of one.
    pub fn of(attempt: &Attempt) -> UpdateView {
        let (source, url) = match &attempt.origin {
            Origin::Upload => ("upload", None),
            Origin::Url(url) => ("url", Some(url.clone())),
            Origin::Channel(url) => ("channel", Some(url.clone())),
            Origin::Slot => ("slot", None),
            Origin::ByHand => ("by-hand", None),
        };
        let text = |version: &Option<crate::system::update::version::Version>| {
            version.as_ref().map(|version| version.as_str().into())
        };
        UpdateView {
            id: attempt.id,
            stage: attempt.stage.keyword(),
            message: attempt.why.clone(),
            waits_for: None,
            percent: None,
            version: text(&attempt.version),
            from_version: text(&attempt.from_version),
            slot: attempt.to_slot.clone(),
            source,
            url,
            asked_by: attempt.by.clone(),
            asked: Moment(attempt.asked),
            when: match attempt.wish.when {
                When::Now => "now",
                When::Window => "window",
            },
            since: Moment(attempt.at),
            notes: attempt.notes.clone(),
            has_log: attempt.has_log,
            seen: attempt.is_seen,
        }
    }

    /// Whether the machine has gone back from it and nobody has seen that.
    pub fn calls_for_a_look(&self) -> bool {
        self.stage == Stage::RolledBack.keyword() && !self.seen
    }
}

impl OfferView {
    fn of(release: &Release) -> OfferView {
        OfferView {
            version: release.version.as_str().into(),
            notes: release.notes.clone(),
            bytes: release.bytes,
            rollout_percent: release.rollout_percent,
        }
    }
}
