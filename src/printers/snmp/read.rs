//! Everything that a printer tells by SNMP, asked for and understood.

use std::net::SocketAddr;
use std::time::Duration;

use super::canon;
use super::client::{Client, SnmpError};
use super::codec::{Oid, Version};
use super::printer_mib::{self, Mib};
use super::walk::{Bounds, Row};
use crate::model::Timestamp;
use crate::printers::canon::status::Status;

/// How long all questions to one printer may take together.
const WITHIN: Duration = Duration::from_secs(20);

/// What came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// The Printer-MIB.
    pub mib: Mib,
    /// Canon's status document, of a Canon.
    pub canon: Option<Status>,
}

/// The rows of everything that is read here. Version 2c is asked first; who does not answer it is asked in version 1.
///
/// # Errors
/// [`SnmpError`], when nothing at all was read.
pub async fn gather(to: SocketAddr, community: &str) -> Result<Vec<Row>, SnmpError> {
    let single: Vec<Oid> = printer_mib::SINGLE.iter().filter_map(|oid| Oid::parse(oid)).collect();
    let mut client = Client::open(to, Version::V2c, community, WITHIN).await?;
    let mut rows = match client.get(&single).await {
        Ok(rows) => rows,
        Err(SnmpError::Silent | SnmpError::Refused(_)) => {
            client = Client::open(to, Version::V1, community, WITHIN).await?;
            client.get(&single).await?
        }
        Err(error) => return Err(error),
    };
    let mut roots = vec![
        (printer_mib::SUPPLIES, Bounds::TABLE),
        (printer_mib::COLORANTS, Bounds::TABLE),
        (printer_mib::INPUTS, Bounds::TABLE),
        (printer_mib::ALERTS, Bounds::TABLE),
    ];
    if printer_mib::read(&rows, Timestamp(0)).is_canon {
        roots.push((canon::ROOT, canon::BOUNDS));
    }
    for (root, bounds) in roots {
        let Some(root) = Oid::parse(root) else { continue };
        match client.walk(root, bounds).await {
            Ok((some, _)) => rows.extend(some),
            // What there is without it is more than nothing.
            Err(error) => log::debug!("SNMP of {to}: {error}"),
        }
    }
    Ok(rows)
}

/// Reads a printer now.
///
/// # Errors
/// [`SnmpError`], when it tells nothing.
pub async fn read(to: SocketAddr, community: &str) -> Result<Answers, SnmpError> {
    let rows = gather(to, community).await?;
    Ok(understand(&rows, Timestamp::now()))
}

/// What the rows mean.
pub fn understand(rows: &[Row], at: Timestamp) -> Answers {
    Answers {
        mib: printer_mib::read(rows, at),
        canon: canon::status(rows),
    }
}
