//! API keys: created, listed, used within their limit, and revoked.

use super::{fields, suite, text};
use application::Ports;
use domain::workspace::user::Role;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

const LIST: &str = "/api/settings/suppressions";

async fn created(suite: &Suite, more: Value) -> Value {
    let mut new = json!({ "name": "Website form", "scopes": ["suppressions:read", "suppressions:write"] });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    suite.post("/api/keys", new).await.expect(201)
}

#[tokio::test]
async fn secret_is_shown_once_and_stored_only_as_its_digest() {
    let suite = suite().await;
    let key = created(&suite, json!({ "expires_in_days": 30 })).await;
    let secret = text(&key["secret"]);
    assert!(secret.starts_with(&text(&key["prefix"])) && secret.len() == 51, "{secret}");
    assert_eq!(text(&key["prefix"]).len(), 11);
    let listed = suite.get("/api/keys").await.expect(200);
    assert!(!listed.to_string().contains(&secret), "a list shows no secret");
    let shown = &listed["items"][0];
    assert_eq!(
        (&shown["name"], &shown["state"], &shown["last_used_at"], &shown["requests_per_minute"]),
        (&json!("Website form"), &json!("active"), &Value::Null, &json!(120))
    );
    assert_eq!((&shown["created_by"], &shown["expires_at"]), (&json!(suite.user), &key["expires_at"]));
    let stored = suite.stage.ports.api_keys().list(&suite.workspace).await.unwrap();
    assert!(!format!("{stored:?}").contains(&secret[11..]));
    assert_eq!(stored[0].secret_hash.len(), 64);
}

#[tokio::test]
async fn new_key_names_every_invalid_field() {
    let suite = suite().await;
    let wrong = json!({ "name": " ", "scopes": [], "expires_in_days": 0, "requests_per_minute": 1_001 });
    let problem = suite.post("/api/keys", wrong).await.expect(422);
    assert_eq!(fields(&problem), ["name", "scopes", "expires_in_days", "requests_per_minute"]);
    suite.post("/api/keys", json!({ "name": "x", "scopes": ["billing:write"] })).await.expect(422);
}

#[tokio::test]
async fn only_admins_manage_keys() {
    let mut suite = suite().await;
    let key = created(&suite, json!({})).await;
    let path = format!("/api/keys/{}", text(&key["id"]));
    suite.sign_in(Role::Manager);
    suite.get("/api/keys").await.expect(403);
    suite.post("/api/keys", json!({})).await.expect(403);
    suite.delete(&path).await.expect(403);
    suite.use_key(&text(&key["secret"]));
    assert_eq!(suite.get("/api/keys").await.expect(403)["code"], "not_for_keys");
    let other = suite.other_workspace().await;
    suite.sign_in_to(other, Role::Owner);
    suite.delete(&path).await.expect(404);
    suite.sign_in(Role::Admin);
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(204);
    assert_eq!(suite.get("/api/keys").await.expect(200)["items"][0]["state"], "revoked");
}

/// A key that Ben, an admin, has made, and the owner, who is signed in.
async fn key_of_ben() -> (Suite, String, Value) {
    let mut suite = suite().await;
    let owner = suite.user.clone();
    let ben = suite.stage.add_user(&suite.workspace, "ben", Role::Admin).await;
    suite.user = ben.clone();
    suite.sign_in(Role::Admin);
    let key = created(&suite, json!({})).await;
    suite.user = owner;
    suite.sign_in(Role::Owner);
    (suite, format!("/api/team/{ben}"), key)
}

#[tokio::test]
async fn keys_of_a_user_who_is_disabled_are_revoked() {
    let (mut suite, ben, key) = key_of_ben().await;
    let own = created(&suite, json!({})).await;
    suite.patch(&ben, json!({"disabled": true})).await.expect(200);
    suite.use_key(&text(&key["secret"]));
    assert_eq!(suite.get(LIST).await.expect(401)["code"], "key_revoked");
    suite.use_key(&text(&own["secret"]));
    suite.get(LIST).await.expect(200);
}

#[tokio::test]
async fn keys_of_a_user_who_is_disabled_go_on_where_an_admin_takes_them_over() {
    let (mut suite, ben, key) = key_of_ben().await;
    let me = suite.user.to_string();
    suite.patch(&ben, json!({"disabled": true, "keep_keys": true})).await.expect(200);
    assert_eq!(suite.get("/api/keys").await.expect(200)["items"][0]["created_by"], me);
    suite.use_key(&text(&key["secret"]));
    suite.get(LIST).await.expect(200);
}

