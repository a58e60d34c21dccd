//! The file: header, tag table, and what of it converts colours.

use std::sync::Arc;

use super::bytes::{fixed_array, signature_text, u16_at, u32_at, usize_at};
use super::curve::Curve;
use super::error::ProfileError;
use super::matrix::{Mat3, colorant_matrix, grey_to_pcs, pcs_to_grey, pcs_to_rgb, rgb_to_pcs};
use super::pcs::{D50, LAB_V4_TO_V2};
use super::pipeline::{Pipeline, Stage};
use super::{ColorSpace, lut};
use crate::model::Rendering;

/// Longer files are refused unread, in bytes. Printer profiles have one to four MiB.
pub const MAX_PROFILE_BYTES: usize = 16 << 20;
/// More tags are refused.
pub const MAX_TAGS: u32 = 100;

const HEADER: usize = 128;
/// Longest description that is kept, in characters.
const MAX_DESCRIPTION: usize = 200;

const TO_PCS: [[u8; 4]; 3] = [*b"A2B0", *b"A2B1", *b"A2B2"];
const FROM_PCS: [[u8; 4]; 3] = [*b"B2A0", *b"B2A1", *b"B2A2"];

/// A checked profile. Clones share the bytes.
#[derive(Clone)]
pub struct Profile {
    bytes: Arc<[u8]>,
    space: ColorSpace,
    lab: bool,
    major: u8,
    class: [u8; 4],
    description: Arc<str>,
    tags: Arc<[Tag]>,
}

