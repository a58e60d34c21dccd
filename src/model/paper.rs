//! Papers that the studio keeps: what they are, and the entries of their account in sheets.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::ids::{MOST_SHORT, is_short_name, slug};
use super::{JobId, Media, MediaSize, Timestamp};

/// A paper's short name as it stands in paths: lower-case letters, digits and hyphens, 1 to 63 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct PaperId(SmolStr);

/// A text that can't be a [`PaperId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" can't name a paper: use 1 to 63 lower-case letters, digits or hyphens, beginning with a letter or digit"
)]
pub struct PaperIdError(pub SmolStr);

impl PaperId {
    /// Checks and takes a short name.
    ///
    /// # Errors
    /// [`PaperIdError`] when it is empty, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, PaperIdError> {
        if is_short_name(text) {
            Ok(PaperId(SmolStr::new(text)))
        } else {
            Err(PaperIdError(SmolStr::new(text)))
        }
    }

    /// The short name of a paper in a size: "Photo Rag 308" in A3+ becomes `photo-rag-308-a3-plus`. Each size of a
    /// paper is counted by itself.
    ///
    /// # Errors
    /// [`PaperIdError`] when nothing usable is left of the name.
    pub fn of(name: &str, size: &MediaSize) -> Result<Self, PaperIdError> {
        let size = slug(&size.shown().replace('+', " plus"), 24);
        let name = slug(name, MOST_SHORT - 1 - size.len());
        if name.is_empty() {
            return Err(PaperIdError(name.into()));
        }
        Self::new(&format!("{name}-{size}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<SmolStr> for PaperId {
    type Error = PaperIdError;
    fn try_from(text: SmolStr) -> Result<Self, PaperIdError> {
        Self::new(&text)
    }
}

impl From<PaperId> for SmolStr {
    fn from(id: PaperId) -> SmolStr {
        id.0
    }
}

/// How a paper's surface takes ink; it decides which black is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    /// Uncoated or matte: printed with matte black.
    Matte,
    /// Gloss, semi-gloss, lustre, baryta: printed with photo black and chroma optimizer.
    Glossy,
}

impl Finish {
    /// The black ink, by its `marker-names` code.
    pub const fn black(self) -> &'static str {
        match self {
            Finish::Matte => "MBK",
            Finish::Glossy => "PBK",
        }
    }
}

/// A stock item: a paper in a size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Short name.
    pub id: PaperId,
    /// What people call it, without its size.
    pub name: SmolStr,
    /// Its size.
    pub size: MediaSize,
    /// The `media-type` that it is printed as.
    pub media_type: SmolStr,
    /// Its surface.
    pub finish: Finish,
    /// Grams per square metre.
    pub weight: Option<u16>,
    /// Of a sheet, in millionths of the studio's currency.
    pub price: Option<i64>,
    /// Sheets at which it is low; 0: never.
    pub low: u32,
}

impl Paper {
    /// Whether a job that asks for these media can be printed on it. A job that leaves the type open (`auto`) asks for
    /// no paper that is counted.
    pub fn is_for(&self, media: &Media) -> bool {
        media.media_type != "auto" && media.media_type == self.media_type && media.size.is_about(&self.size)
    }
}

impl fmt::Display for Paper {
    /// With its size: "Photo Rag 308 A3+".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.size.shown())
    }
}

/// Why sheets came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockReason {
    /// Bought, or found: they came.
    Restocked,
    /// Somebody counted: the difference to what the books said.
    Counted,
    /// Printed for a job.
    Printed,
    /// Lost in printing: jammed, marked, misfed.
    Spoiled,
    /// Lost otherwise: damp, bent, given away.
    WrittenOff,
}

impl StockReason {
    /// All of them with their words.
    pub const ALL: [(StockReason, &'static str); 5] = [
        (StockReason::Restocked, "restocked"),
        (StockReason::Counted, "counted"),
        (StockReason::Printed, "printed"),
        (StockReason::Spoiled, "spoiled"),
        (StockReason::WrittenOff, "written-off"),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(r, _)| *r == self).map_or("counted", |(_, w)| w)
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w)| *w == word).map(|(r, _)| *r)
    }
}

