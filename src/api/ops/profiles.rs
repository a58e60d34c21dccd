//! Profiles: bringing them, what they are, where they are used.

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use smol_str::{SmolStr, format_smolstr};

use super::names::name;
use super::printers::configured;
use super::profile_uses::{configured_use, kept_use};
use crate::api::view::{Moment, ProfileFactsView, ProfileUseView, ProfileView};
use crate::api::{Api, Caller, Problem};
use crate::color::{MAX_PROFILE_BYTES, Profile};
use crate::crypto::Sha256;
use crate::model::{Digest, Scope, Timestamp};
use crate::spool::SpoolError;
use crate::store::KeptProfile;

/// Most profiles that are kept.
const MOST_PROFILES: usize = 500;
/// Longest name in bytes.
const MOST_NAME: usize = 100;

fn no_profile(digest: &Digest) -> Problem {
    Problem::not_found("profile-not-found", format_args!("profile {digest}"))
}

fn of_disk(error: SpoolError) -> Problem {
    match error {
        SpoolError::TooLarge { .. } => too_large(),
        other => crate::intake::IntakeError::Spool(other).into(),
    }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "profile-too-large",
        format_smolstr!("a profile has {} MiB at most", MAX_PROFILE_BYTES >> 20),
    )
}

pub(super) fn digest(profile: &Profile) -> Digest {
    Sha256::of(profile.as_bytes())
}

impl Api {
    /// Takes a profile, checks it, and keeps it. One that is known gets the name.
    ///
    /// # Errors
    /// 413 `profile-too-large`, 422 `bad-profile`, 409 `too-many-profiles`.
    pub async fn add_profile(
        &self,
        caller: &Caller,
        called: Option<&str>,
        bytes: Bytes,
    ) -> Result<ProfileView, Problem> {
        caller.needs(Scope::ProfilesWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::ProfilesRead)?;
        let bad = |why: SmolStr| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-profile", why);
        if bytes.len() > MAX_PROFILE_BYTES {
            return Err(too_large());
        }
        let parse = move || Profile::parse(&bytes);
        let profile = tokio::task::spawn_blocking(parse)
            .await
            .map_err(|e| Problem::internal(&e))?;
        let profile = profile.map_err(|why| bad(format_smolstr!("this is no profile that can be used: {why}")))?;
        profile
            .check_of_printer()
            .map_err(|why| bad(format_smolstr!("{why}")))?;
        self.estate.check_profile(&profile, None).map_err(bad)?;
        let known = self.store.profiles().await?;
        if known.len() >= MOST_PROFILES {
            let why = format_smolstr!("{MOST_PROFILES} profiles are kept, which is the most: remove some");
            return Err(Problem::conflict("too-many-profiles", why));
        }
        let called = match called {
            Some(called) => name("name", called, MOST_NAME)?,
            None => profile.description().chars().take(MOST_NAME / 4).collect(),
        };
        let mut incoming = self
            .profiles
            .begin(Some(profile.as_bytes().len() as u64))
            .map_err(of_disk)?;
        incoming
            .write(Bytes::copy_from_slice(profile.as_bytes()))
            .await
            .map_err(of_disk)?;
        let (mut stored, ()) = incoming.finish(|_| ()).await.map_err(of_disk)?;
        let now = Timestamp::now();
        let kept = KeptProfile {
            digest: stored.digest,
            name: called,
            bytes: stored.bytes,
            at: now,
            by: caller.name.clone(),
        };
        self.store.put_profile(kept, now).await?;
        stored.hold.keep();
        log::info!("profile {}: was brought by {}", stored.digest, caller.name);
        self.profile(caller, &stored.digest).await
    }

    /// What a profile is: looked at once, then kept in mind.
    async fn facts(
        &self,
        of: Digest,
        read: impl FnOnce() -> Result<Profile, Problem> + Send + 'static,
    ) -> Result<Arc<ProfileFactsView>, Problem> {
        if let Some(known) = self.kept.profile(&of) {
            return Ok(known);
        }
        let look = move || ProfileFactsView::of(&read()?).map_err(|e| Problem::internal(&e));
        let facts = tokio::task::spawn_blocking(look)
            .await
            .map_err(|e| Problem::internal(&e))??;
        let facts = Arc::new(facts);
        self.kept.keep_profile(of, &facts);
        Ok(facts)
    }

