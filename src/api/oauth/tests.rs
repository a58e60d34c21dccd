//! OAuth 2.0 from end to end, by requests.

mod edges;

use hyper::Request;
use serde_json::{Value, json};

use crate::api::accounts::secret::{base64url, digest};
use crate::api::accounts::tests::Browser;
use crate::api::house::{Heard, House};
use crate::model::Timestamp;

const VERIFIER: &str = "a-verifier-of-some-forty-three-letters-or-more";
const CALLBACK: &str = "https://shop.example/cb";

struct Program {
    id: String,
    secret: String,
}

impl House {
    async fn program(&self, owner: &Browser, scopes: &str) -> Program {
        let new = json!({"name": "shop", "scopes": scopes, "redirect_uris": [CALLBACK, "http://127.0.0.1/cb"]});
        let made = self.page(owner, "POST", "/api/v1/clients", new).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
        Program {
            id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    async fn form(&self, path: &str, program: &Program, pairs: &[(&str, &str)]) -> Heard {
        let mut pairs = pairs.to_vec();
        pairs.extend([
            ("client_id", program.id.as_str()),
            ("client_secret", program.secret.as_str()),
        ]);
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let body = serde_html_form::to_string(&pairs).unwrap();
        self.knock(request, body.into_bytes()).await
    }

    async fn bearer(&self, token: &str, method: &str, path: &str, json: Value) -> Heard {
        let value = format!("Bearer {token}");
        self.call(method, path, &[("authorization", &value)], json).await
    }

    /// Lets the program act for somebody; gives the code.
    async fn code(&self, browser: &Browser, program: &Program) -> String {
        let sent = self.answer(browser, &asked(program), true).await;
        let (_, code) = sent.split_once("?code=").unwrap();
        code.split('&').next().unwrap().to_owned()
    }

    async fn answer(&self, browser: &Browser, asked: &Value, approved: bool) -> String {
        let mut body = asked.clone();
        body["approved"] = approved.into();
        let heard = self.page(browser, "POST", "/api/v1/oauth/authorize", body).await;
        assert_eq!(heard.status, 200, "{}", heard.json());
        heard.json()["redirect_uri"].as_str().unwrap().to_owned()
    }

    async fn exchange(&self, program: &Program, code: &str, verifier: &str) -> Heard {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        self.form("/oauth/token", program, &pairs).await
    }

    async fn refresh(&self, program: &Program, token: &str) -> Heard {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.form("/oauth/token", program, &pairs).await
    }
}

fn asked(program: &Program) -> Value {
    let challenge = base64url(&crate::crypto::Sha256::of(VERIFIER.as_bytes()).0);
    json!({
        "response_type": "code", "client_id": program.id, "redirect_uri": CALLBACK, "state": "s1",
        "scope": "jobs:read jobs:write users:read", "code_challenge": challenge, "code_challenge_method": "S256",
    })
}

fn text(heard: &Heard, name: &str) -> String {
    heard.json()[name].as_str().unwrap_or("").to_owned()
}

const ALL: &str = "jobs:read jobs:write users:read users:write";

#[tokio::test]
async fn a_program_acts_for_itself_within_its_scopes() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, "jobs:read jobs:write").await;
    let (at, program) = (&house, &shop);
    let ask = |scope: &'static str| async move {
        let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
        at.form("/oauth/token", program, &pairs).await
    };
    let given = ask("jobs:read").await;
    assert_eq!((given.status, text(&given, "scope")), (200, "jobs:read".into()));
    assert_eq!(given.headers["cache-control"], "no-store");
    assert_eq!(given.json().get("refresh_token"), None);
    let token = text(&given, "access_token");
    let me = house.bearer(&token, "GET", "/api/v1/me", Value::Null).await;
    assert_eq!(
        (text(&me, "name"), text(&me, "scopes")),
        ("shop".into(), "jobs:read".into())
    );
    let lacking = house.bearer(&token, "POST", "/api/v1/jobs/1/cancel", Value::Null).await;
    assert_eq!(lacking.status, 403);
    assert!(
        lacking.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("insufficient_scope")
    );
    let beyond = ask("users:read").await;
    assert_eq!((beyond.status, text(&beyond, "error")), (400, "invalid_scope".into()));
    // A session's cookie is no token, and a token is nowhere but in its header.
    let query = house
        .call("GET", &format!("/api/v1/me?access_token={token}"), &[], Value::Null)
        .await;
    assert_eq!(query.status, 401);
    let wrong = house
        .bearer("pla_no-such-token", "GET", "/api/v1/me", Value::Null)
        .await;
    assert_eq!((wrong.status, text(&wrong, "code")), (401, "invalid-token".into()));
    assert!(
        wrong.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("error=\"invalid_token\"")
    );
    assert_eq!(house.bearer("a b", "GET", "/api/v1/me", Value::Null).await.status, 400);
    // What is kept opens nothing.
    let kept = digest(&token).to_string();
    assert_eq!(house.bearer(&kept, "GET", "/api/v1/me", Value::Null).await.status, 401);

    let known = house.form("/oauth/introspect", &shop, &[("token", &token)]).await;
    assert_eq!(
        (&known.json()["active"], text(&known, "client_id")),
        (&true.into(), shop.id.clone())
    );
    assert_eq!(
        house.form("/oauth/revoke", &shop, &[("token", &token)]).await.status,
        200
    );
    let known = house.form("/oauth/introspect", &shop, &[("token", &token)]).await;
    assert_eq!(known.json(), json!({"active": false}));
    assert_eq!(house.bearer(&token, "GET", "/api/v1/me", Value::Null).await.status, 401);

    let token = text(&ask("jobs:read").await, "access_token");
    let at = format!("/api/v1/clients/{}", shop.id);
    let rotated = house.page(&ola, "POST", &format!("{at}/secret"), Value::Null).await;
    assert_ne!(text(&rotated, "client_secret"), shop.secret);
    let old = ask("jobs:read").await;
    assert_eq!((old.status, text(&old, "error")), (401, "invalid_client".into()));
    assert!(old.headers.contains_key("www-authenticate"));
    assert_eq!(house.page(&ola, "DELETE", &at, Value::Null).await.status, 200);
    assert_eq!(house.bearer(&token, "GET", "/api/v1/me", Value::Null).await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_program_acts_for_a_person_as_far_as_he_may_at_that_moment() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let (id, carl) = house.with_user(&ola, "carl", "client").await;
    let shop = house.program(&ola, ALL).await;
    let query = serde_html_form::to_string(asked(&shop).as_object().unwrap()).unwrap();
    let view = house
        .page(&carl, "GET", &format!("/api/v1/oauth/authorize?{query}"), Value::Null)
        .await;
    assert_eq!(
        (text(&view, "client"), text(&view, "user")),
        ("shop".into(), "carl".into())
    );
    assert_eq!(view.json()["withheld"][0]["scope"], "users:read");
    let given = house.exchange(&shop, &house.code(&carl, &shop).await, VERIFIER).await;
    assert_eq!(
        (given.status, text(&given, "scope")),
        (200, "jobs:read jobs:write".into())
    );
    let token = text(&given, "access_token");
    let me = house.bearer(&token, "GET", "/api/v1/me", Value::Null).await;
    assert_eq!(
        (text(&me, "name"), text(&me, "client")),
        ("carl".into(), shop.id.clone())
    );
    // No token is good for his own account, whatever it is for.
    let body = json!({"password": "correct horse battery", "new_password": "another horse"});
    assert_eq!(
        house.bearer(&token, "POST", "/api/v1/me/password", body).await.status,
        403
    );
    let answered = house
        .bearer(&token, "POST", "/api/v1/oauth/authorize", json!({"approved": true}))
        .await;
    assert_eq!(answered.status, 403);
    let at = format!("/api/v1/users/{id}");
    house.page(&ola, "PATCH", &at, json!({"role": "viewer"})).await;
    let me = house.bearer(&token, "GET", "/api/v1/me", Value::Null).await;
    assert_eq!(text(&me, "scopes"), "jobs:read", "a viewer prints nothing");
    let grants = house.page(&carl, "GET", "/api/v1/grants", Value::Null).await.json();
    assert_eq!(grants["items"][0]["client"], "shop");
    house.page(&ola, "PATCH", &at, json!({"disabled": true})).await;
    assert_eq!(house.bearer(&token, "GET", "/api/v1/me", Value::Null).await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_code_is_taken_once_and_by_whoever_made_its_challenge() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, ALL).await;
    let code = house.code(&ola, &shop).await;
    let other = "another-verifier-of-some-forty-three-letters-or-so";
    let wrong = house.exchange(&shop, &code, other).await;
    assert_eq!((wrong.status, text(&wrong, "error")), (400, "invalid_grant".into()));
    let short = house.exchange(&shop, &code, "short").await;
    assert_eq!(text(&short, "error"), "invalid_request");
    let stranger = json!({"name": "stranger", "scopes": "jobs:read", "redirect_uris": [CALLBACK]});
    let stranger = house.page(&ola, "POST", "/api/v1/clients", stranger).await;
    let stranger = Program {
        id: text(&stranger, "client_id"),
        secret: text(&stranger, "client_secret"),
    };
    assert_eq!(
        text(&house.exchange(&stranger, &code, VERIFIER).await, "error"),
        "invalid_grant"
    );
    let given = house.exchange(&shop, &code, VERIFIER).await;
    assert_eq!(given.status, 200, "{}", given.json());
    let token = text(&given, "access_token");
    assert_eq!(house.bearer(&token, "GET", "/api/v1/me", Value::Null).await.status, 200);
    let again = house.exchange(&shop, &code, VERIFIER).await;
    assert_eq!(text(&again, "error"), "invalid_grant");
    assert_eq!(
        house.bearer(&token, "GET", "/api/v1/me", Value::Null).await.status,
        401,
        "stolen, maybe"
    );
    let refreshed = house.refresh(&shop, &text(&given, "refresh_token")).await;
    assert_eq!(text(&refreshed, "error"), "invalid_grant");
    house.close().await;
}

