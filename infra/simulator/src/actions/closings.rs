//! Leads that a user calls won or lost: one, several at once, or by a file.

use crate::actions::address_changes::import_over;
use crate::chance::Chance;
use crate::plan::{PlannedAction, UserAction, company};
use crate::profile::{Profile, Seed};
use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    pub lead: usize,
    pub status: &'static str,
    pub way: ClosedBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    One,
    Many,
    File,
}

pub fn closings(seed: Seed, people: usize, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::AddressChanges, seed, "closings", 300) else {
        return Vec::new();
    };
    let action = |_| {
        let (lead, status) = (chance.below(people), *chance.pick(&["won", "lost"]));
        let way = *chance.pick(&[ClosedBy::One, ClosedBy::Many, ClosedBy::File]);
        PlannedAction {
            minutes: chance.between(0, days * 24 * 60),
            what: UserAction::Close(Closing { lead, status, way }),
        }
    };
    (0..2).map(action).collect()
}

pub async fn close(world: &Installation, Closing { lead, status, way }: Closing) -> Result<()> {
    let api = world.signed_in().await?;
    let id = world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?;
    match way {
        ClosedBy::One => {
            api.patch(&format!("/api/leads/{id}"), json!({ "status": status })).await?;
        }
        ClosedBy::Many => {
            let action = json!({ "do": "status", "status": status });
            api.post("/api/leads/bulk", json!({ "ids": [id], "action": action })).await?;
        }
        ClosedBy::File => {
            let now = world.reached(lead)?;
            let row = format!("{},{},{},{status}", now.email, now.phone, company(lead));
            import_over(&api, format!("Email,Phone,Company,Status\n{row}\n")).await?;
        }
    }
    Ok(())
}
