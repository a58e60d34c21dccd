//! `[[paper]]`: a paper that the studio keeps, in a size.

use serde::Deserialize;
use smol_str::SmolStr;

use super::{is_keyword, media_named};
use crate::model::{self, Finish, MediaSize, PaperId, Price};

/// Most sheets that are believed of one paper.
const MOST_SHEETS: u32 = 1_000_000;
/// Longest name in bytes.
const MOST_NAME: usize = 100;

/// A paper.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Paper {
    /// What people call it, without its size.
    pub name: SmolStr,
    /// Its size: a short name (`a3+`) or a PWG name (`na_super-b_13x19in`).
    pub media: SmolStr,
    /// The `media-type` that it is printed as.
    pub media_type: SmolStr,
    /// Its surface, which decides the black ink.
    pub finish: Finish,
    /// Grams per square metre.
    #[serde(default)]
    pub weight: Option<u16>,
    /// Of a sheet.
    #[serde(default)]
    pub price: Option<Price>,
    /// Sheets at which it is low; 0: never.
    #[serde(default)]
    pub low: u32,
    /// Sheets on hand when it is first seen; what comes and goes later is booked.
    #[serde(default)]
    pub sheets: Option<u32>,
}

impl Paper {
    /// Its size.
    pub fn size(&self) -> Option<MediaSize> {
        media_named(&self.media)
    }

    /// The stock item and its first count.
    ///
    /// # Errors
    /// In words, for the person who wrote it.
    pub fn item(&self) -> Result<(model::Paper, Option<u32>), String> {
        let name = &self.name;
        if name.len() > MOST_NAME || name.chars().any(char::is_control) {
            return Err(format!(
                "the name of a paper must be one line of {MOST_NAME} bytes at most"
            ));
        }
        let size = self.size().ok_or_else(|| {
            format!(
                "the media \"{}\" of the paper \"{name}\" is not known: give a PWG name such as na_super-b_13x19in, or a \
                 short one such as a3+",
                self.media
            )
        })?;
        let id = PaperId::of(name, &size)
            .map_err(|_| format!("the paper \"{name}\" needs a name with letters of a to z or digits"))?;
        if !is_keyword(&self.media_type) || self.media_type == "auto" {
            return Err(format!(
                "the media-type of the paper \"{name}\" must be an IPP keyword that printers know it by, such as \
                 photographic-matte"
            ));
        }
        if self.weight == Some(0) {
            return Err(format!(
                "the weight of the paper \"{name}\" is 0: give grams per square metre, or leave it out"
            ));
        }
        if self.sheets.unwrap_or(0).max(self.low) > MOST_SHEETS {
            return Err(format!(
                "low and sheets of the paper \"{name}\" must be {MOST_SHEETS} at most"
            ));
        }
        let paper = model::Paper {
            id,
            name: name.clone(),
            size,
            media_type: self.media_type.clone(),
            finish: self.finish,
            weight: self.weight,
            price: self.price.map(|price| price.0),
            low: self.low,
        };
        Ok((paper, self.sheets))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;
    use super::*;

    fn parse(papers: &str) -> Result<Config, String> {
        let text = format!("[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n{papers}");
        Config::parse(&text, Path::new("platen.toml")).map_err(|e| e.to_string())
    }

    const RAG: &str =
        "[[paper]]\nname = \"Rag\"\nmedia = \"A3+\"\nmedia-type = \"photographic-matte\"\nfinish = \"matte\"\n";

    #[test]
    fn prices_are_read_to_the_millionth() {
        for (written, price) in [
            ("4", 4_000_000),
            ("4.2", 4_200_000),
            ("\"4.20\"", 4_200_000),
            ("0.1", 100_000),
            ("\"0.000001\"", 1),
            ("999999.99", 999_999_990_000),
        ] {
            let config = parse(&format!("{RAG}price = {written}\n")).unwrap();
            assert_eq!(config.papers[0].price, Some(Price(price)), "{written}");
        }
        for bad in [
            "-1",
            "\"4,20\"",
            "\"\"",
            "\".5\"",
            "1000000",
            "0.0000001",
            "1e300",
            "nan",
            "\"€4\"",
        ] {
            assert!(parse(&format!("{RAG}price = {bad}\n")).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_readme_names_every_setting_of_a_paper() {
        let text = include_str!("../../README.md");
        let block = text.split("```toml\n").nth(5).and_then(|rest| rest.split("```").next());
        let config = parse(block.unwrap()).unwrap();
        let (paper, first) = config.papers[0].item().unwrap();
        assert_eq!(paper.to_string(), "Hahnemühle Photo Rag 308 A3+");
        assert_eq!(
            (paper.finish, paper.weight, paper.price),
            (Finish::Matte, Some(308), Some(4_200_000))
        );
        assert_eq!((paper.low, first), (5, Some(25)));
    }

    #[test]
    fn papers_are_checked_in_words() {
        let paper = |name: &str, media: &str, kind: &str, more: &str| {
            format!(
                "[[paper]]\nname = \"{name}\"\nmedia = \"{media}\"\nmedia-type = \"{kind}\"\nfinish = \"matte\"\n{more}"
            )
        };
        let two = format!("{RAG}{RAG}");
        for (papers, says) in [
            (paper("Rag", "papyrus", "photographic-matte", ""), "papyrus"),
            (paper("…", "a3", "photographic-matte", ""), "needs a name"),
            (paper("Rag", "a3", "auto", ""), "media-type"),
            (paper("Rag", "a3", "two words", ""), "media-type"),
            (paper("a\\nb", "a3", "photographic-matte", ""), "one line"),
            (
                paper("Rag", "a3", "photographic-matte", "sheets = 2000000\n"),
                "at most",
            ),
            (RAG.replace("\"matte\"", "\"silk\""), "silk"),
            (paper("Rag", "a3", "photographic-matte", "price = \"much\"\n"), "price"),
            (two, "twice"),
        ] {
            let said = parse(&papers).unwrap_err();
            assert!(said.contains(says) && !said.contains('\n'), "{said}");
        }
        let sizes = format!("{RAG}{}", RAG.replace("A3+", "A3"));
        assert_eq!(parse(&sizes).unwrap().papers.len(), 2);
    }
}
