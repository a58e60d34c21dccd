//! The backup of settings: what people set up, as one document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use smol_str::{SmolStr, format_smolstr};

use super::names;
use super::papers::{self, PaperWish};
use super::presets::PresetWish;
use super::printers::{NewPrinter, POOL};
use crate::api::patch;
use crate::api::view::Moment;
use crate::api::{Api, Caller, Problem};
use crate::model::{Digest, PaperId, PrinterId, RasterType, Scope, Timestamp};
use crate::store::ProfileUse;

/// What a backup calls itself.
const FORMAT: &str = "platen-settings";
/// Its version; others are refused.
const VERSION: u32 = 1;
/// Most of each kind that a backup may have.
const MOST: usize = 1_000;

/// What people set up, without secrets. Profiles are named by their digests; their files are no part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// `platen-settings`
    pub format: SmolStr,
    /// Its version.
    pub version: u32,
    /// When it was made.
    #[serde(default)]
    pub made: SmolStr,
    /// Settings that somebody changed.
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    /// Printers that were added.
    #[serde(default)]
    pub printers: Vec<SavedPrinter>,
    /// Papers that were added; their stock is no setting.
    #[serde(default)]
    pub papers: Vec<SavedPaper>,
    /// Presets that were added.
    #[serde(default)]
    pub presets: Vec<SavedPreset>,
    /// Where profiles are used.
    #[serde(default)]
    pub profile_uses: Vec<SavedUse>,
}

/// A printer of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SavedPrinter {
    pub id: PrinterId,
    pub name: SmolStr,
    pub uri: SmolStr,
    #[serde(default)]
    pub seconds_per_sheet: Option<f64>,
}

/// A paper of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SavedPaper {
    pub id: PaperId,
    pub paper: PaperWish,
}

/// A preset of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SavedPreset {
    pub id: PrinterId,
    pub preset: PresetWish,
}

/// A use of a profile, of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SavedUse {
    pub printer: PrinterId,
    #[serde(default)]
    pub media_type: Option<SmolStr>,
    #[serde(default)]
    pub raster_type: Option<SmolStr>,
    pub profile: SmolStr,
}

/// What a restoration did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Restored {
    /// Settings that were set.
    pub settings: usize,
    /// Printers that were added or changed.
    pub printers: usize,
    /// Papers that were added or changed.
    pub papers: usize,
    /// Presets that were added or changed.
    pub presets: usize,
    /// Uses of profiles that were set.
    pub profile_uses: usize,
    /// What was left out, and why.
    pub left_out: Vec<SmolStr>,
}

impl Api {
    /// What people set up, as one document.
    ///
    /// # Errors
    /// 403.
    pub async fn backup(&self, caller: &Caller) -> Result<Backup, Problem> {
        caller.needs(Scope::SettingsRead)?;
        let house = self.store.house().await?;
        let overrides = self.store.overrides().await?.into_iter();
        let settings = overrides.filter_map(|(key, text)| Some((key, serde_json::from_str(&text).ok()?)));
        let printers = self
            .store
            .added_printers()
            .await?
            .into_iter()
            .map(|printer| SavedPrinter {
                id: printer.id,
                name: printer.name,
                uri: printer.uri,
                seconds_per_sheet: printer.seconds_per_sheet,
            });
        let papers = house
            .papers
            .iter()
            .filter(|paper| house.added_papers.contains(&paper.id));
        let papers = papers.map(|paper| SavedPaper {
            id: paper.id.clone(),
            paper: PaperWish::of(paper),
        });
        let added = self.store.added_presets().await?;
        let presets = self.estate.presets();
        let presets = presets
            .iter()
            .filter(|preset| added.iter().any(|(id, _)| *id == preset.id));
        let presets = presets.map(|preset| SavedPreset {
            id: preset.id.clone(),
            preset: PresetWish::of(preset),
        });
        let uses = self.store.profile_uses().await?.into_iter().map(|used| SavedUse {
            printer: used.printer,
            media_type: used.media_type,
            raster_type: used.raster_type.map(|t| t.keyword().into()),
            profile: used.profile.to_string().into(),
        });
        Ok(Backup {
            format: FORMAT.into(),
            version: VERSION,
            made: format_smolstr!("{}", Moment(Timestamp::now())),
            settings: settings.collect(),
            printers: printers.collect(),
            papers: papers.collect(),
            presets: presets.collect(),
            profile_uses: uses.collect(),
        })
    }