    /// The profiles: the configuration's, then those that were brought, by their names.
    ///
    /// # Errors
    /// 403.
    pub async fn profiles(&self, caller: &Caller) -> Result<Vec<ProfileView>, Problem> {
        caller.needs(Scope::ProfilesRead)?;
        let uses = self.store.profile_uses().await?;
        let mut all: Vec<ProfileView> = Vec::new();
        for used in self.estate.configured_profiles() {
            let of = digest(&used.profile);
            let view = configured_use(&used);
            if let Some(known) = all.iter_mut().find(|known| known.digest == view.profile) {
                known.uses.push(view);
                continue;
            }
            let profile = Profile::clone(&used.profile);
            let facts = self.facts(of, move || Ok(profile)).await?;
            all.push(ProfileView {
                digest: view.profile.clone(),
                name: facts.description.as_str().into(),
                configured: true,
                added: None,
                by: None,
                facts: ProfileFactsView::clone(&facts),
                uses: vec![view],
            });
        }
        for kept in self.store.profiles().await? {
            let path = self.profiles.path(&kept.digest);
            let read = move || {
                let bytes = std::fs::read(path).map_err(|e| Problem::internal(&e))?;
                Profile::parse(&bytes).map_err(|e| Problem::internal(&e))
            };
            // One that is broken on the disk must not hide the others.
            let Ok(facts) = self.facts(kept.digest, read).await else {
                log::error!(
                    "the profile {} can't be read any more: remove it, and bring it again",
                    kept.digest
                );
                continue;
            };
            let text = kept.digest.to_string();
            let mut here: Vec<ProfileUseView> = uses
                .iter()
                .filter(|used| used.profile == kept.digest)
                .map(kept_use)
                .collect();
            // The same file may be named by the configuration as well.
            if let Some(at) = all.iter().position(|known| known.configured && known.digest == text) {
                here.splice(0..0, all.remove(at).uses);
            }
            all.push(ProfileView {
                digest: text,
                name: kept.name,
                configured: here.iter().any(|used| used.configured),
                added: Some(Moment(kept.at)),
                by: Some(kept.by),
                facts: ProfileFactsView::clone(&facts),
                uses: here,
            });
        }
        Ok(all)
    }

    /// A profile.
    ///
    /// # Errors
    /// 404 `profile-not-found`.
    pub async fn profile(&self, caller: &Caller, of: &Digest) -> Result<ProfileView, Problem> {
        let text = of.to_string();
        let profiles = self.profiles(caller).await?;
        profiles
            .into_iter()
            .find(|profile| profile.digest == text)
            .ok_or_else(|| no_profile(of))
    }

    /// The bytes of a profile, and a name for its file.
    ///
    /// # Errors
    /// 404 `profile-not-found`.
    pub async fn profile_file(&self, caller: &Caller, of: &Digest) -> Result<(SmolStr, Vec<u8>), Problem> {
        caller.needs(Scope::ProfilesRead)?;
        let of = *of;
        if let Some(used) = self
            .estate
            .configured_profiles()
            .iter()
            .find(|used| digest(&used.profile) == of)
        {
            return Ok((used.profile.description().into(), used.profile.as_bytes().to_vec()));
        }
        let kept = self.store.profile(of).await?.ok_or_else(|| no_profile(&of))?;
        let path = self.profiles.path(&of);
        let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
        let bytes = read
            .map_err(|e| Problem::internal(&e))?
            .map_err(|e| Problem::internal(&e))?;
        Ok((kept.name, bytes))
    }

    /// Gives a profile another name.
    ///
    /// # Errors
    /// 404, 422.
    pub async fn rename_profile(&self, caller: &Caller, of: &Digest, called: &str) -> Result<ProfileView, Problem> {
        caller.needs(Scope::ProfilesWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::ProfilesRead)?;
        let kept = self.store.profile(*of).await?.ok_or_else(|| no_profile(of))?;
        let called = name("name", called, MOST_NAME)?;
        self.store
            .put_profile(KeptProfile { name: called, ..kept }, Timestamp::now())
            .await?;
        self.profile(caller, of).await
    }

    /// Removes a profile that is used nowhere.
    ///
    /// # Errors
    /// 404, 409 `configured`, `profile-used`.
    pub async fn remove_profile(&self, caller: &Caller, of: &Digest) -> Result<(), Problem> {
        caller.needs(Scope::ProfilesWrite)?;
        let known = self.store.profile(*of).await?;
        if known.is_none() {
            let named = self.profile(caller, of).await?;
            return Err(configured(format_args!("the profile \"{}\"", named.name)));
        }
        if !self.store.remove_profile(*of, Timestamp::now()).await? {
            let uses = self.store.profile_uses().await?;
            let at: Vec<&str> = uses
                .iter()
                .filter(|u| u.profile == *of)
                .map(|u| u.printer.as_str())
                .collect();
            let why = format_smolstr!("it is used on {}: use another one there first", at.join(", "));
            return Err(Problem::conflict("profile-used", why));
        }
        log::info!("profile {of}: was removed by {}", caller.name);
        let (folder, of) = (self.profiles.clone(), *of);
        let gone = tokio::task::spawn_blocking(move || folder.remove(&of, std::time::Duration::ZERO)).await;
        if let Ok(Err(error)) = gone {
            // The next start sweeps it.
            log::warn!("the file of the profile {of} could not be removed: {error}");
        }
        Ok(())
    }
}
