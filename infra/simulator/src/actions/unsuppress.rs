//! Leads that come off the suppression list: a user takes them off, or they text START.

use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::{Map, Value, json};

/// Records what the lead has agreed to anew, as far as it withdrew that, and takes its address and number off the list.
pub async fn unsuppress(world: &Installation, lead: usize) -> Result<()> {
    let api = world.signed_in().await?;
    let now = world.reached(lead)?;
    let path = format!("/api/leads/{}", world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?);
    let known = api.get(&format!("{path}/consent")).await?;
    let channels = known["channels"].as_array().into_iter().flatten();
    let withdrawn = channels.filter(|channel| channel["recorded"]["withdrawn_at"].is_string());
    let agreed = json!({ "basis": "written_consent", "note": "They asked us to go on." });
    let anew: Map<String, Value> = withdrawn
        .filter_map(|channel| Some((channel["channel"].as_str()?.to_owned(), agreed.clone())))
        .collect();
    if !anew.is_empty() {
        api.patch(&path, json!({ "consent": anew })).await?;
    }
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
