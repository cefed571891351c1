//! Commissions: rates, credits of a client, and a month that is closed. Targets: set, and read with what was reached.

use super::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::json;

/// Credits the only user with the client, and closes the month before.
pub(super) async fn walk(story: &Story, client: &str) -> Result<()> {
    let team = story.get("/api/team").await?;
    let user = team["items"][0]["id"].as_str().context("a user")?.to_owned();
    let plan = json!({ "tiers": [{ "from_minor": 0, "basis_points": 1000 }] });
    story.ask(Method::PUT, "/api/commissions/plan", Some(plan)).await?;
    assert_eq!(story.get("/api/commissions/plan").await?["tiers"][0]["basis_points"], 1000);
    let credits = json!({ "credits": [{ "user": user, "percent": 100 }] });
    story.ask(Method::PUT, &format!("/api/clients/{client}/credits"), Some(credits)).await?;
    let now = story.get("/api/commissions").await?;
    assert_eq!(now["earnings"][0]["user"], json!(user), "{now}");
    assert_ne!(story.get("/api/commissions/lines").await?["total"], 0);
    let closed = story.post("/api/commissions/close", json!({ "month": "2026-01" })).await?;
    assert!(closed["closed_at"].is_string(), "{closed}");
    let month = story.get("/api/targets").await?["month"].as_str().context("a month")?.to_owned();
    let targets = json!({ "team": { "won": 4 }, "members": [{ "user": user, "targets": { "calls": 40 } }] });
    story.ask(Method::PUT, &format!("/api/targets/{month}"), Some(targets)).await?;
    let shown = story.get(&format!("/api/targets?month={month}")).await?;
    assert_eq!(shown["team"]["won"]["target"], 4, "{shown}");
    Ok(())
}
