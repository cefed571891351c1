//! What users do at their desks besides: conversations are answered and put away, a step is left out, a lead waits in all that it
//! is in, a campaign is closed for good.

use crate::chance::Chance;
use crate::installation::Installation;
use crate::plan::{Deed, What};
use crate::profile::{Profile, Seed};
use anyhow::{Context, Result};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// The step at which they are held.
    LeaveOut(usize),
    WaitEverywhere(usize),
    GoOnEverywhere(usize),
    /// All conversations that wait, as they are now.
    LookIntoInbox,
    /// One of those, as it was when somebody looked.
    PutAway(usize),
    AnswerInInbox(usize),
    OpenAgain(usize),
    /// `complete` or `archive`.
    CloseCampaign(&'static str),
}

pub fn errands(seed: Seed, people: usize, days: i64) -> Vec<Deed> {
    let Some(mut chance) = Chance::since(Profile::InboxActions, seed, "errands", 600) else {
        return Vec::new();
    };
    let mut deeds = Vec::new();
    let span = days * 24 * 60;
    let mut then = |minutes, errand| deeds.push(Deed { minutes, what: What::Run(errand) });
    for _ in 0..2 + chance.below(4) {
        let (lead, minutes) = (chance.below(people), chance.between(0, span));
        let later = minutes + chance.between(1, 12 * 60);
        match chance.below(3) {
            0 => {
                then(minutes, Errand::WaitEverywhere(lead));
                let last = if chance.per_mille(500) { Errand::LeaveOut } else { Errand::GoOnEverywhere };
                then(later, last(lead));
            }
            _ => {
                then(minutes, Errand::LookIntoInbox);
                let last = if chance.per_mille(600) { Errand::PutAway } else { Errand::AnswerInInbox };
                then(later, last(lead));
                if chance.per_mille(200) {
                    then(later + chance.between(1, 60), Errand::OpenAgain(lead));
                }
            }
        }
    }
    if chance.per_mille(250) {
        let way = *chance.pick(&["complete", "archive"]);
        then(chance.between(span / 3, span), Errand::CloseCampaign(way));
    }
    deeds
}

pub async fn carry_out(world: &Installation, errand: Errand) -> Result<()> {
    let api = world.signed_in().await?;
    let roster = world.with_roster(|roster| roster.clone());
    let nothing = json!({});
    match errand {
        Errand::LeaveOut(number) => {
            let lead = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.let_go(lead));
            api.post(&format!("/api/campaigns/{}/enrolments/{lead}/skip", roster.campaign), nothing).await
        }
        Errand::WaitEverywhere(number) => {
            api.post(&format!("/api/leads/{}/pause", roster.lead(number)?), nothing).await
        }
        Errand::GoOnEverywhere(number) => {
            let lead = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.let_go(lead));
            api.post(&format!("/api/leads/{lead}/resume"), nothing).await
        }
        Errand::LookIntoInbox => {
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
        Errand::PutAway(number) => {
            let (lead, latest) = picked(&roster.seen, number)?;
            world.with_oracle(|oracle| oracle.was_seen(lead, latest));
            api.post(&format!("/api/inbox/{lead}/done?seen={latest}"), nothing).await
        }
        Errand::AnswerInInbox(number) => {
            let (lead, latest) = picked(&roster.seen, number)?;
            let answer = json!({ "text": "Gladly. {{ first_name }}, when suits you?", "subject": "Your question", "seen": latest });
            let written = api.post(&format!("/api/inbox/{lead}/answer"), answer).await?;
            let id = written["id"].as_str().context("the answer has no id")?.to_owned();
            world.with_roster(|roster| roster.letters.push(id));
            return Ok(());
        }
        Errand::OpenAgain(number) => {
            let (lead, _) = picked(&roster.seen, number)?;
            api.post(&format!("/api/inbox/{lead}/reopen"), nothing).await
        }
        Errand::CloseCampaign(way) => {
            api.post(&format!("/api/campaigns/{}/{way}", roster.campaign), nothing).await
        }
    }
    .map(|_: Value| ())
}

fn picked(seen: &[(String, String)], number: usize) -> Result<(&str, &str)> {
    let (lead, latest) = seen.get(number % seen.len().max(1)).context("nobody was waiting")?;
    Ok((lead, latest))
}
