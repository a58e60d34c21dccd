//! Asking an address whether a printer is there.

use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};

use super::Driver as _;
use super::ipp::IppDriver;
use crate::model::{Capabilities, PrinterStatus, Trouble, TroubleClass};

/// Where printers have their queue (PWG 5100.14, 4.1; the second one is some older printers').
const PATHS: [&str; 2] = ["/ipp/print", "/ipp/printer"];
/// How long one path may take: somebody waits.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest address that is looked at, in bytes.
const MOST_ADDRESS: usize = 500;

/// A printer that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// Under this address.
    pub uri: SmolStr,
    /// What it can do.
    pub capabilities: Capabilities,
    /// How it is.
    pub status: PrinterStatus,
}

/// The addresses that may be meant: as it was written where that names a path, else the usual paths of its host.
fn candidates(address: &str) -> Result<Vec<SmolStr>, SmolStr> {
    let address = address.trim();
    if address.is_empty()
        || address.len() > MOST_ADDRESS
        || address.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        return Err("give a printer's address, such as 192.168.1.20 or ipp://printer.local/ipp/print".into());
    }
    if address.starts_with("virtual:") {
        return Err("a virtual printer is made by adding it: there is nothing to be asked".into());
    }
    let rest = match address.split_once("://") {
        None => address,
        // People copy what the browser shows of the printer's own page.
        Some(("ipp", rest)) => rest,
        Some(("http" | "https", rest)) => rest.split('/').next().unwrap_or(rest),
        Some((scheme, _)) => {
            return Err(format_smolstr!(
                "printers are not driven by {scheme}: give ipp://HOST/PATH, or the host alone"
            ));
        }
    };
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if path.len() > 1 {
        return Ok(vec![format_smolstr!("ipp://{host}{path}")]);
    }
    // The port of a printer's page is none of its queue.
    let host = match address.split_once("://") {
        Some(("http" | "https", _)) => host.rsplit_once(':').map_or(host, |(host, _)| host),
        _ => host,
    };
    Ok(PATHS.iter().map(|path| format_smolstr!("ipp://{host}{path}")).collect())
}

/// Asks an address: a host, with or without its port, or an IPP address. Of a host alone the usual paths are tried.
///
/// # Errors
/// Why there is no printer, in words.
pub async fn probe(address: &str) -> Result<Probed, SmolStr> {
    let mut said = Vec::new();
    for uri in candidates(address)? {
        let driver = IppDriver::new("The printer", &uri).map_err(|trouble| trouble.text)?;
        let asked = async {
            let capabilities = driver.capabilities().await?;
            Ok::<_, Trouble>((capabilities, driver.status().await?))
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok((capabilities, status))) => {
                return Ok(Probed {
                    uri,
                    capabilities,
                    status,
                });
            }
            // Whoever can't be reached on one path can't on another.
            Ok(Err(trouble)) if trouble.class == TroubleClass::Offline => {
                return Err(format_smolstr!("{address}: {}", trouble.text));
            }
            Ok(Err(trouble)) => said.push(trouble.text),
            Err(_) => {
                return Err(format_smolstr!(
                    "nothing answers at {uri} within {} s: is it switched on, and on the network?",
                    PATIENCE.as_secs()
                ));
            }
        }
    }
    Err(said.first().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_understood() {
        let tried = |address: &str| candidates(address).map(|all| all.join(" "));
        let both = "ipp://192.0.2.9/ipp/print ipp://192.0.2.9/ipp/printer";
        for address in [
            "192.0.2.9",
            " 192.0.2.9 ",
            "ipp://192.0.2.9",
            "ipp://192.0.2.9/",
            "http://192.0.2.9/index.html",
        ] {
            assert_eq!(tried(address).unwrap(), both, "{address}");
        }
        assert_eq!(tried("https://192.0.2.9:443").unwrap(), both);
        assert!(
            tried("printer.local:8632")
                .unwrap()
                .starts_with("ipp://printer.local:8632/ipp/print ")
        );
        assert_eq!(tried("ipp://h/printers/a").unwrap(), "ipp://h/printers/a");
        for wrong in ["", "a b", "lpd://h", "virtual:", &"x".repeat(501)] {
            assert!(candidates(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn nobody_there_is_told_in_words() {
        // Port 9 of this machine: discard, which nobody serves.
        let said = probe("127.0.0.1:9").await.unwrap_err();
        assert!(said.contains("127.0.0.1:9") && !said.contains('\n'), "{said}");
    }
}
