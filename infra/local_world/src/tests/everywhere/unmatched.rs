//! Messages that match no lead, and the HTML version of an answer.

use super::{Story, id_of};
use anyhow::{Context, Result, bail};
use serde_json::json;

/// Shows the HTML of an answer. Every other answer has none, by the sandbox's seed.
pub(super) async fn show_html(story: &mut Story, (lead, mail): (&str, usize)) -> Result<()> {
    for _ in 0..10 {
        let said = story.get(&format!("/api/messages?lead={lead}")).await?;
        let html = said["items"].as_array().into_iter().flatten().find_map(|one| one["html_url"].as_str());
        if let Some(html) = html {
            return story.get(html).await.map(drop);
        }
        story.world.sandbox.reply_to_mail(mail, "And bring the plans.");
        story.live(2).await?;
    }
    bail!("no answer has an HTML version");
}

/// Dismisses and restores a text from an unknown number, makes a lead of it and links it.
pub(super) async fn unmatched(story: &mut Story) -> Result<()> {
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
