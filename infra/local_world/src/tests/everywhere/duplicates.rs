//! Two leads with one name at one company: found, dismissed, proposed again, merged and separated.

use super::Story;
use anyhow::{Result, ensure};
use serde_json::json;

pub(super) async fn walk(story: &mut Story) -> Result<()> {
    for email in ["twin@one.example", "twin@two.example"] {
        let twin = json!({ "first_name": "Tess", "last_name": "Twin", "company": "Twins", "email": email });
        story.post("/api/leads", twin).await?;
    }
    story.post("/api/leads/duplicates", json!({})).await?;
    story.live(5).await?;
    let found = story.get("/api/leads/duplicates").await?;
    let leads = found["items"][0]["leads"].as_array().cloned().unwrap_or_default();
    ensure!(leads.len() == 2, "the twins are not found: {found}");
    let group = json!({ "lead_ids": [leads[0]["id"], leads[1]["id"]] });
    story.post("/api/leads/duplicates/dismiss", group.clone()).await?;
    story.post("/api/leads/duplicates/propose", group).await?;
    let (stays, goes) = (leads[0]["id"].clone(), leads[1]["id"].clone());
    story.post("/api/leads/merge/preview", json!({ "leads": [stays, goes] })).await?;
    story.post("/api/leads/merge", json!({ "into": stays, "leads": [goes] })).await?;
    let path = format!("/api/leads/{}", stays.as_str().unwrap_or_default());
    let merges = story.get(&format!("{path}/merges")).await?;
    ensure!(merges["items"][0]["lead"] == goes, "the merge is not listed: {merges}");
    story.post(&format!("{path}/unmerge"), json!({ "lead": goes })).await.map(drop)
}
