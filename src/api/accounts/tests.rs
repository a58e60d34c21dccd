//! The claim, signing in, sessions and one's own account, by requests.

use hyper::Request;
use serde_json::{Value, json};

use super::totp;
use crate::api::house::{Heard, House};
use crate::model::Timestamp;

const PASSWORD: &str = "correct horse battery";

/// A browser: its cookie, and its form token.
pub struct Browser {
    /// As it is sent.
    pub cookie: String,
    /// What its forms carry.
    pub form_token: String,
}

impl House {
    /// Sends JSON, or nothing where it is null, with headers.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], json: Value) -> Heard {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut body = Vec::new();
        if json != Value::Null {
            request = request.header("content-type", "application/json");
            body = json.to_string().into_bytes();
        }
        self.knock(request, body).await
    }

    /// Sends JSON from a page of the house.
    pub async fn page(&self, browser: &Browser, method: &str, path: &str, json: Value) -> Heard {
        let headers = [("cookie", browser.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        self.call(method, path, &headers, json).await
    }

    /// Claims the house for ola.
    pub async fn claimed(&self) -> Browser {
        let code = self.api.setup_code().await.unwrap().unwrap();
        let claim = json!({"code": code.reveal(), "name": "ola", "password": PASSWORD});
        let heard = self.call("POST", "/api/v1/claim", &[], claim).await;
        assert_eq!(heard.status, 201, "{}", heard.json());
        browser(&heard)
    }

    /// Adds somebody who has chosen a password, and signs him in.
    pub async fn with_user(&self, owner: &Browser, name: &str, role: &str) -> (i64, Browser) {
        let made = self
            .page(owner, "POST", "/api/v1/users", json!({"name": name, "role": role}))
            .await;
        assert_eq!(made.status, 201, "{}", made.json());
        let given = made.json()["password"].as_str().unwrap().to_owned();
        let heard = self
            .sign_in(json!({"name": name, "password": given, "new_password": PASSWORD}))
            .await;
        assert_eq!(heard.status, 200, "{}", heard.json());
        (made.json()["id"].as_i64().unwrap(), browser(&heard))
    }

    async fn sign_in(&self, with: Value) -> Heard {
        self.call("POST", "/api/v1/session", &[], with).await
    }

    async fn me(&self, browser: &Browser) -> Heard {
        self.page(browser, "GET", "/api/v1/me", Value::Null).await
    }
}

fn browser(heard: &Heard) -> Browser {
    let set = heard.headers["set-cookie"].to_str().unwrap();
    Browser {
        cookie: set.split(';').next().unwrap().to_owned(),
        form_token: heard.json()["form_token"].as_str().unwrap().to_owned(),
    }
}

fn code_of(heard: &Heard) -> (u16, String) {
    (heard.status, heard.json()["code"].as_str().unwrap_or("").to_owned())
}

#[tokio::test]
async fn a_fresh_appliance_is_claimed_once() {
    let house = House::new().await;
    let state = house.call("GET", "/api/v1/claim", &[], Value::Null).await;
    assert_eq!(state.json(), json!({"claimed": false}));
    let code = house.api.setup_code().await.unwrap().unwrap();
    assert_eq!(
        house.api.setup_code().await.unwrap().unwrap(),
        code,
        "it stays while the house runs"
    );
    let claim = |code: &str, password: &str| {
        let claim = json!({"code": code, "name": "ola", "password": password});
        house.call("POST", "/api/v1/claim", &[], claim)
    };
    let wrong = claim("AAAAAAAA", PASSWORD).await;
    assert_eq!(code_of(&wrong), (403, "wrong-code".into()));
    assert_eq!(claim(code.reveal(), "short").await.status, 422);
    let (one, other) = tokio::join!(claim(code.reveal(), PASSWORD), claim(code.reveal(), PASSWORD));
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [201, 409]);
    let set = [&one, &other].into_iter().find(|heard| heard.status == 201).unwrap();
    let set = set.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in [
        "__Host-platen=",
        "; Path=/",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Strict",
    ] {
        assert!(set.contains(part), "{set}");
    }
    assert_eq!(
        code_of(&claim(code.reveal(), PASSWORD).await),
        (409, "already-claimed".into())
    );
    assert_eq!(house.api.setup_code().await.unwrap(), None);
    house.close().await;
}

#[tokio::test]
async fn whoever_is_wrong_is_told_the_same_and_waits_after_some_tries() {
    let house = House::new().await;
    house.claimed().await;
    let wrong = house.sign_in(json!({"name": "ola", "password": "wrong"})).await;
    let unknown = house.sign_in(json!({"name": "nobody", "password": "wrong"})).await;
    assert_eq!(code_of(&wrong), (401, "wrong-password".into()));
    assert_eq!(wrong.json(), unknown.json());
    let right = house.sign_in(json!({"name": " OLA", "password": PASSWORD})).await;
    assert_eq!(right.status, 200);
    for _ in 0..5 {
        let wrong = house.sign_in(json!({"name": "ola", "password": "wrong"})).await;
        assert_eq!(wrong.status, 401);
    }
    let refused = house.sign_in(json!({"name": "ola", "password": PASSWORD})).await;
    assert_eq!(code_of(&refused), (429, "too-many-attempts".into()));
    assert!(refused.headers.contains_key("retry-after"));
    house.close().await;
}

