//! Prospects: a provider is searched by filters, and those who were found are priced, added and enrolled.

use super::super::story::SANDBOX;
use super::{Story, id_of};
use anyhow::{Context, Result};
use serde_json::{Value, json};

pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let base_url = format!("{SANDBOX}/apollo");
    let settings = json!({ "kind": "data_provider", "provider": "apollo", "base_url": base_url });
    let secret = json!({ "api_key": sandbox::Credentials::APOLLO_KEY });
    let account = json!({ "name": "Apollo", "settings": settings, "secret": secret });
    story.post("/api/settings/accounts", account).await?;
    let providers = story.get("/api/prospects/providers").await?;
    let known = providers["items"].as_array().context("providers")?;
    assert!(known.iter().any(|one| one["provider"] == "apollo" && one["connected"] == true), "{providers}");
    let asked = json!({ "provider": "apollo", "filters": { "titles": ["owner"] }, "page_size": 10 });
    let estimate = story.post("/api/prospects/estimate", asked.clone()).await?;
    assert_eq!(estimate["most"], 0, "Apollo's search is free: {estimate}");
    let found = story.post("/api/prospects/search", asked).await?;
    let search = id_of(&found)?;
    let kept = story.get(&format!("/api/prospects/searches/{search}?page=1")).await?;
    assert_eq!(kept["items"], found["items"]);
    let items = found["items"].as_array().context("prospects")?;
    let ids: Vec<&Value> =
        items.iter().filter(|one| one["reachable"] == true).map(|one| &one["id"]).take(3).collect();
    assert!(!ids.is_empty(), "{found}");
    let add = json!({ "search": search, "ids": ids, "tags": ["found"], "dry_run": true });
    let priced = story.post("/api/prospects/add", add).await?;
    assert_eq!(priced["estimate"]["to_buy"], ids.len(), "{priced}");
    let campaign = draft_campaign(story).await?;
    let add = json!({ "search": search, "ids": ids, "tags": ["found"], "campaign": campaign });
    let added = story.post("/api/prospects/add", add).await?;
    assert!(added["counts"]["added"].as_u64().is_some_and(|count| count > 0), "{added}");
    assert!(added["cost"].as_u64() <= priced["estimate"]["most"].as_u64(), "{added}");
    assert!(added["job"].is_string(), "{added}");
    story.live(5).await?;
    Ok(())
}

/// Makes a campaign that sends nothing, because nobody launches it.
async fn draft_campaign(story: &Story) -> Result<String> {
    let delay = json!({ "amount": 1, "unit": "days" });
    let step = json!({ "kind": "email", "subject": "Hi", "body": "Do you have a minute?", "delay": delay });
    let sequence = id_of(&story.post("/api/sequences", json!({ "name": "Found", "steps": [step] })).await?)?;
    id_of(&story.post("/api/campaigns", json!({ "name": "Found", "sequence_id": sequence })).await?)
}
