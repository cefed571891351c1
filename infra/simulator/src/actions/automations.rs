//! Requests for what a workspace has happen by itself (trigger rules, auto-enrol, promotion of the better variant),
//! for bulk messages and for test mails.

use crate::actions::user_actions::usable_mailbox;
use crate::plan::automations::AutomationPlan;
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use jiff::SignedDuration;
use serde_json::json;

/// Called as the campaigns are launched.
pub async fn set_up(world: &Installation) -> Result<()> {
    let AutomationPlan { auto_enrol, promotes, rules } = &world.plan.occasions;
    let api = world.signed_in().await?;
    let roster = world.with_roster(|roster| roster.clone());
    for rule in rules {
        let mut rule = rule.clone();
        for action in rule["actions"].as_array_mut().into_iter().flatten() {
            if action["do"] == "enrol" {
                action["campaign"] = json!(roster.second_campaign);
            }
        }
        api.post("/api/settings/rules", rule).await?;
    }
    if *promotes {
        let path = format!("/api/campaigns/{}", roster.campaign);
        api.patch(&path, json!({ "promotes_winner": true })).await?;
    }
    if let Some(per_day) = auto_enrol {
        let path = format!("/api/campaigns/{}", roster.second_campaign);
        let auto_enrol = json!({ "filter": {}, "per_day": per_day });
        api.patch(&path, json!({ "auto_enrol": auto_enrol })).await?;
    }
    Ok(())
}

pub async fn send_bulk_message(world: &Installation, minutes: i64, by_text: bool) -> Result<()> {
    let api = world.signed_in().await?;
    let leads: Vec<String> = world.with_roster(|roster| roster.leads.values().cloned().collect());
    let mut bulk_message = json!({ "ids": leads, "body": "A word to all of you at {{ company }}." });
    if by_text {
        bulk_message["channel"] = json!("sms");
    } else {
        bulk_message["subject"] = json!("To all of you");
        if let Some(mailbox) = usable_mailbox(&api).await? {
            bulk_message["account"] = json!(mailbox);
        }
    }
    if minutes > 0 {
        bulk_message["send_at"] =
            json!((world.disorder.now() + SignedDuration::from_mins(minutes)).to_string());
    }
    let started = api.post("/api/emails/bulk", bulk_message).await?;
    let id = started["id"].as_str().context("the answer has no id")?.to_owned();
    world.with_roster(|roster| roster.bulk_messages.push(id));
    Ok(())
}

pub async fn cancel_bulk_message(world: &Installation) -> Result<()> {
    let last =
        world.with_roster(|roster| roster.bulk_messages.last().cloned()).context("nothing was written")?;
    let path = format!("/api/emails/bulk/{last}/cancel");
    world.signed_in().await?.post(&path, json!({})).await.map(drop)
}

/// Sends a test mail to ourselves, rendered for that lead.
pub async fn test(world: &Installation, number: usize) -> Result<()> {
    let lead = world.with_roster(|roster| roster.lead(number).map(str::to_owned))?;
    let mail = json!({ "lead_id": lead, "subject": "A test", "body": "How does it look, {{ first_name }}?" });
    world.signed_in().await?.post("/api/emails/test", mail).await.map(drop)
}
