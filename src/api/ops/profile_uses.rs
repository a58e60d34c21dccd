//! Where profiles are used: on which printer, for which media type.

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};

use super::printers::{configured, no_printer};
use super::profiles::digest;
use crate::api::estate::ConfiguredUse;
use crate::api::view::ProfileUseView;
use crate::api::{Api, Caller, Problem};
use crate::color::Profile;
use crate::model::{Digest, PrinterId, RasterType, Scope, Timestamp};
use crate::store::ProfileUse;

/// Where a profile is to be used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUse {
    /// Which: SHA-256 of its bytes.
    pub profile: SmolStr,
    /// For which `media-type`; none: every one that has no other.
    #[serde(default)]
    pub media_type: Option<SmolStr>,
    /// PWG keyword of the raster type through which it was made; none: as the printer offers.
    #[serde(default)]
    pub raster_type: Option<SmolStr>,
}

pub(super) fn kept_use(used: &ProfileUse) -> ProfileUseView {
    ProfileUseView {
        printer: used.printer.as_str().into(),
        media_type: used.media_type.clone(),
        raster_type: used.raster_type.map(RasterType::keyword),
        profile: used.profile.to_string(),
        configured: false,
    }
}

pub(super) fn configured_use(used: &ConfiguredUse) -> ProfileUseView {
    ProfileUseView {
        printer: used.printer.as_str().into(),
        media_type: used.media_type.clone(),
        raster_type: used.raster_type.map(RasterType::keyword),
        profile: digest(&used.profile).to_string(),
        configured: true,
    }
}

impl Api {
    /// Where profiles are used on a printer.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn printer_profiles(&self, caller: &Caller, printer: &PrinterId) -> Result<Vec<ProfileUseView>, Problem> {
        caller.needs(Scope::ProfilesRead)?;
        let house = self.store.house().await?;
        house.printer(printer).ok_or_else(|| no_printer(printer))?;
        let configured = self.estate.configured_profiles();
        let mut uses: Vec<ProfileUseView> = configured
            .iter()
            .filter(|used| used.printer == *printer)
            .map(configured_use)
            .collect();
        let kept = self.store.profile_uses().await?;
        let kept = kept.iter().filter(|used| used.printer == *printer);
        // What the configuration says of a media type stays.
        for view in kept.map(kept_use) {
            if uses.iter().all(|used| used.media_type != view.media_type) {
                uses.push(view);
            }
        }
        Ok(uses)
    }

    /// Uses a profile on a printer for a media type, from the next job on.
    ///
    /// # Errors
    /// 404 `printer-not-found`, 409 `configured`, 422.
    pub async fn use_profile(
        &self,
        caller: &Caller,
        printer: &PrinterId,
        new: NewUse,
    ) -> Result<Vec<ProfileUseView>, Problem> {
        caller.needs(Scope::ProfilesWrite)?;
        let house = self.store.house().await?;
        house.printer(printer).ok_or_else(|| no_printer(printer))?;
        let NewUse {
            profile: text,
            media_type,
            raster_type,
        } = new;
        if media_type
            .as_ref()
            .is_some_and(|word| !crate::config::is_keyword(word) || word == "auto")
        {
            return Err(Problem::invalid(
                "media_type",
                "give an IPP keyword, such as photographic-matte",
            ));
        }
        let of: Digest = text
            .parse()
            .map_err(|e| Problem::invalid("profile", format_smolstr!("{e}")))?;
        let kept = self.store.profile(of).await?;
        let why = "there is no such profile among those that were brought: upload it first";
        kept.ok_or_else(|| Problem::invalid("profile", why))?;
        let raster_type = match raster_type {
            None => None,
            Some(word) => Some(RasterType::from_keyword(&word).ok_or_else(|| {
                let all: Vec<&str> = RasterType::ALL.iter().map(|t| t.keyword()).collect();
                Problem::invalid("raster_type", format_smolstr!("give one of {}", all.join(", ")))
            })?),
        };
        let (_, bytes) = self.profile_file(caller, &of).await?;
        let profile = Profile::parse(&bytes).map_err(|e| Problem::internal(&e))?;
        let fits = self.estate.check_profile(&profile, raster_type);
        fits.map_err(|why| Problem::invalid("raster_type", why))?;
        self.not_configured(printer, media_type.as_deref())?;
        let wanted = ProfileUse {
            printer: printer.clone(),
            media_type,
            raster_type,
            profile: of,
        };
        self.store.use_profile(wanted, Timestamp::now()).await?;
        self.estate.settle().await?;
        log::info!("{printer}: the profile {of} is used from now on, says {}", caller.name);
        self.printer_profiles(caller, printer).await
    }

    /// Uses no profile any more on a printer for a media type.
    ///
    /// # Errors
    /// 404, 409 `configured`.
    pub async fn stop_using_profile(
        &self,
        caller: &Caller,
        printer: &PrinterId,
        media_type: Option<SmolStr>,
    ) -> Result<(), Problem> {
        caller.needs(Scope::ProfilesWrite)?;
        self.not_configured(printer, media_type.as_deref())?;
        self.store
            .stop_using_profile(printer.clone(), media_type, Timestamp::now())
            .await?;
        Ok(self.estate.settle().await?)
    }

    fn not_configured(&self, printer: &PrinterId, media_type: Option<&str>) -> Result<(), Problem> {
        let uses = self.estate.configured_profiles();
        let mut here = uses.iter().filter(|used| used.printer == *printer);
        match here.any(|used| used.media_type.as_deref() == media_type) {
            true => Err(configured(format_args!("the profile of {printer} for this media type"))),
            false => Ok(()),
        }
    }
}
