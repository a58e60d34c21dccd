//! The operations by their routes, in a house without sockets.

mod jobs;
mod papers;
mod printers;
mod profiles;
mod settings;
mod sheets;
mod templates;

use hyper::Request;
use serde_json::{Value, json};

use crate::api::Caller;
use crate::api::house::{Heard, House};
use crate::model::Role;

/// Asks as the owner.
async fn owner(house: &House, method: &str, path: &str, json: Value) -> Heard {
    house
        .ask(Some(Caller::owner("ola")), method, &format!("/api/v1{path}"), json)
        .await
}

/// Asks as the owner, and has to be answered with this status.
async fn told(house: &House, status: u16, method: &str, path: &str, json: Value) -> Value {
    let heard = owner(house, method, path, json).await;
    assert_eq!(heard.status, status, "{method} {path}: {:?}", heard.json());
    heard.json()
}

/// The `code` of a refusal with this status.
async fn refused(house: &House, status: u16, method: &str, path: &str, json: Value) -> String {
    let problem = told(house, status, method, path, json).await;
    problem["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn viewers_see_all_of_the_house_but_its_settings_and_change_nothing() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let ask = |role, method, path: &'static str| house.ask(Some(Caller::of_role("v", role)), method, path, json!({}));
    for path in [
        "printers",
        "papers",
        "profiles",
        "templates",
        "presets",
        "pools",
        "printers/gertie/routines",
    ] {
        let path: &'static str = format!("/api/v1/{path}").leak();
        assert_eq!(ask(Role::Viewer, "GET", path).await.status, 200, "{path}");
        assert_eq!(house.ask(None, "GET", path, Value::Null).await.status, 401, "{path}");
    }
    for (method, path) in [
        ("GET", "/api/v1/settings"),
        ("GET", "/api/v1/system"),
        ("GET", "/api/v1/log"),
        ("GET", "/api/v1/system/backup"),
        ("GET", "/api/v1/printers:discover"),
        ("POST", "/api/v1/printers/gertie/pause"),
        ("DELETE", "/api/v1/printers/gertie"),
        ("PATCH", "/api/v1/papers/rag"),
        ("DELETE", "/api/v1/presets/rag"),
    ] {
        assert_eq!(ask(Role::Viewer, method, path).await.status, 403, "{method} {path}");
    }
    // Operators turn switches, and add no printers.
    assert_eq!(
        ask(Role::Operator, "POST", "/api/v1/printers/gertie/pause")
            .await
            .status,
        200
    );
    let add = Request::post("/api/v1/printers").header("content-type", "application/json");
    let body = br#"{"name": "A", "uri": "virtual:"}"#.to_vec();
    let operator = Some(Caller::of_role("o", Role::Operator));
    assert_eq!(house.send(operator, add, body).await.status, 403);
    house.close().await;
}
