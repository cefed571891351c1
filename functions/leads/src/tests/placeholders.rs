//! Values that stand where there is none, and addresses that are not what they look like.

use super::*;

#[tokio::test]
async fn placeholder_in_a_request_is_no_value() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Diet", "kind": "text"})).await.expect(201);
    let body = json!({
        "email": "lena@nordlicht.example", "phone": "-", "first_name": "#N/A", "last_name": "NULL", "company": "n/a",
        "city": "None", "country": "N/A", "tags": ["n/a", "vip"], "custom": {"Room": "#REF!", "Diet": "none"},
    });
    let lead = suite.post("/api/leads", body).await.expect(201);
    for field in ["first_name", "last_name", "company", "city", "phone", "country"] {
        assert_eq!(lead[field], json!(null), "{field}");
    }
    assert_eq!((&lead["tags"], &lead["custom"]), (&json!(["vip"]), &json!({"Diet": "none"})));
    let path = format!("/api/leads/{}", id(&lead));
    let named = suite.patch(&path, json!({"last_name": "Null", "city": "Kiel"})).await.expect(200);
    assert_eq!((&named["last_name"], &named["city"]), (&json!("Null"), &json!("Kiel")));
    let cleared = suite.patch(&path, json!({"city": "-"})).await.expect(200);
    assert_eq!(cleared["city"], json!(null));
}

#[tokio::test]
async fn na_in_a_request_is_a_country_or_a_word() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Territory", "kind": "text"})).await.expect(201);
    let body = json!({"email": "lena@nordlicht.example", "country": "NA", "tags": ["NA"], "custom": {"Territory": "NA"}});
    let lead = suite.post("/api/leads", body).await.expect(201);
    assert_eq!((&lead["country"], &lead["tags"]), (&json!("NA"), &json!(["NA"])));
    assert_eq!(lead["custom"], json!({"Territory": "NA"}));
}

#[tokio::test]
async fn address_that_is_a_placeholder_or_looks_like_another_is_refused_with_the_reason() {
    let suite = suite().await;
    for (email, why) in [
        ("test@test.com", "is a placeholder, not somebody's address"),
        (
            "l\u{435}na@nordlicht.example",
            "has letters that only look like those of the address: type it anew",
        ),
        ("Lena <lena@a.example>, jan@b.example", "holds several addresses: give one"),
    ] {
        let refused = suite.post("/api/leads", json!({"email": email})).await.expect(422);
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["detail"]),
            (&json!("email"), &json!(why))
        );
    }
    for email in ["lena\u{a0}@nordlicht.example\u{e0020}", "Lena Brandt <lena2@nordlicht.example> (privat)"] {
        let lead = suite.post("/api/leads", json!({"email": email})).await.expect(201);
        assert!(lead["email"].as_str().unwrap().ends_with("@nordlicht.example"), "{email}");
    }
}

#[tokio::test]
async fn zone_that_is_none_is_refused_with_one_that_is_near() {
    let suite = suite().await;
    let lead = suite.post("/api/leads", json!({"email": "lena@nordlicht.example"})).await.expect(201);
    let path = format!("/api/leads/{}", id(&lead));
    let refused = suite.patch(&path, json!({"zone": "Berlin"})).await.expect(422);
    assert_eq!(refused["errors"][0]["detail"], "is not an IANA time zone: did you mean Europe/Berlin?");
    suite.patch(&path, json!({"zone": "W. Europe Standard Time"})).await.expect(200);
}
