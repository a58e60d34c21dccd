//! The pages: what is read from a request, which operations it asks for, and which page shows the answer. One file a
//! place of the menu.

mod account;
mod clients;
mod dashboard;
mod entry;
pub mod jobs;
mod machine;
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
