//! Profiles that people brought, and on which printer and media type each is used. Their bytes lie beside the database,
//! by their digest.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row};
use smol_str::SmolStr;

use super::added::changed;
use super::{Store, StoreError};
use crate::model::{Digest, HousePart, PrinterId, RasterType, Timestamp};

/// A profile that somebody brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProfile {
    /// The address of its bytes.
    pub digest: Digest,
    /// What people call it.
    pub name: SmolStr,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it came.
    pub at: Timestamp,
    /// Who brought it.
    pub by: SmolStr,
}

/// Where a profile is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileUse {
    /// On this printer.
    pub printer: PrinterId,
    /// For this `media-type`; `None`: every one that has no other.
    pub media_type: Option<SmolStr>,
    /// The raster type through which it was made; `None`: as the printer offers.
    pub raster_type: Option<RasterType>,
    /// The profile.
    pub profile: Digest,
}

impl Store {
    /// Puts a profile down whose bytes are kept already. One that is known gets another name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_profile(&self, profile: KeptProfile, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection.execute(
                    "INSERT INTO profiles (digest, name, bytes, at, by) VALUES (?1, ?2, ?3, ?4, ?5) \
                     ON CONFLICT (digest) DO UPDATE SET name = ?2",
                    (
                        profile.digest.to_string(),
                        profile.name.as_str(),
                        i64::try_from(profile.bytes).unwrap_or(i64::MAX),
                        profile.at.0,
                        profile.by.as_str(),
                    ),
                )?;
                changed(connection, at, None, HousePart::Profiles)
            })
            .await
    }

    /// Forgets a profile. Says whether that was done: not while it is used.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such profile.
    pub async fn remove_profile(&self, digest: Digest, at: Timestamp) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                let text = digest.to_string();
                let is_used: bool = connection.query_row(
                    "SELECT EXISTS (SELECT 1 FROM profile_uses WHERE profile = ?1)",
                    [&text],
                    |row| row.get(0),
                )?;
                if is_used {
                    return Ok(false);
                }
                if connection.execute("DELETE FROM profiles WHERE digest = ?1", [&text])? == 0 {
                    return Err(StoreError::NotFound(format!("profile {text}")));
                }
                changed(connection, at, None, HousePart::Profiles)?;
                Ok(true)
            })
            .await
    }

    /// The profiles, by their names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn profiles(&self) -> Result<Vec<KeptProfile>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT digest, name, bytes, at, by FROM profiles ORDER BY name, digest")?;
            let mut rows = statement.query([])?;
            let mut profiles = Vec::new();
            while let Some(row) = rows.next()? {
                profiles.push(profile(row)?);
            }
            Ok(profiles)
        })
        .await
    }

    /// A profile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn profile(&self, digest: Digest) -> Result<Option<KeptProfile>, StoreError> {
        let profiles = self.profiles().await?;
        Ok(profiles.into_iter().find(|profile| profile.digest == digest))
    }

    /// The digests of all profiles.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn profile_digests(&self) -> Result<HashSet<Digest>, StoreError> {
        Ok(self
            .profiles()
            .await?
            .into_iter()
            .map(|profile| profile.digest)
            .collect())
    }

    /// Uses a profile on a printer for a media type, in place of the one that was used there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such profile.
    pub async fn use_profile(&self, wanted: ProfileUse, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let digest = wanted.profile.to_string();
                let known: Option<i64> = connection
                    .query_row("SELECT 1 FROM profiles WHERE digest = ?1", [&digest], |row| row.get(0))
                    .optional()?;
                if known.is_none() {
                    return Err(StoreError::NotFound(format!("profile {digest}")));
                }
                connection.execute(
                    "INSERT INTO profile_uses (printer, media_type, raster_type, profile) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (printer, media_type) DO UPDATE SET raster_type = ?3, profile = ?4",
                    (
                        wanted.printer.as_str(),
                        wanted.media_type.as_deref().unwrap_or(""),
                        wanted.raster_type.map(RasterType::keyword),
                        digest,
                    ),
                )?;
                changed(connection, at, Some(&wanted.printer), HousePart::Profiles)
            })
            .await
    }

    /// Uses none any more on a printer for a media type.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when none was.
    pub async fn stop_using_profile(
        &self,
        printer: PrinterId,
        media_type: Option<SmolStr>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                let media_type = media_type.as_deref().unwrap_or("");
                let gone = connection.execute(
                    "DELETE FROM profile_uses WHERE printer = ?1 AND media_type = ?2",
                    (printer.as_str(), media_type),
                )?;
                if gone == 0 {
                    return Err(StoreError::NotFound(format!(
                        "profile in use on {printer} for {media_type}"
                    )));
                }
                changed(connection, at, Some(&printer), HousePart::Profiles)
            })
            .await
    }

    /// Every use.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn profile_uses(&self) -> Result<Vec<ProfileUse>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT printer, media_type, raster_type, profile FROM profile_uses ORDER BY printer, media_type",
            )?;
            let mut rows = statement.query([])?;
            let mut uses = Vec::new();
            while let Some(row) = rows.next()? {
                uses.push(profile_use(row)?);
            }
            Ok(uses)
        })
        .await
    }
}

fn profile(row: &Row) -> Result<KeptProfile, StoreError> {
    let digest: String = row.get(0)?;
    Ok(KeptProfile {
        digest: digest.parse().map_err(|e| StoreError::row("profiles", &digest, e))?,
        name: row.get::<_, String>(1)?.into(),
        bytes: row.get::<_, i64>(2)?.unsigned_abs(),
        at: Timestamp(row.get(3)?),
        by: row.get::<_, String>(4)?.into(),
    })
}

fn profile_use(row: &Row) -> Result<ProfileUse, StoreError> {
    let (printer, digest): (String, String) = (row.get(0)?, row.get(3)?);
    let wrong = |what: &dyn std::fmt::Display| StoreError::row("profile_uses", &printer, what);
    let raster_type = match row.get::<_, Option<String>>(2)? {
        Some(word) => Some(RasterType::from_keyword(&word).ok_or_else(|| wrong(&"raster type"))?),
        None => None,
    };
    Ok(ProfileUse {
        printer: PrinterId::new(&printer).map_err(|e| wrong(&e))?,
        media_type: Some(SmolStr::from(row.get::<_, String>(1)?)).filter(|word| !word.is_empty()),
        raster_type,
        profile: digest.parse().map_err(|e| wrong(&e))?,
    })
}
