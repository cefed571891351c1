//! What a model does for a draft, while its writer waits.

use super::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::json;

/// Scores and rewrites a draft, and has an answer to a conversation of the inbox drafted.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let text = "Hi {{first_name}},\nwe help practices like yours. Would Tuesday suit you?\nMaya";
    let score = story.post("/api/ai/score", json!({ "subject": "Hello", "text": text })).await?;
    assert!(score["points"].as_u64().is_some_and(|points| points > 50), "{score}");
    let asked = json!({ "subject": "Hello", "text": text, "rewrite": { "how": "shorter" } });
    let shorter = story.post("/api/ai/rewrite", asked).await?;
    assert_eq!(shorter["text"], "Hi {{first_name}},\nWould Tuesday suit you?\nMaya", "{shorter}");
    let asked = json!({ "description": "Reminders by text for dental practices in Leeds." });
    let proposed = story.post("/api/icp/propose", asked).await?;
    assert!(proposed["rules"].as_array().is_some_and(|rules| !rules.is_empty()), "{proposed}");
    let asked = json!({
        "offer": "We send reminders by text, so that practices lose fewer slots. From 79 EUR a month.",
        "steps": 3,
        "channels": ["email", "sms"],
    });
    let written = story.post("/api/ai/sequence", asked).await?;
    assert_eq!(written["messages"].as_array().map(Vec::len), Some(3), "{written}");
    let prompts = story.get("/api/ai/prompts").await?;
    assert_eq!(prompts["items"][2]["name"], "rewrite", "{prompts}");
    let own = json!({ "instructions": "Name the city where it is known.", "version": 0 });
    let saved = story.ask(Method::PUT, "/api/ai/prompts/rewrite", Some(own)).await?;
    assert_eq!(story.get("/api/ai/prompts/rewrite").await?, saved);
    let versions = story.get("/api/ai/prompts/rewrite/versions").await?;
    assert_eq!(versions["items"][0]["instructions"], saved["instructions"], "{versions}");
    let usage = story.get("/api/ai/usage").await?;
    assert!(usage["total"]["answered"].as_u64().is_some_and(|answered| answered > 2), "{usage}");
    let uses: Vec<&str> =
        usage["rows"].as_array().into_iter().flatten().filter_map(|row| row["ai_use"].as_str()).collect();
    assert!(["rewrite", "icp_proposal", "sequence"].iter().all(|asked| uses.contains(asked)), "{usage}");
    let inbox = story.get("/api/inbox?limit=50").await?;
    let lead = inbox["items"][0]["lead_id"].as_str().context("a conversation")?;
    let draft = story.post("/api/ai/draft-reply", json!({ "lead_id": lead })).await?;
    assert!(draft["text"].as_str().is_some_and(|text| !text.is_empty()), "{draft}");
    let asked = json!({ "instructions": "Be brief.", "lead_id": lead });
    let tried = story.post("/api/ai/prompts/reply_draft/try", asked).await?;
    assert!(tried["answer"].as_str().is_some_and(|text| !text.is_empty()), "{tried}");
    Ok(())
}
