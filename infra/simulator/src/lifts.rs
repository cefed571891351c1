//! Users who take somebody off the suppression list again, whoever has put them there.

use crate::chance::Chance;
use crate::installation::Installation;
use crate::plan::{Deed, What};
use anyhow::Result;
use serde_json::json;

/// Earlier seeds keep their lives.
const FROM: u64 = 5_000;

pub fn lifts(seed: u64, people: usize, days: i64) -> Vec<Deed> {
    let mut chance = Chance::of(seed, "lifts");
    if seed < FROM || !chance.per_mille(300) {
        return Vec::new();
    }
    let deed =
        |_| Deed { minutes: chance.between(0, days * 24 * 60), what: What::Lift(chance.below(people)) };
    (0..4).map(deed).collect()
}

/// By each way that they are listed.
pub async fn lift(world: &Installation, lead: usize) -> Result<()> {
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
