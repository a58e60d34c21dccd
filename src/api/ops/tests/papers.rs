use super::*;

#[tokio::test]
async fn a_paper_is_added_counted_and_its_books_stay() {
    let house = House::new().await;
    let rag = json!({
        "name": "Photo Rag", "media": "A3+", "media_type": "photographic-matte", "finish": "matte", "price": "4.20",
        "low": 5, "sheets": 10,
    });
    let made = told(&house, 201, "POST", "/papers", rag.clone()).await;
    assert_eq!(
        (&made["id"], &made["price"], &made["on_hand"]),
        (&json!("photo-rag-a3-plus"), &json!("4.20"), &json!(10))
    );
    assert_eq!(refused(&house, 409, "POST", "/papers", rag.clone()).await, "name-taken");
    let mut alike = rag;
    alike["name"] = json!("Ph\u{43e}to Rag");
    assert_eq!(
        refused(&house, 409, "POST", "/papers", alike.clone()).await,
        "name-taken"
    );
    alike["name"] = json!("Photo\u{ad}Rag");
    assert_eq!(told(&house, 422, "POST", "/papers", alike).await["field"], "name");
    let path = "/papers/photo-rag-a3-plus";
    let book = |what: &'static str, body: Value| {
        let house = &house;
        async move { told(house, 200, "POST", &format!("{path}/{what}"), body).await["on_hand"].clone() }
    };
    assert_eq!(book("restock", json!({"sheets": 25, "note": "a pack"})).await, 35);
    assert_eq!(book("spoil", json!({"sheets": 1})).await, 34);
    assert_eq!(book("write-off", json!({"sheets": 4})).await, 30);
    assert_eq!(book("count", json!({"sheets": 4})).await, 4);
    for what in ["spoil", "write-off"] {
        let problem = told(&house, 422, "POST", &format!("{path}/{what}"), json!({"sheets": 5})).await;
        let why = "the books have 4 sheets of Photo Rag A3+, not 5: count what is there first";
        assert_eq!((&problem["field"], &problem["detail"]), (&json!("sheets"), &json!(why)));
    }
    let paper = told(&house, 200, "GET", path, Value::Null).await;
    assert_eq!(
        (&paper["is_low"], &paper["stock"]),
        (&json!(true), &json!("Photo Rag A3+: 4 sheets"))
    );
    for (what, bad) in [
        ("restock", json!({"sheets": 0})),
        ("restock", json!({"sheets": -1})),
        ("restock", json!({"sheets": 1_000_000})),
        ("restock", json!({"sheets": 1, "job": 1})),
        ("spoil", json!({"sheets": 1, "job": 999})),
        ("count", json!({"sheets": 1, "note": "a\nb"})),
    ] {
        told(&house, 422, "POST", &format!("{path}/{what}"), bad).await;
    }
    let page = told(&house, 200, "GET", &format!("{path}/entries?limit=2"), Value::Null).await;
    let reasons: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["reason"].as_str())
        .collect();
    assert_eq!(reasons, ["counted", "written-off"]);
    let next = format!("{path}/entries?cursor={}&limit=2", page["next"].as_str().unwrap());
    let page = told(&house, 200, "GET", &next, Value::Null).await;
    assert_eq!(
        (&page["items"][0]["reason"], &page["items"][1]["note"]),
        (&json!("spoiled"), &json!("a pack"))
    );
    told(&house, 422, "GET", &format!("{path}/entries?cursor=x"), Value::Null).await;
    told(&house, 422, "GET", &format!("{path}/entries?limit=0"), Value::Null).await;

    let changed = told(
        &house,
        200,
        "PATCH",
        path,
        json!({"name": "Photo Rag 308", "weight": 308, "price": null}),
    )
    .await;
    assert_eq!(
        (&changed["shown"], &changed["price"]),
        (&json!("Photo Rag 308 A3+"), &Value::Null)
    );
    told(&house, 422, "PATCH", path, json!({"media": "a4"})).await;
    assert_eq!(book("spoil", json!({"sheets": 4})).await, 0, "to the last one");
    let none = told(&house, 422, "POST", &format!("{path}/spoil"), json!({"sheets": 1})).await;
    assert!(
        none["detail"].to_string().contains("the books have no sheets"),
        "{none}"
    );
    let uncounted = json!({"name": "Silk", "media": "a4", "media_type": "photographic", "finish": "glossy"});
    told(&house, 201, "POST", "/papers", uncounted).await;
    let never = told(&house, 422, "POST", "/papers/silk-a4/spoil", json!({"sheets": 1})).await;
    assert!(never["detail"].to_string().contains("was never counted"), "{never}");
    assert_eq!(
        told(&house, 422, "PATCH", path, json!({"finish": "silk"})).await["field"],
        "finish"
    );
    told(&house, 204, "DELETE", path, Value::Null).await;
    assert_eq!(refused(&house, 404, "GET", path, Value::Null).await, "paper-not-found");
    assert_eq!(
        refused(&house, 404, "GET", "/papers/No%20Name", Value::Null).await,
        "paper-not-found"
    );
    house.close().await;
}
