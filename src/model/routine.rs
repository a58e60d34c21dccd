//! Routines: maintenance acts of a printer. One is a kind of job, so that it queues, is planned and is seen like any other.

use serde::{Deserialize, Serialize};

/// A maintenance act. The words are those of Canon's own menus and of its status language (from memory of the manuals;
/// which of them a PRO-1000 takes from outside is *unproven*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routine {
    /// Prints a pattern that shows which nozzles are clogged.
    NozzleCheck,
    /// The cleaning that takes the least ink.
    Cleaning,
    /// Takes more ink; after two cleanings that did not help.
    DeepCleaning,
    /// Takes the most ink, and fills the maintenance cartridge.
    SystemCleaning,
    /// Prints and reads patterns that align the heads.
    HeadAlignment,
    /// Prints patches whose colours are compared with earlier ones.
    CalibrationPrint,
}

impl Routine {
    /// All of them.
    pub const ALL: [Routine; 6] = [
        Routine::NozzleCheck,
        Routine::Cleaning,
        Routine::DeepCleaning,
        Routine::SystemCleaning,
        Routine::HeadAlignment,
        Routine::CalibrationPrint,
    ];

    /// What the configuration and programs call it.
    pub const fn keyword(self) -> &'static str {
        match self {
            Routine::NozzleCheck => "nozzle-check",
            Routine::Cleaning => "cleaning",
            Routine::DeepCleaning => "deep-cleaning",
            Routine::SystemCleaning => "system-cleaning",
            Routine::HeadAlignment => "head-alignment",
            Routine::CalibrationPrint => "calibration-print",
        }
    }

    /// The routine of a keyword.
    pub fn from_keyword(word: &str) -> Option<Routine> {
        Routine::ALL.into_iter().find(|routine| routine.keyword() == word)
    }

    /// What people call it.
    pub const fn shown(self) -> &'static str {
        match self {
            Routine::NozzleCheck => "nozzle check",
            Routine::Cleaning => "cleaning",
            Routine::DeepCleaning => "deep cleaning",
            Routine::SystemCleaning => "system cleaning",
            Routine::HeadAlignment => "head alignment",
            Routine::CalibrationPrint => "calibration print",
        }
    }

    /// Sheets that it prints on.
    pub const fn sheets(self) -> u32 {
        match self {
            Routine::NozzleCheck | Routine::HeadAlignment | Routine::CalibrationPrint => 1,
            Routine::Cleaning | Routine::DeepCleaning | Routine::SystemCleaning => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_there_and_back() {
        for routine in Routine::ALL {
            assert_eq!(Routine::from_keyword(routine.keyword()), Some(routine));
            assert_eq!(routine.shown().replace(' ', "-"), routine.keyword());
        }
        assert_eq!(Routine::from_keyword("choke"), None);
    }
}
