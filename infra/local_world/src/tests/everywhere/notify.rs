//! What leaves the app: the Slack channel, and the user's digest.

use super::Story;
use anyhow::{Context, Result, ensure};
use application::Ports;
use application::digest::stop::StopLink;
use domain::{UserId, WorkspaceId};
use http::Method;
use serde_json::json;

const SLACK: &str = "/api/settings/slack";
const DIGEST: &str = "/api/notifications/digest";

/// Connects Slack, so that what comes is told there.
pub(super) async fn connect(story: &Story) -> Result<()> {
    let channel = json!({
        "url": "https://hooks.slack.com/services/T0/B0/walk",
        "kinds": ["hot_lead", "reply", "import_finished", "payment"],
        "with_details": false,
    });
    story.ask(Method::PUT, SLACK, Some(channel)).await?;
    let test = story.post(&format!("{SLACK}/test"), json!({})).await?;
    ensure!(test["sent"] == json!(true), "{test}");
    Ok(())
}

/// Looks at what was told, and stops it: Slack by its settings, the digest by the link that its mails have.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let told = story.world.sandbox.slack_texts();
    ensure!(told.iter().any(|text| text.text.contains("/leads/lead_")), "{told:?}");
    ensure!(story.get(SLACK).await?["off"].is_null(), "Slack is switched off");
    story.delete(SLACK).await?;

    let settings = story.get(DIGEST).await?;
    let body = json!({ "hour": 7, "parts": settings["parts"], "rev": settings["rev"] });
    story.ask(Method::PUT, DIGEST, Some(body)).await?;
    ensure!(story.get(&format!("{DIGEST}/preview")).await?["parts"].is_array());
    let me = story.get("/api/auth/me").await?;
    let id = |path: &str| me.pointer(path).and_then(|id| id.as_str()).map(str::to_owned);
    let user = UserId::parse(&id("/user/id").context("a user")?)?;
    let workspace = WorkspaceId::parse(&id("/workspace/id").context("a workspace")?)?;
    let path = {
        let keys = story.world.host.ports().keys();
        StopLink { keys: &keys, public_url: "", workspace: &workspace, user: &user }.url()
    };
    story.get(&path).await?;
    story.ask(Method::POST, &path, None).await?;
    story.live(2).await?;
    ensure!(story.get(DIGEST).await?["hour"].is_null(), "the digest is not stopped");
    Ok(())
}
