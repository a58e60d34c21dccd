//! Documents: what a client sent, by content.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{DocumentId, Resolution};

/// A SHA-256 digest: the address of a document in the spool. Shown as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// A text that is not 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest of 64 hex digits")]
pub struct DigestError;

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl std::str::FromStr for Digest {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return Err(DigestError);
        }
        let mut out = [0u8; 32];
        for (o, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            let hex = |b: u8| (b as char).to_digit(16).ok_or(DigestError);
            *o = (hex(pair[0])? << 4 | hex(pair[1])?) as u8;
        }
        Ok(Digest(out))
    }
}

/// The document formats that this house knows, by their IPP `document-format` (MIME media type).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentFormat {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/tiff`
    Tiff,
    /// `image/pwg-raster` (PWG 5102.4)
    PwgRaster,
    /// `image/urf` (Apple raster)
    Urf,
    /// `application/pdf`
    Pdf,
}

impl DocumentFormat {
    /// Its MIME media type.
    pub const fn mime(self) -> &'static str {
        match self {
            DocumentFormat::Jpeg => "image/jpeg",
            DocumentFormat::Png => "image/png",
            DocumentFormat::Tiff => "image/tiff",
            DocumentFormat::PwgRaster => "image/pwg-raster",
            DocumentFormat::Urf => "image/urf",
            DocumentFormat::Pdf => "application/pdf",
        }
    }

    /// The format with this MIME media type (case does not matter), if it is one that the house knows.
    pub fn from_mime(mime: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Tiff, Self::PwgRaster, Self::Urf, Self::Pdf]
            .into_iter()
            .find(|f| f.mime().eq_ignore_ascii_case(mime))
    }

    /// What the first bytes of a document say that it is. Eight bytes are enough.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        if head.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
            .iter()
            .any(|m| head.starts_with(*m))
        {
            // BigTIFF counts one further than TIFF.
            Some(Self::Tiff)
        } else if head.starts_with(b"RaS2") {
            Some(Self::PwgRaster)
        } else if head.starts_with(b"UNIRAST\0") {
            Some(Self::Urf)
        } else if head.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else {
            None
        }
    }
}

impl fmt::Display for DocumentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mime())
    }
}

/// What the head of a document says about it, read without decoding its pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// The format, from its bytes.
    pub format: DocumentFormat,
    /// Width in pixels as it will be seen (after the orientation tag).
    pub width: u32,
    /// Height in pixels as it will be seen (after the orientation tag).
    pub height: u32,
    /// Pages; 1 for a picture.
    pub pages: u32,
    /// Resolution that the document claims, if it does.
    pub resolution: Option<Resolution>,
    /// Description of the embedded ICC profile; `None` for an untagged picture, which is treated as sRGB.
    pub profile: Option<SmolStr>,
}

/// One document of a job, durable in the spool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its id; 0 in a document that the store has not seen yet.
    pub id: DocumentId,
    /// Its place in the job, from 1 (IPP `document-number`).
    pub number: u32,
    /// Address of its bytes in the spool.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
    /// The name that the client gave it, if any.
    pub name: Option<SmolStr>,
    /// What its head says.
    pub facts: DocumentFacts,
    /// Whether it was canceled (Cancel-Document) and is left out.
    pub canceled: bool,
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = SmolStr::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_file_named_jpg_is_nothing_we_know() {
        assert_eq!(DocumentFormat::sniff(b"Dear printer,"), None);
        assert_eq!(
            DocumentFormat::sniff(&[0xff, 0xd8, 0xff, 0xe0]),
            Some(DocumentFormat::Jpeg)
        );
    }

    #[test]
    fn digests_read_back() {
        let d = Digest([0xa5; 32]);
        assert_eq!(d.to_string().parse::<Digest>(), Ok(d));
        assert!("zz".repeat(32).parse::<Digest>().is_err());
    }
}
