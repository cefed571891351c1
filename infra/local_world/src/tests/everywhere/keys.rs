//! Programs with API keys: one call of each function that serves them, with a key of its own.

use super::super::story::Story;
use super::id_of;
use anyhow::{Context, Result};
use serde_json::json;

/// A route of each function that programs may call, and the scope that it needs.
const CALLS: [(&str, &str); 12] = [
    ("leads:read", "/api/leads"),
    ("leads:read", "/api/imports"),
    ("leads:read", "/api/icp"),
    ("leads:read", "/api/prospects/providers"),
    ("campaigns:read", "/api/campaigns"),
    ("sequences:read", "/api/sequences"),
    ("sequences:read", "/api/templates"),
    ("inbox:read", "/api/inbox"),
    ("tasks:read", "/api/tasks"),
    ("reports:read", "/api/dashboard/stats"),
    ("reports:read", "/api/revenue"),
    ("suppressions:read", "/api/settings/suppressions"),
];

pub async fn walk(story: &Story) -> Result<()> {
    for (scope, path) in CALLS {
        let created = story.post("/api/keys", json!({ "name": path, "scopes": [scope] })).await?;
        let program = story.api.with_key(created["secret"].as_str().context("a secret")?);
        program.get(path).await?;
        program.get(path).await?;
        story.delete(&format!("/api/keys/{}", id_of(&created)?)).await?;
        assert!(program.get(path).await.is_err(), "{path} accepts a revoked key");
    }
    story.get("/api/settings/access-log").await?;
    let keys = story.get("/api/keys").await?;
    assert_eq!(keys["total"], CALLS.len());
    Ok(())
}
