//! Leads that a user calls won or lost: one, several at once, or by a file.

use crate::actions::address_changes::import_over;
use crate::plan::company;
use crate::plan::user_action::{ClosedBy, Closing};
use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

pub async fn close(world: &Installation, Closing { lead, status, way }: Closing) -> Result<()> {
    let api = world.signed_in().await?;
    let id = world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?;
    let change = json!({ "status": status, "lost_reason": (status == "lost").then_some("no_answer") });
    match way {
        ClosedBy::One => drop(api.patch(&format!("/api/leads/{id}"), change).await?),
        ClosedBy::Many => {
            let action = json!({ "do": "status", "status": status, "lost_reason": change["lost_reason"] });
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
