//! The paths: what is read from a request, which operation it asks for, and how its answer is told. One file a noun.

mod jobs;
mod proofs;
mod submit;
mod uploads;

use super::router::Route;

/// All of them.
pub fn all() -> Vec<Route> {
    [jobs::ROUTES, submit::ROUTES, uploads::ROUTES, proofs::ROUTES].concat()
}