#[tokio::test]
async fn keys_of_the_last_owner_who_cannot_leave_go_on() {
    let mut suite = suite().await;
    let key = created(&suite, json!({})).await;
    let me = format!("/api/team/{}", suite.user);
    assert_eq!(suite.patch(&me, json!({"disabled": true})).await.expect(409)["code"], "last_owner");
    suite.use_key(&text(&key["secret"]));
    suite.get(LIST).await.expect(200);
}

#[tokio::test]
async fn revoked_key_is_refused_at_its_next_request() {
    let mut suite = suite().await;
    let key = created(&suite, json!({})).await;
    suite.use_key(&text(&key["secret"]));
    suite.get(LIST).await.expect(200);
    suite.sign_in(Role::Owner);
    suite.delete(&format!("/api/keys/{}", text(&key["id"]))).await.expect(204);
    suite.use_key(&text(&key["secret"]));
    assert_eq!(suite.get(LIST).await.expect(401)["code"], "key_revoked");
}

#[tokio::test]
async fn key_over_its_limit_is_told_when_to_come_again() {
    let mut suite = suite().await;
    let key = created(&suite, json!({ "requests_per_minute": 2 })).await;
    let other = created(&suite, json!({ "requests_per_minute": 2 })).await;
    suite.use_key(&text(&key["secret"]));
    suite.get(LIST).await.expect(200);
    suite.get(LIST).await.expect(200);
    let refused = suite.get(LIST).await;
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.expect(429)["code"], "too_many_requests");
    suite.use_key(&text(&other["secret"]));
    suite.get(LIST).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(wait));
    suite.use_key(&text(&key["secret"]));
    suite.get(LIST).await.expect(200);
}

#[tokio::test]
async fn refused_request_does_not_count_against_the_limit() {
    let mut suite = suite().await;
    let key = created(&suite, json!({ "requests_per_minute": 1, "scopes": ["suppressions:read"] })).await;
    suite.use_key(&text(&key["secret"]));
    let problem = suite.post(LIST, json!({})).await.expect(403);
    assert_eq!(
        (&problem["code"], &problem["detail"]),
        (&json!("scope_missing"), &json!("This API key lacks the scope suppressions:write."))
    );
    suite.get(LIST).await.expect(200);
    suite.get(LIST).await.expect(429);
}

#[tokio::test]
async fn last_use_is_kept_to_the_hour_and_leaves_the_revision_alone() {
    let mut program = suite().await;
    let key = created(&program, json!({})).await;
    let keys = program.stage.ports.api_keys();
    assert_eq!(keys.list(&program.workspace).await.unwrap()[0].last_used_at, None);
    program.use_key(&text(&key["secret"]));
    let mut seen = Vec::new();
    for minutes in [0, 10, 120] {
        program.stage.advance(SignedDuration::from_mins(minutes));
        program.get(LIST).await.expect(200);
        let kept = keys.list(&program.workspace).await.unwrap().remove(0);
        assert_eq!(kept.rev, 1);
        seen.push(kept.last_used_at.unwrap());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[2].duration_since(seen[0]), SignedDuration::from_hours(2));
    assert_eq!(seen[0].as_second() % 3_600, 0);
}

#[tokio::test]
async fn entry_that_a_program_adds_names_its_key() {
    let mut suite = suite().await;
    let key = created(&suite, json!({})).await;
    suite.use_key(&text(&key["secret"]));
    suite.post(LIST, json!({ "scope": "email", "value": "no@thanks.example" })).await.expect(201);
    let listed = suite.get(LIST).await.expect(200);
    assert_eq!(listed["items"][0]["created_by"], key["id"]);
}

#[tokio::test]
async fn repeated_request_of_a_program_is_done_once() {
    let mut suite = suite().await;
    let key = created(&suite, json!({})).await;
    suite.use_key(&text(&key["secret"]));
    let body = json!({ "scope": "email", "value": "no@thanks.example" });
    let once = [("idempotency-key", "form-77")];
    suite.send(Method::POST, LIST, Some(body.clone()), &once).await.expect(201);
    let again = suite.send(Method::POST, LIST, Some(body), &once).await;
    assert_eq!(again.headers["idempotent-replay"], "true");
}