    /// Sets up what a backup has, beside what is there: nothing is removed. All of it is checked before anything is
    /// changed; what stands in the configuration file, is at work, or needs a profile that is not here, is left out and told.
    ///
    /// # Errors
    /// 422 with what is wrong, and nothing changed.
    pub async fn restore(&self, caller: &Caller, backup: Backup) -> Result<Restored, Problem> {
        caller.needs(Scope::SettingsWrite)?;
        caller.needs(Scope::PrintersWrite)?;
        // What is there is looked at on the way: nobody is refused half-way.
        caller.needs(Scope::TemplatesRead)?;
        let now = Timestamp::now();
        let checked = self.checked_backup(&backup).await?;
        let mut done = Restored::default();
        let house = self.store.house().await?;
        for printer in checked.printers {
            let named = printer.name.clone();
            let is_configured = house.printer(&printer.id).is_some() && !house.added_printers.contains(&printer.id);
            if !is_configured && self.store.put_printer(printer, now).await? {
                done.printers += 1;
            } else {
                let why = format_smolstr!("the printer {named} stands in the configuration file, or is printing");
                done.left_out.push(why);
            }
        }
        for paper in checked.papers {
            let named = format_smolstr!("the paper {paper} stands in the configuration file");
            match self.store.put_paper(paper, now).await? {
                true => done.papers += 1,
                false => done.left_out.push(named),
            }
        }
        for wanted in checked.uses {
            let left_out = match (self.store.profile(wanted.profile).await?, &wanted.media_type) {
                (Some(_), _) => None,
                (None, kind) => Some(format_smolstr!(
                    "the profile of {} for {} is not here: upload it, and use it there",
                    wanted.printer,
                    kind.as_deref().unwrap_or("every media type")
                )),
            };
            match left_out {
                Some(why) => done.left_out.push(why),
                None => {
                    self.store.use_profile(wanted, now).await?;
                    done.profile_uses += 1;
                }
            }
        }
        let configured = self.presets(caller).await?;
        for (id, text) in checked.presets {
            if configured
                .iter()
                .any(|known| known.configured && known.id == id.as_str())
            {
                done.left_out
                    .push(format_smolstr!("the preset {id} stands in the configuration file"));
                continue;
            }
            self.store.put_preset(id, text, now).await?;
            done.presets += 1;
        }
        done.settings = checked.settings.len();
        self.store.set_overrides(checked.settings, now).await?;
        self.estate.settle().await?;
        log::info!("settings: a backup was restored by {}", caller.name);
        Ok(done)
    }

