//! What has no room on its sheet is refused where it is asked for, and not at the printer.

use serde_json::{Value, json};

use super::{owner, told};
use crate::api::house::House;

async fn field_of(house: &House, method: &str, path: &str, json: Value) -> (u16, Value) {
    let heard = owner(house, method, path, json).await;
    (heard.status, heard.json()["field"].clone())
}

#[tokio::test]
async fn a_border_as_wide_as_the_sheet_is_refused_by_everything_that_takes_one() {
    let house = House::new().await;
    let sides = json!({"top": 3, "right": 110, "bottom": 3, "left": 110});
    for (ticket, field) in [
        (json!({"media": "a4", "border": 500}), "ticket/border"),
        (json!({"media": "a4", "border": 101}), "ticket/border"),
        (json!({"media": "a4", "margins": sides}), "ticket/margins"),
        (json!({"border": 104}), "ticket/border"),
        (json!({"media": "custom_16x100mm_16x100mm"}), "ticket/media"),
    ] {
        let quote = field_of(&house, "POST", "/quotes", json!({ "ticket": ticket })).await;
        assert_eq!(quote, (422, json!(field)), "{ticket}");
    }
    told(
        &house,
        200,
        "POST",
        "/quotes",
        json!({"ticket": {"media": "a4", "border": 100}}),
    )
    .await;
    let job = house.behind().submit("ola").await;
    let at = format!("/jobs/{}", job.id);
    told(&house, 200, "POST", &format!("{at}/hold"), json!({})).await;
    let changed = field_of(&house, "PATCH", &at, json!({"ticket": {"border": 500}})).await;
    assert_eq!(changed, (422, json!("ticket/border")));
    // Whoever takes what there is gets the house's own.
    let loose = json!({"strict": false, "ticket": {"media": "a4", "border": 500}});
    let quote = told(&house, 200, "POST", "/quotes", loose).await;
    let warnings = quote["warnings"].as_array().unwrap();
    let is_told = |warning: &Value| warning.as_str().unwrap().contains("so wide a border");
    assert!(warnings.iter().any(is_told), "{quote}");
    house.close().await;
}
