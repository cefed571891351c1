//! A user's work in the inbox and on single leads: conversations are answered and archived, a step is skipped, a lead
//! is paused in all its campaigns, a campaign is closed for good.

use crate::actions::user_actions::usable_mailbox;
use crate::plan::user_action::InboxAction;
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use serde_json::{Value, json};

pub async fn carry_out(world: &Installation, errand: InboxAction) -> Result<()> {
    let api = world.signed_in().await?;
    let roster = world.with_roster(|roster| roster.clone());
    let nothing = json!({});
    match errand {
        InboxAction::SkipStep(number) => {
            let lead = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.user_resumes(lead));
            api.post(&format!("/api/campaigns/{}/enrolments/{lead}/skip", roster.campaign), nothing).await
        }
        InboxAction::PauseLead(number) => {
            api.post(&format!("/api/leads/{}/pause", roster.lead(number)?), nothing).await
        }
        InboxAction::ResumeLead(number) => {
            let lead = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.user_resumes(lead));
            api.post(&format!("/api/leads/{lead}/resume"), nothing).await
        }
        InboxAction::ReadInbox => {
            let waiting = api.get("/api/inbox?folder=open").await?;
            let mut seen = Vec::new();
            for conversation in waiting["items"].as_array().into_iter().flatten() {
                let lead = conversation["lead_id"].as_str().context("a conversation has a lead")?;
                let latest = api.get(&format!("/api/inbox/{lead}")).await?["conversation"]["latest_answer"]
                    .as_str()
                    .map(str::to_owned);
                seen.push((lead.to_owned(), latest.context("somebody has answered")?));
            }
            world.with_roster(|roster| roster.seen = seen);
            return Ok(());
        }
        InboxAction::Archive(number) => {
            let (lead, latest) = picked(&roster.seen, number)?;
            world.with_oracle(|oracle| oracle.was_seen(lead, latest));
            api.post(&format!("/api/inbox/{lead}/done?seen={latest}"), nothing).await
        }
        InboxAction::AnswerInInbox(number) => {
            let (lead, latest) = picked(&roster.seen, number)?;
            let answer = json!({ "text": "Gladly. {{ first_name }}, when suits you?", "subject": "Your question", "seen": latest });
            let path = format!("/api/inbox/{lead}/answer");
            let written = match api.post(&path, answer.clone()).await {
                Ok(written) => written,
                // The mailbox that the lead knows is gone: the user writes from another.
                Err(refused) => {
                    let mut from_another = answer;
                    from_another["account"] = json!(usable_mailbox(&api).await?.context(refused)?);
                    api.post(&path, from_another).await?
                }
            };
            let id = written["id"].as_str().context("the answer has no id")?.to_owned();
            world.with_roster(|roster| roster.one_offs.push(id));
            return Ok(());
        }
        InboxAction::Reopen(number) => {
            let (lead, _) = picked(&roster.seen, number)?;
            api.post(&format!("/api/inbox/{lead}/reopen"), nothing).await
        }
        InboxAction::CloseCampaign(way) => {
            api.post(&format!("/api/campaigns/{}/{way}", roster.campaign), nothing).await
        }
    }
    .map(|_: Value| ())
}

fn picked(seen: &[(String, String)], number: usize) -> Result<(&str, &str)> {
    let (lead, latest) = seen.get(number % seen.len().max(1)).context("nobody was waiting")?;
    Ok((lead, latest))
}
