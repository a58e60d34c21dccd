//! What a light does over time: a pure function of the time.
//!
//! A light that can be dimmed breathes; one that can't is on in the brighter half of each breath.

/// One flash, and the dark after it, in milliseconds: slow enough to be counted, and 2.5 a second, which is below the
/// three that WCAG 2.3.1 takes for safe.
const FLASH: u64 = 200;
/// The dark after the last flash of a code, in milliseconds.
const PAUSE: u64 = 1_200;
/// One breath, in milliseconds.
const BREATH: u64 = 4_000;
/// How long one side of [`Pattern::Alternate`] is on, in milliseconds.
const SIDE: u64 = 400;

/// What a light does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pattern {
    /// Dark.
    Off,
    /// On.
    Steady,
    /// Slowly brighter and darker.
    Breathe,
    /// So many flashes and a pause.
    Flashes(u8),
    /// Flashes without a pause.
    Flicker,
    /// On in turn with the lights of the other side.
    Alternate {
        /// Whether this one begins.
        first: bool,
    },
}

impl Pattern {
    /// How bright, 0 to 255, at a time in milliseconds from whichever beginning all lights share.
    pub fn level(self, at: u64) -> u8 {
        let on = match self {
            Pattern::Off => false,
            Pattern::Steady => true,
            Pattern::Breathe => return breath(at % BREATH),
            Pattern::Flashes(count) => {
                let flashes = u64::from(count) * 2 * FLASH;
                let at = at % (flashes + PAUSE);
                at < flashes && (at / FLASH).is_multiple_of(2)
            }
            Pattern::Flicker => (at / FLASH).is_multiple_of(2),
            Pattern::Alternate { first } => (at / SIDE).is_multiple_of(2) == first,
        };
        if on { u8::MAX } else { 0 }
    }

    /// The same for a light that is on or off.
    pub fn is_on(self, at: u64) -> bool {
        self.level(at) > u8::MAX / 2
    }

    /// Whether it ever changes by itself.
    pub fn moves(self) -> bool {
        !matches!(self, Pattern::Off | Pattern::Steady | Pattern::Flashes(0))
    }

    /// In words.
    pub fn shown(self) -> String {
        match self {
            Pattern::Off => "off".to_owned(),
            Pattern::Steady => "steady".to_owned(),
            Pattern::Breathe => "breathes".to_owned(),
            Pattern::Flashes(1) => "1 flash".to_owned(),
            Pattern::Flashes(count) => format!("{count} flashes"),
            Pattern::Flicker => "flickers".to_owned(),
            Pattern::Alternate { .. } => "in turn".to_owned(),
        }
    }
}

/// Squared, as the eye takes brightness by its ratio: an even rise looks sudden. Never quite dark.
fn breath(at: u64) -> u8 {
    const HALF: u64 = BREATH / 2;
    // Brightest in the middle of the first half, so that a light that is on or off is on in that half.
    let from_top = (at + BREATH - HALF / 2) % BREATH;
    let away = from_top.min(BREATH - from_top);
    let near = HALF - away;
    let level = match near * 2 >= HALF {
        // Half of the time above the middle.
        true => 128 + 127 * (near * 2 - HALF) / HALF,
        false => 8 + 119 * (near * 2) * (near * 2) / (HALF * HALF),
    };
    u8::try_from(level).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten seconds of a light that is on or off, in steps of a tenth of a second.
    fn seen(pattern: Pattern) -> Vec<bool> {
        (0..100).map(|tenth| pattern.is_on(tenth * 100)).collect()
    }

    #[test]
    fn patterns_differ_without_dimming() {
        let all = [
            Pattern::Off,
            Pattern::Steady,
            Pattern::Breathe,
            Pattern::Flashes(1),
            Pattern::Flashes(2),
            Pattern::Flashes(3),
            Pattern::Flashes(4),
            Pattern::Flicker,
            Pattern::Alternate { first: true },
            Pattern::Alternate { first: false },
        ];
        for (n, one) in all.iter().enumerate() {
            for other in &all[n + 1..] {
                assert_ne!(seen(*one), seen(*other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn codes_can_be_counted() {
        for count in 1..=4u8 {
            let on: Vec<bool> = (0..u64::from(count) * 2 * FLASH + PAUSE)
                .map(|at| Pattern::Flashes(count).is_on(at))
                .collect();
            let flashes = on.windows(2).filter(|w| w[0] && !w[1]).count();
            assert_eq!(flashes, usize::from(count));
        }
    }

    #[test]
    fn a_breath_is_even_and_on_for_half_of_it() {
        let levels: Vec<u8> = (0..BREATH).map(|at| Pattern::Breathe.level(at)).collect();
        assert!(levels.windows(2).all(|w| w[0].abs_diff(w[1]) <= 2), "no jumps");
        assert_eq!((levels.iter().min(), levels.iter().max()), (Some(&8), Some(&255)));
        let on = (0..BREATH).filter(|at| Pattern::Breathe.is_on(*at)).count() as u64;
        assert!(on.abs_diff(BREATH / 2) <= 2, "{on}");
    }

    #[test]
    fn nothing_flashes_more_than_three_times_a_second() {
        for pattern in [
            Pattern::Flicker,
            Pattern::Flashes(4),
            Pattern::Alternate { first: true },
        ] {
            let on: Vec<bool> = (0..10_000).map(|at| pattern.is_on(at)).collect();
            for second in on.windows(1_000) {
                let begun = second.windows(2).filter(|w| !w[0] && w[1]).count();
                assert!(begun <= 3, "{pattern:?}");
            }
        }
    }
}
