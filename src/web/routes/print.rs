//! The print page: pictures on the sheet to scale, by the same API that programs use.

use askama::Template;
use serde::Deserialize;
use smol_str::SmolStr;

use super::{media_types, sizes};
use crate::api::ops::templates::TemplateLine;
use crate::api::router::Route;
use crate::api::view::{PaperView, PrinterView};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::Scope;
use crate::route;
use crate::web::frame::{Frame, show};

pub const ROUTES: &[Route] = &[route!("GET", "/print", page)];

#[derive(Template)]
#[template(path = "print.html")]
struct PrintPage {
    frame: Frame,
    papers: Vec<PaperView>,
    printers: Vec<PrinterView>,
    templates: Vec<TemplateLine>,
    sizes: Vec<(&'static str, String)>,
    types: Vec<SmolStr>,
    template: String,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    template: String,
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    call.caller.needs(Scope::JobsWrite)?;
    let Wanted { template } = call.query()?;
    show(&PrintPage {
        frame: Frame::of(&api, &call.caller, "/print", "Print"),
        papers: api.papers(&call.caller).await?,
        printers: api.printers(&call.caller).await?,
        templates: api.templates(&call.caller).await?,
        sizes: sizes(),
        types: media_types(&api).await?,
        template,
    })
}