#[tokio::test]
async fn a_session_is_good_for_pages_of_the_house_alone_and_until_its_end() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let me = house.me(&ola).await;
    assert_eq!(
        (me.json()["name"].as_str(), me.json()["role"].as_str()),
        (Some("ola"), Some("owner"))
    );
    let make = |headers: Vec<(&'static str, String)>| {
        let house = &house;
        async move {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let new = json!({"name": "x", "role": "viewer"});
            house.call("POST", "/api/v1/users", &headers, new).await
        }
    };
    let cookie = || ("cookie", ola.cookie.clone());
    assert_eq!(code_of(&make(vec![cookie()]).await), (403, "cross-site".into()));
    let cross = make(vec![cookie(), ("sec-fetch-site", "cross-site".into())]).await;
    assert_eq!(code_of(&cross), (403, "cross-site".into()));
    let other = make(vec![cookie(), ("origin", "https://localhost:9".into())]).await;
    assert_eq!(code_of(&other), (403, "cross-site".into()));
    assert_eq!(
        make(vec![cookie(), ("origin", "https://localhost:8443".into())])
            .await
            .status,
        201
    );

    let caller = house
        .api
        .identify(
            &[(hyper::header::COOKIE, ola.cookie.parse().unwrap())]
                .into_iter()
                .collect(),
            &hyper::Method::GET,
            crate::door::Peer {
                called: None,
                address: None,
                secure: true,
            },
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(house.api.form_token(&caller), Some(ola.form_token.as_str()));
    assert!(house.api.check_form_token(&caller, &ola.form_token).is_ok());
    assert!(house.api.check_form_token(&caller, "").is_err());
    assert!(!format!("{caller:?}").contains(&ola.form_token));

    let out = house.page(&ola, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(house.me(&ola).await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_codes_are_taken_once() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let begun = house
        .page(&ola, "POST", "/api/v1/me/totp", json!({"password": PASSWORD}))
        .await;
    assert_eq!(begun.status, 200);
    // What is told in base32 is not decoded here: the house has it.
    let me = house.api.store.users().await.unwrap().remove(0);
    let (secret, _) = house.api.accounts.begun().get(&me.id).cloned().unwrap();
    assert_eq!(begun.json()["secret"].as_str().unwrap(), totp::base32(&secret));
    // One step early, so that the next one is still to come.
    let now = || Timestamp::now().plus_ms(-30_000);
    let confirm = |code: String| house.page(&ola, "POST", "/api/v1/me/totp/confirm", json!({"code": code}));
    assert_eq!(confirm("12345".into()).await.status, 422);
    assert_eq!(confirm(totp::code_at(&secret, now())).await.status, 204);
    assert_eq!(house.me(&ola).await.json()["totp"], true);

    let with = |code: Value| house.sign_in(json!({"name": "ola", "password": PASSWORD, "totp": code}));
    assert_eq!(code_of(&with(Value::Null).await), (401, "totp-needed".into()));
    let code = totp::code_at(&secret, Timestamp::now().plus_ms(30_000));
    let (one, other) = tokio::join!(with(json!(code)), with(json!(code)));
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [200, 401], "one of the two");
    assert_eq!(
        code_of(&with(json!(code)).await),
        (401, "wrong-totp".into()),
        "replayed"
    );
    // Whoever has the password has no tries at the code for nothing in between.
    let mut seen = Vec::new();
    for n in 0..12 {
        with(Value::Null).await;
        seen.push(with(json!(format!("{n:06}"))).await.status);
    }
    assert!(seen.contains(&429), "{seen:?}");
    house.api.accounts.throttle().forgive(&[super::Who::name("ola")]);

    let off = house
        .page(&ola, "POST", "/api/v1/me/totp/remove", json!({"password": PASSWORD}))
        .await;
    assert_eq!(off.status, 204);
    assert_eq!(with(Value::Null).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_change_of_password_ends_the_other_sessions() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let elsewhere = browser(&house.sign_in(json!({"name": "ola", "password": PASSWORD})).await);
    let listed = house.page(&ola, "GET", "/api/v1/sessions", Value::Null).await.json();
    let current: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["current"])
        .collect();
    assert_eq!(current, [false, true]);
    let change = |old: &str| {
        let body = json!({"password": old, "new_password": "another horse"});
        house.page(&ola, "POST", "/api/v1/me/password", body)
    };
    assert_eq!(change("wrong").await.status, 422);
    assert_eq!(house.me(&elsewhere).await.status, 200);
    assert_eq!(change(PASSWORD).await.status, 204);
    assert_eq!(house.me(&elsewhere).await.status, 401);
    assert_eq!(house.me(&ola).await.status, 200);
    assert_eq!(
        house.sign_in(json!({"name": "ola", "password": PASSWORD})).await.status,
        401
    );
    house.close().await;
}

#[tokio::test]
async fn people_come_in_with_a_password_that_they_must_change() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let made = house
        .page(&ola, "POST", "/api/v1/users", json!({"name": "Vera", "role": "viewer"}))
        .await;
    assert_eq!(made.status, 201);
    let taken = house
        .page(&ola, "POST", "/api/v1/users", json!({"name": "VERA", "role": "viewer"}))
        .await;
    assert_eq!(code_of(&taken), (409, "name-taken".into()));
    let given = made.json()["password"].as_str().unwrap().to_owned();
    let needed = house.sign_in(json!({"name": "vera", "password": given})).await;
    assert_eq!(code_of(&needed), (403, "new-password-needed".into()));
    let same = house
        .sign_in(json!({"name": "vera", "password": given, "new_password": given}))
        .await;
    assert_eq!(same.status, 422);
    let vera = house
        .sign_in(json!({"name": "vera", "password": given, "new_password": PASSWORD}))
        .await;
    assert_eq!(vera.status, 200);
    let vera = browser(&vera);
    assert_eq!(
        house.sign_in(json!({"name": "vera", "password": given})).await.status,
        401
    );
    assert_eq!(house.page(&vera, "GET", "/api/v1/users", Value::Null).await.status, 403);
    let at = made.headers["location"].to_str().unwrap().to_owned();
    let off = house.page(&ola, "PATCH", &at, json!({"disabled": true})).await;
    assert_eq!(off.json()["disabled"], true);
    assert_eq!(house.me(&vera).await.status, 401);
    assert_eq!(
        house
            .sign_in(json!({"name": "vera", "password": PASSWORD}))
            .await
            .status,
        401
    );
    assert_eq!(house.page(&ola, "DELETE", &at, Value::Null).await.status, 204);
    assert_eq!(house.page(&ola, "GET", &at, Value::Null).await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn the_last_owner_stays() {
    let house = House::new().await;
    let ola = house.claimed().await;
    let me = house.me(&ola).await.json()["id"].as_i64().unwrap();
    let at = format!("/api/v1/users/{me}");
    for change in [json!({"role": "operator"}), json!({"disabled": true})] {
        let refused = house.page(&ola, "PATCH", &at, change).await;
        assert_eq!(code_of(&refused), (409, "last-owner".into()));
    }
    let refused = house.page(&ola, "DELETE", &at, Value::Null).await;
    assert_eq!(code_of(&refused), (409, "last-owner".into()));
    house.with_user(&ola, "otto", "owner").await;
    assert_eq!(
        house.page(&ola, "PATCH", &at, json!({"role": "operator"})).await.status,
        200
    );
    assert_eq!(
        house.page(&ola, "GET", "/api/v1/users", Value::Null).await.status,
        403,
        "at once"
    );
    house.close().await;
}

#[tokio::test]
async fn a_name_and_password_print_by_ipp_and_no_more() {
    let house = House::new().await;
    let ola = house.claimed().await;
    house.with_user(&ola, "vera", "viewer").await;
    house.with_user(&ola, "carl", "client").await;
    let basic = |text: &str| {
        use base64::Engine;
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let from = Some([10, 0, 0, 9].into());
    let ola_shown = basic(&format!("ola:{PASSWORD}"));
    assert_eq!(house.api.basic(&ola_shown, from).await.as_deref(), Some("ola"));
    assert_eq!(
        house.api.basic(&ola_shown, from).await.as_deref(),
        Some("ola"),
        "remembered"
    );
    // A client that sends many requests at once has not guessed so often.
    let carl_shown = basic(&format!("carl:{PASSWORD}"));
    let mut many = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (api, shown) = (house.api.clone(), carl_shown.clone());
        many.spawn(async move { api.basic(&shown, from).await });
    }
    for known in many.join_all().await {
        assert_eq!(known.as_deref(), Some("carl"));
    }
    assert_eq!(
        house.api.basic(&basic(&format!("vera:{PASSWORD}")), from).await,
        None,
        "looks on"
    );
    assert_eq!(house.api.basic(&basic("ola:wrong"), from).await, None);
    assert_eq!(house.api.basic("Basic !", from).await, None);
    let body = json!({"password": PASSWORD, "new_password": "another horse"});
    house.page(&ola, "POST", "/api/v1/me/password", body).await;
    assert_eq!(
        house.api.basic(&ola_shown, from).await,
        None,
        "the old one is forgotten"
    );
    let answer = house
        .call("GET", "/api/v1/me", &[("authorization", &ola_shown)], Value::Null)
        .await;
    assert_eq!(answer.status, 401, "not by the API");
    house.close().await;
}
