//! A call to a lead, from the user's own phone to its end and its price, and one that is hung up.

use super::super::story::Story;
use super::id_of;
use crate::account::confirm_phone;
use anyhow::{Context, Result, ensure};
use application::Clock;
use jiff::tz::TimeZone;
use serde_json::json;

/// The sandbox's phones whose last digits say that they are picked up.
const USER: &str = "+12125550110";
const LEAD: &str = "+442075550112";

pub async fn walk(story: &mut Story) -> Result<()> {
    story.post("/api/calls/phone", json!({ "phone": USER })).await?;
    story.live(1).await?;
    ensure!(confirm_phone(&story.api, &story.world.sandbox, USER).await?, "no code was read");
    let me = story.get("/api/auth/me").await?;
    ensure!(me["user"]["phone"] == USER && me["user"]["phone_proven"] == true, "{me}");
    let lead = id_of(
        &story.post("/api/leads", json!({ "first_name": "Cal", "phone": LEAD, "country": "GB" })).await?,
    )?;
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
    story.live(2).await?;
    recorded(story, &lead).await
}

/// A recorded call: the notice, the recording as the lead's timeline shows it, and its deletion at the provider.
async fn recorded(story: &mut Story, lead: &str) -> Result<()> {
    story.patch("/api/settings", json!({ "recording": { "enabled": true } })).await?;
    story.post("/api/calls", json!({ "lead_id": lead, "number": LEAD })).await?;
    story.live(5).await?;
    let timeline = story.get(&format!("/api/leads/{lead}/timeline")).await?;
    let shown =
        timeline["items"].as_array().into_iter().flatten().find(|item| item["kind"] == "call_recorded");
    let shown = shown.with_context(|| format!("a recorded call in {timeline}"))?;
    ensure!(shown["state"] == "ready" && shown["seconds"].as_u64() >= Some(40), "{shown}");
    let call = shown["call"].as_str().context("a call")?;
    let recording = format!("/api/calls/{call}/recording");
    let sound = story.get(&recording).await?;
    ensure!(sound.as_str().is_some_and(|sound| sound.len() > 10_000), "no sound");
    let task = story.post("/api/tasks", json!({ "lead_id": lead, "title": "Call", "kind": "call" })).await?;
    let task = format!("/api/tasks/{}", id_of(&task)?);
    story.patch(&task, json!({ "outcome": "connected", "call_id": call })).await?;
    let calls = story.get("/api/calls").await?;
    ensure!(calls["items"][0]["recording"]["call_id"] == call, "{calls}");
    story.delete(&recording).await?;
    ensure!(calls["items"][0]["cost"]["state"] == "pending", "the price comes late: {calls}");
    story.live(8).await?;
    priced(story).await?;
    story.patch("/api/settings", json!({ "recording": { "enabled": false } })).await?;
    Ok(())
}

/// The prices of both legs, as the list of calls and the month show them.
async fn priced(story: &mut Story) -> Result<()> {
    let calls = story.get("/api/calls").await?;
    let cost = &calls["items"][0]["cost"];
    ensure!(cost["state"] == "known" && cost["amount"].as_u64() >= Some(14_000 + 30_500), "{calls}");
    let spend = story.get("/api/spend").await?;
    let booked = spend["providers"].as_array().into_iter().flatten().find(|row| row["provider"] == "calls");
    let booked = booked.with_context(|| format!("calls in {spend}"))?;
    ensure!(booked["hits"]["calls"].as_u64() >= Some(3), "{spend}");
    ensure!(booked["lost"]["calls"] == 0, "{spend}");
    Ok(())
}
