//! The gamut of a device: how large it is, how much of another one it has, how far it reaches at each hue.
//!
//! Its surface is cut into small triangles. Seen from mid grey each has a volume behind it and a solid angle (van Oosterom
//! and Strackee, IEEE Transactions on Biomedical Engineering 30, 1983); of those that lie in one segment of the sphere the
//! sums give how far the surface is there. The segments have equal areas, so that the volume is the mean of r³ times 4π/3.
//! All is media-relative, in CIELAB under D50; a surface that folds back behind itself is told as its mean.

use super::ColorSpace;
use super::bpc::connect;
use super::error::ProfileError;
use super::pcs::decode_lab;
use super::pipeline::{four, three};
use super::profile::Profile;
use crate::model::Rendering;

/// Bands from pole to pole.
const BANDS: usize = 16;
/// Segments of a band.
const HUES: usize = 32;
/// Directions in which the outline is looked at.
const OUTLINE: usize = 72;
/// Cells of a side of each face of the device's cube.
const CELLS: u32 = 40;
/// What directions are seen from: mid grey, which every print can show.
const CENTRE: [f64; 3] = [50.0, 0.0, 0.0];

/// L*, a* and b* from the centre.
type Point = [f64; 3];

/// A gamut.
#[derive(Debug, Clone, PartialEq)]
pub struct Gamut {
    /// The cube of the surface's distance in each segment, band by band.
    cubes: Vec<f64>,
    /// The largest chroma at each hue: a* and b*, counter-clockwise from +a*.
    outline: Vec<[f64; 2]>,
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn length(a: Point) -> f64 {
    dot(a, a).sqrt()
}

/// Six times the volume between the centre and a triangle, signed.
fn volume_of([a, b, c]: [Point; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
}

/// The solid angle of a triangle, signed.
fn angle_of([a, b, c]: [Point; 3]) -> f64 {
    let (x, y, z) = (length(a), length(b), length(c));
    2.0 * volume_of([a, b, c]).atan2(x * y * z + dot(a, b) * z + dot(a, c) * y + dot(b, c) * x)
}

/// The hue of a point as a share of the circle.
fn hue([_, a, b]: Point) -> f64 {
    b.atan2(a).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU
}

impl Gamut {
    /// That of a profile's device. Of four inks it is what three of them can show, without black.
    ///
    /// # Errors
    /// When the profile does not convert from the device.
    pub fn of(profile: &Profile) -> Result<Gamut, ProfileError> {
        let mut pipeline = profile.to_pcs(Rendering::Relative)?;
        connect(&mut pipeline, profile.is_lab(), true);
        let mut gamut = Gamut {
            cubes: vec![0.0; BANDS * HUES],
            outline: vec![[0.0; 2]; OUTLINE],
        };
        if profile.color_space() == ColorSpace::Gray {
            return Ok(gamut);
        }
        let point = |device: [f64; 3]| -> Point {
            let lab = decode_lab(three(pipeline.eval(four(device))));
            [0, 1, 2].map(|i| lab[i] - CENTRE[i])
        };
        // Volume and solid angle of each segment.
        let mut sums = vec![[0.0; 2]; BANDS * HUES];
        for axis in 0..3 {
            for end in [0.0, 1.0] {
                gamut.face(axis, end, &point, &mut sums);
            }
        }
        let total: f64 = sums.iter().map(|[_, angle]| angle).sum();
        for (cube, [volume, angle]) in gamut.cubes.iter_mut().zip(sums) {
            // Some devices' cubes are seen inside out.
            let (volume, angle) = (volume * total.signum(), angle * total.signum());
            if angle > 1e-4 && volume > 0.0 {
                *cube = volume / 2.0 / angle;
            }
        }
        gamut.fill();
        Ok(gamut)
    }

    /// One face of the device's cube.
    fn face(&mut self, axis: usize, end: f64, point: &impl Fn([f64; 3]) -> Point, sums: &mut [[f64; 2]]) {
        let share = |step: u32| f64::from(step) / f64::from(CELLS);
        let row = |v: u32| -> Vec<Point> {
            let at = |u: u32| {
                let mut device = [0.0; 3];
                device[axis] = end;
                device[(axis + 1) % 3] = share(u);
                device[(axis + 2) % 3] = share(v);
                point(device)
            };
            (0..=CELLS).map(at).collect()
        };
        let mut below = row(0);
        for v in 0..CELLS {
            let above = row(v + 1);
            below.iter().for_each(|point| self.reach(*point));
            for (low, high) in below.windows(2).zip(above.windows(2)) {
                let halves = [[low[0], low[1], high[0]], [low[1], high[1], high[0]]];
                for [a, b, c] in halves {
                    // The far side is seen from within, the near side from without.
                    let triangle = if end > 0.5 { [a, b, c] } else { [a, c, b] };
                    add(triangle, sums);
                }
            }
            below = above;
        }
        below.iter().for_each(|point| self.reach(*point));
    }

    fn reach(&mut self, point: Point) {
        let [_, a, b] = point;
        let known = &mut self.outline[place(hue(point), OUTLINE)];
        if a * a + b * b > known[0] * known[0] + known[1] * known[1] {
            *known = [a, b];
        }
    }

    /// Gives segments in which no triangle came to lie the mean of their neighbours.
    fn fill(&mut self) {
        let known = self.cubes.clone();
        for (place, cube) in self.cubes.iter_mut().enumerate().filter(|(_, cube)| **cube == 0.0) {
            let (band, hue) = (place / HUES, place % HUES);
            let beside = [(hue + 1) % HUES, (hue + HUES - 1) % HUES].map(|hue| known[band * HUES + hue]);
            let above = [band.checked_sub(1), Some(band + 1).filter(|band| *band < BANDS)];
            let above = above.into_iter().flatten().map(|band| known[band * HUES + hue]);
            let around: Vec<f64> = beside.into_iter().chain(above).filter(|cube| *cube > 0.0).collect();
            if !around.is_empty() {
                *cube = around.iter().sum::<f64>() / around.len() as f64;
            }
        }
    }

    /// Its volume in cubic ΔE*ab.
    pub fn volume(&self) -> f64 {
        volume(self.cubes.iter().copied())
    }

    /// The share of another gamut that lies in this one, 0 to 1.
    pub fn covers(&self, other: &Gamut) -> f64 {
        let whole = other.volume();
        if whole <= 0.0 {
            return 0.0;
        }
        let shared = self
            .cubes
            .iter()
            .zip(&other.cubes)
            .map(|(mine, theirs)| mine.min(*theirs));
        volume(shared) / whole
    }

    /// How far it reaches at each hue: a* and b*, counter-clockwise. Empty of a grey device.
    pub fn outline(&self) -> Vec<[f64; 2]> {
        let reaches = |point: &&[f64; 2]| point[0] != 0.0 || point[1] != 0.0;
        self.outline.iter().filter(reaches).copied().collect()
    }
}

/// Adds a triangle to the segment in which its middle lies.
fn add(triangle: [Point; 3], sums: &mut [[f64; 2]]) {
    let [a, b, c] = triangle;
    let middle = [0, 1, 2].map(|i| (a[i] + b[i] + c[i]) / 3.0);
    let (far, angle) = (length(middle), angle_of(triangle));
    if !far.is_finite() || far == 0.0 || !angle.is_finite() {
        return;
    }
    // Equal steps of the sine of the latitude are equal areas.
    let band = place((middle[0] / far + 1.0) / 2.0, BANDS);
    let sum = &mut sums[band * HUES + place(hue(middle), HUES)];
    sum[0] += volume_of(triangle);
    sum[1] += angle;
}

fn volume(cubes: impl Iterator<Item = f64>) -> f64 {
    cubes.sum::<f64>() / (BANDS * HUES) as f64 * 4.0 / 3.0 * std::f64::consts::PI
}

/// The place of a number from 0 to 1 among so many.
fn place(share: f64, of: usize) -> usize {
    ((share * of as f64) as usize).min(of - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_those_that_are_known() {
        let srgb = Gamut::of(&Profile::srgb()).unwrap();
        let adobe = Gamut::of(&Profile::adobe_rgb()).unwrap();
        // About 832,000 and 1,208,000 by colour geometry under D50 (as gamut viewers tell them).
        assert!((780e3..900e3).contains(&srgb.volume()), "{}", srgb.volume());
        assert!((1_130e3..1_310e3).contains(&adobe.volume()), "{}", adobe.volume());
        assert!((srgb.covers(&srgb) - 1.0).abs() < 1e-9);
        assert!(adobe.covers(&srgb) > 0.97, "{}", adobe.covers(&srgb));
        assert!((0.55..0.80).contains(&srgb.covers(&adobe)), "{}", srgb.covers(&adobe));
    }

    #[test]
    fn a_paper_has_less_than_a_display_and_grey_has_none() {
        let srgb = Gamut::of(&Profile::srgb()).unwrap();
        let paper = Gamut::of(&Profile::virtual_paper()).unwrap();
        assert!((200e3..1_200e3).contains(&paper.volume()), "{}", paper.volume());
        assert!((0.3..1.0).contains(&paper.covers(&srgb)), "{}", paper.covers(&srgb));
        assert!(paper.outline().len() > OUTLINE / 2);
        let grey = Gamut::of(&Profile::gray()).unwrap();
        assert_eq!((grey.volume(), grey.covers(&srgb)), (0.0, 0.0));
        assert!(grey.outline().is_empty());
        assert_eq!(srgb.covers(&grey), 0.0);
    }
}
