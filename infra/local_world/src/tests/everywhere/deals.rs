//! Deals of a lead: added, changed, closed by themselves and with the lead, and summed.

use super::{Story, id_of};
use anyhow::Result;
use http::Method;
use serde_json::json;

/// Gives the lead a deal that is open afterwards, and one that is deleted again.
pub(super) async fn walk(story: &Story, lead: &str) -> Result<()> {
    let deals = format!("/api/leads/{lead}/deals");
    let new = |name: &str| json!({ "name": name, "amount_minor": 90_000, "currency": "EUR", "close_on": "2026-12-31" });
    let deal = id_of(&story.post(&deals, new("Booking page")).await?)?;
    let path = format!("/api/deals/{deal}");
    let changed = story.patch(&path, json!({ "amount_minor": 80_000, "probability": 50 })).await?;
    assert_eq!(changed["chance"], 50, "{changed}");
    assert_eq!(story.post(&format!("{path}/win"), json!({})).await?["state"], "won");
    assert_eq!(story.post(&format!("{path}/reopen"), json!({})).await?["state"], "open");
    assert_eq!(
        story.post(&format!("{path}/lose"), json!({ "lost_reason": "other" })).await?["state"],
        "lost"
    );
    story.post(&format!("{path}/reopen"), json!({})).await?;
    let other = id_of(&story.post(&deals, new("By mistake")).await?)?;
    story.ask(Method::DELETE, &format!("/api/deals/{other}"), None).await?;
    assert_eq!(story.get(&deals).await?["items"][0]["id"], json!(deal));
    story.get("/api/deals").await?;
    story.get("/api/deals/forecast").await?;
    story.get("/api/pipeline/health").await?;
    Ok(())
}
