//! Companies with several leads, the hold after one of them has replied, and leads that are handed over to another
//! user.

use crate::chance::Chance;
use crate::plan::{Person, PlannedAction, UserAction};
use crate::profile::{Profile, Seed};
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Puts some people at the first one's company and returns the days of its hold.
pub fn company_hold(seed: Seed, people: &mut [Person]) -> i64 {
    let Some(mut chance) = Chance::since(Profile::AddressChanges, seed, "companies", 400) else { return 0 };
    for person in people.iter_mut().skip(1) {
        if chance.per_mille(600) {
            let own = format!("@practice{}.", person.number);
            person.email = person.email.replace(&own, "@practice0.");
        }
    }
    chance.between(1, 5)
}

/// Some are given to another user, who mostly lets them go on; some are taken back.
pub fn hand_overs(seed: Seed, people: usize, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::AddressChanges, seed, "hand-overs", 350) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    for _ in 0..1 + chance.below(4) {
        let (lead, many) = (chance.below(people), chance.per_mille(500));
        let minutes = chance.between(0, days * 24 * 60);
        actions.push(PlannedAction { minutes, what: UserAction::HandOver { lead, many } });
        if chance.per_mille(700) {
            let later = minutes + chance.between(1, 2 * 24 * 60);
            actions.push(PlannedAction { minutes: later, what: UserAction::ResumeLead(lead) });
        }
    }
    actions
}

/// Hands the lead over to a colleague, or from the colleague to the user who is signed in.
pub async fn hand_over(world: &Installation, number: usize, many: bool) -> Result<()> {
    let api = world.signed_in().await?;
    let lead = world.with_roster(|roster| roster.lead(number).map(str::to_owned))?;
    let path = format!("/api/leads/{lead}");
    let me = api.get("/api/auth/me").await?["user"]["id"].as_str().context("nobody is signed in")?.to_owned();
    let colleague = match api.get("/api/team").await?["items"].as_array().context("a team")? {
        team if team.len() > 1 => {
            let other = team.iter().find(|member| member["id"] != *me).context("nobody else")?;
            other["id"].clone()
        }
        _ => {
            let new = json!({ "email": "joe@northquay.example", "name": "Joe", "role": "rep" });
            let invited = api.post("/api/team", new).await?;
            let token = invited["link"].as_str().and_then(|link| Some(link.split_once("#token=")?.1));
            let taken = json!({ "token": token, "name": "Joe", "password": "a long word of Joe" });
            api.post("/api/auth/invitation", taken).await?["user"]["id"].clone()
        }
    };
    let owner = api.get(&path).await?["owner"].clone();
    if owner == Value::Null {
        api.patch(&path, json!({ "owner": me })).await?;
    }
    let to = if owner == colleague { json!(me) } else { colleague };
    if many {
        let assign = json!({ "ids": [lead], "action": { "do": "assign", "owner": to } });
        api.post("/api/leads/bulk", assign).await.map(drop)
    } else {
        api.patch(&path, json!({ "owner": to })).await.map(drop)
    }
}
