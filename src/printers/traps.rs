//! Supplies as rows tell of them, by SNMP or in IPP's `printer-supply`: which of them there are, and what their levels mean
//! in the words of `marker-*`. Pure.

use smol_str::SmolStr;

use crate::model::Marker;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its description.
    pub name: SmolStr,
    /// The colorant that it is linked to.
    pub colorant: SmolStr,
    /// A word of `marker-types`.
    pub kind: SmolStr,
    /// Whether it is filled by printing, not emptied.
    pub is_receptacle: bool,
    /// Whether its level is in per cent, whatever its capacity says.
    pub is_percent: bool,
    /// What it holds; −1 other, −2 unknown.
    pub capacity: i64,
    /// What is in it, or the room that is left in a receptacle; −1 other, −2 unknown, −3 some.
    pub level: i64,
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !["none", "unknown", "other"]
            .iter()
            .any(|no| text.eq_ignore_ascii_case(no))
}

/// Whether there is no such tank: what has no room, or is empty and of nothing.
fn is_phantom(slot: &Slot, all: &[Slot]) -> bool {
    if slot.is_receptacle || slot.level > 0 {
        return false;
    }
    let is_of_nothing = !is_word(&slot.name) && !is_word(&slot.colorant);
    // A tank is fitted once: the empty ones of a name that another has too are the model's that it was made after.
    let is_double = is_word(&slot.name) && all.iter().any(|other| other.name == slot.name && other.level > 0);
    slot.capacity == 0 || slot.level == 0 && (is_of_nothing || is_double)
}

/// The rows that stand for something.
pub fn real(slots: &[Slot]) -> impl Iterator<Item = &Slot> {
    slots.iter().filter(|slot| !is_phantom(slot, slots))
}

/// Its level in the words of `marker-levels`: per cent, a receptacle's counting **up**; −1, −2 and −3 as they are.
fn level(slot: &Slot) -> i32 {
    let percent = match (slot.level, slot.capacity) {
        (-1, _) => return -1,
        (-3, _) => return -3,
        (..=-1, _) => return -2,
        (level, capacity @ 1..) if !slot.is_percent || capacity != 100 => {
            (i128::from(level) * 200 + i128::from(capacity)) / (2 * i128::from(capacity))
        }
        (level, _) if slot.is_percent => i128::from(level),
        // So many of nobody knows how many: there is some, and no more can be said.
        (0, _) => 0,
        _ => return -3,
    };
    let percent = percent.clamp(0, 100) as i32;
    if slot.is_receptacle { 100 - percent } else { percent }
}

/// The row as a marker. A name that is told with its colour in brackets, or as nothing, is taken from what there is.
pub fn marker(slot: &Slot, color: impl Fn([&str; 2]) -> SmolStr) -> Marker {
    let name = if is_word(&slot.name) {
        &slot.name
    } else {
        &slot.colorant
    };
    Marker {
        name: if is_word(name) { name.clone() } else { slot.kind.clone() },
        color: if slot.is_receptacle {
            SmolStr::new_static("none")
        } else {
            color([&slot.name, &slot.colorant])
        },
        kind: if slot.is_receptacle && !slot.kind.starts_with("waste") {
            SmolStr::new_static("waste-ink")
        } else {
            slot.kind.clone()
        },
        level: level(slot),
        low: None,
        high: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slot(name: &str, colorant: &str, capacity: i64, level: i64) -> Slot {
        Slot {
            name: name.into(),
            colorant: colorant.into(),
            kind: "ink-cartridge".into(),
            is_receptacle: false,
            is_percent: true,
            capacity,
            level,
        }
    }

    #[test]
    fn phantoms_are_left_out_and_empty_tanks_are_not() {
        // Six real tanks of a printer with room for twelve in its firmware.
        let mut slots: Vec<Slot> = ["MBK", "PBK", "C", "M", "Y", "GY"]
            .map(|n| slot(n, n, 100, 40))
            .to_vec();
        slots[2].level = 0;
        slots.extend([
            slot("", "none", 100, 0),
            slot("unknown", "", 100, 0),
            slot("MBK", "black", 100, 0),
            slot("PM", "photoMagenta", 0, 0),
            slot("R", "red", 0, -2),
        ]);
        let names: Vec<&str> = real(&slots).map(|slot| slot.name.as_str()).collect();
        assert_eq!(names, ["MBK", "PBK", "C", "M", "Y", "GY"]);
        // The PRO-1000's own trap: real tanks whose level is not told.
        let quiet = ["PM", "R", "PGY"].map(|name| slot(name, name, 100, -2));
        assert_eq!(real(&quiet).count(), 3);
    }

    #[test]
    fn receptacles_count_the_other_way() {
        let mut waste = slot("MC-20", "none", 100, 77);
        waste.is_receptacle = true;
        let marker = marker(&waste, |_| "#000000".into());
        assert_eq!(
            (marker.level, marker.kind.as_str(), marker.color.as_str()),
            (23, "waste-ink", "none")
        );
        waste.level = -3;
        assert_eq!(level(&waste), -3);
        waste.level = 0;
        assert!(!is_phantom(&waste, &[]), "a full one has no room, and is there");
    }

    #[test]
    fn words_for_not_knowing_stay_words() {
        for (capacity, told, expected) in [
            (100, -1, -1),
            (100, -2, -2),
            (100, -3, -3),
            (100, -9, -2),
            (-2, 55, 55),
            (-1, 120, 100),
            (80, 20, 25),
            (100, 37, 37),
            (3, 2, 67),
        ] {
            assert_eq!(level(&slot("C", "", capacity, told)), expected, "{capacity} {told}");
        }
        let mut pages = slot("C", "", -2, 4_000);
        pages.is_percent = false;
        assert_eq!(level(&pages), -3);
    }

    proptest! {
        #[test]
        fn levels_are_levels(capacity: i64, told: i64, is_receptacle: bool, is_percent: bool) {
            let any = Slot { is_receptacle, is_percent, ..slot("C", "", capacity, told) };
            prop_assert!((-3..=100).contains(&level(&any)));
        }
    }
}
