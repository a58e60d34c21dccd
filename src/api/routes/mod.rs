//! The paths: what is read from a request, which operation it asks for, and how its answer is told. One file a noun.

mod jobs;
mod papers;
mod printers;
mod profiles;
mod system;
mod templates;

use super::router::Route;

/// All of them.
pub fn all() -> Vec<Route> {
    [
        jobs::ROUTES,
        papers::ROUTES,
        printers::ROUTES,
        profiles::ROUTES,
        system::ROUTES,
        templates::ROUTES,
    ]
    .concat()
}
