//! Companies with several leads, the hold after one of them has replied, and leads that are handed over to another
//! user.

use crate::world::installation::Installation;
use anyhow::{Context, Result};
use serde_json::{Value, json};

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
