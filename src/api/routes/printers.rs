//! `/api/v1/printers`, `/api/v1/pools`

use serde::Deserialize;
use serde_json::json;
use smol_str::SmolStr;

use crate::api::ops::feeders::NewLoaded;
use crate::api::ops::printers::{NewPrinter, POOL, PrinterChange, WaitingJobs};
use crate::api::ops::profile_uses::NewUse;
use crate::api::ops::routines::NewRoutine;
use crate::api::ops::supplies::Fitted;
use crate::api::ops::switches::Switch;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{Destination, PrinterId};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/printers", list),
    route!("POST", "/api/v1/printers", add),
    route!("POST", "/api/v1/printers:probe", probe),
    route!("GET", "/api/v1/printers:discover", discover),
    route!("GET", "/api/v1/printers/{printer}", get),
    route!("PATCH", "/api/v1/printers/{printer}", change),
    route!("DELETE", "/api/v1/printers/{printer}", remove),
    route!("POST", "/api/v1/printers/{printer}/pause", pause),
    route!("POST", "/api/v1/printers/{printer}/resume", resume),
    route!("POST", "/api/v1/printers/{printer}/accept", accept),
    route!("POST", "/api/v1/printers/{printer}/refuse", refuse),
    route!("POST", "/api/v1/printers/{printer}/hold-new", hold_new),
    route!("POST", "/api/v1/printers/{printer}/release-new", release_new),
    route!("PUT", "/api/v1/printers/{printer}/loaded/{source}", set_loaded),
    route!("DELETE", "/api/v1/printers/{printer}/loaded/{source}", clear_loaded),
    route!("GET", "/api/v1/printers/{printer}/profiles", profiles),
    route!("PUT", "/api/v1/printers/{printer}/profiles", use_profile),
    route!("DELETE", "/api/v1/printers/{printer}/profiles", stop_using_profile),
    route!("GET", "/api/v1/printers/{printer}/routines", routines),
    route!("POST", "/api/v1/printers/{printer}/routines", run_routine),
    route!("GET", "/api/v1/printers/{printer}/supplies", supplies),
    route!(
        "GET",
        "/api/v1/printers/{printer}/supplies/{channel}/entries",
        ink_entries
    ),
    route!("POST", "/api/v1/printers/{printer}/supplies/{channel}/fitted", fitted),
    route!("GET", "/api/v1/pools", pools),
    route!("POST", "/api/v1/pools/{pool}/pause", pool_pause),
    route!("POST", "/api/v1/pools/{pool}/resume", pool_resume),
    route!("POST", "/api/v1/pools/{pool}/accept", pool_accept),
    route!("POST", "/api/v1/pools/{pool}/refuse", pool_refuse),
    route!("POST", "/api/v1/pools/{pool}/hold-new", pool_hold_new),
    route!("POST", "/api/v1/pools/{pool}/release-new", pool_release_new),
];

fn printer(call: &Call) -> Result<PrinterId, Problem> {
    let text: SmolStr = call.id("printer", "printer")?;
    PrinterId::new(&text).map_err(|_| Problem::not_found("printer-not-found", format_args!("printer \"{text}\"")))
}

fn word(call: &Call, name: &'static str) -> Result<SmolStr, Problem> {
    call.id(name, name)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.printers(&call.caller).await?))
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: NewPrinter = call.json().await?;
    let made = api.add_printer(&call.caller, new).await?;
    Ok(Reply::created(&format!("/api/v1/printers/{}", made.id), &made))
}

/// The body of a probe.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    uri: SmolStr,
}

async fn probe(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Address { uri } = call.json().await?;
    Ok(Reply::json(&api.probe_printer(&call.caller, &uri).await?))
}

async fn discover(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.discover_printers(&call.caller).await?))
}

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.printer(&call.caller, &printer(&call)?).await?))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = printer(&call)?;
    let change: PrinterChange = call.json().await?;
    Ok(Reply::json(&api.change_printer(&call.caller, &id, change).await?))
}

/// The query of a removal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    #[serde(default)]
    jobs: WaitingJobs,
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    let Removal { jobs } = call.query()?;
    let moved = api.remove_printer(&call.caller, &printer(&call)?, jobs).await?;
    Ok(Reply::json(&json!({"moved_jobs": moved})))
}

