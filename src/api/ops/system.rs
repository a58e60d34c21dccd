//! What the house is, and what it says: version, disk, addresses, certificate, log.

use serde::Serialize;
use smol_str::SmolStr;

use crate::api::view::Moment;
use crate::api::{Api, Caller, Problem};
use crate::logging;
use crate::model::{Scope, Timestamp};

/// Lines of the log, unless somebody asks for another number.
const LINES: usize = 200;
/// The most that may be asked for: all that are kept.
const MOST_LINES: usize = 2_000;

/// What the house is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemView {
    /// Platen's version.
    pub version: &'static str,
    /// The host's name.
    pub host: String,
    /// The time here.
    pub now: Moment,
    /// The time zone by which windows are kept, as the system has it.
    pub time_zone: Option<String>,
    /// Since when Platen runs.
    pub started: Moment,
    /// For how many seconds.
    pub uptime_seconds: i64,
    /// The disk of the state folder.
    pub disk: Option<DiskView>,
    /// The state folder.
    pub data: String,
    /// Bytes of the database.
    pub database_bytes: u64,
    /// The number of its schema.
    pub schema: i64,
    /// Where it listens for IPP.
    pub ipp_addresses: Vec<String>,
    /// Where it listens for people and programs.
    pub web_addresses: Vec<String>,
    /// Its certificate.
    pub certificate: Option<CertificateView>,
}

/// A disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DiskView {
    /// All that it has.
    pub bytes: u64,
    /// What can be written.
    pub free_bytes: u64,
}

/// The certificate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CertificateView {
    /// Names that it is for.
    pub names: Vec<String>,
    /// Since when it is good.
    pub not_before: Moment,
    /// Until when.
    pub not_after: Moment,
    /// SHA-256 of it, as browsers show it: pairs of hex digits with colons.
    pub sha256: String,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogLine {
    /// Its number; grows from 1 at each start.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// `error`, `warn`, `info`, `debug`, `trace`
    pub level: SmolStr,
    /// The room that says it.
    pub room: String,
    /// What it says.
    pub text: String,
}

/// The disk of a folder.
fn disk(folder: &std::path::Path) -> Option<DiskView> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some(DiskView {
        bytes: told.f_blocks.saturating_mul(told.f_frsize),
        free_bytes: told.f_bavail.saturating_mul(told.f_frsize),
    })
}

impl Api {
    /// What the house is.
    ///
    /// # Errors
    /// 403.
    pub async fn system(&self, caller: &Caller) -> Result<SystemView, Problem> {
        caller.needs(Scope::SettingsRead)?;
        let facts = self.estate.facts();
        let now = Timestamp::now();
        let (database_bytes, schema) = self.store.database().await?;
        let folder = facts.data.clone();
        let disk = tokio::task::spawn_blocking(move || disk(&folder)).await.unwrap_or(None);
        let certificate = facts.certificate.map(|certificate| {
            let pairs = certificate.sha256.0.iter().map(|byte| format!("{byte:02X}"));
            CertificateView {
                names: certificate.names,
                not_before: Moment(certificate.not_before),
                not_after: Moment(certificate.not_after),
                sha256: pairs.collect::<Vec<_>>().join(":"),
            }
        });
        Ok(SystemView {
            version: env!("CARGO_PKG_VERSION"),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            now: Moment(now),
            time_zone: jiff::tz::TimeZone::system().iana_name().map(str::to_owned),
            started: Moment(facts.opened),
            uptime_seconds: (now.0 - facts.opened.0).max(0) / 1000,
            disk,
            data: facts.data.display().to_string(),
            database_bytes,
            schema,
            ipp_addresses: facts.ipp.iter().map(ToString::to_string).collect(),
            web_addresses: facts.web.iter().map(ToString::to_string).collect(),
            certificate,
        })
    }

    /// The certificate in PEM: no secret, and what people need to trust it. Everybody may have it.
    ///
    /// # Errors
    /// 404 `no-certificate`.
    pub async fn certificate(&self) -> Result<String, Problem> {
        let certificate = self.estate.facts().certificate;
        let none = || Problem::not_found("no-certificate", "certificate: this house has no door by HTTPS");
        certificate.map(|certificate| certificate.pem).ok_or_else(none)
    }

    /// The last lines of the log of this level and worse ones, with higher numbers than `after`, the oldest first.
    ///
    /// # Errors
    /// 422 for a level that is none.
    pub async fn log(
        &self,
        caller: &Caller,
        level: Option<&str>,
        after: Option<u64>,
        limit: Option<usize>,
    ) -> Result<Vec<LogLine>, Problem> {
        caller.needs(Scope::SettingsRead)?;
        let level = match level {
            None => log::Level::Info,
            Some(word) => word
                .parse()
                .map_err(|_| Problem::invalid("level", "give one of error, warn, info, debug"))?,
        };
        let limit = limit.unwrap_or(LINES);
        if !(1..=MOST_LINES).contains(&limit) {
            return Err(Problem::invalid("limit", "give a number from 1 to 2000"));
        }
        let lines = logging::ring().after(level, after.unwrap_or(0), limit);
        let view = |line: logging::Line| LogLine {
            seq: line.seq,
            at: Moment(Timestamp(line.at)),
            level: line.level.as_str().to_ascii_lowercase().into(),
            room: line.room,
            text: line.text,
        };
        Ok(lines.into_iter().map(view).collect())
    }
}
