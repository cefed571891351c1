//! What leaves the app: the Slack channel, the user's digest, and what is pushed to devices.

use super::Story;
use anyhow::{Context, Result, ensure};
use application::Ports;
use application::digest::stop::StopLink;
use domain::{UserId, WorkspaceId};
use http::Method;
use serde_json::json;

const SLACK: &str = "/api/settings/slack";
const DIGEST: &str = "/api/notifications/digest";
const DEVICES: &str = "/api/notifications/devices";
const CHOICES: &str = "/api/notifications/choices";

/// Connects Slack and a device, so that what comes is told there.
pub(super) async fn connect(story: &Story) -> Result<()> {
    let channel = json!({
        "url": "https://hooks.slack.com/services/T0/B0/walk",
        "kinds": ["hot_lead", "reply", "import_finished", "payment"],
        "with_details": false,
    });
    story.ask(Method::PUT, SLACK, Some(channel)).await?;
    let test = story.post(&format!("{SLACK}/test"), json!({})).await?;
    ensure!(test["sent"] == json!(true), "{test}");

    let choices = story.get(CHOICES).await?;
    let pushed = json!(["hot_lead", "reply", "import_finished", "payment"]);
    let body =
        json!({ "browser": choices["browser"], "pushed": pushed, "quiet": null, "hot_leads_always": false });
    story.ask(Method::PUT, CHOICES, Some(body)).await?;
    let key = story.get(DEVICES).await?["server_key"].as_str().context("a key")?.to_owned();
    let browser = serde_json::to_value(story.world.sandbox.subscribe_browser(&key))?;
    story.post(DEVICES, browser).await?;
    let test = story.post(&format!("{DEVICES}/test"), json!({})).await?;
    ensure!(test["sent"] == json!(true), "{test}");
    Ok(())
}

/// Looks at what was told, and stops it: Slack and the device by the settings, the digest by the link that its mails have.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let told = story.world.sandbox.slack_texts();
    ensure!(told.iter().any(|text| text.text.contains("/leads/lead_")), "{told:?}");
    ensure!(story.get(SLACK).await?["off"].is_null(), "Slack is switched off");
    story.delete(SLACK).await?;

    let pushed = story.world.sandbox.taken_pushes();
    let is_of_a_lead =
        |push: &sandbox::TakenPush| push.text.as_ref().is_some_and(|text| text.contains("/leads/lead_"));
    ensure!(pushed.iter().any(is_of_a_lead), "{pushed:?}");
    let devices = story.get(DEVICES).await?;
    let id = devices["devices"][0]["id"].as_str().context("a device")?;
    story.delete(&format!("{DEVICES}/{id}")).await?;

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
