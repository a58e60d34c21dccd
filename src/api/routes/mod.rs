//! The paths: what is read from a request, which operation it asks for, and how its answer is told. One file a noun.

mod accounts;
mod clients;
mod events;
mod jobs;
mod oauth;
mod users;
mod webhooks;

use super::router::Route;

/// All of them.
pub fn all() -> Vec<Route> {
    [
        accounts::ROUTES,
        clients::ROUTES,
        events::ROUTES,
        jobs::ROUTES,
        oauth::ROUTES,
        users::ROUTES,
        webhooks::ROUTES,
    ]
    .concat()
}
