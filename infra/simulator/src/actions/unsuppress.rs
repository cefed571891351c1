//! Leads that come off the suppression list: a user takes them off, or they text START.

use crate::chance::Chance;
use crate::plan::{PlannedAction, UserAction};
use crate::profile::{Profile, Seed};
use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

pub fn unsuppressions(seed: Seed, people: usize, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::AddressChanges, seed, "lifts", 300) else {
        return Vec::new();
    };
    let action = |_| PlannedAction {
        minutes: chance.between(0, days * 24 * 60),
        what: UserAction::Lift(chance.below(people)),
    };
    (0..4).map(action).collect()
}

/// Some have said STOP before.
pub fn starts(seed: Seed, people: usize, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::SettingsChanges, seed, "starts", 300) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    for _ in 0..3 {
        let who = chance.below(people);
        let minutes = chance.between(0, days * 24 * 60);
        if chance.per_mille(700) {
            actions.push(PlannedAction { minutes, what: UserAction::TextStop(who) });
        }
        let later = if chance.per_mille(300) { 0 } else { chance.between(1, 24 * 60) };
        actions.push(PlannedAction { minutes: minutes + later, what: UserAction::TextStart(who) });
    }
    actions
}

/// Takes the lead's address and number off the list.
pub async fn unsuppress(world: &Installation, lead: usize) -> Result<()> {
    let api = world.signed_in().await?;
    let now = world.reached(lead)?;
    let mut done = Ok(());
    for (scope, value) in [("email", now.email), ("phone", now.phone)] {
        let reason = "They asked us by phone to go on.";
        let entry = json!({ "scope": scope, "value": value, "reason": reason });
        if !value.is_empty()
            && let Err(error) = api.post("/api/settings/suppressions/lift", entry).await
        {
            done = Err(error);
        }
    }
    done
}
