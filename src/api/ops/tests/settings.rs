use super::*;

#[tokio::test]
async fn settings_are_changed_all_or_none_and_given_back() {
    let house = House::new().await;
    let changed = told(
        &house,
        200,
        "PATCH",
        "/settings",
        json!({"studio_name": "Ateliér", "low_ink_days": 7}),
    )
    .await;
    assert_eq!(changed["settings"]["studio_name"], "Ateliér");
    assert_eq!(changed["changed"], json!(["low_ink_days", "studio_name"]));
    assert_eq!(changed["configured"]["studio_name"], "Platen");
    let both = json!({"currency": "CHF", "low_ink_percent": 200});
    let problem = told(&house, 422, "PATCH", "/settings", both).await;
    assert_eq!(problem["field"], "low_ink_percent");
    assert_eq!(
        told(&house, 422, "PATCH", "/settings", json!({"password": "x"})).await["field"],
        "password"
    );
    let now = told(&house, 200, "GET", "/settings", Value::Null).await;
    assert_eq!(now["settings"]["currency"], "EUR");
    let back = told(&house, 200, "PATCH", "/settings", json!({"studio_name": null})).await;
    assert_eq!(
        (&back["settings"]["studio_name"], &back["changed"]),
        (&json!("Platen"), &json!(["low_ink_days"]))
    );
    house.close().await;
}

#[tokio::test]
async fn prices_are_those_of_now() {
    let house = House::new().await;
    let prices = json!({
        "currency": "CHF", "ink_price_per_ml": 0, "handling_price": "2.50", "labour_price_per_sheet": 1,
        "margin_percent": 100,
    });
    told(&house, 200, "PATCH", "/settings", prices).await;
    let quote = json!({"copies": 3, "ticket": {"media": "a4"}});
    let price = told(&house, 200, "POST", "/quotes", quote).await["price"].clone();
    assert_eq!(
        (&price["currency"], &price["labour"]),
        (&json!("CHF"), &json!("5.50")),
        "{price}"
    );
    assert_eq!(
        (&price["ink"], &price["total"]),
        (&json!("0.00"), &json!("11.00")),
        "{price}"
    );
    house.close().await;
}

#[tokio::test]
async fn the_house_says_what_it_is() {
    let house = House::new().await;
    let system = told(&house, 200, "GET", "/system", Value::Null).await;
    assert_eq!(system["version"], env!("CARGO_PKG_VERSION"));
    assert!(system["database_bytes"].as_u64().unwrap() > 0 && system["disk"]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(
        refused(&house, 404, "GET", "/system/certificate", Value::Null).await,
        "no-certificate"
    );
    told(&house, 200, "GET", "/log?level=warn&after=0&limit=5", Value::Null).await;
    told(&house, 422, "GET", "/log?level=loud", Value::Null).await;
    told(&house, 422, "GET", "/log?limit=0", Value::Null).await;
    house.close().await;
}

#[tokio::test]
async fn what_was_set_up_is_saved_and_set_up_in_another_house() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    told(
        &house,
        201,
        "POST",
        "/printers",
        json!({"name": "Squirty", "uri": "ipp://192.0.2.7/ipp/print"}),
    )
    .await;
    let rag = json!({"name": "Rag", "media": "a3", "media_type": "photographic-matte", "finish": "matte", "sheets": 9});
    told(&house, 201, "POST", "/papers", rag).await;
    told(
        &house,
        201,
        "POST",
        "/presets",
        json!({"name": "Rag A3", "media": "a3"}),
    )
    .await;
    told(&house, 200, "PATCH", "/settings", json!({"low_ink_days": 3})).await;
    let backup = told(&house, 200, "GET", "/system/backup", Value::Null).await;
    assert_eq!(backup["printers"][0]["id"], "squirty");
    house.close().await;

    let house = House::new().await;
    // One mistake, and nothing is changed.
    for (field, value) in [("uri", "lpd://x"), ("name", "")] {
        let mut wrong = backup.clone();
        wrong["printers"][0][field] = value.into();
        let problem = told(&house, 422, "POST", "/system/restore", wrong).await;
        assert_eq!(problem["field"], format!("printers/0/{field}"));
    }
    let mut wrong = backup.clone();
    wrong["settings"]["low_ink_days"] = json!("soon");
    assert_eq!(
        told(&house, 422, "POST", "/system/restore", wrong).await["field"],
        "low_ink_days"
    );
    let mut wrong = backup.clone();
    wrong["version"] = json!(2);
    told(&house, 422, "POST", "/system/restore", wrong).await;
    let none = told(&house, 200, "GET", "/printers", Value::Null).await;
    assert_eq!(none["items"], json!([]));

    let mut with = backup.clone();
    with["profile_uses"] = json!([{"printer": "squirty", "profile": "0".repeat(64)}]);
    let done = told(&house, 200, "POST", "/system/restore", with).await;
    assert_eq!(
        (&done["printers"], &done["papers"], &done["presets"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert!(done["left_out"][0].as_str().unwrap().contains("squirty"), "{done}");
    let mut again = told(&house, 200, "GET", "/system/backup", Value::Null).await;
    again["made"] = backup["made"].clone();
    // The still house of the tests keeps no wishes of presets.
    again["presets"] = backup["presets"].clone();
    assert_eq!(again, backup);
    let paper = told(&house, 200, "GET", "/papers/rag-a3", Value::Null).await;
    assert_eq!(paper["on_hand"], Value::Null, "stock is no setting");
    house.close().await;
}