    async fn checked_backup(&self, backup: &Backup) -> Result<Checked, Problem> {
        if backup.format != FORMAT || backup.version != VERSION {
            let why = format_smolstr!("this is no backup of settings of version {VERSION}");
            return Err(Problem::invalid("format", why));
        }
        let lengths = [
            backup.printers.len(),
            backup.papers.len(),
            backup.presets.len(),
            backup.profile_uses.len(),
        ];
        if lengths.into_iter().any(|length| length > MOST) {
            return Err(patch::wrong(format_smolstr!(
                "a backup has {MOST} of each kind at most"
            )));
        }
        self.checked_settings(&backup.settings)?;
        let within = |kind: &str, place: usize, problem: Problem| {
            let field = problem.field.clone().unwrap_or_default();
            problem.at(format_smolstr!("{kind}/{place}/{field}"))
        };
        let mut checked = Checked {
            settings: backup
                .settings
                .iter()
                .map(|(k, v)| (k.clone(), Some(v.to_string())))
                .collect(),
            ..Checked::default()
        };
        let presets = self.estate.presets();
        let house = self.store.house().await?;
        // What the backup has of its own takes the place of what is here.
        let is_other = |id: &PrinterId| {
            backup.printers.iter().all(|saved| saved.id != *id) && backup.presets.iter().all(|saved| saved.id != *id)
        };
        let mut names = names::others(self, &house, is_other);
        let mut alone = |kind: &str, place: usize, name: &SmolStr| {
            let alike = names::refuse_alike(name, &names);
            alike.map_err(|problem| within(kind, place, Problem::invalid("name", problem.detail)))?;
            names.push(name.clone());
            Ok::<(), Problem>(())
        };
        for (place, saved) in backup.printers.iter().enumerate() {
            alone("printers", place, &saved.name)?;
            let new = NewPrinter {
                name: saved.name.clone(),
                uri: saved.uri.clone(),
                seconds_per_sheet: saved.seconds_per_sheet,
            };
            let is_pool = saved.id.as_str() == POOL || house.pools.iter().any(|pool| pool.id == saved.id);
            if presets.iter().any(|preset| preset.id == saved.id) || is_pool {
                let why = "this is the name of a preset or of a pool already";
                return Err(within("printers", place, Problem::invalid("id", why)));
            }
            let printer = self.checked_printer(Some(&saved.id), &new);
            checked
                .printers
                .push(printer.map_err(|problem| within("printers", place, problem))?);
        }
        let is_other = |id: &PaperId| backup.papers.iter().all(|saved| saved.id != *id);
        let mut papers = papers::others(&house, is_other);
        for (place, saved) in backup.papers.iter().enumerate() {
            let wrong = |problem| within("papers", place, problem);
            let paper = saved
                .paper
                .clone()
                .without_sheets()
                .map_err(wrong)?
                .paper()
                .map_err(wrong)?;
            let shown = format_smolstr!("{paper}");
            let alike = names::refuse_alike(&shown, &papers);
            alike.map_err(|problem| wrong(Problem::invalid("name", problem.detail)))?;
            papers.push(shown);
            let id = saved.id.clone();
            checked.papers.push(crate::model::Paper { id, ..paper });
        }
        let mut printers: Vec<PrinterId> = house.printers.iter().map(|printer| printer.id.clone()).collect();
        printers.extend(house.pools.iter().map(|pool| pool.id.clone()));
        printers.extend(backup.printers.iter().map(|printer| printer.id.clone()));
        for (place, saved) in backup.presets.iter().enumerate() {
            let wrong = |problem| within("presets", place, problem);
            alone("presets", place, &saved.preset.name)?;
            if printers.contains(&saved.id) || saved.id.as_str() == POOL {
                return Err(wrong(Problem::invalid(
                    "id",
                    "this is the name of a printer or of the pool already",
                )));
            }
            let text = self.preset_among(&saved.id, &saved.preset, &printers).map_err(wrong)?;
            checked.presets.push((saved.id.clone(), text));
        }
        for (place, saved) in backup.profile_uses.iter().enumerate() {
            let wrong = |field: &'static str, why: SmolStr| within("profile_uses", place, Problem::invalid(field, why));
            if !printers.contains(&saved.printer) {
                return Err(wrong(
                    "printer",
                    format_smolstr!("there is no printer {}", saved.printer),
                ));
            }
            if saved
                .media_type
                .as_ref()
                .is_some_and(|word| !crate::config::is_keyword(word))
            {
                return Err(wrong("media_type", "this is no IPP keyword".into()));
            }
            let profile: Digest = saved
                .profile
                .parse()
                .map_err(|e| wrong("profile", format_smolstr!("{e}")))?;
            let raster_type = match &saved.raster_type {
                None => None,
                Some(word) => {
                    let known = RasterType::from_keyword(word);
                    Some(known.ok_or_else(|| wrong("raster_type", "this is no raster type".into()))?)
                }
            };
            checked.uses.push(ProfileUse {
                printer: saved.printer.clone(),
                media_type: saved.media_type.clone(),
                raster_type,
                profile,
            });
        }
        Ok(checked)
    }
}

/// A backup that was checked.
#[derive(Default)]
struct Checked {
    settings: BTreeMap<String, Option<String>>,
    printers: Vec<crate::store::AddedPrinter>,
    papers: Vec<crate::model::Paper>,
    presets: Vec<(PrinterId, String)>,
    uses: Vec<ProfileUse>,
}
