//! The routes of tasks and calls.

mod by_hand;
mod calls;
mod costs;
mod follow_ups;
mod own_phone;
mod placing;
mod recordings;

use crate::{App, routes};
use application::Clock;
use application::Ports;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::LeadId;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::workspace::user::Role;
use jiff::SignedDuration;
use local_cloud::Service;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> (Suite, Lead) {
    let suite = Suite::new(routes(), App::new).await;
    let now = suite.stage.clock.now();
    let mut lead = Lead::blank(LeadId::derived(now, &["elena"]), suite.workspace.clone(), now);
    lead.first_name = Some("Elena".to_owned());
    lead.email = EmailAddress::parse("elena@linden.example").ok();
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    (suite, lead)
}

async fn task(suite: &Suite, lead: &Lead, title: &str, due: &str) -> Value {
    let body = json!({"lead_id": lead.id, "title": title, "due_at": due});
    suite.post("/api/tasks", body).await.expect(201)
}

#[tokio::test]
async fn tasks_of_nobody_are_listed_with_ones_own_where_they_are_asked_for() {
    let (suite, lead) = suite().await;
    let own = task(&suite, &lead, "Send the offer", "2026-11-21T09:00:00Z").await;
    let unowned = task(&suite, &lead, "Ask about spring", "2026-11-22T09:00:00Z").await;
    let path = format!("/api/tasks/{}", unowned["id"].as_str().unwrap());
    suite.patch(&path, json!({"owner": null})).await.expect(200);
    let others = task(&suite, &lead, "Send the contract", "2026-11-23T09:00:00Z").await;
    let id = domain::TaskId::parse(others["id"].as_str().unwrap()).unwrap();
    let mut stored = suite.stage.ports.tasks().get(&suite.workspace, &id).await.unwrap();
    stored.owner = Some(domain::UserId::derived(suite.stage.clock.now(), &["other"]));
    let event = Event::system(EventKind::TaskChanged, suite.stage.clock.now());
    suite.stage.ports.tasks().save(&stored, &event).await.unwrap();
    let ids = async |query: &str| -> Vec<Value> {
        let list = suite.get(&format!("/api/tasks?owner=me{query}")).await.expect(200);
        list["items"].as_array().unwrap().iter().map(|task| task["id"].clone()).collect()
    };
    assert_eq!(ids("&unowned=true").await, [own["id"].clone(), unowned["id"].clone()]);
    assert_eq!(ids("").await, [own["id"].clone()]);
}

