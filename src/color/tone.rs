//! Toned monochrome: what tint a print of lightness alone has.

use serde::{Deserialize, Serialize};

/// A tint in tenths of CIELAB units, before it fades toward black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Tint {
    /// a*, tenths: green below 0, red above. Used within -300 to 300.
    pub a: i16,
    /// b*, tenths: blue below 0, yellow above. Used within -300 to 300.
    pub b: i16,
}

/// A monochrome mode: a* and b* as a function of L*. The tint is full in the middle tones and fades to none at paper
/// white and at black, where paper and ink have their own colour. Whole numbers, so that it can be part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Tone {
    /// Tint of the shadows.
    pub shadows: Tint,
    /// Tint of the highlights.
    pub highlights: Tint,
    /// L* where one passes into the other, 0 to 100. Of no effect where both are the same.
    pub balance: u8,
}

/// Largest tint that is used, in tenths.
const MOST: i16 = 300;
/// L* over which shadows pass into highlights, to each side of the balance.
const SPREAD: f64 = 25.0;

impl Tone {
    /// Neutral: a* and b* are 0, which is the colour of the paper's own white.
    pub const NEUTRAL: Tone = Tone::even(0, 0);
    /// Warm, as chlorobromide papers.
    pub const WARM: Tone = Tone::even(10, 45);
    /// Cool, as bromide papers in cold developer.
    pub const COOL: Tone = Tone::even(-8, -40);
    /// Sepia toner.
    pub const SEPIA: Tone = Tone::even(60, 180);
    /// Selenium toner: purplish shadows, highlights as they were.
    pub const SELENIUM: Tone = Tone::split(Tint { a: 45, b: -20 }, Tint { a: 8, b: 15 }, 45);

    /// One tint from shadows to highlights, tenths of a* and b*.
    pub const fn even(a: i16, b: i16) -> Tone {
        Tone::split(Tint { a, b }, Tint { a, b }, 50)
    }

    /// Two tints, parted at an L* of 0 to 100.
    pub const fn split(shadows: Tint, highlights: Tint, balance: u8) -> Tone {
        Tone {
            shadows,
            highlights,
            balance,
        }
    }

    /// a* and b* at an L* of 0 to 100.
    pub(super) fn tint(&self, l: f64) -> [f64; 2] {
        let balance = f64::from(self.balance.min(100));
        let part = ((l - balance) / (2.0 * SPREAD) + 0.5).clamp(0.0, 1.0);
        let part = part * part * (3.0 - 2.0 * part);
        let off = l / 50.0 - 1.0;
        let fade = (1.0 - off * off * off * off).max(0.0);
        let mixed = |s: i16, h: i16| {
            let [s, h] = [s, h].map(|v| f64::from(v.clamp(-MOST, MOST)) / 10.0);
            (s + (h - s) * part) * fade
        };
        [
            mixed(self.shadows.a, self.highlights.a),
            mixed(self.shadows.b, self.highlights.b),
        ]
    }
}
