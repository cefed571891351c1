//! The access log as admins read it.

use super::{suite, text};
use domain::workspace::user::Role;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn uses_of_a_key_are_listed_once_an_hour_to_admins_alone() {
    let mut suite = suite().await;
    let new = json!({"name": "Form", "scopes": ["suppressions:read"]});
    let key = suite.post("/api/keys", new).await.expect(201);
    suite.use_key(&text(&key["secret"]));
    for minutes in [0, 10, 50] {
        suite.stage.advance(SignedDuration::from_mins(minutes));
        suite.get("/api/settings/suppressions").await.expect(200);
    }
    suite.get("/api/settings/access-log").await.expect(403);
    suite.sign_in(Role::Admin);
    let log = suite.get("/api/settings/access-log").await.expect(200);
    let entries = log["items"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{log}");
    assert_eq!((&entries[0]["kind"], &entries[0]["by"]), (&json!("key_used"), &key["id"]));
    suite.sign_in(Role::Manager);
    suite.get("/api/settings/access-log").await.expect(403);
}
