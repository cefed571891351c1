//! What the operation routes promise.

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::ports::outbox::send_all;
use application::queue_messages::{Queue, SendMessage};
use domain::workspace::user::Role;
use domain::{LeadId, MessageId, WorkspaceId};
use serde_json::json;
use test_stage::Suite;

async fn order(suite: &Suite, workspace: &WorkspaceId, name: &str) {
    let lead = LeadId::derived(suite.stage.clock.now(), &[name]);
    let (workspace, message) = (workspace.clone(), MessageId::derived(&lead, &[name]));
    let order = SendMessage::OneOff { workspace, message, due: suite.stage.clock.now(), slot: None };
    send_all(&*suite.stage.ports.outbox(), &[order], 0).await.unwrap();
}

/// Taken five times and never done.
async fn give_up(suite: &Suite) {
    for _ in 0..6 {
        suite.stage.cloud.queues().receive("test-send", 10, Some(std::time::Duration::ZERO)).unwrap();
    }
}

#[tokio::test]
async fn anybody_may_ask_whether_it_lives() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_out();
    assert_eq!(suite.get("/health").await.expect(200), json!({"status": "ok"}));
}

#[tokio::test]
async fn what_failed_for_good_is_seen_by_its_workspace_and_tried_again() {
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

/// Their own owners and admins included: what they set going, or see of others, is not theirs.
#[tokio::test]
async fn another_workspace_neither_sees_nor_moves_the_queues_of_the_installation() {
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

#[tokio::test]
async fn strangers_and_weak_roles_are_refused() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.refuses_those_who_may_not(routes().rows()).await;
}
