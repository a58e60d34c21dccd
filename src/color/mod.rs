//! ICC profiles: read, check, join, and apply.
//!
//! A profile that comes from outside is read with every offset checked ([`Profile::parse`]). Two profiles and an
//! intent are joined in f64 ([`DeviceLink::bake`]) by the rules that LittleCMS follows, which the tests measure
//! against, and baked into tables that are applied in integers ([`DeviceLink::apply`]). On the same ground stand
//! monochrome prints ([`DeviceLink::bake_mono`]) and soft proofs ([`SoftProof`]); [`LinkCache`] keeps what was baked.

mod axis;
mod blocks;
mod bpc;
mod builtin;
mod bytes;
mod cache;
mod clut;
mod curve;
mod delta_e;
mod error;
mod facts;
mod finish;
mod gamut;
mod grid;
mod lanes;
mod link;
mod lut;
mod matrix;
#[cfg(test)]
mod paper;
mod pcs;
mod pipeline;
mod profile;
mod proof;
mod shaper;
#[cfg(test)]
mod tests;
mod tone;
mod transform;
mod write;

pub use builtin::Primaries;
pub use cache::{LinkCache, LinkKey};
pub use delta_e::delta_e_2000;
pub use error::ProfileError;
pub use facts::ProfileFacts;
pub use gamut::Gamut;
pub use link::DeviceLink;
pub use profile::{MAX_PROFILE_BYTES, MAX_TAGS, Profile};
pub use proof::{ProofLink, ProofOptions, SoftProof};
pub use tone::{Tint, Tone};

/// Colour space of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorSpace {
    /// One channel, 0 is black.
    Gray,
    /// Three channels, 0 is black.
    Rgb,
    /// Four channels, 0 is paper (no ink), the largest value is full ink.
    Cmyk,
}
