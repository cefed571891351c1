//! The routes of operation.

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::ports::inbound_records::InboundRecord;
use application::ports::outbox::send_all;
use application::queue_messages::{IngestEvent, Payload, Queue, SendMessage};
use domain::message::inbound_outcome::InboundOutcome;
use domain::workspace::account::AccountKind;
use domain::workspace::user::Role;
use domain::{AccountId, InboundId, LeadId, MessageId, WorkspaceId};
use serde_json::json;
use test_stage::Suite;

async fn order(suite: &Suite, workspace: &WorkspaceId, name: &str) {
    let lead = LeadId::derived(suite.stage.clock.now(), &[name]);
    let (workspace, message) = (workspace.clone(), MessageId::derived(&lead, &[name]));
    let order = SendMessage::OneOff { workspace, message, due: suite.stage.clock.now(), slot: None };
    send_all(&*suite.stage.ports.outbox(), &[order], 0).await.unwrap();
}

/// Receives a message without finishing it, until it is a dead letter.
async fn give_up(suite: &Suite) {
    for _ in 0..6 {
        suite.stage.cloud.queues().receive("test-send", 10, Some(std::time::Duration::ZERO)).unwrap();
    }
}

#[tokio::test]
async fn health_needs_no_sign_in() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_out();
    assert_eq!(suite.get("/health").await.expect(200), json!({"status": "ok"}));
}

#[tokio::test]
async fn dead_letters_are_listed_for_their_workspace_and_redriven() {
    let mut suite = Suite::new(routes(), App::new).await;
    let other = suite.other_workspace().await;
    order(&suite, &suite.workspace, "ours").await;
    order(&suite, &other, "theirs").await;
    let queues = suite.get("/api/ops/queues").await.expect(200);
    let send = |list: &serde_json::Value| {
        list["queues"].as_array().unwrap().iter().find(|q| q["name"] == "send").unwrap().clone()
    };
    assert_eq!(send(&queues)["waiting"], 2);
    give_up(&suite).await;
    let queues = suite.get("/api/ops/queues").await.expect(200);
    assert_eq!((&send(&queues)["waiting"], &send(&queues)["dead"]), (&json!(0), &json!(2)));
    let dead = suite.get("/api/ops/queues/send/dead-letters").await.expect(200);
    assert_eq!((&dead["total"], &dead["others"]), (&json!(2), &json!(1)));
    assert!(dead["items"][0]["summary"].as_str().unwrap().starts_with("one_off msg_"));
    assert!(dead["items"][0]["body"].as_str().unwrap().contains(suite.workspace.as_str()));

    suite.sign_in(Role::Manager);
    suite.get("/api/ops/queues").await.expect(403);
    suite.post("/api/ops/queues/send/redrive", json!({})).await.expect(403);
    suite.sign_in(Role::Admin);
    let moved = suite.post("/api/ops/queues/send/redrive", json!({})).await.expect(202);
    assert_eq!(moved["moved"], 2);
    assert_eq!(suite.stage.messages(Queue::Send).len(), 2);
    assert_eq!(suite.post("/api/ops/queues/send/redrive", json!({})).await.expect(202)["moved"], 0);
    suite.get("/api/ops/queues/junk/dead-letters").await.expect(404);
}

/// Not even owners and admins of other workspaces: the queues hold messages of all.
#[tokio::test]
async fn other_workspaces_cannot_see_or_redrive_queues() {
    let mut suite = Suite::new(routes(), App::new).await;
    let other = suite.other_workspace().await;
    order(&suite, &other, "theirs").await;
    give_up(&suite).await;
    suite.sign_in_to(other, Role::Owner);
    let refused = suite.get("/api/ops/queues").await.expect(403);
    assert!(refused["detail"].as_str().unwrap().contains("installed"), "{refused}");
    suite.get("/api/ops/queues/send/dead-letters").await.expect(403);
    suite.post("/api/ops/queues/send/redrive", json!({})).await.expect(403);
    assert!(suite.stage.messages(Queue::Send).is_empty(), "nothing has moved");
    suite.sign_in(Role::Owner);
    assert_eq!(suite.post("/api/ops/queues/send/redrive", json!({})).await.expect(202)["moved"], 1);
}

async fn arrived(suite: &Suite, provider: &str, outcome: InboundOutcome, minutes: i64) -> InboundId {
    let now = suite.stage.clock.now() + jiff::SignedDuration::from_mins(minutes);
    let account = AccountId::derived(now, &["numbers"]);
    let record = InboundRecord {
        id: InboundId::derived(now, &[provider]),
        workspace: suite.workspace.clone(),
        account: account.clone(),
        provider: provider.to_owned(),
        event: IngestEvent::Webhook {
            workspace: suite.workspace.clone(),
            account,
            kind: AccountKind::Twilio,
            settings: None,
            received_at: now,
            event_id: "SM1".to_owned(),
            body: Payload::Inline("Body=Yes".to_owned()),
        },
        blobs: Vec::new(),
        outcome,
        became: Vec::new(),
        leads: Vec::new(),
        unmatched: None,
        detail: None,
        replay: None,
        rev: 0,
    };
    suite.stage.ports.inbound_records().save(&record).await.unwrap();
    record.id
}

#[tokio::test]
async fn inbound_events_are_listed_for_admins_of_their_workspace_and_queued_for_replay() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_in(Role::Admin);
    let empty = suite.get("/api/ops/inbound").await.expect(200);
    assert_eq!(empty["items"], json!([]));
    let older = arrived(&suite, "twilio", InboundOutcome::Unreadable, 0).await;
    let newer = arrived(&suite, "stripe", InboundOutcome::Ignored, 1).await;
    let all = suite.get("/api/ops/inbound").await.expect(200);
    let ids: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [newer.as_str(), older.as_str()]);
    let broken = suite.get("/api/ops/inbound?outcome=unreadable&provider=twilio").await.expect(200);
    assert_eq!(
        (broken["items"].as_array().unwrap().len(), &broken["items"][0]["id"]),
        (1, &json!(older.as_str()))
    );
    suite.get("/api/ops/inbound?outcome=lost").await.expect(422);
    let one = suite.get(&format!("/api/ops/inbound/{older}")).await.expect(200);
    assert_eq!((&one["payload"], &one["provider"]), (&json!("Body=Yes"), &json!("twilio")));

    let path = format!("/api/ops/inbound/{older}/replay");
    suite.post(&path, json!({})).await.expect(202);
    let queued = suite.stage.messages(Queue::Inbound);
    assert_eq!(
        (queued.len(), &queued[0]["ingest"], &queued[0]["record"]),
        (1, &json!("replay"), &json!(older.as_str()))
    );
    let waits = suite.get(&format!("/api/ops/inbound/{older}")).await.expect(200);
    assert!(waits["replay"]["asked_at"].is_string() && waits["replay"]["done_at"].is_null());

    let other = suite.other_workspace().await;
    suite.sign_in_to(other, Role::Owner);
    suite.post(&path, json!({})).await.expect(404);
    suite.get(&format!("/api/ops/inbound/{older}")).await.expect(404);
    assert_eq!(suite.get("/api/ops/inbound").await.expect(200)["items"], json!([]));
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn operation_routes_refuse_strangers_and_weaker_roles() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.refuses_those_who_may_not(routes().rows()).await;
}
