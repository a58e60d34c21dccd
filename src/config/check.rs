//! Whether what was read makes sense together.

use std::collections::{HashMap, HashSet};

use super::Config;
use crate::model::{HouseSettings, Pool, PrinterId, WindowRule};

/// Most presets: each is announced on the LAN.
const MOST_PRESETS: usize = 32;
/// Most pools: each is announced on the LAN.
const MOST_POOLS: usize = 32;
/// The short name of the pool of all.
const POOL: &str = "platen";
/// Most papers: each size of one counts.
const MOST_PAPERS: usize = 1_000;
/// Longest name of a preset in bytes: what clients expect of a printer's (PWG 5100.14).
const MOST_NAME: usize = 127;

impl Config {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.ipp.listen.is_empty() {
            return Err("[ipp] listen names no address, so nobody could print".into());
        }
        let least: [(&str, u64, u64); 10] = [
            ("[web] connections", self.web.connections as u64, 1),
            ("[web] head-seconds", self.web.head_seconds, 1),
            ("[web] idle-seconds", self.web.idle_seconds, 1),
            ("[ipp] connections", self.ipp.connections as u64, 1),
            ("[ipp] head-seconds", self.ipp.head_seconds, 1),
            ("[ipp] idle-seconds", self.ipp.idle_seconds, 1),
            ("[ipp] attribute-bytes", self.ipp.attribute_bytes as u64, 4_096),
            ("[ipp] jobs-per-user", self.ipp.jobs_per_user.into(), 1),
            ("[ipp] documents-per-job", self.ipp.documents_per_job as u64, 1),
            ("[spool] document-bytes", self.spool.document_bytes, 1 << 20),
        ];
        if let Some((key, value, least)) = least.into_iter().find(|(_, value, least)| value < least) {
            return Err(format!(
                "{key} is {value}, with which nobody could be served: give {least} or more"
            ));
        }
        let mut seen = HashSet::new();
        for printer in &self.printers {
            let id = PrinterId::from_name(&printer.name).map_err(|e| e.to_string())?;
            if !seen.insert(id.clone()) {
                return Err(format!("two printers would be called \"{id}\"; give one another name"));
            }
            if !(0.0..=3600.0).contains(&printer.seconds_per_sheet) {
                return Err(format!(
                    "seconds-per-sheet of {} is not between 0 and 3600",
                    printer.name
                ));
            }
            let known = ["ipp://", "http://", "virtual:"];
            if !known.iter().any(|scheme| printer.uri.starts_with(scheme)) {
                return Err(format!(
                    "the uri of {} is \"{}\"; it must begin with ipp:// or be virtual:",
                    printer.name, printer.uri
                ));
            }
        }
        self.rules()?;
        self.oauth.check()?;
        self.prices.over(HouseSettings::default())?;
        self.updates.check()?;
        let printers = seen.clone();
        for pool in self.named_pools()? {
            if pool.id.as_str() == POOL || !seen.insert(pool.id.clone()) {
                return Err(format!(
                    "the pool \"{}\" would be called \"{}\" as another one or a printer is; give it another name",
                    pool.name, pool.id
                ));
            }
        }
        self.check_windows(&printers)?;
        self.check_presets(seen)?;
        self.check_papers()
    }

    fn check_papers(&self) -> Result<(), String> {
        if self.papers.len() > MOST_PAPERS {
            return Err(format!("there are more than {MOST_PAPERS} papers"));
        }
        let mut seen = HashSet::new();
        let mut kinds = HashMap::new();
        for paper in &self.papers {
            let (item, _) = paper.item()?;
            let twin = kinds.insert((item.media_type.clone(), item.size.x, item.size.y), item.name.clone());
            if let Some(twin) = twin.filter(|twin| *twin != item.name) {
                return Err(format!(
                    "the papers \"{twin}\" and \"{}\" are of one size ({}) and one media-type ({}), so that no job could \
                     say which it means: give one another media-type",
                    item.name,
                    item.size.shown(),
                    item.media_type
                ));
            }
            if !seen.insert(item.id.clone()) {
                return Err(format!(
                    "the paper {item} is there twice, or another one would be called \"{}\", too; give one another name",
                    item.id
                ));
            }
        }
        Ok(())
    }

    /// The maintenance windows as rules.
    ///
    /// # Errors
    /// What is wrong with one, in words; none of a configuration that was read.
    pub fn rules(&self) -> Result<Vec<WindowRule>, String> {
        let known = self.printers.iter().filter_map(|p| PrinterId::from_name(&p.name).ok());
        let known: Vec<PrinterId> = known.collect();
        self.windows.iter().map(|window| window.rule(&known)).collect()
    }

    /// The pools of some of the printers.
    ///
    /// # Errors
    /// What is wrong with one, in words; none of a configuration that was read.
    pub fn named_pools(&self) -> Result<Vec<Pool>, String> {
        if self.pools.len() > MOST_POOLS {
            return Err(format!("there are more than {MOST_POOLS} pools"));
        }
        let known = self.printers.iter().filter_map(|p| PrinterId::from_name(&p.name).ok());
        let known: Vec<PrinterId> = known.collect();
        self.pools.iter().map(|pool| pool.item(&known)).collect()
    }

    /// Two windows at one time on one printer: whoever wrote them meant something else.
    fn check_windows(&self, printers: &HashSet<PrinterId>) -> Result<(), String> {
        let rules = self.rules()?;
        for (place, rule) in rules.iter().enumerate() {
            for other in &rules[..place] {
                let both = printers.iter().find(|p| rule.keeps(p) && other.keeps(p));
                if let Some(printer) = both
                    && rule.meets(other)
                {
                    return Err(format!(
                        "two windows of {printer} overlap, at {} and at {}: put one later, or make one shorter",
                        other.at.strftime("%H:%M"),
                        rule.at.strftime("%H:%M")
                    ));
                }
            }
        }
        Ok(())
    }

    /// `seen` are the short names of the printers and the pools.
    fn check_presets(&self, mut seen: HashSet<PrinterId>) -> Result<(), String> {
        if self.presets.len() > MOST_PRESETS {
            return Err(format!("there are more than {MOST_PRESETS} presets"));
        }
        let printers: Vec<PrinterId> = seen.iter().cloned().collect();
        // The pool's own name.
        seen.extend(PrinterId::new(POOL));
        for preset in &self.presets {
            let id = PrinterId::from_name(&preset.name).map_err(|_| {
                format!(
                    "the preset \"{}\" needs a name with letters of a to z or digits",
                    preset.name
                )
            })?;
            if preset.name.len() > MOST_NAME || preset.name.chars().any(char::is_control) {
                return Err(format!(
                    "the name of the preset \"{id}\" must be one line of {MOST_NAME} bytes at most"
                ));
            }
            if !seen.insert(id.clone()) {
                return Err(format!(
                    "the preset \"{}\" would be called \"{id}\" as another one or a printer is; give it another name",
                    preset.name
                ));
            }
            preset.check(&printers)?;
        }
        Ok(())
    }
}
