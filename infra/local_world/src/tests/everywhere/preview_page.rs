//! A campaign's preview page: drafted, looked at, saved, changed and reset.

use super::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::json;

pub(super) async fn walk(story: &mut Story, campaign: &str, lead: &str) -> Result<()> {
    let path = format!("{campaign}/page");
    let mut page = story.get(&path).await?;
    let blocks = page["blocks"].clone();
    let draft = story.post(&format!("{path}/draft"), json!({ "blocks": blocks, "lead_id": lead })).await?;
    let address = draft["path"].as_str().context("the address of the draft")?.to_owned();
    let shown = story.get(&address).await?.to_string();
    anyhow::ensure!(shown.contains("block-0"), "the draft is not shown: {shown}");
    page["blocks"][0]["headline"] = json!("A page of its own");
    story.ask(Method::PUT, &path, Some(json!({ "blocks": page["blocks"] }))).await?;
    story.ask(Method::PUT, &path, Some(json!({ "blocks": page["blocks"], "rev": 1 }))).await?;
    story.delete(&path).await?;
    Ok(())
}
