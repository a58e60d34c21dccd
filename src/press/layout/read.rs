//! A layout from a template's `[layout]` table.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::describe::{Block, Layout};
use super::{LayoutError, check, limits};

/// The kinds of blocks, for the message.
const KINDS: &str = "\"picture\", \"grid\", \"text\", \"fill\", \"wedge\" or \"chart\"";

/// Reads and checks a layout.
///
/// # Errors
/// [`LayoutError::Field`] with the block and the field.
pub fn read(mut table: Table) -> Result<Layout, LayoutError> {
    let blocks = match table.remove("block") {
        Some(Value::Array(blocks)) => blocks,
        Some(_) => return Err(LayoutError::field("block", "write each block as [[layout.block]]")),
        None => Vec::new(),
    };
    if blocks.len() > limits::BLOCKS {
        return Err(LayoutError::field(
            "block",
            format!("at most {} blocks", limits::BLOCKS),
        ));
    }
    let mut layout: Layout = part(table, "layout")?;
    for (index, value) in blocks.into_iter().enumerate() {
        let number = index + 1;
        let Value::Table(mut block) = value else {
            return Err(LayoutError::field(
                format!("block {number}"),
                "write it as [[layout.block]]",
            ));
        };
        let kind = match block.remove("kind") {
            Some(Value::String(kind)) => kind,
            _ => {
                return Err(LayoutError::field(
                    format!("block {number}, kind"),
                    format!("say what it is: {KINDS}"),
                ));
            }
        };
        let place = format!("block {number} ({kind})");
        layout.blocks.push(match kind.as_str() {
            "picture" => Block::Picture(part(block, &place)?),
            "grid" => Block::Grid(part(block, &place)?),
            "text" => Block::Text(part(block, &place)?),
            "fill" => Block::Fill(part(block, &place)?),
            "wedge" => Block::Wedge(part(block, &place)?),
            "chart" => Block::Chart(part(block, &place)?),
            _ => {
                let shown: String = kind.chars().take(40).collect();
                return Err(LayoutError::field(
                    format!("block {number}, kind"),
                    format!("\"{shown}\" is no block; write {KINDS}"),
                ));
            }
        });
    }
    check::layout(&layout)?;
    Ok(layout)
}

fn part<T: DeserializeOwned>(table: Table, place: &str) -> Result<T, LayoutError> {
    Value::Table(table).try_into().map_err(|error: toml::de::Error| {
        // The library says the field in its last line: "in `look.fit`".
        let told = error.to_string();
        let words: Vec<&str> = told.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let field = words
            .last()
            .and_then(|line| line.strip_prefix("in `")?.strip_suffix('`'))
            .filter(|_| words.len() > 1);
        match field {
            Some(field) => LayoutError::field(format!("{place}, {field}"), words[..words.len() - 1].join(", ")),
            None => LayoutError::field(place, words.join(", ")),
        }
    })
}
