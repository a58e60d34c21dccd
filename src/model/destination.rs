//! Where a job may be printed.

use serde::{Deserialize, Serialize};

use super::PrinterId;

/// Where a job may be printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// Any printer of the pool.
    Pool,
    /// This printer and no other; or any printer of the named pool ([`super::Pool`]) of this short name, which no
    /// printer has.
    Printer(PrinterId),
}

impl Destination {
    /// The short name of the printer or named pool; none is the pool of all.
    pub fn printer(&self) -> Option<&PrinterId> {
        match self {
            Destination::Pool => None,
            Destination::Printer(id) => Some(id),
        }
    }

    /// The `printer-uri` by which this house calls it, over a base such as `ipp://localhost`.
    pub fn uri(&self, base: &str) -> String {
        match self {
            Destination::Pool => format!("{base}/ipp/print"),
            Destination::Printer(id) => format!("{base}/ipp/print/{id}"),
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Pool => f.write_str("the pool"),
            Destination::Printer(id) => f.write_str(id.as_str()),
        }
    }
}
