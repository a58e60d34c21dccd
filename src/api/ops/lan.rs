//! Printers that are not the house's yet: asking an address, and looking on the LAN.

use hyper::StatusCode;
use serde::Serialize;
use smol_str::SmolStr;

use crate::api::view::{CapabilitiesView, ReasonView};
use crate::api::{Api, Caller, Problem};
use crate::model::{PrinterState, Scope};
use crate::printers::{self, Discovered, Probed};
use crate::store::House;

/// A printer that answers at an address.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeView {
    /// Under this address.
    pub uri: SmolStr,
    /// What it can do.
    pub capabilities: CapabilitiesView,
    /// `printer-state`
    pub state: PrinterState,
    /// Why it is as it is.
    pub reasons: Vec<ReasonView>,
    /// The printer of the house that has this address already.
    pub known_as: Option<SmolStr>,
}

/// A printer that announces itself on the LAN.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiscoveredView {
    /// What it calls itself.
    pub name: SmolStr,
    /// Where it can be reached; none: only by TLS, which is not there yet.
    pub uri: Option<SmolStr>,
    /// Its model.
    pub make_and_model: SmolStr,
    /// Where it stands.
    pub location: SmolStr,
    /// Its host.
    pub host: SmolStr,
    /// The printer of the house that has this address already.
    pub known_as: Option<SmolStr>,
}

impl Api {
    /// Asks an address whether a printer is there.
    ///
    /// # Errors
    /// 422 `no-printer-there` with the reason.
    pub async fn probe_printer(&self, caller: &Caller, address: &str) -> Result<ProbeView, Problem> {
        caller.needs(Scope::PrintersWrite)?;
        let probed = printers::probe(address).await;
        let Probed {
            uri,
            capabilities,
            status,
        } = probed.map_err(|why| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-printer-there", why).at("uri"))?;
        let house = self.store.house().await?;
        let model = capabilities.make_and_model.as_str();
        Ok(ProbeView {
            known_as: known_as(&house, &uri),
            state: status.state,
            reasons: status
                .reasons
                .iter()
                .map(|reason| ReasonView::of(reason, model))
                .collect(),
            capabilities: CapabilitiesView::of(&capabilities),
            uri,
        })
    }

    /// Looks for printers on the LAN. Takes some seconds.
    ///
    /// # Errors
    /// 409 `no-discovery` with the reason.
    pub async fn discover_printers(&self, caller: &Caller) -> Result<Vec<DiscoveredView>, Problem> {
        caller.needs(Scope::PrintersWrite)?;
        let own: Vec<u16> = self.estate.facts().ipp.iter().map(std::net::SocketAddr::port).collect();
        let found = {
            let _turn = self.kept.looking().await;
            printers::discover(&own).await
        };
        let found = found.map_err(|why| Problem::conflict("no-discovery", why))?;
        let house = self.store.house().await?;
        let view = |found: Discovered| DiscoveredView {
            known_as: found.uri.as_ref().and_then(|uri| known_as(&house, uri)),
            name: found.name,
            uri: found.uri,
            make_and_model: found.make_and_model,
            location: found.location,
            host: found.host,
        };
        Ok(found.into_iter().map(view).collect())
    }
}

/// The printer of the house that has an address.
fn known_as(house: &House, uri: &str) -> Option<SmolStr> {
    let known = house.printers.iter().find(|printer| printer.uri == uri)?;
    Some(known.id.as_str().into())
}
