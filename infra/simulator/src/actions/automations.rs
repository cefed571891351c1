//! What a workspace has happen by itself, and what is written to many at once: rules, a campaign that takes people in, the
//! better variant alone, bulk_messages, and mails to ourselves.

use crate::chance::Chance;
use crate::plan::{PlannedAction, UserAction};
use crate::profile::{Profile, Seed};
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What a workspace is set up with.
#[derive(Debug, Clone, Default)]
pub struct AutomationPlan {
    /// So many a day come into the second campaign by themselves.
    pub auto_enrol: Option<usize>,
    pub promotes: bool,
    pub rules: Vec<Value>,
}

pub fn occasions(seed: Seed) -> AutomationPlan {
    let mut chance = Chance::of(seed, "occasions");
    if seed.profile < Profile::TwoTenants {
        return AutomationPlan::default();
    }
    let auto_enrol = chance.per_mille(350).then(|| 1 + chance.below(3));
    let promotes = chance.per_mille(500);
    let notify = json!({ "do": "notify" });
    let task = |title: &str| json!({ "do": "create_task", "title": title });
    let mut rules = vec![
        json!({ "name": "Hot", "when": { "event": "turned_hot" }, "actions": [notify, task("Hot")] }),
        json!({ "name": "Answered", "when": { "event": "answered_positively" }, "actions": [task("Answered")] }),
    ];
    let mut actions = vec![notify, task("Opened")];
    if chance.per_mille(300) {
        actions.push(json!({ "do": "stop" }));
    }
    if auto_enrol.is_none() && chance.per_mille(400) {
        actions.push(json!({ "do": "enrol" }));
    }
    let opened = json!({ "event": "did", "what": "opened", "times": 1 });
    rules.push(json!({ "name": "Opened", "when": opened, "actions": actions }));
    rules.retain(|_| chance.per_mille(500));
    AutomationPlan { auto_enrol, promotes, rules }
}

/// What is written to everybody, called back now and then, and looked at before.
pub fn bulk_messages(seed: Seed, people: usize, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::TwoTenants, seed, "bulk_messages", 400) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    for _ in 0..1 + chance.below(2) {
        let minutes = chance.between(5, days * 20 * 60);
        let later = if chance.per_mille(300) { chance.between(1, 24 * 60) } else { 0 };
        let by_text = chance.per_mille(250);
        if chance.per_mille(500) {
            let who = chance.below(people);
            actions.push(PlannedAction { minutes: minutes - 1, what: UserAction::Test(who) });
        }
        actions
            .push(PlannedAction { minutes, what: UserAction::SendBulkMessage { minutes: later, by_text } });
        if chance.per_mille(300) {
            actions.push(PlannedAction {
                minutes: minutes + chance.between(0, later + 60),
                what: UserAction::CancelBulkMessage,
            });
        }
    }
    actions
}

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
