//! What can be wrong with a profile, in words for a person.

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// More bytes than [`super::MAX_PROFILE_BYTES`]; the value is the length.
    #[error("the colour profile is too large: {0} bytes, at most 16 MiB are read")]
    TooLarge(usize),
    /// Fewer bytes than a header and an empty tag table need; the value is the length.
    #[error("the colour profile is too short: {0} bytes do not hold a header and a tag table")]
    TooShort(usize),
    /// The signature `acsp` is not where it must be.
    #[error("this is not an ICC profile (the signature 'acsp' is missing)")]
    NotIcc,
    /// The header states a length that the bytes do not have.
    #[error("the colour profile is cut off or damaged: its header states {stated} bytes, {actual} are there")]
    Length {
        /// Bytes by the header.
        stated: u32,
        /// Bytes at hand.
        actual: usize,
    },
    /// A major version other than 2 to 4.
    #[error("ICC version {0} is not supported; versions 2 and 4 are")]
    Version(u8),
    /// A device class that is no picture's or printer's.
    #[error("profiles of class '{0}' cannot be used; input, display, output and colour space profiles can")]
    Class(String),
    /// A colour space that is not grey, RGB or CMYK.
    #[error("profiles for the colour space '{0}' cannot be used; grey, RGB and CMYK can")]
    Space(String),
    /// A connection space that is not XYZ or Lab.
    #[error("the profile connection space '{0}' is unknown; XYZ and Lab are known")]
    ConnectionSpace(String),
    /// More tags than [`super::MAX_TAGS`].
    #[error("the colour profile lists {0} tags, at most 100 are read")]
    TooManyTags(u32),
    /// A tag that lies outside the file.
    #[error("the colour profile is damaged: tag '{0}' lies outside the file")]
    TagOutside(String),
    /// A tag whose content makes no sense.
    #[error("the colour profile is damaged: tag '{tag}': {why}")]
    Tag {
        /// Signature of the tag.
        tag: String,
        /// What is wrong.
        why: &'static str,
    },
    /// There is neither a table nor a matrix for what is asked.
    #[error("the colour profile \"{profile}\" has nothing to convert {direction} with")]
    Missing {
        /// Description of the profile.
        profile: String,
        /// From the device or to it.
        direction: &'static str,
    },
}
