//! What look-ups and models cost, with caps and prices.

use super::Story;
use anyhow::Result;
use http::Method;
use serde_json::json;

/// Sets caps and a price, and reads the month.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let month = story.get("/api/spend").await?;
    assert_eq!(month["month_cap"], json!(100_000_000), "{month}");
    let price = json!({ "provider": "hunter", "kind": "find_email", "hit": 10_000, "miss": 0 });
    let sent = json!({ "month_cap": 20_000_000, "user_cap": 5_000_000, "calls": [price] });
    story.ask(Method::PUT, "/api/spend/settings", Some(sent)).await?;
    let month = story.get("/api/spend").await?;
    assert_eq!((&month["month_cap"], &month["user_cap"]), (&json!(20_000_000), &json!(5_000_000)), "{month}");
    Ok(())
}
