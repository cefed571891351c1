//! Stages and the board, segments and views of the lead list, and an automatic enrolment that goes by a segment.

use super::{Story, id_of};
use anyhow::Result;
use http::Method;
use serde_json::json;

/// Saves a rule, counts, lists and changes it, shows it in a view, and deletes both.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let rule = json!({ "all": [{ "if": { "field": "custom.Plan", "filled": true } }] });
    let count = story.post("/api/segments/count", json!({ "rule": rule })).await?;
    let segment = json!({ "name": "On a plan", "rule": rule });
    let segment = id_of(&story.post("/api/segments", segment).await?)?;
    let path = format!("/api/segments/{segment}");
    let listed =
        story.get(&format!("/api/leads?segment={segment}&columns=custom.Plan&sort=custom.Plan")).await?;
    assert_eq!(listed["total"], count["total"], "{listed}");
    assert_eq!(listed["items"][0]["fields"]["custom.Plan"], "Premium", "{listed}");
    story.patch(&path, json!({ "name": "With a plan" })).await?;
    assert_eq!(story.get(&path).await?["name"], "With a plan");
    let view = json!({ "name": "Plans", "segment": segment, "columns": ["company", "custom.Plan"] });
    let view = id_of(&story.post("/api/views", view).await?)?;
    story.patch(&format!("/api/views/{view}"), json!({ "shared": true })).await?;
    let sequence = story.sequence(30).await?;
    let campaign = format!("/api/campaigns/{}", story.campaign(&sequence).await?);
    let auto_enrol = json!({ "filter": { "segment": segment }, "per_day": 5 });
    story.patch(&campaign, json!({ "auto_enrol": auto_enrol })).await?;
    let in_use = story.delete(&path).await.map_err(|error| format!("{error:#}"));
    assert!(in_use.as_ref().is_err_and(|error| error.contains("409")), "{in_use:?}");
    story.patch(&campaign, json!({ "auto_enrol": null })).await?;
    for path in ["/api/segments", "/api/views"] {
        assert_eq!(story.get(path).await?["items"].as_array().map(Vec::len), Some(1), "{path}");
    }
    story.delete(&format!("/api/views/{view}")).await?;
    stages(story).await?;
    story.delete(&path).await.map(drop)
}

/// Renames a stage, and looks at the board.
async fn stages(story: &mut Story) -> Result<()> {
    let mut stages = story.get("/api/stages").await?;
    stages["stages"][3]["name"] = json!("Meeting held");
    story.ask(Method::PUT, "/api/stages", Some(stages)).await?;
    let board = story.get("/api/leads/board?closed_days=30").await?;
    assert_eq!(board["columns"].as_array().map(Vec::len), Some(6), "{board}");
    Ok(())
}
