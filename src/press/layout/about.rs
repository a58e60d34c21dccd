//! What a layout asks for, before anything is laid out: pictures and words.

use std::collections::BTreeSet;

use super::describe::{Block, Layout};
use super::{grid, words};

impl Layout {
    /// Pictures that one page shows; 0 for a layout without any.
    pub fn pictures(&self) -> usize {
        let last = self.blocks.iter().map(|block| match block {
            Block::Picture(single) => single.picture.unwrap_or(1),
            Block::Grid(wanted) => wanted
                .picture
                .unwrap_or(1)
                .saturating_sub(1)
                .saturating_add(grid::slots(wanted)),
            _ => 0,
        });
        last.max().unwrap_or(0) as usize
    }

    /// The names of the fields that its texts show.
    pub fn words(&self) -> BTreeSet<String> {
        let texts = self.blocks.iter().flat_map(Block::texts);
        texts
            .flat_map(|(_, text)| words::names(text).unwrap_or_default())
            .collect()
    }
}
