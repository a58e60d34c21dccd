//! `[[pool]]`: printers that can stand in for each other, shown to clients as one printer.

use serde::Deserialize;
use smol_str::SmolStr;

use crate::model::{self, PrinterId};

/// Longest name in bytes: what clients expect of a printer's (PWG 5100.14).
const MOST_NAME: usize = 127;

/// A pool of some of the printers. The one of all is there without being named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// What people call it.
    pub name: SmolStr,
    /// Its printers, by name. One may be in several pools.
    pub printers: Vec<SmolStr>,
}

impl Pool {
    /// The pool, where it is right for these printers.
    ///
    /// # Errors
    /// What is wrong, for the person who wrote it.
    pub fn item(&self, known: &[PrinterId]) -> Result<model::Pool, String> {
        let name = &self.name;
        let id = PrinterId::from_name(name)
            .map_err(|_| format!("the pool \"{name}\" needs a name with letters of a to z or digits"))?;
        if name.len() > MOST_NAME || name.chars().any(char::is_control) {
            return Err(format!(
                "the name of the pool \"{id}\" must be one line of {MOST_NAME} bytes at most"
            ));
        }
        let mut printers = Vec::new();
        for printer in &self.printers {
            let member = PrinterId::from_name(printer).ok().filter(|id| known.contains(id));
            let member =
                member.ok_or_else(|| format!("the pool \"{name}\" has {printer}, and there is no such [[printer]]"))?;
            if printers.contains(&member) {
                return Err(format!("the pool \"{name}\" has {printer} twice: name it once"));
            }
            printers.push(member);
        }
        if printers.is_empty() {
            return Err(format!(
                "the pool \"{name}\" has no printers, so nobody could print there: name some, or take it out"
            ));
        }
        Ok(model::Pool {
            id,
            name: name.clone(),
            printers,
        })
    }
}
