//! ICC profiles: read, check, transform. STUB INTERFACE
use crate::model::RenderingIntent;
/// Number of channels etc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorSpace {
    /// grey
    Gray,
    /// rgb
    Rgb,
    /// cmyk
    Cmyk,
}
/// A checked profile.
#[derive(Debug, Clone)]
pub struct Profile {
    /// raw
    pub bytes: Vec<u8>,
}
/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(pub String);
impl Profile {
    /// Reads and checks a profile (all offsets and sizes; at most 16 MiB).
    /// # Errors
    /// when it is not usable
    pub fn parse(_bytes: &[u8]) -> Result<Profile, ProfileError> {
        Err(ProfileError("stub".into()))
    }
    /// Built in.
    pub fn srgb() -> Profile {
        Profile { bytes: vec![] }
    }
    /// Built in.
    pub fn adobe_rgb() -> Profile {
        Profile { bytes: vec![] }
    }
    /// Built in: sRGB's tone curve on grey.
    pub fn gray() -> Profile {
        Profile { bytes: vec![] }
    }
    /// The synthetic paper profile that virtual printers print with.
    pub fn virtual_paper() -> Profile {
        Profile { bytes: vec![] }
    }
    /// Colour space of the device side.
    pub fn color_space(&self) -> ColorSpace {
        ColorSpace::Rgb
    }
    /// Description.
    pub fn description(&self) -> &str {
        ""
    }
    /// The ICC bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
/// A baked link from one device to another, applied in integers.
#[derive(Debug)]
pub struct DeviceLink;
impl DeviceLink {
    /// Bakes. Source: grey or RGB (1 or 3 channels), destination: grey or RGB.
    /// # Errors
    /// when a profile lacks what the intent needs
    pub fn bake(
        _source: &Profile,
        _destination: &Profile,
        _intent: RenderingIntent,
    ) -> Result<DeviceLink, ProfileError> {
        Ok(DeviceLink)
    }
    /// Channels in: 1 or 3.
    pub fn input_channels(&self) -> usize {
        3
    }
    /// Channels out: 1 or 3.
    pub fn output_channels(&self) -> usize {
        3
    }
    /// Converts interleaved pixels; `src` full-range u16, `dst` bytes. Lengths must hold the same number of pixels.
    pub fn apply(&self, _src: &[u16], _dst: &mut [u8]) {}
}
/// CIEDE2000 of two Lab (D50) colours.
pub fn delta_e_2000(_a: [f64; 3], _b: [f64; 3]) -> f64 {
    0.0
}
