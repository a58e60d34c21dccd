//! Units that can't be mixed up: lengths on paper, resolutions, and pixels.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A length on paper in hundredths of a millimetre, IPP's own unit for media (PWG 5100.3, `media-size`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Length(i32);

impl Length {
    /// No length.
    pub const ZERO: Length = Length(0);

    /// From hundredths of a millimetre.
    pub const fn hundredths(value: i32) -> Self {
        Length(value)
    }

    /// From millimetres, rounded to a hundredth.
    pub fn mm(value: f64) -> Self {
        Length((value * 100.0).round() as i32)
    }

    /// From inches (25.4 mm), rounded to a hundredth of a millimetre.
    pub fn inches(value: f64) -> Self {
        Length((value * 2540.0).round() as i32)
    }

    /// In hundredths of a millimetre.
    pub const fn as_hundredths(self) -> i32 {
        self.0
    }

    /// In millimetres.
    pub fn as_mm(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// In PostScript points (1/72 inch), as raster headers want them.
    pub fn as_points(self) -> f64 {
        f64::from(self.0) * 72.0 / 2540.0
    }

    /// In pixels at `dpi` dots per inch, rounded to the nearest.
    pub fn to_pixels(self, dpi: u32) -> Pixels {
        let exact = (i64::from(self.0.max(0)) * i64::from(dpi) * 2 + 2540) / 5080;
        Pixels(u32::try_from(exact).unwrap_or(u32::MAX))
    }
}

impl std::ops::Add for Length {
    type Output = Length;
    fn add(self, other: Length) -> Length {
        Length(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Length {
    type Output = Length;
    fn sub(self, other: Length) -> Length {
        Length(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mm", self.as_mm())
    }
}

/// A count of pixels along one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pixels(pub u32);

/// Dots per inch across the feed (`x`) and along it (`y`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Resolution {
    /// Dots per inch across the feed direction.
    pub x: u32,
    /// Dots per inch along the feed direction.
    pub y: u32,
}

impl Resolution {
    /// The same in both directions.
    pub const fn square(dpi: u32) -> Self {
        Resolution { x: dpi, y: dpi }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.x == self.y {
            write!(f, "{}dpi", self.x)
        } else {
            write!(f, "{}x{}dpi", self.x, self.y)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_at_300_dpi_is_2480_by_3508() {
        assert_eq!(Length::mm(210.0).to_pixels(300), Pixels(2480));
        assert_eq!(Length::mm(297.0).to_pixels(300), Pixels(3508));
        assert_eq!(Length::inches(17.0).to_pixels(600), Pixels(10200));
    }
}