#[derive(Debug, Clone, Copy)]
struct Tag {
    signature: [u8; 4],
    offset: usize,
    size: usize,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("description", &self.description)
            .field("space", &self.space)
            .field("class", &signature_text(self.class))
            .field("version", &self.major)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Which of the three tables an intent asks for.
fn table_index(intent: Rendering) -> usize {
    match intent {
        Rendering::Perceptual => 0,
        Rendering::Relative | Rendering::Absolute => 1,
        Rendering::Saturation => 2,
    }
}

impl Profile {
    /// Reads and checks a profile: at most [`MAX_PROFILE_BYTES`], ICC versions 2 to 4, classes input, display,
    /// output and colour space, for grey, RGB or CMYK. Every tag must lie inside the file, and every
    /// conversion table and curve is read once. Bytes after the length that the header states are dropped.
    ///
    /// # Errors
    /// When it is not usable; the text is for people.
    pub fn parse(bytes: &[u8]) -> Result<Profile, ProfileError> {
        if bytes.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::TooLarge(bytes.len()));
        }
        let short = || ProfileError::TooShort(bytes.len());
        let signature = |at: usize| -> Result<[u8; 4], ProfileError> {
            bytes
                .get(at..)
                .and_then(|b| b.first_chunk::<4>())
                .copied()
                .ok_or_else(short)
        };
        let count = u32_at(bytes, HEADER).ok_or_else(short)?;
        if &signature(36)? != b"acsp" {
            return Err(ProfileError::NotIcc);
        }
        let stated = u32_at(bytes, 0).ok_or_else(short)?;
        let bytes = usize::try_from(stated)
            .ok()
            .filter(|n| *n >= HEADER + 4)
            .and_then(|n| bytes.get(..n))
            .ok_or(ProfileError::Length {
                stated,
                actual: bytes.len(),
            })?;
        let major = bytes[8];
        if !(2..=4).contains(&major) {
            return Err(ProfileError::Version(major));
        }
        let class = signature(12)?;
        if ![*b"scnr", *b"mntr", *b"prtr", *b"spac"].contains(&class) {
            return Err(ProfileError::Class(signature_text(class)));
        }
        let space = match &signature(16)? {
            b"GRAY" => ColorSpace::Gray,
            b"RGB " => ColorSpace::Rgb,
            b"CMYK" => ColorSpace::Cmyk,
            other => return Err(ProfileError::Space(signature_text(*other))),
        };
        let lab = match &signature(20)? {
            b"Lab " => true,
            b"XYZ " => false,
            other => return Err(ProfileError::ConnectionSpace(signature_text(*other))),
        };
        let mut profile = Profile {
            bytes: Arc::from(bytes),
            space,
            lab,
            major,
            class,
            description: Arc::from(""),
            tags: read_tag_table(bytes, count)?,
        };
        profile.description = profile.read_description();
        profile.check_tables()?;
        Ok(profile)
    }

    /// A profile without any tags, which no conversion accepts. It stands in where our own bytes could not be read,
    /// which the tests rule out.
    pub(super) fn blank(space: ColorSpace) -> Profile {
        Profile {
            bytes: Arc::from([]),
            space,
            lab: false,
            major: 2,
            class: *b"mntr",
            description: Arc::from("blank"),
            tags: Arc::from([]),
        }
    }

    /// Colour space of the device side.
    pub fn color_space(&self) -> ColorSpace {
        self.space
    }

    /// Description (tag `desc`), at most 200 characters, no control characters; a stand-in when there is none.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The ICC bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Major version: 2 to 4.
    pub(super) fn major(&self) -> u8 {
        self.major
    }

    /// Whether the connection space is Lab.
    pub(super) fn is_lab(&self) -> bool {
        self.lab
    }

    /// Its device class (ICC.1:2022, table 18).
    pub(super) fn class(&self) -> [u8; 4] {
        self.class
    }

    /// Whether it is an output profile (class `prtr`).
    pub(super) fn is_output(&self) -> bool {
        &self.class == b"prtr"
    }

    /// Channels of the device side: 1, 3 or 4.
    pub fn channels(&self) -> usize {
        match self.space {
            ColorSpace::Gray => 1,
            ColorSpace::Rgb => 3,
            ColorSpace::Cmyk => 4,
        }
    }

    pub(super) fn tag(&self, signature: [u8; 4]) -> Option<&[u8]> {
        let tag = self.tags.iter().find(|t| t.signature == signature)?;
        self.bytes.get(tag.offset..tag.offset.checked_add(tag.size)?)
    }

    /// Whether there is a table for just this intent, to the device or from it.
    pub(super) fn has_table(&self, intent: Rendering, to_device: bool) -> bool {
        let tables = if to_device { FROM_PCS } else { TO_PCS };
        self.tag(tables[table_index(intent)]).is_some()
    }

    /// Whether all tags of a matrix or grey curve profile are there.
    pub(super) fn is_matrix(&self) -> bool {
        let wanted: &[[u8; 4]] = match self.space {
            ColorSpace::Gray => &[*b"kTRC"],
            ColorSpace::Rgb => &[*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC"],
            ColorSpace::Cmyk => return false,
        };
        wanted.iter().all(|t| self.tag(*t).is_some())
    }

    /// The paper's white for absolute colorimetry, XYZ. As with LittleCMS, displays of version 2 have D50: what
    /// they state is the white of the tube, which the eye adapts to.
    pub(super) fn media_white(&self) -> [f64; 3] {
        if self.major < 4 && &self.class == b"mntr" {
            return D50;
        }
        self.xyz(*b"wtpt").ok().flatten().unwrap_or(D50)
    }

    /// Device to encoded connection space (Lab always in version 4 encoding).
    pub(super) fn to_pcs(&self, intent: Rendering) -> Result<Pipeline, ProfileError> {
        if let Some((tag, bytes)) = self.table(TO_PCS, intent) {
            let lut = lut::read(bytes, self.channels(), 3).map_err(|why| broken(tag, why))?;
            let mut pipeline = lut.pipeline;
            if lut.is_mft2 && self.lab {
                pipeline.stages.push(scale(1.0 / LAB_V4_TO_V2));
            }
            return Ok(pipeline);
        }
        match self.space {
            ColorSpace::Gray => Ok(grey_to_pcs(self.grey_curve("from the device")?, self.lab)),
            ColorSpace::Rgb => {
                let (curves, m) = self.shaper("from the device")?;
                Ok(rgb_to_pcs(curves, &m, self.lab))
            }
            ColorSpace::Cmyk => Err(self.missing("from the device")),
        }
    }

    /// Encoded connection space to device.
    pub(super) fn to_device(&self, intent: Rendering) -> Result<Pipeline, ProfileError> {
        if let Some((tag, bytes)) = self.table(FROM_PCS, intent) {
            let lut = lut::read(bytes, 3, self.channels()).map_err(|why| broken(tag, why))?;
            let mut pipeline = Pipeline::default();
            if lut.is_mft2 && self.lab {
                pipeline.stages.push(scale(LAB_V4_TO_V2));
            }
            pipeline.extend(lut.pipeline);
            for stage in &mut pipeline.stages {
                if let (Stage::Clut(clut), true) = (stage, self.lab) {
                    clut.use_trilinear();
                }
            }
            return Ok(pipeline);
        }
        match self.space {
            ColorSpace::Gray => Ok(pcs_to_grey(&self.grey_curve("to the device")?, self.lab)),
            ColorSpace::Rgb => {
                let (curves, m) = self.shaper("to the device")?;
                pcs_to_rgb(&curves, &m, self.lab).ok_or_else(|| broken(*b"rXYZ", "the primaries lie on one line"))
            }
            ColorSpace::Cmyk => Err(self.missing("to the device")),
        }
    }

    /// The table for an intent, or the perceptual one instead. The tables in floating point (`D2B0` and so on) are
    /// left aside, as the standard allows: a profile that has them also has these.
    fn table(&self, tables: [[u8; 4]; 3], intent: Rendering) -> Option<([u8; 4], &[u8])> {
        [tables[table_index(intent)], tables[0]]
            .into_iter()
            .find_map(|tag| Some((tag, self.tag(tag)?)))
    }

    fn xyz(&self, tag: [u8; 4]) -> Result<Option<[f64; 3]>, ProfileError> {
        let Some(bytes) = self.tag(tag) else {
            return Ok(None);
        };
        if !bytes.starts_with(b"XYZ ") {
            return Err(broken(tag, "this is no XYZ"));
        }
        fixed_array::<3>(bytes, 8)
            .map(Some)
            .ok_or_else(|| broken(tag, "the XYZ is cut off"))
    }

    fn curve(&self, tag: [u8; 4]) -> Result<Option<Curve>, ProfileError> {
        let Some(bytes) = self.tag(tag) else {
            return Ok(None);
        };
        let (curve, _) = Curve::read(bytes).map_err(|why| broken(tag, why))?;
        Ok(Some(curve))
    }

    fn missing(&self, direction: &'static str) -> ProfileError {
        ProfileError::Missing {
            profile: self.description.to_string(),
            direction,
        }
    }

    fn grey_curve(&self, direction: &'static str) -> Result<Curve, ProfileError> {
        self.curve(*b"kTRC")?.ok_or_else(|| self.missing(direction))
    }

    fn shaper(&self, direction: &'static str) -> Result<(Vec<Curve>, Mat3), ProfileError> {
        let mut curves = Vec::with_capacity(3);
        let mut columns = [[0.0; 3]; 3];
        let tags = [(*b"rXYZ", *b"rTRC"), (*b"gXYZ", *b"gTRC"), (*b"bXYZ", *b"bTRC")];
        for (column, (colorant, curve)) in columns.iter_mut().zip(tags) {
            *column = self.xyz(colorant)?.ok_or_else(|| self.missing(direction))?;
            curves.push(self.curve(curve)?.ok_or_else(|| self.missing(direction))?);
        }
        Ok((curves, colorant_matrix(columns)))
    }

    /// Reads everything that could convert once, so that a broken profile is refused where it comes in.
    fn check_tables(&self) -> Result<(), ProfileError> {
        self.xyz(*b"wtpt")?;
        for intent in [Rendering::Perceptual, Rendering::Relative, Rendering::Saturation] {
            if self.has_table(intent, false) {
                self.to_pcs(intent)?;
            }
            if self.has_table(intent, true) {
                self.to_device(intent)?;
            }
        }
        self.to_pcs(Rendering::Relative)?;
        Ok(())
    }

    fn read_description(&self) -> Arc<str> {
        let text = self.tag(*b"desc").and_then(description_text).unwrap_or_default();
        let clean: String = text
            .chars()
            .take_while(|c| *c != '\0')
            .filter(|c| !c.is_control())
            .take(MAX_DESCRIPTION)
            .collect();
        match clean.trim() {
            "" => Arc::from("profile without a name"),
            clean => Arc::from(clean),
        }
    }
}

