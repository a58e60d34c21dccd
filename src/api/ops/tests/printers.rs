use super::*;
use crate::model::{InkReason, Nanoliters, NewInkEntry, PrinterId, Timestamp};

#[tokio::test]
async fn a_printer_is_added_changed_and_removed() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let new = json!({"name": "Squirty II", "uri": "ipp://192.0.2.7/ipp/print"});
    let made = owner(&house, "POST", "/printers", new.clone()).await;
    assert_eq!(
        (made.status, &made.headers["location"]),
        (201, &"/api/v1/printers/squirty-ii".parse().unwrap())
    );
    assert_eq!(made.json()["configured"], false);
    assert_eq!(refused(&house, 409, "POST", "/printers", new).await, "name-taken");
    // Another alphabet's e, a digit for a letter, and what nobody sees.
    for alike in ["Gerti\u{435}", "Squirty 1l", "SQUIRTY  II"] {
        let new = json!({"name": alike, "uri": "virtual:"});
        assert_eq!(
            refused(&house, 409, "POST", "/printers", new).await,
            "name-taken",
            "{alike}"
        );
        let new = json!({"name": alike, "media": "a4"});
        assert_eq!(
            refused(&house, 409, "POST", "/presets", new).await,
            "name-taken",
            "{alike}"
        );
    }
    let unseen = json!({"name": "Gertie\u{200b}", "uri": "virtual:"});
    assert_eq!(told(&house, 422, "POST", "/printers", unseen).await["field"], "name");
    for (name, uri, field) in [
        ("…", "virtual:", "name"),
        ("a\nb", "virtual:", "name"),
        ("B", "lpd://x", "uri"),
        ("B", "ipps://x/ipp/print", "uri"),
        ("B", "", "uri"),
    ] {
        let problem = told(&house, 422, "POST", "/printers", json!({"name": name, "uri": uri})).await;
        assert_eq!(problem["field"], field, "{name} {uri}");
    }
    let all = told(&house, 200, "GET", "/printers", Value::Null).await;
    let names: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["id"].as_str())
        .collect();
    assert_eq!(names, ["gertie", "squirty-ii"]);
    assert_eq!(all["items"][0]["configured"], true);
    let change = json!({"name": "Squirty 2", "uri": "ipp://192.0.2.8/ipp/print"});
    let changed = told(&house, 200, "PATCH", "/printers/squirty-ii", change).await;
    assert_eq!(
        (&changed["id"], &changed["name"]),
        (&json!("squirty-ii"), &json!("Squirty 2"))
    );
    for (method, body) in [("PATCH", json!({"name": "G"})), ("DELETE", Value::Null)] {
        assert_eq!(
            refused(&house, 409, method, "/printers/gertie", body).await,
            "configured"
        );
    }
    assert_eq!(
        refused(&house, 404, "DELETE", "/printers/nobody", Value::Null).await,
        "printer-not-found"
    );
    // A preset leads there: it stays until that is another's.
    let preset = json!({"name": "Rag", "printer": "nobody"});
    assert_eq!(told(&house, 422, "POST", "/presets", preset).await["field"], "printer");
    let gone = told(&house, 200, "DELETE", "/printers/squirty-ii?jobs=to-pool", Value::Null).await;
    assert_eq!(gone["moved_jobs"], 0);
    assert_eq!(
        refused(&house, 404, "GET", "/printers/squirty-ii", Value::Null).await,
        "printer-not-found"
    );
    house.close().await;
}

#[tokio::test]
async fn switches_are_turned_at_printers_and_at_the_pool() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    for at in ["/printers/gertie", "/pools/platen"] {
        let turn = |switch: &str| {
            let path = format!("{at}/{switch}");
            let house = &house;
            async move { told(house, 200, "POST", &path, Value::Null).await }
        };
        assert_eq!(turn("pause").await["paused"], true);
        assert_eq!(turn("resume").await["paused"], false);
        assert_eq!(turn("refuse").await["accepting"], false);
        assert_eq!(turn("accept").await["accepting"], true);
        assert_eq!(turn("hold-new").await["holding_new"], true);
        assert_eq!(turn("release-new").await["holding_new"], false);
    }
    let pools = told(&house, 200, "GET", "/pools", Value::Null).await;
    assert_eq!(pools["items"][0]["printers"], json!(["gertie"]));
    assert_eq!(
        refused(&house, 404, "POST", "/pools/other/pause", Value::Null).await,
        "pool-not-found"
    );
    assert_eq!(
        refused(&house, 404, "POST", "/printers/other/pause", Value::Null).await,
        "printer-not-found"
    );
    house.close().await;
}