async fn turn(api: Api, call: Call, switch: Switch) -> Result<Reply, Problem> {
    let at = Destination::Printer(printer(&call)?);
    Ok(Reply::json(&api.switch(&call.caller, at, switch).await?))
}

async fn turn_pool(api: Api, call: Call, switch: Switch) -> Result<Reply, Problem> {
    let pool = word(&call, "pool")?;
    let at = match PrinterId::new(&pool) {
        _ if pool == POOL => Destination::Pool,
        Ok(id) if api.store.house().await?.pools.iter().any(|known| known.id == id) => Destination::Printer(id),
        _ => return Err(Problem::not_found("pool-not-found", format_args!("pool \"{pool}\""))),
    };
    Ok(Reply::json(&api.switch(&call.caller, at, switch).await?))
}

async fn pause(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::Pause).await
}

async fn resume(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::Resume).await
}

async fn accept(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::Accept).await
}

async fn refuse(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::Refuse).await
}

async fn hold_new(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::HoldNew).await
}

async fn release_new(api: Api, call: Call) -> Result<Reply, Problem> {
    turn(api, call, Switch::ReleaseNew).await
}

async fn pool_pause(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::Pause).await
}

async fn pool_resume(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::Resume).await
}

async fn pool_accept(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::Accept).await
}

async fn pool_refuse(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::Refuse).await
}

async fn pool_hold_new(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::HoldNew).await
}

async fn pool_release_new(api: Api, call: Call) -> Result<Reply, Problem> {
    turn_pool(api, call, Switch::ReleaseNew).await
}

async fn set_loaded(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let (id, source) = (printer(&call)?, word(&call, "source")?);
    let new: NewLoaded = call.json().await?;
    Ok(Reply::json(&api.set_loaded(&call.caller, &id, &source, new).await?))
}

async fn clear_loaded(api: Api, call: Call) -> Result<Reply, Problem> {
    let source = word(&call, "source")?;
    api.clear_loaded(&call.caller, &printer(&call)?, &source).await?;
    Ok(Reply::nothing())
}

async fn profiles(api: Api, call: Call) -> Result<Reply, Problem> {
    let uses = api.printer_profiles(&call.caller, &printer(&call)?).await?;
    Ok(Reply::items(&uses))
}

async fn use_profile(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = printer(&call)?;
    let new: NewUse = call.json().await?;
    let uses = api.use_profile(&call.caller, &id, new).await?;
    Ok(Reply::items(&uses))
}

/// The query of a use that ends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaType {
    #[serde(default)]
    media_type: Option<SmolStr>,
}

async fn stop_using_profile(api: Api, call: Call) -> Result<Reply, Problem> {
    let MediaType { media_type } = call.query()?;
    let media_type = media_type.filter(|word| !word.is_empty());
    api.stop_using_profile(&call.caller, &printer(&call)?, media_type)
        .await?;
    Ok(Reply::nothing())
}

async fn routines(api: Api, call: Call) -> Result<Reply, Problem> {
    let routines = api.routines(&call.caller, &printer(&call)?).await?;
    Ok(Reply::items(&routines))
}

async fn run_routine(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = printer(&call)?;
    let new: NewRoutine = call.json().await?;
    let job = api.run_routine(&call.caller, &id, new).await?;
    Ok(Reply::created(&format!("/api/v1/jobs/{}", job.line.id), &job))
}

async fn supplies(api: Api, call: Call) -> Result<Reply, Problem> {
    let inks = api.supplies(&call.caller, &printer(&call)?).await?;
    Ok(Reply::items(&inks))
}

/// The query of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paging {
    #[serde(default)]
    cursor: Option<SmolStr>,
    #[serde(default)]
    limit: Option<u32>,
}

async fn ink_entries(api: Api, call: Call) -> Result<Reply, Problem> {
    let Paging { cursor, limit } = call.query()?;
    let (id, channel) = (printer(&call)?, word(&call, "channel")?);
    let page = api
        .ink_entries(&call.caller, &id, &channel, cursor.as_deref(), limit)
        .await?;
    Ok(Reply::json(&page))
}

async fn fitted(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let (id, channel) = (printer(&call)?, word(&call, "channel")?);
    let fitted: Fitted = call.json().await?;
    let inks = api.fit_tank(&call.caller, &id, &channel, fitted).await?;
    Ok(Reply::items(&inks))
}

async fn pools(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::items(&api.pools(&call.caller).await?))
}
