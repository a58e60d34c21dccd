//! Names that people give: on one line, seen whole, and none that could be taken for another one.

use smol_str::{SmolStr, format_smolstr};

use super::printers::POOL;
use crate::api::{Api, Problem};
use crate::model::{PrinterId, is_unseen, look_alike};
use crate::store::House;

/// A name on one line.
pub(super) fn name(field: &'static str, text: &str, most: usize) -> Result<SmolStr, Problem> {
    let text = text.trim();
    if text.is_empty() || text.len() > most || text.chars().any(char::is_control) {
        let why = format_smolstr!("give a name of one line, of {most} bytes at most");
        return Err(Problem::invalid(field, why));
    }
    refuse_unseen(field, text)?;
    Ok(text.into())
}

/// Refuses a name with something in it that nobody sees.
pub(super) fn refuse_unseen(field: &'static str, text: &str) -> Result<(), Problem> {
    if text.chars().any(is_unseen) {
        return Err(Problem::invalid(
            field,
            "there is a character in this name that can't be seen: write it anew",
        ));
    }
    Ok(())
}

/// Refuses a name that somebody could take for one of these.
pub(super) fn refuse_alike(name: &str, others: &[SmolStr]) -> Result<(), Problem> {
    match others.iter().find(|other| look_alike(name, other)) {
        None => Ok(()),
        Some(other) => {
            let why = format_smolstr!("\"{name}\" looks like \"{other}\", which is here already: choose another name");
            Err(Problem::conflict("name-taken", why).at("name"))
        }
    }
}

/// What clients see beside each other: the names of those printers, pools and presets that are others.
pub(super) fn others(api: &Api, house: &House, is_other: impl Fn(&PrinterId) -> bool) -> Vec<SmolStr> {
    let printers = house.printers.iter().filter(|printer| is_other(&printer.id));
    let pools = house.pools.iter().filter(|pool| is_other(&pool.id));
    let presets = api.estate.presets();
    let presets = presets.iter().filter(|preset| is_other(&preset.id));
    let names = printers.map(|printer| printer.name.clone());
    let names = names.chain(pools.map(|pool| pool.name.clone()));
    names.chain(presets.map(|preset| preset.name.clone())).collect()
}

/// Whether a short name is free among printers, presets and the pool.
pub(super) fn is_taken(api: &Api, house: &House, id: &PrinterId) -> bool {
    // `pool` stands for all of them wherever a destination is named.
    id.as_str() == POOL
        || id.as_str() == "pool"
        || house.printer(id).is_some()
        || house.pools.iter().any(|pool| pool.id == *id)
        || api.estate.presets().iter().any(|preset| preset.id == *id)
}
