//! Jobs through the door without its sockets.

use serde_json::{Value, json};

use crate::api::house::{Heard, House};
use crate::api::{Caller, multipart};
use crate::crypto::Sha256;
use crate::model::{EventSeq, JobId, Role};
use crate::store::WhichJobs;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture, as far as anybody here looks";

fn shop() -> Option<Caller> {
    Some(Caller {
        client: Some("web-shop".into()),
        ..Caller::of_role("shop", Role::Client)
    })
}

fn owner() -> Option<Caller> {
    Some(Caller::owner("ola"))
}

fn body(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, more, data) in parts {
        let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--cut--\r\n");
    body
}

async fn send(house: &House, key: Option<&str>, job: &Value, document: &[u8]) -> Heard {
    let mut request = hyper::Request::post("/api/v1/jobs").header("content-type", "multipart/form-data; boundary=cut");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let job = job.to_string();
    let parts = [
        ("job", "", job.as_bytes()),
        ("document", "; filename=\"C:\\\\photos\\\\dawn.jpg\"", document),
    ];
    house.send(shop(), request, body(&parts)).await
}

async fn count(house: &House) -> usize {
    let query = crate::store::JobQuery {
        which: WhichJobs::All,
        ..crate::store::JobQuery::open()
    };
    house.api.store.job_ids(query).await.unwrap().len()
}

