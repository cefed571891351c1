//! A lead held for a missing value is released once the value is there, or by a user.

use super::{Story, id_of};
use anyhow::{Context, Result};
use serde_json::json;

pub(super) async fn missing_values(story: &mut Story) -> Result<()> {
    let now = json!({ "amount": 0, "unit": "minutes" });
    let step = json!({ "kind": "email", "subject": "Hi", "body": "As a {{ job_title }}", "delay": now });
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    let new = json!({ "name": "By job", "steps": [step], "window": always });
    let sequence = id_of(&story.post("/api/sequences", new).await?)?;
    let path = format!("/api/campaigns/{}", story.campaign(&sequence).await?);
    let mut leads = Vec::new();
    for name in ["Ida", "Ivo"] {
        let mail = format!("{name}@walk.example").to_lowercase();
        let new = json!({ "first_name": name, "email": mail, "job_title": "Dentist" });
        leads.push(id_of(&story.post("/api/leads", new).await?)?);
    }
    story.post(&format!("{path}/enrolments"), json!({ "lead_ids": leads })).await?;
    for lead in &leads {
        story.patch(&format!("/api/leads/{lead}"), json!({ "job_title": "" })).await?;
    }
    story.post(&format!("{path}/launch"), json!({})).await?;
    story.live(5).await?;
    assert_eq!(held(story, &path).await?, 2, "{}", story.get(&format!("{path}/enrolments")).await?);
    story.patch(&format!("/api/leads/{}", leads[0]), json!({ "job_title": "Dentist" })).await?;
    story.live(5).await?;
    assert_eq!(held(story, &path).await?, 1);
    let released = story.post(&format!("{path}/release"), json!({ "reason": "missing_value" })).await?;
    assert_eq!(released["state"], "active", "{released}");
    story.live(65).await?;
    assert_eq!(held(story, &path).await?, 1, "it lacks it still");
    story.post(&format!("{path}/complete"), json!({})).await.map(drop)
}

async fn held(story: &Story, path: &str) -> Result<usize> {
    let page = story.get(&format!("{path}/enrolments?state=held")).await?;
    Ok(page["items"].as_array().with_context(|| format!("a list in {page}"))?.len())
}
