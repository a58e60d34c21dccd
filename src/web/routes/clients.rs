//! Programs that may call, and webhooks.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::oauth::in_words;
use crate::api::ops::clients::{ClientMade, NewClient};
use crate::api::ops::webhooks::{DeliveryView, WebhookView, WebhookWish};
use crate::api::router::Route;
use crate::api::view::{ClientView, Page};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::Scope;
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::gone::Gone;

pub const ROUTES: &[Route] = &[
    route!("GET", "/clients", list),
    route!("POST", "/clients", add),
    route!("POST", "/clients/{client}/secret", rotate),
    route!("POST", "/clients/{client}/revoke", revoke),
    route!("POST", "/webhooks", tell),
    route!("GET", "/webhooks/{webhook}", webhook),
    route!("POST", "/webhooks/{webhook}/enable", enable),
    route!("POST", "/webhooks/{webhook}/remove", forget),
    route!("POST", "/webhooks/{webhook}/deliveries/{delivery}", again),
];

/// What a program of a shop needs.
const USUAL: [Scope; 5] = [
    Scope::JobsRead,
    Scope::JobsWrite,
    Scope::PapersRead,
    Scope::TemplatesRead,
    Scope::EventsRead,
];

/// A program that was just made, with its secret, where it has one.
struct Made {
    name: String,
    id: String,
    secret: Option<String>,
}

#[derive(Template)]
#[template(path = "clients.html")]
struct ClientsPage {
    frame: Frame,
    clients: Vec<ClientView>,
    webhooks: Vec<WebhookView>,
    /// Keyword, words, whether it is usual.
    scopes: Vec<(&'static str, &'static str, bool)>,
    made: Option<Made>,
    hook: Option<String>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

/// What the page shows beside what is always there.
#[derive(Default)]
struct News {
    made: Option<Made>,
    hook: Option<String>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

impl From<Result<ClientMade, Problem>> for News {
    fn from(done: Result<ClientMade, Problem>) -> Self {
        match done {
            Ok(made) => News {
                made: Some(Made {
                    name: made.client.name.to_string(),
                    id: made.client.client_id.to_string(),
                    secret: made.client_secret.map(|secret| secret.reveal().to_owned()),
                }),
                ..News::default()
            },
            Err(problem) => News {
                problem: Some(problem),
                ..News::default()
            },
        }
    }
}

async fn shown(api: &Api, call: &Call, news: News) -> Result<Reply, Problem> {
    let caller = &call.caller;
    let status = news.problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let scopes = Scope::ALL.into_iter().filter(|scope| caller.scopes.has(*scope));
    let page = ClientsPage {
        frame: Frame::of(api, caller, "/clients", "Programs"),
        clients: api.clients(caller).await?,
        webhooks: match caller.scopes.has(Scope::WebhooksWrite) {
            true => api.webhooks(caller).await?,
            false => Vec::new(),
        },
        scopes: scopes
            .map(|scope| (scope.keyword(), in_words(scope), USUAL.contains(&scope)))
            .collect(),
        made: news.made,
        hook: news.hook,
        gone: news.gone,
        problem: news.problem,
    };
    show_with(status, &page)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, News::default()).await
}

#[derive(Deserialize)]
struct Wish {
    name: String,
    #[serde(default)]
    scope: Vec<String>,
    #[serde(default)]
    redirect: String,
    /// Of a box that is ticked.
    public: Option<String>,
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Wish = form::read(&api, &mut call).await?;
    let scopes = wish.scope.join(" ").parse();
    let new = NewClient {
        name: wish.name,
        scopes: scopes.map_err(|error| Problem::invalid("scope", format!("{error}")))?,
        redirect_uris: Some(wish.redirect.trim())
            .filter(|uri| !uri.is_empty())
            .map(SmolStr::new)
            .into_iter()
            .collect(),
        public: wish.public.is_some(),
    };
    let made = api.client_make(&call.caller, new).await;
    shown(&api, &call, made.into()).await
}

fn id(call: &Call) -> Result<SmolStr, Problem> {
    call.id("client", "program")
}

async fn rotate(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let made = api.client_rotate(&call.caller, &id(&call)?).await;
    shown(&api, &call, made.into()).await
}

async fn revoke(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    api.client_revoke(&call.caller, &id(&call)?).await?;
    Ok(form::go("/clients"))
}

async fn tell(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: WebhookWish = form::wish(&api, &mut call, &[]).await?;
    let news = match api.webhook_make(&call.caller, wish).await {
        Ok(made) => News {
            hook: made.secret.map(|secret| secret.to_string()),
            ..News::default()
        },
        Err(problem) => News {
            problem: Some(problem),
            ..News::default()
        },
    };
    shown(&api, &call, news).await
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    frame: Frame,
    webhook: WebhookView,
    page: Page<DeliveryView>,
}

#[derive(Deserialize)]
struct Paged {
    cursor: Option<String>,
}

fn hook(call: &Call) -> Result<i64, Problem> {
    call.id("webhook", "webhook")
}

async fn webhook(api: Api, call: Call) -> Result<Reply, Problem> {
    let (id, Paged { cursor }) = (hook(&call)?, call.query()?);
    let page = api.deliveries(&call.caller, id, cursor.as_deref()).await?;
    let all = api.webhooks(&call.caller).await?;
    let webhook = all.into_iter().find(|hook| hook.id == id);
    show(&WebhookPage {
        frame: Frame::of(&api, &call.caller, "/clients", "Webhook"),
        webhook: webhook.ok_or_else(|| Problem::not_found("webhook-not-found", format_args!("webhook {id}")))?,
        page,
    })
}

async fn enable(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let wish = WebhookWish {
        enabled: Some(true),
        ..WebhookWish::default()
    };
    let id = hook(&call)?;
    api.webhook_change(&call.caller, id, wish).await?;
    Ok(form::go(&format!("/webhooks/{id}")))
}

async fn forget(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let id = hook(&call)?;
    let all = api.webhooks(&call.caller).await?;
    let gone = all.iter().find(|hook| hook.id == id).and_then(Gone::webhook);
    api.webhook_remove(&call.caller, id).await?;
    let news = News {
        gone,
        ..News::default()
    };
    shown(&api, &call, news).await
}

async fn again(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let id = hook(&call)?;
    api.send_again(&call.caller, id, call.id("delivery", "message")?)
        .await?;
    Ok(form::go(&format!("/webhooks/{id}")))
}
