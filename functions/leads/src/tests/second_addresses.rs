//! A second address and a second number of a lead.

use super::*;

#[tokio::test]
async fn second_address_and_number_are_edited_and_checked() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let path = format!("/api/leads/{}", id(&lead));
    let second = json!({"second_email": " Ana@Home.example", "second_phone": "020 7946 0019"});
    let changed = suite.patch(&path, second).await.expect(200);
    assert_eq!(
        (&changed["second_email"], &changed["second_phone"]),
        (&json!("ana@home.example"), &json!("+442079460019"))
    );
    let same = suite.patch(&path, json!({"second_email": "ana@quay.example"})).await.expect(422);
    assert_eq!(same["detail"], "second_email: is the first address already");
    suite.post("/api/leads", json!({"email": "bea@quay.example"})).await.expect(201);
    let taken = suite.patch(&path, json!({"second_email": "bea@quay.example"})).await.expect(409);
    assert_eq!(
        (&taken["code"], &taken["errors"][0]["field"]),
        (&json!("duplicate_lead"), &json!("second_email"))
    );
    let odd = suite.patch(&path, json!({"second_phone": "12"})).await.expect(422);
    assert_eq!(odd["field"], "second_phone");
    let moved = suite.patch(&path, json!({"email": "ana@home.example"})).await.expect(200);
    assert_eq!((&moved["email"], &moved["second_email"]), (&json!("ana@home.example"), &Value::Null));
    let gone = suite.patch(&path, json!({"second_phone": null})).await.expect(200);
    assert_eq!(gone["second_phone"], Value::Null);
    let alone = json!({"phone": "020 7946 0020", "second_email": "cas@quay.example"});
    let alone = suite.post("/api/leads", alone).await.expect(422);
    assert_eq!(alone["detail"], "second_email: needs a first address beside it");
}
