//! Our own export, imported again with overwriting, changes no lead.

use super::story::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn own_export_imported_again_with_overwrite_changes_no_lead() -> Result<()> {
    let mut story = Story::begin().await?;
    story.import_leads(6).await?;
    for field in [
        json!({ "label": "Seats", "kind": "number" }),
        json!({ "label": "Website", "kind": "url" }),
        json!({ "label": "Fairs", "kind": "choices", "options": ["Bonn, Rhein", "Lyon"] }),
        json!({ "label": "Deal size", "kind": "money", "currency": "EUR" }),
        json!({ "label": "City", "kind": "date" }),
    ] {
        story.api.post("/api/fields", field).await?;
    }
    let mut left = Vec::new();
    for label in ["Score", "created_at"] {
        left.push(story.api.post("/api/fields", json!({ "label": label, "kind": "text" })).await?);
    }
    for new in [
        json!({ "email": "kinds@one.example", "custom": { "Seats": "1.234", "Website": "https://one.example/?a=1",
            "Fairs": ["Lyon", "Bonn, Rhein"], "Deal size": -1200.5, "City": "2026-03-04" } }),
        json!({ "company": "@home AG", "email": "info@athome.example", "tags": ["a, b"] }),
        json!({ "company": "'=quoted", "email": "info@quoted.example", "custom": { "Score": "7", "created_at": "2025" } }),
        json!({ "company": "Quay \"Dental\", Ltd; North", "phone": "+49 171 3920012", "tags": ["x, y", "z"] }),
        json!({ "first_name": "'t", "last_name": "Van der Berg", "email": "berg@one.example", "country": "NL" }),
        json!({ "first_name": "Ana María", "email": "ana@one.example", "priority": "high",
            "follow_up_at": "2026-12-01T09:00:00Z", "phone": "+12025550123" }),
    ] {
        story.api.post("/api/leads", new).await?;
    }
    // Their values stay with the lead, which no longer shows them as fields.
    for field in left {
        story.api.delete(&format!("/api/fields/{}", field["id"].as_str().context("an id")?)).await?;
    }
    story.live(10).await?;
    let before = leads(&story).await?;
    let file = story.ask(Method::GET, "/api/leads/export.csv", None).await?;
    let file = file.as_str().context("a CSV file")?.as_bytes().to_vec();
    let new = json!({ "file_name": "leads.csv", "size_bytes": file.len(),
        "options": { "duplicates": "overwrite", "enrich": false } });
    let made = story.api.post("/api/imports", new).await?;
    let path = format!("/api/imports/{}", made["id"].as_str().context("an id")?);
    story.api.put(&format!("{path}/chunks/0"), "application/octet-stream", file).await?;
    story.api.post(&format!("{path}/detect"), json!({})).await?;
    story.api.post(&format!("{path}/commit"), json!({})).await?;
    story.live(10).await?;
    let import = story.api.get(&path).await?;
    let counts = import["counts"].clone();
    let fills = |header: &str| {
        let columns = import["columns"].as_array().into_iter().flatten();
        columns.filter(|column| column["header"] == header).map(|column| column["field"].clone()).next()
    };
    for (header, key) in [("Seats", "Seats"), ("Website", "Website"), ("custom.City", "City")] {
        assert_eq!(fills(header), Some(json!(key)), "{import}");
    }
    assert_eq!(story.api.get("/api/fields").await?["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(
        (&counts["created"], &counts["rejected"], &counts["warnings"], &counts["rows"]),
        (&json!(0), &json!(0), &json!(0), &json!(before.len())),
        "{counts}"
    );
    for (before, after) in before.iter().zip(leads(&story).await?) {
        assert_eq!(*before, after);
    }
    Ok(())
}

/// All leads as the API shows them, without what time alone changes.
async fn leads(story: &Story) -> Result<Vec<Value>> {
    let mut leads = Vec::new();
    for id in story.leads().await? {
        let mut lead = story.api.get(&format!("/api/leads/{id}")).await?;
        for field in ["score", "reasons", "temperature"] {
            lead.as_object_mut().context("a lead")?.remove(field);
        }
        leads.push(lead);
    }
    Ok(leads)
}
