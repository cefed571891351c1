//! The access log of sign-ins and refusals.

use super::*;
use application::PageRequest;
use domain::workspace::access_record::{AccessKind, AccessRecord};

/// The entries of Maya's workspace, the newest first.
async fn entries(suite: &Suite) -> Vec<AccessRecord> {
    let (_, user) = stored(suite).await;
    let page = PageRequest { limit: 100, cursor: None };
    suite.stage.ports.access_log().list(&user.workspace, page).await.unwrap().items
}

async fn kinds(suite: &Suite) -> Vec<AccessKind> {
    entries(suite).await.iter().map(|entry| entry.kind).collect()
}

#[tokio::test]
async fn sign_ins_are_noted_with_device_and_an_unreadable_network() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    suite.stage.advance(SignedDuration::from_secs(1));
    let firefox = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")];
    let body = Some(with_password("correct horse"));
    suite.send(http::Method::POST, "/api/auth/login", body, &firefox).await.expect(200);
    let entries = entries(&suite).await;
    let (_, user) = stored(&suite).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!((entries[0].kind, &entries[0].by), (AccessKind::SignedIn, &user.id.into()));
    assert_eq!(entries[0].device.as_deref(), Some("Firefox on Linux"));
    assert_eq!((entries[0].network.len(), &entries[0].network), (8, &entries[1].network));
    assert!(!format!("{entries:?}").contains("unknown"), "the network cannot be read");
}

#[tokio::test]
async fn refused_sign_ins_are_noted_once_a_minute() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    for _ in 0..3 {
        suite.stage.advance(SignedDuration::from_secs(60));
        for _ in 0..3 {
            log_in(&suite, "a guess").await.expect(401);
        }
    }
    let kinds = kinds(&suite).await;
    let refused = kinds.iter().filter(|kind| **kind == AccessKind::SignInRefused).count();
    assert_eq!((refused, kinds.len()), (3, 4), "{kinds:?}");
}

/// The time of an answer would otherwise tell whether an address has a login.
#[tokio::test]
async fn refusal_of_an_unknown_address_writes_as_often_as_that_of_a_known_one() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let ledger = suite.stage.cloud.ledger();
    let mut writes = Vec::new();
    // The first one opens the count of its network.
    for email in ["another@harbour.example", "maya@harbour.example", "nobody@harbour.example"] {
        let before = ledger.snapshot();
        suite.post("/api/auth/login", json!({"email": email, "password": "a guess"})).await.expect(401);
        writes.push(ledger.since(&before).sum(|line| line.operation != "GetItem").calls);
    }
    assert_eq!(writes[1], writes[2], "{writes:?}");
}

async fn refusals(suite: &Suite) -> usize {
    kinds(suite).await.iter().filter(|kind| **kind == AccessKind::SignInRefused).count()
}

#[tokio::test]
async fn wrong_passwords_beside_the_sign_in_are_noted() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let token = invite(&suite, "maya@harbour.example").await;
    let post = http::Method::POST;
    suite.post("/api/auth/invitation", accepted(&token, "a guessed word")).await.expect(422);
    assert_eq!(refusals(&suite).await, 1);
    suite.stage.advance(SignedDuration::from_secs(60));
    let guess = json!({"password": "a guess"});
    send_as(&suite, post.clone(), "/api/auth/confirm", &session, guess).await.expect(422);
    assert_eq!(refusals(&suite).await, 2);
    suite.stage.advance(SignedDuration::from_secs(60));
    let change = json!({"current_password": "a guess", "new_password": "a better horse"});
    send_as(&suite, post, "/api/auth/password", &session, change).await.expect(422);
    assert_eq!(refusals(&suite).await, 3);
}

#[tokio::test]
async fn switch_to_another_workspace_is_a_sign_in_there() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    let before = kinds(&suite).await;
    suite.stage.advance(SignedDuration::from_secs(1));
    let back = switch(&suite, &joined, &own["workspace"]["id"]).await.expect(200);
    let workspace = back["workspace"]["id"].as_str().unwrap().parse().unwrap();
    let page = PageRequest { limit: 100, cursor: None };
    let there = suite.stage.ports.access_log().list(&workspace, page).await.unwrap().items;
    assert_eq!(before, [AccessKind::SignedIn], "she has signed in to the workspace that she joined");
    assert_eq!(there.len(), 2, "the sign-up, and the switch: {there:?}");
}

/// The log of changes is kept for good, and an event tells all open pages.
#[tokio::test]
async fn entries_have_no_event() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    log_in(&suite, "a guess").await.expect(401);
    let records = suite.stage.stream();
    let is_entry =
        |record: &&Value| record.pointer("/dynamodb/NewImage/entity/S") == Some(&json!("access_record"));
    let entries: Vec<_> = records.iter().filter(is_entry).collect();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.pointer("/dynamodb/NewImage/ev").is_none()), "{entries:?}");
}
