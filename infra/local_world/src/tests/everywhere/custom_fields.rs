//! Custom fields of a workspace, and a lead that has values of them.

use super::{Story, id_of};
use anyhow::Result;
use http::Method;
use serde_json::json;

/// Adds two fields, changes and sorts them, gives a lead their values, and deletes one.
pub(super) async fn walk(story: &Story) -> Result<()> {
    let plan = json!({ "label": "Plan", "kind": "choice", "options": ["Gold", "Silver"] });
    let plan = id_of(&story.post("/api/fields", plan).await?)?;
    let seats = id_of(&story.post("/api/fields", json!({ "label": "Seats", "kind": "number" })).await?)?;
    story.patch(&format!("/api/fields/{plan}"), json!({ "label": "Tariff" })).await?;
    story.ask(Method::PUT, "/api/fields/order", Some(json!({ "fields": [seats, plan] }))).await?;
    let custom = json!({ "Plan": "gold", "Seats": 12 });
    let lead = json!({ "email": "fields@walk.example", "custom": custom });
    let lead = story.post("/api/leads", lead).await?;
    assert_eq!(lead["custom"], json!({ "Plan": "Gold", "Seats": "12" }));
    story.delete(&format!("/api/fields/{seats}")).await?;
    let left = story.get("/api/fields").await?;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "{left}");
    Ok(())
}
