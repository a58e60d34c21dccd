//! Templates and presets.

use askama::Template;
use hyper::StatusCode;
use smol_str::SmolStr;

use super::{media_types, sizes};
use crate::api::ops::presets::{PresetView, PresetWish};
use crate::api::ops::templates::{TemplateLine, TemplateView};
use crate::api::router::Route;
use crate::api::view::PrinterView;
use crate::api::{Api, Call, Problem, Reply};
use crate::model::PrinterId;
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::gone::Gone;

pub const ROUTES: &[Route] = &[
    route!("GET", "/templates", list),
    route!("GET", "/templates/{template}", page),
    route!("POST", "/presets", add),
    route!("POST", "/presets/{preset}/remove", remove),
];

#[derive(Template)]
#[template(path = "templates.html")]
struct TemplatesPage {
    frame: Frame,
    templates: Vec<TemplateLine>,
    presets: Vec<PresetView>,
    printers: Vec<PrinterView>,
    sizes: Vec<(&'static str, String)>,
    types: Vec<SmolStr>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

async fn shown(api: &Api, call: &Call, done: Result<Option<Gone>, Problem>) -> Result<Reply, Problem> {
    let (gone, problem) = match done {
        Ok(gone) => (gone, None),
        Err(problem) => (None, Some(problem)),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = TemplatesPage {
        frame: Frame::of(api, &call.caller, "/templates", "Templates"),
        templates: api.templates(&call.caller).await?,
        presets: api.presets(&call.caller).await?,
        printers: api.printers(&call.caller).await?,
        sizes: sizes(),
        types: media_types(api).await?,
        gone,
        problem,
    };
    show_with(status, &page)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, Ok(None)).await
}

#[derive(Template)]
#[template(path = "template.html")]
struct TemplatePage {
    frame: Frame,
    template: TemplateView,
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    let name: SmolStr = call.id("template", "template")?;
    let template = api.template(&call.caller, &name).await?;
    show(&TemplatePage {
        frame: Frame::of(&api, &call.caller, "/templates", template.line.title.as_str()),
        template,
    })
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Result<PresetWish, Problem> = form::wish(&api, &mut call, &["border"]).await;
    let made = match wish {
        Ok(wish) => api.add_preset(&call.caller, wish).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(_) => Ok(form::go("/templates")),
        Err(problem) => shown(&api, &call, Err(problem)).await,
    }
}

async fn remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let text: SmolStr = call.id("preset", "preset")?;
    let id =
        PrinterId::new(&text).map_err(|_| Problem::not_found("preset-not-found", format_args!("preset \"{text}\"")))?;
    let presets = api.presets(&call.caller).await?;
    let gone = presets.iter().find(|preset| preset.id == id.as_str()).map(Gone::preset);
    match api.remove_preset(&call.caller, &id).await {
        Ok(()) => shown(&api, &call, Ok(gone)).await,
        Err(problem) => shown(&api, &call, Err(problem)).await,
    }
}