#[tokio::test]
async fn a_code_ends_after_a_minute() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, ALL).await;
    let code = house.code(&ola, &shop).await;
    let later = Timestamp::now().plus_ms(60_001);
    let taken = house.api.store.take_code(digest(&code), later, move |code, _| {
        if later < code.expires {
            Err("early")
        } else {
            Err::<crate::model::NewTokens, _>("over")
        }
    });
    assert_eq!(taken.await.unwrap(), crate::store::Taken::Refused("over"));
    house.close().await;
}

#[tokio::test]
async fn refresh_tokens_rotate_and_one_that_comes_again_revokes_the_family() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, ALL).await;
    let first = house.exchange(&shop, &house.code(&ola, &shop).await, VERIFIER).await;
    let narrowed = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &text(&first, "refresh_token")),
        ("scope", "jobs:read"),
    ];
    let second = house.form("/oauth/token", &shop, &narrowed).await;
    assert_eq!((second.status, text(&second, "scope")), (200, "jobs:read".into()));
    let access = text(&second, "access_token");
    assert_eq!(
        house.bearer(&access, "GET", "/api/v1/me", Value::Null).await.status,
        200
    );
    // A refresh token opens no door.
    let newest = text(&second, "refresh_token");
    assert_eq!(
        house.bearer(&newest, "GET", "/api/v1/me", Value::Null).await.status,
        401
    );
    let again = house.refresh(&shop, &text(&first, "refresh_token")).await;
    assert_eq!((again.status, text(&again, "error")), (400, "invalid_grant".into()));
    assert_eq!(
        house.bearer(&access, "GET", "/api/v1/me", Value::Null).await.status,
        401
    );
    assert_eq!(text(&house.refresh(&shop, &newest).await, "error"), "invalid_grant");
    house.close().await;
}
