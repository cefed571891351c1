//! What a program with an API key does to leads, and how their history shows it.

use super::pauses::{BOTH, ana_in, stands};
use super::{id, suite};
use application::identity::api_keys::new_secret;
use application::{Clock, Ports};
use domain::ApiKeyId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::api_key::{ApiKey, ApiScope};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use test_stage::Suite;

/// Creates a key that may read and change leads, and sends requests with it from now on.
async fn program(suite: &mut Suite) -> ApiKeyId {
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let secret = new_secret(&*ports.ids());
    let key = ApiKey {
        id: ApiKeyId::new(ports.ids().next()),
        workspace: suite.workspace.clone(),
        name: "Website form".to_owned(),
        prefix: secret.prefix,
        secret_hash: secret.hash,
        scopes: BTreeSet::from([ApiScope::LeadsRead, ApiScope::LeadsWrite]),
        requests_per_minute: 100,
        created_by: suite.user.clone(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        rev: 0,
    };
    let event = Event::new(EventKind::ApiKeyCreated, Actor::User(suite.user.clone()), now);
    ports.api_keys().create(&key, &event).await.unwrap();
    suite.use_key(&secret.secret);
    key.id
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
