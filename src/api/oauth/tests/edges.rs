//! What is asked wrongly, and by those who may not.

use serde_json::{Value, json};

use super::{ALL, CALLBACK, Program, asked, text};
use crate::api::house::House;

#[tokio::test]
async fn a_person_is_sent_back_only_to_an_address_that_is_known() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, ALL).await;
    let view = |change: (&str, Value)| {
        let mut asked = asked(&shop);
        asked[change.0] = change.1;
        asked.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let query = serde_html_form::to_string(asked.as_object().unwrap()).unwrap();
        let (house, ola) = (&house, &ola);
        async move {
            house
                .page(ola, "GET", &format!("/api/v1/oauth/authorize?{query}"), Value::Null)
                .await
        }
    };
    for (change, code) in [
        (("client_id", json!("nobody")), "unknown-client"),
        (("client_id", Value::Null), "unknown-client"),
        (("redirect_uri", json!("https://evil.example/cb")), "bad-redirect-uri"),
        (
            ("redirect_uri", json!("https://shop.example/cb/..")),
            "bad-redirect-uri",
        ),
        (("redirect_uri", Value::Null), "bad-redirect-uri"),
    ] {
        let heard = view(change).await;
        assert_eq!((heard.status, text(&heard, "code")), (400, code.into()));
        assert!(!heard.headers.contains_key("location"));
    }
    for (change, error) in [
        (("response_type", json!("token")), "unsupported_response_type"),
        (("code_challenge", Value::Null), "invalid_request"),
        (("code_challenge_method", json!("plain")), "invalid_request"),
        (("code_challenge_method", Value::Null), "invalid_request"),
        (("scope", json!("jobs:eat")), "invalid_scope"),
        (("scope", json!("settings:write")), "invalid_scope"),
    ] {
        let sent = text(&view(change).await, "redirect_uri");
        assert!(sent.starts_with(&format!("{CALLBACK}?error={error}&")), "{sent}");
        assert!(sent.ends_with("&state=s1"), "{sent}");
    }
    let app = view(("redirect_uri", json!("http://127.0.0.1:50123/cb"))).await;
    assert_eq!(text(&app, "client"), "shop");
    let no = house.answer(&ola, &asked(&shop), false).await;
    assert!(no.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{no}");
    house.close().await;
}

#[tokio::test]
async fn nobody_gives_more_than_he_has() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, "users:read users:write clients:write").await;
    let given = house
        .form("/oauth/token", &shop, &[("grant_type", "client_credentials")])
        .await;
    let token = text(&given, "access_token");
    let post = |path: &'static str, json: Value| house.bearer(&token, "POST", path, json);
    assert_eq!(
        post("/api/v1/users", json!({"name": "x", "role": "owner"}))
            .await
            .status,
        403
    );
    assert_eq!(post("/api/v1/users/1/reset", json!({})).await.status, 403);
    let client = json!({"name": "x", "scopes": "settings:write"});
    assert_eq!(post("/api/v1/clients", client).await.status, 403);
    let removed = house.bearer(&token, "DELETE", "/api/v1/users/1", Value::Null).await;
    assert_eq!(removed.status, 403);
    let client = json!({"name": "OLA", "scopes": "users:read"});
    assert_eq!(text(&post("/api/v1/clients", client).await, "code"), "name-taken");
    house.close().await;
}

#[tokio::test]
async fn the_endpoints_say_what_is_wrong_as_oauth_has_it() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let shop = house.program(&ola, ALL).await;
    let token = |pairs: &'static [(&str, &str)]| house.form("/oauth/token", &shop, pairs);
    assert_eq!(text(&token(&[]).await, "error"), "invalid_request");
    assert_eq!(
        text(&token(&[("grant_type", "password")]).await, "error"),
        "unsupported_grant_type"
    );
    let twice = &[
        ("grant_type", "client_credentials"),
        ("grant_type", "client_credentials"),
    ];
    let twice = token(twice).await;
    assert_eq!((twice.status, text(&twice, "error")), (400, "invalid_request".into()));
    let json = house
        .call("POST", "/oauth/token", &[], json!({"grant_type": "client_credentials"}))
        .await;
    assert_eq!((json.status, text(&json, "error")), (400, "invalid_request".into()));
    let new = json!({"name": "app", "scopes": "jobs:read", "redirect_uris": ["com.example.app:/cb"], "public": true});
    let app = house.page(&ola, "POST", "/api/v1/clients", new).await;
    assert_eq!(app.json()["client_secret"], Value::Null);
    let app = Program {
        id: text(&app, "client_id"),
        secret: String::new(),
    };
    let alone = house
        .form("/oauth/token", &app, &[("grant_type", "client_credentials")])
        .await;
    assert_eq!(text(&alone, "error"), "unauthorized_client");
    assert_eq!(
        house.form("/oauth/introspect", &app, &[("token", "x")]).await.status,
        401
    );
    let told = house
        .call("GET", "/.well-known/oauth-authorization-server", &[], Value::Null)
        .await
        .json();
    assert_eq!(told["issuer"], "https://localhost:8443");
    assert_eq!(told["token_endpoint"], "https://localhost:8443/oauth/token");
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    house.close().await;
}
