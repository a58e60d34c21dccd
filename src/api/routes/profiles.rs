//! `/api/v1/profiles`

use hyper::StatusCode;
use hyper::header::CONTENT_DISPOSITION;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::color::MAX_PROFILE_BYTES;
use crate::model::{Digest, Scope};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/profiles", list),
    route!("POST", "/api/v1/profiles", add),
    route!("GET", "/api/v1/profiles/{profile}", get),
    route!("PATCH", "/api/v1/profiles/{profile}", rename),
    route!("DELETE", "/api/v1/profiles/{profile}", remove),
    route!("GET", "/api/v1/profiles/{profile}/file", file),
    route!("GET", "/api/v1/profiles/{profile}/gamut", gamut),
];

/// Types by which a profile may come (ICC.1:2022, annex B; and what programs send of files that they don't know).
const TYPES: [&str; 2] = ["application/vnd.iccprofile", "application/octet-stream"];

fn digest(call: &Call) -> Result<Digest, Problem> {
    call.id("profile", "profile").map_err(|problem| Problem {
        code: "profile-not-found",
        ..problem
    })
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.profiles(&call.caller).await?))
}

/// The query of an upload.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default)]
    name: Option<SmolStr>,
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    // Nobody sends megabytes before it is known that he may.
    call.caller.needs(Scope::ProfilesWrite)?;
    let Named { name } = call.query()?;
    if !TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-a-profile",
            "send the ICC file itself, with Content-Type: application/vnd.iccprofile",
        ));
    }
    let bytes = call.whole(MAX_PROFILE_BYTES).await?;
    let made = api.add_profile(&call.caller, name.as_deref(), bytes).await?;
    Ok(Reply::created(&format!("/api/v1/profiles/{}", made.digest), &made))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.profile(&call.caller, &digest(&call)?).await?))
}

/// The body of a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renamed {
    name: SmolStr,
}

async fn rename(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = digest(&call)?;
    let Renamed { name } = call.json().await?;
    Ok(Reply::json(&api.rename_profile(&call.caller, &id, &name).await?))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.remove_profile(&call.caller, &digest(&call)?).await?;
    Ok(Reply::nothing())
}

async fn file(api: Api, call: Call) -> Result<Reply, Problem> {
    let (name, bytes) = api.profile_file(&call.caller, &digest(&call)?).await?;
    let mut reply = Reply::bytes(StatusCode::OK, "application/vnd.iccprofile", bytes);
    let safe: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || " -_.".contains(*c))
        .collect();
    reply.set(CONTENT_DISPOSITION, &format!("attachment; filename=\"{safe}.icc\""));
    Ok(reply)
}

async fn gamut(api: Api, call: Call) -> Result<Reply, Problem> {
    let profile = api.profile(&call.caller, &digest(&call)?).await?;
    let svg = profile.facts.gamut_svg.into_bytes();
    Ok(Reply::bytes(StatusCode::OK, "image/svg+xml", svg))
}
