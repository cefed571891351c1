//! What a program with an API key does to leads, and how their history shows it.

use super::pauses::{BOTH, ana_in, stands};
use super::{id, suite};
use domain::ApiKeyId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::workspace::api_key::ApiScope;
use http::Method;
use serde_json::{Value, json};
use test_stage::Suite;

/// Creates a key that may read and change leads, and sends requests with it from now on.
async fn program(suite: &mut Suite) -> ApiKeyId {
    suite.use_new_key(&[ApiScope::LeadsRead, ApiScope::LeadsWrite]).await
}

#[tokio::test]
async fn lead_of_a_program_is_taken_in_once_with_its_source_and_its_key_as_the_actor() {
    let mut suite = suite().await;
    let key = program(&mut suite).await;
    let new = json!({ "first_name": "Ana", "email": "ana@quay.example", "source": "website form" });
    let once = [("idempotency-key", "submission-1")];
    let lead = suite.send(Method::POST, "/api/leads", Some(new.clone()), &once).await.expect(201);
    assert_eq!((&lead["source"], &lead["owner"]), (&json!("website form"), &Value::Null));
    let again = suite.send(Method::POST, "/api/leads", Some(new), &once).await.expect(201);
    assert_eq!(again["id"], lead["id"]);
    let actors = suite.stage.stream().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(actors.contains(key.as_str()), "the event of the new lead names the key");
}

#[tokio::test]
async fn timeline_shows_a_program_by_the_name_of_its_key() {
    let mut suite = suite().await;
    program(&mut suite).await;
    let lead = suite.post("/api/leads", json!({ "email": "ana@quay.example" })).await.expect(201);
    let path = format!("/api/leads/{}", id(&lead));
    let note = suite.post(&format!("{path}/notes"), json!({ "text": "Asked for a call." })).await.expect(201);
    assert_eq!((&note["program"], &note["user"]), (&json!("Website form"), &Value::Null));
    suite.patch(&path, json!({ "status": "contacted" })).await.expect(200);
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    let items = timeline["items"].as_array().unwrap();
    let by = |kind: &str| items.iter().find(|item| item["kind"] == kind).unwrap()["program"].clone();
    assert_eq!((by("note"), by("status_changed")), (json!("Website form"), json!("Website form")));
}

#[tokio::test]
async fn program_that_gives_a_lead_to_another_owner_hands_it_over() {
    let mut suite = suite().await;
    let lead = suite.post("/api/leads", json!({ "email": "ana@quay.example" })).await.expect(201);
    program(&mut suite).await;
    let path = format!("/api/leads/{}", id(&lead));
    let owned = suite.patch(&path, json!({ "owner": suite.user })).await.expect(200);
    assert_eq!(owned["owner"], json!(suite.user));
}

#[tokio::test]
async fn program_for_leads_pauses_a_lead_and_needs_the_scope_of_campaigns_to_resume_it() {
    let mut suite = suite().await;
    let lead = suite.post("/api/leads", json!({ "email": "ana@quay.example" })).await.expect(201);
    program(&mut suite).await;
    let path = format!("/api/leads/{}", id(&lead));
    suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    let refused = suite.post(&format!("{path}/resume"), json!({})).await.expect(403);
    assert_eq!(refused["code"], "scope_missing");
    assert!(refused["detail"].as_str().unwrap().contains("campaigns:write"));
}

#[tokio::test]
async fn program_for_leads_does_not_give_an_end_to_a_pause_of_a_user() {
    let mut suite = suite().await;
    let (ana, enrolments) = ana_in(&suite, &BOTH).await;
    let path = format!("/api/leads/{}/pause", ana.id);
    suite.post(&path, json!({})).await.expect(200);
    program(&mut suite).await;
    let refused = suite.post(&path, json!({ "until": "2100-01-01" })).await.expect(403);
    assert_eq!(refused["code"], "scope_missing");
    assert!(refused["detail"].as_str().unwrap().contains("campaigns:write"));
    let paused = EnrolmentState::Held { reason: HoldReason::PausedByUser, until: None };
    for enrolment in &enrolments {
        assert_eq!(*stands(&suite, enrolment).await.state(), paused);
    }
    suite.post(&path, json!({})).await.expect(200);
}

#[tokio::test]
async fn program_for_leads_spends_nothing_and_changes_no_field() {
    let mut suite = suite().await;
    let field = suite.post("/api/fields", json!({ "label": "Plan" })).await.expect(201);
    let lead = suite.post("/api/leads", json!({ "email": "ana@quay.example" })).await.expect(201);
    program(&mut suite).await;
    for action in ["enrich", "personalize"] {
        let path = format!("/api/leads/{}/{action}", id(&lead));
        suite.post(&path, json!({})).await.lacks(ApiScope::BudgetSpend);
    }
    let path = format!("/api/fields/{}", id(&field));
    suite.post("/api/fields", json!({ "label": "Seats" })).await.lacks(ApiScope::FieldsWrite);
    suite.patch(&path, json!({ "label": "Tariff" })).await.lacks(ApiScope::FieldsWrite);
    suite.put("/api/fields/order", json!({ "fields": [] })).await.lacks(ApiScope::FieldsWrite);
    suite.delete(&path).await.lacks(ApiScope::FieldsWrite);
    suite.use_new_key(&[ApiScope::LeadsWrite, ApiScope::BudgetSpend]).await;
    suite.post(&format!("/api/leads/{}/enrich", id(&lead)), json!({})).await.expect(202);
}

#[tokio::test]
async fn program_for_fields_adds_one_and_renames_options_only_with_the_scope_of_leads() {
    let mut suite = suite().await;
    suite.use_new_key(&[ApiScope::FieldsWrite, ApiScope::LeadsRead]).await;
    let new = json!({ "label": "Plan", "kind": "choice", "options": ["Gold"] });
    let field = suite.post("/api/fields", new).await.expect(201);
    assert_eq!(suite.get("/api/fields").await.expect(200)["items"][0]["key"], "Plan");
    let path = format!("/api/fields/{}", id(&field));
    let renamed = json!({ "options": ["Premium"], "renamed_options": { "Gold": "Premium" } });
    suite.patch(&path, renamed.clone()).await.lacks(ApiScope::LeadsWrite);
    suite.use_new_key(&[ApiScope::FieldsWrite, ApiScope::LeadsWrite]).await;
    suite.patch(&path, renamed).await.expect(200);
    let new = json!({ "email": "ana@quay.example", "custom": { "Plan": "premium" } });
    assert_eq!(suite.post("/api/leads", new).await.expect(201)["custom"], json!({ "Plan": "Premium" }));
    suite.stage.messages(application::queue_messages::Queue::Enrolments);
}