#[tokio::test]
async fn what_lies_in_a_feeder_is_said_and_struck_out() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let rag = json!({"name": "Rag", "media": "a3+", "media_type": "photographic-matte", "finish": "matte"});
    told(&house, 201, "POST", "/papers", rag).await;
    let by_paper = json!({"paper": "rag-a3-plus", "sheets": 12});
    let told_of = told(&house, 200, "PUT", "/printers/gertie/loaded/main", by_paper).await;
    assert_eq!(
        (&told_of["shown"], &told_of["by"]),
        (&json!("Rag A3+"), &json!("person"))
    );
    let by_size = json!({"media": "na_super-b_13x19in", "media_type": "photographic-matte"});
    let told_of = told(&house, 200, "PUT", "/printers/gertie/loaded/rear", by_size).await;
    assert_eq!(
        (&told_of["paper"], &told_of["sheets"]),
        (&json!("rag-a3-plus"), &Value::Null)
    );
    for bad in [
        json!({}),
        json!({"paper": "none"}),
        json!({"media": "papyrus"}),
        json!({"media": "a4", "media_type": "two words"}),
        json!({"paper": "rag-a3-plus", "sheets": 20_000}),
        json!({"paper": "Not A Name"}),
    ] {
        told(&house, 422, "PUT", "/printers/gertie/loaded/main", bad).await;
    }
    told(
        &house,
        422,
        "PUT",
        "/printers/gertie/loaded/auto",
        json!({"media": "a4"}),
    )
    .await;
    // What feeders it has is known now.
    let store = &house.behind().store;
    let able = crate::model::Capabilities {
        media_sources: vec!["auto".into(), "rear".into(), "manual".into()],
        ..crate::queue::test_house::able()
    };
    store
        .save_capabilities(PrinterId::new("gertie").unwrap(), able)
        .await
        .unwrap();
    let a4 = || json!({"media": "a4"});
    let wrong = told(&house, 422, "PUT", "/printers/gertie/loaded/tray-1", a4()).await;
    let why = "Gertie has no feeder tray-1: its feeders are rear and manual";
    assert_eq!((&wrong["field"], &wrong["detail"]), (&json!("source"), &json!(why)));
    told(&house, 200, "PUT", "/printers/gertie/loaded/manual", a4()).await;
    told(&house, 204, "DELETE", "/printers/gertie/loaded/manual", Value::Null).await;
    told(&house, 204, "DELETE", "/printers/gertie/loaded/main", Value::Null).await;
    let printer = told(&house, 200, "GET", "/printers/gertie", Value::Null).await;
    assert_eq!(printer["loaded"].as_array().unwrap().len(), 1);
    house.close().await;
}

#[tokio::test]
async fn inks_are_told_by_their_books_with_a_forecast() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let now = Timestamp::now();
    let day = 24 * 60 * 60 * 1000;
    let reading = |days: i64, level: i32| NewInkEntry {
        printer: PrinterId::new("gertie").unwrap(),
        channel: "C".into(),
        delta: Nanoliters::ZERO,
        reason: InkReason::Reading { level },
        job: None,
        by: "platen".into(),
        note: "".into(),
        at: now.plus_ms(-days * day),
    };
    let told_of = vec![reading(40, 100), reading(30, 90), reading(20, 80), reading(10, 70)];
    house.behind().store.book_ink(told_of).await.unwrap();
    let supplies = |status, method, path: &'static str, body| {
        let house = &house;
        async move { told(house, status, method, path, body).await }
    };
    let path = "/printers/gertie/supplies";
    let ink = supplies(200, "GET", path, Value::Null).await["items"][0].clone();
    let days = ink["forecast"]["days"].as_f64().unwrap();
    assert!((55.0..95.0).contains(&days), "{ink}");
    assert_eq!(ink["told_percent"], 70);
    assert_eq!((&ink["channel"], &ink["is_low"]), (&json!("C"), &json!(false)));
    told(&house, 200, "PATCH", "/settings", json!({"low_ink_days": 100})).await;
    assert_eq!(
        supplies(200, "GET", path, Value::Null).await["items"][0]["is_low"],
        true
    );
    let entries = "/printers/gertie/supplies/C/entries?limit=3";
    let page = supplies(200, "GET", entries, Value::Null).await;
    assert_eq!(
        (page["items"].as_array().unwrap().len(), &page["items"][0]["level"]),
        (3, &json!(70))
    );
    let next = format!(
        "/printers/gertie/supplies/C/entries?cursor={}",
        page["next"].as_str().unwrap()
    );
    let rest = told(&house, 200, "GET", &next, Value::Null).await;
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
    let fitted = "/printers/gertie/supplies/C/fitted";
    assert_eq!(
        supplies(200, "POST", fitted, json!({})).await["items"][0]["level_ml"],
        80.0
    );
    supplies(422, "POST", fitted, json!({"ml": 81.0})).await;
    supplies(404, "POST", "/printers/gertie/supplies/X/fitted", json!({})).await;
    house.close().await;
}

#[tokio::test]
async fn cleanings_want_to_be_confirmed_and_what_a_printer_has_no_words_for_is_refused() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let routines = told(&house, 200, "GET", "/printers/gertie/routines", Value::Null).await;
    let possible = |word: &str| {
        let all = routines["items"].as_array().unwrap();
        all.iter().find(|r| r["routine"] == word).unwrap()["possible"].clone()
    };
    assert_eq!(
        (possible("calibration-print"), possible("cleaning")),
        (json!(true), json!(false))
    );
    let path = "/printers/gertie/routines";
    assert_eq!(
        refused(&house, 409, "POST", path, json!({"routine": "cleaning"})).await,
        "routine-not-possible"
    );
    let job = told(&house, 201, "POST", path, json!({"routine": "calibration-print"})).await;
    assert_eq!(
        (&job["ticket"]["routine"], &job["destination"]),
        (&json!("calibration-print"), &json!("gertie"))
    );
    told(&house, 422, "POST", path, json!({"routine": "dance"})).await;
    house.close().await;
}

#[tokio::test]
async fn nobody_at_an_address_is_told_in_words() {
    let house = House::new().await;
    let path = "/printers:probe";
    assert_eq!(
        refused(&house, 422, "POST", path, json!({"uri": "127.0.0.1:9"})).await,
        "no-printer-there"
    );
    let problem = told(&house, 422, "POST", path, json!({"uri": "lpd://printer"})).await;
    assert!(problem["detail"].as_str().unwrap().contains("lpd"), "{problem}");
    house.close().await;
}
