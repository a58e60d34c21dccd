//! Which pages of a job's documents are printed, how each lies on its sheet, and how many share one.

use serde::{Deserialize, Serialize};

use super::{Orientation, PrintScaling};

/// Pages or documents from one number to another, both included, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NumberRange {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl NumberRange {
    fn holds(&self, number: u32) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

/// What is different for some pages: IPP `overrides` (PWG 5100.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageOverride {
    /// `pages`; empty: all.
    pub pages: Vec<NumberRange>,
    /// `document-numbers`; empty: all.
    pub documents: Vec<NumberRange>,
    /// `print-scaling`
    pub scaling: Option<PrintScaling>,
    /// `orientation-requested`
    pub orientation: Option<Orientation>,
}

/// The choice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageChoice {
    /// `page-ranges` of every document; empty: all pages.
    pub ranges: Vec<NumberRange>,
    /// `overrides`; the last that is about a page wins.
    pub overrides: Vec<PageOverride>,
    /// `number-up`: pages on one side of a sheet; 0 and 1 are one.
    #[serde(default)]
    pub number_up: u32,
}

/// A page that is to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenPage {
    /// Which of the documents that are printed, from 0.
    pub document: usize,
    /// Which of its pages, from 0.
    pub page: u32,
    /// How it is placed.
    pub scaling: PrintScaling,
    /// How it is turned.
    pub orientation: Orientation,
}

impl PageChoice {
    /// `number-up` that can be had.
    pub const NUMBER_UP: [u32; 6] = [1, 2, 4, 6, 9, 16];

    /// Whether it is every page, one on a sheet, all alike.
    pub fn is_plain(&self) -> bool {
        self.ranges.is_empty() && self.overrides.is_empty() && self.number_up <= 1
    }

    /// The pages of documents, each given by its `document-number` and how many it has, in the order of printing.
    pub fn choose(&self, documents: &[(u32, u32)], scaling: PrintScaling, orientation: Orientation) -> Vec<ChosenPage> {
        let all = documents
            .iter()
            .enumerate()
            .flat_map(|(d, (_, pages))| (0..*pages).map(move |p| (d, p)));
        let wanted = all.filter(|(_, page)| self.ranges.is_empty() || self.ranges.iter().any(|r| r.holds(page + 1)));
        wanted
            .map(|(document, page)| {
                let mut chosen = ChosenPage {
                    document,
                    page,
                    scaling,
                    orientation,
                };
                for over in &self.overrides {
                    let within =
                        |ranges: &[NumberRange], n: u32| ranges.is_empty() || ranges.iter().any(|r| r.holds(n));
                    let number = documents[document].0;
                    if within(&over.pages, page + 1) && within(&over.documents, number) {
                        chosen.scaling = over.scaling.unwrap_or(chosen.scaling);
                        chosen.orientation = over.orientation.unwrap_or(chosen.orientation);
                    }
                }
                chosen
            })
            .collect()
    }

    /// Impressions of documents with so many pages each, of one copy.
    pub fn impressions(&self, documents: impl IntoIterator<Item = u32>) -> u32 {
        let of_one = |pages: u32| match self.ranges.is_empty() {
            true => u64::from(pages),
            // The ranges do not overlap: see `are_good`.
            false => self
                .ranges
                .iter()
                .map(|r| u64::from(r.last.min(pages)).saturating_sub(u64::from(r.first) - 1))
                .sum(),
        };
        // Every document begins on a sheet of its own (`separate-documents-collated-copies`).
        let per_side = u64::from(self.number_up.max(1));
        let sides: u64 = documents
            .into_iter()
            .map(|pages| of_one(pages).div_ceil(per_side))
            .sum();
        u32::try_from(sides).unwrap_or(u32::MAX)
    }

    /// Whether ranges are as RFC 8011, 5.2.7 wants `page-ranges`: from 1, ascending, not overlapping.
    pub fn are_good(ranges: &[NumberRange]) -> bool {
        let each = ranges.iter().all(|r| r.first >= 1 && r.first <= r.last);
        each && ranges.windows(2).all(|pair| pair[0].last < pair[1].first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: u32, last: u32) -> NumberRange {
        NumberRange { first, last }
    }

    fn pages(choice: &PageChoice, documents: &[u32]) -> Vec<(usize, u32)> {
        let numbered: Vec<(u32, u32)> = (1..).zip(documents.iter().copied()).collect();
        let chosen = choice.choose(&numbered, PrintScaling::Fit, Orientation::Auto);
        chosen.iter().map(|c| (c.document, c.page)).collect()
    }

    #[test]
    fn ranges_count_in_every_document() {
        let choice = PageChoice {
            ranges: vec![range(2, 3), range(5, u32::MAX)],
            ..PageChoice::default()
        };
        assert_eq!(
            pages(&choice, &[4, 1, 6]),
            [(0, 1), (0, 2), (2, 1), (2, 2), (2, 4), (2, 5)]
        );
        assert_eq!(choice.impressions([4, 1, 6]), 6);
        let four_up = PageChoice { number_up: 4, ..choice };
        assert_eq!(
            four_up.impressions([4, 1, 6]),
            2,
            "each document begins on a sheet of its own"
        );
        assert_eq!(PageChoice::default().impressions([4, 1]), 5);
    }

    #[test]
    fn overrides_touch_their_pages_alone() {
        let choice = PageChoice {
            overrides: vec![
                PageOverride {
                    pages: vec![range(2, 2)],
                    documents: vec![],
                    scaling: Some(PrintScaling::Fill),
                    orientation: None,
                },
                PageOverride {
                    pages: vec![],
                    documents: vec![range(2, 9)],
                    scaling: None,
                    orientation: Some(Orientation::Landscape),
                },
            ],
            ..PageChoice::default()
        };
        // The first document was taken back: the others keep their numbers.
        let chosen = choice.choose(&[(1, 2), (5, 2)], PrintScaling::Fit, Orientation::Auto);
        let how: Vec<_> = chosen.iter().map(|c| (c.scaling, c.orientation)).collect();
        assert_eq!(
            how,
            [
                (PrintScaling::Fit, Orientation::Auto),
                (PrintScaling::Fill, Orientation::Auto),
                (PrintScaling::Fit, Orientation::Landscape),
                (PrintScaling::Fill, Orientation::Landscape),
            ]
        );
    }

    #[test]
    fn bad_ranges_are_told() {
        assert!(PageChoice::are_good(&[range(1, 1), range(2, 9)]));
        for bad in [
            &[range(0, 1)][..],
            &[range(3, 2)],
            &[range(1, 4), range(4, 5)],
            &[range(5, 6), range(1, 2)],
        ] {
            assert!(!PageChoice::are_good(bad), "{bad:?}");
        }
    }
}