/// An entry that is to be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStockEntry {
    /// Of which paper.
    pub paper: PaperId,
    /// Sheets that came, or went where it is below 0.
    pub delta: i64,
    /// Why.
    pub reason: StockReason,
    /// For which job.
    pub job: Option<JobId>,
    /// Who booked it: a person's name, or `platen`.
    pub by: SmolStr,
    /// What that person wrote.
    pub note: SmolStr,
    /// When.
    pub at: Timestamp,
}

/// An entry of the books: written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockEntry {
    /// Its number; grows.
    pub id: i64,
    /// What was booked.
    #[serde(flatten)]
    pub entry: NewStockEntry,
    /// Sheets of the paper after it.
    pub on_hand: i64,
}

/// The paper of the house that a medium is, where its sheets are counted, and how many are on hand.
pub fn counted<'a>(media: &Media, papers: &'a [Paper], on_hand: &HashMap<PaperId, i64>) -> Option<(&'a Paper, i64)> {
    let mut fitting = papers.iter().filter(|paper| paper.is_for(media));
    fitting.find_map(|paper| Some((paper, *on_hand.get(&paper.id)?)))
}

/// What people call a medium: the paper of the house that it is, else its type and size.
pub fn called(media: &Media, papers: &[Paper]) -> SmolStr {
    let paper = papers.iter().find(|paper| paper.is_for(media));
    paper.map_or_else(|| media.shown(), |paper| format_smolstr!("{paper}"))
}

/// So many sheets, in words.
pub fn sheets_shown(sheets: u32) -> SmolStr {
    match sheets {
        1 => SmolStr::new_static("1 sheet"),
        _ => format_smolstr!("{sheets} sheets"),
    }
}

/// What a job says that waits for paper.
pub fn used_up(paper: &str, left: i64, needed: u32) -> SmolStr {
    match left {
        ..=0 => format_smolstr!("waits for {paper}, which is used up: restock it"),
        1 => format_smolstr!("waits for {paper}: 1 sheet is left, {needed} are needed; restock it"),
        _ => format_smolstr!("waits for {paper}: {left} sheets are left, {needed} are needed; restock it"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Margins;
    use super::*;

    #[test]
    fn each_size_of_a_paper_has_its_own_short_name() {
        let id = |name: &str, size: &str| PaperId::of(name, &MediaSize::called(size).unwrap());
        assert_eq!(id("Photo Rag 308", "a3+").unwrap().as_str(), "photo-rag-308-a3-plus");
        assert_eq!(id("Photo Rag 308", "a3").unwrap().as_str(), "photo-rag-308-a3");
        assert_eq!(id("Lustre", "17x22").unwrap().as_str(), "lustre-17-22-in");
        let long = "x".repeat(100);
        assert_eq!(id(&long, "a3").unwrap().as_str().len(), MOST_SHORT);
        assert_ne!(id(&long, "a3").unwrap(), id(&long, "a3+").unwrap());
        assert!(id("…", "a3").is_err());
        assert!(PaperId::new("Photo Rag").is_err());
    }

    #[test]
    fn a_paper_is_for_its_own_type_and_size() {
        let size = MediaSize::called("a3+").unwrap();
        let paper = Paper {
            id: PaperId::of("Photo Rag 308", &size).unwrap(),
            name: "Photo Rag 308".into(),
            size,
            media_type: "photographic-matte".into(),
            finish: Finish::Matte,
            weight: Some(308),
            price: None,
            low: 5,
        };
        let media = |size: &str, kind: &str| Media {
            size: MediaSize::from_name(size).unwrap(),
            media_type: kind.into(),
            source: "auto".into(),
            margins: Margins::BORDERLESS,
        };
        assert!(paper.is_for(&media("custom_329.9x482.4mm_329.9x482.4mm", "photographic-matte")));
        assert!(!paper.is_for(&media("iso_a3_297x420mm", "photographic-matte")));
        assert!(!paper.is_for(&media("na_super-b_13x19in", "photographic-glossy")));
        let open = Paper {
            media_type: "auto".into(),
            ..paper.clone()
        };
        assert!(!open.is_for(&media("na_super-b_13x19in", "auto")));
        assert_eq!(paper.to_string(), "Photo Rag 308 A3+");
    }

    #[test]
    fn reasons_have_words() {
        for (reason, word) in StockReason::ALL {
            assert_eq!(StockReason::from_word(reason.word()), Some(reason));
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{word}\""));
        }
    }
}
