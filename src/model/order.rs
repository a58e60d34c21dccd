//! What comes with a job beside its ticket: by which template it is laid out, and what its sender keeps with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A template with what was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateChoice {
    /// The template's name.
    pub name: SmolStr,
    /// Values of its parameters, and words that its texts show.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Sheets that the pictures take by it, of one copy.
    pub sheets: u32,
}

/// What the sender of a job keeps with it. Nothing here changes how it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Order {
    /// His own name for it: the number of an order in his shop.
    pub reference: Option<SmolStr>,
    /// Words of his.
    pub metadata: BTreeMap<String, String>,
    /// Where he wants to hear what becomes of it.
    pub callback_url: Option<SmolStr>,
    /// The program that sent it.
    pub client: Option<SmolStr>,
}

impl Order {
    /// Most words of the sender.
    pub const METADATA: usize = 20;
    /// Most characters of the name of one.
    pub const METADATA_NAME: usize = 40;
    /// Most characters of one, and of a reference.
    pub const TEXT: usize = 500;
    /// Most bytes of a callback's address.
    pub const URL: usize = 2_000;
}

/// The key of a request that may come more than once and makes one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Whose: keys of different senders are different.
    pub owner: SmolStr,
    /// As the sender chose it.
    pub key: SmolStr,
    /// What was asked for: SHA-256, in hex.
    pub request: SmolStr,
}

impl RequestKey {
    /// How long one is known, in milliseconds: a day, in which whoever has got no answer has tried again.
    pub const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
    /// Most bytes of what the sender chose.
    pub const MOST: usize = 255;
}
