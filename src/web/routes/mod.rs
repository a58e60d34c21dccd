//! The pages: what is read from a request, which operations it asks for, and which page shows the answer. One file a
//! place of the menu.

mod entry;

use super::assets;
use crate::api::router::Route;
use crate::route;

const ASSETS: &[Route] = &[route!("GET", "/assets/{name}", assets::get, open)];

/// All of them.
pub fn all() -> Vec<Route> {
    [ASSETS, entry::ROUTES].concat()
}
