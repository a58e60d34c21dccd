//! Pictures of templates.

use serde_json::Value;

use super::owner;
use crate::api::house::House;

#[tokio::test]
async fn a_picture_is_drawn_once() {
    let house = House::new().await;
    let picture = async |query: &str| {
        let path = format!("/templates/white-border/preview{query}");
        let heard = owner(&house, "GET", &path, Value::Null).await;
        (heard.status, String::from_utf8(heard.bytes.to_vec()).unwrap())
    };
    let first = (200, "picture 1 of white-border".to_owned());
    assert_eq!(picture("").await, first);
    assert_eq!(picture("?side=600").await, first);
    assert_eq!(picture("?side=300").await.1, "picture 2 of white-border");
    assert_eq!(picture("?paper=a3").await.1, "picture 3 of white-border");
    assert_eq!(picture("?set=border%3D5").await.0, 422);
    // Two who ask at once are given the same.
    let (one, other) = tokio::join!(picture("?side=400"), picture("?side=400"));
    assert_eq!(one, other);
    assert_eq!(picture("").await, first);
    house.close().await;
}