#[tokio::test]
async fn a_job_with_its_document_is_made_once_for_each_key() {
    let house = House::new().await;
    let job = json!({
        "reference": "A-17", "metadata": {"room": "hall"}, "callback_url": "https://shop.example/hook", "copies": 3,
        "deadline": "2026-12-24T12:00:00Z", "edition": "Dawn", "priority": 40,
        "ticket": {"media": "a3", "media_type": "photographic-matte", "border": 20, "print_scaling": "fit"},
    });
    let made = send(&house, Some("k1"), &job, JPEG).await;
    assert_eq!(made.status, 201, "{:?}", made.bytes);
    let told = made.json();
    let at = format!("/api/v1/jobs/{}", told["id"]);
    assert_eq!(made.headers["location"], at.as_str());
    assert_eq!(
        (&told["name"], &told["reference"]),
        (&json!("dawn.jpg"), &json!("A-17"))
    );
    assert_eq!(told["ticket"]["media"]["value"]["size"], "iso_a3_297x420mm");
    assert_eq!(told["ticket"]["deadline"], "2026-12-24T12:00:00.000Z");
    assert_eq!((&told["sheets"], &told["client"]), (&json!(3), &json!("web-shop")));
    assert_eq!(told["documents"][0]["sha256"], Sha256::of(JPEG).to_string());
    assert_eq!(told["quote"]["sheets"], 3);
    assert!(told["history"][0]["event"] == "job-created", "{told}");

    let again = send(&house, Some("k1"), &job, JPEG).await;
    assert_eq!(
        (again.status, &again.headers["idempotent-replayed"]),
        (200, &"true".parse().unwrap())
    );
    assert_eq!(again.json()["id"], told["id"]);
    let other = send(&house, Some("k1"), &job, b"\xff\xd8\xff\xe0 another picture").await;
    assert_eq!(
        (other.status, &other.json()["code"]),
        (422, &json!("idempotency-key-reused"))
    );
    let many = tokio::join!(
        send(&house, Some("k2"), &job, JPEG),
        send(&house, Some("k2"), &job, JPEG),
        send(&house, Some("k2"), &job, JPEG)
    );
    let mut status = [many.0.status, many.1.status, many.2.status];
    status.sort_unstable();
    assert_eq!(status, [200, 200, 201]);
    assert_eq!(count(&house).await, 2);
    assert_eq!(send(&house, None, &job, JPEG).await.status, 201);
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_job_is_named_and_leaves_nothing() {
    let house = House::new().await;
    for (job, field) in [
        (json!({"metadata": {"a": 1}}), "metadata/a"),
        (json!({"callback_url": "http://shop.example/"}), "callback_url"),
        (json!({"destination": "nobody"}), "destination"),
        (json!({"priority": 0}), "priority"),
        (json!({"copies": 5_000}), "copies"),
        (json!({"ticket": {"media": "papyrus"}}), "ticket/media"),
        (json!({"ticket": {"paper": "silk"}}), "ticket/paper"),
        (json!({"ticket": {"page_ranges": "7"}}), "ticket/page_ranges"),
        (json!({"ticket": {"colour": "red"}}), "ticket/colour"),
        (
            json!({"mode": "draft", "hold_until": "2030-01-01T00:00:00Z"}),
            "hold_until",
        ),
        (json!({"template": "nothing"}), "template"),
        (json!({"fields": {"title": "Dawn"}}), "fields/title"),
        (
            json!({"template": "white-border", "ticket": {"number_up": 2}}),
            "ticket/number_up",
        ),
        (json!({"uploads": ["none"]}), "uploads/0"),
        (json!({"deadline": "soon"}), "deadline"),
    ] {
        let refused = send(&house, None, &job, JPEG).await;
        let told = refused.json();
        assert_eq!((refused.status, &told["field"]), (422, &json!(field)), "{job} {told}");
    }
    let high = send(&house, None, &json!({"priority": 90}), JPEG).await;
    assert_eq!(high.status, 403);
    let text = send(&house, None, &json!({}), b"Dear printer, please print this").await;
    assert_eq!(
        (text.status, &text.json()["code"]),
        (415, &json!("format-not-supported"))
    );
    let request = || hyper::Request::post("/api/v1/jobs").header("content-type", "multipart/form-data; boundary=cut");
    let alone = house.send(shop(), request(), body(&[("document", "", JPEG)])).await;
    assert_eq!((alone.status, &alone.json()["field"]), (422, &json!("job")));
    let torn = house.send(shop(), request(), b"--cut\r\nContent-Dis".to_vec()).await;
    assert_eq!((torn.status, &torn.json()["code"]), (400, &json!("bad-multipart")));
    let none = house.ask(shop(), "POST", "/api/v1/jobs", json!({"name": "a"})).await;
    assert_eq!((none.status, &none.json()["field"]), (422, &json!("uploads")));
    assert_eq!(count(&house).await, 0);
    let lax = send(&house, None, &json!({"copies": 5_000, "strict": false}), JPEG).await;
    assert_eq!(lax.status, 201);
    assert!(lax.json()["ticket"]["warnings"].to_string().contains("so many copies"));
    let late = send(&house, None, &json!({"deadline": "2001-01-01T00:00:00Z"}), JPEG).await;
    let told = late.json();
    assert_eq!(
        (late.status, &told["ticket"]["deadline"]),
        (201, &json!("2001-01-01T00:00:00.000Z"))
    );
    assert!(
        told["ticket"]["warnings"]
            .to_string()
            .contains("the deadline had passed"),
        "{told}"
    );
    assert!(multipart::Parts::new("multipart/form-data").is_err());
    house.close().await;
}

#[tokio::test]
async fn a_draft_waits_until_it_is_approved() {
    let house = House::new().await;
    let pool = crate::model::Destination::Pool;
    let hold_new = |control: &mut crate::model::PrinterControl| control.holding_new = true;
    house.api.queue.control(pool, "ann", hold_new).await.unwrap();
    let made = send(
        &house,
        None,
        &json!({"mode": "draft", "template": "white-border"}),
        JPEG,
    )
    .await
    .json();
    assert_eq!((&made["state"], &made["draft"]), (&json!("pending-held"), &json!(true)));
    assert_eq!(made["reasons"], json!(["job-held-for-authorization"]));
    assert_eq!(made["ticket"]["template"]["name"], "white-border");
    assert_eq!(made["ticket"]["media"]["from"], "template");
    let id = made["id"].as_i64().unwrap();
    house
        .api
        .queue
        .release_new_jobs(crate::model::Destination::Pool)
        .await
        .unwrap();
    let at = |act: &str| format!("/api/v1/jobs/{id}/{act}");
    let held = house
        .ask(shop(), "POST", &at("hold"), json!({"until": "2036-01-01T00:00:00Z"}))
        .await;
    assert_eq!(held.status, 409);
    assert_eq!(
        house
            .ask(
                Some(Caller::of_role("eve", Role::Client)),
                "POST",
                &at("approve"),
                Value::Null
            )
            .await
            .status,
        404
    );
    let approved = house.ask(shop(), "POST", &at("approve"), Value::Null).await;
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("pending")));
    let twice = house.ask(shop(), "POST", &at("approve"), Value::Null).await;
    assert_eq!((twice.status, &twice.json()["code"]), (409, &json!("state-forbids")));
    house.close().await;
}

