//! The countries in which the app may ring phones.

use super::*;

#[tokio::test]
async fn countries_to_call_are_replaced_as_a_list_and_none_is_allowed_at_first() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["calls"], json!({ "countries": [] }));
    let change = async |countries: serde_json::Value| {
        suite.patch("/api/settings", json!({ "calls": { "countries": countries } })).await
    };
    let changed = change(json!(["de", "Austria", "DE"])).await.expect(200);
    assert_eq!(changed["calls"]["countries"], json!(["DE", "AT"]));
    let refused = change(json!(["FR", "Atlantis"])).await.expect(422);
    assert_eq!(fields(&refused), ["calls.countries[1]"]);
    change(json!(vec!["DE"; 251])).await.expect(422);
    assert_eq!(suite.get("/api/settings").await.expect(200)["calls"]["countries"], json!(["DE", "AT"]));
    assert_eq!(change(json!([])).await.expect(200)["calls"]["countries"], json!([]));
}
