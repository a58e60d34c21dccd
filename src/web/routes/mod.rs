//! The pages: what is read from a request, which operations it asks for, and which page shows the answer. One file a
//! place of the menu.

mod account;
mod clients;
mod dashboard;
mod entry;
pub mod jobs;
mod machine;
mod panel;
mod papers;
mod print;
mod printers;
mod profiles;
mod system;
mod templates;
mod updates;
mod users;

use smol_str::SmolStr;

use super::{assets, words};
use crate::api::router::Route;
use crate::api::{Api, Problem};
use crate::model::MEDIA_SIZES;
use crate::route;

const ASSETS: &[Route] = &[route!("GET", "/assets/{name}", assets::get, open)];

/// All of them.
pub fn all() -> Vec<Route> {
    [
        ASSETS,
        account::ROUTES,
        clients::ROUTES,
        dashboard::ROUTES,
        entry::ROUTES,
        jobs::ROUTES,
        machine::ROUTES,
        panel::ROUTES,
        papers::ROUTES,
        print::ROUTES,
        printers::ROUTES,
        profiles::ROUTES,
        system::ROUTES,
        templates::ROUTES,
        updates::ROUTES,
        users::ROUTES,
    ]
    .concat()
}

/// What people call the printers and pools, by their short names.
pub struct Names(Vec<(SmolStr, SmolStr)>);

impl Names {
    async fn read(api: &Api) -> Result<Names, Problem> {
        let house = api.store.house().await?;
        let printers = house.printers.iter().map(|printer| (&printer.id, &printer.name));
        let pools = house.pools.iter().map(|pool| (&pool.id, &pool.name));
        let named = printers.chain(pools);
        Ok(Names(
            named.map(|(id, name)| (id.as_str().into(), name.clone())).collect(),
        ))
    }

    /// What people call this one; a printer that is no longer there by its short name.
    pub fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0
            .iter()
            .find(|(known, _)| known == id)
            .map_or(id, |(_, name)| name)
    }
}

/// Sizes of sheets that can be chosen: PWG names, with what people call them.
fn sizes() -> Vec<(&'static str, String)> {
    MEDIA_SIZES
        .iter()
        .map(|(name, ..)| (*name, words::size(name)))
        .collect()
}

/// The `media-type` keywords that printers here take.
async fn media_types(api: &Api) -> Result<Vec<SmolStr>, Problem> {
    let house = api.store.house().await?;
    let able = house
        .printers
        .iter()
        .filter_map(|printer| printer.capabilities.as_ref());
    let mut all: Vec<SmolStr> = able.flat_map(|can| can.media_types.iter().cloned()).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|word| word != "auto");
    Ok(all)
}