#[tokio::test]
async fn a_document_in_parts_becomes_a_job() {
    let house = House::new().await;
    let announced = json!({"bytes": JPEG.len(), "name": "dawn.jpg", "sha256": Sha256::of(JPEG).to_string()});
    let begun = house.ask(shop(), "POST", "/api/v1/uploads", announced.clone()).await;
    assert_eq!(
        (begun.status, &begun.headers["upload-offset"]),
        (201, &"0".parse().unwrap())
    );
    let at = begun.headers["location"].to_str().unwrap().to_owned();
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    let part = |at: &str, offset: usize| {
        hyper::Request::patch(at)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset.to_string())
    };
    let first = house.send(shop(), part(&at, 0), JPEG[..10].to_vec()).await;
    assert_eq!(
        (first.status, &first.headers["upload-offset"]),
        (200, &"10".parse().unwrap())
    );
    let early = house
        .ask(shop(), "POST", "/api/v1/jobs", json!({"uploads": [&id]}))
        .await;
    assert_eq!(
        (early.status, &early.json()["code"]),
        (409, &json!("upload-incomplete"))
    );
    let wrong = house.send(shop(), part(&at, 0), JPEG.to_vec()).await;
    assert_eq!((wrong.status, &wrong.json()["code"]), (409, &json!("wrong-offset")));
    let told = house.ask(shop(), "HEAD", &at, Value::Null).await;
    assert_eq!(told.headers["upload-offset"], "10");
    let eve = Some(Caller::of_role("eve", Role::Client));
    assert_eq!(house.ask(eve.clone(), "GET", &at, Value::Null).await.status, 404);
    let more = house.send(shop(), part(&at, 10), JPEG.to_vec()).await;
    assert_eq!((more.status, &more.json()["code"]), (413, &json!("document-too-large")));
    let last = house.send(shop(), part(&at, 10), JPEG[10..].to_vec()).await;
    assert_eq!(last.json()["document"]["format"], "image/jpeg", "{:?}", last.bytes);
    let request = json!({"uploads": [&id], "ticket": {"media": "a4"}});
    let others = house.ask(eve, "POST", "/api/v1/jobs", request.clone()).await;
    assert_eq!((others.status, &others.json()["field"]), (422, &json!("uploads/0")));
    let quote = house.ask(shop(), "POST", "/api/v1/quotes", request.clone()).await;
    assert_eq!((quote.status, &quote.json()["sheets"]), (200, &json!(1)));
    let layout = house.ask(shop(), "POST", "/api/v1/layout", request.clone()).await;
    assert_eq!((layout.status, &layout.json()["media"]["width"]), (200, &json!(210.0)));
    let made = house.ask(shop(), "POST", "/api/v1/jobs", request).await;
    assert_eq!((made.status, &made.json()["name"]), (201, &json!("dawn.jpg")));
    assert_eq!(house.ask(shop(), "DELETE", &at, Value::Null).await.status, 204);
    assert_eq!(house.ask(shop(), "GET", &at, Value::Null).await.status, 404);
    let job = made.json()["id"].as_i64().unwrap();
    let kept = house.api.store.job(JobId(job)).await.unwrap().unwrap();
    assert_eq!(
        house
            .api
            .store
            .unreferenced(vec![kept.documents[0].digest])
            .await
            .unwrap(),
        []
    );

    for bytes in [3_000_000_000u64, i64::MAX as u64, u64::MAX] {
        let huge = house
            .ask(shop(), "POST", "/api/v1/uploads", json!({ "bytes": bytes }))
            .await;
        assert_eq!(
            (huge.status, &huge.json()["code"]),
            (413, &json!("document-too-large")),
            "{bytes}"
        );
    }
    let false_sum = json!({"bytes": JPEG.len(), "sha256": "0".repeat(64)});
    let begun = house.ask(shop(), "POST", "/api/v1/uploads", false_sum).await;
    let at = begun.headers["location"].to_str().unwrap().to_owned();
    let ended = house.send(shop(), part(&at, 0), JPEG.to_vec()).await;
    assert_eq!((ended.status, &ended.json()["code"]), (422, &json!("wrong-digest")));
    assert_eq!(house.ask(shop(), "GET", &at, Value::Null).await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn jobs_are_listed_a_page_at_a_time_and_only_to_those_who_may_see_them() {
    let house = House::new().await;
    for n in 0..5 {
        let job = json!({"name": format!("photo {n}"), "reference": format!("R{n}")});
        assert_eq!(send(&house, None, &job, JPEG).await.status, 201);
    }
    let list = async |caller, query: &str| {
        house
            .ask(caller, "GET", &format!("/api/v1/jobs?{query}"), Value::Null)
            .await
    };
    let names = |heard: &Heard| -> Vec<String> {
        let json = heard.json();
        let items = json["items"].as_array().unwrap().iter();
        items.map(|job| job["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = list(shop(), "limit=2").await;
    assert_eq!(names(&first), ["photo 4", "photo 3"]);
    send(&house, None, &json!({"name": "new"}), JPEG).await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = list(shop(), &format!("limit=2&cursor={next}")).await;
    assert_eq!(names(&second), ["photo 2", "photo 1"]);
    assert_eq!(names(&list(owner(), "reference=R3").await), ["photo 3"]);
    assert_eq!(names(&list(owner(), "q=photo&state=open&limit=1").await), ["photo 4"]);
    assert_eq!(names(&list(owner(), "state=completed,canceled").await), [""; 0]);
    let eve = || Some(Caller::of_role("eve", Role::Client));
    assert_eq!(names(&list(eve(), "").await), [""; 0]);
    assert_eq!(names(&list(eve(), "user=shop").await), [""; 0]);
    for (query, field) in [
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("state=odd", "state"),
        ("from=now", "from"),
    ] {
        let refused = list(owner(), query).await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (422, &json!(field)),
            "{query}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_job_that_waits_is_changed_moved_and_ended_and_then_printed_once_more() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie", "Squirty"]).await;
    house
        .api
        .queue
        .control(crate::model::Destination::Pool, "ann", |control| control.paused = true)
        .await
        .unwrap();
    let made = send(
        &house,
        None,
        &json!({"ticket": {"media": "a3", "print_quality": "draft"}, "edition": "Dawn"}),
        JPEG,
    )
    .await;
    let id = made.json()["id"].as_i64().unwrap();
    let at = |act: &str| format!("/api/v1/jobs/{id}{act}");
    let change =
        json!({"name": "dusk", "ticket": {"print_quality": null, "border": 30}, "reference": "B", "copies": 2});
    let changed = house.ask(shop(), "PATCH", &at(""), change).await;
    assert_eq!(changed.status, 200, "{:?}", changed.bytes);
    let told = changed.json();
    assert_eq!((&told["name"], &told["sheets"]), (&json!("dusk"), &json!(2)));
    assert_eq!(told["ticket"]["media"]["value"]["size"], "iso_a3_297x420mm");
    assert_eq!(
        told["ticket"]["media"]["value"]["margins"],
        json!([30.0, 30.0, 30.0, 30.0])
    );
    assert_eq!(told["ticket"]["print_quality"]["from"], "default");
    assert_eq!(told["ticket"]["edition"], "Dawn");
    // A deadline that has passed is kept, and told.
    for (deadline, is_late) in [("2001-01-01T00:00:00Z", true), ("9000-01-01T00:00:00Z", false)] {
        let told = house
            .ask(shop(), "PATCH", &at(""), json!({"deadline": deadline}))
            .await
            .json();
        let warnings = told["ticket"]["warnings"].to_string();
        assert_eq!(warnings.contains("the deadline had passed"), is_late, "{told}");
    }
    let bad = house
        .ask(shop(), "PATCH", &at(""), json!({"ticket": {"media": "x"}}))
        .await;
    assert_eq!((bad.status, &bad.json()["field"]), (422, &json!("ticket/media")));
    let moved = house
        .ask(shop(), "POST", &at("/move"), json!({"destination": "gertie"}))
        .await;
    assert_eq!((moved.status, &moved.json()["destination"]), (200, &json!("gertie")));
    let nowhere = house
        .ask(shop(), "POST", &at("/move"), json!({"destination": "bertie"}))
        .await;
    assert_eq!(nowhere.status, 422);
    let held = house
        .ask(shop(), "POST", &at("/hold"), json!({"until": "2036-01-01T00:00:00Z"}))
        .await;
    assert_eq!(held.json()["held_until"], "2036-01-01T00:00:00.000Z");
    let high = house
        .ask(shop(), "POST", &at("/prioritise"), json!({"priority": 90}))
        .await;
    assert_eq!(high.status, 403);
    let high = house
        .ask(owner(), "POST", &at("/prioritise"), json!({"priority": 90}))
        .await;
    assert_eq!(high.json()["priority"], 90);
    let soon = house.ask(shop(), "POST", &at("/reprint"), Value::Null).await;
    assert_eq!((soon.status, &soon.json()["code"]), (409, &json!("state-forbids")));

    let acts = json!({"ids": [id, 999], "act": "cancel"});
    let done = house.ask(owner(), "POST", "/api/v1/jobs:act", acts).await.json();
    let status: Vec<&Value> = done["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(status, [200, 404]);
    let ended = house.ask(shop(), "GET", &at(""), Value::Null).await.json();
    assert_eq!(
        (&ended["state"], &ended["reference"]),
        (&json!("canceled"), &json!("B"))
    );
    let late = house.ask(shop(), "PATCH", &at(""), json!({"copies": 1})).await;
    assert_eq!(late.status, 409);
    let note = house.ask(shop(), "PATCH", &at(""), json!({"reference": null})).await;
    assert_eq!(note.status, 200);
    let events = house
        .ask(shop(), "GET", &at("/events?limit=2"), Value::Null)
        .await
        .json();
    let seq = events["items"][1]["seq"].as_i64().unwrap();
    let rest = house
        .ask(shop(), "GET", &at(&format!("/events?after={seq}")), Value::Null)
        .await
        .json();
    let all = house
        .api
        .store
        .events_of_job(JobId(id), EventSeq(0), 1_000)
        .await
        .unwrap()
        .len();
    assert_eq!(rest["items"].as_array().unwrap().len() + 2, all);
    let again = house
        .ask(shop(), "POST", &at("/reprint"), json!({"copies": 5, "draft": true}))
        .await;
    assert_eq!((again.status, &again.json()["sheets"]), (201, &json!(5)));
    assert_eq!(again.json()["ticket"]["edition"], "Dawn");
    house.close().await;
}

#[tokio::test]
async fn pictures_have_tags_and_bounds() {
    let house = House::new().await;
    let id = send(&house, None, &json!({}), JPEG).await.json()["id"]
        .as_i64()
        .unwrap();
    let at = format!("/api/v1/jobs/{id}/thumbnail");
    let made = house.ask(shop(), "GET", &at, Value::Null).await;
    assert_eq!((made.status, made.bytes.as_ref()), (200, &b"320"[..]));
    assert_eq!(made.headers["content-type"], "image/jpeg");
    let tag = made.headers["etag"].to_str().unwrap().to_owned();
    let known = house
        .send(shop(), hyper::Request::get(&at).header("if-none-match", &tag), vec![])
        .await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    let proof = async |query: &str| {
        house
            .ask(shop(), "GET", &format!("/api/v1/jobs/{id}/proof?{query}"), Value::Null)
            .await
    };
    assert_eq!(proof("size=1600&gamut=2.5").await.bytes.as_ref(), b"1600");
    for (query, field) in [("size=1601", "size"), ("gamut=0", "gamut"), ("printer=x", "printer")] {
        let refused = proof(query).await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (422, &json!(field)),
            "{query}"
        );
    }
    let none = house.ask(shop(), "POST", "/api/v1/proofs", json!({"job": {}})).await;
    assert_eq!((none.status, &none.json()["field"]), (422, &json!("job/uploads")));
    house.close().await;
}
