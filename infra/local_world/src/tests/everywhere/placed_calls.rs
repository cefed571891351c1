//! A call to a lead, from the user's own phone to its end, and one that is hung up.

use super::super::story::Story;
use super::id_of;
use anyhow::{Result, ensure};
use application::Clock;
use jiff::tz::TimeZone;
use serde_json::json;

/// The sandbox's phones whose last digits say that they are picked up.
const USER: &str = "+12125550110";
const LEAD: &str = "+442075550112";

pub async fn walk(story: &mut Story) -> Result<()> {
    story.patch("/api/auth/me", json!({ "phone": USER })).await?;
    let lead = id_of(&story.post("/api/leads", json!({ "first_name": "Cal", "phone": LEAD })).await?)?;
    let hour = story.clock.now().to_zoned(TimeZone::UTC).hour();
    if !(9..20).contains(&hour) {
        story.skip(i64::from((33 - hour) % 24)).await?;
    }
    let wanted = json!({ "lead_id": lead, "number": LEAD });
    story.post("/api/calls", wanted.clone()).await?;
    story.live(5).await?;
    let mine = story.get("/api/calls/mine").await?;
    let call = &mine["call"];
    ensure!(call["end"] == "completed" && call["seconds"].as_u64() >= Some(40), "{mine}");
    ensure!(call["proposed"] == "connected", "{mine}");
    let second = id_of(&story.post("/api/calls", wanted).await?)?;
    let ended = story.post(&format!("/api/calls/{second}/hang-up"), json!({})).await?;
    ensure!(ended["end"] == "hung_up", "{ended}");
    story.live(2).await
}
