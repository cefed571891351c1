//! The preview page of a campaign: read, saved, drafted, reset.

use super::*;
use http::Method;

fn page() -> Value {
    json!({ "blocks": [
        { "kind": "hero", "headline": "For {{ company }}", "text": "" },
        { "kind": "opening_line" },
        { "kind": "faq", "heading": "Questions", "items": [{ "question": "How long?", "answer": "A week." }] },
    ], "closes_on": "2031-03-05" })
}

#[tokio::test]
async fn campaign_without_a_page_shows_the_standard_one() {
    let suite = suite().await;
    let path = format!("{}/page", draft(&suite).await);
    let shown = suite.get(&path).await.expect(200);
    assert_eq!((&shown["is_standard"], &shown["rev"]), (&json!(true), &json!(0)));
    let kinds: Vec<&str> =
        shown["blocks"].as_array().unwrap().iter().map(|b| b["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["hero", "opening_line", "offer", "facts", "calendar", "payment"]);
}

#[tokio::test]
async fn page_is_saved_under_its_revision_and_reset() {
    let suite = suite().await;
    let path = format!("{}/page", draft(&suite).await);
    let saved = suite.put(&path, page()).await.expect(200);
    assert_eq!((&saved["is_standard"], &saved["rev"]), (&json!(false), &json!(1)));
    let mut stale = page();
    stale["rev"] = json!(0);
    assert_eq!(suite.put(&path, stale.clone()).await.expect(409)["code"], "changed_meanwhile");
    stale["rev"] = json!(1);
    stale["blocks"] = json!([{ "kind": "facts" }]);
    suite.put(&path, stale).await.expect(200);
    let shown = suite.get(&path).await.expect(200);
    assert_eq!((&shown["blocks"], &shown["rev"]), (&json!([{ "kind": "facts" }]), &json!(2)));
    let stale = suite.send(Method::DELETE, &path, None, &[("if-match", "1")]).await;
    assert_eq!(stale.expect(409)["code"], "changed_meanwhile");
    suite.send(Method::DELETE, &path, None, &[("if-match", "2")]).await.expect(204);
    assert_eq!(suite.get(&path).await.expect(200)["is_standard"], true);
    suite.delete(&path).await.expect(204);
}

#[tokio::test]
async fn faulty_page_is_refused_with_the_field_of_each_fault() {
    let suite = suite().await;
    let path = format!("{}/page", draft(&suite).await);
    let video = json!({ "kind": "video", "heading": "", "url": "http://video.example" });
    let hero = json!({ "kind": "hero", "headline": "{{ frist_name }}", "text": "" });
    let refused = suite.put(&path, json!({ "blocks": [hero, video] })).await.expect(422);
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["blocks[0].headline", "blocks[1].url"], "{refused}");
    let unknown = json!({ "blocks": [{ "kind": "carousel" }] });
    suite.put(&path, unknown).await.expect(422);
    assert_eq!(suite.get(&path).await.expect(200)["is_standard"], true, "nothing was saved");
}

#[tokio::test]
async fn draft_changes_no_page_and_its_address_changes_with_each() {
    let suite = suite().await;
    let path = format!("{}/page", draft(&suite).await);
    let ana = lead(&suite, "ana").await;
    let body = json!({ "blocks": page()["blocks"], "lead_id": ana });
    let first = suite.post(&format!("{path}/draft"), body.clone()).await.expect(200);
    assert!(text(&first["path"]).starts_with("/preview/drafts/campaign_"), "{first}");
    suite.stage.advance(jiff::SignedDuration::from_millis(5));
    let second = suite.post(&format!("{path}/draft"), body).await.expect(200);
    assert_ne!(first["path"], second["path"]);
    assert_eq!(suite.get(&path).await.expect(200)["is_standard"], true);
    let nobody = LeadId::derived(now(&suite), &["nobody"]);
    suite
        .post(&format!("{path}/draft"), json!({ "blocks": page()["blocks"], "lead_id": nobody }))
        .await
        .expect(404);
    suite.post(&format!("{path}/draft"), json!({ "blocks": [] })).await.expect(422);
}
