//! A sequence is written from an offer: known merge fields, nothing that the offer lacks, and nothing saved.

use super::ai::model;
use super::*;
use application::Ports;
use serde_json::Value;

fn wish(more: Value) -> Value {
    let mut wish = json!({
        "offer": "We send reminders by text, so that practices lose fewer slots. From 79 EUR a month.",
        "steps": 2, "channels": ["email"], "tone": "friendly",
    });
    for (field, value) in more.as_object().unwrap() {
        wish[field] = value.clone();
    }
    wish
}

const GOOD: &str = r#"{"name": "Reminders", "messages": [
    {"channel": "email", "wait_days": 0, "subject": "Fewer lost slots", "text": "Hi {{ first_name | default(\"there\") }}, our reminders help practices. Shall we talk?"},
    {"channel": "email", "wait_days": 3, "subject": "", "text": "Reminders are 79 EUR a month. Would that help?"}]}"#;
const BOASTFUL: &str = r#"{"name": "Reminders", "messages": [
    {"channel": "email", "wait_days": 0, "subject": "Fewer lost slots", "text": "We won 9 prizes. Shall we talk?"},
    {"channel": "email", "wait_days": 3, "subject": "", "text": "Would that help?"}]}"#;

#[tokio::test]
async fn sequence_is_written_from_an_offer_and_not_saved() {
    let (suite, _) = suite().await;
    let asked = model(&suite, &[BOASTFUL, GOOD]).await;
    let written = suite.post("/api/ai/sequence", wish(json!({}))).await.expect(200);
    assert_eq!(written["messages"][1]["text"], "Reminders are 79 EUR a month. Would that help?");
    assert_eq!(asked.load(Ordering::Relaxed), 2, "one that says too much is asked for once more");
    let saved = suite.stage.ports.sequences().list(&suite.workspace).await.unwrap();
    assert_eq!(saved.len(), 0);
}

#[tokio::test]
async fn sequence_that_says_too_much_is_never_shown() {
    let (suite, _) = suite().await;
    model(&suite, &[BOASTFUL]).await;
    let problem = suite.post("/api/ai/sequence", wish(json!({}))).await.expect(409);
    assert_eq!(problem["code"], "turned_down");
    assert!(!problem.to_string().contains("prizes"), "{problem}");
}

#[tokio::test]
async fn wish_for_a_sequence_is_refused_field_by_field() {
    let (suite, _) = suite().await;
    let icp = "icp_01KAG5T6M0000000000000000A";
    let bad = wish(json!({"offer": " ", "steps": 9, "channels": ["whatsapp"], "icp": icp}));
    let problem = suite.post("/api/ai/sequence", bad).await.expect(422);
    let fields: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["offer", "steps", "channels", "icp"]);
    assert_eq!(suite.post("/api/ai/sequence", wish(json!({}))).await.expect(409)["code"], "no_model");
}
