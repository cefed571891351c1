//! A lead that is deleted, listed, restored, deleted with others, and erased.

use super::Story;
use anyhow::{Result, ensure};
use serde_json::json;

pub(super) async fn walk(story: &Story, lead: &str) -> Result<()> {
    let path = format!("/api/leads/{lead}");
    story.delete(&path).await?;
    let listed = story.get("/api/leads/deleted").await?;
    ensure!(listed["items"][0]["id"] == lead, "the deleted lead is not listed: {listed}");
    story.post(&format!("{path}/restore"), json!({})).await?;
    let many = story.post("/api/leads/delete", json!({ "ids": [lead] })).await?;
    story.post("/api/leads/restore", json!({ "ids": many["deleted"] })).await?;
    story.get(&path).await?;
    story.post(&format!("{path}/erase"), json!({})).await.map(drop)
}