#[tokio::test]
async fn tasks_are_listed_by_due_time_snoozed_completed_and_reopened() {
    let (suite, lead) = suite().await;
    let late = task(&suite, &lead, "Send the offer", "2026-11-23T09:00:00Z").await;
    let early = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    let list = suite.get("/api/tasks?owner=me").await.expect(200);
    assert_eq!((&list["items"][0]["id"], &list["items"][1]["id"]), (&early["id"], &late["id"]));
    assert_eq!(list["items"][0]["lead_name"], "Elena");
    let path = format!("/api/tasks/{}", early["id"].as_str().unwrap());
    suite.patch(&path, json!({"due_at": "2026-11-24T09:00:00Z"})).await.expect(200);
    assert_eq!(suite.get("/api/tasks").await.expect(200)["items"][0]["id"], late["id"]);
    let done = suite.patch(&path, json!({"done": true})).await.expect(200);
    assert_eq!(done["done_at"], "2026-11-20T09:00:00Z");
    assert_eq!(suite.get("/api/tasks").await.expect(200)["items"].as_array().unwrap().len(), 1);
    // A repeated request changes nothing.
    assert_eq!(suite.patch(&path, json!({"done": true})).await.expect(200)["rev"], done["rev"]);
    assert_eq!(suite.patch(&path, json!({"done": false})).await.expect(200)["done_at"], Value::Null);
    assert_eq!(suite.get("/api/tasks").await.expect(200)["items"].as_array().unwrap().len(), 2);
    assert_eq!(suite.patch(&path, json!({"owner": null})).await.expect(200)["owner"], Value::Null);
    assert_eq!(suite.get("/api/tasks?owner=me").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn invalid_and_stale_task_changes_are_refused() {
    let (suite, lead) = suite().await;
    let post = |body| suite.post("/api/tasks", body);
    assert_eq!(post(json!({"lead_id": lead.id, "title": ""})).await.expect(422)["field"], "title");
    let body = json!({"lead_id": lead.id, "title": "a", "kind": "hot_lead"});
    assert_eq!(post(body).await.expect(422)["field"], "kind");
    let other = LeadId::derived(suite.stage.clock.now(), &["nobody"]);
    assert_eq!(post(json!({"lead_id": other, "title": "a"})).await.expect(422)["field"], "lead_id");
    let task = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    suite.patch(&path, json!({"title": "Ring", "rev": 1})).await.expect(200);
    assert_eq!(
        suite.patch(&path, json!({"done": true, "rev": 1})).await.expect(409)["code"],
        "changed_meanwhile"
    );
    let nobody = domain::UserId::derived(suite.stage.clock.now(), &["x"]);
    assert_eq!(suite.patch(&path, json!({"owner": nobody})).await.expect(422)["field"], "owner");
    assert_eq!(suite.get("/api/tasks?limit=0").await.expect(422)["field"], "query.limit");
}

#[tokio::test]
async fn task_routes_refuse_strangers_weaker_roles_and_other_workspaces() {
    let (mut suite, lead) = suite().await;
    let rows = routes().rows().to_vec();
    suite.refuses_those_who_may_not(&rows).await;
    let task = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    suite.hides_from_others(&rows, &[("id", task["id"].as_str().unwrap())], &[]).await;
}

#[tokio::test]
async fn task_is_closed_with_an_outcome() {
    let (suite, lead) = suite().await;
    let path = |task: &Value| format!("/api/tasks/{}", task["id"].as_str().unwrap());
    let call = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    let odd = json!({"outcome": "no_answer", "done": false});
    assert_eq!(suite.patch(&path(&call), odd).await.expect(422)["field"], "outcome");
    let done = suite.patch(&path(&call), json!({"outcome": "no_answer"})).await.expect(200);
    assert_eq!((&done["outcome"], &done["done_at"]), (&json!("no_answer"), &json!("2026-11-20T09:00:00Z")));
    let other = task(&suite, &lead, "Send the offer", "2026-11-23T09:00:00Z").await;
    suite.delete(&path(&other)).await.expect(204);
    suite.delete(&path(&other)).await.expect(204);
    assert_eq!(suite.get(&path(&other)).await.expect(200)["outcome"], "cancelled");
    assert_eq!(suite.get("/api/tasks").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn do_not_call_outcome_suppresses_the_number() {
    let (suite, lead) = suite().await;
    let ports = &suite.stage.ports;
    let before = ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    let phone = domain::contact::phone_number::PhoneNumber::parse("+442074960351", None).ok();
    let after = Lead { phone, ..before.clone() };
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    ports.leads().change_identity(&before, &after, &event).await.unwrap();
    let call = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    let path = format!("/api/tasks/{}", call["id"].as_str().unwrap());
    for _ in 0..2 {
        suite.patch(&path, json!({"outcome": "do_not_call"})).await.expect(200);
    }
    let scopes = application::lead::suppression_lookup::scopes_of(&after);
    assert_eq!(ports.suppressions().find(&suite.workspace, &scopes).await.unwrap().len(), 1);
}

#[tokio::test]
async fn closing_outcome_ends_enrolments_once() {
    let (suite, lead) = suite().await;
    let fence = || async {
        let leads = suite.stage.ports.leads();
        leads.get(&suite.workspace, &lead.id).await.unwrap().fence
    };
    let call = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    let path = format!("/api/tasks/{}", call["id"].as_str().unwrap());
    let before = fence().await;
    suite.patch(&path, json!({"outcome": "booked"})).await.expect(200);
    let stopped = fence().await;
    assert!(stopped > before);
    let renamed = suite.patch(&path, json!({"title": "Called on Friday"})).await.expect(200);
    assert_eq!((&renamed["title"], &renamed["outcome"]), (&json!("Called on Friday"), &json!("booked")));
    assert_eq!(fence().await, stopped);
}

#[tokio::test]
async fn cursor_tells_nothing_of_the_list_and_a_wrong_one_is_refused() {
    let (suite, lead) = suite().await;
    for title in ["Call", "Write", "Send the offer"] {
        task(&suite, &lead, title, "2026-11-21T09:00:00Z").await;
    }
    let first = suite.get("/api/tasks?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let (text, id) = (String::from_utf8_lossy(&bytes).into_owned(), &lead.id.as_str()["lead_".len()..]);
    assert!(!text.contains(id) && !text.contains("TASKS"), "{text}");
    let second = suite.get(&format!("/api/tasks?limit=1&cursor={cursor}")).await.expect(200);
    assert_ne!(second["items"][0]["id"], first["items"][0]["id"]);
    let plain = URL_SAFE_NO_PAD.encode(r#"{"l":"W#1#TASKS","p":"1"}"#);
    for wrong in ["junk", &plain, &cursor[1..]] {
        let refused = suite.get(&format!("/api/tasks?limit=1&cursor={wrong}")).await.expect(422);
        assert_eq!(refused["field"], "query.cursor", "{wrong}");
    }
}

#[tokio::test]
async fn user_who_asks_without_end_waits_and_the_refusal_reads_nothing() {
    let (mut suite, _) = suite().await;
    for _ in 0..600 {
        suite.get("/api/tasks").await.expect(200);
    }
    let ledger = suite.stage.cloud.ledger();
    let before = ledger.snapshot();
    let refused = suite.get("/api/tasks").await;
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.expect(429)["code"], "too_many_requests");
    assert_eq!(ledger.since(&before).of_service(Service::DynamoDb).calls, 0);
    let other = suite.other_workspace().await;
    suite.sign_in_to(other, Role::Owner);
    suite.get("/api/tasks").await.expect(200);
    suite.sign_in(Role::Owner);
    suite.stage.advance(SignedDuration::from_secs(1));
    for _ in 0..20 {
        suite.get("/api/tasks").await.expect(200);
    }
    suite.get("/api/tasks").await.expect(429);
}
