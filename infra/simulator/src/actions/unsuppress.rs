//! Leads that come off the suppression list: a user takes them off, or they text START.

use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

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
