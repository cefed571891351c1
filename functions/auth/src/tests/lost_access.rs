//! Access that a user loses: what they leave behind opens nothing, also where something failed on the way.

use super::*;
use application::identity::api_keys::new_secret;
use domain::ApiKeyId;
use domain::workspace::api_key::{ApiKey, ApiKeyState, ApiScope};
use http::Method;
use local_cloud::{Fault, Moment};
use std::collections::BTreeSet;

/// Maya, an admin of the suite's workspace, with a key that she made there.
async fn maya_with_key(suite: &Suite) -> (Value, User) {
    let token = invite(suite, "maya@harbour.example").await;
    let session = suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(201);
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let id = session["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut maya = ports.users().get(&suite.workspace, &id).await.unwrap();
    maya.role = Role::Admin;
    maya.rev = ports.users().save(&maya, &disabled(suite)).await.unwrap();
    let secret = new_secret(&*ports.ids());
    let key = ApiKey {
        id: ApiKeyId::new(ports.ids().next()),
        workspace: suite.workspace.clone(),
        name: "Form".to_owned(),
        prefix: secret.prefix,
        secret_hash: secret.hash,
        scopes: BTreeSet::from([ApiScope::LeadsWrite]),
        requests_per_minute: 60,
        created_by: maya.id.clone(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        rev: 0,
    };
    ports.api_keys().create(&key, &Event::system(EventKind::ApiKeyCreated, now)).await.unwrap();
    (session, maya)
}

async fn key_state(suite: &Suite) -> ApiKeyState {
    let keys = suite.stage.ports.api_keys().list(&suite.workspace).await.unwrap();
    keys[0].state(suite.stage.clock.now())
}

async fn leave(suite: &Suite, session: &Value) -> Reply {
    bearer(suite, Method::POST, "/api/auth/leave", session).await
}

#[tokio::test]
async fn keys_of_a_member_who_leaves_are_revoked() {
    let suite = suite().await;
    let (session, _) = maya_with_key(&suite).await;
    leave(&suite, &session).await.expect(204);
    assert_eq!(key_state(&suite).await, ApiKeyState::Revoked);
}

/// No user is out whose key works, whatever call of the cloud fails.
#[tokio::test]
async fn member_whose_leaving_fails_anywhere_leaves_no_live_key_behind() {
    for at in 0.. {
        let suite = suite().await;
        let (session, maya) = maya_with_key(&suite).await;
        let writes = std::sync::atomic::AtomicUsize::new(0);
        suite.stage.cloud.faults().inject(move |moment, call| {
            let is_write =
                moment == Moment::Before && ["PutItem", "TransactWriteItems"].contains(&call.operation);
            let here = is_write && writes.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == at;
            here.then(|| Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() })
        });
        let first = leave(&suite, &session).await.status;
        suite.stage.cloud.faults().clear();
        let users = suite.stage.ports.users();
        let is_out = users.get(&suite.workspace, &maya.id).await.unwrap().disabled;
        assert!(!is_out || key_state(&suite).await == ApiKeyState::Revoked, "at write {at}");
        if first.is_success() {
            assert!(at >= 2, "the key and the user are written");
            break;
        }
        leave(&suite, &session).await.expect(204);
        assert_eq!(key_state(&suite).await, ApiKeyState::Revoked, "at write {at}");
    }
}

#[tokio::test]
async fn session_of_a_member_who_was_disabled_stays_over_when_they_come_back() {
    let suite = suite().await;
    let (session, maya) = maya_with_key(&suite).await;
    me(&suite, &session).await.expect(200);
    let mut gone = maya.clone();
    gone.disable();
    gone.rev = change(&suite, &maya, &gone).await.unwrap();
    let back = User { disabled: false, ..gone.clone() };
    change(&suite, &gone, &back).await.unwrap();
    suite.stage.advance(SignedDuration::from_secs(60));
    assert_eq!(me(&suite, &session).await.expect(401)["code"], "session_ended");
    assert_eq!(refresh(&suite, &session).await.expect(401)["code"], "session_ended");
    log_in(&suite, "correct horse").await.expect(200);
}

#[tokio::test]
async fn invitation_of_a_member_who_left_is_read_and_accepted_by_nobody() {
    let suite = suite().await;
    let (session, maya) = maya_with_key(&suite).await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let token = invite(&suite, "ben@northquay.example").await;
    let id = ports.users().invitations(&suite.workspace).await.unwrap().remove(0).id;
    let mut invitation = ports.users().invitation(&suite.workspace, &id).await.unwrap();
    let by = (Actor::User(maya.id), now);
    let hers = create_invitation(&*ports.users(), &*ports.ids(), &mut invitation, by).await.unwrap();
    suite.post("/api/auth/invitation/read", json!({"token": token})).await.expect(410);
    suite.post("/api/auth/invitation/read", json!({"token": hers})).await.expect(200);
    leave(&suite, &session).await.expect(204);
    suite.post("/api/auth/invitation/read", json!({"token": hers})).await.expect(410);
    suite.post("/api/auth/invitation", accepted(&hers, "a long password")).await.expect(410);
}
