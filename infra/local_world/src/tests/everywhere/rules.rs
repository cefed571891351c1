//! Trigger rules of a workspace, those that set follow-ups included.

use super::{Story, id_of};
use anyhow::Result;
use serde_json::json;

/// Adds a rule for leads who reply positively; adds another, switches it off and deletes it.
pub(super) async fn rules(story: &mut Story) -> Result<()> {
    let sequence = story.sequence(30).await?;
    let campaign = story.campaign(&sequence).await?;
    let actions = json!([
        { "do": "stop" }, { "do": "enrol", "campaign": campaign }, { "do": "create_task", "title": "Ring them" }, { "do": "notify" }
    ]);
    let new = json!({ "name": "Answers", "when": { "event": "answered_positively" }, "actions": actions });
    story.post("/api/settings/rules", new).await?;
    let spare =
        json!({ "name": "Spare", "when": { "event": "turned_hot" }, "actions": [{ "do": "notify" }] });
    let spare = format!("/api/settings/rules/{}", id_of(&story.post("/api/settings/rules", spare).await?)?);
    story.patch(&spare, json!({ "enabled": false })).await?;
    story.delete(&spare).await?;
    let follow_up = json!({
        "name": "Call again",
        "when": { "event": "call_ended", "outcome": "no_answer" },
        "actions": [{ "do": "set_follow_up", "working_days": 2, "note": "Call again" }],
    });
    story.post("/api/settings/rules", follow_up).await?;
    story.get("/api/settings/rules").await.map(drop)
}
