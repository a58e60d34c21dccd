//! Papers of the configuration, as the store takes them.

use super::StartError;
use crate::config::Config;
use crate::model::Paper;

/// All of them, with their first counts.
///
/// # Errors
/// In words; the configuration's own check has refused them before.
pub fn papers(config: &Config) -> Result<Vec<(Paper, Option<u32>)>, StartError> {
    let items = config.papers.iter().map(|paper| paper.item());
    items.collect::<Result<_, _>>().map_err(StartError::Config)
}
