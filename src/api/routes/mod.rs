//! The paths: what is read from a request, which operation it asks for, and how its answer is told. One file a noun.

mod events;
mod jobs;
mod webhooks;

use super::router::Route;

/// All of them.
pub fn all() -> Vec<Route> {
    [events::ROUTES, jobs::ROUTES, webhooks::ROUTES].concat()
}
