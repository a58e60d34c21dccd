//! The paths: what is read from a request, which operation it asks for, and how its answer is told. One file a noun.

mod accounts;
mod clients;
mod events;
mod jobs;
mod machine;
mod oauth;
mod openapi;
mod panel;
mod papers;
mod printers;
mod profiles;
mod proofs;
mod submit;
mod system;
mod templates;
mod updates;
mod uploads;
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
        machine::ROUTES,
        oauth::ROUTES,
        openapi::ROUTES,
        panel::ROUTES,
        proofs::ROUTES,
        submit::ROUTES,
        uploads::ROUTES,
        papers::ROUTES,
        printers::ROUTES,
        profiles::ROUTES,
        system::ROUTES,
        templates::ROUTES,
        updates::ROUTES,
        users::ROUTES,
        webhooks::ROUTES,
    ]
    .concat()
}
