//! RAUC, which writes slots and tells the boot loader: as a port, so that tests play it, and over D-Bus ([`bus`]).

pub mod bus;

use async_trait::async_trait;
use smol_str::SmolStr;

use super::plan::Bundle;
use super::version::Version;

/// Why RAUC did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RaucError {
    /// There is none on this machine.
    #[error("there is no RAUC on this machine: {0}")]
    Absent(SmolStr),
    /// It does not do it, in its own words.
    #[error("{0}")]
    Refused(SmolStr),
    /// It did not answer.
    #[error("RAUC does not answer: {0}")]
    Silent(SmolStr),
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slot {
    /// RAUC's name: `root.0`.
    pub name: SmolStr,
    /// The boot loader's: `A`.
    pub bootname: SmolStr,
    /// Whether it runs.
    pub is_booted: bool,
    /// Whether the boot loader would start it; none: RAUC could not find out.
    pub is_good: Option<bool>,
    /// The version that RAUC has written there, where it has written any.
    pub version: Option<Version>,
    /// Whether that was written to its end.
    pub is_whole: bool,
}

/// The machine as RAUC sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slots {
    /// What this machine is.
    pub compatible: SmolStr,
    /// The slots that can be started.
    pub slots: Vec<Slot>,
    /// RAUC's name of the slot that starts next.
    pub primary: SmolStr,
    /// Whether it is installing.
    pub is_installing: bool,
}

impl Slots {
    /// The one that runs.
    pub fn booted(&self) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.is_booted)
    }

    /// The one that an update is written to.
    pub fn other(&self) -> Option<&Slot> {
        self.slots.iter().find(|slot| !slot.is_booted)
    }
}

/// How far an installation is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Of a hundred.
    pub percent: u8,
    /// In RAUC's words.
    pub message: SmolStr,
}

/// What a slot is marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The slot that runs has found itself good.
    BootedGood,
    /// The slot that runs has found itself bad: the boot loader starts the other one.
    BootedBad,
    /// The other slot starts next.
    OtherActive,
    /// What is in the other slot is not what it should be.
    OtherBad,
}

/// Takes the steps of an installation.
pub type Told<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// RAUC.
#[async_trait]
pub trait Rauc: Send + Sync + 'static {
    /// Looks at the machine.
    ///
    /// # Errors
    /// [`RaucError`].
    async fn look(&self) -> Result<Slots, RaucError>;

    /// Checks a bundle's signature, and reads what it says of itself: of a file by its path, or by its address.
    ///
    /// # Errors
    /// [`RaucError::Refused`] with the reason when RAUC does not take it.
    async fn inspect(&self, source: &str) -> Result<Bundle, RaucError>;

    /// Writes a bundle to the other slot, and has that start next. Returns once that is done.
    ///
    /// # Errors
    /// [`RaucError::Refused`] with the reason when it was not done.
    async fn install(&self, source: &str, told: Told<'_>) -> Result<(), RaucError>;

    /// Marks a slot.
    ///
    /// # Errors
    /// [`RaucError`].
    async fn mark(&self, mark: Mark) -> Result<(), RaucError>;
}
