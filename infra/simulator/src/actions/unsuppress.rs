//! Leads that come off the suppression list: a user takes them off, or they text START.

use crate::world::installation::Installation;
use serde_json::json;

/// Records anew what the lead agrees to, and takes its address and number off the list.
pub async fn unsuppress(world: &Installation, lead: usize) -> anyhow::Result<()> {
    let api = world.signed_in().await?;
    let now = world.reached(lead)?;
    let agreed = json!({ "basis": "written_consent" });
    let anew = json!({ "consent": { "email": agreed, "sms": agreed, "whatsapp": agreed } });
    let id = world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?;
    api.patch(&format!("/api/leads/{id}"), anew).await?;
    let mut done = Ok(());
    for (scope, value) in [("email", now.email), ("phone", now.phone)] {
        let entry = json!({ "scope": scope, "value": value, "reason": "They asked us by phone to go on." });
        if !value.is_empty()
            && let Err(error) = api.post("/api/settings/suppressions/lift", entry).await
        {
            done = Err(error);
        }
    }
    done
}
