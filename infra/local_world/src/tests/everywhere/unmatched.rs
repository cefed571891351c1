//! Messages that match no lead, and the HTML version of a mail.

use super::{Story, id_of};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Shows a mail's HTML; then dismisses and restores a text from an unknown number, makes a lead of it and links it.
pub(super) async fn unmatched(story: &mut Story, said: &Value) -> Result<()> {
    let html = said["items"].as_array().into_iter().flatten().find_map(|one| one["html_url"].as_str());
    story.get(html.context("a mail with an HTML version")?).await?;
    let waiting = story.get("/api/inbox/unmatched").await?;
    let text = waiting["items"].as_array().into_iter().flatten().find(|one| one["text"] == "Who is this?");
    let path = format!("/api/inbox/unmatched/{}", id_of(text.context("the text that matches no lead")?)?);
    story.post(&format!("{path}/dismiss"), json!({})).await?;
    story.post(&format!("{path}/restore"), json!({})).await?;
    story.get(&format!("{path}/suggestions")).await?;
    let new = json!({ "first_name": "Wim", "phone": "+12025550123" });
    let lead = id_of(&story.post("/api/leads", new).await?)?;
    story.post(&format!("{path}/link"), json!({ "lead_id": lead })).await?;
    story.live(5).await?;
    let thread = story.get(&format!("/api/inbox/{lead}")).await?;
    assert_eq!(thread["messages"][0]["text"], "Who is this?");
    Ok(())
}
