//! The owners of new leads, and what leads have agreed to.

use super::{Story, id_of};
use anyhow::{Context, Result};
use http::Method;
use serde_json::json;

/// Routes new leads to the only user, and records a consent with a lead.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let path = "/api/settings/routing";
    let team = story.get("/api/team").await?;
    let user = team["items"][0]["id"].as_str().context("a user")?.to_owned();
    let sent = json!({
        "rules": [{ "name": "Germany", "when": { "countries": ["DE"] }, "assign": { "how": "round_robin", "users": [user] } }],
        "otherwise": { "how": "least_load", "users": [user] },
    });
    let preview = story
        .post(&format!("{path}/preview"), json!({ "routing": sent, "lead": { "country": "DE" } }))
        .await?;
    assert_eq!(preview["leads"][9]["owner"], json!(user), "{preview}");
    let others = json!({ "routing": sent, "lead": { "country": "GB" } });
    let preview = story.post(&format!("{path}/preview"), others).await?;
    assert_eq!(preview["leads"][0]["how"], "least_load", "{preview}");
    story.ask(Method::PUT, path, Some(sent)).await?;
    assert_eq!(story.get(path).await?["rules"][0]["name"], "Germany");
    let agreed = json!({ "email": { "basis": "consent", "on": "2026-03-04", "note": "Web form" } });
    let new = json!({ "email": "routed@walk.example", "country": "DE", "consent": agreed });
    let lead = story.post("/api/leads", new).await?;
    assert_eq!(lead["owner"], json!(user), "{lead}");
    let lead = format!("/api/leads/{}", id_of(&lead)?);
    story.patch(&lead, json!({ "consent": { "sms": { "basis": "written_consent" } } })).await?;
    let consent = story.get(&format!("{lead}/consent")).await?;
    let allowed: Vec<_> = (0..3).map(|place| consent["channels"][place]["allowed"].clone()).collect();
    assert_eq!(allowed, [json!(true), json!(true), json!(false)], "{consent}");
    let file = "email,country\nturn@walk.example,DE\nload@walk.example,GB\n".as_bytes().to_vec();
    story.ask_with(Method::POST, "/api/leads/import?file_name=routed.csv", "text/csv", file).await?;
    story.live(5).await?;
    let mine = story.get(&format!("/api/leads?owner={user}&q=walk.example&limit=50")).await?;
    let found =
        |email: &str| mine["items"].as_array().into_iter().flatten().any(|lead| lead["email"] == email);
    assert!(found("turn@walk.example") && found("load@walk.example"), "{mine}");
    let nobody = json!({ "rules": [], "otherwise": { "how": "nobody" } });
    story.ask(Method::PUT, path, Some(nobody)).await?;
    Ok(())
}
