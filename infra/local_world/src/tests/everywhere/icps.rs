//! Ideal customer profiles: counted, saved, used by the lead list, changed and deleted.

use super::{Story, id_of};
use anyhow::Result;
use serde_json::json;

pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let rules = json!([{ "rule": { "if": { "field": "email", "filled": true } }, "not_known": "leave_out" }]);
    let weights = json!([{ "rule": { "if": { "field": "custom.Plan", "filled": true } }, "points": 100 }]);
    let profile = json!({ "rules": rules, "weights": weights, "threshold": 60 });
    let counted = story.post("/api/icp/preview", profile.clone()).await?;
    let mut new = profile;
    new["name"] = json!("On a plan");
    let icp = id_of(&story.post("/api/icp", new).await?)?;
    let path = format!("/api/icp/{icp}");
    let good = "%7B%22if%22%3A%7B%22field%22%3A%22fit%22%2C%22at_least%22%3A%2260%22%7D%7D";
    let listed = story.get(&format!("/api/leads?rule={good}&sort=fit&order=desc&columns=fit")).await?;
    assert_eq!(listed["total"], counted["at_threshold"], "{listed}");
    assert_eq!(listed["items"][0]["fields"]["fit"], 100, "{listed}");
    let lead = id_of(&listed["items"][0])?;
    let fit = story.get(&format!("{path}/leads/{lead}")).await?;
    assert_eq!(fit["fit"]["points"], 100, "{fit}");
    story.patch(&path, json!({ "threshold": 70 })).await?;
    assert_eq!(story.get(&path).await?["version"], 2);
    let other = json!({ "name": "Everyone", "main": true });
    let other = id_of(&story.post("/api/icp", other).await?)?;
    let known = story.get("/api/icp").await?;
    assert_eq!(known["items"][0]["id"], other.as_str(), "{known}");
    assert_eq!(known["items"][1]["main"], false, "{known}");
    for id in [icp, other] {
        story.delete(&format!("/api/icp/{id}")).await?;
    }
    Ok(())
}
