//! The gamut of a device: how large it is, how much of another one it has, how far it reaches at each hue.
//!
//! The surface is sampled, and described by how far it is from mid grey in each direction: the segment maxima of Morovič
//! and Luo (Journal of Imaging Science and Technology 44, 2000). Segments have equal areas on the sphere, so that the
//! volume is the mean of r³ times 4π/3. It is media-relative, in CIELAB under D50; numbers are good to a few per cent.

use super::ColorSpace;
use super::bpc::connect;
use super::error::ProfileError;
use super::pcs::decode_lab;
use super::pipeline::three;
use super::profile::Profile;
use crate::model::Rendering;

/// Bands from pole to pole.
const BANDS: usize = 30;
/// Segments of a band.
const HUES: usize = 60;
/// Points of a side of a surface of three channels.
const RGB_STEPS: u32 = 49;
/// Points of a side of a solid of four channels.
const CMYK_STEPS: u32 = 15;
/// What directions are seen from: mid grey, which every print can show.
const CENTRE: [f64; 3] = [50.0, 0.0, 0.0];

/// A gamut.
#[derive(Debug, Clone, PartialEq)]
pub struct Gamut {
    /// The distance of the surface in each direction, band by band.
    radii: Vec<f64>,
    /// The largest chroma at each hue: a* and b*, counter-clockwise from +a*.
    outline: Vec<[f64; 2]>,
}

impl Gamut {
    /// That of a profile's device.
    ///
    /// # Errors
    /// When the profile does not convert from the device.
    pub fn of(profile: &Profile) -> Result<Gamut, ProfileError> {
        let mut pipeline = profile.to_pcs(Rendering::Relative)?;
        connect(&mut pipeline, profile.is_lab(), true);
        let mut gamut = Gamut {
            radii: vec![0.0; BANDS * HUES],
            outline: vec![[0.0; 2]; HUES],
        };
        let mut add = |device: [f64; 4]| gamut.add(decode_lab(three(pipeline.eval(device))));
        match profile.color_space() {
            ColorSpace::Gray => {}
            ColorSpace::Rgb => surface(RGB_STEPS, &mut add),
            ColorSpace::Cmyk => solids(CMYK_STEPS, &mut add),
        }
        gamut.fill();
        Ok(gamut)
    }

    fn add(&mut self, lab: [f64; 3]) {
        let [l, a, b] = [0, 1, 2].map(|i| lab[i] - CENTRE[i]);
        let radius = (l * l + a * a + b * b).sqrt();
        if !radius.is_finite() || radius == 0.0 {
            return;
        }
        let hue = place(
            b.atan2(a).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU,
            HUES,
        );
        // Equal steps of the sine of the latitude are equal areas.
        let band = place((l / radius + 1.0) / 2.0, BANDS);
        let longest = &mut self.radii[band * HUES + hue];
        *longest = longest.max(radius);
        let [known_a, known_b] = self.outline[hue];
        if a * a + b * b > known_a * known_a + known_b * known_b {
            self.outline[hue] = [a, b];
        }
    }

    /// Gives segments in which no point came to lie the mean of their neighbours.
    fn fill(&mut self) {
        let known = self.radii.clone();
        for (place, radius) in self.radii.iter_mut().enumerate().filter(|(_, radius)| **radius == 0.0) {
            let (band, hue) = (place / HUES, place % HUES);
            let beside = [(hue + 1) % HUES, (hue + HUES - 1) % HUES].map(|hue| known[band * HUES + hue]);
            let above = [band.checked_sub(1), Some(band + 1).filter(|band| *band < BANDS)];
            let around = beside
                .into_iter()
                .chain(above.into_iter().flatten().map(|band| known[band * HUES + hue]));
            let around: Vec<f64> = around.filter(|radius| *radius > 0.0).collect();
            if !around.is_empty() {
                *radius = around.iter().sum::<f64>() / around.len() as f64;
            }
        }
    }

    /// Its volume in cubic ΔE*ab.
    pub fn volume(&self) -> f64 {
        volume(self.radii.iter().copied())
    }

    /// The share of another gamut that lies in this one, 0 to 1.
    pub fn covers(&self, other: &Gamut) -> f64 {
        let whole = other.volume();
        if whole <= 0.0 {
            return 0.0;
        }
        let shared = self
            .radii
            .iter()
            .zip(&other.radii)
            .map(|(mine, theirs)| mine.min(*theirs));
        volume(shared) / whole
    }

    /// How far it reaches at each hue: a* and b*, counter-clockwise. Empty of a grey device.
    pub fn outline(&self) -> Vec<[f64; 2]> {
        let reaches = |point: &&[f64; 2]| point[0] != 0.0 || point[1] != 0.0;
        self.outline.iter().filter(reaches).copied().collect()
    }
}

fn volume(radii: impl Iterator<Item = f64>) -> f64 {
    let cubes: f64 = radii.map(|radius| radius.powi(3)).sum();
    cubes / (BANDS * HUES) as f64 * 4.0 / 3.0 * std::f64::consts::PI
}

/// The place of a number from 0 to 1 among so many.
fn place(share: f64, of: usize) -> usize {
    ((share * of as f64) as usize).min(of - 1)
}

/// The six faces of a cube.
fn surface(steps: u32, add: &mut impl FnMut([f64; 4])) {
    let share = |step: u32| f64::from(step) / f64::from(steps - 1);
    for axis in 0..3 {
        for end in [0.0, 1.0] {
            for (u, v) in (0..steps).flat_map(|u| (0..steps).map(move |v| (u, v))) {
                let mut device = [0.0; 4];
                device[axis] = end;
                device[(axis + 1) % 3] = share(u);
                device[(axis + 2) % 3] = share(v);
                add(device);
            }
        }
    }
}

/// The eight solids that bound a cube of four dimensions.
fn solids(steps: u32, add: &mut impl FnMut([f64; 4])) {
    let share = |step: u32| f64::from(step) / f64::from(steps - 1);
    for axis in 0..4 {
        for end in [0.0, 1.0] {
            for point in 0..steps.pow(3) {
                let mut device = [0.0; 4];
                device[axis] = end;
                let digits = [point % steps, point / steps % steps, point / steps / steps];
                for (step, digit) in digits.into_iter().enumerate() {
                    device[(axis + 1 + step) % 4] = share(digit);
                }
                add(device);
            }
        }
    }
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
        assert!(adobe.covers(&srgb) > 0.98, "{}", adobe.covers(&srgb));
        assert!((0.55..0.80).contains(&srgb.covers(&adobe)), "{}", srgb.covers(&adobe));
    }

    #[test]
    fn a_paper_has_less_than_a_display_and_grey_has_none() {
        let srgb = Gamut::of(&Profile::srgb()).unwrap();
        let paper = Gamut::of(&Profile::virtual_paper()).unwrap();
        assert!((200e3..1_200e3).contains(&paper.volume()), "{}", paper.volume());
        assert!((0.3..1.0).contains(&paper.covers(&srgb)), "{}", paper.covers(&srgb));
        assert!(paper.outline().len() > HUES / 2);
        let grey = Gamut::of(&Profile::gray()).unwrap();
        assert_eq!((grey.volume(), grey.covers(&srgb)), (0.0, 0.0));
        assert!(grey.outline().is_empty());
        assert_eq!(srgb.covers(&grey), 0.0);
    }
}
