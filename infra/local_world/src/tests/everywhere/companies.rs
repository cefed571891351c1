//! Companies: the list, one company with its people's story, and what is noted about it.

use super::Story;
use anyhow::Result;
use serde_json::json;

/// Makes two people at one company, reads it in every way, and notes something about it.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    for name in ["ann", "ben"] {
        let lead = json!({ "email": format!("{name}@company-walk.example"), "company": "Company Walk" });
        story.post("/api/leads", lead).await?;
    }
    story.live(1).await?;
    let found = story.get("/api/companies?q=company-walk").await?;
    assert_eq!((&found["total"], &found["items"][0]["leads"]), (&json!(1), &json!(2)), "{found}");
    let noted = json!({ "name": "The Walk", "note": "Two people", "parent": "walk.example" });
    story.patch("/api/companies/company-walk.example", noted).await?;
    let company = story.get("/api/companies/company-walk.example").await?;
    assert_eq!((&company["name"], &company["note"]), (&json!("The Walk"), &json!("Two people")), "{company}");
    let told = story.get("/api/companies/company-walk.example/timeline").await?;
    assert_eq!(told["of"], json!(2), "{told}");
    Ok(())
}
