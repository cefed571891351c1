//! Custom fields of a workspace, and a lead that has values of them.

use super::{Story, id_of};
use anyhow::Result;
use http::Method;
use serde_json::json;

/// Adds two fields, changes and sorts them, gives a lead their values, renames an option, and deletes one.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let plan = json!({ "label": "Plan", "kind": "choice", "options": ["Gold", "Silver"] });
    let plan = id_of(&story.post("/api/fields", plan).await?)?;
    let seats = id_of(&story.post("/api/fields", json!({ "label": "Seats", "kind": "number" })).await?)?;
    story.patch(&format!("/api/fields/{plan}"), json!({ "label": "Tariff" })).await?;
    story.ask(Method::PUT, "/api/fields/order", Some(json!({ "fields": [seats, plan] }))).await?;
    let custom = json!({ "Plan": "gold", "Seats": 12 });
    let lead = json!({ "email": "fields@walk.example", "custom": custom });
    let lead = story.post("/api/leads", lead).await?;
    assert_eq!(lead["custom"], json!({ "Plan": "Gold", "Seats": "12" }));
    let renamed = json!({ "options": ["Premium", "Silver"], "renamed_options": { "Gold": "Premium" } });
    story.patch(&format!("/api/fields/{plan}"), renamed).await?;
    story.live(5).await?;
    let used = story.get(&format!("/api/fields/{plan}/use?count=true")).await?;
    assert_eq!((&used["options"][0]["leads"], &used["rename"]), (&json!(1), &json!(null)), "{used}");
    assert_eq!(story.get("/api/fields/opt-outs").await?["items"], json!([]));
    let answer = json!({ "target": null });
    story.ask(Method::POST, &format!("/api/fields/{plan}/opt-outs"), Some(answer)).await?;
    story.delete(&format!("/api/fields/{seats}")).await?;
    let left = story.get("/api/fields").await?;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "{left}");
    Ok(())
}