fn scale(by: f64) -> Stage {
    Stage::Matrix(super::matrix::diagonal([by; 3]), [0.0; 3])
}

fn broken(tag: [u8; 4], why: &'static str) -> ProfileError {
    ProfileError::Tag {
        tag: signature_text(tag),
        why,
    }
}

fn read_tag_table(bytes: &[u8], count: u32) -> Result<Arc<[Tag]>, ProfileError> {
    if count > MAX_TAGS {
        return Err(ProfileError::TooManyTags(count));
    }
    let mut tags = Vec::with_capacity(count as usize);
    for at in (0..count as usize).map(|i| HEADER + 4 + 12 * i) {
        let signature = bytes
            .get(at..)
            .and_then(|b| b.first_chunk::<4>())
            .copied()
            .ok_or(ProfileError::TooShort(bytes.len()))?;
        let place = usize_at(bytes, at + 4).zip(usize_at(bytes, at + 8));
        let (offset, size) = place.ok_or(ProfileError::TooShort(bytes.len()))?;
        let inside = offset >= HEADER && size >= 8 && offset.checked_add(size).is_some_and(|end| end <= bytes.len());
        if !inside {
            return Err(ProfileError::TagOutside(signature_text(signature)));
        }
        tags.push(Tag {
            signature,
            offset,
            size,
        });
    }
    Ok(Arc::from(tags))
}

/// ASCII of a version 2 `desc`, or the English (else the first) text of an `mluc`.
fn description_text(bytes: &[u8]) -> Option<String> {
    match bytes.first_chunk::<4>()? {
        b"desc" => {
            let count = usize_at(bytes, 8)?;
            let ascii = bytes.get(12..12usize.checked_add(count)?)?;
            Some(String::from_utf8_lossy(ascii).into_owned())
        }
        b"text" => Some(String::from_utf8_lossy(bytes.get(8..)?).into_owned()),
        b"mluc" => {
            let count = usize_at(bytes, 8)?.min(1000);
            let records = (0..count).map(|i| 16 + 12 * i);
            let is_english = |at: &usize| bytes.get(*at..).is_some_and(|b| b.starts_with(b"en"));
            let at = records.clone().find(is_english).or(records.clone().next())?;
            let (length, offset) = (usize_at(bytes, at + 4)?, usize_at(bytes, at + 8)?);
            let wide = bytes.get(offset..offset.checked_add(length)?)?;
            let units: Vec<u16> = (0..wide.len() / 2).filter_map(|i| u16_at(wide, 2 * i)).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}
