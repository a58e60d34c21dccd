use super::*;
use crate::color::Profile;

async fn upload(house: &House, path: &str, mime: &str, bytes: Vec<u8>) -> Heard {
    let request = Request::post(path).header("content-type", mime);
    house.send(Some(Caller::owner("ola")), request, bytes).await
}

const ICC: &str = "application/vnd.iccprofile";

#[tokio::test]
async fn a_profile_is_brought_looked_at_used_and_removed() {
    let house = House::new().await;
    house.behind().set_printers(&["Gertie"]).await;
    let bytes = Profile::virtual_paper().as_bytes().to_vec();
    let made = upload(&house, "/api/v1/profiles?name=Lustre", ICC, bytes.clone()).await;
    assert_eq!(made.status, 201, "{:?}", made.json());
    let profile = made.json();
    assert_eq!(
        (&profile["name"], &profile["class"], &profile["by"]),
        (&json!("Lustre"), &json!("output"), &json!("ola"))
    );
    assert!(profile["srgb_percent"].as_f64().unwrap() > 30.0);
    let digest = profile["digest"].as_str().unwrap().to_owned();
    let path = format!("/profiles/{digest}");
    let file = owner(&house, "GET", &format!("{path}/file"), Value::Null).await;
    assert_eq!((file.status, &file.bytes[..]), (200, &bytes[..]));
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"Lustre.icc\""
    );
    let gamut = owner(&house, "GET", &format!("{path}/gamut"), Value::Null).await;
    assert_eq!(gamut.headers["content-type"], "image/svg+xml");

    let uses = "/printers/gertie/profiles";
    let matte = json!({"profile": digest, "media_type": "photographic-matte", "raster_type": "srgb_8"});
    let told_of = told(&house, 200, "PUT", uses, matte).await;
    assert_eq!(told_of["items"][0]["raster_type"], "srgb_8");
    for bad in [
        json!({"profile": "abc"}),
        json!({"profile": "0".repeat(64)}),
        json!({"profile": digest, "media_type": "two words"}),
        json!({"profile": digest, "raster_type": "cmyk_8"}),
    ] {
        told(&house, 422, "PUT", uses, bad).await;
    }
    assert_eq!(refused(&house, 409, "DELETE", &path, Value::Null).await, "profile-used");
    told(
        &house,
        204,
        "DELETE",
        &format!("{uses}?media_type=photographic-matte"),
        Value::Null,
    )
    .await;
    told(
        &house,
        404,
        "DELETE",
        &format!("{uses}?media_type=photographic-matte"),
        Value::Null,
    )
    .await;
    let renamed = told(&house, 200, "PATCH", &path, json!({"name": "Lustre 2"})).await;
    assert_eq!(renamed["name"], "Lustre 2");
    told(&house, 204, "DELETE", &path, Value::Null).await;
    assert_eq!(
        refused(&house, 404, "GET", &path, Value::Null).await,
        "profile-not-found"
    );
    assert_eq!(
        refused(&house, 404, "GET", "/profiles/zzz", Value::Null).await,
        "profile-not-found"
    );
    house.close().await;
}

#[tokio::test]
async fn what_is_no_profile_is_refused_and_not_kept() {
    let house = House::new().await;
    let text = upload(&house, "/api/v1/profiles", ICC, b"a picture".to_vec()).await;
    assert_eq!((text.status, &text.json()["code"]), (422, &json!("bad-profile")));
    let typed = upload(&house, "/api/v1/profiles", "image/png", b"a picture".to_vec()).await;
    assert_eq!(typed.status, 415);
    let mut cut = Profile::virtual_paper().as_bytes().to_vec();
    cut.truncate(1_000);
    assert_eq!(upload(&house, "/api/v1/profiles", ICC, cut).await.status, 422);
    let large = upload(&house, "/api/v1/profiles", ICC, vec![0; (16 << 20) + 1]).await;
    assert_eq!(large.status, 413);
    let all = told(&house, 200, "GET", "/profiles", Value::Null).await;
    assert_eq!(all["items"], json!([]));
    house.close().await;
}
