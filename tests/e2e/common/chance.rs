//! Chance that can be had again: numbers from a seed.

/// A generator (SplitMix64, by Steele, Lea and Flood, OOPSLA 2014).
pub struct Chance(pub u64);

impl Chance {
    /// The seed in `PLATEN_SEED`, or another one each time.
    pub fn seed() -> u64 {
        match std::env::var("PLATEN_SEED") {
            Ok(text) => text.parse().expect("PLATEN_SEED is a number"),
            Err(_) => uuid::Uuid::new_v4().as_u64_pair().0 >> 32,
        }
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// Once in so many times.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}
