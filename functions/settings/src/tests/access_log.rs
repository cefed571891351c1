//! The access log as admins read it.

use super::{suite, text};
use application::identity::access_log::{AccessLog, Origin};
use application::{PageRequest, Ports};
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

/// A thief of a key works from another network in the same hour.
#[tokio::test]
async fn use_of_a_key_is_listed_once_an_hour_for_each_network() {
    let suite = suite().await;
    let new = json!({"name": "Form", "scopes": ["suppressions:read"]});
    suite.post("/api/keys", new).await.expect(201);
    let key = suite.stage.ports.api_keys().list(&suite.workspace).await.unwrap().remove(0);
    // Two processes, of which neither knows what the other one noted.
    for log in [AccessLog::new(&suite.stage.ports), AccessLog::new(&suite.stage.ports)] {
        for network in ["192.0.2.1", "198.51.100.7", "192.0.2.1"] {
            log.note_key_use(&key, Origin { network, device: None }).await;
        }
    }
    let page = PageRequest { limit: 100, cursor: None };
    let noted = suite.stage.ports.access_log().list(&suite.workspace, page).await.unwrap().items;
    assert_eq!(noted.len(), 2, "{noted:?}");
    assert_ne!(noted[0].network, noted[1].network);
}
